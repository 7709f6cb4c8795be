"""Compressed DICOM files made to order for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import UID

from tests.inference.dicom.dicom_files import make_slice, write

RLE = "1.2.840.10008.1.2.5"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_LS_LOSSY = "1.2.840.10008.1.2.4.81"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
JPEG_2000 = "1.2.840.10008.1.2.4.91"
HTJ2K_LOSSLESS_RPCL = "1.2.840.10008.1.2.4.202"


def pixels_of_depth(bits: int, *, signed: bool, rows: int = 40, columns: int = 36) -> NDArray[np.generic]:
    """A picture that uses the whole range of ``bits`` stored bits, smooth enough to compress."""
    ramp = np.linspace(0, (1 << bits) - 1, rows * columns).round().astype(np.int64).reshape(rows, columns)
    ramp[:, ::5] = ramp[:, ::5][::-1]
    values = ramp - (1 << bits - 1) if signed else ramp
    kind = "i" if signed else "u"
    return values.astype(f"{kind}{1 if bits <= 8 else 2}")


def words_of(pixels: NDArray[np.generic], bits: int) -> NDArray[np.generic]:
    """The stored bits alone, as unsigned words."""
    unsigned = pixels.view(f"u{pixels.itemsize}")
    return unsigned & unsigned.dtype.type((1 << bits) - 1)


def describe(dataset: Dataset, pixels: NDArray[np.generic], bits: int) -> None:
    """Size, depth and sign of one grey picture."""
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = pixels.itemsize * 8, bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")


def set_frames(
    dataset: Dataset,
    frames: list[bytes],
    syntax: str,
    *,
    fragments: int = 1,
    table: str = "basic",
) -> None:
    """Encapsulate codestreams; ``table`` is basic, extended or none."""
    if table == "extended":
        dataset.PixelData, offsets, lengths = encapsulate_extended(frames)
        dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = offsets, lengths
    else:
        dataset.PixelData = encapsulate(frames, fragments_per_frame=fragments, has_bot=table == "basic")
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    if len(frames) > 1:
        dataset.NumberOfFrames = len(frames)


def write_compressed(
    path: Path, frames: list[bytes], syntax: str, pixels: NDArray[np.generic], bits: int, **how: object
) -> Path:
    """A file whose frames are these codestreams, described as ``pixels`` are."""
    dataset = make_slice(0)
    describe(dataset, pixels, bits)
    set_frames(dataset, frames, syntax, **how)  # type: ignore[arg-type]
    return write(dataset, path)


def rle_encoded(pixels: NDArray[np.generic]) -> bytes:
    """Runs of literals, high bytes first (PS3.5 annex G)."""
    planes = pixels.view(np.uint8).reshape(*pixels.shape, pixels.itemsize)[..., ::-1]
    segments = []
    for place in range(pixels.itemsize):
        plane = planes[..., place].tobytes()
        parts = [plane[start : start + 128] for start in range(0, len(plane), 128)]
        packed = b"".join(bytes([len(part) - 1]) + part for part in parts)
        segments.append(packed + b"\0" * (len(packed) % 2))
    offsets = [64 + sum(map(len, segments[:place])) for place in range(len(segments))]
    header = np.array([len(segments), *offsets] + [0] * (15 - len(segments)), "<u4").tobytes()
    return header + b"".join(segments)
