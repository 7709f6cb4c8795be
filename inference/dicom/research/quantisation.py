"""Values of research images as int16: exact where integers fit, else in levels whose step is stated.

Runs in the reader process.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.headers.image_header import NotAnImageError
from inference.dicom.records import ImageRecord, PixelLayout, Remark
from inference.dicom.research.research_image import ResearchImage

LEVELS: Final = 65_535
NOT_A_NUMBER_VOXEL: Final = -32_768
_MOST_LABELS: Final = 64
_LARGEST_LABEL: Final = 4096


@dataclass(frozen=True, slots=True)
class Range:
    """What one pass over the values found; ``labels`` counts distinct values of a small integer image."""

    low: float
    high: float
    is_integral: bool
    has_nan: bool
    labels: int | None


@dataclass(frozen=True, slots=True)
class Quantisation:
    """value = voxel × slope + intercept; ``exact_shift`` is set when stored integers are only shifted."""

    slope: float
    intercept: float
    exact_shift: int | None
    step: float


def research_record(image: ResearchImage, size: int, most_slices: int, most_voxels: int) -> ImageRecord:
    """The record of a research image; small-integer label maps are told apart here.

    Raises
    ------
    NotAnImageError
        For label maps, for what is too large, and for what has no number in it.
    """
    slices, rows, columns = image.picture_shape
    if slices > most_slices or image.volumes * slices * rows * columns > most_voxels:
        raise NotAnImageError("intake.too_large")
    values = value_range(image)
    is_constant = values.low == values.high
    is_label_map = values.labels is not None and values.labels <= _MOST_LABELS and not image.is_colour
    if is_label_map and not (is_constant and values.low):
        assert values.labels is not None
        raise NotAnImageError("intake.label_map", labels=max(0, values.labels - 1))
    quantised = quantisation(image, values)
    remarks = list(image.remarks)
    if image.is_colour:
        remarks.append(Remark("intake.colour", {"photometric": "RGB"}))
    if is_constant:
        value = values.low * image.slope + image.intercept
        remarks.append(Remark("intake.constant", {"value": float(f"{value:.6g}")}))
    elif quantised.exact_shift is None:
        remarks.append(Remark("intake.quantised", {"levels": LEVELS, "step": float(f"{quantised.step:.3g}")}))
    if values.has_nan:
        remarks.append(Remark("intake.not_a_number", {}))
    return ImageRecord(
        kind=image.kind,
        pixels=PixelLayout(
            rows=rows,
            columns=columns,
            frames=slices,
            is_native=False,
            offset=0,
            length=size,
            bits_allocated=16,
            bits_stored=16,
            is_signed=True,
            is_big_endian=False,
            step=quantised.step if quantised.exact_shift is None else 0.0,
        ),
        affine=tuple(float(value) for value in image.picture_affine.ravel()),
        slope=quantised.slope,
        intercept=quantised.intercept,
        padding_value=NOT_A_NUMBER_VOXEL if values.has_nan else None,
        volumes=image.volumes,
        remarks=tuple(remarks),
    )


def value_range(image: ResearchImage) -> Range:
    """One pass over the stored values (before slope and intercept)."""
    low, high, integral, nan = math.inf, -math.inf, True, False
    counts: NDArray[np.int64] | None = np.zeros(_LARGEST_LABEL + 1, np.int64)
    for _, plane in image.planes():
        if plane.dtype.kind == "f":
            finite = np.isfinite(plane)
            if not finite.all():
                nan = True
                plane = plane[finite]
                if plane.size == 0:
                    continue
            integral = integral and bool((plane == np.rint(plane)).all())
        low, high = min(low, float(plane.min())), max(high, float(plane.max()))
        if counts is not None and integral and low >= 0 and high <= _LARGEST_LABEL:
            counts += np.bincount(plane.ravel().astype(np.int64), minlength=len(counts))
        else:
            counts = None
    if high < low:
        raise NotAnImageError("intake.malformed")
    labels = None if counts is None or nan else int(np.count_nonzero(counts))
    return Range(low, high, integral, nan, labels)


def quantisation(image: ResearchImage, values: Range) -> Quantisation:
    """Exact where integers fit (shifted if need be), else 65 535 levels over the range."""
    lowest = NOT_A_NUMBER_VOXEL + (1 if values.has_nan else 0)
    if values.is_integral and values.high - values.low <= 32_767 - lowest:
        shift = 0 if lowest <= values.low and values.high <= 32_767 else int(values.low) - lowest
        return Quantisation(image.slope, image.intercept + shift * image.slope, shift, 0.0)
    step = _step(values)
    middle = values.low / 2 + values.high / 2
    return Quantisation(
        step * image.slope, middle * image.slope + image.intercept, None, abs(step * image.slope)
    )


def _step(values: Range) -> float:
    """The size of one level; 1 for a constant image, which needs none."""
    return (values.high - values.low) / (LEVELS - 1) or 1.0


def quantised_planes(image: ResearchImage) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """(slice index, picture as int16), with the rescale that :func:`research_record` states."""
    values = value_range(image)
    quantised = quantisation(image, values)
    step = _step(values)
    middle = values.low / 2 + values.high / 2
    for index, plane in image.planes():
        if quantised.exact_shift is not None and plane.dtype.kind != "f":
            yield index, (plane.astype(np.int64) - quantised.exact_shift).astype(np.int16)
            continue
        stored = plane.astype(np.float64)
        finite = np.isfinite(stored)
        if quantised.exact_shift is not None:
            levels = np.where(finite, stored, 0.0) - quantised.exact_shift
        else:
            levels = np.rint((np.where(finite, stored, middle) - middle) / step)
        yield index, np.where(finite, levels, NOT_A_NUMBER_VOXEL).astype(np.int16)
