"""Brier score, scaled Brier score and log loss against R, by hand, and against the bootstrap."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.statistics.calibration.brier import brier_score
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import DataError, NotEstimable, Reason
from tests.inference.statistics.oracles import assert_agrees, oracles


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_scores_are_those_of_r(oracle):
    for split in ("dev", "val"):
        section = oracle.golden.get(f"calibration_{split}", {})
        if "brier" not in section:
            continue
        score = brier_score(oracle.classes("p_full", split))
        for name, ours in (
            ("brier", score.brier),
            ("brier_scaled", score.scaled),
            ("log_loss", score.log_loss),
        ):
            value = ours if isinstance(ours, NotEstimable) else ours.value
            assert_agrees(value, section[name], relative=1e-9, what=f"{split} {name}")


def test_by_hand():
    score = brier_score(ClassData([0.8, 0.4, 0.1], [1, 0, 0]))
    assert score.brier.value == pytest.approx((0.04 + 0.16 + 0.01) / 3)
    assert score.scaled.value == pytest.approx(1 - 0.07 / (2 / 9))
    assert score.log_loss.value == pytest.approx(-(math.log(0.8) + math.log(0.6) + math.log(0.9)) / 3)


RISKS = st.lists(st.tuples(st.floats(0.01, 0.99), st.booleans()), min_size=3, max_size=30)


@given(RISKS)
def test_turning_outcome_and_prediction_round_changes_nothing(rows):
    risk, outcome = (np.array(column) for column in zip(*rows, strict=True))
    one, other = brier_score(ClassData(risk, outcome)), brier_score(ClassData(1 - risk, ~outcome))
    assert other.brier.value == pytest.approx(one.brier.value)
    assert other.log_loss.value == pytest.approx(one.log_loss.value)
    assert 0 <= one.brier.lower <= one.brier.value <= one.brier.upper <= 1


def test_errors_are_about_those_of_the_bootstrap():
    rng = np.random.default_rng(1)
    risk = rng.uniform(0.05, 0.6, 200)
    outcome = rng.random(200) < risk
    score = brier_score(ClassData(risk, outcome))
    again = [
        brier_score(ClassData(risk[rows], outcome[rows]))
        for rows in (rng.integers(200, size=200) for _ in range(400))
    ]
    for name in ("brier", "scaled", "log_loss"):
        spread = np.std([getattr(one, name).value for one in again])
        assert getattr(score, name).standard_error == pytest.approx(spread, rel=0.15), name


def test_predicting_the_prevalence_is_worth_nothing():
    assert brier_score(ClassData([0.25] * 4, [0, 1, 0, 0])).scaled.value == pytest.approx(0)


def test_one_class_has_no_scaled_score_and_one_patient_no_interval():
    score = brier_score(ClassData([0.3], [1]))
    assert (score.brier.value, score.brier.interval) == (pytest.approx(0.49), None)
    assert score.scaled == NotEstimable(Reason.ONE_CLASS)


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_a_certain_prediction_has_no_log_loss(certain):
    score = brier_score(ClassData([certain, 0.4, 0.5], [0, 1, 0]))
    assert score.log_loss == NotEstimable(Reason.CERTAIN_PREDICTION)


def test_no_rows_no_score_and_no_probability_no_data():
    assert brier_score(ClassData([], [])) == NotEstimable(Reason.TOO_FEW_ROWS)
    with pytest.raises(DataError):
        brier_score(ClassData([-0.1, 0.4], [0, 1]))
