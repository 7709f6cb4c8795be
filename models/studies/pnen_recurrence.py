"""The protocol of ``pnen-recurrence``: recurrence within five years after resection, from preoperative CT.

Source: Song et al., Ann Transl Med 2021; 9: 833.  Slices of the rough region → encoder of a U-Net that
was trained to segment → the larger of two clusters of slices → support vector machine, ten-fold; beside it
radiomics and the radiologists' CT findings; outside patients get the mean of the fold models.  High is worse.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.jobs import stop_if_asked
from inference.statistics.discrimination.youden import YoudenCutoff, youden_cutoff
from inference.statistics.penalised.folds import balanced_folds
from models.cohorts.cohort import Cohort, CohortTable
from models.networks.contract import Segmenter
from models.studies.pnen_recurrence_config import PnenRecurrenceConfig
from models.studies.pnen_recurrence_failures import (
    FEWEST_OF_A_CLASS,
    FewOfAClassError,
    FindingsMissingError,
)
from models.studies.pnen_recurrence_samples import (
    ARTERIAL,
    CLINICAL,
    PHASES,
    VENOUS,
    PhaseSample,
    clinical_values,
    ct_findings,
    phase_samples,
)
from models.studies.pnen_recurrence_segmenter import patient_features, train_segmenter
from models.training.engine.device import make_repeatable
from models.training.engine.failures import OneClassError
from models.training.engine.history import CurvePoint
from models.training.engine.run import RunPlace
from models.training.splits import Fold
from models.training.support_vector import FittedMachine, fit_support_vector

STUDY = "pnen-recurrence"
FOLLOW_UP = "recurrence"
BEST = "dlr_a"
"""The model that risk groups come from."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Phases = Mapping[str, tuple[PhaseSample, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class PatientData:
    """What a cohort gives to the models, patient by patient in the order of ``table``.

    ``is_decided`` marks who has a class, ``recurred`` the positive ones among them.
    """

    table: CohortTable
    is_decided: Bools
    recurred: Bools
    phases: Phases


@dataclass(frozen=True, slots=True, eq=False)
class FoldModels:
    """One fold: its segmenter, and one machine for each model, by name."""

    fold: Fold
    segmenter: Segmenter
    machines: Mapping[str, FittedMachine]


@dataclass(frozen=True, slots=True, eq=False)
class CohortScores:
    """Probabilities of recurrence by model, (patients,); ``folds`` is -1 where all fold models answer."""

    data: PatientData
    scores: Mapping[str, Floats]
    folds: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TrainedStudy:
    """Fold models, what they say of both hospitals, the locked cut-offs, and the curves of the segmenters."""

    config: PnenRecurrenceConfig
    folds: tuple[FoldModels, ...]
    training: CohortScores
    external: CohortScores
    cutoffs: Mapping[str, YoudenCutoff | None]
    curves: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One model's features, (patients, columns); those named in ``unfiltered`` enter every machine."""

    values: Floats
    names: tuple[str, ...]
    unfiltered: tuple[str, ...] = ()


def train(
    config: PnenRecurrenceConfig,
    internal: Cohort,
    external: Cohort,
    segmentation: Cohort,
    *,
    cache: Path | None = None,
    place: RunPlace | None = None,
) -> TrainedStudy:
    """Run the whole protocol.

    ``internal`` is the hospital that teaches, ``external`` the one that is only scored; ``segmentation``
    holds the further cases, whose outcome is not read.

    Raises
    ------
    OneClassError, FewOfAClassError
        When a cohort has one class only, or a fold's learning part fewer than two patients of a class.
    FindingsMissingError
        When a CT finding of a patient was not read.
    Cancelled
        When ``place.should_stop`` said so.
    """
    where = place or RunPlace()
    make_repeatable(config.seed, config.threads)

    def samples(cohort: Cohort, scans: Sequence[str], with_radiomics: bool) -> Phases:
        return phase_samples(
            cohort,
            scans,
            config,
            with_radiomics=with_radiomics,
            cache=cache,
            on_progress=where.on_progress,
            should_stop=where.should_stop,
        )

    cases = samples(segmentation, (ARTERIAL,), False)[ARTERIAL]
    inside = patient_data(internal, samples(internal, PHASES, True), config)
    outside = patient_data(external, samples(external, PHASES, True), config)
    return train_on_samples(config, inside, outside, cases, place=where)


