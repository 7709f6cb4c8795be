"""The cloud of a cohort's embeddings: as many axes as its patients can carry."""

import numpy as np
import pytest

from inference.guard.feature_distance import feature_distance
from inference.packs.study_models import FeatureCloud
from models.packing.reference_data import ReferenceContent

LENGTH = 12


def cloud_of(embeddings):
    data = ReferenceContent()
    data.add_cloud("cloud", embeddings, treatment="ccrt", fold=1, left_out=True)
    (entry,) = data.features
    arrays = (data.arrays[f"cloud/{name}"] for name in ("mean", "covariance", "projection"))
    assert (entry.treatment, entry.fold, entry.left_out, entry.phase) == ("ccrt", 1, True, None)
    return entry, FeatureCloud(None, 1, LENGTH, *arrays, entry.patients)


@pytest.mark.parametrize(
    ("patients", "length", "axes"),
    [(5, LENGTH, 1), (19, LENGTH, 1), (37, LENGTH, 3), (79, LENGTH, 7), (200, LENGTH, 8), (200, 2, 2)],
)
def test_every_axis_needs_ten_patients_and_there_are_eight_at_most(patients, length, axes):
    rng = np.random.default_rng(patients)
    entry, cloud = cloud_of(rng.normal(size=(patients, length)))
    assert (entry.components, entry.patients, entry.length) == (axes, patients, length)
    assert cloud.mean.shape == (axes,) and cloud.covariance.shape == (axes, axes)
    assert cloud.projection.shape == (axes, length)


def test_a_small_cohort_s_further_patients_are_flagged_as_seldom_as_stated():
    """Axes chosen on the patients themselves lie too close to them; few axes keep that small."""
    rng = np.random.default_rng(1)
    trials, flagged = 400, 0
    for _ in range(trials):
        rows = rng.normal(size=(38, LENGTH))
        flagged += feature_distance(rows[-1], cloud_of(rows[:-1])[1]).share_beyond < 0.01
    assert flagged / trials < 0.03
