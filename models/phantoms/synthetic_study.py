"""Identity of a synthetic patient's examination: made-up name, dates and UIDs, all derived from the seed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from models.phantoms.npc_population import STUDY, NpcPatient
from models.phantoms.randomness import random_stream

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "phantoms.concilium.invalid")
_FIRST_EXAMINATION = date(2020, 1, 6)
SYNTHETIC_COMMENT = "Synthetic phantom with an invented identity; never evidence about patients."


def synthetic_uid(*address: str | int) -> str:
    """A UID under 2.25 from a name-based UUID: the same address gives the same UID."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, '/'.join(str(part) for part in address)).int}"


@dataclass(frozen=True, slots=True)
class SyntheticStudy:
    """What the DICOM headers of one patient share."""

    patient_id: str
    patient_name: str
    sex: str
    age: str
    birth_date: str
    study_date: str
    study_time: str
    series_time: str
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    segmentation_series_uid: str
    segmentation_uid: str
    study_id: str
    accession_number: str

    @classmethod
    def of(cls, patient: NpcPatient, size: int) -> SyntheticStudy:
        """The examination of a patient; each image size is a study of its own."""
        rng = random_stream(STUDY, patient.cohort, patient.seed, patient.index, "identity")
        examined = _FIRST_EXAMINATION + timedelta(days=int(rng.integers(0, 4 * 365)))
        since_birthday = timedelta(days=int(rng.integers(1, 364)))
        born = _years_before(examined, patient.age_years) - since_birthday
        minutes = int(rng.integers(8 * 60, 17 * 60))
        address = (STUDY, patient.cohort, patient.seed, patient.index, size)

        def clock(offset: int) -> str:
            return f"{(minutes + offset) // 60:02d}{(minutes + offset) % 60:02d}00"

        return cls(
            patient_id=patient.patient_id,
            patient_name=f"PHANTOM^{patient.patient_id}",
            sex="M" if patient.sex == "male" else "F",
            age=f"{patient.age_years:03d}Y",
            birth_date=f"{born:%Y%m%d}",
            study_date=f"{examined:%Y%m%d}",
            study_time=clock(0),
            series_time=clock(14),
            study_uid=synthetic_uid(*address, "study"),
            series_uid=synthetic_uid(*address, "t1c"),
            frame_of_reference_uid=synthetic_uid(*address, "frame of reference"),
            segmentation_series_uid=synthetic_uid(*address, "segmentation series"),
            segmentation_uid=synthetic_uid(*address, "segmentation"),
            study_id=patient.patient_id[4:20],
            accession_number=f"P{patient.patient_id[4:19]}",
        )


def _years_before(day: date, years: int) -> date:
    """The same day ``years`` earlier; 29 February becomes 28 February."""
    if day.month == 2 and day.day == 29:
        day = day.replace(day=28)
    return day.replace(year=day.year - years)
