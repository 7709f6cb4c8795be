"""Masks written as NIfTI label maps."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.errors import InputError
from inference.geometry import Geometry
from inference.masks.codecs.rereading import write_checked

_GZIP: Final = b"\x1f\x8b"
_SAME_PLACE_MM: Final = 1e-3
"""The header holds single-precision numbers."""


def encode_label_map(voxels: NDArray[np.generic], geometry: Geometry, *, is_packed: bool = True) -> bytes:
    """A NIfTI-1 file of ``voxels``, Boolean or whole numbers, (slice, row, column); gzipped or not.

    Stored as uint8 where labels allow, else uint16, indices (column, row, slice); sform and qform agree
    where the grid is orthogonal, else the sform alone is coded.

    Raises
    ------
    InputError
        When nothing is marked.
    """
    import nibabel

    if not voxels.any():
        raise InputError("intake.mask.nothing_to_write")
    labels = voxels.astype(np.uint8 if int(voxels.max()) < 256 else np.uint16)
    affine = np.diag((-1.0, -1.0, 1.0, 1.0)) @ geometry.affine[:, [2, 1, 0, 3]]
    image = nibabel.Nifti1Image(labels.transpose(2, 1, 0), affine)
    image.set_sform(affine, code="scanner")
    if geometry.is_orthogonal():
        image.set_qform(affine, code="scanner")
    else:
        image.set_qform(None, code=0)
    image.header.set_xyzt_units("mm")
    content: bytes = image.to_bytes()
    return gzip.compress(content, compresslevel=6, mtime=0) if is_packed else content


def write_label_map(path: Path, voxels: NDArray[np.generic], geometry: Geometry) -> None:
    """Write :func:`encode_label_map` to ``path``, read it back with nibabel and compare voxels and places.

    Raises
    ------
    InputError, StorageError
    """
    content = encode_label_map(voxels, geometry, is_packed=path.suffix.lower() == ".gz")
    write_checked(path, content, lambda found: _holds(found, voxels, geometry))


def _holds(content: bytes, voxels: NDArray[np.generic], geometry: Geometry) -> bool:
    """True when nibabel finds the labels where they stand in the patient."""
    import nibabel

    is_packed = content.startswith(_GZIP)
    image = nibabel.Nifti1Image.from_bytes(gzip.decompress(content) if is_packed else content)
    labels = np.asarray(image.dataobj).transpose(2, 1, 0)
    last = np.array(geometry.shape) - 1
    corners = np.array([(i, j, k) for i in (0, last[0]) for j in (0, last[1]) for k in (0, last[2])])
    ras = nibabel.affines.apply_affine(image.affine, corners[:, ::-1])
    apart = np.abs(ras * (-1, -1, 1) - geometry.index_to_lps(corners)).max()
    return bool(np.array_equal(labels, voxels)) and float(apart) <= _SAME_PLACE_MM
