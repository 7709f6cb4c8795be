"""What a human has to see is not passed on unseen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEGBaseline8Bit

from tests.inference.deidentification.conftest import run_over
from tests.inference.deidentification.runs import objects_in, reasons
from tests.inference.dicom.dicom_files import alter, write_series


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"BurnedInAnnotation": "YES"}, "burned_in"),
        ({"BurnedInAnnotation": "MAYBE"}, "burned_in"),
        ({"ConversionType": "WSD"}, "secondary_capture"),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, "screen_shot"),
        ({"PhotometricInterpretation": "RGB", "SamplesPerPixel": 3}, "colour"),
        ({"ImagePositionPatient": None}, "no_place"),
        ({"PixelData": None}, "no_pixels"),
        ({"Rows": 13}, "pixel_extent"),
        ({"BitsStored": 12, "HighBit": 11}, "hidden_bits"),
        ({"BitsStored": 12, "HighBit": 15}, "hidden_bits"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.6.1"}, "class_unknown"),
        ({"SOPClassUID": "1.2.3.4"}, "class_unknown"),
        ({"PixelData": None, "Rows": None}, "no_pixels"),
    ],
)
def test_what_a_human_has_to_see_is_held_back(tmp_path: Path, values: dict[str, object], reason: str) -> None:
    change = alter(**values)

    def spoil(dataset: Dataset, index: int) -> None:
        dataset.PixelData = np.full((12, 10), 0x4001, np.uint16).tobytes()
        change(dataset, index)
        if "SOPClassUID" in values:
            dataset.file_meta.MediaStorageSOPClassUID = UID(str(values["SOPClassUID"]))

    write_series(tmp_path / "in", 1, spoil)
    result = run_over(tmp_path / "in", tmp_path / "out")
    assert reasons(result) == [reason] and not list((tmp_path / "out").rglob("*.dcm"))


def test_signs_and_padding_are_no_hidden_bits(tmp_path: Path) -> None:
    def narrow(dataset: Dataset, index: int) -> None:
        dataset.BitsStored, dataset.HighBit = 12, 11
        dataset.PixelPaddingValue = -32768
        pixels = np.full((12, 10), -5, np.int16)
        pixels[0, 0] = -32768
        dataset.PixelData = pixels.tobytes()

    write_series(tmp_path / "in", 1, narrow)
    assert run_over(tmp_path / "in", tmp_path / "out").written == 1


def test_a_name_in_the_comments_of_a_compressed_picture_holds_it_back(tmp_path: Path) -> None:
    def compress(dataset: Dataset, index: int) -> None:
        comment = b"Quillfeather" if index else b"Made by nobody"
        frame = b"\xff\xd8\xff\xfe\x00\x10" + comment.ljust(14) + b"\xff\xd9"
        dataset.PatientName = "Quillfeather^Thaddeusina"
        dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
        dataset.PixelData = encapsulate([frame])
        dataset["PixelData"].is_undefined_length = True

    write_series(tmp_path / "in", 2, compress)
    result = run_over(tmp_path / "in", tmp_path / "out")
    assert result.written == 1 and reasons(result) == ["identity_in_pixels"]


def test_files_that_are_no_objects_are_listed_and_nothing_is_made_of_them(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 1)
    (tmp_path / "in" / "notes.txt").write_text("Quillfeather")
    (tmp_path / "in" / "empty.dcm").touch()
    (tmp_path / "in" / "broken.dcm").write_bytes((tmp_path / "in" / "000.dcm").read_bytes()[:300])
    (tmp_path / "in" / "link.dcm").symlink_to("/etc/hostname")
    result = run_over(tmp_path / "in", tmp_path / "out")
    assert result.written == 1 and sorted(reasons(result)) == [
        "link_outside", "malformed", "not_dicom", "not_dicom",
    ]  # fmt: skip


def test_a_name_in_a_code_string_goes_and_a_word_of_the_standard_stays(tmp_path: Path) -> None:
    image_type = ["ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI", "QUILLFEATHER"]
    change = alter(
        PatientName="Quillfeather^Quillfeath", InstitutionName="Primary Chest Clinic", ImageType=image_type,
        BodyPartExamined="CHEST", ScanOptions="SCAN QUILLFEATH",
    )  # fmt: skip
    write_series(tmp_path / "in", 1, change)
    run_over(tmp_path / "in", tmp_path / "out")
    (dataset,) = objects_in(tmp_path / "out")
    assert list(dataset.ImageType) == [*image_type[:4], "REMOVED"]
    assert dataset.BodyPartExamined == "CHEST" and not dataset.ScanOptions
