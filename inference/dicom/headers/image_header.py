"""From the elements of one DICOM file to an :class:`ImageRecord`, or to the reason why it is none.

Runs in the reader process.  Numbers that carry geometry must parse exactly; a text that does not is
absent, with a remark.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from inference.dicom.headers.contrast_sequence import with_contrast
from inference.dicom.headers.elements import (
    Element,
    Header,
    MalformedError,
    NotDicomError,
    SyntaxMismatchError,
    read_header,
)
from inference.dicom.headers.frame_groups import LONGEST_DIMENSION, FrameElements, frame_elements
from inference.dicom.headers.mosaic import unfolded
from inference.dicom.headers.pixel_layout import PixelTags, pixel_layout
from inference.dicom.headers.private_tags import CSA_TAGS, with_private_b_value
from inference.dicom.headers.pulse_sequence import with_scanning_sequence
from inference.dicom.headers.scales import named_scales
from inference.dicom.headers.tags import DIMENSIONS, TAGS, WANTED_TAGS
from inference.dicom.headers.technique_tags import HeaderValues, iso_date, read_technique
from inference.dicom.headers.text import decode_text
from inference.dicom.headers.unusable import NotAnImageError as NotAnImageError
from inference.dicom.headers.values import binary_numbers, shown_number
from inference.dicom.pixels.colour import is_colour
from inference.dicom.records import FrameRecord, ImageRecord, PixelLayout, Remark
from inference.dicom.syntaxes import (
    MEDIA_DIRECTORY,
    MULTI_FRAME_IMAGES,
    SEGMENTATIONS,
    SINGLE_FRAME_IMAGES,
    STRUCTURE_SET,
    object_name,
)
from inference.messages.message import FieldValue

_MODALITY_LUT_SEQUENCE, _VOI_LUT_SEQUENCE = 0x00283000, 0x00283010
_LONGEST_CSA: Final = 1 << 20
_LONGEST_TEXT: Final = 1024
_BROKEN_RULES: Final = {
    "nesting": "intake.nesting",
    "length": "intake.length_beyond_file",
    "deflate ratio": "intake.deflate_bomb",
}
_ODDITIES: Final = {"vr": "intake.vr_unknown", "odd length": "intake.odd_length"}


def read_dicom(stream: BinaryIO, size: int, most_frames: int) -> ImageRecord:
    """The record of one DICOM image.

    Raises
    ------
    NotAnImageError
        With the remark to show, for everything that is no image that can be stacked.
    """
    try:
        header = read_header(stream, size, WANTED_TAGS)
        if b"MOSAIC" in _value(header, "ImageType"):
            stream.seek(0)
            long = read_header(stream, size, CSA_TAGS, longest=_LONGEST_CSA)
            header = replace(header, elements=header.elements | long.elements)
    except NotDicomError as error:
        raise NotAnImageError("intake.not_an_image_file") from error
    except SyntaxMismatchError as error:
        raise NotAnImageError("intake.syntax_mismatch") from error
    except MalformedError as error:
        raise NotAnImageError(_BROKEN_RULES.get(str(error), "intake.malformed")) from error
    try:
        return HeaderReading(header, size, most_frames, stream=stream).record()
    except MalformedError as error:
        code = "intake.nesting" if str(error) == "nesting" else "intake.malformed"
        raise NotAnImageError(code) from error


@dataclass(slots=True)
class HeaderReading:
    """One header being turned into a record; remarks gather on the way."""

    header: Header
    size: int
    most_frames: int
    remarks: list[Remark] = field(default_factory=list)
    stream: BinaryIO | None = None

    def record(self) -> ImageRecord:
        self._refuse_other_objects()
        pixels = self._pixel_layout()
        if not self.header.has_preamble or self.header.syntax_was_guessed:
            self._remark("intake.no_preamble")
        groups = self._lay_out_groups(pixels.frames)
        scales = named_scales(self.header, groups.scale_items)
        known = with_contrast(self.header, groups.scale_items)
        known = with_private_b_value(known, big=self.header.is_big_endian)
        known = with_scanning_sequence(known)
        if known is not self.header.elements:
            self.header = replace(self.header, elements=known)
        orientation = self.exact_numbers("ImageOrientationPatient", 6)
        position = self.exact_numbers("ImagePositionPatient", 3)
        frames = tuple(self._frame_record(own, groups.varying_dimensions) for own in groups.own)
        if pixels.frames == 1 and "MOSAIC" in self._texts("ImageType"):
            mosaic = unfolded(
                self.header.elements,
                pixels,
                placing=(position, orientation, self._pixel_spacing()),
                spacing_mm=self.number("SpacingBetweenSlices") or self.number("SliceThickness"),
            )
            position = None
            if mosaic is None:
                self._remark("intake.mosaic_folded")
            else:
                pixels, frames = mosaic
        return ImageRecord(
            kind="dicom",
            pixels=pixels,
            syntax_uid=self.header.syntax_uid,
            sop_class_uid=self.text("SOPClassUID"),
            sop_uid=self.text("SOPInstanceUID"),
            study_uid=self.text("StudyInstanceUID"),
            series_uid=self.text("SeriesInstanceUID"),
            frame_of_reference_uid=self.text("FrameOfReferenceUID"),
            patient_id=self._readable("PatientID"),
            issuer=self._readable("IssuerOfPatientID"),
            patient_name=self._readable("PatientName").rstrip("^="),
            birth_date=iso_date(self.text("PatientBirthDate")),
            sex=self.text("PatientSex") if self.text("PatientSex") in ("M", "F", "O") else "",
            is_deidentified=self.text("PatientIdentityRemoved") == "YES",
            orientation=orientation,
            position=position,
            pixel_spacing=self._pixel_spacing(),
            slice_location=self.number("SliceLocation"),
            slice_thickness_mm=self.number("SliceThickness"),
            gantry_tilt_deg=self.number("GantryDetectorTilt"),
            instance_number=self.integer("InstanceNumber"),
            series_number=self.integer("SeriesNumber"),
            slope=self.number("RescaleSlope"),
            intercept=self.number("RescaleIntercept"),
            rescale_type=self.text("RescaleType"),
            has_modality_table=_MODALITY_LUT_SEQUENCE in self.header.sequences,
            has_display_table=_VOI_LUT_SEQUENCE in self.header.sequences,
            scales=scales,
            padding_value=self._padding(pixels, "PixelPaddingValue"),
            padding_limit=self._padding(pixels, "PixelPaddingRangeLimit"),
            photometric_interpretation=self.text("PhotometricInterpretation") or "MONOCHROME2",
            modality=self.text("Modality"),
            series_description=self._readable("SeriesDescription"),
            protocol_name=self._readable("ProtocolName"),
            body_part=self.text("BodyPartExamined"),
            contrast_agent=self._readable("ContrastBolusAgent"),
            image_type=self._texts("ImageType"),
            scanning_sequence=self._texts("ScanningSequence"),
            repetition_time_ms=self.number("RepetitionTime"),
            echo_time_ms=self.number("EchoTime"),
            inversion_time_ms=self.number("InversionTime"),
            magnetic_field_t=self.number("MagneticFieldStrength"),
            study_date=iso_date(self.text("StudyDate")),
            manufacturer=self._readable("Manufacturer"),
            model_name=self._readable("ManufacturerModelName"),
            patient_position=self.text("PatientPosition"),
            window_centre=self.number("WindowCenter"),
            window_width=self.number("WindowWidth"),
            is_lossy=self.text("LossyImageCompression") == "01",
            lossy_ratio=self._largest("LossyImageCompressionRatio"),
            has_burned_in_text=self.text("BurnedInAnnotation") == "YES",
            dimensions=tuple((name, value) for name in DIMENSIONS if (value := self.text(name))),
            frame_tags=groups.varying_dimensions,
            frames=frames,
            concatenation_uid=self.text("ConcatenationUID"),
            concatenation_number=self.integer("InConcatenationNumber"),
            concatenation_total=self.integer("InConcatenationTotalNumber"),
            concatenation_offset=self.integer("ConcatenationFrameOffsetNumber") or 0,
            technique=read_technique(HeaderValues(self.text, self._texts, self._readable, self.number)),
            remarks=tuple(self.remarks),
        )

    def _refuse_other_objects(self) -> None:
        sop_class = self.text("SOPClassUID")
        if not sop_class and not self.text("Modality") and self.header.pixel_offset is None:
            if 0x00041220 in self.header.sequences:
                raise NotAnImageError("intake.directory_file")
            raise NotAnImageError("intake.no_pixels")
        if sop_class == MEDIA_DIRECTORY:
            raise NotAnImageError("intake.directory_file")
        if sop_class in SEGMENTATIONS:
            raise NotAnImageError(
                "intake.segmentation_object", description=self._readable("SeriesDescription") or "–"
            )
        if sop_class == STRUCTURE_SET:
            raise NotAnImageError("intake.structure_set")
        if sop_class and sop_class not in SINGLE_FRAME_IMAGES | MULTI_FRAME_IMAGES:
            raise NotAnImageError("intake.other_object", object=object_name(sop_class))
        if self.header.pixel_offset is None:
            raise NotAnImageError("intake.no_pixels")

    def _pixel_layout(self) -> PixelLayout:
        assert self.stream is not None
        frames = self.integer("NumberOfFrames")
        tags = PixelTags(self._unsigned, self.text, 1 if frames is None else frames)
        layout = pixel_layout(self.header, self.stream, self.size, tags, self.most_frames)
        photometric = self.text("PhotometricInterpretation")
        if is_colour(photometric, self._unsigned("SamplesPerPixel") or 1):
            self._remark("intake.colour", photometric=photometric or "–")
        for oddity in sorted(self.header.oddities):
            self._remark(_ODDITIES[oddity])
        return layout

    def _lay_out_groups(self, frames: int) -> FrameElements:
        """Put what functional groups say of all frames among the elements of the file; the rest is theirs."""
        groups = frame_elements(self.header, frames)
        if frames > 1 or groups.are_expected:
            self.header = replace(self.header, elements=groups.common)
        if groups.are_expected and not groups.are_complete:
            self._remark("intake.groups_missing")
        return groups

    def _frame_record(self, own: dict[int, Element], names: tuple[str, ...]) -> FrameRecord:
        """What one frame says beyond what all frames of the file share."""
        reading = HeaderReading(replace(self.header, elements=own), self.size, self.most_frames, self.remarks)
        return FrameRecord(
            orientation=reading.exact_numbers("ImageOrientationPatient", 6),
            position=reading.exact_numbers("ImagePositionPatient", 3),
            pixel_spacing=reading._pixel_spacing(),
            slice_thickness_mm=reading.number("SliceThickness"),
            slope=reading.number("RescaleSlope"),
            intercept=reading.number("RescaleIntercept"),
            rescale_type=reading.text("RescaleType"),
            image_type=reading._texts("ImageType"),
            repetition_time_ms=reading.number("RepetitionTime"),
            echo_time_ms=reading.number("EchoTime"),
            inversion_time_ms=reading.number("InversionTime"),
            window_centre=reading.number("WindowCenter"),
            window_width=reading.number("WindowWidth"),
            values=tuple(reading.text(name)[:LONGEST_DIMENSION] for name in names),
        )

    def _pixel_spacing(self) -> tuple[float, ...] | None:
        spacing = self.exact_numbers("PixelSpacing", 2)
        return None if spacing is None or min(spacing) <= 0 else spacing

    def _padding(self, pixels: PixelLayout, keyword: str) -> int | None:
        """Padding value or range limit as a pixel holds it, whatever its VR says (PS3.3 C.7.5.1.1.2)."""
        element = self.header.elements.get(TAGS[keyword])
        if element is None or len(element.value) < 2:
            return None
        raw = int.from_bytes(element.value[:2], "big" if self.header.is_big_endian else "little")
        is_signed_vr = element.vr == b"SS" or (element.vr != b"US" and pixels.is_signed)
        written = raw - 0x10000 if is_signed_vr and raw >= 0x8000 else raw
        value = raw & ((1 << pixels.bits_stored) - 1)
        if pixels.is_signed and value >> (pixels.bits_stored - 1):
            value -= 1 << pixels.bits_stored
        if value != written:
            self._remark("intake.padding_reinterpreted", written=written, value=value)
        return value

    def _remark(self, code: str, **fields: FieldValue) -> None:
        if all(remark.code != code for remark in self.remarks):
            self.remarks.append(Remark(code, fields))

    def _raw(self, keyword: str) -> bytes:
        element: Element | None = self.header.elements.get(TAGS[keyword])
        return b"" if element is None else element.value

    def text(self, keyword: str) -> str:
        """Codes, UIDs and numbers: ASCII, padding removed."""
        element = self.header.elements.get(TAGS[keyword])
        if element is None:
            return ""
        numbers = binary_numbers(element, TAGS[keyword], big=self.header.is_big_endian)
        if numbers is not None:
            return "\\".join(map(shown_number, numbers))
        return _printable(element.value.decode("ascii", "replace").strip(" \0\t\r\n"))

    def _texts(self, keyword: str) -> tuple[str, ...]:
        text = self.text(keyword)
        return tuple(part.strip() for part in text.split("\\")) if text else ()

    def _readable(self, keyword: str) -> str:
        """Text for people, as (0008,0005) decodes it; the likely reading of wrong bytes is remarked."""
        raw = self._raw(keyword).strip(b" \0")
        if raw.isascii() and b"\x1b" not in raw:
            return self.text(keyword)
        decoded = decode_text(raw, self._texts("SpecificCharacterSet"))
        if decoded.likely:
            likely = _printable(decoded.likely)
            self._remark("intake.charset_likely", tag=keyword, likely=likely, charset=decoded.likely_charset)
        elif not decoded.is_whole:
            self._remark("intake.charset_undecodable", tag=keyword)
        return _printable(decoded.text).strip()

    def _unsigned(self, keyword: str) -> int | None:
        raw = self._raw(keyword)
        if len(raw) not in (2, 4):
            return None
        return int.from_bytes(raw, "big" if self.header.is_big_endian else "little")

    def number(self, keyword: str) -> float | None:
        """The first number of a decimal string; a comma is taken for the point outside geometry."""
        element = self.header.elements.get(TAGS[keyword])
        if element is None:
            return None
        numbers = binary_numbers(element, TAGS[keyword], big=self.header.is_big_endian)
        if numbers:
            return numbers[0] if math.isfinite(numbers[0]) else None
        texts = self._texts(keyword)
        if not texts or not texts[0]:
            return None
        value = _number(texts[0].replace(",", "."))
        if math.isnan(value):
            self._remark("intake.value_unreadable", tag=keyword)
            return None
        if "," in texts[0]:
            self._remark("intake.decimal_comma", tag=keyword)
        return value

    def _largest(self, keyword: str) -> float | None:
        """The largest of the numbers that can be read."""
        values = [value for text in self._texts(keyword) if not math.isnan(value := _number(text))]
        return max(values, default=None)

    def integer(self, keyword: str) -> int | None:
        value = self.number(keyword)
        return None if value is None or abs(value) > 2**31 else int(value)

    def exact_numbers(self, keyword: str, count: int) -> tuple[float, ...] | None:
        texts = self._texts(keyword)
        if not texts:
            return None
        values = tuple(_number(text) for text in texts)
        if len(values) != count or any(map(math.isnan, values)):
            self._remark("intake.value_unreadable", tag=keyword)
            return None
        return values


def _value(header: Header, keyword: str) -> bytes:
    element = header.elements.get(TAGS[keyword])
    return b"" if element is None else element.value


def _printable(text: str) -> str:
    whole = text if text.isprintable() else "".join(letter for letter in text if letter.isprintable())
    return whole[:_LONGEST_TEXT]


def _number(text: str) -> float:
    """A finite number, or NaN for anything else."""
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan
