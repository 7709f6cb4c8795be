"""Backward elimination against MASS, and its plain rules."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from inference.statistics.design import Design, Factor, Numeric, design_of
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.regression.cox import CoxFit, fit_cox
from inference.statistics.regression.logistic import fit_logistic
from inference.statistics.regression.stepwise import Selection, select_by_aic
from tests.inference.statistics.cox_tables import assert_fit
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles


@pytest.mark.parametrize("may_return", [False, True], ids=["backward", "both"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_elimination_takes_the_way_of_stepaic(oracle: Oracle, may_return: bool) -> None:
    """``fastbw`` of rms is another algorithm, recorded for information only."""
    golden = oracle.section("step_aic")
    data, design = oracle.survival("dev"), design_of(oracle.table("dev"), oracle.terms())
    selection = select_by_aic(design, lambda chosen: fit_cox(data, chosen), may_return=may_return)
    assert isinstance(selection, Selection)
    if may_return:
        assert set(selection.kept) == set(as_list(golden["stepAIC_both_kept"]))
        return
    assert list(selection.removed) == as_list(golden["removed"])
    assert list(selection.kept) == as_list(golden["kept"])
    assert_agrees(selection.aic_path, as_list(golden["AIC_path"]), relative=1e-8, what="AIC path")
    if golden["final"]:
        assert_fit(selection.fit, golden["final"], "final")


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_elimination_of_a_logistic_model_takes_the_way_of_stepaic(oracle: Oracle) -> None:
    golden, table = oracle.section("step_aic"), oracle.table("dev")
    selection = select_by_aic(
        design_of(table, oracle.terms()), lambda chosen: fit_logistic(table["y"], chosen)
    )
    assert isinstance(selection, Selection)
    assert list(selection.removed) == as_list(golden["removed"])
    assert list(selection.kept) == as_list(golden["kept"])
    assert_agrees(selection.aic_path, as_list(golden["AIC_path"]), relative=1e-8, what="AIC path")
    final = golden["final"]
    assert list(selection.fit.columns) == as_list(final["names"])
    assert_agrees(selection.fit.coefficients, as_list(final["coef"]), relative=1e-8, what="coefficients")
    assert_agrees(selection.fit.standard_errors, as_list(final["se"]), relative=1e-8, what="errors")


@dataclass(frozen=True)
class Told:
    """A fit whose criterion is told by the names of its terms."""

    names: frozenset[str]
    aic: float


def _told(criteria: dict[str, float | None]) -> Callable[[Design], Told | NotEstimable]:
    def fit(design: Design) -> Told | NotEstimable:
        names = "".join(term.name for term in design.terms)
        aic = criteria[names]
        return NotEstimable(Reason.SEPARATION) if aic is None else Told(frozenset(names), aic)

    return fit


THREE = Design(np.zeros((4, 4)), (Numeric("a"), Factor("b", ("0", "1", "2")), Numeric("c")))


def test_a_term_that_left_may_come_back_only_where_told() -> None:
    criteria = {"abc": 9.0, "ab": 8.0, "ac": 7.0, "bc": 6.0, "b": 5.5, "c": 5.0, "": 9.9, "a": 9.9}
    backward = select_by_aic(THREE, _told(criteria))
    both = select_by_aic(THREE, _told(criteria | {"ac": 4.0, "c": 5.0, "bc": 3.9}), may_return=True)
    assert isinstance(backward, Selection)
    assert isinstance(both, Selection)
    assert backward.removed == ("a", "b")
    assert backward.aic_path == (9.0, 6.0, 5.0)
    assert both.kept == ("b", "c")
    returning = select_by_aic(
        THREE,
        _told(criteria | {"ac": 4.0, "bc": 3.9, "c": 3.5, "b": 3.6, "": 3.0, "a": 2.0}),
        may_return=True,
    )
    assert isinstance(returning, Selection)
    assert [(step.term, step.is_removal) for step in returning.steps] == [
        ("a", True),
        ("b", True),
        ("c", True),
        ("a", False),
    ]
    assert returning.kept == ("a",)


def test_an_equal_criterion_removes_nothing_and_an_unestimable_candidate_is_passed_over() -> None:
    equal = {"abc": 9.0, "ab": 9.0, "ac": 9.0, "bc": None}
    selection = select_by_aic(THREE, _told(equal))
    assert isinstance(selection, Selection)
    assert (selection.kept, selection.steps) == (("a", "b", "c"), ())


def test_a_full_model_without_estimate_is_the_answer() -> None:
    assert select_by_aic(THREE, _told({"abc": None})) == NotEstimable(Reason.SEPARATION)


@pytest.mark.parametrize("seed", range(4))
def test_noise_leaves_unless_it_pays_for_itself(seed: int) -> None:
    """The criterion keeps a single column when it gains more than 1 in log likelihood."""
    rng = np.random.default_rng(seed)
    data = SurvivalData(rng.exponential(size=60), rng.random(60) < 0.7)
    noise = Design(rng.normal(size=(60, 1)), (Numeric("noise"),))
    selection = select_by_aic(noise, lambda chosen: fit_cox(data, chosen))
    full = fit_cox(data, noise)
    assert isinstance(selection, Selection)
    assert isinstance(full, CoxFit)
    pays = full.log_likelihood - full.log_likelihood_null > 1
    assert selection.kept == (("noise",) if pays else ())
    assert len(selection.fit.coefficients) == len(selection.kept)
