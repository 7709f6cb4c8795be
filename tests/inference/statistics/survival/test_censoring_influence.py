"""The influence on the censoring weights against its definition, term by term."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.survival.censoring_influence import influence_at, influence_through_weights
from inference.statistics.survival.event_table import censoring_survival


def drawn(seed: int, n: int = 20) -> tuple[SurvivalData, Floats]:
    """Tied times; shares at the events alone."""
    generator = np.random.default_rng(seed)
    data = SurvivalData(generator.integers(1, 8, n), generator.random(n) < 0.6)
    return data, np.where(data.event, generator.random(n), 0.0)


def term(data: SurvivalData, i: int, t: float, before: bool) -> float:
    """f_i(t) or f_i(t−) as it is defined."""

    def reached(u: float) -> bool:
        return u < t if before else u <= t

    n = len(data)
    at_risk = {u: int((data.time >= u).sum()) for u in data.time}
    own = n / at_risk[data.time[i]] if not data.event[i] and reached(data.time[i]) else 0.0
    hazard = sum(
        n * int(((data.time == u) & ~data.event).sum()) / at_risk[u] ** 2
        for u in set(data.time)
        if reached(u) and u <= data.time[i]
    )
    return own - hazard


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_agrees_with_the_definition(seed: int) -> None:
    data, shares = drawn(seed)
    fast = influence_through_weights(data, shares, tied_times="together")
    for i in range(len(data)):
        plain = sum(shares[k] * term(data, i, data.time[k], True) for k in range(len(data)))
        assert fast[i] == pytest.approx(plain, abs=1e-10)
    for t in (0.5, 3.0, 4.5, 9.0):
        for before in (False, True):
            plain_at = [term(data, i, t, before) for i in range(len(data))]
            np.testing.assert_allclose(influence_at(data, t, before=before), plain_at, atol=1e-10)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_rows_in_order_are_times_a_hair_apart(seed: int) -> None:
    data, shares = drawn(seed)
    order = np.argsort(data.time, kind="stable")
    apart = np.empty(len(data))
    apart[order] = np.arange(1.0, len(data) + 1)
    spread = SurvivalData(apart, data.event)
    censored_in_ties = {t for t in data.time[~data.event] if (data.time == t).sum() > 1}
    ours = influence_through_weights(data, shares, tied_times="in_order")
    expected = influence_through_weights(spread, shares, tied_times="together")
    settled = np.array([t not in censored_in_ties for t in data.time]) | data.event
    np.testing.assert_allclose(ours[settled], expected[settled], atol=1e-10)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_without_ties_both_rules_are_one(seed: int) -> None:
    generator = np.random.default_rng(seed)
    data = SurvivalData(generator.random(25), generator.random(25) < 0.6)
    shares = np.where(data.event, generator.random(25), 0.0)
    together, in_order = (
        influence_through_weights(data, shares, tied_times=rule) for rule in ("together", "in_order")
    )
    np.testing.assert_allclose(together, in_order, atol=1e-10)


def test_it_is_what_leaving_one_patient_out_does_to_log_g() -> None:
    generator = np.random.default_rng(2)
    data = SurvivalData(generator.random(400), generator.random(400) < 0.6)
    whole = float(censoring_survival(data).at(0.6))
    influence = influence_at(data, 0.6)
    for i in range(0, 400, 40):
        without = float(censoring_survival(data.rows(np.arange(400) != i)).at(0.6))
        assert np.log(without) - np.log(whole) == pytest.approx(influence[i] / 400, abs=2e-5)
