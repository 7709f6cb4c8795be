"""NIfTI and NRRD images: header to affine, and a stream of slices as int16.

Runs in the reader process.  Arrays of these formats are stored first index fastest, so a plane of the third
index is contiguous; it becomes the slice, and rows and columns are turned so that the picture stands as a
radiologist expects (columns to Left or Posterior, rows to Posterior or Inferior).
"""

from __future__ import annotations

import gzip
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.headers import NotAnImageError
from inference.dicom.records import FileKind, Remark

_FORM_TOLERANCE_MM: Final = 0.1
_NUMERIC: Final = "biuf"

# For a slice normal nearest to x, y, z: the LPS axis and sign in which columns and rows should increase.
_COLUMNS_TO: Final = ((1, 1.0), (0, 1.0), (0, 1.0))
_ROWS_TO: Final = ((2, -1.0), (2, -1.0), (1, 1.0))


def import_parsers() -> None:
    """Import what the formats need; costs up to a second, once."""
    import nibabel.nifti1
    import nibabel.nifti2
    import nrrd

    assert nibabel.nifti1 and nibabel.nifti2 and nrrd


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How stored planes (j, i) become pictures (row, column), and in which order."""

    is_transposed: bool
    flips_rows: bool
    flips_columns: bool
    flips_slices: bool


@dataclass(frozen=True, slots=True, eq=False)
class ResearchImage:
    """A parsed header: the affine of stored indices (i, j, k) to LPS mm, and how to reach the data."""

    kind: FileKind
    affine_ijk: NDArray[np.float64]
    shape_ijk: tuple[int, int, int]
    dtype: np.dtype[Any]
    slope: float
    intercept: float
    open_data: Callable[[], BinaryIO]
    remarks: tuple[Remark, ...] = ()

    @property
    def arrangement(self) -> Arrangement:
        """The turn that makes the picture stand upright, the third index remaining the slice."""
        steps = self.affine_ijk[:3, :3]
        plane = int(np.argmax(np.abs(np.cross(steps[:, 0], steps[:, 1]))))
        (column_axis, column_sign), (row_axis, row_sign) = _COLUMNS_TO[plane], _ROWS_TO[plane]
        unit = steps / np.linalg.norm(steps, axis=0)
        is_transposed = bool(abs(unit[column_axis, 1]) > abs(unit[column_axis, 0]))
        column, row = (1, 0) if is_transposed else (0, 1)
        flips_columns = bool(unit[column_axis, column] * column_sign < 0)
        flips_rows = bool(unit[row_axis, row] * row_sign < 0)
        column_step = steps[:, column] * (-1 if flips_columns else 1)
        row_step = steps[:, row] * (-1 if flips_rows else 1)
        flips_slices = bool(np.cross(column_step, row_step) @ steps[:, 2] < 0)
        return Arrangement(is_transposed, flips_rows, flips_columns, flips_slices)

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(slices, rows, columns) after arranging."""
        i, j, k = self.shape_ijk
        return (k, i, j) if self.arrangement.is_transposed else (k, j, i)

    @property
    def picture_affine(self) -> NDArray[np.float64]:
        """4 × 4, ``(slice, row, column, 1)`` to LPS mm after arranging."""
        arrangement = self.arrangement
        column, row = (1, 0) if arrangement.is_transposed else (0, 1)
        affine = self.affine_ijk[:, [2, row, column, 3]].copy()
        flips = (arrangement.flips_slices, arrangement.flips_rows, arrangement.flips_columns)
        for axis, (flipped, count) in enumerate(zip(flips, self.picture_shape, strict=True)):
            if flipped:
                affine[:3, 3] += affine[:3, axis] * (count - 1)
                affine[:3, axis] *= -1
        return affine

    def planes(self) -> Iterator[tuple[int, NDArray[Any]]]:
        """(slice index, picture) in stored order.

        Raises
        ------
        NotAnImageError
            When the data end early.
        """
        i, j, k = self.shape_ijk
        arrangement = self.arrangement
        plane_bytes = i * j * self.dtype.itemsize
        with self.open_data() as stream:
            for index in range(k):
                try:
                    block = stream.read(plane_bytes)
                except (OSError, EOFError) as error:
                    raise NotAnImageError("intake.malformed") from error
                if len(block) < plane_bytes:
                    raise NotAnImageError("intake.malformed")
                plane = np.frombuffer(block, self.dtype).reshape(j, i)
                if arrangement.is_transposed:
                    plane = plane.T
                if arrangement.flips_rows:
                    plane = plane[::-1]
                if arrangement.flips_columns:
                    plane = plane[:, ::-1]
                yield k - 1 - index if arrangement.flips_slices else index, plane