def patient_data(cohort: Cohort, phases: Phases, config: PnenRecurrenceConfig) -> PatientData:
    """Recurrence before 60 months is 1; free and followed for 60 months is 0; the rest as configured."""
    table = cohort.table
    follow_up = table.follow_up(FOLLOW_UP)
    recurred = follow_up.event & (follow_up.time < config.horizon_months)
    is_decided = recurred | (follow_up.time >= config.horizon_months)
    if config.undecided == "free":
        is_decided = np.ones(len(table), dtype=bool)
    return PatientData(table, is_decided, recurred, phases)


def train_on_samples(
    config: PnenRecurrenceConfig,
    inside: PatientData,
    outside: PatientData,
    cases: Sequence[PhaseSample],
    *,
    place: RunPlace | None = None,
) -> TrainedStudy:
    """Ten-fold cross-validation of the first hospital, and model integration for the second.

    Where ``place`` keeps checkpoints, a run that was cut off goes on after its segmenters' last whole epoch;
    what follows from the segmenters is computed anew, the same.
    """
    where = place or RunPlace()
    folds = draw_folds(inside, config)
    curves: list[CurvePoint] = []
    shared: Segmenter | None = None
    models: list[FoldModels] = []
    scores_of: list[tuple[dict[str, Floats], dict[str, Floats]]] = []
    inside_columns: dict[str, Columns] = {}
    outside_columns: dict[str, Columns] = {}
    for fold in folds:
        stop_if_asked(where.should_stop)
        if shared is None or config.study_cases_in_segmentation:
            own = _study_cases(inside, fold, config)
            shared, curve = train_segmenter(
                [*cases, *own],
                config,
                run=f"segmenter {fold.number}",
                seed=config.seed + fold.number,
                place=where,
            )
            curves.extend(curve)
            inside_columns = model_columns(inside, shared, config)
            outside_columns = model_columns(outside, shared, config)
        machines = fit_fold(inside_columns, inside, fold, config)
        models.append(FoldModels(fold, shared, machines))
        scores_of.append((apply(machines, inside_columns), apply(machines, outside_columns)))
    training = _scores_inside(inside, folds, [inside_scores for inside_scores, _ in scores_of])
    return TrainedStudy(
        config,
        tuple(models),
        training,
        CohortScores(outside, _mean([scores for _, scores in scores_of]), np.full(len(outside.table), -1)),
        {name: lock_cutoff(scores, inside) for name, scores in training.scores.items()},
        tuple(curves),
    )


def draw_folds(inside: PatientData, config: PnenRecurrenceConfig) -> tuple[Fold, ...]:
    """Folds of the patients who have a class; each patient is left out once.

    Raises
    ------
    OneClassError
        When all patients have one class, or one patient alone has any.
    FewOfAClassError
        When fewer than two patients of a class remain to learn from.
    """
    positions = np.flatnonzero(inside.is_decided)
    recurred = inside.recurred[positions]
    count = min(config.folds, len(positions))
    if count < 2 or recurred.all() or not recurred.any():
        raise OneClassError(len(positions))
    labels = balanced_folds(recurred, count, np.random.default_rng([config.seed, 1]))
    folds = tuple(
        Fold(
            int(label) - 1,
            tuple(map(int, positions[labels != label])),
            tuple(map(int, positions[labels == label])),
        )
        for label in np.unique(labels)
    )
    for fold in folds:
        events = int(inside.recurred[list(fold.learn)].sum())
        fewer = min(events, len(fold.learn) - events)
        if fewer < FEWEST_OF_A_CLASS:
            raise FewOfAClassError(fold.number, fewer)
    return folds


def _study_cases(inside: PatientData, fold: Fold, config: PnenRecurrenceConfig) -> list[PhaseSample]:
    """Study patients whose masks the fold's segmenter may learn from: of its learning part alone."""
    rng = np.random.default_rng([config.seed, 2, fold.number])
    chosen = rng.permutation(fold.learn)[: config.study_cases_in_segmentation]
    return [inside.phases[ARTERIAL][int(position)] for position in sorted(chosen)]


