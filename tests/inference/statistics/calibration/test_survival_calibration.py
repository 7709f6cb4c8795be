from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.calibration.groups import quantile_breaks, quantile_groups
from inference.statistics.calibration.survival_calibration import (
    GreenwoodNamDAgostino,
    SurvivalCalibration,
    survival_calibration,
)
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.survival.bands import Band
from tests.inference.statistics.oracles import Oracle, assert_agrees, oracles

LIMITS: tuple[tuple[Band, str], ...] = (("log-log", "loglog"), ("log", "log"))


def numbers(observed: Estimate | NotEstimable) -> tuple[float | None, ...]:
    assert isinstance(observed, Estimate)
    return observed.value, observed.standard_error, observed.lower, observed.upper


@pytest.mark.parametrize("split", ["dev", "val"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_groups_and_tests_are_those_of_r(oracle: Oracle, split: Literal["dev", "val"]) -> None:
    section, table, data = oracle.section(f"calibration_{split}"), oracle.table(split), oracle.survival(split)
    for g in (3, 5):
        for i, horizon in enumerate(oracle.horizons, start=1):
            golden = next((one for one in (section[f"g{g}"] or {}).values() if one["t"] == horizon), None)
            if golden is None:
                continue
            for band, name in LIMITS:
                ours = survival_calibration(data, table[f"S_h{i}"], horizon, groups=g, band=band)
                assert_agrees(ours.breaks, golden["breaks"], relative=1e-10, what="breaks")
                assert len(ours.groups) == len(golden["groups"])
                for group, theirs in zip(ours.groups, golden["groups"], strict=True):
                    assert group.count == theirs["n"]
                    assert_agrees(group.predicted, theirs["mean_pred"], relative=1e-10, what="predicted")
                    expected = [theirs[k] for k in ("km", "se", f"lower_{name}", f"upper_{name}")]
                    assert_agrees(numbers(group.observed), expected, relative=1e-10, what=f"{band} observed")
            test = ours.greenwood_nam_d_agostino
            if golden["GND_df"] < 1:
                assert test == NotEstimable(Reason.TOO_FEW_GROUPS)
            else:
                assert isinstance(test, GreenwoodNamDAgostino)
                assert test.degrees_of_freedom == golden["GND_df"]
                assert_agrees(test.chi_square, golden["GND_chisq"], relative=1e-10, what="GND")
                assert_agrees(test.p_value, golden["GND_p"], relative=1e-10, what="GND p")
            assert_agrees(ours.mean_predicted, golden["mean_pred"], relative=1e-10, what="mean")
            assert_agrees(ours.observed.value, golden["km_all"], relative=1e-10, what="observed")
            ratio = ours.observed_to_expected
            ratio_value = ratio.value if isinstance(ratio, Estimate) else ratio
            assert_agrees(ratio_value, golden["OE"], relative=1e-10, what="O/E")
            difference = golden["in_the_large_diff"]
            assert_agrees(ours.in_the_large.value, difference, absolute=1e-12, what="in the large")


def synthetic(n: int = 200, seed: int = 3) -> tuple[SurvivalData, np.ndarray]:
    rng = np.random.default_rng(seed)
    rate = np.exp(rng.normal(size=n))
    time, censored = rng.exponential(1 / rate), rng.exponential(2, size=n)
    return SurvivalData(np.minimum(time, censored), time <= censored), np.exp(-rate * 0.5)


@given(st.lists(st.floats(0, 1, width=16), min_size=1, max_size=40), st.integers(2, 6))
@settings(deadline=None)
def test_every_value_lies_in_its_group(values: list[float], groups: int) -> None:
    column = np.array(values)
    grouped = quantile_groups(column, groups)
    assert grouped.breaks == pytest.approx(np.unique(np.quantile(column, np.arange(groups + 1) / groups)))
    assert sum(mask.sum() for mask in grouped.occupied) == len(column)
    for value, group in zip(column, grouped.member, strict=True):
        if len(grouped.breaks) > 1:
            assert value <= grouped.breaks[group + 1]
            assert value > grouped.breaks[group] or group == 0


def test_a_break_on_a_value_keeps_it_below() -> None:
    grouped = quantile_groups(np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]), 3)
    assert grouped.breaks.tolist() == [0.1, 0.3, 0.5, 0.7]
    assert grouped.member.tolist() == [0, 0, 0, 1, 1, 2, 2]


