"""The 143 features of Song et al. 2021 as this project counts them: 37 of intensity, 106 of texture.

The paper names the two numbers and four kinds of texture, not the features.  Chosen here, under the names of
the image biomarker standardisation initiative: the 18 intensity statistics, 13 of the histogram and 6 of the
intensity–volume histogram; co-occurrence (25), run length (16), size zone (16), distance zone (16), tone
difference (5) and dependence (17), which makes 95; and Haralick's f1 to f11 two voxels apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.preprocessing.isotropic import isotropic_region
from inference.preprocessing.settings import IsotropicSettings
from inference.volume import Volume
from models.radiomics.aggregation import Aggregation
from models.radiomics.co_occurrence import co_occurrence_features
from models.radiomics.discretisation import Discretisation, FixedBinNumber, discretise
from models.radiomics.intensity import intensity_histogram, intensity_statistics, intensity_volume_histogram
from models.radiomics.neighbourhood import dependence_features, tone_difference_features
from models.radiomics.run_length import run_length_features
from models.radiomics.zones import distance_zone_features, size_zone_features, zones

HISTOGRAM_FEATURES: Final = (
    "mean",
    "variance",
    "skewness",
    "kurtosis",
    "median",
    "quartile_coefficient_of_dispersion",
    "mode",
    "entropy",
    "uniformity",
    "maximum_gradient",
    "maximum_gradient_level",
    "minimum_gradient",
    "minimum_gradient_level",
)

GREY_LEVELS: Final = FixedBinNumber(32)
"""How grey levels are made where nothing else is said; the paper does not say."""

HARALICK_FEATURES: Final = (
    "angular_second_moment",
    "contrast",
    "correlation",
    "joint_variance",
    "inverse_difference_moment",
    "sum_average",
    "sum_variance",
    "sum_entropy",
    "joint_entropy",
    "difference_variance",
    "difference_entropy",
)
"""f1 to f11 of Haralick, Shanmugam and Dinstein, IEEE Trans Syst Man Cybern 1973; SMC-3: 610–621."""


@dataclass(frozen=True, slots=True)
class PanelSettings:
    """What the paper leaves open.

    Attributes
    ----------
    discretisation : of grey levels for histogram and texture.
    aggregation : of slices and directions.
    volume_histogram_step : step of the intensity–volume histogram in the unit of the image (1 HU for CT).
    far_distance_voxels : of the second co-occurrence matrix.
    """

    discretisation: Discretisation = GREY_LEVELS
    aggregation: Aggregation = "3d_averaged"
    volume_histogram_step: float = 1.0
    far_distance_voxels: int = 2


def radiomics_panel(
    array: NDArray[np.floating], mask: NDArray[np.bool_], settings: PanelSettings | None = None
) -> dict[str, float]:
    """The features of one region by name, always the same names in the same order.

    Parameters
    ----------
    array : (slice, row, column), resampled to equal spacing and windowed.
    mask : Boolean, of the same shape; the region.

    Raises
    ------
    ValueError
        When the mask is empty or of another shape, or a value of the region is not finite.
    """
    settings = settings or PanelSettings()
    if mask.shape != array.shape or mask.ndim != 3:
        raise ValueError("array and mask must have the same three axes")
    if not mask.any():
        raise ValueError("the mask is empty")
    values = array[mask].astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError("a value of the region is not finite")
    aggregation = settings.aggregation
    levels = discretise(array.astype(np.float64), mask, settings.discretisation)
    histogram = intensity_histogram(levels[levels > 0])
    found = zones(levels, aggregation)
    far = co_occurrence_features(levels, aggregation, settings.far_distance_voxels)
    families = {
        "statistics": intensity_statistics(values),
        "histogram": {name: histogram[name] for name in HISTOGRAM_FEATURES},
        "ivh": intensity_volume_histogram(values, settings.volume_histogram_step),
        "glcm": co_occurrence_features(levels, aggregation),
        "glrlm": run_length_features(levels, aggregation),
        "glszm": size_zone_features(found),
        "gldzm": distance_zone_features(found),
        "ngtdm": tone_difference_features(levels, aggregation),
        "ngldm": dependence_features(levels, aggregation),
        "glcm_far": {name: far[name] for name in HARALICK_FEATURES},
    }
    return {
        f"{family}.{name}": value for family, features in families.items() for name, value in features.items()
    }


def volume_panel(
    volume: Volume,
    mask: NDArray[np.bool_],
    preprocessing: IsotropicSettings,
    settings: PanelSettings | None = None,
) -> dict[str, float]:
    """The features of a region of a scan, windowed and resampled as the board does it.

    ``mask`` is Boolean, on the volume's grid.
    """
    region = isotropic_region(volume, mask, preprocessing)
    return radiomics_panel(region.array, region.mask, settings)
