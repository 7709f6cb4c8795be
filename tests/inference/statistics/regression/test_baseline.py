"""Baseline hazards and individual survival against R, and their plain properties."""

import csv
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.design import design_of
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.regression.baseline import BaselineHazard, baseline_hazard
from inference.statistics.regression.cox import CoxFit, fit_cox
from inference.statistics.regression.partial_likelihood import Ties
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles


def estimated(data: SurvivalData, scores: Floats, ties: Ties = "efron") -> BaselineHazard:
    baseline = baseline_hazard(data, scores, ties=ties)
    assert isinstance(baseline, BaselineHazard), baseline
    return baseline


def of_oracle(oracle: Oracle, ties: Ties = "efron") -> tuple[CoxFit, BaselineHazard]:
    """The Efron fit on the development rows, with either form of hazard."""
    data, design = oracle.survival("dev"), design_of(oracle.table("dev"), oracle.terms())
    fit = fit_cox(data, design)
    assert isinstance(fit, CoxFit)
    return fit, estimated(data, fit.linear_predictor(design.matrix), ties)


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_the_cumulative_hazard_of_the_reference_is_that_of_r(oracle: Oracle) -> None:
    golden = oracle.section("cox")["baseline_cumhaz_efron"]
    _, baseline = of_oracle(oracle)
    hazards = baseline.cumulative_hazard([0.0], as_list(golden["time"]))
    assert_agrees(hazards, as_list(golden["H0"]), relative=1e-8, what="H0")


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_survival_at_the_horizons_is_that_of_r(oracle: Oracle, ties: Ties) -> None:
    golden = oracle.section("cox")["surv_pred_first5"]
    fit, baseline = of_oracle(oracle, ties)
    design = design_of(oracle.table("dev"), oracle.terms())
    scores = fit.linear_predictor(design.matrix[: len(golden[f"{ties}_hazard"])])
    shares = baseline.survival(scores, as_list(golden["horizons"]))
    assert_agrees(shares, golden[f"{ties}_hazard"], absolute=1e-9, what=ties)


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_survival_of_every_row_at_the_horizons_is_that_of_r(oracle: Oracle) -> None:
    oracle.section("cox")
    fit, baseline = of_oracle(oracle)
    everyone = oracle.table()
    shares = baseline.survival(
        fit.linear_predictor(design_of(everyone, oracle.terms()).matrix), oracle.horizons
    )
    for place in range(len(oracle.horizons)):
        assert_agrees(shares[:, place], everyone[f"S_h{place + 1}"], absolute=1e-9, what=f"horizon {place}")


@pytest.mark.parametrize("split", ["dev", "val"])
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_survival_over_the_grid_is_that_of_r(oracle: Oracle, split: Literal["dev", "val"]) -> None:
    oracle.section("cox")
    with (oracle.folder / f"pred_S_{split}.csv").open(encoding="utf-8", newline="") as stream:
        header, *lines = list(csv.reader(stream))
    rows = [int(line[0]) for line in lines]
    fit, baseline = of_oracle(oracle)
    design = design_of(oracle.table(), oracle.terms()).rows(np.array(rows))
    shares = baseline.survival(fit.linear_predictor(design.matrix), [float(name[1:]) for name in header[1:]])
    assert_agrees(shares, [[float(cell) for cell in line[1:]] for line in lines], absolute=1e-9, what=split)


def _cohort(seed: int, count: int = 30) -> tuple[SurvivalData, Floats]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=count)
    time = np.round(rng.exponential(np.exp(-scores)), 1)
    event = rng.random(count) < 0.6
    event[0] = True
    return SurvivalData(time, event), scores


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_hazards_are_the_plain_sums_over_risk_sets(ties: Ties) -> None:
    data, scores = _cohort(1)
    total, naive = 0.0, []
    times = np.unique(data.time[data.event])
    for time in times:
        dying = data.event & (data.time == time)
        at_risk = np.exp(scores[data.time >= time]).sum()
        for gone in range(dying.sum()):
            share = gone / dying.sum() if ties == "efron" else 0.0
            total += 1 / (at_risk - share * np.exp(scores[dying]).sum())
        naive.append(total)
    hazards = estimated(data, scores, ties).cumulative_hazard([0.0], times)[0]
    assert hazards == pytest.approx(naive, rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-30, 30))
def test_survival_never_rises_and_falls_with_the_score(seed: int, score: float) -> None:
    data, scores = _cohort(seed)
    baseline = estimated(data, scores)
    grid = np.linspace(0, float(data.time.max()) + 1, 50)
    shares = baseline.survival([score, score + 1], grid)
    assert ((shares >= 0) & (shares <= 1)).all()
    assert (np.diff(shares, axis=1) <= 0).all()
    assert (shares[1] <= shares[0]).all()
    assert baseline.curve(score).at(grid) == pytest.approx(shares[0], rel=1e-12, abs=1e-300)


def test_a_curve_steps_at_its_event_and_stays_where_nobody_is_left() -> None:
    baseline = estimated(SurvivalData([1.0, 2.0, 3.0], [1, 1, 0]), np.zeros(3))
    curve = baseline.curve(0.0)
    assert curve.at(0.99) == 1.0
    assert curve.at(1.0) == pytest.approx(np.exp(-1 / 3))
    assert curve.before(2.0) == curve.at(1.0)
    assert curve.at(99.0) == curve.at(2.0)
    assert baseline.last_time == 3.0


def test_scores_however_far_from_zero_give_the_same_survival() -> None:
    data, scores = _cohort(2)
    near, far = estimated(data, scores), estimated(data, scores - 5000)
    expected = near.survival(scores, [0.5, 1.0])
    assert far.survival(scores - 5000, [0.5, 1.0]) == pytest.approx(expected, rel=1e-8)
    assert (near.survival([1e6, -1e6], [0.0, 1.0, 2.0])[:, 1:] == [[0.0, 0.0], [1.0, 1.0]]).all()


def test_data_without_an_answer_say_why() -> None:
    data, scores = _cohort(3)
    assert baseline_hazard(SurvivalData([1.0, 2.0], [0, 0]), [0.0, 1.0]) == NotEstimable(Reason.NO_EVENTS)
    assert baseline_hazard(data, scores * 1e4) == NotEstimable(Reason.TOO_LARGE)
    with pytest.raises(DataError) as caught:
        baseline_hazard(data, scores[1:])
    assert caught.value.fault is Fault.LENGTHS_DIFFER
    with pytest.raises(DataError) as caught:
        estimated(data, scores).survival([np.nan], [1.0])
    assert caught.value.fault is Fault.NOT_FINITE
