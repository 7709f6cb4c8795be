"""Frames of one compressed DICOM file as int16.  Runs in the reader process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.pixels.stored import has_bits_above, to_int16
from inference.dicom.readers.protocol import DecodeRequest, FrameAnswer, plain_path
from inference.dicom.records import Remark
from inference.messages.message import FieldValue

if TYPE_CHECKING:
    from inference.dicom.pixels.codecs import Stored
    from inference.dicom.pixels.pixel_source import PixelSource

# Reasons for a frame's absence, each a fact in the catalogue.
_FAILURES: Final = frozenset({"absent", "codestream", "fragments", "memory", "shape", "syntax", "truncated"})


def import_decoders() -> None:
    """Import what compressed files need, before the watchdog looks at the file itself."""
    import gdcm
    import jpeg_ls
    import openjpeg.utils

    from inference.dicom.pixels import pixel_source

    assert gdcm and jpeg_ls and openjpeg.utils and pixel_source


def decode_frames(request: DecodeRequest, target: NDArray[np.int16]) -> list[FrameAnswer]:
    """Fill ``target`` (frame, row, column); one answer for each frame of the request, in its order."""
    from inference.dicom.pixels.pixel_source import opened_pixels

    try:
        with opened_pixels(plain_path(request.path)) as source:
            if request.tiles_across:
                return _tiles(source, request, target)
            answers = []
            for slot, frame in enumerate(request.frames):
                compare = request.compare and slot == 0
                answers.append(_dicom_frame(source, frame, target[slot], compare=compare))
            return answers
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the file is wrong with each frame
        return [frame_answer(frame, failure_word(error)) for frame in request.frames]


def _tiles(source: PixelSource, request: DecodeRequest, target: NDArray[np.int16]) -> list[FrameAnswer]:
    """Tiles of the one picture of a mosaic: decoded once, then cut."""
    from inference.dicom.pixels.tiles import tile_of

    picture = np.empty((source.shape.rows, source.shape.columns), np.int16)
    whole = _dicom_frame(source, 0, picture, compare=request.compare)
    answers = []
    for slot, frame in enumerate(request.frames):
        if not whole.failure:
            target[slot] = tile_of(picture, frame, request.tiles_across)
        answers.append(FrameAnswer(frame, whole.failure, whole.remarks if slot == 0 else ()))
    return answers


def _dicom_frame(source: PixelSource, frame: int, target: NDArray[np.int16], *, compare: bool) -> FrameAnswer:
    """One frame into ``target``, the bits that no value uses dropped and colours made grey (0 to 255)."""
    from inference.dicom.syntaxes import syntax_name

    try:
        if not 0 <= frame < source.frames:
            return frame_answer(frame, "absent", source.syntax)
        stored = source.stored(frame)
        if stored.shape[:2] != target.shape:
            return frame_answer(frame, "shape", source.syntax)
        target[:] = _grey(source, stored)
        remarks = []
        if source.is_grey and has_bits_above(stored, source.bits_stored, source.is_signed):
            remarks.append(Remark("intake.high_bits", {}))
        if compare:
            other = source.second_opinion(frame)
            if other is not None and not np.array_equal(_as_int16(source, other), _as_int16(source, stored)):
                remarks.append(Remark("intake.decoders_disagree", {"syntax": syntax_name(source.syntax)}))
        return FrameAnswer(frame, "", tuple(remarks))
    except Exception as error:  # noqa: BLE001 - a decoder may fail in any way; this frame is then absent
        return frame_answer(frame, failure_word(error), source.syntax)


def _grey(source: PixelSource, stored: Stored) -> NDArray[np.int16]:
    from inference.dicom.pixels.colour import grey_of_colour, grey_of_palette

    shape = source.shape
    if source.is_grey:
        return _as_int16(source, stored)[..., 0]
    if shape.samples == 3:
        grey = grey_of_colour(stored, shape.photometric, source.bits_stored)
    else:
        palette = source.palette()
        if palette is None:
            raise ValueError("palette")
        grey = grey_of_palette(stored[..., 0], *palette)
    return to_int16(grey, 8, is_signed=False)


def _as_int16(source: PixelSource, stored: Stored) -> NDArray[np.int16]:
    return to_int16(stored, source.bits_stored, source.is_signed)


def failure_word(error: Exception) -> str:
    """One word for what went wrong."""
    if isinstance(error, MemoryError):
        return "memory"
    word = str(error.args[0]) if error.args else ""
    return word if word in _FAILURES else "codestream"


def frame_answer(frame: int, failure: str, syntax: str = "") -> FrameAnswer:
    """The answer about a frame; where it is absent, a remark says why."""
    from inference.dicom.syntaxes import syntax_name

    if not failure:
        return FrameAnswer(frame)
    fields: dict[str, FieldValue] = {
        "reason": f"fact.frame.{failure}",
        "syntax": syntax_name(syntax) if syntax else "–",
    }
    return FrameAnswer(frame, failure, (Remark("intake.frame_undecodable", fields),))
