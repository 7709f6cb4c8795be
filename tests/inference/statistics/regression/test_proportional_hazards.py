"""Tests of proportional hazards against cox.zph, and Schoenfeld residuals."""

from typing import Any, get_args

import numpy as np
import pytest

from inference.statistics.design import Design, Factor, Numeric, design_of
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.chi_square_test import ChiSquareTest
from inference.statistics.regression.cox import CoxFit, fit_cox
from inference.statistics.regression.proportional_hazards import (
    NamedTest,
    ProportionalHazards,
    Transform,
    proportional_hazards,
    schoenfeld_residuals,
)
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles


def fitted(data: SurvivalData, design: Design, **options: Any) -> CoxFit:
    fit = fit_cox(data, design, **options)
    assert isinstance(fit, CoxFit)
    return fit


def of_oracle(oracle: Oracle) -> tuple[SurvivalData, Design, CoxFit]:
    data, design = oracle.survival("dev"), design_of(oracle.table("dev"), oracle.terms())
    return data, design, fitted(data, design)


def assert_tests(tests: tuple[NamedTest, ...], overall: Any, golden: dict[str, Any], what: str) -> None:
    rows = [*tests, NamedTest("GLOBAL", overall)]
    assert [row.name for row in rows] == as_list(golden["term"])
    results = [row.test for row in rows]
    assert all(isinstance(result, ChiSquareTest) for result in results)
    assert [result.degrees_of_freedom for result in results] == as_list(golden["df"])  # type: ignore[union-attr]
    for name, field in (("chisq", "statistic"), ("p", "p_value")):
        numbers = [getattr(result, field) for result in results]
        assert_agrees(numbers, as_list(golden[name]), relative=1e-8, what=f"{what} {name}")


@pytest.mark.parametrize("transform", get_args(Transform))
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_every_test_is_that_of_cox_zph(oracle: Oracle, transform: Transform) -> None:
    golden = oracle.section("zph")
    result = proportional_hazards(*of_oracle(oracle), transform=transform)
    assert isinstance(result, ProportionalHazards)
    assert result.transform == transform
    assert_tests(result.terms, result.overall, golden[transform], transform)
    assert_tests(
        result.coefficients, result.overall, golden[f"{transform}_by_coef"], f"{transform} by column"
    )


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_schoenfeld_residuals_are_those_of_r_and_sum_to_zero(oracle: Oracle) -> None:
    golden = oracle.section("zph")["schoenfeld_residuals_first_event_rows"]
    data, design, fit = of_oracle(oracle)
    result = schoenfeld_residuals(data, design, fit)
    assert len(result.time) == golden["n"]
    first = len(as_list(golden["time"]))
    assert_agrees(result.time[:first], as_list(golden["time"]), what="times")
    assert_agrees(result.residuals[:first], golden["resid"], relative=1e-8, absolute=1e-10, what="residuals")
    room = 1e-9 * np.abs(result.residuals).sum(axis=0)
    assert (np.abs(result.residuals.sum(axis=0)) <= room).all()


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_the_older_approximation_is_another_test(oracle: Oracle) -> None:
    """Grambsch and Therneau's: one covariance, the average, for all events; R recorded it too."""
    data, design, fit = of_oracle(oracle)
    golden = oracle.section("zph")["old_approx_pre3"]["identity"]
    if "error" in golden:
        pytest.skip("R has no older test here")
    result = proportional_hazards(data, design, fit, transform="identity")
    assert isinstance(result, ProportionalHazards)
    assert isinstance(result.overall, ChiSquareTest)
    residuals = schoenfeld_residuals(data, design, fit)
    g = residuals.time - residuals.time.mean()
    score = g @ residuals.residuals
    older = score @ fit.covariance @ score * len(g) / (g @ g)
    assert_agrees(older, golden["global_chisq"], relative=1e-8, what="the older test")
    assert result.overall.statistic != pytest.approx(older, rel=1e-6)


