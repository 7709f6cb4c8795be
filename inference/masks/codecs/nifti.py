"""Masks written as NIfTI label maps."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.errors import InputError, StorageError
from inference.geometry import Geometry
from inference.storage import write_atomically


def encode_label_map(voxels: NDArray[np.generic], geometry: Geometry) -> bytes:
    """A gzipped NIfTI-1 file of ``voxels``, Boolean or whole numbers, (slice, row, column).

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
    return gzip.compress(image.to_bytes(), mtime=0)


def write_label_map(path: Path, voxels: NDArray[np.generic], geometry: Geometry) -> None:
    """Write :func:`encode_label_map` to ``path``, read it back and compare.

    Raises
    ------
    InputError, StorageError
    """
    content = encode_label_map(voxels, geometry)
    write_atomically(path, content)
    if not np.array_equal(_decoded(path.read_bytes()), voxels.astype(np.int64)):
        path.unlink()
        raise StorageError("intake.mask.differs", file=path.name)


def _decoded(content: bytes) -> NDArray[np.int64]:
    """The labels of a file of our own, (slice, row, column)."""
    import nibabel

    image = nibabel.Nifti1Image.from_bytes(gzip.decompress(content))
    labels: NDArray[np.int64] = np.asarray(image.dataobj).astype(np.int64).transpose(2, 1, 0)
    return labels
