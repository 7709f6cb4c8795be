"""The header of a NIfTI-1 or NIfTI-2 file: ``.nii``, ``.nii.gz`` or ``.hdr``.  Runs in the reader process.

Source: the NIfTI-1 and NIfTI-2 standards (nifti1.h, nifti2.h); coordinates there are RAS mm.
"""

from __future__ import annotations

import io
import math
import os
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.headers.image_header import NotAnImageError
from inference.dicom.records import Remark
from inference.dicom.research.research_image import (
    MOST_VOLUMES,
    ResearchImage,
    check_values,
    checked_affine,
    malformed_where_data_break,
    unpacked,
)
from inference.dicom.research.research_names import PAIR_ENDING, may_be_pair

_FORM_TOLERANCE_MM: Final = 0.1
_FIRST, _SECOND = 348, 540
_SPACE_UNIT: Final = 0x07
_MM_OF_UNIT: Final = {1: 1000.0, 2: 1.0, 3: 0.001}
"""Metres, millimetres and micrometres (nifti1.h, ``xyzt_units``); no unit is taken for millimetres."""
_DATA_ENDINGS: Final = (".img", ".img.gz", ".IMG")
_RAS_TO_LPS: Final = np.diag((-1.0, -1.0, 1.0, 1.0))


def open_nifti(path: str) -> ResearchImage:
    """Parse the header.

    Raises
    ------
    NotAnImageError
        With the remark to show.
    """
    with malformed_where_data_break():
        header = _header(path)
        shape, volumes = _shape(header)
        dtype = header.get_data_dtype()
        check_values(dtype)
        ras, remarks = _affine(header, shape)
        is_pair = may_be_pair(path)
        data = _data_beside(path) if is_pair else path
        offset = int(header["vox_offset"]) if is_pair else int(header.get_data_offset())
        slope, intercept = (float(header[name]) for name in ("scl_slope", "scl_inter"))
    if offset < 0:
        raise NotAnImageError("intake.malformed")
    # Source: nifti1.h, a slope of 0 means that values are not scaled; colours never are.
    scaled = math.isfinite(slope) and slope != 0 and dtype.names is None
    return ResearchImage(
        kind="nifti",
        affine_ijk=checked_affine(_RAS_TO_LPS @ ras),
        shape_ijk=shape,
        dtype=dtype,
        slope=slope if scaled else 1.0,
        intercept=intercept if scaled and math.isfinite(intercept) else 0.0,
        open_data=lambda: _opened(data, offset),
        remarks=remarks,
        volumes=volumes,
    )


def _header(path: str) -> Any:
    from nibabel.nifti1 import Nifti1Header
    from nibabel.nifti2 import Nifti2Header
    from nibabel.spatialimages import HeaderDataError

    with _opened(path, 0) as stream:
        size_field = stream.read(4)
        sizes = {int.from_bytes(size_field, order) for order in ("little", "big")}
        if not sizes & {_FIRST, _SECOND}:
            raise NotAnImageError("intake.malformed")
        is_second = _SECOND in sizes
        content = size_field + stream.read((_SECOND if is_second else _FIRST) - 4)
    if may_be_pair(path) and content[slice(4, 7) if is_second else slice(344, 347)] not in (b"ni1", b"ni2"):
        raise NotAnImageError("intake.no_orientation_code")  # Analyze 7.5 states no place in the patient
    try:
        return (Nifti2Header if is_second else Nifti1Header)(content)  # type: ignore[no-untyped-call]
    except (HeaderDataError, KeyError, TypeError, IndexError) as error:
        raise NotAnImageError("intake.malformed") from error


def is_pair_header(path: str) -> bool:
    """True when a file begins as the header of a NIfTI pair does.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    with open(path, "rb") as stream:  # noqa: PTH123 - plain strings here
        first = stream.read(4)
    return any(int.from_bytes(first, order) in (_FIRST, _SECOND) for order in ("little", "big"))


def _data_beside(path: str) -> str:
    """The path of the data of a pair: a plain file of the same stem in the same folder."""
    stem = path[: -len(PAIR_ENDING)]
    for ending in _DATA_ENDINGS:
        if os.path.isfile(stem + ending) and not os.path.islink(stem + ending):  # noqa: PTH113, PTH114
            return stem + ending
    raise NotAnImageError("intake.detached_header", other=os.path.basename(stem)[:64] + _DATA_ENDINGS[0])  # noqa: PTH119


def _shape(header: Any) -> tuple[tuple[int, int, int], int]:
    """(i, j, k) and the number of volumes."""
    dims = [int(n) for n in header["dim"]]
    rank = dims[0]
    if not 2 <= rank <= 7:
        raise NotAnImageError("intake.malformed")
    i, j, k, volumes, *more = [*dims[1 : rank + 1], 1, 1, 1, 1, 1][:7]
    if min(i, j, k, volumes) < 1 or volumes > MOST_VOLUMES or any(n > 1 for n in more):
        raise NotAnImageError(
            "intake.dimensions_unsupported", rows=max(0, j), columns=max(0, i), frames=max(dims[3:8])
        )
    return (i, j, k), volumes


def _affine(header: Any, shape: tuple[int, int, int]) -> tuple[NDArray[np.float64], tuple[Remark, ...]]:
    """Stored indices to RAS mm: the sform where it has a code, else the qform; compared at the corners."""
    from nibabel.spatialimages import HeaderDataError

    try:
        qform, qcode = header.get_qform(coded=True)
        sform, scode = header.get_sform(coded=True)
    except (HeaderDataError, KeyError, TypeError) as error:
        raise NotAnImageError("intake.malformed") from error
    if not scode and not qcode:
        raise NotAnImageError("intake.no_orientation_code")
    to_mm = np.diag((*[_MM_OF_UNIT.get(int(header["xyzt_units"]) & _SPACE_UNIT, 1.0)] * 3, 1.0))
    remarks: tuple[Remark, ...] = ()
    if scode and qcode:
        ends = [(0, n - 1) for n in shape]
        corners = np.array([[i, j, k, 1] for i in ends[0] for j in ends[1] for k in ends[2]])
        apart = float(np.abs(to_mm @ (sform - qform) @ corners.T).max())
        if not apart <= _FORM_TOLERANCE_MM:
            if not math.isfinite(apart):
                raise NotAnImageError("intake.orientation_invalid")
            remarks = (Remark("intake.form_codes_disagree", {"distance_mm": round(apart, 1)}),)
    return to_mm @ np.asarray(sform if scode else qform, dtype=np.float64), remarks


def _opened(path: str, offset: int) -> BinaryIO:
    stream = open(path, "rb")  # noqa: PTH123, SIM115 - plain strings here; closed by the caller
    is_packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    data = unpacked(stream, "gzip" if is_packed else "raw")
    data.seek(offset, io.SEEK_SET)
    return data
