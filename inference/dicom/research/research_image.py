"""NIfTI and NRRD images: header to affine, and a stream of slices.

Runs in the reader process.  Arrays of these formats are stored first index fastest, so a plane of the third
index is contiguous; it becomes the slice, and rows and columns are turned so that the picture stands as a
radiologist expects (columns to Left or Posterior, rows to Posterior or Inferior).
"""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.headers.image_header import NotAnImageError
from inference.dicom.pixels.colour import grey_of_colour
from inference.dicom.records import FileKind, Remark

MOST_VOLUMES: Final = 4096
_NUMERIC: Final = "biuf"
_COLOURS: Final = "RGB"
_BLOCK: Final = 1 << 20
_MOST_BLOCKS_AFTER: Final = 64

# For a slice normal nearest to x, y, z: the LPS axis and sign in which columns and rows should increase.
_COLUMNS_TO: Final = ((1, 1.0), (0, 1.0), (0, 1.0))
_ROWS_TO: Final = ((2, -1.0), (2, -1.0), (1, 1.0))


@contextmanager
def malformed_where_data_break() -> Iterator[None]:
    """Packed data that contradict themselves are malformed; an error of the disc stays one."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise
        raise NotAnImageError("intake.malformed") from error
    except (EOFError, ValueError, zlib.error) as error:
        raise NotAnImageError("intake.malformed") from error


def unpacked(stream: BinaryIO, encoding: str) -> BinaryIO:
    """A stream of what ``raw``, ``gzip`` or ``bzip2`` data hold from where ``stream`` stands."""
    if encoding == "raw":
        return stream
    packed = gzip.GzipFile(fileobj=stream) if encoding == "gzip" else bz2.BZ2File(stream)
    return packed  # type: ignore[return-value]


def _check_the_end(stream: BinaryIO) -> None:
    """Read what follows the data, for the check sum of packed data stands at their end."""
    if isinstance(stream, gzip.GzipFile):
        for _ in range(_MOST_BLOCKS_AFTER):
            if not stream.read(_BLOCK):
                break


def checked_affine(affine: NDArray[np.float64]) -> NDArray[np.float64]:
    """``affine`` itself, when it maps a volume onto a volume."""
    if not np.isfinite(affine).all() or abs(float(np.linalg.det(affine[:3, :3]))) < 1e-12:
        raise NotAnImageError("intake.orientation_invalid")
    return affine


def check_values(dtype: np.dtype[Any]) -> None:
    """Refuse what is neither a grey value nor a colour of three or four bytes."""
    if dtype.names is not None:
        known = dtype.names[:3] == tuple(_COLOURS) and all(dtype[name] == np.uint8 for name in dtype.names)
    else:
        known = dtype.kind in _NUMERIC
    if not known:
        raise NotAnImageError("intake.values_unsupported", values=str(dtype)[:64])


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How stored planes (j, i) become pictures (row, column), and in which order."""

    is_transposed: bool
    flips_rows: bool
    flips_columns: bool
    flips_slices: bool


@dataclass(frozen=True, slots=True, eq=False)
class ResearchImage:
    """A parsed header: the affine of stored indices (i, j, k) to LPS mm, and how to reach the data.

    ``volumes`` counts volumes on one grid, stored one behind the other: time points, or values of a series
    of measurements.  Slices are numbered through all of them.  ``label_names`` is what the header of a label
    map calls its values.
    """

    kind: FileKind
    affine_ijk: NDArray[np.float64]
    shape_ijk: tuple[int, int, int]
    dtype: np.dtype[Any]
    slope: float
    intercept: float
    open_data: Callable[[], BinaryIO]
    remarks: tuple[Remark, ...] = ()
    volumes: int = 1
    label_names: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_colour(self) -> bool:
        """True when a voxel is red, green and blue; planes are then luminance, 0 to 255."""
        return self.dtype.names is not None

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
        with malformed_where_data_break(), self.open_data() as stream:
            for number in range(k * self.volumes):
                block = stream.read(plane_bytes)
                if len(block) < plane_bytes:
                    raise NotAnImageError("intake.malformed")
                plane = self._grey(np.frombuffer(block, self.dtype).reshape(j, i))
                if arrangement.is_transposed:
                    plane = plane.T
                if arrangement.flips_rows:
                    plane = plane[::-1]
                if arrangement.flips_columns:
                    plane = plane[:, ::-1]
                volume, index = divmod(number, k)
                yield volume * k + (k - 1 - index if arrangement.flips_slices else index), plane
            _check_the_end(stream)

    def _grey(self, plane: NDArray[Any]) -> NDArray[Any]:
        if not self.is_colour:
            return plane
        colours = np.stack([plane[name] for name in _COLOURS], axis=-1)
        return grey_of_colour(colours, _COLOURS, 8).astype(np.uint8)
