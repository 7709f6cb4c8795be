"""The protocol of ``gnen-os``: reliable deep features, a LASSO-Cox signature per phase, three Cox models.

Source: Yang et al. 2023, doi 10.21037/qims-23-577.  What the paper leaves open is named in the configuration.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inference.statistics.design import Design, Numeric
from inference.statistics.discrimination.time_dependent_auc import roc_at_time
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.baseline import BaselineHazard, baseline_hazard
from inference.statistics.regression.cox import CoxFit, fit_cox
from models.studies.gnen_os_config import GnenOsConfig
from models.studies.gnen_os_samples import GnenSamples
from models.training.engine.failures import NoFitError
from models.training.feature_filter import reliable_features, varying_features
from models.training.linear_score import LinearScore
from models.training.signatures import CoxFusion, LassoSignature, cox_fusion, lasso_cox_signature
from models.training.splits import Fold, folds_by_patient

STUDY = "gnen-os"
T = TypeVar("T")
MODELS = ("combined", "dl", "clinical")
ALONE = {"arterial_alone": "arterial", "venous_alone": "venous"}
"""Cox models of one phase's signature and nothing else, for the comparison of the phases: not packed."""


@dataclass(frozen=True, slots=True, eq=False)
class CoxModel:
    """A Cox regression that stands: its columns, coefficients and baseline; higher is worse."""

    fit: CoxFit
    baseline: BaselineHazard

    def hazard(self, design: Design) -> Floats:
        """Log hazard (patients,) about the fitted patients' centre, so that folds share a scale."""
        coefficients = dict(zip(self.fit.columns, map(float, self.fit.coefficients), strict=True))
        score = LinearScore("log_hazard", -self.baseline.centre, coefficients)
        values: Floats = score.values(design.matrix, design.columns)
        return values

    def survival(self, hazard: Floats, months: Sequence[float]) -> Floats:
        """Probability to be alive (patients, months)."""
        alive: Floats = self.baseline.survival(hazard + self.baseline.centre, months)
        return alive


@dataclass(frozen=True, slots=True, eq=False)
class GnenModels:
    """What was fitted to one set of patients; ``reliable`` counts the features kept by scan.

    ``models`` are those of ``MODELS`` and of ``ALONE``.
    """

    reliable: dict[str, int]
    signatures: dict[str, LassoSignature]
    clinical_selection: CoxFusion
    models: dict[str, CoxModel]

    def designs(self, samples: GnenSamples) -> dict[str, Design]:
        """The columns that each model reads."""
        return _designs(samples, self.signatures, self.clinical_selection)

    def hazards(self, samples: GnenSamples) -> dict[str, Floats]:
        """Log hazard of every patient by model."""
        designs = self.designs(samples)
        return {name: model.hazard(designs[name]) for name, model in self.models.items()}


@dataclass(frozen=True, slots=True, eq=False)
class TrainedGnen:
    """``final`` was fitted to the whole training cohort; scores that lock the ``cutoffs`` to folds of it.

    ``out_of_fold`` hazards and ``survival`` (patients, horizons) are by model, those of ``ALONE`` among them,
    in the cohort's order.
    """

    config: GnenOsConfig
    folds: tuple[Fold, ...]
    out_of_fold: dict[str, Floats]
    survival: dict[str, Floats]
    cutoffs: dict[str, float]
    final: GnenModels


def train(training: GnenSamples, config: GnenOsConfig) -> TrainedGnen:
    """Fit the fold models, lock the cut-offs on the scores they give to others, fit the final models.

    Raises
    ------
    NoFitError
        When a regression cannot be had: nobody died, or a factor tells the dead from the living.
    """
    everybody = tuple(range(len(training)))
    rng = np.random.default_rng([config.seed, 0])
    folds = folds_by_patient(training.patient_ids, everybody, config.folds, rng)
    horizons = config.horizons_months
    out_of_fold = {name: np.full(len(training), np.nan) for name in (*MODELS, *ALONE)}
    survival = {name: np.full((len(training), len(horizons)), np.nan) for name in out_of_fold}
    for fold in folds:
        fitted = fit_models(training, fold.learn, config, fold.number + 1)
        left_out = list(fold.left_out)
        for name, hazard in fitted.hazards(rows(training, fold.left_out)).items():
            out_of_fold[name][left_out] = hazard
            survival[name][left_out] = fitted.models[name].survival(hazard, horizons)
    final = fit_models(training, everybody, config, 0)
    cutoffs = {name: lock_cutoff(training.follow_up, out_of_fold[name], config, name) for name in MODELS}
    return TrainedGnen(config, folds, out_of_fold, survival, cutoffs, final)


