"""What a source holds: series, the stacks inside them, and where the bytes of every frame lie.

``Series`` is what a file says belongs together; a ``Stack`` is the frames of one grid, which may be a
part of a series; a ``Volume`` is a stack that has been read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from inference.cases.identity import PatientIdentity
from inference.findings import Finding
from inference.geometry import Geometry
from inference.technique import SILENT, Technique


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it was when it was scanned; ``path`` is absolute and never reaches a log.

    ``inode`` and ``ctime_ns`` are 0 where the system has none; ``name`` is the printable name inside the
    source, which for a member of an archive is not the name of the file that holds it.
    """

    path: str
    size: int
    mtime_ns: int
    inode: int = 0
    ctime_ns: int = 0
    name: str = ""

    @property
    def short_name(self) -> str:
        """The last part of its name, for a sentence."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class FrameSource:
    """Address and encoding of one frame: (file, frame), where its bytes lie, and how to read them.

    ``offset`` and ``length`` are bytes of native pixel data when ``is_native``; otherwise the frame is
    decoded by a worker.  ``tiles_across`` is 0, or says that ``frame`` is a tile of a mosaic that has so many
    in a row.  ``bits_stored`` and ``is_signed`` describe the stored integers.  ``kind`` is the
    file's format: ``dicom``, ``nifti`` or ``nrrd``.
    """

    file: int
    frame: int
    sop_uid: str
    instance_number: int | None
    is_native: bool
    offset: int
    length: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool
    slope: float
    intercept: float
    is_big_endian: bool = False
    kind: Literal["dicom", "nifti", "nrrd"] = "dicom"
    tiles_across: int = 0


@dataclass(frozen=True, slots=True)
class Acquisition:
    """How the picture was made, as the tags say; empty or None means that the tag is silent."""

    modality: str = ""
    series_description: str = ""
    series_number: int | None = None
    body_part: str = ""
    contrast_agent: str = ""
    image_type: tuple[str, ...] = ()
    scanning_sequence: tuple[str, ...] = ()
    repetition_time_ms: float | None = None
    echo_time_ms: float | None = None
    inversion_time_ms: float | None = None
    magnetic_field_t: float | None = None
    slice_thickness_mm: float | None = None
    study_date: str = ""
    manufacturer: str = ""
    model_name: str = ""
    photometric_interpretation: str = "MONOCHROME2"
    transfer_syntax_uid: str = ""
    window_centre: float | None = None
    window_width: float | None = None
    protocol_name: str = ""
    sop_class_uid: str = ""
    technique: Technique = SILENT


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Frames of one grid, sorted along the slice normal.

    ``frames[k]`` fills slice ``k`` of ``geometry``, or is None where the grid has a gap.
    ``stack_id`` is stable for the same source (it holds no patient data).  Stored values from
    ``padding_value`` to ``padding_limit`` (either may be the larger) lie outside the picture.
    """

    stack_id: str
    identity: PatientIdentity
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    geometry: Geometry
    frames: tuple[FrameSource | None, ...]
    acquisition: Acquisition
    rows_columns: tuple[int, int]
    findings: tuple[Finding, ...] = ()
    padding_value: int | None = None
    padding_limit: int | None = None

    @property
    def slice_count(self) -> int:
        """Frames that are there, gaps not counted."""
        return sum(frame is not None for frame in self.frames)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """What one series UID (or one folder, where UIDs are empty) holds."""

    series_uid: str
    description: str
    modality: str
    stacks: tuple[Stack, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything a source holds: usable series, and every file that was passed over with the reason.

    ``findings`` concern the source as a whole; each of ``skipped`` names one file in its fields.
    """

    root: str
    files: tuple[SourceFile, ...]
    series: tuple[Series, ...]
    skipped: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """All stacks of all series, in the order of the source."""
        return tuple(stack for series in self.series for stack in series.stacks)

    @property
    def patients(self) -> tuple[PatientIdentity, ...]:
        """The distinct patients found, in the order of the source."""
        seen: dict[object, PatientIdentity] = {}
        for stack in self.stacks:
            identity = stack.identity
            key = (identity.key, identity.birth_date) if identity.key else identity.name
            seen.setdefault(key, identity)
        return tuple(seen.values())
