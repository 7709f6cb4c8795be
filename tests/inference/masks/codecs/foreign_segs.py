"""Segmentations as another program writes them, for tests: highdicom on the files of a series."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from highdicom import AlgorithmIdentificationSequence
from highdicom.seg import Segmentation, SegmentDescription
from numpy.typing import NDArray
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.sr.codedict import codes
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless


def foreign_seg(
    images: Sequence[Path],
    pixels: NDArray[Any],
    kind: str,
    labels: Sequence[str] = ("Tumour",),
    *,
    syntax: UID = ExplicitVRLittleEndian,
    **options: Any,
) -> pydicom.Dataset:
    """``pixels`` is (slice, row, column) or (slice, row, column, segment) in the order of ``images``."""
    if syntax == RLELossless:
        # GDCM's encoder, the first that highdicom would find, crashes on frames of odd length.
        dataset = foreign_seg(images, pixels, kind, labels, **options)
        dataset.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
        return dataset
    if syntax == JPEG2000Lossless:
        return as_jpeg_2000(foreign_seg(images, pixels, kind, labels, **options))
    sources = [pydicom.dcmread(path) for path in images]
    for source in sources:
        source.AccessionNumber = source.StudyID = source.StudyTime = ""
        source.PositionReferenceIndicator = ""
    described = [
        SegmentDescription(
            segment_number=number,
            segment_label=label,
            segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
            segmented_property_type=codes.SCT.Neoplasm,
            algorithm_type="AUTOMATIC",
            algorithm_identification=AlgorithmIdentificationSequence(
                name="other", family=codes.DCM.ArtificialIntelligence, version="1"
            ),
        )
        for number, label in enumerate(labels, 1)
    ]
    return Segmentation(
        source_images=sources,
        pixel_array=pixels,
        segmentation_type=kind,
        segment_descriptions=described,
        series_instance_uid="2.25.31",
        series_number=7,
        sop_instance_uid="2.25.32",
        instance_number=1,
        manufacturer="Other",
        manufacturer_model_name="Other",
        software_versions="1",
        device_serial_number="1",
        transfer_syntax_uid=syntax,
        **options,
    )


def as_jpeg_2000(dataset: pydicom.Dataset) -> pydicom.Dataset:
    """The same frames as lossless JPEG 2000, encoded by Pillow."""
    shape = (int(dataset.NumberOfFrames), dataset.Rows, dataset.Columns)
    frames = np.frombuffer(dataset.PixelData, f"<u{dataset.BitsAllocated // 8}", int(np.prod(shape)))
    encoded = []
    for frame in frames.reshape(shape):
        stream = BytesIO()
        Image.fromarray(frame).save(stream, "JPEG2000", no_jp2=True, irreversible=False)
        encoded.append(stream.getvalue())
    dataset.PixelData = encapsulate(encoded)
    dataset["PixelData"].VR = "OB"
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    return dataset


def save_with_deflated_frames(dataset: pydicom.Dataset, path: Path) -> Path:
    """Write in Deflated Image Frame Compression (PS3.5 A.4.13), each frame deflated for itself.

    pydicom does not know the syntax yet, so its name is put in afterwards.
    """
    count, pixels = int(dataset.NumberOfFrames), dataset.Rows * dataset.Columns
    frames = [dataset.PixelData[n * pixels : (n + 1) * pixels] for n in range(count)]
    if dataset.BitsAllocated == 1:
        bits = np.unpackbits(np.frombuffer(dataset.PixelData, np.uint8), bitorder="little")
        planes = bits[: count * pixels].reshape(count, pixels)
        frames = [np.packbits(plane, bitorder="little").tobytes() for plane in planes]
    encoded = []
    for frame in frames:
        deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        encoded.append(deflater.compress(frame) + deflater.flush())
    dataset.PixelData = encapsulate(encoded)
    dataset["PixelData"].VR = "OB"
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    content = save(dataset, path).read_bytes()
    path.write_bytes(content.replace(JPEG2000Lossless.encode(), b"1.2.840.10008.1.2.8.1\0", 1))
    return path


def save(dataset: pydicom.Dataset, path: Path) -> Path:
    """Write in the syntax that the meta header names."""
    dataset.save_as(path, enforce_file_format=True)
    return path


def odd_pixels(shape: tuple[int, ...], seed: int = 0) -> NDArray[np.uint8]:
    """Zeros and ones without symmetry; the first and last slices are empty."""
    pixels = (np.random.default_rng(seed).random(shape) < 0.3).astype(np.uint8)
    pixels[0] = pixels[-1] = 0
    return pixels
