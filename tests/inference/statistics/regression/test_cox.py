"""Cox regression against R, against a plain twin, and on data that give no answer."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from inference.statistics.design import Design, Factor, Numeric, design_of
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.regression.chi_square_test import ChiSquareTest
from inference.statistics.regression.cox import CoxFit, fit_cox
from inference.statistics.regression.drop_one import drop_each_term
from inference.statistics.regression.partial_likelihood import Ties
from inference.statistics.survival.logrank import LogRank, logrank
from tests.inference.statistics.cox_tables import assert_fit
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles


def numeric(matrix: Floats) -> Design:
    return Design(matrix, tuple(Numeric(f"x{i}") for i in range(matrix.shape[1])))


def cohort(seed: int, count: int, width: int = 2, *, digits: int = 1) -> tuple[SurvivalData, Design]:
    """Times rounded to ``digits``, so that many are tied."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(count, width))
    time = np.round(rng.exponential(np.exp(-0.7 * matrix[:, 0])), digits)
    return SurvivalData(time, rng.random(count) < 0.7), numeric(matrix)


def fitted(data: SurvivalData, design: Design, *, ties: Ties = "efron") -> CoxFit:
    fit = fit_cox(data, design, ties=ties)
    assert isinstance(fit, CoxFit), fit
    return fit


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_multivariable_fits_are_those_of_r(oracle: Oracle) -> None:
    golden = oracle.section("cox")
    data, design = oracle.survival("dev"), design_of(oracle.table("dev"), oracle.terms())
    assert_fit(fit_cox(data, design), golden["multivariable_efron"], "efron")
    assert_fit(fit_cox(data, design, ties="breslow"), golden["multivariable_breslow"], "breslow")


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_univariable_fits_are_those_of_r(oracle: Oracle) -> None:
    data, table = oracle.survival("dev"), oracle.table("dev")
    for name, golden in oracle.section("cox")["univariable_efron"].items():
        assert_fit(fit_cox(data, design_of(table, oracle.terms([name]))), golden, name)


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_what_each_term_is_worth_is_what_drop1_says(oracle: Oracle) -> None:
    golden, data = oracle.section("cox")["drop1_LR"], oracle.survival("dev")
    dropped = drop_each_term(
        design_of(oracle.table("dev"), oracle.terms()), lambda design: fit_cox(data, design)
    )
    assert isinstance(dropped, tuple)
    assert [one.term for one in dropped] == as_list(golden["term"])
    assert_agrees([one.aic_without for one in dropped], as_list(golden["AIC_without"]), relative=1e-8)
    tests = [one.test for one in dropped]
    assert all(isinstance(test, ChiSquareTest) for test in tests)
    for name, field in (("df", "degrees_of_freedom"), ("LRT", "statistic"), ("p", "p_value")):
        assert_agrees(
            [getattr(test, field) for test in tests], as_list(golden[name]), relative=1e-8, what=name
        )


@pytest.mark.parametrize("oracle", oracles("survival"))
@pytest.mark.parametrize(("names", "column"), [("covars", "lp_full"), ("alt_model", "lp_alt")])
def test_linear_predictors_of_all_rows_are_those_of_r(oracle: Oracle, names: str, column: str) -> None:
    terms = oracle.terms(as_list(oracle.meta[names]))
    fit = fitted(oracle.survival("dev"), design_of(oracle.table("dev"), terms))
    everyone = oracle.table()
    scores = fit.linear_predictor(design_of(everyone, terms).matrix)
    assert_agrees(scores, everyone[column], absolute=1e-9, relative=1e-9, what=column)


def _log_likelihood(data: SurvivalData, matrix: Floats, beta: Floats, ties: Ties) -> float:
    """Each event time in turn."""
    scores, total = matrix @ beta, 0.0
    for time in np.unique(data.time[data.event]):
        dying = data.event & (data.time == time)
        at_risk = np.exp(scores[data.time >= time]).sum()
        total += scores[dying].sum()
        for gone in range(dying.sum()):
            share = gone / dying.sum() if ties == "efron" else 0.0
            total -= np.log(at_risk - share * np.exp(scores[dying]).sum())
    return float(total)


@pytest.mark.parametrize(("ties", "seed"), list(itertools.product(("efron", "breslow"), range(3))))
def test_the_fit_maximises_the_plain_likelihood(ties: Ties, seed: int) -> None:
    data, design = cohort(seed, 40)
    fit = fitted(data, design, ties=ties)
    plain = minimize(
        lambda beta: -_log_likelihood(data, design.matrix, beta, ties), np.zeros(2), options={"gtol": 1e-8}
    )
    assert fit.coefficients == pytest.approx(plain.x, abs=1e-5)
    at_fit = _log_likelihood(data, design.matrix, fit.coefficients, ties)
    assert fit.log_likelihood == pytest.approx(at_fit, rel=1e-12)
    assert fit.log_likelihood_null == pytest.approx(
        _log_likelihood(data, design.matrix, np.zeros(2), ties), rel=1e-12
    )
    nudge = 1e-3 * fit.standard_errors[0]
    beside = [
        _log_likelihood(data, design.matrix, fit.coefficients + np.array([sign * nudge, 0.0]), ties)
        for sign in (-1, 1)
    ]
    curvature = -(sum(beside) - 2 * at_fit) / nudge**2
    assert np.linalg.inv(fit.covariance)[0, 0] == pytest.approx(curvature, rel=1e-3)


