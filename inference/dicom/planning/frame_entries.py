"""From one image file to one entry for each of its frames, each with the facts of its own frame."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Final

from inference.dicom.headers.tags import DIMENSIONS
from inference.dicom.planning.entries import Entry
from inference.dicom.records import FrameRecord, ImageRecord, PixelLayout

_FACTS: Final = tuple(name for name in FrameRecord.__slots__ if name != "values")


def frames_of(entry: Entry) -> list[Entry]:
    """The entry itself for a file of one frame, else one for each frame; of a research file, each volume."""
    record = entry.record
    count = record.pixels.frames
    if record.kind != "dicom":
        return _volumes_of(entry)
    if count == 1:
        return [entry]
    whole = replace(record, frames=(), frame_tags=())
    entries = []
    for index in range(count):
        facts = _facts(record, record.frames[index]) if record.frames else {}
        own = replace(whole, pixels=_layout(record.pixels, index), **facts)
        entries.append(Entry(entry.file, f"{entry.name} [{index + 1}]", own, index, count))
    return entries


def _volumes_of(entry: Entry) -> list[Entry]:
    """One entry for each volume, with the number of its first slice in the file."""
    count, slices = entry.record.volumes, entry.record.pixels.frames
    if count == 1:
        return [entry]
    return [
        replace(entry, name=f"{entry.name} [{index + 1}]", frame=index * slices, siblings=count)
        for index in range(count)
    ]


def _facts(record: ImageRecord, frame: FrameRecord) -> dict[str, Any]:
    facts = {name: value for name in _FACTS if (value := getattr(frame, name)) not in (None, "", ())}
    if record.frame_tags:
        values = dict(zip(record.frame_tags, frame.values, strict=True))
        merged = dict(record.dimensions) | {name: value for name, value in values.items() if value}
        facts["dimensions"] = tuple((name, merged[name]) for name in DIMENSIONS if name in merged)
        technique: dict[str, Any] = {}
        if values.get("AcquisitionTime"):
            technique["acquisition_time"] = values["AcquisitionTime"]
        if values.get("ConvolutionKernel"):
            technique["kernel"] = values["ConvolutionKernel"]
        for name, fact in (("DiffusionBValue", "diffusion_b_value"), ("FlipAngle", "flip_angle_deg")):
            number = _number(values.get(name, ""))
            if number is not None:
                technique[fact] = number
        if technique:
            facts["technique"] = replace(record.technique, **technique)
    return facts


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _layout(pixels: PixelLayout, index: int) -> PixelLayout:
    """Where one frame lies: its part of native pixel data, or the whole where a decoder finds it.

    What native data have beyond their last frame stays with that frame, so that it can be told.
    """
    if not pixels.is_native:
        is_absent = index >= pixels.frames - pixels.absent_frames
        return replace(pixels, frames=1, absent_frames=int(is_absent))
    begin = min(index * pixels.frame_bytes, pixels.length)
    is_last = index == pixels.frames - 1
    available = pixels.length - begin
    return replace(
        pixels,
        frames=1,
        offset=pixels.offset + begin,
        length=available if is_last else min(available, pixels.frame_bytes),
    )
