"""Masks written as RT structure sets: what they say, and that they come back voxel by voxel."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from inference.clock import FixedClock, SeededIds
from inference.dicom.intake import Intake
from inference.errors import InputError, StorageError
from inference.masks.codecs import rereading
from inference.masks.codecs.filling import fill_polygons
from inference.masks.codecs.mask_object import MaskObject
from inference.masks.codecs.rereading import write_checked
from inference.masks.codecs.segment_to_write import SegmentToWrite
from inference.masks.codecs.structure_set import STRUCTURE_SET
from inference.masks.codecs.tracing import trace_polygons
from inference.masks.layer import MaskLayer, MaskOrigin, edit_between
from inference.scan import Plan, Stack
from tests.inference.dicom.dicom_files import write_series

CLOCK = FixedClock(datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC))


def refilled(plane: NDArray[np.bool_]) -> NDArray[np.bool_]:
    polygons = trace_polygons(plane)
    vertices = np.concatenate(polygons) if polygons else np.empty((0, 2))
    counts = np.array([len(one) for one in polygons], dtype=np.int64)
    return fill_polygons(vertices, counts, (plane.shape[0], plane.shape[1]))


@given(st.tuples(st.integers(1, 9), st.integers(1, 9)).flatmap(lambda shape: arrays(np.bool_, shape)))
def test_traced_borders_fill_to_exactly_the_same_pixels(plane: NDArray[np.bool_]) -> None:
    assert np.array_equal(refilled(plane), plane)


@pytest.mark.parametrize("seed", range(20))
def test_a_plane_full_of_holes_and_islands_comes_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plane = rng.random((40, 30)) < rng.uniform(0.2, 0.9)
    assert np.array_equal(refilled(plane), plane)


def enclosed_area(vertices: np.ndarray) -> float:
    """Area of one polygon of (row, column) vertices, in pixels, by the shoelace formula."""
    row, column = vertices.T
    return abs(float(row @ np.roll(column, -1) - column @ np.roll(row, -1))) / 2


def test_a_hole_is_joined_to_its_outline_and_an_island_within_is_apart() -> None:
    plane = np.zeros((12, 12), bool)
    plane[1:11, 1:11] = True
    plane[3:9, 3:9] = False
    plane[5:7, 5:7] = True
    ring, island = sorted(trace_polygons(plane), key=len, reverse=True)
    # One polygon, bridge included, encloses the ring alone; corners are cut by an eighth of a pixel.
    assert enclosed_area(ring) == 100 - 36 - 4 / 8 + 4 / 8
    assert enclosed_area(island) == 4 - 4 / 8
    assert len(np.unique(ring, axis=0)) == len(ring) - 2


def test_every_border_lies_half_a_pixel_from_the_centres() -> None:
    plane = np.zeros((5, 5), bool)
    plane[2, 2] = True
    (diamond,) = trace_polygons(plane)
    assert sorted(map(tuple, diamond.tolist())) == [(1.5, 2.0), (2.0, 1.5), (2.0, 2.5), (2.5, 2.0)]


@pytest.fixture
def scan(intake: Intake, tmp_path: Path) -> tuple[Plan, Stack]:
    write_series(tmp_path / "scan", 6)
    plan = intake.scan(tmp_path / "scan")
    return plan, plan.stacks[0]


def odd_mask(stack: Stack, seed: int = 0) -> NDArray[np.bool_]:
    mask = np.random.default_rng(seed).random(stack.geometry.shape) < 0.4
    mask[0] = mask[-1] = False
    return mask


def test_segments_come_back_voxel_by_voxel_with_name_and_maker(
    intake: Intake, scan: tuple[Plan, Stack], tmp_path: Path
) -> None:
    plan, stack = scan
    segments = [
        SegmentToWrite("Primary tumour", odd_mask(stack)),
        SegmentToWrite("颈部淋巴结", odd_mask(stack, 1), algorithm="pack 1", was_edited=True),
    ]
    told = STRUCTURE_SET.write(tmp_path / "rs.dcm", segments, stack, clock=CLOCK, ids=SeededIds(1))
    read = intake.read_mask(tmp_path / "rs.dcm", plan, stack)
    assert told == ()
    assert [(one.label, one.algorithm_type) for one in read.segments] == [
        ("Primary tumour", "MANUAL"),
        ("颈部淋巴结", "SEMIAUTOMATIC"),
    ]
    assert all(np.array_equal(a.voxels, b.voxels) for a, b in zip(read.segments, segments, strict=True))
    assert [one.code for one in read.findings] == ["intake.mask_overlapping"]


def test_the_written_object_names_every_image_and_takes_its_dates_from_the_clock(
    scan: tuple[Plan, Stack],
) -> None:
    _plan, stack = scan
    segments = [SegmentToWrite("Tumour", odd_mask(stack), algorithm="npc-residual 1.0")]
    content, _ = STRUCTURE_SET.encode(segments, stack, clock=CLOCK, ids=SeededIds(1))
    dataset = pydicom.dcmread(BytesIO(content))
    assert (dataset.PatientID, str(dataset.PatientName), dataset.StudyInstanceUID) == (
        "P1",
        "Doe^Jane",
        stack.study_uid,
    )
    (frame,) = dataset.ReferencedFrameOfReferenceSequence
    series = frame.RTReferencedStudySequence[0].RTReferencedSeriesSequence[0]
    images = [frame.sop_uid for frame in stack.frames if frame is not None]
    assert frame.FrameOfReferenceUID == stack.frame_of_reference_uid
    assert series.SeriesInstanceUID == stack.series_uid
    assert [item.ReferencedSOPInstanceUID for item in series.ContourImageSequence] == images
    (region,) = dataset.StructureSetROISequence
    assert (region.ROIGenerationAlgorithm, region.ROIGenerationDescription) == (
        "AUTOMATIC",
        "npc-residual 1.0",
    )
    assert region.ROIDescription == "Proposed by the model npc-residual 1.0"
    (observation,) = dataset.RTROIObservationsSequence
    assert observation.RTROIInterpretedType == "GTV"
    assert (dataset.StructureSetDate, dataset.StructureSetTime) == ("20240506", "070809.000000")
    for contour in dataset.ROIContourSequence[0].ContourSequence:
        index = stack.geometry.lps_to_index([float(v) for v in contour.ContourData[:3]])[0]
        assert contour.ContourImageSequence[0].ReferencedSOPInstanceUID == images[round(index)]
    assert content == STRUCTURE_SET.encode(segments, stack, clock=CLOCK, ids=SeededIds(1))[0]
    assert content != STRUCTURE_SET.encode(segments, stack, clock=CLOCK, ids=SeededIds(2))[0]


def test_nothing_is_written_for_an_unknown_patient_or_an_empty_mask(intake: Intake, tmp_path: Path) -> None:
    write_series(tmp_path / "a", 4, patient_id="", name="")
    plan = intake.scan(tmp_path / "a")
    (stack,) = plan.stacks
    options = {"clock": CLOCK, "ids": SeededIds(1)}
    with pytest.raises(InputError, match=r"intake\.mask\.identity_unknown"):
        STRUCTURE_SET.encode([SegmentToWrite("A", odd_mask(stack))], stack, **options)
    write_series(tmp_path / "b", 4)
    plan = intake.scan(tmp_path / "b")
    (stack,) = plan.stacks
    with pytest.raises(InputError, match=r"intake\.mask\.nothing_to_write"):
        STRUCTURE_SET.encode([SegmentToWrite("A", odd_mask(stack) & False)], stack, **options)


def test_a_structure_set_that_reads_back_differently_does_not_stay(
    scan: tuple[Plan, Stack], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plan, stack = scan
    options = {"clock": CLOCK, "ids": SeededIds(1)}
    other = STRUCTURE_SET.encode([SegmentToWrite("A", odd_mask(stack, 5))], stack, **options)
    monkeypatch.setattr(MaskObject, "_encoded", lambda *args: other)
    with pytest.raises(StorageError, match=r"intake\.mask\.differs"):
        STRUCTURE_SET.write(tmp_path / "rs.dcm", [SegmentToWrite("A", odd_mask(stack))], stack, **options)
    assert not (tmp_path / "rs.dcm").exists()


def test_an_earlier_file_stays_when_its_successor_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / "rs.dcm").write_bytes(b"earlier")
    with pytest.raises(StorageError, match=r"intake\.mask\.differs"):
        write_checked(tmp_path / "rs.dcm", b"later", lambda content: False)
    assert (tmp_path / "rs.dcm").read_bytes() == b"earlier"


def test_a_file_that_the_disc_gives_back_differently_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_badly(path: Path, content: bytes) -> None:
        path.write_bytes(content[:-1] + b"?")

    monkeypatch.setattr(rereading, "write_atomically", write_badly)
    with pytest.raises(StorageError, match=r"intake\.mask\.differs"):
        write_checked(tmp_path / "rs.dcm", b"content", lambda content: True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("origin", "edited", "drawn_as", "algorithm", "sentence"),
    [
        (MaskOrigin.HUMAN, False, "", "MANUAL", "Drawn by a person"),
        (MaskOrigin.HUMAN, True, "", "MANUAL", "Drawn by a person"),
        (MaskOrigin.MODEL, False, "", "AUTOMATIC", "Proposed by the model pack 1"),
        (MaskOrigin.MODEL, True, "", "SEMIAUTOMATIC", "Proposed by the model pack 1, edited by a person"),
        (MaskOrigin.IMPORTED, False, "", "MANUAL", "Imported from a file, which does not say who drew it"),
        (MaskOrigin.IMPORTED, False, "AUTOMATIC", "AUTOMATIC", "Imported from a file (AUTOMATIC)"),
        (
            MaskOrigin.IMPORTED,
            True,
            "AUTOMATIC",
            "SEMIAUTOMATIC",
            "Imported from a file (AUTOMATIC), edited by a person",
        ),
    ],
)
def test_who_made_a_mask_goes_out_with_it(
    scan: tuple[Plan, Stack], origin: MaskOrigin, edited: bool, drawn_as: str, algorithm: str, sentence: str
) -> None:
    _, stack = scan
    layer = MaskLayer("A", origin, odd_mask(stack), stack.geometry, "pack 1", drawn_as=drawn_as)
    if edited:
        edit = edit_between("edit.paint", layer.voxels, layer.voxels | odd_mask(stack, 1))
        assert edit is not None
        layer = layer.apply(edit)
    segment = SegmentToWrite.of_layer(layer)
    assert (segment.algorithm_type, segment.provenance) == (algorithm, sentence)
    assert bool(segment.algorithm_name) is (algorithm != "MANUAL")
