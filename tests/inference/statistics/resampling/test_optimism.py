"""Harrell's correction against the loop written out, on models that memorise and models that cannot."""

from typing import Any

import numpy as np
import pytest

from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.resampling.bootstrap import Answer
from inference.statistics.resampling.optimism import OptimismCorrection, correct_optimism
from inference.statistics.resampling.patients import Rows

GENERATOR = np.random.default_rng(21)
NOISE = GENERATOR.normal(size=(50, 8))
OUTCOME = GENERATOR.normal(size=50)


def least_squares(rows: Rows) -> np.ndarray:
    return np.linalg.lstsq(NOISE[rows], OUTCOME[rows], rcond=None)[0]


def r_squared(weights: np.ndarray, rows: Rows) -> Answer:
    residual = OUTCOME[rows] - NOISE[rows] @ weights
    return float(1 - residual @ residual / np.sum((OUTCOME[rows] - OUTCOME[rows].mean()) ** 2))


def mean_error(weights: np.ndarray, rows: Rows) -> Answer:
    return float(np.mean((OUTCOME[rows] - NOISE[rows] @ weights) ** 2))


def known(result: OptimismCorrection | NotEstimable) -> OptimismCorrection:
    assert isinstance(result, OptimismCorrection)
    return result


def run(**changes: Any) -> OptimismCorrection | NotEstimable:
    options: dict[str, Any] = {
        "fit": least_squares,
        "measures": {"r2": r_squared},
        "draws": 60,
        "generator": np.random.default_rng(2),
    }
    [only] = correct_optimism(50, **(options | changes)).values()
    return only


def test_it_is_the_loop_written_out() -> None:
    generator = np.random.default_rng(2)
    gaps = []
    for _ in range(60):
        rows = generator.integers(50, size=50)
        weights = np.linalg.lstsq(NOISE[rows], OUTCOME[rows], rcond=None)[0]
        gaps.append(r_squared(weights, rows) - r_squared(weights, np.arange(50)))
    result = known(run())
    assert result.gaps.tolist() == gaps
    assert result.apparent == r_squared(least_squares(np.arange(50)), np.arange(50))
    assert result.corrected == result.apparent - np.mean(gaps)
    assert result.simulation_error == pytest.approx(np.std(gaps, ddof=1) / np.sqrt(60))
    assert (result.draws, result.failed) == (60, 0)


def test_a_fit_of_noise_gives_back_what_mallows_says() -> None:
    result = known(run(measures={"error": mean_error}, draws=200))
    variance = result.apparent * 50 / (50 - 8)
    assert result.optimism == pytest.approx(-2 * 8 * variance / 50, rel=0.3)


def test_a_model_that_learns_nothing_has_no_optimism_to_speak_of() -> None:
    fixed = np.full(8, 0.1)
    result = known(run(fit=lambda rows: fixed, measures={"error": mean_error}, draws=400))
    assert abs(result.optimism) < 3 * result.simulation_error


def test_measures_share_their_resamples() -> None:
    both = correct_optimism(
        50,
        least_squares,
        {"r2": r_squared, "error": mean_error},
        draws=20,
        generator=np.random.default_rng(2),
    )
    assert known(both["r2"]).gaps.tolist() == known(run(draws=20)).gaps.tolist()
    assert known(both["error"]).optimism < 0


def test_copies_of_a_patient_are_drawn_together() -> None:
    seen: list[Rows] = []

    def remembers(rows: Rows) -> np.ndarray:
        seen.append(rows)
        return least_squares(rows)

    run(fit=remembers, patients=[row // 2 for row in range(50)], draws=5)
    assert len(seen) == 6
    assert all((rows[1::2] == rows[::2] + 1).all() for rows in seen)


def test_failed_fits_and_measures_are_counted_with_their_reasons() -> None:
    def fit(rows: Rows) -> np.ndarray | NotEstimable:
        return least_squares(rows) if 0 in rows else NotEstimable(Reason.SEPARATION)

    def measure(weights: np.ndarray, rows: Rows) -> Answer:
        return r_squared(weights, rows) if 1 in rows else NotEstimable(Reason.ONE_CLASS)

    result = known(run(fit=fit, measures={"r2": measure}, draws=200))
    assert {reason for reason, _ in result.failures} == {Reason.SEPARATION, Reason.ONE_CLASS}
    assert result.failed > 60
    assert len(result.gaps) == 200 - result.failed


def test_a_fit_that_fails_on_the_data_corrects_nothing() -> None:
    answer = NotEstimable(Reason.COLLINEAR)
    assert run(fit=lambda rows: answer) is answer


def test_a_measure_that_fails_on_the_data_corrects_nothing() -> None:
    answer = NotEstimable(Reason.ONE_CLASS)
    assert run(measures={"none": lambda weights, rows: answer}) is answer


def test_a_fit_that_fails_on_every_resample_corrects_nothing() -> None:
    def fit(rows: Rows) -> np.ndarray | NotEstimable:
        whole = len(np.unique(rows)) == 50
        return least_squares(rows) if whole else NotEstimable(Reason.DID_NOT_CONVERGE)

    assert run(fit=fit) == NotEstimable(Reason.TOO_FEW_RESAMPLES)


def test_the_seed_decides() -> None:
    assert known(run()).optimism == known(run()).optimism
    assert known(run()).optimism != known(run(generator=np.random.default_rng(3))).optimism
