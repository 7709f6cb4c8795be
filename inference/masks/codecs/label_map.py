"""NIfTI and NRRD label maps: whole numbers on a grid of their own."""

from __future__ import annotations

import numpy as np

from inference.dicom.headers.image_header import NotAnImageError
from inference.dicom.readers.protocol import MaskAnswer, MaskFrame, MaskSegment
from inference.dicom.research.opening import open_research
from inference.dicom.research.research_image import ResearchImage

_LARGEST_LABEL = 65_535
_MOST_SEGMENTS = 1024


def read_label_map(path: str, buffer: memoryview) -> MaskAnswer:
    """Planes of label numbers, upright, in slice order; runs in the reader process."""
    try:
        return _answer(open_research(path), buffer)
    except NotAnImageError as error:
        no_grid = error.remark.code in ("intake.no_orientation_code", "intake.orientation_invalid")
        return MaskAnswer(refused="intake.mask.no_grid" if no_grid else "intake.mask.unreadable")


def _answer(image: ResearchImage, buffer: memoryview) -> MaskAnswer:
    shape = image.picture_shape
    if image.volumes > 1 or image.is_colour:
        return MaskAnswer(refused="intake.mask.not_a_label_map")
    if int(np.prod(shape)) * 2 > len(buffer):
        return MaskAnswer(refused="intake.mask.too_large")
    target = np.frombuffer(buffer, np.uint16, int(np.prod(shape))).reshape(shape)
    seen: set[int] = set()
    for index, stored in image.planes():
        plane = stored * image.slope + image.intercept if image.slope != 1 or image.intercept else stored
        if not np.isfinite(plane).all() or plane.min() < 0 or plane.max() > _LARGEST_LABEL:
            return MaskAnswer(refused="intake.mask.not_a_label_map")
        whole = plane.astype(np.uint16)
        if not np.array_equal(whole, plane):
            return MaskAnswer(refused="intake.mask.not_a_label_map")
        target[index] = whole
        seen.update(np.unique(whole).tolist())
        if len(seen) > _MOST_SEGMENTS:
            return MaskAnswer(refused="intake.mask.not_a_label_map")
    affine = image.picture_affine
    names = image.label_names
    positions = affine[:3, 3] + np.arange(shape[0])[:, None] * affine[:3, 0]
    return MaskAnswer(
        rows=shape[1],
        columns=shape[2],
        slice_step=_vector(affine[:3, 0]),
        row_step=_vector(affine[:3, 1]),
        column_step=_vector(affine[:3, 2]),
        frames=tuple(MaskFrame(0, _vector(position)) for position in positions),
        segments=tuple(MaskSegment(number, names.get(number, "")) for number in sorted(seen - {0})),
        remarks=image.remarks,
    )


def _vector(values: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return x, y, z
