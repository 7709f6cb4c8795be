"""A picture before everything is read: from the first files, once, never of two patients."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import RLELossless

from inference.dicom.intake import Intake
from inference.dicom.readers import provisional
from inference.dicom.readers.provisional import ProvisionalPicture
from tests.inference.dicom.dicom_files import Change, write_series


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small sources stand for large ones."""
    monkeypatch.setattr(provisional, "_AFTER_S", 0.0)
    monkeypatch.setattr(provisional, "_FEWEST_READ", 5)
    monkeypatch.setattr(provisional, "_FEWEST_LEFT", 2)


def packed(dataset: Dataset, index: int) -> None:
    dataset.compress(RLELossless)


@pytest.mark.parametrize("change", [None, packed], ids=["native", "compressed"])
def test_the_middle_of_the_files_read_so_far_is_shown_once(
    intake: Intake, tmp_path: Path, change: Change | None
) -> None:
    write_series(tmp_path, 80, change)
    shown: list[ProvisionalPicture] = []
    plan = intake.scan(tmp_path, on_provisional=shown.append)
    (picture,) = shown
    assert 0 < picture.files_read < picture.files == 80
    assert picture.stack.slice_count == picture.files_read < plan.stacks[0].slice_count == 80
    position = picture.stack.geometry.index_to_lps((picture.slice_index, 0, 0))
    index = round(float(plan.stacks[0].geometry.lps_to_index(position)[0]))
    assert np.array_equal(picture.pixels, intake.load(plan, plan.stacks[0]).voxels[index])


def test_a_source_that_is_nearly_read_shows_no_provisional_picture(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisional, "_FEWEST_LEFT", 200)
    write_series(tmp_path, 80)
    shown: list[ProvisionalPicture] = []
    intake.scan(tmp_path, on_provisional=shown.append)
    assert shown == []


def test_files_of_two_patients_show_no_provisional_picture(intake: Intake, tmp_path: Path) -> None:
    def two_patients(dataset: Dataset, index: int) -> None:
        dataset.PatientID = f"P{index % 2}"

    write_series(tmp_path, 80, two_patients)
    shown: list[ProvisionalPicture] = []
    plan = intake.scan(tmp_path, on_provisional=shown.append)
    assert shown == [] and len(plan.patients) == 2


def test_a_frame_that_cannot_be_decoded_shows_nothing_and_the_scan_goes_on(
    intake: Intake, tmp_path: Path
) -> None:
    def broken(dataset: Dataset, index: int) -> None:
        dataset.compress(RLELossless)
        dataset.PixelData = dataset.PixelData[:40] + bytes(len(dataset.PixelData) - 40)

    write_series(tmp_path, 80, broken)
    shown: list[ProvisionalPicture] = []
    plan = intake.scan(tmp_path, on_provisional=shown.append)
    assert shown == [] and len(plan.files) == 80
