"""Reading and writing a safetensors file: a length, a JSON header, then nothing but numbers.

Written out rather than taken from the package of that name, which the environment lacks: the format is one
page, and a reader that checks every promise of it is shorter than a dependency.  Nothing of the file is
executed.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never

import numpy as np
from numpy.typing import NDArray

from inference.errors import InputError
from inference.storage import write_atomically

LENGTH_BYTES = 8
LARGEST_HEADER_BYTES = 16 * 2**20
"""A header of Inception-ResNet-v2 takes a tenth of a mebibyte; the format itself allows 100 MB."""

LARGEST_FILE_BYTES = 2 * 2**30
METADATA = "__metadata__"
ALIGNMENT_BYTES = 8
DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U8": "|u1",
    "BOOL": "|b1",
}
"""The format's types as NumPy reads them; bfloat16 is widened to float32 afterwards."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def read_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """All tensors of a file by name, in the file's order of names; errors as :func:`read_with_metadata`."""
    return read_with_metadata(path)[0]


def read_with_metadata(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """All tensors of a file by name, in the file's order of names, and the texts that it carries.

    Raises
    ------
    InputError
        When the file cannot be read, is too large, or breaks a rule of the format: types, sizes, offsets that
        leave no gap and do not overlap, names that are unique.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            _refuse(path, "weights.file.too_large")
        content = path.read_bytes()
    except OSError as error:
        raise InputError("error.weights.unreadable", file=path.name) from error
    if len(content) < LENGTH_BYTES:
        _refuse(path, "weights.file.truncated")
    (header_bytes,) = struct.unpack("<Q", content[:LENGTH_BYTES])
    if header_bytes > LARGEST_HEADER_BYTES:
        _refuse(path, "weights.file.header_too_large")
    if header_bytes > len(content) - LENGTH_BYTES:
        _refuse(path, "weights.file.truncated")
    values = memoryview(content)[LENGTH_BYTES + header_bytes :]
    entries, metadata = _entries(path, content[LENGTH_BYTES : LENGTH_BYTES + header_bytes])
    _check_cover(path, entries, len(values))
    return {entry.name: _array(entry, values) for entry in entries}, metadata


def write_safetensors(path: Path, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Write tensors under their names, the same bytes for the same tensors.

    Raises
    ------
    ValueError
        For a type of number that the format lacks.
    StorageError
        When the file cannot be written.
    """
    write_atomically(path, safetensors_bytes(tensors, {"format": "pt"}))


def safetensors_bytes(tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> bytes:
    """The file of ``tensors`` with the texts ``metadata``.

    Raises
    ------
    ValueError
        For a type of number that the format lacks.
    """
    kinds = {np.dtype(kind): name for name, kind in DTYPES.items() if name != "BF16"}
    members: dict[str, Any] = {METADATA: dict(metadata)}
    parts: list[bytes] = []
    begin = 0
    for name, array in tensors.items():
        if array.dtype not in kinds:
            raise ValueError(f"{name} has numbers of type {array.dtype}")
        parts.append(array.tobytes())
        end = begin + len(parts[-1])
        members[name] = {"dtype": kinds[array.dtype], "shape": [*array.shape], "data_offsets": [begin, end]}
        begin = end
    header = json.dumps(members).encode()
    header += b" " * (-len(header) % ALIGNMENT_BYTES)
    return b"".join([struct.pack("<Q", len(header)), header, *parts])


def _refuse(path: Path, reason: str, tensor: str = "") -> Never:
    if tensor:
        raise InputError("error.weights.tensor", file=path.name, tensor=tensor, reason=reason)
    raise InputError("error.weights.file", file=path.name, reason=reason)


def _entries(path: Path, header: bytes) -> tuple[list[_Entry], dict[str, str]]:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError("a name occurs twice")
        return members

    if not header.startswith(b"{"):
        _refuse(path, "weights.file.not_safetensors")
    try:
        document = json.loads(header.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise InputError(
            "error.weights.file", file=path.name, reason="weights.file.not_safetensors"
        ) from error
    metadata = document.pop(METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        _refuse(path, "weights.tensor.malformed", METADATA)
    return [_entry(path, name, declared) for name, declared in document.items()], metadata


def _entry(path: Path, name: str, declared: object) -> _Entry:
    if not isinstance(declared, dict) or set(declared) != {"dtype", "shape", "data_offsets"}:
        _refuse(path, "weights.tensor.malformed", name)
    dtype, shape, offsets = declared["dtype"], declared["shape"], declared["data_offsets"]
    if not _are_sizes(shape) or not _are_sizes(offsets) or len(offsets) != 2:
        _refuse(path, "weights.tensor.malformed", name)
    if not isinstance(dtype, str) or dtype not in DTYPES:
        _refuse(path, "weights.tensor.dtype", name)
    begin, end = offsets
    if end - begin != math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize:
        _refuse(path, "weights.tensor.size", name)
    return _Entry(name, dtype, tuple(shape), begin, end)


def _are_sizes(values: object) -> bool:
    return isinstance(values, list) and all(type(value) is int and value >= 0 for value in values)


def _check_cover(path: Path, entries: list[_Entry], size: int) -> None:
    position = 0
    for entry in sorted(entries, key=lambda entry: (entry.begin, entry.end)):
        if entry.end > size:
            _refuse(path, "weights.file.truncated")
        if entry.begin != position:
            _refuse(path, "weights.tensor.offsets", entry.name)
        position = entry.end
    if position != size:
        _refuse(path, "weights.file.left_over")


def _array(entry: _Entry, values: memoryview) -> NDArray[Any]:
    array = np.frombuffer(values[entry.begin : entry.end], np.dtype(DTYPES[entry.dtype]))
    if entry.dtype == "BF16":
        array = (array.astype(np.uint32) << 16).view(np.float32)
    return array.reshape(entry.shape)
