"""A linear support vector machine with everything that is fitted around it, made on one fold's training part.

Only coefficients leave this file: the support vectors of a machine are patients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from inference.statistics.discrimination.delong import auc
from inference.statistics.penalised.folds import balanced_folds
from models.training.feature_filter import DIFFERENT_BELOW, different_features
from models.training.linear_score import LinearScore

PENALTIES: Final = (0.001, 0.01, 0.1)
"""Values of C that the grid search tries (?); with ten positives larger ones only follow single patients."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SupportVectorSettings:
    """What the paper leaves open.

    Attributes
    ----------
    level : P below which a feature passes the filter.
    penalties : values of C to try, from the most to the least regularised.
    inner_folds : of the grid search and of Platt's scaling, within the training part.
    classes_weigh_alike : however many patients each has (?); otherwise every patient weighs the same.
    unfiltered : features by name that enter whatever their P.
    """

    level: float = DIFFERENT_BELOW
    penalties: tuple[float, ...] = PENALTIES
    inner_folds: int = 5
    classes_weigh_alike: bool = True
    unfiltered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FittedMachine:
    """``score`` gives log odds by Platt's sigmoid; ``penalty`` is the C that was chosen.

    Scaling, machine and sigmoid are linear but for the last step, so that one line of coefficients on raw
    features holds them all.
    """

    score: LinearScore
    penalty: float


def fit_support_vector(
    features: NDArray[np.floating],
    is_positive: Bools,
    names: Sequence[str],
    settings: SupportVectorSettings,
    rng: np.random.Generator,
) -> FittedMachine:
    """Filter, scale, search and calibrate on these patients (patients, features) alone.

    Features that differ between the classes are standardised; C has the best AUC over inner folds (the most
    regularised of equals).  Decision values count in standard deviations of the learning patients' own, from
    their mean, so that those of inner folds can be pooled: the offset of a machine of few positives jumps
    from fold to fold.  Platt's sigmoid is fitted to the inner folds' left-out
    decision values, and never falls: where they do not rise with the outcome, all patients get one
    probability.  Inner folds choose features of their own: with those of the whole part every patient would
    seem easy to tell, and the probabilities would lie near 0 and 1 for no reason.

    Source: Song et al., Ann Transl Med 2021; 9: 833; Platt, Advances in Large Margin Classifiers, 2000,
    61–74.

    Raises
    ------
    ValueError
        When a class has fewer than two patients.
    """
    if min(int(is_positive.sum()), int((~is_positive).sum())) < 2:
        raise ValueError("each class needs at least two patients")
    rows = np.asarray(features, dtype=np.float64)
    always = np.array([name in settings.unfiltered for name in names])
    kept = always | different_features(rows, is_positive, level=settings.level)
    folds = balanced_folds(is_positive, min(settings.inner_folds, len(rows)), rng)
    left_out = _left_out_decisions(rows, is_positive, folds, settings, always)
    best = int(np.argmax([auc(decisions, is_positive).value for decisions in left_out]))
    weights, offset = _machine(rows[:, kept], is_positive, settings.penalties[best], settings)
    slope, shift = platt_sigmoid(left_out[best], is_positive)
    chosen = [name for name, is_kept in zip(names, kept, strict=True) if is_kept]
    coefficients = dict(zip(chosen, map(float, slope * weights), strict=True))
    score = LinearScore("logit", float(slope * offset + shift), coefficients)
    return FittedMachine(score, settings.penalties[best])


def platt_sigmoid(decisions: Floats, is_positive: Bools) -> tuple[float, float]:
    """Slope ≥ 0 and shift of log odds = slope × decision + shift, by likelihood with Platt's targets.

    The targets (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2) stand for 1 and 0, so that separated classes have an answer.
    """
    positives = int(is_positive.sum())
    negatives = len(is_positive) - positives
    target = np.where(is_positive, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    centre, spread = decisions.mean(), max(float(decisions.std()), np.finfo(np.float64).tiny)
    scaled = (decisions - centre) / spread

    def loss(parameters: Floats) -> tuple[float, Floats]:
        log_odds = parameters[0] * scaled + parameters[1]
        value = float((np.logaddexp(0.0, log_odds) - target * log_odds).sum())
        residual = expit(log_odds) - target
        return value, np.array([residual @ scaled, residual.sum()])

    start = np.array([0.0, np.log((positives + 1) / (negatives + 1))])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, None), (None, None)])
    slope = float(found.x[0]) / spread
    return slope, float(found.x[1]) - slope * float(centre)


def _left_out_decisions(
    rows: Floats,
    is_positive: Bools,
    folds: NDArray[np.int64],
    settings: SupportVectorSettings,
    always: Bools,
) -> Floats:
    """Decision values (penalties, patients) by machines that never saw the patient, features and all."""
    decisions = np.zeros((len(settings.penalties), len(rows)))
    for fold in np.unique(folds):
        held = folds == fold
        kept = always | different_features(rows[~held], is_positive[~held], level=settings.level)
        for place, penalty in enumerate(settings.penalties):
            weights, offset = _machine(rows[~held][:, kept], is_positive[~held], penalty, settings)
            decisions[place, held] = rows[held][:, kept] @ weights + offset
    return decisions


def _machine(
    rows: Floats, is_positive: Bools, penalty: float, settings: SupportVectorSettings
) -> tuple[Floats, float]:
    """Weights and offset, on raw features, of a machine of standardised ones; decisions standardised too."""
    from sklearn.svm import SVC

    centre, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale <= 1e-12 * np.abs(rows).max(axis=0)] = 1.0
    class_weight = "balanced" if settings.classes_weigh_alike else None
    machine = SVC(C=penalty, kernel="linear", class_weight=class_weight).fit(
        (rows - centre) / scale, is_positive
    )
    weights: Floats = machine.coef_[0] / scale
    decisions = rows @ weights
    spread = float(decisions.std()) or 1.0
    return weights / spread, -float(decisions.mean()) / spread
