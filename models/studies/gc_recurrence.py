"""The protocol of ``gc-recurrence``: relapse after radical gastrectomy, from CT, form, and both.

Positive is relapse; a higher score is worse.  Source: Cao et al. 2024, doi 10.1097/JS9.0000000000001627.
What the paper leaves open, the configuration names.  The frozen network comes from the response study, whose
hospital and years are the same: a hospital should leave patients of one cohort out of the other.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import logit

from inference.statistics.discrimination.youden import YoudenCutoff
from inference.statistics.outcomes import Bools, Floats
from models.networks.se_resnet import FrozenBackboneMlp
from models.studies.gc_recurrence_config import GcRecurrenceConfig
from models.studies.gc_recurrence_factors import coded
from models.studies.gc_recurrence_network import FoldModel, network_scores, train_layers_of
from models.studies.gc_recurrence_samples import GcSamples
from models.training.class_signatures import logistic_signature, selected_signature
from models.training.coded_factors import Coded
from models.training.cross_fit import lock_cutoffs, out_of_fold
from models.training.engine.device import make_repeatable
from models.training.engine.folds import require_both_classes
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace
from models.training.linear_score import LinearScore
from models.training.splits import folds_by_patient

STUDY: Final = "gc-recurrence"
DLS: Final = "dls_log_odds"
"""The column of the fusion: the DLS as log odds (?)."""

MODELS: Final = ("dls", "clis", "dlfs")
"""The deep learning signature, the clinical signature, and their fusion."""

_CLIP: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class TrainedGc:
    """Everything that a pack and its evaluation are made of.

    ``out_of_fold`` has the training cohort's scores by model, each patient scored by what did not learn from
    that patient; ``cutoffs`` are Youden's on them, none for a model that found nothing and scores all alike.
    ``clis`` and ``dlfs`` are fitted to the whole training cohort, the fusion on out-of-fold DLS.
    """

    config: GcRecurrenceConfig
    folds: tuple[FoldModel, ...]
    clis: LinearScore
    dlfs: LinearScore
    out_of_fold: dict[str, Floats]
    cutoffs: dict[str, YoudenCutoff]

    @property
    def curves(self) -> tuple[CurvePoint, ...]:
        """The loss curves of all folds."""
        return tuple(point for model in self.folds for point in model.curve)

    def scores(self, cohort: GcSamples) -> dict[str, Floats]:
        """Probabilities of relapse of patients from outside; the DLS is the mean of the fold networks."""
        table = coded(cohort.factors)
        dls: Floats = np.mean([network_scores(model, cohort.embeddings) for model in self.folds], axis=0)
        joined = table.with_column(DLS, log_odds(dls))
        return {
            "dls": dls,
            "clis": self.clis.probability(table.matrix, table.names),
            "dlfs": self.dlfs.probability(joined.matrix, joined.names),
        }


def train(
    config: GcRecurrenceConfig, frozen: FrozenBackboneMlp, cohort: GcSamples, place: RunPlace | None = None
) -> TrainedGc:
    """Run the whole protocol on the training cohort, whose embeddings are those of ``frozen``.

    Raises
    ------
    OneClassError
        When a fold would teach one class only.
    NoFitError
        When a regression has no fit on the patients it is given; before a network is trained, unless the DLS
        is what leaves it without one.
    """
    make_repeatable(config.seed, config.threads)
    where = place or RunPlace()
    rng = np.random.default_rng(config.seed)
    everyone = range(len(cohort))
    folds = folds_by_patient(cohort.patient_ids, everyone, config.folds, rng)
    require_both_classes(folds, cohort.relapse)
    table = coded(cohort.factors)
    clis_of = [clinical_signature(config, table, cohort.relapse, fold.learn, fold.number) for fold in folds]
    clis = clinical_signature(config, table, cohort.relapse, everyone, config.folds)
    # Classes that the published factors separate are separated with the DLS beside them, too.
    for patients in (*(fold.learn for fold in folds), everyone):
        fused(config, table, cohort.relapse, patients)

    models = tuple(train_layers_of(config, frozen, cohort, fold, where) for fold in folds)
    dls = out_of_fold(folds, lambda k, rows: network_scores(models[k], cohort.embeddings[rows]))
    joined = table.with_column(DLS, log_odds(dls))
    # Learning patients, too, enter with out-of-fold signatures: a network's own patients look too good.
    dlfs_of = [fused(config, joined, cohort.relapse, fold.learn) for fold in folds]
    scores = {
        "dls": dls,
        "clis": out_of_fold(folds, lambda k, rows: clis_of[k].probability(table.matrix[rows], table.names)),
        "dlfs": out_of_fold(folds, lambda k, rows: dlfs_of[k].probability(joined.matrix[rows], joined.names)),
    }
    return TrainedGc(
        config,
        models,
        clis,
        fused(config, joined, cohort.relapse, everyone),
        scores,
        lock_cutoffs(scores, cohort.relapse),
    )


def log_odds(dls: Floats) -> Floats:
    """The DLS as it enters the fusion."""
    odds: Floats = logit(np.clip(dls, _CLIP, 1 - _CLIP))
    return odds


def clinical_signature(
    config: GcRecurrenceConfig, table: Coded, relapse: Bools, patients: Sequence[int], number: int
) -> LinearScore:
    """CLIS: LASSO selects among the 17 factors, a multivariable logistic regression gives the weights."""
    positions = np.array(patients, dtype=np.intp)
    return selected_signature(
        "clis",
        table,
        table.estimable(table.names, relapse, positions),
        relapse,
        positions,
        rng=np.random.default_rng([config.seed, 1000, number]),
        rule=config.penalty_rule,
    )


def fused(config: GcRecurrenceConfig, joined: Coded, relapse: Bools, patients: Sequence[int]) -> LinearScore:
    """DLFS: logistic regression on the DLS, if ``joined`` has it, and the published five clinical factors."""
    positions = np.array(patients, dtype=np.intp)
    signature = (DLS,) if DLS in joined.names else ()
    names = joined.estimable((*signature, *config.fusion_factors), relapse, positions)
    return logistic_signature("dlfs", joined, names, relapse, positions)


if __name__ == "__main__":
    from models.studies.gc_recurrence_command import main

    sys.exit(main())
