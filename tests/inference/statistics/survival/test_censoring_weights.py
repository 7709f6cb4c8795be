"""Censoring weights: G against R, weights that stand for everybody."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.outcomes import SurvivalData
from inference.statistics.survival.censoring_weights import AtHorizon, horizon_weights
from inference.statistics.survival.event_table import censoring_survival
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles


@pytest.mark.parametrize("split", ["dev", "val"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_remaining_uncensored_agrees_with_prodlim(oracle: Oracle, split: str) -> None:
    golden = oracle.section(f"brier_{split}")
    remaining = censoring_survival(oracle.survival(split))
    assert_agrees(remaining.at(golden["grid"]), as_list(golden["G_at_grid"]), relative=1e-10)
    assert_agrees(remaining.before(golden["grid"]), as_list(golden["G_left_at_grid"]), relative=1e-10)


@given(st.integers(0, 10_000), st.sampled_from(["case", "control"]))
@settings(max_examples=40, deadline=None)
def test_weights_sum_to_everybody_unless_the_last_were_lost(seed: int, at_horizon: AtHorizon) -> None:
    generator = np.random.default_rng(seed)
    data = SurvivalData(generator.integers(1, 9, 25), generator.random(25) < 0.6)
    for horizon in (3.0, 8.0, 9.0):
        weights = horizon_weights(data, horizon, at_horizon)
        total = float((weights.case + weights.control).sum())
        if weights.stand_for_all:
            assert total == pytest.approx(25)
        else:
            assert total < 25 - 1e-9
            assert not weights.is_control.any()


def test_a_time_equal_to_the_horizon_is_what_it_is_said_to_be() -> None:
    data = SurvivalData([3, 5, 5, 8], [1, 1, 0, 1])
    roles = {at: horizon_weights(data, 5.0, at) for at in ("dropped", "case", "control")}
    assert [list(roles[at].is_case) for at in roles] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, False, False, False],
    ]
    assert [list(roles[at].is_control) for at in roles] == [
        [False, False, False, True],
        [False, False, False, True],
        [False, True, True, True],
    ]
    np.testing.assert_allclose(roles["case"].control, [0, 0, 0, 2])
    np.testing.assert_allclose(roles["control"].control, [0, 1, 1, 1])