def open_nifti(path: str) -> ResearchImage:
    """Parse a NIfTI-1 or NIfTI-2 header (``.nii``, ``.nii.gz``)."""
    from nibabel.nifti1 import Nifti1Header
    from nibabel.nifti2 import Nifti2Header
    from nibabel.spatialimages import HeaderDataError

    def opened() -> BinaryIO:
        with open(path, "rb") as probe:  # noqa: PTH123 - bytes, names and descriptors stay plain here
            packed = probe.read(2) == b"\x1f\x8b"
        stream = gzip.open(path, "rb") if packed else open(path, "rb")  # noqa: PTH123, SIM115
        return stream  # type: ignore[return-value]

    try:
        with opened() as stream:
            size_field = stream.read(4)
            is_second = (
                int.from_bytes(size_field, "little") == 540 or int.from_bytes(size_field, "big") == 540
            )
            header_bytes = size_field + stream.read((540 if is_second else 348) - 4)
        header = (Nifti2Header if is_second else Nifti1Header)(header_bytes)  # type: ignore[no-untyped-call]
        dims = [int(n) for n in header["dim"]]
        rank = dims[0]
        shape = [*dims[1 : rank + 1], 1, 1, 1][:3]
        if not 2 <= rank <= 7 or min(shape) < 1 or any(n > 1 for n in dims[4 : rank + 1]):
            raise NotAnImageError(
                "intake.dimensions_unsupported", rows=shape[1], columns=shape[0], frames=max(dims[3:8])
            )
        dtype = header.get_data_dtype()
        qform, qcode = header.get_qform(coded=True)
        sform, scode = header.get_sform(coded=True)
        offset = int(header.get_data_offset())
        slope, intercept = (float(value) for value in (header["scl_slope"], header["scl_inter"]))
    except (HeaderDataError, ValueError, OSError, EOFError, KeyError, TypeError, IndexError) as error:
        raise NotAnImageError("intake.malformed") from error
    if dtype.kind not in _NUMERIC:
        raise NotAnImageError("intake.research_colour", photometric=str(dtype))
    if not scode and not qcode:
        raise NotAnImageError("intake.no_orientation_code")
    remarks: tuple[Remark, ...] = ()
    if scode and qcode:
        last = np.array(shape) - 1
        corners = np.array([[i, j, k, 1] for i in (0, last[0]) for j in (0, last[1]) for k in (0, last[2])])
        apart = float(np.abs((sform - qform) @ corners.T).max())
        if not apart <= _FORM_TOLERANCE_MM:
            remarks = (Remark("intake.form_codes_disagree", {"distance_mm": round(apart, 1)}),)
    ras = np.asarray(sform if scode else qform, dtype=np.float64)
    scaled = math.isfinite(slope) and slope != 0
    return ResearchImage(
        kind="nifti",
        affine_ijk=_checked(np.diag((-1.0, -1.0, 1.0, 1.0)) @ ras),
        shape_ijk=(shape[0], shape[1], shape[2]),
        dtype=dtype,
        slope=slope if scaled else 1.0,
        intercept=intercept if scaled and math.isfinite(intercept) else 0.0,
        open_data=lambda: _at(opened(), offset),
        remarks=remarks,
    )


def open_nrrd(path: str) -> ResearchImage:
    """Parse an NRRD header with attached data, raw or gzip."""
    import nrrd

    with open(path, "rb") as stream:  # noqa: PTH123 - bytes, names and descriptors stay plain here
        try:
            header = nrrd.read_header(stream)
            dtype = np.dtype(nrrd.reader._TYPEMAP_NRRD2NUMPY[header["type"]])
        except (nrrd.NRRDError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise NotAnImageError("intake.malformed") from error
        begin = stream.tell()
    if "data file" in header or "datafile" in header:
        raise NotAnImageError("intake.detached_header")
    skipped = any(int(header.get(name, 0)) for name in ("line skip", "byte skip", "lineskip", "byteskip"))
    encoding = header.get("encoding")
    sizes = [int(n) for n in header.get("sizes", ())]
    if len(sizes) != 3 or min(sizes) < 1 or dtype.kind not in _NUMERIC:
        raise NotAnImageError(
            "intake.dimensions_unsupported", rows=0, columns=0, frames=sizes[-1] if sizes else 0
        )
    if encoding not in ("raw", "gzip", "gz") or skipped:
        raise NotAnImageError("intake.syntax_unsupported", syntax=str(encoding)[:64], uid="–")
    signs = _lps_signs(str(header.get("space", "")))
    directions, origin = header.get("space directions"), header.get("space origin")
    if signs is None or directions is None or origin is None or np.shape(directions) != (3, 3):
        raise NotAnImageError("intake.no_orientation_code")
    affine = np.eye(4)
    affine[:3, :3] = np.asarray(directions, dtype=np.float64).T
    affine[:3, 3] = np.asarray(origin, dtype=np.float64)
    if dtype.itemsize > 1:
        dtype = dtype.newbyteorder(">" if header.get("endian") == "big" else "<")

    def opened() -> BinaryIO:
        raw = open(path, "rb")  # noqa: PTH123, SIM115 - closed by the caller
        raw.seek(begin)
        return raw if encoding == "raw" else gzip.GzipFile(fileobj=raw)  # type: ignore[return-value]

    return ResearchImage(
        kind="nrrd",
        affine_ijk=_checked(np.diag((*signs, 1.0)) @ affine),
        shape_ijk=(sizes[0], sizes[1], sizes[2]),
        dtype=dtype,
        slope=1.0,
        intercept=0.0,
        open_data=opened,
    )


def _lps_signs(space: str) -> tuple[float, float, float] | None:
    """What turns a named space into LPS; None for a space that says nothing about the patient."""
    words = {"l": "left", "r": "right", "p": "posterior", "a": "anterior", "s": "superior", "i": "inferior"}
    name = space.lower()
    letters = [words.get(letter, letter) for letter in name] if len(name) == 3 else name.split("-")
    if len(letters) != 3:
        return None
    pairs = (("left", "right"), ("posterior", "anterior"), ("superior", "inferior"))
    signs = []
    for letter, (positive, negative) in zip(letters, pairs, strict=True):
        if letter not in (positive, negative):
            return None
        signs.append(1.0 if letter == positive else -1.0)
    return signs[0], signs[1], signs[2]


def _checked(affine: NDArray[np.float64]) -> NDArray[np.float64]:
    if not np.isfinite(affine).all() or abs(float(np.linalg.det(affine[:3, :3]))) < 1e-12:
        raise NotAnImageError("intake.orientation_invalid")
    return affine


def _at(stream: BinaryIO, offset: int) -> BinaryIO:
    stream.seek(offset, io.SEEK_SET)
    return stream
