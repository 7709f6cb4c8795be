"""What a reader says about one file: facts as they stand in its header, checked again by the receiver."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import ConfigDict, with_config

from inference.messages.message import FieldValue
from inference.technique import SILENT, Technique

FileKind = Literal["dicom", "nifti", "nrrd"]
Numbers = tuple[float, ...]

STRICT: Final = ConfigDict(extra="forbid", allow_inf_nan=False)
_LONGEST_TEXT: Final = 1024
FACTS: Final = ConfigDict(extra="forbid", allow_inf_nan=False, str_max_length=_LONGEST_TEXT)
"""What a reader says of a file: no number that is none, no text without end."""

_LARGEST_SIDE: Final = 65_535
_MOST_VOLUMES: Final = 4096


@with_config(FACTS)
@dataclass(frozen=True, slots=True)
class Remark:
    """A code of the verdict table and its fields, noted by the reader of a file."""

    code: str
    fields: dict[str, FieldValue]


@with_config(FACTS)
@dataclass(frozen=True, slots=True)
class PixelLayout:
    """How the pixels of one file are stored.

    ``offset`` and ``length`` are the extent of the pixel data in bytes (for encapsulated data up to the
    end of the file); ``is_native`` says that frames lie there uncompressed, one after the other.
    ``absent_frames`` counts frames at the end that the file does not hold whole, where a decoder fetches
    them; native data tell by their length.
    ``step`` is the size of one level when floating-point data are delivered as int16, else 0.
    ``tiles_across`` is 0, or says that frames are tiles of one picture with so many in a row.
    """

    rows: int
    columns: int
    frames: int
    is_native: bool
    offset: int
    length: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool
    is_big_endian: bool
    step: float = 0.0
    tiles_across: int = 0
    absent_frames: int = 0

    def __post_init__(self) -> None:
        if not (1 <= self.rows <= _LARGEST_SIDE and 1 <= self.columns <= _LARGEST_SIDE and self.frames >= 1):
            raise ValueError("pixel layout: rows, columns and frames must be positive")
        if self.bits_allocated not in (8, 16) or not 1 <= self.bits_stored <= self.bits_allocated:
            raise ValueError("pixel layout: bits make no sense")
        if self.tiles_across and self.frames > self.tiles_across**2:
            raise ValueError("pixel layout: more tiles than a mosaic has")
        if self.offset < 0 or self.length < 0 or not 0 <= self.absent_frames <= self.frames:
            raise ValueError("pixel layout: negative extent")

    @property
    def frame_bytes(self) -> int:
        """Bytes of one native frame."""
        return self.rows * self.columns * (self.bits_allocated // 8)


@with_config(FACTS)
@dataclass(frozen=True, slots=True)
class FrameRecord:
    """What one frame of a multi-frame image says for itself; the rest stands in the record of its image.

    ``values`` are those of the image's ``frame_tags``, in their order.
    """

    orientation: Numbers | None = None
    position: Numbers | None = None
    pixel_spacing: Numbers | None = None
    slice_thickness_mm: float | None = None
    slope: float | None = None
    intercept: float | None = None
    rescale_type: str = ""
    image_type: tuple[str, ...] = ()
    repetition_time_ms: float | None = None
    echo_time_ms: float | None = None
    inversion_time_ms: float | None = None
    window_centre: float | None = None
    window_width: float | None = None
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_vectors(self)


@with_config(FACTS)
@dataclass(frozen=True, slots=True)
class ImageRecord:
    """The header of one image file; an empty text or None means that the tag is absent or empty.

    ``orientation`` holds six direction cosines, ``position`` three mm, ``pixel_spacing`` two mm (row step,
    column step).  ``affine`` (16 numbers, row by row) replaces them for research formats and maps
    ``(slice, row, column, 1)`` to LPS mm.  ``dimensions`` are the tags that may tell pictures at one
    position apart, in the order in which they are asked.  ``frames`` is empty, or has what each frame says
    for itself, with ``frame_tags`` naming the dimensions in which they differ.  ``volumes`` counts those of a
    research file, each of ``pixels.frames`` slices.
    """

    kind: FileKind
    pixels: PixelLayout
    syntax_uid: str = ""
    sop_class_uid: str = ""
    sop_uid: str = ""
    study_uid: str = ""
    series_uid: str = ""
    frame_of_reference_uid: str = ""
    patient_id: str = ""
    issuer: str = ""
    patient_name: str = ""
    birth_date: str = ""
    sex: str = ""
    is_deidentified: bool = False
    orientation: Numbers | None = None
    position: Numbers | None = None
    pixel_spacing: Numbers | None = None
    affine: Numbers | None = None
    slice_location: float | None = None
    slice_thickness_mm: float | None = None
    gantry_tilt_deg: float | None = None
    instance_number: int | None = None
    series_number: int | None = None
    slope: float | None = None
    intercept: float | None = None
    rescale_type: str = ""
    has_modality_table: bool = False
    has_display_table: bool = False
    scales: tuple[str, ...] = ()
    padding_value: int | None = None
    padding_limit: int | None = None
    photometric_interpretation: str = "MONOCHROME2"
    modality: str = ""
    series_description: str = ""
    protocol_name: str = ""
    body_part: str = ""
    contrast_agent: str = ""
    image_type: tuple[str, ...] = ()
    scanning_sequence: tuple[str, ...] = ()
    repetition_time_ms: float | None = None
    echo_time_ms: float | None = None
    inversion_time_ms: float | None = None
    magnetic_field_t: float | None = None
    study_date: str = ""
    manufacturer: str = ""
    model_name: str = ""
    patient_position: str = ""
    window_centre: float | None = None
    window_width: float | None = None
    is_lossy: bool = False
    lossy_ratio: float | None = None
    has_burned_in_text: bool = False
    dimensions: tuple[tuple[str, str], ...] = ()
    technique: Technique = SILENT
    frame_tags: tuple[str, ...] = ()
    frames: tuple[FrameRecord, ...] = ()
    volumes: int = 1
    concatenation_uid: str = ""
    concatenation_number: int | None = None
    concatenation_total: int | None = None
    concatenation_offset: int = 0
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        _check_vectors(self)
        if self.affine is not None and (len(self.affine) != 16 or not all(map(math.isfinite, self.affine))):
            raise ValueError("affine must hold 16 finite numbers")
        if not 1 <= self.volumes <= _MOST_VOLUMES:
            raise ValueError("volumes must be positive and not beyond counting")
        if len(self.frames) not in (0, self.pixels.frames):
            raise ValueError("frames must be described one by one or not at all")
        if any(len(frame.values) != len(self.frame_tags) for frame in self.frames):
            raise ValueError("a frame must have one value for each tag")


def _check_vectors(record: FrameRecord | ImageRecord) -> None:
    vectors = ((record.orientation, 6), (record.position, 3), (record.pixel_spacing, 2))
    for values, length in vectors:
        if values is not None and (len(values) != length or not all(map(math.isfinite, values))):
            raise ValueError(f"a vector must hold {length} finite numbers")
    if record.pixel_spacing is not None and min(record.pixel_spacing) <= 0:
        raise ValueError("pixel_spacing must be positive")


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class FileAnswer:
    """The answer about one file: an image, or the reason why it is none.

    ``references`` are the file references of a DICOMDIR, as written.
    """

    file: int
    image: ImageRecord | None = None
    skipped: Remark | None = None
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.image is None) == (self.skipped is None):
            raise ValueError("a file is either an image or skipped")
