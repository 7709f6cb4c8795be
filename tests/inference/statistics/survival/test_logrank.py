from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.survival.logrank import LogRank, logrank, pairwise_logrank
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles

rows_of_two_groups = st.lists(
    st.tuples(st.integers(1, 8), st.booleans(), st.sampled_from("AB")), min_size=2, max_size=25
)


def level(group: str) -> str:
    return group.split("=", 1)[1].strip()


def assert_is(result: LogRank | NotEstimable, golden: dict[str, Any]) -> None:
    assert isinstance(result, LogRank)
    place = [result.groups.index(level(group)) for group in as_list(golden["groups"])]
    for ours, theirs in (("n", "n"), ("observed", "observed"), ("expected", "expected")):
        values = [getattr(result, ours)[i] for i in place]
        assert_agrees(values, as_list(golden[theirs]), relative=1e-10, what=theirs)
    assert_agrees(result.chi_square, golden["chisq"], relative=1e-10, what="chi-square")
    assert result.degrees_of_freedom == golden["df"]
    assert_agrees(result.p_value, golden["p"], relative=1e-10, what="p")


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_tests_are_those_of_survdiff(oracle: Oracle) -> None:
    section, data = oracle.section("logrank"), oracle.survival()
    column = oracle.table()[section["group"]]
    groups = [f"{value:g}" if isinstance(value, float) else str(value) for value in column]
    assert_is(logrank(data, groups), section["rho0"])
    assert_is(logrank(data, groups, rho=1), section["rho1"])
    pairs = section["pairwise"] or {}
    ours = pairwise_logrank(data, groups)
    for name, golden in pairs.items():
        one, other = name.split(" vs ")
        assert_is(ours[one, other], golden)


@given(rows_of_two_groups, st.sampled_from([0.0, 1.0]))
@settings(deadline=None)
def test_two_groups_equal_the_sums_written_out(rows: list[tuple[int, bool, str]], rho: float) -> None:
    data = SurvivalData(np.array([row[0] for row in rows], float), np.array([row[1] for row in rows]))
    result = logrank(data, [row[2] for row in rows], rho=rho)
    excess, variance, survival = 0.0, 0.0, 1.0
    for t in range(1, 9):
        n = sum(row[0] >= t for row in rows)
        d = sum(row[0] == t and row[1] for row in rows)
        in_a = sum(row[0] >= t and row[2] == "A" for row in rows)
        dead_in_a = sum(row[0] == t and row[1] and row[2] == "A" for row in rows)
        weight = survival**rho
        if n:
            excess += weight * (dead_in_a - d * in_a / n)
            survival *= 1 - d / n
        if n > 1:
            variance += weight**2 * d * in_a / n * (1 - in_a / n) * (n - d) / (n - 1)
    if variance == 0:
        assert isinstance(result, NotEstimable)
    else:
        assert isinstance(result, LogRank)
        assert result.chi_square == pytest.approx(excess**2 / variance, abs=1e-9)
        assert sum(result.observed) == pytest.approx(sum(result.expected))


def test_renaming_the_groups_changes_nothing() -> None:
    rng = np.random.default_rng(7)
    data = SurvivalData(rng.integers(1, 20, 60).astype(float), rng.integers(0, 2, 60))
    groups = rng.choice(["a", "b", "c"], 60)
    renamed = np.array([{"a": "z", "b": "b", "c": "x"}[group] for group in groups])
    one, other = logrank(data, groups.tolist()), logrank(data, renamed.tolist())
    assert isinstance(one, LogRank)
    assert isinstance(other, LogRank)
    assert one.chi_square == pytest.approx(other.chi_square, rel=1e-12)


def test_a_group_gone_before_the_first_event_counts_for_nothing() -> None:
    data = SurvivalData(np.array([1.0, 1, 2, 3, 4, 5]), np.array([0, 0, 1, 1, 1, 1]))
    with_early = logrank(data, ["early", "early", "a", "b", "a", "b"])
    without = logrank(data.rows(np.arange(2, 6)), ["a", "b", "a", "b"])
    assert isinstance(with_early, LogRank)
    assert isinstance(without, LogRank)
    assert with_early.degrees_of_freedom == 1
    assert with_early.chi_square == pytest.approx(without.chi_square)


@pytest.mark.parametrize(
    ("time", "event", "groups", "reason"),
    [
        ([1, 2, 3], [1, 1, 1], "AAA", Reason.ONE_GROUP),
        ([1, 2, 3], [0, 0, 0], "ABA", Reason.NO_EVENTS),
        ([1, 1, 1], [1, 1, 1], "ABA", Reason.NO_VARIANCE),
        ([1, 2, 3], [0, 1, 1], "ABB", Reason.NO_VARIANCE),
        ([], [], "", Reason.ONE_GROUP),
    ],
)
def test_data_without_a_comparison_say_why(time: list, event: list, groups: str, reason: Reason) -> None:
    data = SurvivalData(np.array(time, float), np.array(event, float))
    assert logrank(data, list(groups)) == NotEstimable(reason)


def test_a_group_for_each_patient_is_needed() -> None:
    data = SurvivalData(np.array([1.0, 2]), np.ones(2))
    for compare in (logrank, pairwise_logrank):
        with pytest.raises(DataError) as raised:
            compare(data, ["A"])
        assert raised.value.fault is Fault.LENGTHS_DIFFER


def test_a_weight_that_favours_late_events_without_bound_is_refused() -> None:
    with pytest.raises(DataError) as raised:
        logrank(SurvivalData(np.array([1.0, 2]), np.ones(2)), ["A", "B"], rho=-1)
    assert raised.value.fault is Fault.OUT_OF_RANGE
