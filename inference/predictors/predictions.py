"""Predictions as an Assessment carries them: answered with every number, or none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from inference.compared_score import ComparedScore
from inference.messages.message import Message
from inference.packs.fitted import Score
from inference.packs.manifest import Manifest, Threshold
from inference.pathways.pathway import load_pathway
from inference.prediction import Prediction, PredictionStatus
from inference.predictors.npc_residual import OUTCOME
from inference.predictors.treatment_score import TreatmentScore


def answered(
    stated: Prediction,
    score: float,
    fold_scores: tuple[float, ...],
    compared: ComparedScore | None,
    *,
    slices: tuple[int, ...] = (),
    slice_shares: tuple[float, ...] = (),
) -> Prediction:
    """``stated`` with its numbers; ``compared`` is the score beside its cut-off, if one is locked."""
    return replace(
        stated,
        status=PredictionStatus.ANSWERED,
        reasons=(),
        score=score,
        fold_scores=fold_scores,
        low=min(fold_scores) if fold_scores else None,
        high=max(fold_scores) if fold_scores else None,
        is_positive=None if compared is None else compared.is_positive,
        is_borderline=compared is not None and compared.is_borderline,
        folds_disagree=compared is not None and compared.folds_disagree,
        slices=slices,
        slice_shares=slice_shares,
    )


def answered_treatments(
    scores: Sequence[TreatmentScore], slices: tuple[int, ...], shares: Mapping[str, tuple[float, ...]]
) -> tuple[Prediction, ...]:
    """One prediction per treatment with its folds, flags and slice shares."""
    return tuple(
        answered(
            _of_treatment(score.threshold),
            score.score,
            score.fold_scores,
            score.reading,
            slices=slices,
            slice_shares=shares[score.treatment],
        )
        for score in scores
    )


def of_score(stated: Score, outcome: str, cutoff: float | None) -> Prediction:
    """What is known of a score without the patient: no number but the pack's cut-off."""
    return Prediction(
        treatment="",
        model=stated.name,
        outcome=outcome,
        positive_class=stated.positive_class,
        status=PredictionStatus.NOT_ESTIMABLE,
        cutoff=cutoff,
        scale=stated.scale,
        higher_is=stated.higher_is,
    )


def unanswered(
    manifest: Manifest, status: PredictionStatus, reasons: tuple[Message, ...]
) -> tuple[Prediction, ...]:
    """One prediction per treatment, or of the main score, without any number of the patient's."""
    if manifest.treatments:
        stated = [_of_treatment(manifest.threshold(treatment)) for treatment in manifest.treatments]
    else:
        pathway = load_pathway(manifest.study)
        scores = {score.name: score for score in manifest.scores}
        main = next(one.score for one in pathway.answers if one.score in scores)
        cutoffs = {one.score: one.value for one in manifest.score_thresholds}
        stated = [of_score(scores[main], pathway.outcome, cutoffs.get(main))]
    return tuple(replace(one, status=status, reasons=reasons) for one in stated)


def _of_treatment(threshold: Threshold) -> Prediction:
    return Prediction(
        treatment=threshold.treatment,
        outcome=OUTCOME,
        positive_class=threshold.positive_class,
        status=PredictionStatus.NOT_ESTIMABLE,
        cutoff=threshold.value,
    )
