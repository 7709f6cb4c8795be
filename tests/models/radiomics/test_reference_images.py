"""Two tumours with the values that PyRadiomics gives for them, published with the images."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import nrrd
import numpy as np
import pytest
from numpy.typing import NDArray

from models.radiomics.aggregation import Aggregation
from models.radiomics.co_occurrence import co_occurrence_features
from models.radiomics.discretisation import Discretisation, FixedBinNumber, FixedBinSize, discretise
from models.radiomics.intensity import intensity_histogram, intensity_statistics

FOLDER = "nrrd_image_label_radiomics"
SHIFT = 2000.0
"""Added to the values before energy is taken, as the settings published with the values say."""

CO_OCCURRENCE = {
    "joint_maximum": "MaximumProbability",
    "joint_average": "JointAverage",
    "joint_variance": "SumSquares",
    "joint_entropy": "JointEntropy",
    "difference_average": "DifferenceAverage",
    "difference_variance": "DifferenceVariance",
    "difference_entropy": "DifferenceEntropy",
    "sum_average": "SumAverage",
    "sum_entropy": "SumEntropy",
    "angular_second_moment": "JointEnergy",
    "contrast": "Contrast",
    "inverse_difference": "Id",
    "normalised_inverse_difference": "Idn",
    "inverse_difference_moment": "Idm",
    "normalised_inverse_difference_moment": "Idmn",
    "inverse_variance": "InverseVariance",
    "correlation": "Correlation",
    "autocorrelation": "Autocorrelation",
    "cluster_tendency": "ClusterTendency",
    "cluster_shade": "ClusterShade",
    "cluster_prominence": "ClusterProminence",
    "information_correlation_1": "Imc1",
    "information_correlation_2": "Imc2",
}

STATISTICS = {
    "mean": "Mean",
    "variance": "Variance",
    "skewness": "Skewness",
    "median": "Median",
    "minimum": "Minimum",
    "percentile_10": "10Percentile",
    "percentile_90": "90Percentile",
    "maximum": "Maximum",
    "interquartile_range": "InterquartileRange",
    "range": "Range",
    "mean_absolute_deviation": "MeanAbsoluteDeviation",
    "robust_mean_absolute_deviation": "RobustMeanAbsoluteDeviation",
}


@cache
def _case(folder: Path, name: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    image, _ = nrrd.read(str(folder / f"{name}_image.nrrd"))
    label, _ = nrrd.read(str(folder / f"{name}_label.nrrd"))
    return image.transpose(2, 1, 0).astype(np.float64), label.transpose(2, 1, 0) == 1


def _published(folder: Path, family: str, column: str) -> dict[str, str]:
    with (folder / f"baseline_{family}.csv").open(encoding="utf-8", newline="") as stream:
        return {row["featureName"].split("_")[-1]: row[column] for row in csv.DictReader(stream)}


@pytest.mark.parametrize("name", ["brain1", "breast1"])
def test_statistics_equal_the_published_ones(shared_data: Path, name: str) -> None:
    folder = shared_data / FOLDER
    array, mask = _case(folder, name)
    published = _published(folder, "firstorder", name)
    found = intensity_statistics(array[mask])
    shifted = intensity_statistics(array[mask] + SHIFT)
    levels = discretise(array, mask, FixedBinSize(25.0))
    histogram = intensity_histogram(levels[levels > 0])
    assert {key: found[key] for key in STATISTICS} == pytest.approx(
        {key: float(published[theirs]) for key, theirs in STATISTICS.items()}, rel=1e-10
    )
    assert found["kurtosis"] + 3 == pytest.approx(float(published["Kurtosis"]), rel=1e-10)
    assert shifted["energy"] == pytest.approx(float(published["Energy"]), rel=1e-10)
    assert shifted["root_mean_square"] == pytest.approx(float(published["RootMeanSquared"]), rel=1e-10)
    assert histogram["entropy"] == pytest.approx(float(published["Entropy"]), rel=1e-10)
    assert histogram["uniformity"] == pytest.approx(float(published["Uniformity"]), rel=1e-10)


@pytest.mark.parametrize("name", ["brain1", "breast1"])
@pytest.mark.parametrize(
    ("variant", "discretisation", "aggregation"),
    [
        ("", FixedBinSize(25.0), "3d_averaged"),
        ("_FBN", FixedBinNumber(64), "3d_averaged"),
        ("_2d", FixedBinSize(25.0), "2.5d_direction_merged"),
    ],
    ids=["bin-size", "bin-number", "in-plane"],
)
def test_co_occurrence_equals_the_published_one(
    shared_data: Path, name: str, variant: str, discretisation: Discretisation, aggregation: Aggregation
) -> None:
    folder = shared_data / FOLDER
    array, mask = _case(folder, name)
    published = _published(folder, "glcm", name + variant)
    found = co_occurrence_features(discretise(array, mask, discretisation), aggregation)
    assert {key: found[key] for key in CO_OCCURRENCE} == pytest.approx(
        {key: float(published[theirs]) for key, theirs in CO_OCCURRENCE.items()}, rel=1e-9
    )
