"""A restricted cubic spline against scipy's natural spline and its formula term by term."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from inference.statistics.reasons import DataError
from inference.statistics.regression.restricted_cubic_spline import (
    KNOT_QUANTILES,
    restricted_cubic_spline,
    spline_knots,
)


@pytest.mark.parametrize("count", sorted(KNOT_QUANTILES))
def test_columns_follow_harrells_formula(count: int) -> None:
    values = np.random.default_rng(count).normal(size=40)
    t = spline_knots(values, count)
    columns = restricted_cubic_spline(values, t)
    assert columns.shape == (40, count - 1)
    for row, x in zip(columns, values, strict=True):
        assert row[0] == x
        for j in range(count - 2):
            bent = max(x - t[j], 0) ** 3
            bent -= max(x - t[-2], 0) ** 3 * (t[-1] - t[j]) / (t[-1] - t[-2])
            bent += max(x - t[-1], 0) ** 3 * (t[-2] - t[j]) / (t[-1] - t[-2])
            assert row[j + 1] == pytest.approx(bent / (t[-1] - t[0]) ** 2, abs=1e-12)


@given(st.integers(0, 10_000), st.sampled_from(sorted(KNOT_QUANTILES)))
@settings(max_examples=25, deadline=None)
def test_every_natural_spline_is_a_mixture_of_the_columns(seed: int, count: int) -> None:
    generator = np.random.default_rng(seed)
    values = np.sort(generator.normal(size=60))
    knots = spline_knots(values, count)
    natural = CubicSpline(knots, generator.normal(size=count), bc_type="natural")
    beyond = values > knots[-1]
    shown = natural(values)
    shown[beyond] = natural(knots[-1]) + natural(knots[-1], 1) * (values[beyond] - knots[-1])
    before = values < knots[0]
    shown[before] = natural(knots[0]) + natural(knots[0], 1) * (values[before] - knots[0])
    basis = np.hstack([np.ones((60, 1)), restricted_cubic_spline(values, knots)])
    weights, *_ = np.linalg.lstsq(basis, shown, rcond=None)
    np.testing.assert_allclose(basis @ weights, shown, atol=1e-7 * max(1, np.abs(shown).max()))


def test_it_is_straight_beyond_the_outer_knots() -> None:
    knots = [0.0, 1.0, 3.0, 4.0]
    for outside in ([-3.0, -2.0, -1.0], [4.0, 6.0, 8.0]):
        low, middle, high = restricted_cubic_spline(outside, knots)
        np.testing.assert_allclose(low + high, 2 * middle, atol=1e-12)


@pytest.mark.parametrize("count", [2, 6])
def test_refuses_other_numbers_of_knots(count: int) -> None:
    with pytest.raises(DataError):
        spline_knots([1, 2, 3], count)
