"""The Brier score of survival against pec and riskRegression, a naive twin, and its laws."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.statistics.calibration.survival_brier import SurvivalBrier, integrated_brier, survival_brier
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles, read_table

SPLITS = ("dev", "val")
GRIDS: dict[tuple[str, str], SurvivalBrier] = {}


def on_the_grid(oracle: Oracle, split: str, grid: list[float]) -> SurvivalBrier:
    """Scores of the predictions in ``pred_S_<split>.csv``, whose first column is the row in the table."""
    key = (oracle.name, split)
    if key not in GRIDS:
        predicted = read_table(oracle.folder / f"pred_S_{split}.csv", frozenset())
        rows = predicted["row"].astype(int)
        survival = np.column_stack([column for name, column in predicted.items() if name != "row"])
        GRIDS[key] = survival_brier(oracle.survival().rows(rows), survival, grid)
    return GRIDS[key]


def values(scores: tuple[Estimate | NotEstimable, ...], name: str = "value") -> list[float | None]:
    return [None if isinstance(one, NotEstimable) else getattr(one, name) for one in scores]


def beyond_follow_up(golden: dict[str, Any], scores: tuple[Estimate | NotEstimable, ...]) -> list[bool]:
    """Where G is 0: R's own lines count the lost as nothing there, and we decline."""
    ends = [g == 0 for g in as_list(golden["G_at_grid"])]
    assert all(isinstance(one, NotEstimable) <= end for one, end in zip(scores, ends, strict=True))
    return [isinstance(one, NotEstimable) for one in scores]


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("predicted", "brier_manual"),
        ("predicted", "brier_pec"),
        ("reference", "brier_pec_reference"),
        ("scaled", "R2_ipa"),
    ],
)
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_agrees_with_pec(oracle: Oracle, kind: str, key: str, split: str) -> None:
    golden = oracle.section(f"brier_{split}")
    brier = on_the_grid(oracle, split, golden["grid"])
    declined = beyond_follow_up(golden, brier.predicted)
    pairs = [
        (one, number)
        for one, number, gone in zip(
            values(getattr(brier, kind)), as_list(golden[key]), declined, strict=True
        )
        if not gone and not (number is None and kind != "scaled")
    ]
    assert_agrees([one for one, _ in pairs], [number for _, number in pairs], relative=1e-10, absolute=1e-12)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_integrals_agree_with_pec(oracle: Oracle, split: str) -> None:
    golden = oracle.section(f"brier_{split}")
    grid, ibs = golden["grid"], golden["ibs"]
    brier = on_the_grid(oracle, split, grid)
    known = [number is not None for number in as_list(golden["brier_pec"])]
    if any(
        isinstance(one, NotEstimable) and there for one, there in zip(brier.predicted, known, strict=True)
    ):
        pytest.skip("R integrates beyond follow-up")
    times = [t for t, there in zip(grid, known, strict=True) if there]
    for kind, left, trapezoid, crps in (
        ("predicted", "left_rect", "trapezoid", "m"),
        ("reference", "left_rect_reference", "trapezoid_reference", "Reference"),
    ):
        scores = [one for one, there in zip(getattr(brier, kind), known, strict=True) if there]
        by_trapezoid = integrated_brier(times, scores, rule="trapezoid")
        assert_agrees(getattr(by_trapezoid, "value", None), ibs[trapezoid], relative=1e-10)
        if all(known):
            by_steps = getattr(integrated_brier(times, scores), "value", None)
            assert_agrees(by_steps, ibs[left], relative=1e-10)
            assert_agrees(by_steps, ibs["crps_pec"][crps], relative=1e-10)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("oracle", oracles("survival"))
def test_standard_errors_agree_with_score(oracle: Oracle, split: str) -> None:
    golden = oracle.section(f"auc_t_{split}")["Score"]
    if "error" in golden:
        pytest.skip("R could not compute it either")
    table, data = oracle.table(split), oracle.survival(split)
    survival = np.column_stack([table[f"S_h{place + 1}"] for place in range(len(oracle.horizons))])
    brier = survival_brier(data, survival, oracle.horizons)
    ours = {"Null model": brier.reference, "m": brier.predicted}
    rows = zip(
        *(as_list(golden["brier"][key]) for key in ("model", "times", "Brier", "se", "lower", "upper")),
        strict=True,
    )
    for model, time, *numbers in rows:
        estimate = ours[model][oracle.horizons.index(time)]
        if isinstance(estimate, NotEstimable):
            assert not (data.time > time).any()
            continue
        expected = [estimate.value, estimate.standard_error, estimate.lower, estimate.upper]
        assert_agrees(expected, numbers, relative=1e-10, what=f"{model} {time}")


