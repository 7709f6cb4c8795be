"""Every feature against the initiative's benchmark, which many teams agreed on."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from models.radiomics.aggregation import Aggregation
from models.radiomics.co_occurrence import co_occurrence_features
from models.radiomics.intensity import intensity_histogram, intensity_statistics, intensity_volume_histogram
from models.radiomics.neighbourhood import dependence_features, tone_difference_features
from models.radiomics.run_length import run_length_features
from models.radiomics.zones import distance_zone_features, size_zone_features, zones

LEVELS = np.array(
    [
        [[1, 4, 4, 1, 1], [1, 4, 6, 1, 1], [4, 1, 6, 4, 1], [4, 4, 6, 4, 1]],
        [[1, 4, 4, 1, 1], [1, 1, 6, 1, 1], [0, 1, 3, 1, 1], [4, 4, 6, 1, 1]],
        [[1, 4, 4, 0, 0], [1, 1, 1, 1, 1], [1, 1, 0, 1, 1], [1, 1, 6, 1, 1]],
        [[1, 4, 4, 0, 0], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 6, 1, 1]],
    ]
)
"""The digital phantom (slice, row, column); 0 lies outside the region.

Source: Zwanenburg et al., Radiology 2020; 295: 328–338; manual, arXiv:1612.07003, chapters 3 and 5.
"""

WITHOUT_DIRECTIONS: dict[str, Aggregation] = {"2d": "2d_averaged", "2.5d": "2.5d_merged", "3d": "3d_merged"}


def _published(aggregation: str) -> dict[str, str]:
    """Features by name with the value as printed, to three significant digits."""
    with Path(__file__).with_name("digital_phantom.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["aggregation"] == aggregation]
    return {row["feature"]: row["value"] for row in rows}


def _disagreeing(found: dict[str, float], aggregation: str) -> dict[str, tuple[float, str]]:
    """Features that do not round to what is printed."""
    published = _published(aggregation)
    assert set(published) == set(found)
    return {
        name: (found[name], published[name]) for name in found if not _rounds(found[name], published[name])
    }


def _rounds(value: float, printed: str) -> bool:
    target = float(printed)
    unit = 10.0 ** (np.floor(np.log10(abs(target))) - 2) if target else 0.01
    return abs(value - target) <= 0.5000001 * unit


def _named(**families: dict[str, float]) -> dict[str, float]:
    return {f"{family}.{name}": value for family, found in families.items() for name, value in found.items()}


def test_intensity_features_of_the_digital_phantom_are_the_published_ones() -> None:
    values = LEVELS[LEVELS > 0]
    found = _named(
        statistics=intensity_statistics(values.astype(np.float64)),
        histogram=intensity_histogram(values),
        ivh=intensity_volume_histogram(values.astype(np.float64), 1.0),
    )
    assert _disagreeing(found, "") == {}


@pytest.mark.parametrize("aggregation", get_args(Aggregation))
def test_directional_features_of_the_digital_phantom_are_the_published_ones(aggregation: Aggregation) -> None:
    found = _named(
        glcm=co_occurrence_features(LEVELS, aggregation), glrlm=run_length_features(LEVELS, aggregation)
    )
    assert _disagreeing(found, aggregation) == {}


@pytest.mark.parametrize("name", WITHOUT_DIRECTIONS)
def test_other_texture_of_the_digital_phantom_is_the_published_one(name: str) -> None:
    aggregation = WITHOUT_DIRECTIONS[name]
    found_zones = zones(LEVELS, aggregation)
    found = _named(
        glszm=size_zone_features(found_zones),
        gldzm=distance_zone_features(found_zones),
        ngtdm=tone_difference_features(LEVELS, aggregation),
        ngldm=dependence_features(LEVELS, aggregation),
    )
    assert _disagreeing(found, name) == {}
