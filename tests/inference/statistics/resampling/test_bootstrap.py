"""Resampling by patient: seeded, whole patients, nothing dropped in silence."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.statistics.discrimination.concordance import concordance
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import SurvivalData
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from inference.statistics.resampling.bootstrap import Answer, Bootstrap, Statistic, bootstrap
from inference.statistics.resampling.patients import Rows, resample, rows_by_patient

VALUES = np.random.default_rng(8).normal(size=60)


def mean(rows: Rows) -> Answer:
    return float(VALUES[rows % 60].mean())


def known(result: Bootstrap | NotEstimable) -> Bootstrap:
    assert isinstance(result, Bootstrap)
    return result


def interval(estimate: Estimate | NotEstimable) -> tuple[float, float]:
    assert isinstance(estimate, Estimate)
    assert estimate.interval is not None
    return estimate.interval


def run(statistic: Statistic = mean, *, seed: int = 1, **options: Any) -> Bootstrap:
    return known(bootstrap(60, statistic, generator=np.random.default_rng(seed), **options))


def test_the_error_of_a_mean_is_the_one_known() -> None:
    estimate = run(draws=4000).percentile()
    assert isinstance(estimate, Estimate)
    assert estimate.value == VALUES.mean()
    assert estimate.standard_error == pytest.approx(VALUES.std() / math.sqrt(60), rel=0.04)
    assert estimate.method == "bootstrap"


def test_the_same_seed_draws_the_same_patients() -> None:
    assert run(seed=3, draws=20).values.tolist() == run(seed=3, draws=20).values.tolist()
    assert run(seed=3, draws=20).values.tolist() != run(seed=4, draws=20).values.tolist()


def test_every_row_its_own_patient_is_no_patients_at_all() -> None:
    named = run(draws=20, patients=[f"p{row}" for row in range(60)])
    assert named.values.tolist() == run(draws=20).values.tolist()


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=20), st.integers(0, 99))
def test_patients_come_whole_and_as_many_as_there_are(patients: list[str], seed: int) -> None:
    drawn = resample(rows_by_patient(len(patients), patients), np.random.default_rng(seed))
    times_row = Counter(drawn.tolist())
    times_patient = {
        patient: {times_row[row] for row, other in enumerate(patients) if other == patient}
        for patient in set(patients)
    }
    assert all(len(times) == 1 for times in times_patient.values())
    assert sum(min(times) for times in times_patient.values()) == len(set(patients))


def test_copies_of_patients_bring_no_precision() -> None:
    patients = [row % 60 for row in range(240)]
    generator = np.random.default_rng(1)
    whole = known(bootstrap(240, mean, generator=generator, draws=2000, patients=patients)).percentile()
    split = known(bootstrap(240, mean, generator=generator, draws=2000)).percentile()
    assert isinstance(whole, Estimate)
    assert isinstance(split, Estimate)
    assert whole.standard_error is not None
    assert whole.standard_error == pytest.approx(VALUES.std() / math.sqrt(60), rel=0.06)
    assert split.standard_error == pytest.approx(whole.standard_error / 2, rel=0.1)


def test_resamples_without_a_number_are_counted_with_their_reasons() -> None:
    def needs_first_and_last(rows: Rows) -> Answer:
        if 0 not in rows:
            return NotEstimable(Reason.NO_EVENTS)
        return NotEstimable(Reason.ONE_CLASS) if 59 not in rows else mean(rows)

    result = run(needs_first_and_last, draws=400)
    reasons = dict(result.failures)
    assert reasons.keys() == {Reason.NO_EVENTS, Reason.ONE_CLASS}
    assert result.failures[0][1] > result.failures[1][1]
    assert result.failed == sum(reasons.values()) == 400 - len(result.values)
    assert result.draws == 400
    estimate = result.percentile()
    assert isinstance(estimate, Estimate)
    assert estimate.flags == ("failed_resamples",)


def test_what_is_not_estimable_on_the_data_is_not_resampled() -> None:
    answer = NotEstimable(Reason.NO_EVENTS)
    assert bootstrap(60, lambda rows: answer, generator=np.random.default_rng(1)) is answer


def test_limits_are_ordered_values_and_the_basic_ones_their_mirror() -> None:
    result = Bootstrap(10.0, np.arange(39.0), ())
    assert interval(result.percentile()) == pytest.approx((0.0, 38.0), abs=1e-9)
    assert interval(result.basic()) == pytest.approx((-18.0, 20.0), abs=1e-9)
    assert interval(Bootstrap(10.0, np.arange(999.0), ()).percentile()) == pytest.approx((24, 974), abs=1e-9)


def test_limits_beyond_the_values_are_not_made_up() -> None:
    assert Bootstrap(10.0, np.arange(38.0), ()).percentile() == NotEstimable(Reason.TOO_FEW_RESAMPLES)
    assert isinstance(Bootstrap(10.0, np.arange(38.0), ()).basic(level=0.9), Estimate)


def test_values_that_never_move_have_no_interval() -> None:
    estimate = run(lambda rows: 1.0).percentile()
    assert isinstance(estimate, Estimate)
    assert estimate.interval is None
    assert estimate.flags == ("no_width",)


def test_a_statistic_that_is_no_number_is_a_defect() -> None:
    with pytest.raises(ValueError, match="gives a reason"):
        run(lambda rows: math.nan)


@pytest.mark.parametrize(
    ("count", "patients", "fault"),
    [
        pytest.param(0, None, Fault.TOO_FEW_ROWS, id="no-rows"),
        pytest.param(3, ["a", "b"], Fault.LENGTHS_DIFFER, id="short"),
    ],
)
def test_rows_without_patients_are_refused(count: int, patients: list[str] | None, fault: Fault) -> None:
    with pytest.raises(DataError) as refused:
        rows_by_patient(count, patients)
    assert refused.value.fault is fault


def test_c_spreads_over_resamples_as_its_influences_say() -> None:
    generator = np.random.default_rng(11)
    risk = generator.normal(size=150)
    time, censoring = generator.exponential(np.exp(-risk)), generator.exponential(2.0, 150)
    data = SurvivalData(np.minimum(time, censoring), time <= censoring)

    def c(rows: Rows) -> Answer:
        result = concordance(data.rows(rows), risk[rows])
        return result if isinstance(result, NotEstimable) else result.estimate

    resampled = known(bootstrap(150, c, generator=generator, draws=500)).percentile()
    plain = concordance(data, risk)
    assert not isinstance(plain, NotEstimable)
    assert isinstance(resampled, Estimate)
    assert resampled.value == plain.estimate.value
    assert resampled.standard_error == pytest.approx(plain.estimate.standard_error, rel=0.12)
