"""Logistic regression against R's ``glm`` and against itself."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.design import Design, Numeric, design_of
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.regression.logistic import LogisticFit, fit_logistic, is_separated
from inference.statistics.regression.stepwise import select_by_aic
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles

BINARY = oracles("binary")


def columns_of(matrix: Any) -> Design:
    values = np.asarray(matrix, dtype=float)
    return Design(values, tuple(Numeric(f"x{j}") for j in range(values.shape[1])))


def fitted(oracle: Oracle, names: Any) -> LogisticFit:
    table = oracle.table("dev")
    fit = fit_logistic(table["y"], design_of(table, oracle.terms([str(name) for name in as_list(names)])))
    assert isinstance(fit, LogisticFit)
    return fit


def agrees(fit: LogisticFit, golden: dict[str, Any]) -> None:
    assert list(fit.columns) == as_list(golden["names"])
    ratios = [ratio for column in fit.columns if isinstance(ratio := fit.odds_ratio(column), Estimate)]
    test = fit.likelihood_ratio_test
    numbers = {
        "coef": fit.coefficients,
        "se": fit.standard_errors,
        "z": fit.coefficients / fit.standard_errors,
        "p": [fit.p_value(column) for column in fit.columns],
        "OR": [ratio.value for ratio in ratios],
        "OR_lower": [ratio.lower for ratio in ratios],
        "OR_upper": [ratio.upper for ratio in ratios],
        "deviance": fit.deviance,
        "null_deviance": fit.null_deviance,
        "AIC": fit.aic,
        "LR": test.statistic,
        "LR_df": test.degrees_of_freedom,
        "LR_p": test.p_value,
    }
    for name, ours in numbers.items():
        # A coefficient that is 0 by symmetry is rounding in both programs.
        floor = 1e-13 if name in ("coef", "z") else 0.0
        assert_agrees(np.atleast_1d(ours), as_list(golden[name]), relative=1e-8, absolute=floor, what=name)


@pytest.mark.parametrize("oracle", BINARY)
@pytest.mark.parametrize("model", ["full", "alt"])
def test_a_fit_of_several_covariates_is_that_of_r(oracle: Oracle, model: str) -> None:
    names = oracle.meta["covars"] if model == "full" else oracle.meta["alt_model"]
    agrees(fitted(oracle, names), oracle.section("logistic")[model])


@pytest.mark.parametrize("oracle", BINARY)
def test_each_covariate_alone_gives_what_r_gives(oracle: Oracle) -> None:
    for name, golden in oracle.section("logistic")["univariable"].items():
        agrees(fitted(oracle, [name]), golden)


@pytest.mark.parametrize("oracle", BINARY)
def test_terms_are_eliminated_as_r_eliminates_them(oracle: Oracle) -> None:
    golden, table = oracle.section("step_aic"), oracle.table("dev")
    chosen = select_by_aic(design_of(table, oracle.terms()), lambda design: fit_logistic(table["y"], design))
    assert not isinstance(chosen, NotEstimable)
    assert list(chosen.removed) == as_list(golden["removed"])
    assert_agrees(chosen.aic_path, as_list(golden["AIC_path"]), relative=1e-10, what="AIC path")
    assert set(chosen.kept) == set(as_list(golden["kept"]))
    agrees(chosen.fit, golden["final"])


@pytest.mark.parametrize("oracle", BINARY)
@pytest.mark.parametrize("model", ["full", "alt"])
def test_probabilities_of_all_rows_are_those_of_r(oracle: Oracle, model: str) -> None:
    names = as_list(oracle.meta["covars"] if model == "full" else oracle.meta["alt_model"])
    design = design_of(oracle.table(), oracle.terms(names))
    golden = oracle.table()[f"p_{model}"]
    assert_agrees(fitted(oracle, names).probability(design.matrix), golden, relative=1e-8)


def simulated(seed: int, count: int = 60) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(count, 3)) * [1, 50, 0.01]
    return rng.random(count) < 1 / (1 + np.exp(-matrix[:, 0])), matrix


@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-100, 100))
@settings(max_examples=25, deadline=None)
def test_probabilities_do_not_know_the_unit_of_a_column(seed: int, factor: float, shift: float) -> None:
    outcome, matrix = simulated(seed)
    moved = matrix.copy()
    moved[:, 1] = moved[:, 1] * factor + shift
    first, second = (fit_logistic(outcome, columns_of(one)) for one in (matrix, moved))
    assert isinstance(first, LogisticFit) and isinstance(second, LogisticFit)
    np.testing.assert_allclose(first.probability(matrix), second.probability(moved), atol=1e-8)


def test_an_odds_ratio_that_no_number_can_hold_says_so() -> None:
    outcome, matrix = simulated(3)
    fit = fit_logistic(outcome, columns_of(matrix * 1e-5))
    assert isinstance(fit, LogisticFit)
    assert fit.odds_ratio("x0") == NotEstimable(Reason.TOO_LARGE)


@pytest.mark.parametrize(
    "positives, flags",
    [(5, ("few_events",)), (15, ("few_events_per_variable",)), (20, ()), (45, ("few_events",))],
)
def test_few_of_the_rarer_class_are_flagged(positives: int, flags: tuple[str, ...]) -> None:
    outcome = np.random.default_rng(2).permutation(np.arange(50) < positives)
    fit = fit_logistic(outcome, columns_of(np.random.default_rng(3).normal(size=(50, 2))))
    assert isinstance(fit, LogisticFit)
    assert fit.coefficient("x0").flags == flags


def test_the_score_equations_hold() -> None:
    outcome, matrix = simulated(3)
    fit = fit_logistic(outcome, columns_of(matrix))
    assert isinstance(fit, LogisticFit)
    missing = outcome - fit.probability(matrix)
    assert abs(missing.sum()) < 1e-9
    np.testing.assert_allclose(missing @ (matrix / np.abs(matrix).max(axis=0)), 0, atol=1e-9)


@pytest.mark.parametrize("strength", [1e-3, 1.0, 1e3])
def test_classes_that_a_column_parts_give_no_fit(strength: float) -> None:
    values = strength * np.arange(10.0)[:, None]
    assert fit_logistic(np.arange(10) > 5, columns_of(values)) == NotEstimable(Reason.SEPARATION)


def test_classes_that_meet_in_one_tie_are_separated_too() -> None:
    values = np.array([0, 1, 2, 3, 3, 4, 5, 6.0])[:, None]
    outcome = [0, 0, 0, 0, 1, 1, 1, 1]
    assert fit_logistic(outcome, columns_of(values)) == NotEstimable(Reason.SEPARATION)


def test_a_level_without_positives_is_separation_beside_other_columns() -> None:
    outcome, matrix = simulated(5)
    level = np.zeros(len(outcome))
    level[np.flatnonzero(~outcome)[:7]] = 1
    design = columns_of(np.column_stack([matrix, level]))
    assert fit_logistic(outcome, design) == NotEstimable(Reason.SEPARATION)


def test_overlapping_classes_far_from_each_other_are_fitted() -> None:
    values = np.concatenate([np.linspace(0, 1, 50), np.linspace(0.98, 2, 50)])[:, None] * 100
    outcome = np.repeat([0, 1], 50)
    fit = fit_logistic(outcome, columns_of(values))
    assert isinstance(fit, LogisticFit)
    assert not is_separated(outcome == 1, np.column_stack([np.ones(100), values]))
    assert np.abs(fit.linear_predictor(values)).max() > 10


def test_a_column_twice_is_collinear() -> None:
    outcome, matrix = simulated(7)
    doubled = columns_of(np.column_stack([matrix, 2 * matrix[:, 0] + 1]))
    assert fit_logistic(outcome, doubled) == NotEstimable(Reason.COLLINEAR)


@pytest.mark.parametrize("constant", [0.0, 4.0])
def test_a_constant_column_is_collinear_with_the_intercept(constant: float) -> None:
    outcome, matrix = simulated(7)
    matrix[:, 2] = constant
    assert fit_logistic(outcome, columns_of(matrix)) == NotEstimable(Reason.COLLINEAR)


def test_more_columns_than_rows_are_collinear() -> None:
    matrix = np.random.default_rng(1).normal(size=(5, 6))
    assert fit_logistic([0, 1, 0, 1, 1], columns_of(matrix)) == NotEstimable(Reason.COLLINEAR)


def test_one_class_and_two_rows_say_so() -> None:
    assert fit_logistic([1, 1, 1], columns_of([[1], [2], [3]])) == NotEstimable(Reason.ONE_CLASS)
    assert fit_logistic([0, 1], columns_of([[1], [2]])) == NotEstimable(Reason.TOO_FEW_ROWS)


def test_without_columns_the_intercept_is_the_log_odds() -> None:
    fit = fit_logistic([1, 0, 0, 0], Design(np.empty((4, 0)), ()))
    assert isinstance(fit, LogisticFit)
    np.testing.assert_allclose(fit.coefficients, [-np.log(3)])
    assert fit.likelihood_ratio_test.p_value == 1


def test_bad_input_is_refused_with_field_and_row() -> None:
    with pytest.raises(DataError) as raised:
        fit_logistic([0, 1, 1], columns_of([[1], [np.nan], [3]]))
    assert (raised.value.fault, raised.value.message.fields["row"]) == (Fault.NOT_FINITE, 2)
    with pytest.raises(DataError) as raised:
        fit_logistic([0, 1, 2], columns_of([[1], [2], [3]]))
    assert raised.value.fault is Fault.OUT_OF_RANGE
    with pytest.raises(DataError) as raised:
        fit_logistic([0, 1], columns_of([[1], [2], [3]]))
    assert raised.value.fault is Fault.LENGTHS_DIFFER
