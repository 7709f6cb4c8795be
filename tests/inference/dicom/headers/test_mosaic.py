"""Siemens mosaics: unfolded for looking at, never answered."""

from __future__ import annotations

import struct
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from inference.dicom.headers.csa_header import csa_values, slice_positions
from inference.dicom.intake import Intake
from inference.dicom.pixels.tiles import tile_of
from inference.findings import Verdict, worst_answer, worst_view
from tests.inference.dicom.dicom_files import codes, make_slice, only_stack, picture, write

TILT = 0.2


def csa(values: Mapping[str, Sequence[str]], *, second: bool = True) -> bytes:
    """A CSA header of one kind or the other, laid out as scanners write it."""
    parts = [b"SV10\4\3\2\1" if second else b"", struct.pack("<II", len(values), 77)]
    items_of_first = len(next(iter(values.values())))
    for name, texts in values.items():
        parts.append(struct.pack("<64si4siii", name.encode(), len(texts), b"IS\0\0", 6, len(texts), 77))
        for text in texts:
            content = text.encode() + b"\0"
            length = len(content)
            first = length if second else length + items_of_first
            parts.append(struct.pack("<4i", first, length, 77, length) + content)
            parts.append(b"\0" * (-length % 4))
    return b"".join(parts)


def protocol(positions: Sequence[Sequence[float]]) -> bytes:
    lines = ["### ASCCONV BEGIN object=MrProtDataImpl ###"]
    for index, place in enumerate(positions):
        for axis, value in zip(("Sag", "Cor", "Tra"), place, strict=True):
            if value:
                lines.append(f"sSliceArray.asSlice[{index}].sPosition.d{axis}\t = \t{value}")
    return "\n".join([*lines, "### ASCCONV END ###"]).encode()


def make_mosaic(
    count: int, *, backwards: bool = False, spacing_mm: float = 3.6, second: bool = True
) -> Dataset:
    """``count`` slices ``picture(k)`` as tiles of one picture, tilted about the x axis."""
    across = int(np.ceil(np.sqrt(count)))
    rows, columns = picture(0).shape
    plane = np.zeros((across * rows, across * columns), np.int16)
    for k in range(count):
        row, column = k // across * rows, k % across * columns
        plane[row : row + rows, column : column + columns] = picture(k)
    along_column = (0.0, np.cos(TILT), np.sin(TILT))
    dataset = make_slice(
        0,
        modality="MR",
        pixels=plane,
        orientation=(1, 0, 0, *along_column),
        spacing=(2.0, 1.5),
        position=(-50.0, -60.0, 7.0),
    )
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    normal = np.array([0, -np.sin(TILT), np.cos(TILT)]) * (-1 if backwards else 1)
    values = {
        "EchoLinePosition": ["32", "33"],
        "NumberOfImagesInMosaic": [str(count)],
        "SliceNormalVector": [f"{value:.8f}" for value in normal],
    }
    block = dataset.private_block(0x29, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x10, "OB", csa(values, second=second))
    places = [tuple(normal * spacing_mm * k) for k in range(count)]
    block.add_new(0x20, "OB", b"\0" * 70_000 + protocol(places))
    return dataset


@pytest.mark.parametrize(("backwards", "second"), [(False, True), (True, True), (False, False)])
def test_a_siemens_mosaic_is_unfolded_for_viewing_and_refused_an_answer(
    intake: Intake, tmp_path: Path, backwards: bool, second: bool
) -> None:
    dataset = make_mosaic(7, backwards=backwards, second=second)
    plan = intake.scan(write(dataset, tmp_path / "a.dcm"))
    (stack,) = plan.stacks
    assert "mosaic" in codes(stack.findings) and "mosaic_folded" not in codes(stack.findings)
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == (Verdict.NOTE, Verdict.REFUSED)
    assert stack.geometry.shape == (7, 12, 10)
    assert stack.geometry.spacing_mm == pytest.approx((3.6, 2.0, 1.5))
    order = range(6, -1, -1) if backwards else range(7)
    assert np.array_equal(intake.load(plan, stack).voxels, np.stack([picture(k) for k in order]))
    assert np.array_equal(intake.load_slice(plan, stack, 2), picture(order[2]))
    corner = np.array([-50.0, -60.0, 7.0]) + (30 - 10) / 2 * 1.5 * np.array([1, 0, 0])
    corner += (36 - 12) / 2 * 2.0 * np.array([0, np.cos(TILT), np.sin(TILT)])
    first = stack.geometry.index_to_lps((6 if backwards else 0, 0, 0))
    assert first == pytest.approx(corner, abs=1e-6)


