"""Nomograms against rms, their marks, and a patient's points."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from inference.statistics.design import Numeric, Term, design_of
from inference.statistics.nomogram import Nomogram, axis_values, nomogram
from inference.statistics.nomogram_model import BaselineSurvival, NomogramModel, model_of_cox
from inference.statistics.regression.baseline import BaselineHazard, baseline_hazard
from inference.statistics.regression.cox import CoxFit, fit_cox
from inference.statistics.round_values import round_values
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles


def axes_of(golden: dict[str, Any], terms: list[Term]) -> dict[str, list[float]]:
    return {
        term.name: as_list(golden["variables"][term.name]["axis_value"])
        for term in terms
        if isinstance(term, Numeric)
    }


def assert_axes(drawn: Nomogram, golden: dict[str, Any]) -> None:
    for axis in drawn.axes:
        recorded = golden["variables"][axis.name]
        assert [mark.value for mark in axis.marks] == as_list(recorded["axis_value"])
        points = [mark.points for mark in axis.marks]
        assert_agrees(points, as_list(recorded["points"]), relative=1e-8, absolute=1e-8, what=axis.name)
    scale = golden["lp_from_points"]
    assert_agrees(drawn.lp_at_zero, scale["Intercept"], relative=1e-8, what="lp at 0 points")
    assert_agrees(drawn.points_per_unit, scale["points_per_lp_unit"], relative=1e-8, what="points per unit")


def patients(table: Mapping[str, Any], terms: list[Term], count: int) -> list[dict[str, Any]]:
    def value(term: Term, row: int) -> Any:
        cell = table[term.name][row]
        return float(cell) if isinstance(term, Numeric) else str(cell)

    return [{term.name: value(term, row) for term in terms} for row in range(count)]


def cox_nomogram(oracle: Oracle) -> tuple[Nomogram, CoxFit]:
    golden, terms = oracle.section("nomogram_cox"), oracle.terms()
    data, design = oracle.survival("dev"), design_of(oracle.table("dev"), terms)
    fit = fit_cox(data, design)
    assert isinstance(fit, CoxFit)
    scores = fit.linear_predictor(design.matrix)
    baseline = baseline_hazard(data, scores)
    assert isinstance(baseline, BaselineHazard)
    model = model_of_cox(fit, baseline, as_list(golden["horizons"]))
    assert isinstance(model, NomogramModel)
    drawn = nomogram(model, axes_of(golden, terms), linear_predictors=scores - baseline.centre)
    assert isinstance(drawn, Nomogram)
    return drawn, fit


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_the_nomogram_of_our_own_cox_fit_is_that_of_rms(oracle: Oracle) -> None:
    golden = oracle.section("nomogram_cox")
    drawn, fit = cox_nomogram(oracle)
    assert_axes(drawn, golden)
    assert_agrees(fit.coefficients, list(golden["coef"].values()), relative=1e-8, what="coefficients")
    assert_agrees(-drawn.model.intercept, golden["center"], relative=1e-8, what="centre")
    read = [drawn.points_of(one) for one in patients(oracle.table("dev"), oracle.terms(), 8)]
    for actual, name in (
        ([one.total for one in read], "example_total_points"),
        ([one.linear_predictor for one in read], "example_lp_centred"),
        ([one.outcomes for one in read], "example_surv"),
    ):
        assert_agrees(actual, golden[name], relative=1e-8, absolute=1e-8, what=name)
    assert_agrees(drawn.total_points_axis, golden["total_points_axis"], what="total points axis")


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_survival_is_marked_where_rms_marks_it(oracle: Oracle) -> None:
    """rms inverts S by linear interpolation over 1000 linear predictors; our inverse is exact, and differs
    from R's by that interpolation only: with the same interpolation the numbers are R's.
    """
    golden = oracle.section("nomogram_cox")
    drawn, fit = cox_nomogram(oracle)
    scores = fit.linear_predictor(design_of(oracle.table("dev"), oracle.terms()).matrix)
    covered = round_values(*(float(end(scores)) + drawn.model.intercept for end in (np.min, np.max)))
    grid = np.linspace(covered[0], covered[-1], 1000)
    for place, (axis, recorded) in enumerate(zip(drawn.outcome_axes, golden["fun_axes"], strict=True)):
        values = [float(mark.value) for mark in axis.marks]
        assert_agrees(values, as_list(recorded["fun_value"]), relative=1e-12, what="marks")
        shares = np.array([drawn.model.outcomes(float(lp))[place] for lp in grid])
        interpolated = (
            np.interp(values, shares[::-1], grid[::-1]) - drawn.lp_at_zero
        ) * drawn.points_per_unit
        theirs = as_list(recorded["total_points"])
        assert_agrees(interpolated, theirs, relative=1e-8, what=f"interpolated at {axis.horizon}")
        exact = [mark.points for mark in axis.marks]
        assert_agrees(exact, theirs, absolute=0.01, what=f"exact at {axis.horizon}")


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_a_cox_nomogram_is_drawn_from_plain_coefficients(oracle: Oracle) -> None:
    golden, terms = oracle.section("nomogram_cox"), oracle.terms()
    first = as_list(golden["example_surv"])[0]
    shares = np.asarray(first) ** np.exp(-golden["example_lp_centred"][0])
    survival = BaselineSurvival(tuple(as_list(golden["horizons"])), tuple(map(float, shares)))
    model = NomogramModel(tuple(terms), tuple(golden["coef"].values()), -golden["center"], survival)
    drawn = nomogram(model, axes_of(golden, terms))
    assert isinstance(drawn, Nomogram)
    assert_axes(drawn, golden)
    read = [drawn.points_of(one) for one in patients(oracle.table("dev"), terms, 8)]
    assert_agrees([one.total for one in read], golden["example_total_points"], relative=1e-8, absolute=1e-8)
    assert_agrees([one.outcomes for one in read], golden["example_surv"], absolute=1e-8)


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_a_logistic_nomogram_is_that_of_rms(oracle: Oracle) -> None:
    golden, terms = oracle.section("nomogram_lrm"), oracle.terms()
    intercept, *coefficients = golden["coef"].values()
    drawn = nomogram(NomogramModel(tuple(terms), tuple(coefficients), intercept), axes_of(golden, terms))
    assert isinstance(drawn, Nomogram)
    assert_axes(drawn, golden)
    read = [drawn.points_of(one) for one in patients(oracle.table("dev"), terms, 8)]
    for actual, name in (
        ([one.total for one in read], "example_total_points"),
        ([one.linear_predictor for one in read], "example_lp"),
        ([one.outcomes for one in read], "example_prob"),
    ):
        assert_agrees(actual, golden[name], relative=1e-8, absolute=1e-8, what=name)


@pytest.mark.parametrize(
    ("oracle", "section"),
    [
        pytest.param(*one.values, section, id=f"{one.id}")
        for kind, section in (("survival", "nomogram_cox"), ("binary", "nomogram_lrm"))
        for one in oracles(kind)
    ],
)
def test_axes_from_the_data_are_those_of_rms(oracle: Oracle, section: str) -> None:
    golden, table = oracle.section(section), oracle.table("dev")
    for name, values in axes_of(golden, oracle.terms()).items():
        assert axis_values(table[name]) == tuple(values), name
