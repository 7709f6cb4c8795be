"""Which images and frames a written mask names."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from inference.cases.identity import PatientIdentity, PatientKey
from inference.dicom.intake import Intake
from inference.masks.codecs.references import refer_to
from tests.inference.dicom.dicom_files import write
from tests.inference.dicom.enhanced_files import along_z, write_enhanced
from tests.inference.dicom.headers.test_mosaic import make_mosaic


class Ids:
    def new_id(self) -> UUID:
        return UUID(int=7)


PATIENT = PatientIdentity(PatientKey("", "P1"), "Doe^Jane", "1961-02-03", "F")


def test_frames_of_a_multi_frame_object_are_named_and_tiles_of_a_mosaic_are_not(tmp_path: Path) -> None:
    with Intake() as intake:
        (enhanced,) = intake.scan(write_enhanced(tmp_path / "a.dcm", along_z(3))).stacks
        (mosaic,) = intake.scan(write(make_mosaic(4), tmp_path / "b.dcm")).stacks
    assert [one.frame_number for one in refer_to(enhanced, PATIENT, Ids()).images] == [1, 2, 3]
    assert [one.frame_number for one in refer_to(mosaic, PATIENT, Ids()).images] == [None] * 4
