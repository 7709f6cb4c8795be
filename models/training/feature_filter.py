"""Features kept for a model: those that vary, that two segmentations agree on, that tell two groups apart.

The filters look only at the patients they are given: the training part of a fold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.statistics.agreement.icc import FeatureCorrelations, IccForm, feature_correlations
from inference.statistics.comparisons.choose_test import Comparison, are_normal, compare_numbers
from models.training.second_reader import SecondReader, second_segmentation

RELIABLE_ABOVE: Final = 0.8
"""Intraclass correlation that a feature must exceed to be kept (gNEN study; point estimate)."""

REREAD_PATIENTS: Final = 30
"""Patients whose tumours were segmented a second time in that study."""

VARIES_ABOVE: Final = 1e-3
"""Spread over the patients, as a share of the largest magnitude, that a feature must exceed to be kept.

Networks compute in single precision, and two machines differ by up to some 1e-5 of a feature: what varies
less than a hundred times that would be read from rounding.
"""

DIFFERENT_BELOW: Final = 0.05
"""P of the comparison of two groups below which a feature is kept (pNEN study)."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ReliableFeatures:
    """``kept`` (features,) marks coefficients above ``limit``; ``correlations`` holds all of them."""

    kept: Bools
    limit: float
    correlations: FeatureCorrelations


def varying_features(features: NDArray[np.floating], *, above: float = VARIES_ABOVE) -> Bools:
    """Which features (patients, features) differ between patients by more than rounding could."""
    values = np.asarray(features, dtype=np.float64)
    kept: Bools = values.std(axis=0) > above * np.abs(values).max(axis=0, initial=0.0)
    return kept


def reliable_features(
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    *,
    limit: float = RELIABLE_ABOVE,
    form: IccForm = "ICC(2,1)",
) -> ReliableFeatures:
    """Compare features (patients, features) of the same patients under two segmentations.

    A feature that is constant has no coefficient and is not kept.

    Raises
    ------
    ValueError
        When the two differ in shape.
    """
    if first.shape != second.shape:
        raise ValueError("both segmentations must have the same patients and features")
    ratings = np.stack([np.asarray(first, np.float64).T, np.asarray(second, np.float64).T], axis=2)
    correlations = feature_correlations(ratings, form)
    return ReliableFeatures(correlations.above(limit), limit, correlations)


def reread(
    extract: Callable[[int, NDArray[np.bool_]], Floats],
    masks: Sequence[NDArray[np.bool_]],
    reader: SecondReader,
    rng: np.random.Generator,
    *,
    patients: int = REREAD_PATIENTS,
    limit: float = RELIABLE_ABOVE,
) -> ReliableFeatures:
    """Outline ``patients`` of these tumours again, chosen at random, and judge every feature.

    ``extract`` gives the features (features,) of the patient at a position of ``masks`` under a mask.  Where
    there are no more patients than asked for, all are outlined again.
    """
    first, second = [], []
    for position in sorted(map(int, rng.permutation(len(masks))[:patients])):
        first.append(extract(position, masks[position]))
        second.append(extract(position, second_segmentation(masks[position], reader, rng)))
    return reliable_features(np.array(first), np.array(second), limit=limit)


def differences(features: NDArray[np.floating], is_positive: Bools) -> Floats:
    """P of each feature (patients, features) between the two classes; 1 where the two cannot be compared.

    Welch's t-test where both groups pass for normal, otherwise Mann–Whitney.
    """
    return np.array([_difference(column, is_positive) for column in np.asarray(features, np.float64).T])


def different_features(
    features: NDArray[np.floating], is_positive: Bools, *, level: float = DIFFERENT_BELOW, fewest: int = 1
) -> Bools:
    """Which features differ between the classes, P < ``level``; at least the ``fewest`` with smallest P.

    Without ``fewest`` a fold might have no model.  Equal P: the earlier feature.
    """
    p_values = differences(features, is_positive)
    kept = p_values < level
    if kept.sum() < fewest:
        kept = np.zeros(len(p_values), dtype=bool)
        kept[np.argsort(p_values, kind="stable")[:fewest]] = True
    return kept


def _difference(column: Floats, is_positive: Bools) -> float:
    groups = (column[is_positive], column[~is_positive])
    result = compare_numbers(groups, is_normal=are_normal(groups))
    return result.p_value if isinstance(result, Comparison) else 1.0
