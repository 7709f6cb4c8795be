"""Round values of an axis."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.round_values import round_values


@pytest.mark.parametrize(
    ("low", "high", "intervals", "values"),
    [
        (1, 10, 5, (0, 2, 4, 6, 8, 10)),
        (0, 97, 5, (0, 20, 40, 60, 80, 100)),
        (0, 1, 10, (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)),
        (-2.3, 1.9, 10, (-2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2)),
        (0.0012, 0.0049, 5, (0.001, 0.002, 0.003, 0.004, 0.005)),
        (1e6, 9e6, 5, (0, 2e6, 4e6, 6e6, 8e6, 1e7)),
    ],
)
def test_values_are_those_of_pretty(
    low: float, high: float, intervals: int, values: tuple[float, ...]
) -> None:
    assert round_values(low, high, intervals) == values


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e9), st.integers(3, 20))
def test_values_cover_the_range_in_equal_round_steps(low: float, width: float, intervals: int) -> None:
    high = low + width
    values = round_values(low, high, intervals)
    steps = np.diff(values)
    assert 1 <= len(steps) <= 2 * intervals + 2
    room = 1e-9 * steps[0]
    assert values[0] <= low + room
    assert values[-1] >= high - room
    assert steps == pytest.approx(np.full(len(steps), steps[0]), rel=1e-6)
    mantissa = steps[0] / 10 ** math.floor(math.log10(steps[0]) + 1e-9)
    assert min(abs(mantissa - round_step) for round_step in (1, 2, 5)) < 1e-6


@pytest.mark.parametrize("value", [0.0, 1.0, -7.3, 5e-324, 1e200, 123456.789])
def test_one_value_is_covered_too(value: float) -> None:
    values = round_values(value, value)
    assert values[0] <= value <= values[-1]
    assert 2 <= len(values) <= 20
