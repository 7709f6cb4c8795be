"""Every score of a pack for one patient, from what the networks read and the clinical values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from inference.compared_score import ComparedScore
from inference.packs.fitted import LinearModel, Score, ScoreThreshold
from inference.packs.load import LoadedPack
from inference.packs.manifest import Manifest
from inference.packs.study_models import FeatureWeights, FoldMachine, StudyModels, study_models
from inference.predictors.classifiers import Floats
from inference.predictors.image_features import ImageFeatures
from inference.predictors.linear_predictor import (
    Contribution,
    by_fold,
    calibrated,
    contributions,
    score_of,
    survival_of,
    term_values,
)
from inference.predictors.patient_values import PatientValues, scaled
from inference.predictors.survival_interval import SurvivalInterval, survival_intervals

Features = Mapping[str, ImageFeatures]


@dataclass(frozen=True, slots=True)
class ScoreInputs:
    """The fields of the form and the phases that a score is made of, those of the scores in it included."""

    fields: frozenset[str]
    phases: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScoreValue:
    """One score; without a value it says which fields of the form or phases are missing.

    ``fold_values`` are those of the fold networks or machines, or of a model that reads such a score; empty
    where nothing was fitted by fold.  ``calibrated`` is the probability after the pack's recalibration;
    cut-offs and other models read ``value``.  ``survival`` is (months, probability) of a Cox model, and
    ``intervals`` are its limits at the times for which the pack says enough.
    ``contributions`` of a linear model add up, with its intercept, to its linear predictor.
    """

    stated: Score
    threshold: ScoreThreshold | None
    value: float | None = None
    fold_values: tuple[float, ...] = ()
    calibrated: float | None = None
    survival: tuple[tuple[float, float], ...] = ()
    intervals: tuple[SurvivalInterval, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    missing_fields: tuple[str, ...] = ()
    missing_phases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The pack's name for it."""
        return self.stated.name

    @property
    def compared(self) -> ComparedScore | None:
        """It beside its cut-off; None without a value or a cut-off."""
        if self.value is None or self.threshold is None:
            return None
        return ComparedScore(
            score=self.value,
            cutoff=self.threshold.value,
            fold_scores=self.fold_values,
            margin=self.threshold.borderline_margin,
        )

    @property
    def is_positive(self) -> bool | None:
        """Score ≥ cut-off; None without a value or a cut-off."""
        return None if self.compared is None else self.compared.is_positive


def score_patient(pack: LoadedPack, features: Features, values: PatientValues) -> dict[str, ScoreValue]:
    """All scores of the pack by name, in its order.

    Where the pathway lacks what must be known first, none has a value.

    Raises
    ------
    PackError
        When the pack does not fit the form.
    """
    models = study_models(pack)
    read = inputs_of(pack.manifest, models)
    missing_first = values.missing_first()
    found: dict[str, ScoreValue] = {}
    for stated in pack.manifest.scores:
        fields = tuple(dict.fromkeys((*missing_first, *values.missing(read[stated.name].fields))))
        phases = tuple(sorted(read[stated.name].phases - set(features)))
        threshold = models.thresholds.get(stated.name)
        if fields or phases:
            found[stated.name] = ScoreValue(stated, threshold, missing_fields=fields, missing_phases=phases)
            continue
        value, folds = _value(stated, models, found, values, features)
        calibration = models.calibrations.get(stated.name)
        found[stated.name] = ScoreValue(
            stated,
            threshold,
            value,
            folds,
            None if calibration is None else calibrated(calibration, value),
        )
        if (model := models.linear.get(stated.name)) is not None:
            found[stated.name] = _explained(found[stated.name], model, values, known_values(model, found))
    return found


def _explained(
    found: ScoreValue, model: LinearModel, values: PatientValues, scores: Mapping[str, float]
) -> ScoreValue:
    """With what its linear model says beside the score."""
    assert found.value is not None
    added = contributions(model, values, scores)
    if model.family != "cox":
        return replace(found, contributions=added)
    intervals = survival_intervals(model, term_values(model, values, scores), found.value)
    survival = survival_of(model, found.value)
    return replace(found, survival=survival, intervals=intervals, contributions=added)


def inputs_of(manifest: Manifest, models: StudyModels) -> dict[str, ScoreInputs]:
    """What each score of a pack reads, through the scores in it."""
    read: dict[str, ScoreInputs] = {}
    for stated in manifest.scores:
        phases: set[str] = set()
        fields: set[str] = set()
        match stated.source:
            case "classifiers":
                named = {entry.phase for entry in manifest.classifiers(None)}
                phases = {one.phase for one in manifest.phases if one.phase in named or None in named}
            case "signature":
                phases = {models.signatures[stated.name].phase}
            case "support_vector_machines":
                machines = models.machines[stated.name]
                phases = {phase for machine in machines for phase in machine.phases}
                fields = {term.field for machine in machines for term in machine.terms}
            case "linear_model":
                model = models.linear[stated.name]
                inner = [read[name] for name in model.scores_needed]
                phases = {phase for one in inner for phase in one.phases}
                fields = {*model.clinical_fields, *(field for one in inner for field in one.fields)}
        read[stated.name] = ScoreInputs(frozenset(fields), frozenset(phases))
    return read


def _value(
    stated: Score,
    models: StudyModels,
    found: Mapping[str, ScoreValue],
    values: PatientValues,
    features: Features,
) -> tuple[float, tuple[float, ...]]:
    match stated.source:
        case "classifiers":
            folds = tuple(score for one in features.values() for score in one.fold_scores)
            return sum(folds) / len(folds), folds
        case "signature":
            signature = models.signatures[stated.name]
            vectors = features[signature.phase].embeddings.values()
            sums = tuple(_weighed(vector, signature.features) for vector in vectors)
            return sum(sums) / len(sums), sums if len(sums) > 1 else ()
        case "support_vector_machines":
            folds = tuple(
                _machine_probability(machine, features, values) for machine in models.machines[stated.name]
            )
            return sum(folds) / len(folds), folds
    return _linear(models.linear[stated.name], found, values)


def _linear(
    model: LinearModel, found: Mapping[str, ScoreValue], values: PatientValues
) -> tuple[float, tuple[float, ...]]:
    inner = known_values(model, found)
    folds = {name: found[name].fold_values or (value,) for name, value in inner.items()}
    return score_of(model, values, inner), by_fold(model, values, folds)


def known_values(model: LinearModel, found: Mapping[str, ScoreValue]) -> dict[str, float]:
    """The scores that a model reads and that have a value."""
    values = {name: found[name].value for name in sorted(model.scores_needed)}
    return {name: value for name, value in values.items() if value is not None}


def _machine_probability(machine: FoldMachine, features: Features, values: PatientValues) -> float:
    joined = np.concatenate([_of_fold(features[phase].embeddings, machine.fold) for phase in machine.phases])
    decision = _weighed(joined, machine.features)
    decision += sum(term.coefficient * scaled(term, values) for term in machine.terms)
    from scipy.special import expit

    return float(expit(machine.platt.slope * decision + machine.platt.intercept))


def _of_fold(embeddings: Mapping[int | None, Floats], fold: int) -> Floats:
    """The vector of the fold's own encoder, or of the one that serves all."""
    return embeddings[fold if fold in embeddings else None]


def _weighed(vector: Floats, chosen: FeatureWeights) -> float:
    parts = chosen.weight * (vector[chosen.index] - chosen.centre) / chosen.scale
    return chosen.intercept + float(parts.sum())