def test_ties_make_no_difference_where_there_are_none() -> None:
    data, design = cohort(1, 50, digits=12)
    efron, breslow = fitted(data, design), fitted(data, design, ties="breslow")
    assert efron.coefficients == pytest.approx(breslow.coefficients, rel=1e-12)


def test_the_score_test_of_a_factor_is_the_log_rank_test_of_untied_times() -> None:
    rng = np.random.default_rng(8)
    groups = [str(group) for group in rng.integers(0, 3, 80)]
    data = SurvivalData(rng.exponential(size=80), rng.random(80) < 0.6)
    fit = fitted(data, design_of({"g": groups}, [Factor("g", ("0", "1", "2"))]))
    test = logrank(data, groups)
    assert isinstance(test, LogRank)
    assert fit.score_test.statistic == pytest.approx(test.chi_square, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6), st.floats(-1e4, 1e4))
def test_units_and_origins_change_the_unit_of_a_coefficient_alone(
    seed: int, unit: float, origin: float
) -> None:
    data, design = cohort(seed, 30)
    one = fit_cox(data, design)
    other = fit_cox(data, numeric(design.matrix * unit + origin))
    if isinstance(one, NotEstimable):
        assert one == other or unit < 1e-3
        return
    if unit * 1e6 < abs(origin):
        return
    assert isinstance(other, CoxFit)
    assert other.coefficients * unit == pytest.approx(one.coefficients, rel=1e-5, abs=1e-7)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-9)


def test_only_the_order_of_times_counts_and_rows_may_stand_in_any_order() -> None:
    data, design = cohort(3, 60)
    fit = fitted(data, design)
    stretched = fitted(SurvivalData(data.time**3 + 5, data.event), design)
    assert (stretched.coefficients == fit.coefficients).all()
    turned = np.random.default_rng(0).permutation(60)
    shuffled = fitted(data.rows(turned), design.rows(turned))
    assert shuffled.coefficients == pytest.approx(fit.coefficients, rel=1e-10)


def test_who_left_before_the_first_event_takes_no_part() -> None:
    data, design = cohort(3, 40)
    early = SurvivalData(np.append(data.time + 1, 0.5), np.append(data.event, False))
    fit = fitted(early, numeric(np.vstack([design.matrix, [1e6, -1e6]])))
    assert fit.coefficients == pytest.approx(fitted(data, design).coefficients, rel=1e-9)
    assert fit.count == 41


def test_thousands_of_patients_with_far_scores_are_fitted() -> None:
    rng = np.random.default_rng(6)
    matrix = rng.normal(size=(3000, 10))
    beta = np.linspace(-4, 4, 10)
    time = rng.exponential(np.exp(-(matrix @ beta)))
    fit = fitted(SurvivalData(time, rng.random(3000) < 0.8), numeric(matrix))
    assert fit.coefficients == pytest.approx(beta, abs=0.5)


def test_a_hazard_ratio_carries_its_interval_and_its_cautions() -> None:
    data, design = cohort(2, 12, digits=12)
    ratio = fitted(data, design).hazard_ratio("x0", level=0.9)
    wide = fitted(data, design).hazard_ratio("x0")
    assert isinstance(ratio, Estimate)
    assert isinstance(wide, Estimate)
    assert (ratio.method, ratio.level, ratio.standard_error) == ("log", 0.9, None)
    assert ratio.flags == ("few_events",)
    assert ratio.interval is not None
    assert wide.interval is not None
    assert wide.interval[0] < ratio.interval[0] < ratio.value < ratio.interval[1] < wide.interval[1]
    assert fitted(*cohort(2, 22)).flags == ("few_events_per_variable",)
    assert fitted(*cohort(2, 80)).flags == ()


def test_a_ratio_too_large_to_write_asks_for_another_unit() -> None:
    data, design = cohort(2, 30)
    fit = fitted(data, numeric(design.matrix * 1e-6))
    assert fit.hazard_ratio("x0") == NotEstimable(Reason.TOO_LARGE)
    assert np.isfinite(fit.coefficient("x0").value)


def test_a_model_without_columns_is_the_null_model() -> None:
    data, design = cohort(2, 30)
    fit = fitted(data, design.without("x0").without("x1"))
    assert fit.log_likelihood == fit.log_likelihood_null
    assert fit.aic == -2 * fit.log_likelihood
    assert fit.likelihood_ratio_test == fit.wald_test == fit.score_test == ChiSquareTest(0.0, 0, 1.0)