def drawn(seed: int, n: int = 30) -> tuple[SurvivalData, Floats]:
    """Patients with tied times and about a third censored; someone is followed to 9."""
    generator = np.random.default_rng(seed)
    time = np.append(generator.integers(1, 9, n - 1), 9).astype(float)
    event = np.append(generator.random(n - 1) < 0.65, False)
    return SurvivalData(time, event), generator.random(n)


def jackknife_error(data: SurvivalData, survival: Floats, t: float) -> float:
    """Leave out one patient at a time."""
    n = len(data)
    left_out = [
        values(survival_brier(data.rows(np.arange(n) != i), survival[np.arange(n) != i], [t]).predicted)[0]
        for i in range(n)
    ]
    spread = np.array(left_out, dtype=float)
    return float(np.sqrt((n - 1) / n * np.sum((spread - spread.mean()) ** 2)))


def test_standard_error_is_near_the_jackknife() -> None:
    data, survival = drawn(4, 200)
    estimate = survival_brier(data, survival, [5.0]).predicted[0]
    assert isinstance(estimate, Estimate)
    assert estimate.standard_error == pytest.approx(jackknife_error(data, survival, 5.0), rel=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_without_censoring_it_is_the_mean_squared_error(seed: int) -> None:
    data, survival = drawn(seed)
    seen = SurvivalData(data.time, np.ones(len(data)))
    (estimate,) = survival_brier(seen, survival, [5.0]).predicted
    assert isinstance(estimate, Estimate)
    assert estimate.value == pytest.approx(np.mean((survival - (data.time > 5.0)) ** 2))


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_order_of_patients_does_not_matter(seed: int) -> None:
    data, survival = drawn(seed)
    order = np.random.default_rng(seed).permutation(len(data))
    (one,) = survival_brier(data, survival, [5.0]).predicted
    (other,) = survival_brier(data.rows(order), survival[order], [5.0]).predicted
    assert isinstance(one, Estimate)
    assert isinstance(other, Estimate)
    assert other.value == pytest.approx(one.value)
    assert other.standard_error == pytest.approx(one.standard_error)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_no_constant_prediction_beats_kaplan_meier(seed: int) -> None:
    data, _ = drawn(seed)
    for constant in (0.1, 0.5, 0.9):
        brier = survival_brier(data, np.full(len(data), constant), [5.0])
        best, other = brier.reference[0], brier.predicted[0]
        assert isinstance(best, Estimate)
        assert isinstance(other, Estimate)
        assert best.value <= other.value + 1e-12


@pytest.mark.parametrize(
    ("time", "event", "reason"),
    [
        ([1, 2, 3, 5], [1, 1, 1, 0], Reason.NOBODY_FOLLOWED_TO_HORIZON),
        ([1, 2, 3, 4], [0, 0, 0, 0], Reason.NOBODY_FOLLOWED_TO_HORIZON),
        ([1], [1], Reason.TOO_FEW_ROWS),
        ([], [], Reason.TOO_FEW_ROWS),
    ],
    ids=["last censored at the horizon", "all censored before", "one patient", "nobody"],
)
def test_says_why_there_is_no_score(time: list[float], event: list[int], reason: Reason) -> None:
    brier = survival_brier(SurvivalData(time, event), np.full(len(time), 0.5), [5.0])
    missing = NotEstimable(reason)
    assert (brier.predicted, brier.reference, brier.scaled) == ((missing,), (missing,), (missing,))
    assert integrated_brier([0.0, 5.0], [Estimate(0.1), missing]) == missing


def test_there_is_no_gain_over_a_reference_without_error() -> None:
    data = SurvivalData([3, 4, 6, 7], [1, 1, 0, 1])
    assert survival_brier(data, np.full(4, 0.9), [2.0]).scaled == (NotEstimable(Reason.NO_VARIANCE),)


@pytest.mark.parametrize(
    ("survival", "times", "fault"),
    [
        ([0.1, 1.2, 0.3], [2.0], Fault.NOT_A_PROBABILITY),
        ([0.1, float("nan"), 0.3], [2.0], Fault.NOT_FINITE),
        ([0.1, 0.2], [2.0], Fault.LENGTHS_DIFFER),
        ([0.1, 0.2, 0.3], [2.0, 3.0], Fault.LENGTHS_DIFFER),
    ],
    ids=["above one", "nan", "rows", "columns"],
)
def test_refuses_malformed_predictions(survival: list[float], times: list[float], fault: Fault) -> None:
    with pytest.raises(DataError) as raised:
        survival_brier(SurvivalData([1, 2, 3], [1, 0, 1]), survival, times)
    assert raised.value.fault is fault


@pytest.mark.parametrize("times", [[1.0], [1.0, 1.0], [2.0, 1.0]], ids=["one", "equal", "descending"])
def test_refuses_to_integrate_over_no_length(times: list[float]) -> None:
    with pytest.raises(DataError):
        integrated_brier(times, [Estimate(0.1)] * len(times))
