"""The exact bootstrap distribution against every resample, its closed variance and a drawn one."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.discrimination.exact_bootstrap import (
    bootstrap_standard_error,
    drawn_distribution,
    exact_distribution,
    ladder,
)
from inference.statistics.outcomes import ClassData

SMALL = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda sizes: st.tuples(
        st.lists(st.integers(0, 3), min_size=sizes[0], max_size=sizes[0]),
        st.lists(st.integers(0, 3), min_size=sizes[1], max_size=sizes[1]),
    )
)


def class_data(positive, negative):
    return ClassData([*positive, *negative], [1] * len(positive) + [0] * len(negative))


def every_resample(positive, negative):
    """Chances of 0, 1, … 2mn half wins, by going through all resamples."""
    m, n = len(positive), len(negative)
    seen = Counter(
        sum(2 * (a > b) + (a == b) for a in cases for b in controls)
        for cases in itertools.product(positive, repeat=m)
        for controls in itertools.product(negative, repeat=n)
    )
    return [seen[wins] / (m**m * n**n) for wins in range(2 * m * n + 1)]


@settings(max_examples=60, deadline=None)
@given(SMALL)
def test_the_distribution_is_that_of_all_resamples_with_ties(classes):
    _, chances = exact_distribution(ladder(class_data(*classes)))
    assert chances == pytest.approx(every_resample(*classes), abs=1e-12)


@pytest.mark.parametrize("digits", [0, 1, 6])
@pytest.mark.parametrize("sizes", [(4, 25), (25, 4), (9, 12)])
def test_mean_and_variance_are_the_closed_ones(sizes, digits):
    rng = np.random.default_rng(7)
    data = class_data(
        rng.normal(1, 1, sizes[0]).round(digits).tolist(), rng.normal(0, 1, sizes[1]).round(digits).tolist()
    )
    values, chances = exact_distribution(ladder(data))
    mean = values @ chances
    positive, negative = data.scores[data.is_positive], data.scores[~data.is_positive]
    difference = np.subtract.outer(positive, negative)
    assert mean == pytest.approx(((difference > 0) + (difference == 0) / 2).mean())
    assert (values - mean) ** 2 @ chances == pytest.approx(bootstrap_standard_error(data) ** 2)
    assert chances.sum() == pytest.approx(1)
    assert chances.min() >= 0


def test_drawn_resamples_follow_the_exact_distribution():
    rng = np.random.default_rng(3)
    data = class_data(rng.normal(1, 1, 5).round(1).tolist(), rng.normal(0, 1, 20).round(1).tolist())
    steps = ladder(data)
    values, chances = exact_distribution(steps)
    drawn = drawn_distribution(steps, 20_000, rng)
    cumulative = np.cumsum(chances)
    apart = [abs(np.mean(drawn <= v + 1e-9) - c) for v, c in zip(values, cumulative, strict=True)]
    # Kolmogorov's bound at 20 000 draws and a chance of 1e-6.
    assert max(apart) < np.sqrt(np.log(2 / 1e-6) / 2 / 20_000)
