"""A pack asked about a case: what the rules read, what the guard learnt, and the predictions to be shown.

A pack of treatments scores each of them; a pack of a study gives scores of which one answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from inference.assessment import GuardLine
from inference.case_input import CaseInput
from inference.findings import Verdict
from inference.jobs import OnProgress, ShouldStop
from inference.messages.message import Message
from inference.outcome import HeatMap
from inference.packs.load import LoadedPack
from inference.prediction import Prediction
from inference.predictors.cohort_distance import lines_of_treatments
from inference.predictors.explanation import StudyExplanation, explain_study
from inference.predictors.predictions import answered_treatments
from inference.predictors.study_answer import answer_study
from inference.predictors.treatments_kept import kept_scores, kept_shares
from inference.rules.reading import Reading

Explain = Callable[[OnProgress, ShouldStop], "Explained"]


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """Predictions with what explains them, and what the pack tells of the answer beyond its numbers."""

    predictions: tuple[Prediction, ...]
    explanation: StudyExplanation | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What came back.

    ``readings`` are empty where nothing could be answered, and ``reasons`` say why.  ``explain`` is not asked
    where an answer is withheld.
    """

    readings: tuple[Reading, ...]
    explain: Explain
    heat_maps: tuple[HeatMap, ...] = ()
    guard: tuple[GuardLine, ...] = ()
    reasons: tuple[Message, ...] = ()


def ask(case: CaseInput, pack: LoadedPack, on_progress: OnProgress, should_stop: ShouldStop) -> Asked:
    """Run the pack's networks on the case, whose scans have passed the guard.

    Raises
    ------
    InputError
        When a scan or a mask cannot be prepared.
    PackError
        When a network of the pack was altered, or does not fit the manifest.
    Cancelled
        When asked to stop.
    """
    return (_ask_treatments if pack.manifest.treatments else _ask_study)(case, pack, on_progress, should_stop)


def _ask_treatments(
    case: CaseInput, pack: LoadedPack, on_progress: OnProgress, should_stop: ShouldStop
) -> Asked:
    assert case.mask is not None
    scored = kept_scores(case.volume, case.mask, pack, on_progress=on_progress, should_stop=should_stop)

    def explain(on_progress: OnProgress, should_stop: ShouldStop) -> Explained:
        assert case.mask is not None
        shares = kept_shares(
            case.volume, case.mask, scored, pack, on_progress=on_progress, should_stop=should_stop
        )
        return Explained(answered_treatments(scored.scores, scored.given.slices, shares))

    lines = lines_of_treatments(scored.embeddings, pack)
    unlike = {treatment for treatment, line in lines.items() if line.verdict is not Verdict.FINE}
    readings = tuple(
        replace(score.reading, guard_warned=score.treatment in unlike) for score in scored.scores
    )
    return Asked(readings, explain, scored.heat_maps, tuple(lines.values()))


def _ask_study(case: CaseInput, pack: LoadedPack, on_progress: OnProgress, should_stop: ShouldStop) -> Asked:
    found = answer_study(case, pack, on_progress=on_progress, should_stop=should_stop)

    def explain(on_progress: OnProgress, should_stop: ShouldStop) -> Explained:
        return Explained(found.predictions, explain_study(found.prediction, pack, case.record))

    return Asked(found.readings, explain, found.prediction.heat_maps, found.guard, found.reasons)
