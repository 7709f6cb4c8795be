"""What the pack of ``gc-recurrence`` tells of its cohorts: scores, reference data, the notes of the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from inference.packs.phases import PhaseName
from inference.statistics.outcomes import Floats
from models.packing.content import CardNotes
from models.packing.prediction_csv import CohortRows
from models.packing.reference_data import ReferenceContent, known_cohort
from models.studies.gc_recurrence import TrainedGc
from models.studies.gc_recurrence_samples import GcSamples
from models.training.splits import fold_names

PHASE: Final[PhaseName] = "portal_venous"

Scored = Sequence[tuple[GcSamples, Mapping[str, Floats]]]


def rows_of(
    trained: TrainedGc, scored: Scored, models: Sequence[str], *, with_class: bool
) -> list[CohortRows]:
    """Relapse of every patient, or the overall survival of those of whom it is known."""
    fold_of = fold_names(model.fold for model in trained.folds)
    rows = []
    for number, (cohort, scores) in enumerate(scored):
        own = np.arange(len(cohort)) if with_class else np.flatnonzero(cohort.has_follow_up)
        if not own.size:
            continue
        rows.append(
            CohortRows(
                cohort.cohort,
                [cohort.patient_ids[k] for k in own],
                {name: scores[name][own] for name in models},
                outcome=cohort.relapse if with_class else None,
                follow_up=None if with_class else cohort.survival,
                folds=[fold_of[int(k)] for k in own] if number == 0 else (),
                clinical={name: [cells[k] for k in own] for name, cells in cohort.factors.items()},
            )
        )
    return rows


def reference(
    trained: TrainedGc, scored: Scored, models: Sequence[str], cuts: Mapping[str, float]
) -> ReferenceContent:
    data = ReferenceContent()
    data.add_cloud("backbone", scored[0][0].embeddings[:, 0].astype(np.float64), phase=PHASE)
    for rows in rows_of(trained, scored, models, with_class=True):
        known = known_cohort(rows.cohort)
        if known is not None and rows.outcome is not None:
            for name in models:
                data.add_quantiles(name, known, rows.scores[name], rows.outcome, ("relapse", "free"))
    for rows in rows_of(trained, scored, models, with_class=False):
        known = known_cohort(rows.cohort)
        if known is not None and rows.follow_up is not None:
            for name, cut in cuts.items():
                data.add_survival(name, known, rows.follow_up, rows.scores[name], cut)
    return data


def notes(trained: TrainedGc) -> CardNotes:
    config = trained.config
    schedule = config.schedule
    return CardNotes(
        citation="Cao et al. 2024, doi 10.1097/JS9.0000000000001627",
        outcome="relapse after radical gastrectomy; overall survival in months by risk group.",
        training=(
            f"Network: the response study's ({config.width:g} of the published width) frozen, and two layers "
            f"that learn; {config.folds} folds by patient, all packed, their mean is the score.",
            "A patient's embedding is the mean of those of all slices with tumour; "
            f"{config.views_per_patient} random views are embedded beside it.",
            f"{schedule.optimiser}, learning rate {schedule.learning_rate:g}, batches of "
            f"{schedule.batch_size}, at most {schedule.epochs} epochs, patience {schedule.patience}.",
            f"CLIS: LASSO ({config.penalty_rule}), then logistic regression. DLFS: logistic regression on "
            f"the log odds of the DLS and {', '.join(config.fusion_factors)}.",
        ),
        departures=(
            "Channels, margin, the share that stops a network and the cut-off's rule are not in the "
            "publication and are this project's choices; its cut-off of 0.60 belongs to its own score.",
        ),
        limits=(
            "The stage is known after surgery only; after preoperative chemotherapy it is ypTNM.",
            "Its cohorts may overlap with those of the response study, whose network it starts from.",
            "The cut-offs were locked on scores of single folds, and are applied to the mean of the folds.",
            *(() if trained.clis.coefficients else ("The clinical signature found nothing: not packed.",)),
        ),
    )
