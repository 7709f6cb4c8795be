from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.penalised.descent import violation
from inference.statistics.penalised.sign_search import sign_search


def by_coordinates(hessian: Any, linear: Any, penalty: Any) -> Any:
    """Cyclic coordinate descent, a few plain lines."""
    found = np.zeros(len(linear))
    for _ in range(20_000):
        before = found.copy()
        for j in range(len(linear)):
            rest = linear[j] - hessian[j] @ found + hessian[j, j] * found[j]
            found[j] = np.sign(rest) * max(abs(rest) - penalty[j], 0) / hessian[j, j]
        if np.abs(found - before).max() < 1e-14:
            break
    return found


def drawn(seed: int, width: int = 7, rank: int = 12) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(rank, width)) + rng.normal(size=(rank, 1))
    return root.T @ root / rank, 2 * rng.normal(size=width)


@given(st.integers(0, 10_000), st.floats(0.01, 3))
@settings(max_examples=50, deadline=None)
def test_it_ends_where_coordinate_descent_ends(seed: int, strength: float) -> None:
    hessian, linear = drawn(seed)
    penalty = np.full(len(linear), strength)
    found = sign_search(hessian, linear, penalty, np.zeros(len(linear)))
    np.testing.assert_allclose(found, by_coordinates(hessian, linear, penalty), atol=1e-8)


@given(st.integers(0, 10_000))
@settings(max_examples=50, deadline=None)
def test_where_it_begins_does_not_matter(seed: int) -> None:
    hessian, linear = drawn(seed)
    penalty = np.full(len(linear), 0.3)
    start = np.random.default_rng(seed).normal(size=len(linear))
    np.testing.assert_allclose(
        sign_search(hessian, linear, penalty, start),
        sign_search(hessian, linear, penalty, np.zeros(len(linear))),
        atol=1e-9,
    )


def test_a_free_coefficient_is_not_shrunk() -> None:
    hessian, linear = drawn(4)
    penalty = np.array([0.0, *[0.5] * (len(linear) - 1)])
    found = sign_search(hessian, linear, penalty, np.zeros(len(linear)))
    assert violation(hessian @ found - linear, found, penalty) < 1e-9
    np.testing.assert_allclose(found, by_coordinates(hessian, linear, penalty), atol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_columns_that_repeat_each_other_still_have_a_minimum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(5, 4))
    root = np.hstack([root, root, -root])
    hessian, linear = root.T @ root, root.T @ rng.normal(size=5)
    penalty = np.full(12, 0.1)
    found = sign_search(hessian, linear, penalty, np.zeros(12))
    assert violation(hessian @ found - linear, found, penalty) < 1e-8
