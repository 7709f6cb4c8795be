"""A study's pack on a case of one or several scans: the score that answers, others beside it, the guard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from inference.assessment import GuardLine
from inference.case_input import CaseInput
from inference.findings import Verdict
from inference.inputs.study_inputs import load_study_inputs
from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.masks.same_box import same_box
from inference.messages.message import LIST_MARK, Message
from inference.packs.load import LoadedPack
from inference.pathways.pathway import AnsweringScore, Pathway, load_pathway
from inference.prediction import (
    Contribution,
    Fallback,
    Part,
    Prediction,
    SurvivalEstimate,
    SurvivalPoint,
)
from inference.predictors.cohort_distance import lines_of_phases
from inference.predictors.feature_cache import FeatureCache
from inference.predictors.image_features import ImageFeatures
from inference.predictors.phase_input import PhaseScan
from inference.predictors.predictions import answered, of_score
from inference.predictors.scores import ScoreValue
from inference.predictors.study_prediction import StudyPrediction, predict
from inference.rules.reading import Reading, score_reading

FEATURES: Final = FeatureCache[ImageFeatures]()
"""What networks read off the cases of this process, by content."""


@dataclass(frozen=True, slots=True, eq=False)
class StudyAnswer:
    """One reading where a score answers; none, and the ``reasons``, where nothing does."""

    prediction: StudyPrediction
    readings: tuple[Reading, ...]
    predictions: tuple[Prediction, ...]
    guard: tuple[GuardLine, ...]
    reasons: tuple[Message, ...]


def answer_study(
    case: CaseInput,
    pack: LoadedPack,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> StudyAnswer:
    """Ask every score that scans, masks and clinical values allow.

    Raises
    ------
    InputError
        When the record is another study's, or a scan cannot be prepared.
    PackError
        When the pack asks for what this version cannot do, was altered, or gives no number.
    Cancelled
        When asked to stop.
    """
    pathway = load_pathway(pack.manifest.study)
    scans = phase_scans(case, pathway)
    found = predict(
        pack, scans, case.record, cache=FEATURES, on_progress=on_progress, should_stop=should_stop
    )
    guard = lines_of_phases(found.features, pack, pathway)
    if found.answer is None:
        reasons = _why_not(found.main, pathway, case)
        return StudyAnswer(found, (), (), guard, reasons)
    value = found.scores[found.answer.score]
    assert value.value is not None
    if value.threshold is None:
        no_cutoff = Message("rules.withheld.no_cutoff", {"score": f"score.{value.name}"})
        return StudyAnswer(found, (), (), guard, (no_cutoff,))
    reading = score_reading(
        pack.manifest,
        value.name,
        value.value,
        fold_scores=value.fold_values,
        fallback=_fallback(found.answer),
        guard_warned=any(line.verdict is not Verdict.FINE for line in guard),
    )
    return StudyAnswer(found, (reading,), tuple(_predictions(found, found.answer, pathway, case)), guard, ())


def phase_scans(case: CaseInput, pathway: Pathway) -> dict[str, PhaseScan]:
    """The case's scans by the phase that each feeds; one without a mask feeds none.

    Where the study marks a cuboid, the first scan's box counts in all of them, as in training.
    """
    study = load_study_inputs(pathway.study)
    found: dict[str, PhaseScan] = {}
    for name, scan in case.by_scan():
        phase = pathway.phase_of(study.named(name).id)
        mask = None if scan.mask is None else scan.mask.voxels
        if name and pathway.region == "cuboid" and case.mask is not None:
            mask = same_box(case.mask, scan.volume.geometry)
        if phase is not None and mask is not None and mask.any():
            found[phase] = PhaseScan(scan.volume, mask)
    return found


def _predictions(
    found: StudyPrediction, answer: AnsweringScore, pathway: Pathway, case: CaseInput
) -> Sequence[Prediction]:
    """The score that answers, the other scores that might have, and those the study shows beside it."""
    main = found.main
    lacking = () if main is None or main.name == answer.score else _missing(main, pathway, case)
    months = pathway.horizons_months[-1] if pathway.horizons_months else None
    shown = [
        replace(
            _prediction(found.scores[answer.score], pathway.outcome, months),
            fallback=_fallback(answer),
            missing=lacking,
        )
    ]
    for one in pathway.answers:
        value = found.scores.get(one.score)
        if one.score != answer.score and value is not None and value.value is not None:
            shown.append(replace(_prediction(value, pathway.outcome, months), part=Part.BESIDE))
    for beside in pathway.beside:
        value = found.scores.get(beside.score)
        if value is not None and value.value is not None:
            horizon = beside.horizons_months[-1] if beside.horizons_months else None
            shown.append(replace(_prediction(value, beside.outcome, horizon), part=Part.BESIDE))
    return shown


def _prediction(value: ScoreValue, outcome: str, months: float | None) -> Prediction:
    assert value.value is not None
    cutoff = None if value.threshold is None else value.threshold.value
    return replace(
        answered(of_score(value.stated, outcome, cutoff), value.value, value.fold_values, value.compared),
        horizon_months=months,
        calibrated=value.calibrated,
        survival=_survival(value),
        contributions=tuple(
            Contribution(f"{one.kind}.{one.name}", _as_text(one.value), one.amount)
            for one in value.contributions
        ),
    )


def _survival(value: ScoreValue) -> tuple[SurvivalPoint, ...]:
    limits = {one.time_months: (one.low, one.high) for one in value.intervals}
    return tuple(
        SurvivalEstimate(months, alive, *limits[months]) if months in limits else SurvivalPoint(months, alive)
        for months, alive in value.survival
    )


def _as_text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"


def _fallback(answer: AnsweringScore) -> Fallback:
    return Fallback.NONE if answer.fallback is None else Fallback(answer.fallback)


def _missing(value: ScoreValue, pathway: Pathway, case: CaseInput) -> tuple[str, ...]:
    """Fields of the form, scans, and masks of scans that are there, as message ids."""
    study = load_study_inputs(pathway.study)
    here = {study.named(name).id for name, _ in case.by_scan()}
    inputs = [pathway.input_of(phase) or phase for phase in value.missing_phases]
    lacking = (f"input.{name}.mask" if name in here else f"input.{name}" for name in inputs)
    return (*(f"clinical.{name}" for name in value.missing_fields), *lacking)


def _why_not(main: ScoreValue | None, pathway: Pathway, case: CaseInput) -> tuple[Message, ...]:
    if main is None:
        return (Message("rules.withheld.no_score", {"study": pathway.study}),)
    missing = LIST_MARK.join(_missing(main, pathway, case))
    return (Message("rules.withheld.missing", {"what": missing}),)
