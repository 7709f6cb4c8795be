"""The protocol of ``lagc-response``: good response to neoadjuvant chemotherapy, from CT, form, and both.

Positive is good response (TRG 0-1); a higher score means a better response.  Source: Hu et al. 2023,
doi 10.1097/JS9.0000000000000432.  What the paper leaves open, the configuration names.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from inference.statistics.discrimination.youden import YoudenCutoff
from inference.statistics.outcomes import Bools, Floats
from models.studies.lagc_response_config import LagcResponseConfig
from models.studies.lagc_response_factors import coded, response_columns
from models.studies.lagc_response_network import FoldModel, network_scores, train_network_of, train_trunk
from models.studies.lagc_response_samples import DrawnLooks, LagcSamples
from models.studies.lagc_response_survival import OverallSurvival, train_overall_survival
from models.training.class_signatures import logistic_signature, selected_signature
from models.training.coded_factors import Coded
from models.training.cross_fit import lock_cutoffs, out_of_fold
from models.training.engine.device import make_repeatable
from models.training.engine.folds import require_both_classes
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace
from models.training.linear_score import LinearScore
from models.training.splits import folds_by_patient

STUDY: Final = "lagc-response"
DL_SIGNATURE: Final = "dl_signature"
MODELS: Final = ("dl", "clinical", "dlcs")
"""The DL signature, the clinical signature, and the deep learning radio-clinical signature."""

_CLIP: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class TrainedLagc:
    """Everything that a pack and its evaluation are made of.

    ``out_of_fold`` has the training cohort's scores by model, each patient scored by what did not learn from
    that patient; ``cutoffs`` are Youden's on them, none for a model that found nothing and scores all alike.
    ``clinical`` and ``fusion`` are fitted to the whole training cohort, the fusion on out-of-fold DL
    signatures.  ``pretraining`` counts the patients that the trunk learnt from; none of them is in a cohort.
    """

    config: LagcResponseConfig
    folds: tuple[FoldModel, ...]
    clinical: LinearScore
    fusion: LinearScore
    out_of_fold: dict[str, Floats]
    cutoffs: dict[str, YoudenCutoff]
    survival: OverallSurvival
    pretraining: int = 0
    curves: tuple[CurvePoint, ...] = ()

    def scores(self, cohort: LagcSamples) -> dict[str, Floats]:
        """Probabilities of good response of patients from outside; the DL signature is the folds' mean."""
        table = coded(cohort.factors)
        signature = self.signature(cohort)
        joined = table.with_column(DL_SIGNATURE, on_scale(signature, self.config))
        return {
            "dl": signature,
            "clinical": self.clinical.probability(table.matrix, table.names),
            "dlcs": self.fusion.probability(joined.matrix, joined.names),
        }

    def signature(self, cohort: LagcSamples) -> Floats:
        """Mean over the fold networks of the probability of good response."""
        mean: Floats = np.mean([network_scores(model, cohort.images) for model in self.folds], axis=0)
        return mean


def train(
    config: LagcResponseConfig,
    cohort: LagcSamples,
    place: RunPlace | None = None,
    *,
    pretraining: DrawnLooks | None = None,
) -> TrainedLagc:
    """Run the whole protocol on the training cohort.

    ``pretraining`` are other patients, from whom the network that all folds start from learns first.

    Raises
    ------
    ValueError
        When one of them is in the training cohort.
    OneClassError
        When a fold would teach good or poor responders only.
    NoFitError
        When a regression has no fit on the patients it is given.
    """
    if pretraining is not None and set(pretraining.patient_ids) & set(cohort.patient_ids):
        raise ValueError("a patient teaches the trunk, and a fold")
    make_repeatable(config.seed, config.threads)
    where = place or RunPlace()
    rng = np.random.default_rng(config.seed)
    everyone = range(len(cohort))
    folds = folds_by_patient(cohort.patient_ids, everyone, config.folds, rng)
    require_both_classes(folds, cohort.good_response)
    table = coded(cohort.factors)

    trunk, curves = (None, ()) if pretraining is None else train_trunk(config, pretraining, where)
    models = tuple(train_network_of(config, cohort, fold, where, trunk) for fold in folds)
    signature = out_of_fold(folds, lambda k, rows: network_scores(models[k], cohort.images[rows]))
    joined = table.with_column(DL_SIGNATURE, on_scale(signature, config))

    clinical_of = [
        clinical_signature(config, table, cohort.good_response, fold.learn, fold.number) for fold in folds
    ]
    # Learning patients, too, enter with out-of-fold signatures: a network's own patients look too good.
    fusion_of = [fused(config, joined, cohort.good_response, fold.learn) for fold in folds]
    scores = {
        "dl": signature,
        "clinical": out_of_fold(
            folds, lambda k, rows: clinical_of[k].probability(table.matrix[rows], table.names)
        ),
        "dlcs": out_of_fold(
            folds, lambda k, rows: fusion_of[k].probability(joined.matrix[rows], joined.names)
        ),
    }
    return TrainedLagc(
        config,
        models,
        clinical_signature(config, table, cohort.good_response, everyone, config.folds),
        fused(config, joined, cohort.good_response, everyone),
        scores,
        lock_cutoffs(scores, cohort.good_response),
        train_overall_survival(config, cohort, joined),
        0 if pretraining is None else len(pretraining),
        (*curves, *(point for model in models for point in model.curve)),
    )


def on_scale(signature: Floats, config: LagcResponseConfig) -> Floats:
    """The DL signature as it enters regressions."""
    if config.signature_scale == "probability":
        return signature
    held = np.clip(signature, _CLIP, 1 - _CLIP)
    log_odds: Floats = np.log(held / (1 - held))
    return log_odds


def clinical_signature(
    config: LagcResponseConfig, table: Coded, is_good: Bools, patients: Sequence[int], number: int
) -> LinearScore:
    """LASSO selects among the 22 factors, a multivariable logistic regression gives the weights."""
    positions = np.array(patients, dtype=np.intp)
    return selected_signature(
        "clinical",
        table,
        table.estimable(response_columns(table), is_good, positions),
        is_good,
        positions,
        rng=np.random.default_rng([config.seed, 1000, number]),
        rule=config.penalty_rule,
    )


def fused(config: LagcResponseConfig, joined: Coded, is_good: Bools, patients: Sequence[int]) -> LinearScore:
    """DLCS: logistic regression on the DL signature and the published three clinical factors."""
    positions = np.array(patients, dtype=np.intp)
    names = joined.varying((DL_SIGNATURE, *config.fusion_factors), positions)
    return logistic_signature("dlcs", joined, names, is_good, positions)


if __name__ == "__main__":
    from models.studies.lagc_response_command import main

    sys.exit(main())
