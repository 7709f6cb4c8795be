from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import DataError, Fault
from inference.statistics.survival.kaplan_meier import kaplan_meier
from inference.statistics.utility.decision_curve import decision_curve, survival_decision_curve
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles


@pytest.mark.parametrize("split", ["dev", "val"])
@pytest.mark.parametrize("oracle", oracles("binary"))
def test_curves_of_classes_are_those_of_dcurves(oracle: Oracle, split: Literal["dev", "val"]) -> None:
    section, data = oracle.section(f"dca_{split}"), oracle.classes("p_full", split)
    curve = decision_curve(data.scores, data.is_positive, section["thresholds"])
    assert_agrees(curve.net_benefit, section["manual_ge"], relative=1e-9, what="net benefit")
    assert_agrees(curve.treat_all, section["all"], relative=1e-9, absolute=1e-13, what="treat all")
    for ours, theirs in zip(curve.net_benefit, as_list(section["dcurves"]), strict=True):
        if theirs is not None:
            assert_agrees(ours, theirs, relative=1e-9, absolute=1e-13, what="dcurves")


@pytest.mark.parametrize("split", ["dev", "val"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_curves_of_survival_are_those_of_dcurves(oracle: Oracle, split: Literal["dev", "val"]) -> None:
    section, table, data = oracle.section(f"dca_surv_{split}"), oracle.table(split), oracle.survival(split)
    thresholds = section["thresholds"]
    for i, horizon in enumerate(oracle.horizons, start=1):
        golden = next(one for one in section.values() if isinstance(one, dict) and one.get("t") == horizon)
        risk = 1 - table[f"S_h{i}"]
        curve = survival_decision_curve(data, risk, horizon, thresholds)
        assert curve.horizon == horizon
        assert_agrees(curve.positive, golden["n_positive_ge"], what="positive")
        assert_agrees(curve.net_benefit, golden["manual_ge"], relative=1e-9, absolute=1e-13, what="ours")
        treat_all = as_list(golden["treat_all"])
        if treat_all:
            assert_agrees(curve.treat_all, treat_all, relative=1e-9, absolute=1e-13, what="treat all")
        if "dcurves_error" in golden:
            continue
        assert_agrees(curve.treat_all, golden["dcurves_all"], relative=1e-9, absolute=1e-13, what="all")
        for j, theirs in enumerate(golden["dcurves_model"]):
            if theirs is not None:
                assert_agrees(curve.net_benefit[j], theirs, relative=1e-9, absolute=1e-13, what="dcurves")
                assert not curve.is_extrapolated[j]
            elif curve.positive[j] and not curve.is_extrapolated[j]:
                positives = data.rows(risk >= thresholds[j])
                assert nothing_is_unknown(positives, horizon)


def nothing_is_unknown(positives: SurvivalData, horizon: float) -> bool:
    """All had the event, or none had anything before the horizon: dcurves has no number, yet it is known."""
    return bool(kaplan_meier(positives).survival[-1] == 0 or positives.time.min() > horizon)


rows_of_classes = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=25
)


@given(rows_of_classes, st.sampled_from([0.0, 0.1, 0.2, 0.45, 0.9]))
@settings(deadline=None)
def test_net_benefit_equals_the_counts_written_out(rows: list[tuple[float, bool]], threshold: float) -> None:
    curve = decision_curve([row[0] for row in rows], [row[1] for row in rows], [threshold])
    true = sum(risk >= threshold and positive for risk, positive in rows)
    false = sum(risk >= threshold and not positive for risk, positive in rows)
    expected = true / len(rows) - false / len(rows) * threshold / (1 - threshold)
    assert curve.net_benefit[0] == pytest.approx(expected, abs=1e-12)
    assert curve.positive[0] == true + false


@given(rows_of_classes, st.sampled_from([0.1, 0.2, 0.45, 0.9]))
@settings(deadline=None)
def test_without_censoring_survival_gives_the_curve_of_classes(
    rows: list[tuple[float, bool]], threshold: float
) -> None:
    risk, event_by_2 = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    data = SurvivalData(np.where(event_by_2, 1.0, 3.0), np.ones(len(rows)))
    of_survival = survival_decision_curve(data, risk, 2.0, [threshold])
    of_classes = decision_curve(risk, event_by_2, [threshold])
    assert of_survival.net_benefit == pytest.approx(of_classes.net_benefit, abs=1e-12)
    assert of_survival.treat_all == pytest.approx(of_classes.treat_all, abs=1e-12)


def test_treating_everybody_at_risk_0_is_treating_all() -> None:
    curve = decision_curve([0.2, 0.6, 0.8], [0, 1, 0], [0.0])
    assert curve.net_benefit.tolist() == pytest.approx([1 / 3])
    assert curve.treat_all.tolist() == pytest.approx([1 / 3])


def test_positives_lost_before_the_horizon_are_marked_and_nobody_positive_is_not() -> None:
    data = SurvivalData(np.array([1.0, 2, 9, 9]), np.array([1, 0, 0, 1]))
    curve = survival_decision_curve(data, [0.8, 0.7, 0.2, 0.1], 5.0, [0.1, 0.5, 0.75, 0.9])
    assert curve.is_extrapolated.tolist() == [False, True, False, False]
    assert curve.net_benefit.tolist() == pytest.approx(
        [0.25 - 0.75 * 0.1 / 0.9, 0.5 * (0.5 - 0.5), 0.25, 0.0]
    )
    assert not curve.treat_all_is_extrapolated


def test_follow_up_of_all_that_ends_before_the_horizon_is_marked() -> None:
    data = SurvivalData(np.array([1.0, 2]), np.array([1, 0]))
    curve = survival_decision_curve(data, [0.5, 0.5], 5.0, [0.2])
    assert curve.treat_all_is_extrapolated
    assert curve.is_extrapolated.all()


def test_no_events_give_harm_alone() -> None:
    data = SurvivalData(np.array([3.0, 4]), np.zeros(2))
    assert survival_decision_curve(data, [0.9, 0.1], 2.0, [0.5]).net_benefit.tolist() == [-0.5]


@pytest.mark.parametrize(
    ("risk", "outcome", "thresholds", "fault"),
    [
        ([0.5, 1.2], [0, 1], [0.5], Fault.NOT_A_PROBABILITY),
        ([0.5, np.nan], [0, 1], [0.5], Fault.NOT_FINITE),
        ([0.5, 0.6], [0, 2], [0.5], Fault.OUT_OF_RANGE),
        ([0.5], [0, 1], [0.5], Fault.LENGTHS_DIFFER),
        ([0.5, 0.6], [0, 1], [1.0], Fault.OUT_OF_RANGE),
        ([0.5, 0.6], [0, 1], [-0.1], Fault.OUT_OF_RANGE),
        ([], [], [0.5], Fault.TOO_FEW_ROWS),
    ],
)
def test_malformed_input_is_refused(risk: list, outcome: list, thresholds: list, fault: Fault) -> None:
    with pytest.raises(DataError) as raised:
        decision_curve(risk, outcome, thresholds)
    assert raised.value.fault is fault


@pytest.mark.parametrize("horizon", [0.0, -1.0, np.inf, np.nan])
def test_a_horizon_that_is_no_time_is_refused(horizon: float) -> None:
    with pytest.raises(DataError):
        survival_decision_curve(SurvivalData(np.array([1.0]), np.ones(1)), [0.5], horizon, [0.5])


def test_one_risk_for_each_patient_is_needed() -> None:
    with pytest.raises(DataError) as raised:
        survival_decision_curve(SurvivalData(np.array([1.0]), np.ones(1)), [0.5, 0.6], 1.0, [0.5])
    assert raised.value.fault is Fault.LENGTHS_DIFFER
