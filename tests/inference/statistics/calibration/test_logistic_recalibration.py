"""Calibration slope and intercepts against R, and what the corrections do."""

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from inference.statistics.calibration.logistic_recalibration import (
    corrected_for_sampling,
    logistic_recalibration,
    recalibrated,
)
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, assert_agrees, oracles


@pytest.mark.parametrize("oracle", oracles("binary"))
@pytest.mark.parametrize("split", ["dev", "val"])
def test_slope_and_intercepts_are_those_of_r(oracle: Oracle, split: Literal["dev", "val"]) -> None:
    golden = oracle.section(f"calibration_{split}")
    found = logistic_recalibration(oracle.classes("p_full", split))
    numbers = {"slope": found.slope, "intercept": found.intercept, "citl": found.in_the_large}
    for name, estimate in numbers.items():
        assert isinstance(estimate, Estimate)
        # On its own rows a model is calibrated: 0 by definition, rounding in both programs.
        assert_agrees(estimate.value, golden[name], relative=1e-8, absolute=1e-12, what=name)
    for name in ("slope", "citl"):
        estimate = numbers[name]
        assert isinstance(estimate, Estimate)
        # R's weights are one step behind its coefficients (see below), which shows in the eighth digit.
        assert_agrees(estimate.standard_error, golden[f"{name}_se"], relative=5e-7, what=name)


@pytest.mark.parametrize("oracle", oracles("binary"))
@pytest.mark.parametrize("split", ["dev", "val"])
def test_standard_errors_of_r_are_those_of_its_last_but_one_step(
    oracle: Oracle, split: Literal["dev", "val"]
) -> None:
    golden = oracle.section(f"calibration_{split}")
    data = oracle.classes("p_full", split)
    log_odds = logit(np.clip(data.scores, 1e-12, 1 - 1e-12))
    slope_se = errors_of_r(data.is_positive, np.column_stack([np.ones(len(data)), log_odds]), 0)[1]
    large_se = errors_of_r(data.is_positive, np.ones((len(data), 1)), log_odds)[0]
    assert_agrees([slope_se, large_se], [golden["slope_se"], golden["citl_se"]], relative=1e-8)


def errors_of_r(positive: Any, columns: Any, offset: Any) -> Any:
    """Standard errors as ``glm.fit`` leaves them: reweighted least squares, until the deviance rests."""
    log_odds, before = logit((positive + 0.5) / 2), np.inf
    while True:
        mean = expit(log_odds)
        weight = mean * (1 - mean)
        information = columns.T @ (weight[:, None] * columns)
        working = log_odds - offset + (positive - mean) / weight
        log_odds = offset + columns @ np.linalg.solve(information, columns.T @ (weight * working))
        deviance = 2 * np.logaddexp(0, np.where(positive, -log_odds, log_odds)).sum()
        if abs(deviance - before) / (deviance + 0.1) < 1e-14:
            return np.sqrt(np.diag(np.linalg.inv(information)))
        before = deviance


def drawn(seed: int, count: int = 200) -> ClassData:
    rng = np.random.default_rng(seed)
    true = rng.normal(size=count)
    return ClassData(expit(0.7 + 2 * true), rng.random(count) < expit(true))


def test_what_was_recalibrated_is_calibrated() -> None:
    data = drawn(1)
    first = logistic_recalibration(data)
    shifted, bent = first.shifted(data.scores), first.bent(data.scores)
    assert not isinstance(shifted, NotEstimable) and not isinstance(bent, NotEstimable)
    again = logistic_recalibration(ClassData(shifted, data.is_positive))
    assert isinstance(again.in_the_large, Estimate)
    assert again.in_the_large.value == pytest.approx(0, abs=1e-10)
    assert shifted.mean() == pytest.approx(data.is_positive.mean(), abs=1e-12)
    both = logistic_recalibration(ClassData(bent, data.is_positive))
    assert isinstance(both.intercept, Estimate) and isinstance(both.slope, Estimate)
    assert (both.intercept.value, both.slope.value) == pytest.approx((0, 1), abs=1e-8)


def test_a_wrong_slope_is_found_within_its_interval() -> None:
    found = logistic_recalibration(drawn(2, 5000)).slope
    assert isinstance(found, Estimate) and found.lower is not None and found.upper is not None
    assert found.lower < 0.5 < found.upper


@given(st.floats(0.001, 0.999), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_the_correction_of_the_prior_is_bayes_rule(p: float, prevalence: float, sampled: float) -> None:
    odds = p / (1 - p) * (prevalence / (1 - prevalence)) * ((1 - sampled) / sampled)
    found = corrected_for_sampling([p], prevalence=prevalence, sampled_prevalence=sampled)
    assert found[0] == pytest.approx(odds / (1 + odds), rel=1e-9)


def test_certain_probabilities_stay_finite() -> None:
    assert np.isfinite(logit(recalibrated([0.0, 1.0], -1.0))).all()
    found = logistic_recalibration(ClassData([0.0, 1.0, 1.0, 0.0, 0.5], [0, 1, 0, 1, 1]))
    assert isinstance(found.slope, Estimate)


CANNOT: list[Any] = [
    pytest.param([0.2, 0.3, 0.4], [1, 1, 1], Reason.ONE_CLASS, Reason.ONE_CLASS, id="one class"),
    pytest.param([0.2, 0.3], [0, 1], Reason.TOO_FEW_ROWS, Reason.TOO_FEW_ROWS, id="two rows"),
    pytest.param([0.4] * 4, [0, 1, 1, 0], None, Reason.CONSTANT_SCORES, id="constant"),
    pytest.param([0.1, 0.2, 0.6, 0.7], [0, 0, 1, 1], None, Reason.SEPARATION, id="separated"),
]


@pytest.mark.parametrize("scores, classes, large, slope", CANNOT)
def test_data_that_cannot_answer_say_why(
    scores: list[float], classes: list[int], large: Reason | None, slope: Reason
) -> None:
    found = logistic_recalibration(ClassData(scores, classes))
    assert found.slope == found.intercept == found.bent(scores) == NotEstimable(slope)
    if large is not None:
        assert found.in_the_large == found.shifted(scores) == NotEstimable(large)
    else:
        assert isinstance(found.in_the_large, Estimate)


def test_what_is_no_probability_is_refused_with_its_row() -> None:
    with pytest.raises(DataError) as raised:
        logistic_recalibration(ClassData([0.2, 1.5, 0.1], [0, 1, 1]))
    assert (raised.value.fault, raised.value.message.fields["row"]) == (Fault.NOT_A_PROBABILITY, 2)
    with pytest.raises(DataError) as raised:
        corrected_for_sampling([0.5], prevalence=0.0, sampled_prevalence=0.5)
    assert raised.value.fault is Fault.OUT_OF_RANGE
