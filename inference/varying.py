"""After an answer: how much it hangs on the outline and on each clinical value, and what is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from inference.answer import Answer
from inference.assessment import RecommendationStatus
from inference.case_input import CaseInput
from inference.guard.feature_distance import is_distance
from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.outcome import Outcome
from inference.packs.load import LoadedPack
from inference.pathways.pathway import load_pathway
from inference.prediction import Prediction, PredictionStatus, Variation
from inference.predictors.sensitivity import ScoreVariation, sensitivity
from inference.predictors.study_answer import FEATURES, phase_scans
from inference.predictors.study_prediction import predict
from inference.predictors.treatment_sensitivity import vary_treatments
from inference.rules.engine import recommend
from inference.rules.performance import pack_facts
from inference.rules.rule_book import RuleBook
from inference.rules.rule_file import rules_of


def vary(
    outcome: Outcome,
    case: CaseInput,
    pack: LoadedPack,
    *,
    rules: RuleBook | None = None,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Outcome:
    """Vary what the answer was made of, and let the rules read what came of it.

    ``outcome`` is that of :func:`inference.pipeline.assess` for this case, pack and rules.  An answer that
    crosses its cut-off under any change is borderline.  Another outline and a slightly other number are
    within what readers and laboratories differ by: a rule set that doubts such a crossing then withholds.
    Another choice, such as another stage, is told and no doubt.  What was withheld before is given back.

    Raises
    ------
    PackError
        When a network of the pack was altered or does not fit the manifest.
    Cancelled
        When asked to stop.
    """
    assessment = outcome.assessment
    if not assessment.is_answered or not outcome.readings:
        return outcome
    whole = replace(case, mask=outcome.mask)
    found = _variations(outcome, whole, pack, on_progress, should_stop)
    predictions = tuple(_with(one, found.get(one.name, ())) for one in assessment.predictions)
    crossed = {
        name
        for name, variations in found.items()
        if any(one.crosses and one.kind != "choice" for one in variations)
    }
    readings = tuple(replace(one, sensitivity_crossed=one.name in crossed) for one in outcome.readings)
    book, rule_set = rules_of(pack.manifest, rules), assessment.recommendation.rule_set
    again = recommend(book, rule_set, readings, case.record, pack_facts(pack))
    if again.status is RecommendationStatus.WITHHELD:
        later = tuple(line for line in assessment.guard if is_distance(line))
        answer = Answer(whole, pack, book, rule_set, later)
        return answer.withheld(PredictionStatus.WITHHELD, again.reasons)
    return replace(outcome, assessment=replace(assessment, predictions=predictions), readings=readings)


def _variations(
    outcome: Outcome, case: CaseInput, pack: LoadedPack, on_progress: OnProgress, should_stop: ShouldStop
) -> Mapping[str, tuple[Variation, ...]]:
    if pack.manifest.treatments:
        return vary_treatments(case, pack, outcome.readings, on_progress=on_progress, should_stop=should_stop)
    scans = phase_scans(case, load_pathway(pack.manifest.study))
    found = predict(pack, scans, case.record, cache=FEATURES, should_stop=should_stop)
    varied = sensitivity(
        pack, scans, case.record, found, cache=FEATURES, on_progress=on_progress, should_stop=should_stop
    )
    if varied is None:
        return {}
    return {varied.score: tuple(_told(one) for one in varied.variations)}


def _told(one: ScoreVariation) -> Variation:
    kind = "outline" if one.kind != "clinical" else "choice" if isinstance(one.value, str) else "number"
    return Variation(kind, one.change, one.score, one.crosses)


def _with(prediction: Prediction, variations: tuple[Variation, ...]) -> Prediction:
    if prediction.status is not PredictionStatus.ANSWERED or not variations:
        return prediction
    crosses = any(one.crosses for one in variations)
    return replace(prediction, variations=variations, is_borderline=prediction.is_borderline or crosses)