def model_columns(
    data: PatientData, segmenter: Segmenter, config: PnenRecurrenceConfig
) -> dict[str, Columns]:
    """The features of every model of the paper; nothing here is fitted to outcomes.

    DLR-A, -V, -A&V (both phases through the arterial network), DLR-A with symptoms, age and sex added,
    radiomics of the same phases, CT findings.
    """
    deep = {phase: patient_features(segmenter, data.phases[phase], config) for phase in PHASES}
    panel = {phase: _panel(data.phases[phase], phase) for phase in PHASES}

    def dlr(*phases: str) -> Columns:
        names = tuple(f"{phase}_{k}" for phase in phases for k in range(deep[phase].shape[1]))
        return Columns(np.hstack([deep[phase] for phase in phases]), names)

    clinical = clinical_values(data.table)
    findings, finding_names = ct_findings(data.table)
    absent = np.flatnonzero(np.isnan(findings).any(axis=1))
    if absent.size:
        raise FindingsMissingError(data.table.patient_ids[int(absent[0])], int(absent.size))
    columns = {BEST: dlr(ARTERIAL), "dlr_v": dlr(VENOUS), "dlr_av": dlr(*PHASES)}
    for count, letters in enumerate(("s", "sa", "sag"), start=1):
        added = CLINICAL[:count]
        values = np.hstack([columns[BEST].values, clinical[:, :count]])
        columns[f"dlr_a_{letters}"] = Columns(values, (*columns[BEST].names, *added), added)
    both = np.hstack([panel[phase].values for phase in PHASES])
    columns |= {
        "radiomics_a": panel[ARTERIAL],
        "radiomics_v": panel[VENOUS],
        "radiomics_av": Columns(both, (*panel[ARTERIAL].names, *panel[VENOUS].names)),
        "ct_findings": Columns(findings, finding_names),
    }
    return columns


def _panel(samples: Sequence[PhaseSample], phase: str) -> Columns:
    """A feature that a region has not (a single grey level) counts as 0 (?)."""
    values = np.nan_to_num(np.stack([sample.radiomics for sample in samples]))
    return Columns(values, tuple(f"{phase}.{name}" for name in samples[0].radiomics_names))


def fit_fold(
    columns: Mapping[str, Columns], inside: PatientData, fold: Fold, config: PnenRecurrenceConfig
) -> dict[str, FittedMachine]:
    """Filter, scaling, grid search, machine and Platt's sigmoid of every model, from the learning part."""
    own = list(fold.learn)
    return {
        name: fit_support_vector(
            model.values[own],
            inside.recurred[own],
            model.names,
            replace(config.machine, unfiltered=model.unfiltered),
            np.random.default_rng([config.seed, 3, fold.number]),
        )
        for name, model in columns.items()
    }


def apply(machines: Mapping[str, FittedMachine], columns: Mapping[str, Columns]) -> dict[str, Floats]:
    """Probabilities of recurrence, by model."""
    return {
        name: machine.score.probability(columns[name].values, columns[name].names)
        for name, machine in machines.items()
    }


def _scores_inside(
    inside: PatientData, folds: Sequence[Fold], by_fold: Sequence[Mapping[str, Floats]]
) -> CohortScores:
    """Out of fold where a fold left the patient out; who is in no fold was learnt from by none: the mean."""
    scores = _mean(by_fold)
    number = np.full(len(inside.table), -1)
    for fold, own in zip(folds, by_fold, strict=True):
        left_out = list(fold.left_out)
        number[left_out] = fold.number
        for name in scores:
            scores[name][left_out] = own[name][left_out]
    return CohortScores(inside, scores, number)


def _mean(by_fold: Sequence[Mapping[str, Floats]]) -> dict[str, Floats]:
    """Model integration: the mean of the fold models' probabilities."""
    return {name: np.mean([scores[name] for scores in by_fold], axis=0) for name in by_fold[0]}


def lock_cutoff(scores: Floats, inside: PatientData) -> YoudenCutoff | None:
    """Highest Youden index of the out-of-fold scores; None where all patients score alike."""
    decided = scores[inside.is_decided]
    if np.ptp(decided) == 0:
        return None
    return youden_cutoff(decided, inside.recurred[inside.is_decided])


if __name__ == "__main__":
    from models.studies.pnen_recurrence_command import main

    sys.exit(main())
