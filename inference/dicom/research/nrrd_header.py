"""The header of an NRRD file, with its data attached or in one file beside it.  Runs in the reader process.

Source: teem.sourceforge.net/nrrd/format.html (NRRD0001 to NRRD0005).
"""

from __future__ import annotations

import io
import os
import re
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.headers.image_header import NotAnImageError
from inference.dicom.research.research_image import (
    MOST_VOLUMES,
    ResearchImage,
    check_values,
    checked_affine,
    malformed_where_data_break,
    unpacked,
)
from inference.dicom.sources.media_directory import inside_parts

_ENCODINGS: Final = {
    "raw": "raw", "gzip": "gzip", "gz": "gzip", "bzip2": "bzip2", "bz2": "bzip2",
    "txt": "text", "text": "text", "ascii": "text",
}  # fmt: skip
_COLOURS: Final = {"rgb-color": 3, "3-color": 3, "rgba-color": 4, "4-color": 4}
_SEGMENT_VALUE: Final = re.compile(r"Segment(\d{1,5})_LabelValue")
_LONGEST_LABEL: Final = 64
_LARGEST_TEXT: Final = 256 << 20


def open_nrrd(path: str) -> ResearchImage:
    """Parse the header.

    Raises
    ------
    NotAnImageError
        With the remark to show.
    """
    import nrrd

    with open(path, "rb") as stream:  # noqa: PTH123 - plain strings here
        try:
            with malformed_where_data_break():
                header = nrrd.read_header(stream)
                dtype = np.dtype(nrrd.reader._TYPEMAP_NRRD2NUMPY[header["type"]])
                sizes = [int(n) for n in header["sizes"]]
                skips = [
                    int(_either(header, f"{what} skip", f"{what}skip") or 0) for what in ("line", "byte")
                ]
        except (nrrd.NRRDError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise NotAnImageError("intake.malformed") from error
        begin = stream.tell()
    encoding = _ENCODINGS.get(str(header.get("encoding")).lower())
    if encoding is None:
        raise NotAnImageError("intake.syntax_unsupported", syntax=str(header.get("encoding"))[:64], uid="–")
    if dtype.itemsize > 1:
        order = {"little": "<", "big": ">", "None": None if encoding != "text" else "<"}.get(
            str(header.get("endian"))
        )
        if order is None:
            raise NotAnImageError("intake.malformed")
        dtype = dtype.newbyteorder(order)
    axes = _axes(header, sizes, dtype)
    data_path = path
    named = _either(header, "data file", "datafile")
    if named is not None:
        data_path, begin = _beside(path, named), 0
    place = _Place(data_path, begin, encoding, skips[0], skips[1], axes.dtype, axes.count)
    with malformed_where_data_break():
        affine = _affine(header, axes.first)
    return ResearchImage(
        kind="nrrd",
        affine_ijk=checked_affine(affine),
        shape_ijk=axes.shape,
        dtype=axes.dtype,
        slope=1.0,
        intercept=0.0,
        open_data=place.open,
        volumes=axes.volumes,
        label_names=_label_names(header),
    )


def _label_names(header: dict[str, Any]) -> dict[int, str]:
    """What 3D Slicer's segmentations call their values: ``Segment0_LabelValue``, ``Segment0_Name``."""
    names: dict[int, str] = {}
    for key, value in header.items():
        number = _SEGMENT_VALUE.fullmatch(str(key))
        if number is None or not str(value).isdecimal():
            continue
        name = str(header.get(f"Segment{number[1]}_Name", "")).strip()
        if name and name.isprintable():
            names[int(value)] = name[:_LONGEST_LABEL]
    return names


def _either(header: dict[str, Any], *names: str) -> Any:
    return next((header[name] for name in names if name in header), None)


class _Axes:
    """Which axes are space: all three, after one of colours, or before one of volumes."""

    def __init__(self, shape: tuple[int, int, int], first: int, volumes: int, dtype: np.dtype[Any]) -> None:
        self.shape = shape
        self.first = first
        self.volumes = volumes
        self.dtype = dtype
        self.count = shape[0] * shape[1] * shape[2] * volumes


def _axes(header: dict[str, Any], sizes: list[int], dtype: np.dtype[Any]) -> _Axes:
    kinds = [str(kind).lower() for kind in header.get("kinds", ())]
    first, volumes = 0, 1
    if len(sizes) == 4 and _is_no_space(header, 0) and kinds and sizes[0] == _COLOURS.get(kinds[0]):
        if dtype != np.uint8:
            raise NotAnImageError("intake.values_unsupported", values=f"{sizes[0]} × {dtype}")
        first, dtype = 1, np.dtype([(name, "u1") for name in "RGBA"[: sizes[0]]])
    elif len(sizes) == 4 and _is_no_space(header, 3):
        volumes = sizes[3]
    elif len(sizes) != 3:
        volumes = 0
    if not 1 <= volumes <= MOST_VOLUMES or min(sizes, default=0) < 1:
        rows, columns = (sizes[1], sizes[0]) if len(sizes) > 1 else (0, 0)
        raise NotAnImageError(
            "intake.dimensions_unsupported", rows=rows, columns=columns, frames=sizes[-1] if sizes else 0
        )
    check_values(dtype)
    i, j, k = sizes[first : first + 3]
    return _Axes((i, j, k), first, volumes, dtype)


def _is_no_space(header: dict[str, Any], axis: int) -> bool:
    """True for an axis whose direction is ``none``."""
    directions = header.get("space directions")
    if directions is None or len(directions) <= axis:
        return False
    row = directions[axis]
    return row is None or bool(np.isnan(np.asarray(row, dtype=np.float64)).all())


def _affine(header: dict[str, Any], first: int) -> NDArray[np.float64]:
    """Stored indices to LPS mm."""
    signs = _lps_signs(str(header.get("space", "")))
    directions, origin = header.get("space directions"), header.get("space origin")
    if signs is None or directions is None or origin is None:
        raise NotAnImageError("intake.no_orientation_code")
    rows = [np.asarray(row, dtype=np.float64) for row in list(directions)[first : first + 3]]
    if [row.shape for row in rows] != [(3,)] * 3 or np.shape(origin) != (3,):
        raise NotAnImageError("intake.no_orientation_code")
    affine = np.eye(4)
    affine[:3, :3] = np.array(rows).T
    affine[:3, 3] = np.asarray(origin, dtype=np.float64)
    return np.diag((*signs, 1.0)) @ affine


def _lps_signs(space: str) -> tuple[float, float, float] | None:
    """What turns a named space into LPS; None for a space that says nothing about the patient."""
    words = {"l": "left", "r": "right", "p": "posterior", "a": "anterior", "s": "superior", "i": "inferior"}
    name = space.lower().strip().removesuffix("-time")
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


def _beside(path: str, named: object) -> str:
    """The path of a data file in or below the header's folder; lists and patterns of files are refused.

    Raises
    ------
    NotAnImageError
        For a file elsewhere, one that is not there, a link, and anything but one plain name.
    """
    name = str(named).strip()
    parts = inside_parts(name)
    if (
        not parts
        or len(parts) > 8
        or any(part.startswith(".") for part in parts)
        or "%" in name
        or name.split()[0].upper() == "LIST"
    ):
        raise NotAnImageError("intake.detached_header", other=name[:64] or "–")
    folder = os.path.realpath(os.path.dirname(path))  # noqa: PTH120 - plain strings here
    target = os.path.join(folder, *parts)  # noqa: PTH118 - plain strings here
    if os.path.realpath(target) != target or not os.path.isfile(target):  # noqa: PTH113
        raise NotAnImageError("intake.detached_header", other=name[:64])
    return target


class _Place:
    """Where the data lie and how they are packed."""

    def __init__(
        self, path: str, begin: int, encoding: str, lines: int, skip: int, dtype: np.dtype[Any], count: int
    ) -> None:
        if lines < 0 or skip < -1 or (skip < 0 and encoding != "raw"):
            raise NotAnImageError("intake.malformed")
        self._path = path
        self._begin = begin
        self._encoding = encoding
        self._lines = lines
        self._skip = skip
        self._dtype = dtype
        self._count = count

    def open(self) -> BinaryIO:
        """A stream of binary values; lines are skipped before unpacking, bytes after it."""
        stream = open(self._path, "rb")  # noqa: PTH123, SIM115 - plain strings here; closed by the caller
        stream.seek(self._begin)
        for _ in range(self._lines):
            if not stream.readline(1 << 20):
                raise EOFError
        if self._encoding == "text":
            return self._from_text(stream)
        data = unpacked(stream, self._encoding)
        if self._skip < 0:
            data.seek(-self._count * self._dtype.itemsize, io.SEEK_END)
        elif self._skip:
            data.seek(self._skip, io.SEEK_CUR)
        return data

    def _from_text(self, stream: BinaryIO) -> BinaryIO:
        with stream:
            stream.seek(self._skip, io.SEEK_CUR)
            words = stream.read(_LARGEST_TEXT).split()
        if self._dtype.names is not None or len(words) < self._count:
            raise EOFError
        read = np.array(words[: self._count]).astype(np.float64)
        if self._dtype.kind != "f" and not (read == np.rint(read)).all():
            raise ValueError("fractions among whole numbers")
        return io.BytesIO(read.astype(self._dtype).tobytes())
