"""When Cox's likelihood has no maximum, decided by a linear programme and by looking."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.regression.monotone_likelihood import is_monotone
from inference.statistics.regression.partial_likelihood import risk_sets


def decided(data: SurvivalData, matrix: Floats) -> bool:
    sets = risk_sets(data, "efron")
    return is_monotone(sets, matrix[sets.order])


def seen(data: SurvivalData, scores: Floats) -> bool:
    """Each death is the highest of its risk set, and once the only one."""
    at_risk = [scores[data.time >= time] for time in data.time[data.event]]
    own = scores[data.event]
    highest = all((each <= mine).all() for each, mine in zip(at_risk, own, strict=True))
    return highest and any((each < mine).any() for each, mine in zip(at_risk, own, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.integers(0, 3)), min_size=3, max_size=7))
def test_one_column_orders_every_death_or_does_not(rows: list[tuple[int, bool, int]]) -> None:
    time, event, column = (np.array(values) for values in zip(*rows, strict=True))
    if not event.any():
        return
    data, scores = SurvivalData(time, event), column.astype(np.float64)
    assert decided(data, scores[:, None]) == (seen(data, scores) or seen(data, -scores))


@pytest.mark.parametrize("seed", range(12))
def test_two_columns_order_every_death_in_some_direction_or_in_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(5, 2))
    data = SurvivalData(rng.permutation(5), [1, 1, 1, 0, rng.integers(0, 2)])
    turns = np.linspace(0, 2 * np.pi, 2_000)
    in_some = any(seen(data, matrix @ np.array([np.cos(turn), np.sin(turn)])) for turn in turns)
    assert decided(data, matrix) == in_some


def test_deaths_at_one_time_must_share_the_highest_score() -> None:
    data = SurvivalData([1, 1, 2, 2, 3, 3], [1, 1, 1, 1, 0, 0])
    assert decided(data, np.array([[2.0], [2], [1], [1], [0], [0]]))
    assert not decided(data, np.array([[3.0], [2], [1], [1], [0], [0]]))
