"""Safetensors files as the tests write them, whole or broken."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

TYPES = {"f8": "F64", "f4": "F32", "f2": "F16", "i8": "I64", "i4": "I32", "i2": "I16", "i1": "I8", "u1": "U8"}


def framed(header: bytes, values: bytes) -> bytes:
    """The length, the header, the numbers."""
    return struct.pack("<Q", len(header)) + header + values


def described(tensors: Mapping[str, np.ndarray]) -> tuple[dict[str, Any], bytes]:
    """The header's members and the numbers behind it."""
    members: dict[str, Any] = {}
    parts: list[bytes] = []
    begin = 0
    for name, array in tensors.items():
        content = np.ascontiguousarray(array).tobytes()
        kind = "BOOL" if array.dtype == bool else TYPES[array.dtype.str[1:]]
        end = begin + len(content)
        members[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [begin, end]}
        parts.append(content)
        begin = end
    return members, b"".join(parts)


def safetensors_bytes(tensors: Mapping[str, np.ndarray]) -> bytes:
    """A whole file, its header padded to eight bytes as writers do."""
    members, values = described(tensors)
    header = json.dumps({"__metadata__": {"format": "pt"}, **members}).encode()
    return framed(header + b" " * (-len(header) % 8), values)


def write_weights(path: Path, tensors: Mapping[str, torch.Tensor]) -> Path:
    """A file of torch tensors."""
    path.write_bytes(safetensors_bytes({name: values.detach().numpy() for name, values in tensors.items()}))
    return path
