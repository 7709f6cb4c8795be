"""The permutation check: outcomes dealt out at random must not be predictable through the protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from inference.statistics.discrimination.delong import auc
from models.training.cross_fit import Learner, Positions, Scorer, cross_fit

RIDGE = 1.0


def permuted_areas(
    features: NDArray[np.float64],
    is_positive: NDArray[np.bool_],
    patient_ids: Sequence[str],
    permutations: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """AUC of a ridge model on the patients its fold left out, mean of the folds, for each permutation.

    ``features`` is (patient, feature).
    """

    def learner_of(dealt: NDArray[np.bool_]) -> Learner:
        return lambda positions, number: ridge_scorer(features, dealt, positions)

    return areas_by_permutation(learner_of, is_positive, patient_ids, permutations, rng)


def areas_by_permutation(
    learner_of: Callable[[NDArray[np.bool_]], Learner],
    is_positive: NDArray[np.bool_],
    patient_ids: Sequence[str],
    permutations: int,
    rng: np.random.Generator,
    *,
    folds: int = 2,
) -> NDArray[np.float64]:
    """AUC on the patients its fold left out, mean of the folds, for each permutation of any protocol.

    ``learner_of`` makes the protocol's learner for outcomes (patients,) as they were dealt out.  The folds
    of one permutation err together, so they count as one.

    One small cohort proves nothing either way; the mean over folds and permutations does.
    """
    areas = []
    for _ in range(permutations):
        dealt = rng.permutation(is_positive)
        fitted = cross_fit(patient_ids, learner_of(dealt), test_share=0.2, folds=folds, rng=rng)
        by_fold = [
            auc(scorer(fold.left_out), dealt[list(fold.left_out)]).value
            for fold, scorer in zip(fitted.folds, fitted.scorers, strict=True)
            if 0 < dealt[list(fold.left_out)].sum() < len(fold.left_out)
        ]
        if by_fold:
            areas.append(float(np.mean(by_fold)))
    return np.array(areas)


def ridge_scorer(
    features: NDArray[np.float64], is_positive: NDArray[np.bool_], positions: Positions
) -> Scorer:
    """Least squares with a penalty, standardised and fitted on ``positions`` alone."""
    own = features[list(positions)]
    centre, spread = own.mean(axis=0), own.std(axis=0) + 1e-9
    design = (own - centre) / spread
    target = is_positive[list(positions)] - is_positive[list(positions)].mean()
    weights = np.linalg.solve(design.T @ design + RIDGE * np.eye(design.shape[1]), design.T @ target)

    def score(positions: Positions) -> NDArray[np.float64]:
        scores: NDArray[np.float64] = ((features[list(positions)] - centre) / spread) @ weights
        return scores

    return score
