"""Reading by comparison comes to the same as the long way, whatever differs."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import RLELossless

from inference.dicom.headers import neighbour
from inference.dicom.headers.image_header import NotAnImageError, read_dicom
from inference.dicom.headers.neighbour import NeighbourReader
from inference.dicom.records import ImageRecord, Remark
from tests.inference.dicom.dicom_files import make_slice, write_series

FRAMES = 8192


def the_long_way(content: bytes) -> ImageRecord | Remark:
    try:
        return read_dicom(io.BytesIO(content), len(content), FRAMES)
    except NotAnImageError as error:
        return error.remark


def compared(reader: NeighbourReader, content: bytes) -> ImageRecord | Remark:
    try:
        return reader.read(io.BytesIO(content), len(content), FRAMES)
    except NotAnImageError as error:
        return error.remark


def encoded(dataset: Dataset) -> bytes:
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def scanner_slice(index: int) -> Dataset:
    """A slice as scanners write them: many values change from one to the next."""
    dataset = make_slice(index)
    dataset.AcquisitionTime, dataset.ContentTime = f"1015{index:02d}.5", f"1016{index:02d}"
    dataset.AcquisitionNumber, dataset.XRayTubeCurrent = 1 + index // 4, 200 + 7 * index
    dataset.SliceLocation, dataset.WindowCenter, dataset.WindowWidth = index * 2.5, 40 + index, 400
    dataset.SmallestImagePixelValue = index
    block = dataset.private_block(0x0019, "MADE FOR A TEST", create=True)
    block.add_new(0x01, "DS", str(index / 3)[:12])
    item = Dataset()
    item.ReferencedSOPInstanceUID = "1.2.3"
    dataset.ReferencedImageSequence = [item]
    return dataset


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the long way was gone."""
    calls: list[int] = []

    def counting(stream: io.BytesIO, size: int, most_frames: int) -> ImageRecord:
        calls.append(size)
        return read_dicom(stream, size, most_frames)

    monkeypatch.setattr(neighbour, "read_dicom", counting)
    return calls


def test_the_slices_of_a_series_are_read_by_comparison(counted: list[int]) -> None:
    reader = NeighbourReader()
    for index in range(40):
        content = encoded(scanner_slice(index))
        assert compared(reader, content) == the_long_way(content)
    assert len(counted) <= 3


CHANGES = {
    "patient": lambda dataset: setattr(dataset, "PatientName", "Doe^John"),
    "series": lambda dataset: setattr(dataset, "SeriesInstanceUID", "2.25.99"),
    "orientation": lambda dataset: setattr(dataset, "ImageOrientationPatient", [0, 1, 0, 0, 0, -1]),
    "rows": lambda dataset: setattr(dataset, "Rows", 11),
    "slope": lambda dataset: setattr(dataset, "RescaleSlope", 2),
    "a tag more": lambda dataset: setattr(dataset, "EchoTime", 3),
    "a tag less": lambda dataset: delattr(dataset, "SliceThickness"),
    "no acquisition time": lambda dataset: setattr(dataset, "AcquisitionTime", ""),
    "sequence": lambda dataset: setattr(
        dataset.ReferencedImageSequence[0], "ReferencedSOPInstanceUID", "1.2.4"
    ),
    "padding value": lambda dataset: setattr(dataset, "PixelPaddingValue", -2000),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_else_differs_goes_the_long_way(change: str) -> None:
    reader = NeighbourReader()
    for index in (0, 1, 2, 3):
        compared(reader, encoded(scanner_slice(index)))
    dataset = scanner_slice(4)
    CHANGES[change](dataset)
    content = encoded(dataset)
    assert compared(reader, content) == the_long_way(content)
    after = encoded(scanner_slice(5))
    assert compared(reader, after) == the_long_way(after)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [("ImagePositionPatient", b"x\\1\\2 "), ("SliceLocation", b"1,5 "), ("SliceLocation", b"")],
)
def test_a_value_that_deserves_a_remark_goes_the_long_way(keyword: str, text: bytes) -> None:
    reader = NeighbourReader()
    for index in (0, 1, 2, 3):
        compared(reader, encoded(scanner_slice(index)))
    dataset = scanner_slice(4)
    content = with_raw_value(encoded(dataset), dataset[keyword].tag, text)
    assert compared(reader, content) == the_long_way(content)


def with_raw_value(content: bytes, tag: int, value: bytes) -> bytes:
    """The value of a DS element replaced by bytes that no writer would write."""
    head = (tag >> 16).to_bytes(2, "little") + (tag & 0xFFFF).to_bytes(2, "little") + b"DS"
    at = content.index(head) + len(head)
    length = int.from_bytes(content[at : at + 2], "little")
    return content[:at] + len(value).to_bytes(2, "little") + value + content[at + 2 + length :]


def test_random_damage_is_read_as_the_long_way_reads_it() -> None:
    draw = random.Random(11)
    clean = [encoded(scanner_slice(index)) for index in range(12)]
    header_bytes = len(clean[0]) - 240
    reader = NeighbourReader()
    for round_ in range(1500):
        content = bytearray(clean[round_ % len(clean)])
        if round_ % 3:
            for _ in range(draw.choice((1, 1, 2, 5))):
                content[draw.randrange(128, header_bytes)] = draw.randrange(256)
        if draw.random() < 0.1:
            del content[draw.randrange(132, len(content)) :]
        assert compared(reader, bytes(content)) == the_long_way(bytes(content)), round_


def test_compressed_and_multi_frame_files_are_never_taken_for_neighbours(counted: list[int]) -> None:
    reader = NeighbourReader()
    for index in range(6):
        dataset = make_slice(index)
        dataset.compress(RLELossless)
        content = encoded(dataset)
        assert compared(reader, content) == the_long_way(content)
    assert len(counted) == 6


def test_real_folders_are_read_alike(shared_data: Path) -> None:
    """Every DICOM file of the shared sets, one after the other and again."""
    paths = sorted(
        path for path in shared_data.rglob("*") if path.is_file() and path.suffix not in (".nii", ".gz")
    )
    reader = NeighbourReader()
    for path in [*paths, *paths]:
        content = path.read_bytes()
        assert outcome(compared, reader, content) == outcome(the_long_way, content), path.name


def outcome(read, *arguments: object) -> object:  # type: ignore[no-untyped-def]
    """The record or remark, or the kind of error that the reader's outermost frame would catch."""
    try:
        return read(*arguments)
    except Exception as error:  # noqa: BLE001 - compared by kind
        return type(error)


def test_a_written_series_is_scanned_alike(tmp_path: Path) -> None:
    reader = NeighbourReader()
    for path in write_series(tmp_path, 20):
        content = path.read_bytes()
        assert compared(reader, content) == the_long_way(content)
