"""What the pack of ``pnen-recurrence`` says of patients it was tried on: tables, reference data, card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from inference.packs.phases import PhaseName
from inference.statistics.outcomes import SurvivalData
from models.packing.content import CardNotes, PredictionTable
from models.packing.prediction_csv import CohortRows, prediction_csv
from models.packing.reference_data import ReferenceContent, known_cohort
from models.studies.pnen_recurrence import FOLLOW_UP, CohortScores, TrainedStudy
from models.studies.pnen_recurrence_samples import PHASES
from models.studies.pnen_recurrence_segmenter import patient_features

_COUNTED: Final = ("age_years", "sex", "symptoms", "maximum_diameter_mm", "location", "composition")


def tables(
    study: TrainedStudy, cohorts: Sequence[CohortScores], *, is_synthetic: bool
) -> tuple[PredictionTable, ...]:
    """Recurrence by 60 months of those who have a class, and time to recurrence of all."""
    cuts = {name: cut.value for name, cut in study.cutoffs.items() if cut is not None}
    return (
        PredictionTable(
            "evaluation",
            "binary",
            prediction_csv(_rows(cohorts, with_class=True), is_synthetic=is_synthetic),
            cuts,
        ),
        PredictionTable(
            "evaluation-survival",
            "survival",
            prediction_csv(_rows(cohorts, with_class=False), is_synthetic=is_synthetic),
            cuts,
        ),
    )


def _rows(cohorts: Sequence[CohortScores], *, with_class: bool) -> list[CohortRows]:
    """The patients by part of the cohort; ``with_class`` those who have one, with it."""
    rows = []
    for scored in cohorts:
        table = scored.data.table
        follow_up = table.follow_up(FOLLOW_UP)
        for part in dict.fromkeys(table.parts):
            own = np.array(
                [
                    k
                    for k, name in enumerate(table.parts)
                    if name == part and (scored.data.is_decided[k] or not with_class)
                ],
                dtype=np.intp,
            )
            if not own.size:
                continue
            folds = ["" if scored.folds[k] < 0 else str(scored.folds[k] + 1) for k in own]
            rows.append(
                CohortRows(
                    part,
                    [table.patient_ids[k] for k in own],
                    {name: values[own] for name, values in scored.scores.items()},
                    outcome=scored.data.recurred[own] if with_class else None,
                    follow_up=None if with_class else follow_up.rows(own),
                    folds=folds,
                    clinical={
                        name: [
                            "" if table.columns[name][k] is None else _cell(table.columns[name][k])
                            for k in own
                        ]
                        for name in _COUNTED
                    },
                )
            )
    return rows


def _cell(value: float | str | None) -> float | str:
    assert value is not None
    return value


def reference(
    study: TrainedStudy,
    cohorts: Sequence[CohortScores],
    packed: Sequence[str],
    phase_of: Mapping[str, PhaseName],
) -> ReferenceContent:
    """Clouds of the training patients' embeddings by encoder and phase, quantiles and curves by cohort."""
    data = ReferenceContent()
    segmenters = {id(models.segmenter): models for models in study.folds}
    for models in segmenters.values():
        fold = models.fold.number if len(segmenters) > 1 else None
        for scan in PHASES:
            samples = [study.training.data.phases[scan][k] for k in models.fold.learn]
            name = scan if fold is None else f"{scan}_{fold}"
            embeddings = patient_features(models.segmenter, samples, study.config)
            data.add_cloud(name, embeddings, phase=phase_of[scan], fold=fold)
    for rows in _rows(cohorts, with_class=True):
        known = known_cohort(rows.cohort)
        if known is not None and rows.outcome is not None:
            for name in packed:
                data.add_quantiles(name, known, rows.scores[name], rows.outcome, ("recurrence", "free"))
    for rows in _rows(cohorts, with_class=False):
        known = known_cohort(rows.cohort)
        if known is not None and isinstance(rows.follow_up, SurvivalData):
            for name in packed:
                cut = study.cutoffs[name]
                if cut is not None:
                    data.add_survival(name, known, rows.follow_up, rows.scores[name], cut.value)
    return data


def notes(study: TrainedStudy) -> CardNotes:
    """The card's words."""
    config = study.config
    schedule = config.segmentation
    own = config.study_cases_in_segmentation
    taught = (
        f"{own} of the fold's own patients at most, so that no segmenter knows a patient that it serves"
        if own
        else "further patients, the same for all folds; the classifiers see none of them"
    )
    undecided = (
        "has no class, but a time." if config.undecided == "left_out" else "counts as free, as in the paper."
    )
    return CardNotes(
        citation="Song et al. 2021, doi 10.21037/atm-21-25",
        outcome=f"recurrence before {config.horizon_months:g} months; who was followed for less without one "
        f"{undecided}",
        training=(
            f"Encoder: {config.network}, {config.width:g} of the published width, trained to segment "
            f"arterial slices of {config.frame.rows} × {config.frame.columns} pixels of {taught}; it "
            "serves the venous phase too.",
            f"{schedule.optimiser}, learning rate {schedule.learning_rate:g}, batches of "
            f"{schedule.batch_size}, at most {schedule.epochs} epochs"
            f"{'' if schedule.patience is None else f', patience {schedule.patience}'}; the epoch of the "
            "best Dice on the validation cases is kept.",
            "A patient's embedding is the mean of the larger of two clusters of slices.",
            f"{config.folds} folds: filter, scaling, grid search and Platt's sigmoid on the learning part; "
            "an outside patient gets the mean of all folds.",
            "Machines are linear, so that no patient stands in them; the sigmoid is in their coefficients.",
            "Radiomics and CT findings were measured beside these scores: they stand in the report and are "
            "not packed.",
        ),
        departures=(
            "Kernel of the machine, framing of the cuboid, folds balanced by outcome and the grid are not in "
            "the publication and are this project's choices.",
            "The U-Net has no batch norm, for the publication names none, and its number of epochs, batch "
            "size and slices of a case are not published: the longer it learns to outline tumours, the less "
            "its bottleneck need tell of their inside. The demonstration's were chosen on separate phantoms.",
        ),
        limits=(
            "A low risk never extends an interval of follow-up by itself: the publication missed 4 of 9 "
            "recurrences outside.",
            "Few recurrences: intervals are wide, and every cut-off rests on few patients.",
            "The cut-offs were locked on scores of single folds, and are applied to the mean of the folds.",
        ),
    )