def _naive_global(data: SurvivalData, design: Design, fit: CoxFit, g: Floats) -> float:
    """Each event's risk set in turn; no ties."""
    x = design.matrix - design.matrix.mean(axis=0)
    width = x.shape[1]
    score, blocks = np.zeros(width), np.zeros((3, width, width))
    for row in np.flatnonzero(data.event):
        at_risk = data.time >= data.time[row]
        weights = np.exp(x[at_risk] @ fit.coefficients)
        mean = np.average(x[at_risk], axis=0, weights=weights)
        spread = (x[at_risk] - mean) * np.sqrt(weights / weights.sum())[:, None]
        score += g[row] * (x[row] - mean)
        for power in range(3):
            blocks[power] += g[row] ** power * spread.T @ spread
    variance = blocks[2] - blocks[1] @ np.linalg.inv(blocks[0]) @ blocks[1]
    return float(score @ np.linalg.inv(variance) @ score)


def _untied(seed: int, count: int = 60) -> tuple[SurvivalData, Design]:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(count, 3))
    time = rng.exponential(np.exp(-matrix[:, 0]))
    design = Design(matrix, (Numeric("a"), Numeric("b"), Numeric("c")))
    return SurvivalData(time, rng.random(count) < 0.7), design


@pytest.mark.parametrize("seed", range(3))
def test_the_global_test_is_the_plain_sum_over_risk_sets(seed: int) -> None:
    data, design = _untied(seed)
    fit = fitted(data, design)
    result = proportional_hazards(data, design, fit, transform="identity")
    assert isinstance(result, ProportionalHazards)
    assert isinstance(result.overall, ChiSquareTest)
    naive = _naive_global(data, design, fit, data.time - data.time.mean())
    assert result.overall.statistic == pytest.approx(naive, rel=1e-8)


def test_tests_do_not_change_with_units_or_with_the_origin_of_a_column() -> None:
    data, design = _untied(5)
    other = Design(design.matrix * [1e3, 1e-4, 1.0] + [50.0, -2.0, 1e4], design.terms)
    one, two = (
        proportional_hazards(data, each, fitted(data, each), transform="rank") for each in (design, other)
    )
    assert isinstance(one, ProportionalHazards)
    assert isinstance(two, ProportionalHazards)
    for first, second in zip((*one.terms, *one.coefficients), (*two.terms, *two.coefficients), strict=True):
        assert isinstance(first.test, ChiSquareTest)
        assert isinstance(second.test, ChiSquareTest)
        assert first.test.statistic == pytest.approx(second.test.statistic, rel=1e-6)


def test_an_effect_that_fades_is_found() -> None:
    rng = np.random.default_rng(11)
    treated = rng.random(600) < 0.5
    early = rng.exponential(np.where(treated, 4.0, 1.0))
    time = np.where(early < 1, early, 1 + rng.exponential(1.0, 600))
    design = Design(treated[:, None].astype(float), (Factor("treated", ("no", "yes")),))
    data = SurvivalData(time, np.ones(600))
    result = proportional_hazards(data, design, fitted(data, design))
    assert isinstance(result, ProportionalHazards)
    assert isinstance(result.overall, ChiSquareTest)
    assert result.overall.p_value < 0.001
    assert result.terms[0].test == result.overall


def test_an_event_at_time_zero_has_no_logarithm() -> None:
    data, design = _untied(7)
    at_zero = SurvivalData(np.where(data.time == data.time[data.event].min(), 0.0, data.time), data.event)
    fit = fitted(at_zero, design)
    assert proportional_hazards(at_zero, design, fit, transform="log") == NotEstimable(Reason.TIME_ZERO)
    assert isinstance(proportional_hazards(at_zero, design, fit, transform="km"), ProportionalHazards)


def test_events_at_one_time_cannot_show_a_change() -> None:
    data = SurvivalData([5.0] * 6 + [8.0] * 6, [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    design = Design(np.array([[float(i * 7 % 5)] for i in range(12)]), (Numeric("a"),))
    result = proportional_hazards(data, design, fitted(data, design))
    assert isinstance(result, ProportionalHazards)
    assert result.overall == NotEstimable(Reason.NO_VARIANCE)
    assert result.terms[0].test == NotEstimable(Reason.NO_VARIANCE)
