"""LASSO-logistic against its own definition and against scikit-learn."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from inference.statistics.design import Design
from inference.statistics.penalised.lasso_logistic import lasso_logistic
from inference.statistics.penalised.path import LassoPath
from inference.statistics.reasons import NotEstimable, Reason
from tests.inference.statistics.penalised.problems import columns_of, drawn


def path_of(outcome: Any, design: Design, **options: Any) -> LassoPath:
    path = lasso_logistic(outcome, design, **options)
    assert isinstance(path, LassoPath)
    return path


@given(st.integers(0, 10_000), st.sampled_from([(40, 5), (20, 50)]))
@settings(max_examples=15, deadline=None)
def test_the_conditions_of_the_minimum_hold_along_the_path(seed: int, shape: tuple[int, int]) -> None:
    _, design, outcome = drawn(seed, *shape)
    path = path_of(outcome, design, count=15)
    scale = design.matrix.std(axis=0)
    columns = (design.matrix - design.matrix.mean(axis=0)) / scale
    scores = path.scores(design.matrix)
    for index, strength in enumerate(path.lambdas):
        missing = (expit(scores[:, index]) - outcome) / len(outcome)
        beta, gradient = path.coefficients[index], columns.T @ missing
        kept = beta != 0
        assert abs(missing.sum()) <= 1e-7
        np.testing.assert_allclose(gradient[kept], -strength * np.sign(beta[kept]), atol=1e-7)
        assert np.abs(gradient).max() <= strength + 1e-7


@pytest.mark.parametrize("strength", [0.02, 0.06])
def test_coefficients_are_those_of_scikit_learn(strength: float) -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    _, design, outcome = drawn(1)
    scale = design.matrix.std(axis=0)
    columns = (design.matrix - design.matrix.mean(axis=0)) / scale
    peer = linear_model.LogisticRegression(
        C=1 / (len(outcome) * strength),
        l1_ratio=1.0,
        solver="saga",
        tol=1e-12,
        max_iter=100_000,
        random_state=0,
    ).fit(columns, outcome)
    path = path_of(outcome, columns_of(columns), lambdas=[strength])
    assert 0 < path.degrees_of_freedom[0] < 8
    np.testing.assert_allclose(path.coefficients[0], peer.coef_[0], atol=1e-8)
    np.testing.assert_allclose(path.intercepts[0], peer.intercept_[0], atol=1e-8)


def test_the_first_penalty_leaves_the_prevalence() -> None:
    _, design, outcome = drawn(2)
    path = path_of(outcome, design)
    assert path.degrees_of_freedom[0] == 0 and path.degrees_of_freedom[1] > 0
    assert expit(path.intercepts[0]) == pytest.approx(outcome.mean(), abs=1e-12)
    share = outcome.mean()
    assert path.null_deviance == pytest.approx(
        -2 * len(outcome) * (share * np.log(share) + (1 - share) * np.log(1 - share)), rel=1e-12
    )


def test_a_tiny_penalty_comes_to_the_unpenalised_fit() -> None:
    from inference.statistics.regression.logistic import LogisticFit, fit_logistic

    _, design, outcome = drawn(3)
    fit = fit_logistic(outcome, design)
    assert isinstance(fit, LogisticFit)
    near = path_of(outcome, design, lambdas=[1e-9])
    np.testing.assert_allclose(
        near.scores(design.matrix)[:, 0], fit.linear_predictor(design.matrix), atol=1e-5
    )
    assert near.null_deviance * (1 - near.deviance_ratio[0]) == pytest.approx(fit.deviance, abs=1e-6)


def test_turned_classes_turn_every_sign() -> None:
    _, design, outcome = drawn(4)
    first, second = path_of(outcome, design, count=20), path_of(~outcome, design, count=20)
    np.testing.assert_allclose(first.coefficients, -second.coefficients, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(first.intercepts, -second.intercepts, rtol=1e-6, atol=1e-9)


def test_separated_classes_end_the_path_when_all_is_explained() -> None:
    values = np.array([0, 1, 2, 3, 4, 10, 11, 12, 13.0])
    path = path_of(values > 5, columns_of(values[:, None]))
    assert len(path.lambdas) < 100
    assert path.deviance_ratio[-1] > 0.99 and np.isfinite(path.coefficients).all()


def test_data_that_cannot_answer_say_why() -> None:
    _, design, outcome = drawn(5)
    assert lasso_logistic(np.ones(len(outcome)), design) == NotEstimable(Reason.ONE_CLASS)
    assert lasso_logistic([0, 1], design.rows(np.arange(2))) == NotEstimable(Reason.TOO_FEW_ROWS)
    assert lasso_logistic(outcome, columns_of(np.ones((len(outcome), 2)))) == NotEstimable(Reason.NO_VARIANCE)
