"""Identity of a synthetic patient's examination: made-up name, dates and UIDs, all derived from the seed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from models.phantoms.npc_population import STUDY, NpcPatient
from models.phantoms.randomness import random_stream

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "phantoms.concilium.invalid")
_FIRST_EXAMINATION = date(2020, 1, 6)
SYNTHETIC_COMMENT = "Synthetic phantom with an invented identity; never evidence about patients."


def synthetic_uid(*address: str | int) -> str:
    """A UID under 2.25 from a name-based UUID: the same address gives the same UID."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, '/'.join(str(part) for part in address)).int}"


class Person(Protocol):
    """A synthetic patient of any study, as far as headers go."""

    @property
    def index(self) -> int: ...
    @property
    def cohort(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def patient_id(self) -> str: ...
    @property
    def age_years(self) -> int: ...
    @property
    def sex(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SyntheticStudy:
    """What the DICOM headers of one series of a patient share; ``series_time`` is when it was acquired."""

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
        """The MR examination of a patient; each image size is a study of its own."""
        return cls.of_series(STUDY, patient, size, "t1c", 14 * 60)

    @classmethod
    def of_series(cls, study: str, patient: Person, size: int, series: str, after_s: int) -> SyntheticStudy:
        """One series, acquired some seconds after the start of the examination.

        All series of a patient share the examination and its frame of reference.
        """
        rng = random_stream(study, patient.cohort, patient.seed, patient.index, "identity")
        examined = _FIRST_EXAMINATION + timedelta(days=int(rng.integers(0, 4 * 365)))
        since_birthday = timedelta(days=int(rng.integers(1, 364)))
        born = _years_before(examined, patient.age_years) - since_birthday
        start_s = 60 * int(rng.integers(8 * 60, 17 * 60))
        address = (study, patient.cohort, patient.seed, patient.index, size)
        # The first study had one series, whose mask's address is older than the series' names.
        mask = () if study == STUDY else (series,)
        short = patient.patient_id.partition("-")[2]
        return cls(
            patient_id=patient.patient_id,
            patient_name=f"PHANTOM^{patient.patient_id}",
            sex="M" if patient.sex == "male" else "F",
            age=f"{patient.age_years:03d}Y",
            birth_date=f"{born:%Y%m%d}",
            study_date=f"{examined:%Y%m%d}",
            study_time=clock(start_s),
            series_time=clock(start_s + after_s),
            study_uid=synthetic_uid(*address, "study"),
            series_uid=synthetic_uid(*address, series),
            frame_of_reference_uid=synthetic_uid(*address, "frame of reference"),
            segmentation_series_uid=synthetic_uid(*address, *mask, "segmentation series"),
            segmentation_uid=synthetic_uid(*address, *mask, "segmentation"),
            study_id=short[:16],
            accession_number=f"P{short[:15]}",
        )


def clock(seconds: int) -> str:
    """DICOM's time of a second since midnight."""
    return f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"


def _years_before(day: date, years: int) -> date:
    """The same day ``years`` earlier; 29 February becomes 28 February."""
    if day.month == 2 and day.day == 29:
        day = day.replace(day=28)
    return day.replace(year=day.year - years)
