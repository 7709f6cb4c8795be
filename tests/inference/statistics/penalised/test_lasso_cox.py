"""LASSO-Cox against R's glmnet, against its own definition, and at its limits."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inference.statistics.design import Design
from inference.statistics.outcomes import SurvivalData
from inference.statistics.penalised.lasso_cox import deviances, lasso_cox
from inference.statistics.penalised.path import LassoPath
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles
from tests.inference.statistics.penalised.problems import columns_of, drawn, golden_design


def path_of(data: SurvivalData, design: Design, **options: Any) -> LassoPath:
    path = lasso_cox(data, design, **options)
    assert isinstance(path, LassoPath)
    return path


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_the_path_is_that_of_glmnet(oracle: Oracle) -> None:
    golden, design = oracle.section("lasso_cox"), golden_design(oracle)
    path = path_of(oracle.survival("dev"), design, count=60)
    assert_agrees(path.lambdas, golden["lambda"], relative=1e-12, what="lambda")
    assert_agrees(path.null_deviance, golden["null_deviance"], relative=1e-12, what="null deviance")
    assert_agrees(path.deviance_ratio, golden["dev_ratio"], absolute=1e-7, what="dev_ratio")
    assert path.degrees_of_freedom.tolist() == golden["df"]
    scale = design.matrix.std(axis=0)
    for sample in golden["path_samples"]:
        beta = dict(zip(as_list(sample["nonzero"]), as_list(sample["beta"]), strict=True))
        assert list(path.selected(sample["index"])) == [name for name in design.columns if name in beta]
        theirs = np.array([float(beta.get(name, 0.0)) for name in design.columns])
        ours = path.coefficients[sample["index"]]
        assert_agrees(ours * scale, theirs * scale, absolute=5e-6, what=f"index {sample['index']}")


def slow_gradient(data: SurvivalData, columns: Any, beta: Any) -> Any:
    """Derivative of −log PL / n by Breslow: a loop over the events."""
    risk, total = np.exp(columns @ beta), np.zeros(len(beta))
    for row in np.flatnonzero(data.event):
        at_risk = data.time >= data.time[row]
        total += columns[row] - (risk[at_risk] @ columns[at_risk]) / risk[at_risk].sum()
    return -total / len(data)


@given(st.integers(0, 10_000), st.sampled_from([(40, 5), (20, 50)]))
@example(95, (20, 50))  # who is censored before the first event counts as a row
@settings(max_examples=12, deadline=None)
def test_the_conditions_of_the_minimum_hold_along_the_path(seed: int, shape: tuple[int, int]) -> None:
    data, design, _ = drawn(seed, *shape)
    path = path_of(data, design, count=15)
    scale = design.matrix.std(axis=0)
    columns = (design.matrix - design.matrix.mean(axis=0)) / scale
    for strength, beta in zip(path.lambdas, path.coefficients * scale, strict=True):
        gradient = slow_gradient(data, columns, beta)
        kept = beta != 0
        np.testing.assert_allclose(gradient[kept], -strength * np.sign(beta[kept]), atol=1e-7)
        assert np.abs(gradient).max() <= strength + 1e-7


def test_a_tiny_penalty_comes_to_the_unpenalised_fit() -> None:
    from inference.statistics.regression.cox import CoxFit, fit_cox

    data, design, _ = drawn(1)
    fit = fit_cox(data, design, ties="breslow")
    assert isinstance(fit, CoxFit)
    scale = design.matrix.std(axis=0)
    near = path_of(data, design, lambdas=[1e-9]).coefficients[0]
    np.testing.assert_allclose(near * scale, fit.coefficients * scale, atol=1e-6)


@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-50, 50))
@settings(max_examples=15, deadline=None)
def test_unit_and_origin_of_a_column_change_nothing(seed: int, factor: float, shift: float) -> None:
    data, design, _ = drawn(seed)
    moved = design.matrix.copy()
    moved[:, 2] = moved[:, 2] * factor + shift
    first, second = path_of(data, design, count=20), path_of(data, columns_of(moved), count=20)
    np.testing.assert_allclose(first.lambdas, second.lambdas, rtol=1e-9)
    np.testing.assert_allclose(
        first.coefficients[:, 2], second.coefficients[:, 2] * factor, atol=1e-6, rtol=1e-6
    )


def test_the_order_of_rows_changes_nothing() -> None:
    data, design, _ = drawn(2)
    order = np.random.default_rng(0).permutation(len(data))
    first, second = path_of(data, design), path_of(data.rows(order), design.rows(order))
    np.testing.assert_allclose(first.coefficients, second.coefficients, rtol=1e-6, atol=1e-9)


def test_deviance_is_explained_more_and_more() -> None:
    data, design, _ = drawn(3, 30, 80)
    path = path_of(data, design)
    assert path.deviance_ratio[0] == pytest.approx(0, abs=1e-12)
    assert (np.diff(path.deviance_ratio) > 0).all()
    np.testing.assert_allclose(
        deviances(data, path.scores(design.matrix)), path.null_deviance * (1 - path.deviance_ratio), rtol=1e-9
    )


def test_equal_rows_have_equal_scores() -> None:
    data, design, _ = drawn(4, 40, 30)
    matrix = np.repeat(design.matrix, 2, axis=0)
    scores = path_of(data, design).scores(matrix)
    np.testing.assert_array_equal(scores[::2], scores[1::2])


def test_given_penalties_are_all_visited() -> None:
    data, design, _ = drawn(5)
    path = path_of(data, design, lambdas=[1e-6, 1e-5, 1e-4, 1e-3, 9.0, 8.0, 1e-7])
    np.testing.assert_allclose(path.lambdas, [9, 8, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7])
    assert path.degrees_of_freedom[0] == 0 and path.degrees_of_freedom[-1] == 8


def test_a_path_ends_before_risks_lie_further_apart_than_numbers_reach() -> None:
    rng = np.random.default_rng(11)
    matrix, time, event = (
        rng.normal(size=(10, rng.integers(1, 40))),
        rng.exponential(size=10),
        rng.random(10) < 0.6,
    )
    data, design = SurvivalData(time, event), columns_of(matrix)
    path = path_of(data, design, lambdas=[1e-3, 1e-6])
    np.testing.assert_array_equal(path.lambdas, [1e-3])
    assert path.deviance_ratio[0] > 0.7
    assert lasso_cox(data, design, lambdas=[1e-9]) == NotEstimable(Reason.DID_NOT_CONVERGE)


def test_columns_four_times_are_taken_once() -> None:
    data, design, _ = drawn(8, 30, 60)
    repeated = path_of(data, columns_of(np.repeat(design.matrix, 4, axis=1)))
    assert repeated.degrees_of_freedom.max() <= 30


def test_a_constant_column_stays_out() -> None:
    data, design, _ = drawn(6)
    matrix = design.matrix.copy()
    matrix[:, 0] = 7.3
    assert (path_of(data, columns_of(matrix)).coefficients[:, 0] == 0).all()


def test_a_column_twice_shares_one_effect() -> None:
    data, design, _ = drawn(7)
    twice = columns_of(np.column_stack([design.matrix, design.matrix[:, 0]]))
    single, double = (
        path_of(data, design, count=30),
        path_of(data, twice, lambdas=path_of(data, design, count=30).lambdas),
    )
    np.testing.assert_allclose(single.deviance_ratio, double.deviance_ratio, atol=1e-8)


def test_a_score_that_orders_all_deaths_is_held_by_the_penalty() -> None:
    time = np.arange(1.0, 21.0)
    path = path_of(SurvivalData(time, np.ones(20)), columns_of(-time[:, None]))
    assert path.deviance_ratio[-1] > 0.9 and np.isfinite(path.coefficients).all()


def test_data_that_cannot_answer_say_why() -> None:
    data, design, _ = drawn(8)
    censored = SurvivalData(data.time, np.zeros(len(data)))
    assert lasso_cox(censored, design) == NotEstimable(Reason.NO_EVENTS)
    assert lasso_cox(data.rows(np.arange(2)), design.rows(np.arange(2))) == NotEstimable(Reason.TOO_FEW_ROWS)
    constant = columns_of(np.ones((len(data), 3)))
    assert lasso_cox(data, constant) == NotEstimable(Reason.NO_VARIANCE)
    assert path_of(data, constant, lambdas=[0.1]).selected(0) == {}
    last = SurvivalData([1, 2, 3, 4], [0, 0, 0, 1])
    assert lasso_cox(last, columns_of([[1], [2], [3], [4]])) == NotEstimable(Reason.NO_VARIANCE)
    np.testing.assert_array_equal(deviances(censored, np.zeros((len(data), 2))), [0, 0])


def test_bad_input_is_refused_with_its_row() -> None:
    data, design, _ = drawn(9)
    spoilt = design.matrix.copy()
    spoilt[4, 1] = np.nan
    with pytest.raises(DataError) as raised:
        lasso_cox(data, columns_of(spoilt))
    assert (raised.value.fault, raised.value.message.fields["row"]) == (Fault.NOT_FINITE, 5)
    with pytest.raises(DataError) as raised:
        lasso_cox(data, design.rows(np.arange(5)))
    assert raised.value.fault is Fault.LENGTHS_DIFFER