def test_the_spacing_of_a_mosaic_is_that_of_the_tag_where_the_protocol_is_silent(
    intake: Intake, tmp_path: Path
) -> None:
    dataset = make_mosaic(4)
    del dataset[0x0029, 0x1020]
    dataset.SpacingBetweenSlices = "4.4"
    stack = only_stack(intake, write(dataset, tmp_path / "a.dcm"))
    assert stack.geometry.spacing_mm[0] == pytest.approx(4.4)


def test_a_mosaic_whose_header_is_lost_is_shown_as_one_picture(intake: Intake, tmp_path: Path) -> None:
    dataset = make_mosaic(4)
    del dataset[0x0029, 0x1010]
    plan = intake.scan(write(dataset, tmp_path / "a.dcm"))
    (stack,) = plan.stacks
    assert {"mosaic", "mosaic_folded", "no_position"} <= codes(stack.findings)
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == (Verdict.NOTE, Verdict.REFUSED)
    assert intake.load(plan, stack).voxels.shape == (1, 24, 20)


def test_a_time_series_of_mosaics_is_split_by_acquisition(intake: Intake, tmp_path: Path) -> None:
    for point in (1, 2, 3):
        dataset = make_mosaic(4)
        dataset.AcquisitionNumber = dataset.InstanceNumber = point
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"2.25.7.{point}"
        write(dataset, tmp_path / f"{point}.dcm")
    stacks = intake.scan(tmp_path).stacks
    assert [stack.geometry.shape for stack in stacks] == [(4, 12, 10)] * 3
    assert all("split_by" in codes(stack.findings) for stack in stacks)


@pytest.mark.parametrize("cut", [3, 40, 90, 200, 300])
def test_a_csa_header_that_is_cut_short_is_read_as_far_as_it_goes(cut: int) -> None:
    whole = csa({"One": ["1", "2"], "Two": ["text"], "Three": []})
    assert csa_values(whole) == {"One": ("1", "2"), "Two": ("text",), "Three": ()}
    assert csa_values(whole[:cut]).items() <= csa_values(whole).items()


@pytest.mark.parametrize("damage", [b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff"])
def test_lengths_that_lead_out_of_a_csa_header_end_it(damage: bytes) -> None:
    whole = csa({"One": ["1"], "Two": ["2"]})
    begin = 16 + 84
    assert csa_values(whole[: begin + 4] + damage + whole[begin + 8 :]) == {}


def test_coordinates_that_the_protocol_leaves_out_are_zero() -> None:
    places = [(0.0, 0.0, 0.0), (0.0, 2.5, -3e-1), (0.0, 5.0, -6e-1)]
    assert slice_positions(protocol(places)) == places
    assert slice_positions(b"no protocol") == []


@pytest.mark.parametrize("filler", [b"\n", b"### ASCCONV BEGIN ###\n", b"sSliceArray.asSlice[0].", b" \t"])
def test_a_hostile_protocol_takes_no_time(filler: bytes) -> None:
    whole = (filler * (1 << 20))[: 1 << 20]
    begun = time.process_time()
    assert slice_positions(b"### ASCCONV BEGIN ###\n" + whole) == []
    assert slice_positions(b"### ASCCONV BEGIN ###\n" + whole + b"### ASCCONV END") == []
    assert time.process_time() - begun < 2


def test_a_tile_outside_the_mosaic_does_not_exist() -> None:
    with pytest.raises(ValueError, match="absent"):
        tile_of(np.zeros((4, 4)), 4, 2)
    with pytest.raises(ValueError, match="shape"):
        tile_of(np.zeros((5, 4)), 0, 2)


@pytest.mark.parametrize("number", range(1, 10))
def test_the_real_mosaic_is_the_same_volume_in_every_syntax(
    intake: Intake, shared_data: Path, number: int
) -> None:
    """Places and voxels are those of nibabel, from the uncompressed file."""
    folder = shared_data / "compressed_mr_same_slice"
    plan = intake.scan(folder / f"{number}.dcm")
    (stack,) = plan.stacks
    volume = intake.load(plan, stack)
    assert codes(stack.findings) == {"mosaic", "thickness_differs"}
    assert (worst_view(stack.findings), worst_answer(stack.findings)) == (Verdict.NOTE, Verdict.REFUSED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        from nibabel.nicom.dicomwrappers import wrapper_from_data
    peer = wrapper_from_data(pydicom.dcmread(folder / "1.dcm"))
    # nibabel counts (row, column, slice), its affine maps to LPS.
    assert np.array_equal(volume.voxels, np.moveaxis(peer.get_data(), 2, 0))
    assert volume.geometry.affine[:3] == pytest.approx(peer.affine[:3][:, [2, 0, 1, 3]], abs=1e-6)
