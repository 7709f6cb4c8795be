"""The tags of :class:`~inference.technique.Technique`, and how one header fills it.

Runs in the reader process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from inference.technique import Technique

TECHNIQUE_TAGS: Final = {
    "AcquisitionDate": 0x00080022,
    "AcquisitionDateTime": 0x0008002A,
    "SeriesTime": 0x00080031,
    "ContentTime": 0x00080033,
    "StudyDescription": 0x00081030,
    "PatientAge": 0x00101010,
    "SequenceVariant": 0x00180021,
    "ScanOptions": 0x00180022,
    "MRAcquisitionType": 0x00180023,
    "SequenceName": 0x00180024,
    "KVP": 0x00180060,
    "EchoTrainLength": 0x00180091,
    "ContrastBolusRoute": 0x00181040,
    "ContrastBolusVolume": 0x00181041,
    "ContrastBolusStartTime": 0x00181042,
    "ContrastBolusStopTime": 0x00181043,
    "ContrastFlowRate": 0x00181046,
    "ContrastFlowDuration": 0x00181047,
    "FlipAngle": 0x00181314,
    "PulseSequenceName": 0x00189005,
    "PerformedProcedureStepDescription": 0x00400254,
}
_MOST_VALUES: Final = 64


@dataclass(frozen=True, slots=True)
class HeaderValues:
    """How a header gives its values by keyword: a text, its parts, text for people, the first number."""

    text: Callable[[str], str]
    texts: Callable[[str], tuple[str, ...]]
    readable: Callable[[str], str]
    number: Callable[[str], float | None]


def read_technique(values: HeaderValues) -> Technique:
    """The technique of one picture; a date and time in one tag (0008,002A) stands in for two absent ones."""
    date, time = values.text("AcquisitionDate"), values.text("AcquisitionTime")
    moment = values.text("AcquisitionDateTime")
    if not date and moment[:8].isdigit():
        date = moment[:8]
    if not time and moment[:14].isdigit() and len(moment) >= 14:
        time = moment[8:].split("+")[0].split("-")[0]
    train = values.number("EchoTrainLength")
    return Technique(
        study_description=values.readable("StudyDescription"),
        procedure_description=values.readable("PerformedProcedureStepDescription"),
        acquisition_date=iso_date(date),
        acquisition_time=time,
        content_time=values.text("ContentTime"),
        series_time=values.text("SeriesTime"),
        patient_age=values.text("PatientAge"),
        patient_position=values.text("PatientPosition"),
        tube_voltage_kv=values.number("KVP"),
        kernel="\\".join(values.texts("ConvolutionKernel")),
        contrast_route=values.readable("ContrastBolusRoute"),
        contrast_volume_ml=values.number("ContrastBolusVolume"),
        contrast_start_time=values.text("ContrastBolusStartTime"),
        contrast_stop_time=values.text("ContrastBolusStopTime"),
        contrast_flow_rates=values.texts("ContrastFlowRate")[:_MOST_VALUES],
        contrast_flow_durations=values.texts("ContrastFlowDuration")[:_MOST_VALUES],
        flip_angle_deg=values.number("FlipAngle"),
        echo_train_length=None if train is None or abs(train) > 2**31 else int(train),
        diffusion_b_value=values.number("DiffusionBValue"),
        sequence_name=values.readable("SequenceName") or values.readable("PulseSequenceName"),
        sequence_variant=values.texts("SequenceVariant")[:_MOST_VALUES],
        scan_options=values.texts("ScanOptions")[:_MOST_VALUES],
        acquisition_type=values.text("MRAcquisitionType"),
    )


def iso_date(text: str) -> str:
    """``YYYY-MM-DD`` from DICOM's ``YYYYMMDD`` (or the older ``YYYY.MM.DD``); empty for anything else."""
    digits = text.replace(".", "").replace("-", "")
    if len(digits) != 8 or not digits.isdigit():
        return ""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