TIMES = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
ALL_EVENTS = [True] * 8


@pytest.mark.parametrize(
    ("time", "event", "columns", "reason"),
    [
        pytest.param(TIMES[:2], [1, 1], [[0, 1]], Reason.TOO_FEW_ROWS, id="two rows"),
        pytest.param([], [], [[]], Reason.TOO_FEW_ROWS, id="no rows"),
        pytest.param(TIMES, [0] * 8, [[0, 1] * 4], Reason.NO_EVENTS, id="no events"),
        pytest.param(TIMES, [1, 0, 0, 0, 0, 0, 0, 0], [[0, 1] * 4, [0, 0, 1, 1] * 2],
                     Reason.FEWER_EVENTS_THAN_COLUMNS, id="fewer events than columns"),
        pytest.param(TIMES, ALL_EVENTS, [[0.1] * 8], Reason.NO_VARIANCE, id="constant column"),
        pytest.param(TIMES, [0, 0, 1, 1, 1, 1, 1, 1], [[1, 1, 0, 0, 0, 0, 0, 0]],
                     Reason.NO_VARIANCE, id="varies before the first event only"),
        pytest.param(TIMES, ALL_EVENTS, [[0, 1] * 4, [5, 7] * 4], Reason.COLLINEAR, id="a column twice"),
        pytest.param(TIMES, ALL_EVENTS, [[1, 2, 1, 2, 3, 1, 2, 3], [3, 1, 2, 2, 1, 1, 2, 1],
                                         [4, 3, 3, 4, 4, 2, 4, 4]], Reason.COLLINEAR, id="a sum of two"),
        pytest.param(TIMES, ALL_EVENTS, [[8, 7, 6, 5, 4, 3, 2, 1]], Reason.SEPARATION, id="perfect order"),
        pytest.param(TIMES, [1, 1, 1, 1, 0, 0, 0, 0], [[0, 1, 0, 1, 2, 2, 2, 2]],
                     None, id="a level that lives on is not perfect for a number"),
        pytest.param(TIMES, [1, 1, 1, 1, 0, 0, 0, 0], [[0, 0, 0, 0, 1, 1, 1, 1]],
                     Reason.SEPARATION, id="a level without events"),
        pytest.param(TIMES, [1, 1, 1, 1, 0, 1, 0, 0], [[0, 1, 0, 1, 0, 1, 0, 1], [0, 0, 0, 0, 1, 0, 1, 1]],
                     Reason.SEPARATION, id="a level without events beside another column"),
        pytest.param([1, 1, 2, 2, 3, 3], [1, 1, 1, 1, 0, 0], [[2, 2, 1, 1, 0, 0]],
                     Reason.SEPARATION, id="perfect order with ties"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_data_without_an_answer_say_why(
    time: list[float], event: list[bool], columns: list[list[float]], reason: Reason | None, ties: Ties
) -> None:
    design = numeric(np.array(columns, dtype=np.float64).T)
    fit = fit_cox(SurvivalData(time, event), design, ties=ties)
    if reason is None:
        assert isinstance(fit, CoxFit)
    else:
        assert fit == NotEstimable(reason)


@pytest.mark.parametrize("seed", range(4))
def test_a_likelihood_is_called_monotone_only_where_some_score_orders_every_death(seed: int) -> None:
    """One exception to a perfect order is enough for a maximum."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(30, 2))
    time = np.argsort(np.argsort(-(matrix @ np.array([1.0, -2.0])))) + 1.0
    assert fit_cox(SurvivalData(time, np.ones(30)), numeric(matrix)) == NotEstimable(Reason.SEPARATION)
    last_two = np.argsort(time)[[3, 20]]
    time[last_two] = time[last_two[::-1]]
    assert isinstance(fit_cox(SurvivalData(time, np.ones(30)), numeric(matrix)), CoxFit)


def test_malformed_designs_are_refused() -> None:
    data, design = cohort(1, 20)
    with pytest.raises(DataError) as caught:
        fit_cox(data.rows(np.arange(19)), design)
    assert caught.value.fault is Fault.LENGTHS_DIFFER
    holed = np.where(np.arange(20)[:, None] == 4, np.nan, design.matrix)
    with pytest.raises(DataError) as caught:
        fit_cox(data, numeric(holed))
    assert caught.value.fault is Fault.NOT_FINITE
    assert caught.value.message.fields["row"] == 5


def test_a_term_whose_model_is_not_estimable_is_dropped_from_nothing() -> None:
    data = SurvivalData(TIMES, [1, 1, 1, 1, 0, 1, 0, 0])
    design = numeric(np.array([[0, 1, 0, 1, 0, 1, 0, 1], [0, 0, 0, 0, 1, 0, 1, 1]], dtype=np.float64).T)
    assert drop_each_term(design, lambda chosen: fit_cox(data, chosen)) == NotEstimable(Reason.SEPARATION)
