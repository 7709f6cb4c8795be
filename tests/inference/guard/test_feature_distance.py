"""The distance of an embedding from the training cohort, and how often the cohort's own kind is flagged."""

from __future__ import annotations

import numpy as np
import pytest

from inference.findings import Verdict
from inference.guard.feature_distance import NOTED_ONCE_IN, check_distance, feature_distance
from inference.packs.study_models import FeatureCloud


def cloud(patients: int, rows: np.ndarray, projection: np.ndarray | None = None) -> FeatureCloud:
    values = rows if projection is None else rows @ projection.T
    return FeatureCloud(
        "arterial",
        None,
        rows.shape[1],
        values.mean(axis=0),
        np.cov(values, rowvar=False),
        projection,
        patients,
    )


def test_as_many_of_the_own_kind_are_noted_as_is_stated() -> None:
    rng = np.random.default_rng(5)
    trials, patients, axes = 4000, 40, 4
    noted = 0
    for _ in range(trials):
        rows = rng.normal(size=(patients + 1, axes)) @ np.diag([1.0, 2.0, 0.5, 7.0])
        found = feature_distance(rows[-1], cloud(patients, rows[:-1]))
        noted += found.share_beyond < 1 / NOTED_ONCE_IN
    share = noted / trials
    error = (0.01 * 0.99 / trials) ** 0.5
    assert abs(share - 1 / NOTED_ONCE_IN) < 4 * error


def test_the_distance_is_mahalanobis_after_the_projection() -> None:
    rng = np.random.default_rng(6)
    rows = rng.normal(size=(50, 6))
    projection = rng.normal(size=(2, 6))
    own = cloud(50, rows, projection)
    patient = rng.normal(size=6)
    apart = projection @ patient - own.mean
    assert feature_distance(patient, own).squared == pytest.approx(
        float(apart @ np.linalg.solve(own.covariance, apart))
    )


@pytest.mark.parametrize(
    ("away", "verdict"), [(0.0, Verdict.FINE), (3.4, Verdict.NOTE), (30.0, Verdict.REFUSED)]
)
def test_near_is_fine_far_is_noted_and_very_far_refused(away: float, verdict: Verdict) -> None:
    flat = FeatureCloud("arterial", None, 2, np.zeros(2), np.eye(2), None, 1000)
    line = check_distance(np.array([away, 0.0]), flat)
    assert line.verdict is verdict
    assert line.measured.fields == {"distance": f"{away:.2f}"}
    # χ² of two axes: 9.21; a thousand patients lie a little beyond.
    assert line.allowed.fields == {"limit": "3.04", "noted": 100, "patients": 1000}


def test_the_printed_limit_is_where_a_note_begins() -> None:
    rng = np.random.default_rng(7)
    own = cloud(37, rng.normal(size=(37, 8)))
    limit = float(str(check_distance(own.mean, own).allowed.fields["limit"]))
    outwards = np.linalg.cholesky(own.covariance)[:, 0]
    for factor, verdict in ((0.995, Verdict.FINE), (1.005, Verdict.NOTE)):
        assert check_distance(own.mean + factor * limit * outwards, own).verdict is verdict


def test_a_cohort_smaller_than_its_axes_gives_no_law_and_is_noted() -> None:
    few = FeatureCloud("arterial", None, 3, np.zeros(3), np.eye(3), None, 3)
    line = check_distance(np.zeros(3), few)
    assert (line.verdict, line.allowed.fields["limit"]) == (Verdict.NOTE, "–")