def fit_models(
    samples: GnenSamples, positions: Sequence[int], config: GnenOsConfig, number: int
) -> GnenModels:
    """Every step of the paper on the patients at ``positions`` and no others; ``number`` seeds chance."""
    own = rows(samples, positions)
    if not own.follow_up.event.any():
        raise NoFitError(STUDY, NotEstimable(Reason.NO_EVENTS))
    rng = np.random.default_rng([config.seed, 1, number])
    signatures: dict[str, LassoSignature] = {}
    reliable: dict[str, int] = {}
    twice = np.sort(rng.permutation(len(own))[: config.reread_patients])
    for scan, features in own.features.items():
        kept = reliable_features(
            features[twice], own.reread[scan][twice], limit=config.reliable_above
        ).kept & varying_features(features)
        reliable[scan] = int(kept.sum())
        names = feature_names(features.shape[1])
        design = Design(features[:, kept], tuple(Numeric(names[k]) for k in np.flatnonzero(kept)))
        signatures[scan] = _had(
            lasso_cox_signature(
                own.follow_up, design, rng, folds=config.penalty_folds, rule=config.penalty_rule
            ),
            f"{scan} signature",
        )
    selection = _had(
        cox_fusion(
            own.follow_up,
            with_terms(own.clinical, config.candidate_factors),
            level=config.screen_below,
            proportional_above=config.proportional_above,
        ),
        "clinical",
    )
    designs = _designs(own, signatures, selection)
    models = {name: _cox(own.follow_up, design, name) for name, design in designs.items()}
    return GnenModels(reliable, signatures, selection, models)


def lock_cutoff(data: SurvivalData, scores: Floats, config: GnenOsConfig, model: str) -> float:
    """Youden's cut-off of the ROC at the horizon, censoring weighed; a score at or above it is high risk."""
    curve = _had(roc_at_time(data, scores, config.cutoff_months), model)
    best = int((curve.sensitivity[1:] + curve.specificity[1:]).argmax())
    return float(curve.thresholds[best])


def rows(samples: GnenSamples, positions: Sequence[int]) -> GnenSamples:
    """The patients at ``positions``."""
    chosen: NDArray[np.intp] = np.array(positions, dtype=np.intp)
    return GnenSamples(
        samples.cohort,
        tuple(samples.patient_ids[k] for k in positions),
        {scan: features[chosen] for scan, features in samples.features.items()},
        {scan: features[chosen] for scan, features in samples.reread.items()},
        samples.clinical.rows(chosen),
        samples.follow_up.rows(chosen),
    )


def with_terms(design: Design, names: Sequence[str]) -> Design:
    """The terms called ``names``, in the design's order."""
    for term in design.terms:
        if term.name not in names:
            design = design.without(term.name)
    return design


def feature_names(count: int) -> tuple[str, ...]:
    """Names of ResNet-50's maxima, in the order of the graph's output."""
    return tuple(f"maximum_{k:04d}" for k in range(count))


def _designs(
    samples: GnenSamples, signatures: dict[str, LassoSignature], selection: CoxFusion
) -> dict[str, Design]:
    """Both signatures, the clinical factors that were kept, all of them, and each signature alone.

    A signature in which LASSO kept nothing is a constant, and no column.
    """
    found = {
        scan: signature.score.values(samples.features[scan], feature_names(samples.features[scan].shape[1]))
        for scan, signature in signatures.items()
        if signature.selected
    }
    matrix = np.stack(list(found.values()), axis=1) if found else np.empty((len(samples), 0))
    deep = Design(matrix, tuple(Numeric(f"{scan}_signature") for scan in found))
    clinical = with_terms(samples.clinical, selection.selection.kept)
    combined = Design(np.hstack([deep.matrix, clinical.matrix]), deep.terms + clinical.terms)
    alone = {name: with_terms(deep, (f"{scan}_signature",)) for name, scan in ALONE.items()}
    return {"combined": combined, "dl": deep, "clinical": clinical, **alone}


def _cox(data: SurvivalData, design: Design, model: str) -> CoxModel:
    fit = _had(fit_cox(data, design), model)
    return CoxModel(fit, _had(baseline_hazard(data, fit.linear_predictor(design.matrix)), model))


def _had(found: T | NotEstimable, model: str) -> T:
    if isinstance(found, NotEstimable):
        raise NoFitError(model, found)
    return found


if __name__ == "__main__":
    from models.studies.gnen_os_command import main

    sys.exit(main())
