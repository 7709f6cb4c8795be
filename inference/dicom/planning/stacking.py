"""From the entries of one grid-to-be to a :class:`Stack` with everything that is odd about it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from inference.dicom.headers.picture_kind import picture_kind
from inference.dicom.limits import IntakeLimits
from inference.dicom.planning.entries import Entry, Part
from inference.dicom.planning.grid import EVEN_RESIDUAL, UPRIGHT_DEG, USABLE_RESIDUAL, SliceGrid, fit_grid
from inference.dicom.records import ImageRecord, Remark
from inference.dicom.syntaxes import SCREENSHOTS
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.geometry import Geometry
from inference.scan import Acquisition, FrameSource, Stack
from inference.technique import Technique, common_technique

_COARSE_HU: Final = 2.0
_STRONG_RATIO: Final = 10.0
_THICKNESS_TOLERANCE: Final = 0.01
_LYING: Final = ("HFP", "FFP", "HFDL", "HFDR", "FFDL", "FFDR")


def build_stack(part: Part, limits: IntakeLimits) -> Stack | None:
    """The stack of one part; None when not one of its frames can be read.

    ``part`` holds either DICOM files of one frame each, or one research file.
    """
    first = part.entries[0].record
    if first.affine is not None:
        geometry, frames, findings = _research_grid(part.entries[0])
    elif part.entries[0].is_placed and part.entries[0].axes is not None:
        geometry, frames, findings = _placed_grid(part.entries, limits)
    else:
        geometry, frames, findings = _unplaced_grid(part.entries)
    if not any(frames):
        return None
    middle = part.entries[len(part.entries) // 2].record
    findings += [*part.findings, *_about_the_source(part.entries), *_about_the_pixels(part.entries)]
    return Stack(
        stack_id=_stack_id(part.entries, geometry),
        identity=part.entries[0].identity,
        study_uid=first.study_uid,
        series_uid=first.series_uid,
        frame_of_reference_uid=first.frame_of_reference_uid,
        geometry=geometry,
        frames=frames,
        acquisition=_acquisition(first, middle, [entry.record.technique for entry in part.entries]),
        rows_columns=(first.pixels.rows, first.pixels.columns),
        findings=tuple(findings),
        padding_value=first.padding_value,
        padding_limit=first.padding_limit,
    )


def is_truncated(record: ImageRecord) -> bool:
    """True when the file does not hold the whole picture."""
    pixels = record.pixels
    if not pixels.is_native:
        return pixels.absent_frames >= pixels.frames
    return pixels.length < pixels.frame_bytes


def _placed_grid(
    entries: Sequence[Entry], limits: IntakeLimits
) -> tuple[Geometry, tuple[FrameSource | None, ...], list[Finding]]:
    first = entries[0].record
    axes = entries[0].axes
    assert axes is not None
    thickness = first.slice_thickness_mm
    positions = np.array([entry.record.position for entry in entries], dtype=np.float64)
    grid = fit_grid(positions, np.cross(axes[0], axes[1]), thickness_mm=thickness, longest=limits.frames)
    frames: list[FrameSource | None] = [None] * grid.length
    findings: list[Finding] = []
    for position, slot in zip(grid.order, grid.slots, strict=True):
        entry = entries[position]
        if is_truncated(entry.record):
            findings.append(finding("intake.truncated", file=entry.name, slice=int(slot) + 1))
        else:
            frames[slot] = _frame(entry)
    spacing = first.pixel_spacing or (1.0, 1.0)
    if first.pixel_spacing is None:
        findings.append(finding("intake.no_pixel_spacing"))
    geometry = Geometry.from_axes(
        origin_lps_mm=grid.origin_mm,
        slice_step_mm=grid.step_mm,
        row_step_mm=axes[1] * spacing[0],
        column_step_mm=axes[0] * spacing[1],
        shape=(grid.length, first.pixels.rows, first.pixels.columns),
    )
    return geometry, tuple(frames), findings + _about_the_grid(grid, entries)


def _about_the_grid(grid: SliceGrid, entries: Sequence[Entry]) -> list[Finding]:
    findings: list[Finding] = []
    first = entries[0].record
    spacing = grid.spacing_mm
    names = [entries[position].name for position in grid.order]
    for before, after, low, high in zip(names, names[1:], grid.slots, grid.slots[1:], strict=False):
        if high - low > 1:
            findings.append(
                finding(
                    "intake.gap",
                    before=before,
                    after=after,
                    slice=int(low) + 1,
                    gap_mm=round(float(high - low) * spacing, 2),
                    spacing_mm=round(spacing, 3),
                    missing=int(high - low) - 1,
                )
            )
    if grid.residual > USABLE_RESIDUAL:
        findings.append(finding("intake.uneven", percent=round(100 * grid.residual)))
    elif grid.residual > EVEN_RESIDUAL:
        findings.append(finding("intake.uneven_slightly", percent=round(100 * grid.residual)))
    if grid.tilt_deg > UPRIGHT_DEG:
        findings.append(finding("intake.tilt", degrees=round(grid.tilt_deg, 1)))
    tag = first.gantry_tilt_deg
    if tag is not None and len(entries) > 1 and abs(abs(tag) - grid.tilt_deg) > UPRIGHT_DEG:
        findings.append(finding("intake.tilt_tag", tag=tag, degrees=round(grid.tilt_deg, 1)))
    if len(entries) == 1:
        findings.append(finding("intake.single_slice"))
    elif len(entries) == 2:
        findings.append(finding("intake.two_slices"))
    thickness = first.slice_thickness_mm
    if not thickness:
        findings.append(finding("intake.thickness_missing"))
    elif len(entries) > 1 and abs(thickness - spacing) > _THICKNESS_TOLERANCE * spacing:
        findings.append(
            finding("intake.thickness_differs", thickness_mm=thickness, spacing_mm=round(spacing, 3))
        )
    return findings


def _unplaced_grid(
    entries: Sequence[Entry],
) -> tuple[Geometry, tuple[FrameSource | None, ...], list[Finding]]:
    """Pictures without position or orientation: in order, one unit apart, for looking at one by one."""
    first = entries[0].record
    ordered = sorted(
        entries,
        key=lambda entry: (
            entry.record.slice_location if entry.record.slice_location is not None else 0.0,
            entry.record.concatenation_offset + entry.frame if entry.record.concatenation_uid else 0,
            entry.record.instance_number or 0,
            entry.file,
            entry.frame,
        ),
    )
    spacing = first.pixel_spacing or (1.0, 1.0)
    geometry = Geometry.from_axes(
        origin_lps_mm=(0.0, 0.0, 0.0),
        slice_step_mm=(0.0, 0.0, 1.0),
        row_step_mm=(0.0, spacing[0], 0.0),
        column_step_mm=(spacing[1], 0.0, 0.0),
        shape=(len(ordered), first.pixels.rows, first.pixels.columns),
    )
    findings = [finding("intake.no_position")]
    if first.pixel_spacing is None:
        findings.append(finding("intake.no_pixel_spacing"))
    frames: list[FrameSource | None] = []
    for slot, entry in enumerate(ordered):
        truncated = is_truncated(entry.record)
        if truncated:
            findings.append(finding("intake.truncated", file=entry.name, slice=slot + 1))
        frames.append(None if truncated else _frame(entry))
    return geometry, tuple(frames), findings


def _research_grid(entry: Entry) -> tuple[Geometry, tuple[FrameSource | None, ...], list[Finding]]:
    record = entry.record
    assert record.affine is not None
    pixels = record.pixels
    geometry = Geometry(np.array(record.affine).reshape(4, 4), (pixels.frames, pixels.rows, pixels.columns))
    frames = tuple(_frame(replace(entry, frame=entry.frame + index)) for index in range(pixels.frames))
    few = {1: [finding("intake.single_slice")], 2: [finding("intake.two_slices")]}
    cosine = float(geometry.slice_normal @ geometry.direction[:, 0])
    normal_tilt = math.degrees(math.acos(min(1.0, cosine)))
    tilted = [finding("intake.tilt", degrees=round(normal_tilt, 1))] if normal_tilt > UPRIGHT_DEG else []
    return geometry, frames, [*few.get(pixels.frames, []), *tilted]


def _frame(entry: Entry) -> FrameSource:
    record = entry.record
    pixels = record.pixels
    return FrameSource(
        file=entry.file,
        frame=entry.frame,
        sop_uid=record.sop_uid,
        instance_number=record.instance_number,
        is_native=pixels.is_native,
        offset=pixels.offset,
        length=pixels.frame_bytes if pixels.is_native else pixels.length,
        bits_allocated=pixels.bits_allocated,
        bits_stored=pixels.bits_stored,
        is_signed=pixels.is_signed,
        slope=record.slope or 1.0,
        intercept=record.intercept or 0.0,
        is_big_endian=pixels.is_big_endian,
        kind=record.kind,
        tiles_across=pixels.tiles_across,
    )


def _about_the_source(entries: Sequence[Entry]) -> Iterable[Finding]:
    """Identity, identifiers, kind of picture, and what the reader remarked."""
    first = entries[0].record
    identity = entries[0].identity
    is_dicom = first.kind == "dicom"
    if identity.key is None and not identity.name:
        yield finding("intake.identity_unknown")
    if is_dicom and not (first.study_uid and first.series_uid):
        yield finding("intake.series_uid_missing")
    if is_dicom and not all(entry.record.sop_uid for entry in entries):
        yield finding("intake.sop_uid_missing")
    if not first.frame_of_reference_uid:
        yield finding("intake.frame_of_reference_missing")
    if not first.modality:
        yield finding("intake.modality_unknown")
    burned_in = any(entry.record.has_burned_in_text for entry in entries)
    kind = picture_kind(first.image_type)
    if kind == "localiser":
        yield finding("intake.localiser")
    elif kind == "mosaic":
        yield finding("intake.mosaic")
    elif (
        kind == "reformatted"
        or first.sop_class_uid in SCREENSHOTS
        or (burned_in and "SECONDARY" in first.image_type)
    ):
        yield finding("intake.reformatted", image_type="\\".join(first.image_type) or "–")
    elif any("DERIVED" in entry.record.image_type for entry in entries):
        yield finding("intake.derived")
    lying = [position for entry in entries if (position := entry.record.patient_position) in _LYING]
    if lying:
        yield finding("intake.lying_otherwise", position=lying[0])
    if burned_in:
        yield finding("intake.burned_in_text")
    remarks: dict[str, tuple[Remark, set[int], str]] = {}
    for entry in entries:
        for remark in entry.record.remarks:
            files = remarks[remark.code][1] if remark.code in remarks else set()
            files.add(entry.file)
            remarks[remark.code] = (remark, files, entry.file_name)
    for remark, files, name in remarks.values():
        yield finding(remark.code, **(remark.fields | {"count": len(files), "file": name}))


def _about_the_pixels(entries: Sequence[Entry]) -> Iterable[Finding]:
    records = [entry.record for entry in entries]
    first = records[0]
    if first.padding_value is not None and first.padding_limit not in (None, first.padding_value):
        low, high = sorted((first.padding_value, first.padding_limit or 0))
        yield finding("intake.padding_range", low=low, high=high)
    # A slope of zero would make every pixel alike: it is no calibration.  A slope alone is half of one.
    if first.modality == "CT" and not all(one.slope and one.intercept is not None for one in records):
        yield finding("intake.rescale_missing")
    elif first.modality == "CT":
        slope = max(abs(record.slope or 1.0) for record in records)
        if slope > _COARSE_HU or first.pixels.bits_allocated == 8:
            yield finding("intake.rescale_coarse", step=round(slope, 3))
    units = {record.rescale_type for record in records} - {"", "HU"}
    if first.modality == "CT" and units:
        yield finding("intake.not_hounsfield", unit=", ".join(sorted(units)))
    scales = dict.fromkeys(scale for record in records for scale in record.scales)
    if scales:
        yield finding("intake.other_scale", scales="; ".join(scales))
    if first.modality == "PT":
        yield finding("intake.pet_values")
    if any(record.has_display_table for record in records):
        yield finding("intake.display_table")
    if first.photometric_interpretation == "MONOCHROME1":
        yield finding("intake.inverted")
    if any(record.has_modality_table for record in records):
        yield finding("intake.modality_table")
    if any(record.is_lossy for record in records):
        ratios = [record.lossy_ratio for record in records if record.is_lossy]
        known = [ratio for ratio in ratios if ratio]
        if len(known) == len(ratios) and max(known) <= _STRONG_RATIO:
            yield finding("intake.lossy", ratio=round(max(known), 1))
        else:
            yield finding("intake.lossy_strongly", ratio=round(max(known), 1) if known else "–")
    for entry in entries:
        pixels = entry.record.pixels
        if pixels.is_native and pixels.length > pixels.frame_bytes + 1:
            yield finding("intake.pixels_too_long", file=entry.name)
            break


def _acquisition(first: ImageRecord, middle: ImageRecord, techniques: Sequence[Technique]) -> Acquisition:
    return Acquisition(
        modality=first.modality,
        series_description=first.series_description,
        series_number=first.series_number,
        body_part=first.body_part,
        contrast_agent=first.contrast_agent,
        image_type=first.image_type,
        scanning_sequence=first.scanning_sequence,
        repetition_time_ms=first.repetition_time_ms,
        echo_time_ms=first.echo_time_ms,
        inversion_time_ms=first.inversion_time_ms,
        magnetic_field_t=first.magnetic_field_t,
        slice_thickness_mm=first.slice_thickness_mm,
        study_date=first.study_date,
        manufacturer=first.manufacturer,
        model_name=first.model_name,
        photometric_interpretation=first.photometric_interpretation,
        transfer_syntax_uid=first.syntax_uid,
        window_centre=middle.window_centre,
        window_width=middle.window_width if middle.window_width and middle.window_width >= 1 else None,
        protocol_name=first.protocol_name,
        sop_class_uid=first.sop_class_uid,
        technique=common_technique(techniques),
    )


def _stack_id(entries: Sequence[Entry], geometry: Geometry) -> str:
    """Sixteen hex digits that depend on instances and grid alone."""
    names = sorted(
        f"{entry.record.sop_uid or entry.name}\x1f{entry.record.pixels.length}\x1f{entry.frame}"
        if entry.siblings > 1 or not entry.record.sop_uid
        else entry.record.sop_uid
        for entry in entries
    )
    digest = hashlib.sha256("\n".join(names).encode())
    digest.update(geometry.affine.tobytes() + repr(geometry.shape).encode())
    return digest.hexdigest()[:16]
