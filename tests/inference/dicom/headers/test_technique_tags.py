"""The tags behind a scan's meaning arrive in the stack as they stand in the file."""

from pathlib import Path

import pydicom
import pytest

from inference.dicom.headers.technique_tags import iso_date
from inference.dicom.intake import Intake
from inference.dicom.select import choose_stack


def test_timing_and_contrast_of_a_real_scan(intake: Intake, shared_data: Path) -> None:
    folder = shared_data / "ct_abdomen_contrast"
    technique = choose_stack(intake.scan(folder)).acquisition.technique
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in folder.glob("CT*")]
    assert technique.acquisition_date == "2022-12-08"
    assert technique.acquisition_time == min(header.AcquisitionTime for header in headers)
    assert technique.last_acquisition_time == max(header.AcquisitionTime for header in headers)
    assert technique.contrast_start_time == headers[0].ContrastBolusStartTime
    assert technique.series_time == headers[0].SeriesTime
    assert technique.contrast_volume_ml == 0.0 and technique.contrast_flow_rates == ("0",)
    assert technique.kernel == "\\".join(headers[0].ConvolutionKernel) and technique.tube_voltage_kv == 120


def test_the_sequence_of_a_real_scan(intake: Intake, shared_data: Path) -> None:
    technique = choose_stack(intake.scan(shared_data / "mr_brain_t1_sag_siemens")).acquisition.technique
    assert technique.sequence_name == "*fl2d1" and technique.sequence_variant == ("SP", "OSP")
    assert technique.flip_angle_deg == 80 and technique.echo_train_length == 1
    assert technique.acquisition_type == "2D" and technique.patient_age == "051Y"
    assert technique.patient_position == "HFS" and technique.scan_options == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [("20221208", "2022-12-08"), ("2022.12.08", "2022-12-08"), ("2022120", ""), ("today", ""), ("", "")],
)
def test_a_date_is_read_or_absent(written: str, read: str) -> None:
    assert iso_date(written) == read
