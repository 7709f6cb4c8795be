"""A table of coefficients by R against a fit of ours."""

from typing import Any

import numpy as np

from inference.statistics.estimate import Estimate
from inference.statistics.regression.cox import CoxFit
from tests.inference.statistics.oracles import as_list, assert_agrees


def assert_fit(fit: Any, golden: dict[str, Any], what: str) -> None:
    """Every number of a table of coefficients; names are joined as R joins them."""
    assert isinstance(fit, CoxFit), f"{what}: {fit}"
    assert list(fit.columns) == as_list(golden["names"])
    ratios = [fit.hazard_ratio(column) for column in fit.columns]
    assert all(isinstance(ratio, Estimate) for ratio in ratios)
    actual = {
        "coef": fit.coefficients,
        "se": fit.standard_errors,
        "z": fit.coefficients / fit.standard_errors,
        "p_wald": [fit.p_value(column) for column in fit.columns],
        "HR": [ratio.value for ratio in ratios],
        "HR_lower": [ratio.lower for ratio in ratios],
        "HR_upper": [ratio.upper for ratio in ratios],
        "loglik_null": fit.log_likelihood_null,
        "loglik": fit.log_likelihood,
        "AIC": fit.aic,
    }
    for name, numbers in actual.items():
        assert_agrees(np.atleast_1d(numbers), as_list(golden[name]), relative=1e-8, what=f"{what} {name}")
    for name, test in (("lr", fit.likelihood_ratio_test), ("wald", fit.wald_test), ("score", fit.score_test)):
        assert test.degrees_of_freedom == golden[name]["df"]
        assert_agrees(test.statistic, golden[name]["stat"], relative=1e-8, what=f"{what} {name}")
        assert_agrees(test.p_value, golden[name]["p"], relative=1e-8, what=f"{what} {name} p")
    assert (fit.count, fit.events) == (golden["n"], golden["events"])
