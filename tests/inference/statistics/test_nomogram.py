"""Nomograms against rms, their marks, and a patient's points."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.design import Factor, Numeric, Term, design_of
from inference.statistics.nomogram import Nomogram, axis_values, nomogram
from inference.statistics.nomogram_model import (
    BaselineSurvival,
    NomogramModel,
    model_of_cox,
    model_of_logistic,
)
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.regression.baseline import BaselineHazard, baseline_hazard
from inference.statistics.regression.cox import CoxFit, fit_cox
from inference.statistics.regression.logistic import LogisticFit, fit_logistic
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


@pytest.mark.parametrize("source", ["coefficients", "own fit"])
@pytest.mark.parametrize("oracle", oracles("binary"))
def test_a_logistic_nomogram_is_that_of_rms(oracle: Oracle, source: str) -> None:
    golden, terms = oracle.section("nomogram_lrm"), oracle.terms()
    if source == "own fit":
        table = oracle.table("dev")
        fit = fit_logistic(table["y"], design_of(table, terms))
        assert isinstance(fit, LogisticFit)
        model = model_of_logistic(fit)
    else:
        intercept, *coefficients = golden["coef"].values()
        model = NomogramModel(tuple(terms), tuple(coefficients), intercept)
    drawn = nomogram(model, axes_of(golden, terms))
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


STAGE = Factor("stage", ("I", "II", "III"))
AGE = Numeric("age")
MODEL = NomogramModel((AGE, STAGE), (-0.04, 0.5, 1.0), 0.5)
AGES = (30.0, 50.0, 80.0)


def small(model: NomogramModel = MODEL, **options: Any) -> Nomogram:
    drawn = nomogram(model, {"age": AGES}, **options)
    assert isinstance(drawn, Nomogram)
    return drawn


def test_a_nomogram_worked_by_hand() -> None:
    """Age spans 0.04 × 50 = 2, the widest, so one unit is 50 points; stage spans 1."""
    drawn = small()
    assert [axis.is_factor for axis in drawn.axes] == [False, True]
    assert [(mark.value, mark.points) for mark in drawn.axes[0].marks] == [
        (30.0, pytest.approx(100)),
        (50.0, pytest.approx(60)),
        (80.0, pytest.approx(0)),
    ]
    assert [mark.points for mark in drawn.axes[1].marks] == pytest.approx([0, 25, 50])
    assert (drawn.points_per_unit, drawn.lp_at_zero) == (pytest.approx(50), pytest.approx(0.5 - 3.2))
    assert (drawn.total_points_axis[0], drawn.total_points_axis[-1]) == (0.0, 160.0)
    patient = drawn.points_of({"age": 50, "stage": "II"})
    assert [variable.points for variable in patient.variables] == pytest.approx([60, 25])
    assert patient.total == pytest.approx(85)
    assert patient.linear_predictor == pytest.approx(0.5 - 2.0 + 0.5)
    assert patient.outcomes == pytest.approx([1 / (1 + np.e)])
    assert not patient.is_extrapolated


def test_a_value_outside_its_axis_goes_on_linearly_and_says_so() -> None:
    patient = small().points_of({"age": 90.0, "stage": "III"})
    assert [variable.points for variable in patient.variables] == pytest.approx([-20, 50])
    assert [variable.is_extrapolated for variable in patient.variables] == [True, False]
    assert patient.is_extrapolated
    for end in (30.0, 80.0):
        assert not small().points_of({"age": end, "stage": "I"}).is_extrapolated


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(-3, 3), min_size=3, max_size=3).filter(lambda c: max(map(abs, c)) > 1e-3),
    st.floats(-5, 5),
    st.floats(-20, 150),
    st.sampled_from(STAGE.levels),
    st.booleans(),
)
def test_total_points_foretell_the_outcome(
    coefficients: list[float], intercept: float, age: float, stage: str, is_survival: bool
) -> None:
    coefficients[0] /= 50
    survival = BaselineSurvival((12.0, 36.0), (0.9, 0.6)) if is_survival else None
    drawn = small(NomogramModel((AGE, STAGE), tuple(coefficients), intercept, survival))
    every = [mark.points for axis in drawn.axes for mark in axis.marks]
    assert min(every) == pytest.approx(0, abs=1e-9)
    assert max(every) == pytest.approx(100)
    patient = drawn.points_of({"age": age, "stage": stage})
    read = drawn.lp_at_zero + patient.total / drawn.points_per_unit
    assert patient.linear_predictor == pytest.approx(read, abs=1e-8)
    for place, axis in enumerate(drawn.outcome_axes):
        for mark in axis.marks:
            lp = drawn.lp_at_zero + mark.points / drawn.points_per_unit
            assert drawn.model.outcomes(lp)[place] == pytest.approx(mark.value, rel=1e-9)


def test_the_lower_axes_cover_what_patients_reach_where_they_are_given() -> None:
    drawn = small(linear_predictors=[-1.9, -1.2])
    assert drawn.total_points_axis[-1] == 80.0
    marked = [float(mark.value) for mark in drawn.outcome_axes[0].marks]
    assert 0.12 < min(marked) < max(marked) < 0.25


def test_a_risk_beyond_all_exponentials_is_no_survival() -> None:
    model = NomogramModel((AGE,), (30.0,), 0.0, BaselineSurvival((12.0,), (0.9,)))
    assert model.outcomes(1e4) == (0.0,)
    assert model.outcomes(-1e4) == (1.0,)
    assert isinstance(nomogram(model, {"age": AGES}), Nomogram)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        pytest.param({"age": 50.0, "stage": "IV"}, Fault.UNKNOWN_LEVEL, id="unknown level"),
        pytest.param({"age": np.nan, "stage": "I"}, Fault.NOT_FINITE, id="not a number"),
        pytest.param({"age": "old", "stage": "I"}, Fault.NOT_FINITE, id="a word for a number"),
        pytest.param({"stage": "I"}, Fault.NOT_FINITE, id="missing"),
    ],
)
def test_a_patient_without_a_value_is_refused(values: dict[str, Any], fault: Fault) -> None:
    with pytest.raises(DataError) as caught:
        small().points_of(values)
    assert caught.value.fault is fault


def test_a_model_that_does_not_fit_together_is_refused() -> None:
    for terms, coefficients, intercept, fault in (
        ((AGE, STAGE), (1.0, 2.0), 0.0, Fault.LENGTHS_DIFFER),
        ((AGE,), (np.inf,), 0.0, Fault.NOT_FINITE),
        ((AGE,), (1.0,), np.nan, Fault.NOT_FINITE),
    ):
        with pytest.raises(DataError) as caught:
            NomogramModel(terms, coefficients, intercept)
        assert caught.value.fault is fault
    for shares, fault in (((0.5,), Fault.LENGTHS_DIFFER), ((0.5, 1.0), Fault.NOT_A_PROBABILITY)):
        with pytest.raises(DataError) as caught:
            BaselineSurvival((12.0, 36.0), shares)
        assert caught.value.fault is fault


def test_axes_without_marks_are_refused_and_flat_ones_give_no_nomogram() -> None:
    flat = NomogramModel((AGE, STAGE), (0.0, 0.0, 0.0), 1.0)
    assert nomogram(flat, {"age": AGES}) == NotEstimable(Reason.NO_VARIANCE)
    assert nomogram(NomogramModel((), (), 1.0), {}) == NotEstimable(Reason.NO_VARIANCE)
    for axes, options in (({"age": []}, {}), ({"age": AGES}, {"linear_predictors": []})):
        with pytest.raises(DataError) as caught:
            nomogram(MODEL, axes, **options)
        assert caught.value.fault is Fault.TOO_FEW_ROWS
    with pytest.raises(DataError):
        axis_values([])


def test_horizons_outside_what_was_observed_give_no_model() -> None:
    data = SurvivalData([2.0, 3.0, 4.0, 5.0, 6.0, 7.0], [1, 0, 1, 1, 0, 0])
    design = design_of({"age": [5, 3, 1, 4, 6, 2]}, [AGE])
    fit = fit_cox(data, design)
    assert isinstance(fit, CoxFit)
    baseline = baseline_hazard(data, fit.linear_predictor(design.matrix))
    assert isinstance(baseline, BaselineHazard)
    assert isinstance(model_of_cox(fit, baseline, [2.0, 7.0]), NomogramModel)
    assert model_of_cox(fit, baseline, [3.0, 7.5]) == NotEstimable(Reason.NOBODY_FOLLOWED_TO_HORIZON)
    assert model_of_cox(fit, baseline, [1.9, 3.0]) == NotEstimable(Reason.NO_EVENT_BY_HORIZON)


def test_few_distinct_values_stand_on_the_axis_as_they_are() -> None:
    assert axis_values([1, 0, 0, 1]) == (0.0, 1.0)
    assert axis_values(range(11)) == tuple(map(float, range(11)))
    assert axis_values(np.linspace(0, 1, 30)) == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
