"""Predictions as an Assessment carries them: answered with every number, or none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inference.messages.message import Message
from inference.packs.manifest import Manifest
from inference.pathways.pathway import load_pathway
from inference.prediction import Prediction, PredictionStatus
from inference.predictors.npc_residual import OUTCOME
from inference.predictors.treatment_score import TreatmentScore


def answered(
    scores: Sequence[TreatmentScore], slices: tuple[int, ...], shares: Mapping[str, tuple[float, ...]]
) -> tuple[Prediction, ...]:
    """One prediction per treatment with its folds, flags and slice shares."""
    return tuple(
        Prediction(
            treatment=score.treatment,
            outcome=OUTCOME,
            positive_class=score.threshold.positive_class,
            status=PredictionStatus.ANSWERED,
            cutoff=score.threshold.value,
            score=score.score,
            fold_scores=score.fold_scores,
            low=min(score.fold_scores),
            high=max(score.fold_scores),
            is_positive=score.is_positive,
            is_borderline=score.is_borderline,
            folds_disagree=score.folds_disagree,
            slices=slices,
            slice_shares=shares[score.treatment],
        )
        for score in scores
    )


def unanswered(
    manifest: Manifest, status: PredictionStatus, reasons: tuple[Message, ...]
) -> tuple[Prediction, ...]:
    """One prediction per treatment, or of the main score, without any number of the patient's.

    Only the pack's cut-off stands.
    """
    if manifest.treatments:
        return tuple(
            Prediction(
                treatment=treatment,
                outcome=OUTCOME,
                positive_class=manifest.threshold(treatment).positive_class,
                status=status,
                cutoff=manifest.threshold(treatment).value,
                reasons=reasons,
            )
            for treatment in manifest.treatments
        )
    pathway = load_pathway(manifest.study)
    stated = {score.name: score for score in manifest.scores}
    main = next(one.score for one in pathway.answers if one.score in stated)
    cutoffs = {one.score: one.value for one in manifest.score_thresholds}
    return (
        Prediction(
            treatment="",
            model=main,
            outcome=pathway.outcome,
            positive_class=stated[main].positive_class,
            status=status,
            cutoff=cutoffs.get(main),
            scale=stated[main].scale,
            higher_is=stated[main].higher_is,
            reasons=reasons,
        ),
    )