def test_true_predictions_are_found_calibrated_and_shifted_ones_are_not() -> None:
    data, survival = synthetic(2000)
    true, shifted = (survival_calibration(data, s, 0.5) for s in (survival, survival**2))
    for result, is_calibrated in ((true, True), (shifted, False)):
        test, ratio = result.greenwood_nam_d_agostino, result.observed_to_expected
        assert isinstance(test, GreenwoodNamDAgostino)
        assert isinstance(ratio, Estimate)
        assert (test.p_value > 0.01) is is_calibrated
        assert ratio.lower is not None
        assert ratio.upper is not None
        assert (ratio.lower < 1 < ratio.upper) is is_calibrated
        assert (abs(result.in_the_large.value) < 0.05) is is_calibrated


def test_the_limits_of_the_ratio_are_those_of_observed_risk_on_the_log_scale() -> None:
    data, survival = synthetic()
    result = survival_calibration(data, survival, 0.5, level=0.9)
    ratio, observed = result.observed_to_expected, result.observed
    assert isinstance(ratio, Estimate)
    assert ratio.interval is not None
    assert observed.standard_error is not None
    reach = 1.6448536269514722 * observed.standard_error / (1 - observed.value)
    assert np.log(ratio.interval) == pytest.approx(np.log(ratio.value) + np.array([-reach, reach]))
    difference = result.in_the_large
    assert difference.value == pytest.approx(observed.value - survival.mean())
    assert difference.standard_error == observed.standard_error


def test_one_group_has_no_test() -> None:
    data, _ = synthetic(20)
    result = survival_calibration(data, np.full(20, 0.7), 0.5)
    assert [group.count for group in result.groups] == [20]
    assert result.greenwood_nam_d_agostino == NotEstimable(Reason.TOO_FEW_GROUPS)


def test_groups_that_ties_leave_empty_are_left_out() -> None:
    data, _ = synthetic(6)
    result = survival_calibration(data, [0.1, 0.1, 0.1, 0.9, 0.9, 0.9], 0.5, groups=3)
    assert sum(group.count for group in result.groups) == 6
    assert all(group.count for group in result.groups)


def test_without_events_all_survive_and_nothing_has_an_error() -> None:
    data = SurvivalData(np.array([1.0, 2, 3, 4]), np.zeros(4))
    result = survival_calibration(data, [0.5, 0.6, 0.7, 0.8], 2.0, groups=2)
    assert (result.observed.value, result.observed.standard_error) == (1.0, 0.0)
    assert isinstance(result.observed_to_expected, Estimate)
    assert (result.observed_to_expected.value, result.observed_to_expected.interval) == (0.0, None)
    assert result.in_the_large.interval is None
    assert result.greenwood_nam_d_agostino == NotEstimable(Reason.TOO_FEW_GROUPS)


def test_follow_up_that_ends_before_the_horizon_is_flagged() -> None:
    data = SurvivalData(np.array([1.0, 2, 3, 4]), np.array([1, 0, 1, 0]))
    result = survival_calibration(data, [0.5, 0.6, 0.7, 0.8], 9.0, groups=2)
    for number in (result.observed, result.in_the_large, result.observed_to_expected):
        assert isinstance(number, Estimate)
        assert number.flags == ("extrapolated",)


def test_a_prediction_that_expects_no_event_has_no_ratio() -> None:
    data = SurvivalData(np.array([1.0, 2]), np.ones(2))
    result = survival_calibration(data, [1.0, 1.0], 1.5)
    assert result.observed_to_expected == NotEstimable(Reason.NOTHING_EXPECTED)


def test_few_events_in_a_group_are_said() -> None:
    data, survival = synthetic(20)
    test = survival_calibration(data, survival, 0.5).greenwood_nam_d_agostino
    assert isinstance(test, GreenwoodNamDAgostino)
    assert "few_events_in_a_group" in test.flags


def bad(
    predicted: list[float], horizon: float = 1.0, groups: int = 2, time: tuple[float, ...] = (1, 2)
) -> SurvivalCalibration:
    return survival_calibration(
        SurvivalData(np.array(time), np.ones(len(time))), predicted, horizon, groups=groups
    )


def test_malformed_input_is_refused() -> None:
    for call, fault in (
        (lambda: bad([0.5, 1.5]), Fault.NOT_A_PROBABILITY),
        (lambda: bad([0.5, np.nan]), Fault.NOT_FINITE),
        (lambda: bad([0.5]), Fault.LENGTHS_DIFFER),
        (lambda: bad([0.5, 0.6], horizon=0), Fault.OUT_OF_RANGE),
        (lambda: bad([0.5, 0.6], horizon=np.nan), Fault.OUT_OF_RANGE),
        (lambda: bad([0.5, 0.6], groups=1), Fault.OUT_OF_RANGE),
        (lambda: bad([], time=()), Fault.TOO_FEW_ROWS),
        (lambda: quantile_breaks(np.array([]), 3), Fault.TOO_FEW_ROWS),
    ):
        with pytest.raises(DataError) as raised:
            call()
        assert raised.value.fault is fault
