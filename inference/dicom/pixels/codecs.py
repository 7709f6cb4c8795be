"""The decoders: one compressed picture in memory to its stored integers.  Runs in the reader process.

Each coding has the faster of the exact decoders at hand, and lossless codings a second one of other
authors that may be asked whether it agrees (docs/decisions/0012-decoders.md has the measurements).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.pixels.codestreams import (
    CodestreamError,
    Coding,
    PictureFacts,
    bare_codestream,
    picture_facts,
)
from inference.dicom.pixels.rle import decode_rle, segment_bounds
from inference.dicom.syntaxes import CODINGS, LOSSLESS_SYNTAXES, RLE_LOSSLESS

Stored = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class PictureShape:
    """What the DICOM header says that one picture is."""

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    photometric: str
    is_signed: bool = False


def decode_picture(content: bytes, syntax: str, shape: PictureShape) -> Stored:
    """Stored integers of one compressed picture, (row, column, sample), uint8 or uint16.

    The bits are those that were coded; where both codes and header are signed, the sign is extended to
    the whole word.

    Raises
    ------
    CodestreamError
        When the picture is not what the header says; ``codestream`` also when its decoder gives up.
    """
    if syntax == RLE_LOSSLESS:
        return decode_rle(content, shape.rows, shape.columns, shape.samples, shape.bits_allocated // 8)
    content, facts = _checked(content, syntax, shape)
    return _ran(_FIRST[facts.coding], content, facts, shape)


def second_opinion(content: bytes, syntax: str, shape: PictureShape) -> Stored | None:
    """The same grey picture by a decoder of other authors; None where there is none, or it gives up."""
    if syntax not in LOSSLESS_SYNTAXES or shape.samples > 1:
        return None
    try:
        if syntax == RLE_LOSSLESS:
            segment_bounds(content, shape.bits_allocated // 8)
            facts = PictureFacts("jpeg", shape.rows, shape.columns, 1, shape.bits_allocated, None, True)
            return _ran(_gdcm_rle, content, facts, shape)
        content, facts = _checked(content, syntax, shape)
        second = _SECOND.get(facts.coding)
        return None if second is None else _ran(second, content, facts, shape)
    except CodestreamError:
        return None


def _checked(content: bytes, syntax: str, shape: PictureShape) -> tuple[bytes, PictureFacts]:
    """The bare codestream and its facts, where they agree with syntax and header."""
    content = bare_codestream(content)
    facts = picture_facts(content)
    if facts.coding != CODINGS[syntax] or (syntax in LOSSLESS_SYNTAXES and not facts.is_reversible):
        raise CodestreamError("syntax")
    expected = (shape.rows, shape.columns, shape.samples)
    if (facts.rows, facts.columns, facts.components) != expected or not 1 <= facts.precision <= 16:
        raise CodestreamError("shape")
    if facts.precision > shape.bits_allocated:
        raise CodestreamError("shape")
    return content, facts


_Decoder = Callable[[bytes, PictureFacts, PictureShape], bytes]


def _ran(decoder: _Decoder, content: bytes, facts: PictureFacts, shape: PictureShape) -> Stored:
    try:
        raw = decoder(content, facts, shape)
    except MemoryError:
        raise
    except Exception as error:
        raise CodestreamError("codestream") from error
    size = 2 if facts.precision > 8 else 1
    if len(raw) != facts.rows * facts.columns * facts.components * size:
        raise CodestreamError("codestream")
    pixels: Stored = np.frombuffer(raw, f"u{size}").reshape(facts.rows, facts.columns, facts.components)
    if not facts.is_signed:
        return pixels
    if shape.is_signed:
        return _sign_extended(pixels, facts.precision, shape.bits_allocated)
    masked: Stored = np.bitwise_and(pixels, (1 << facts.precision) - 1, dtype=pixels.dtype)
    return masked


def _sign_extended(pixels: Stored, precision: int, bits_allocated: int) -> Stored:
    """Signed codes of ``precision`` bits as whole words, whatever their decoder did about the sign."""
    unused = np.uint16(16 - precision)
    extended = (pixels.astype(np.uint16) << unused).view(np.int16) >> unused.astype(np.int16)
    return extended.view(np.uint16) if bits_allocated == 16 else extended.astype(np.int8).view(np.uint8)


def _openjpeg(content: bytes, facts: PictureFacts, shape: PictureShape) -> bytes:
    from openjpeg.utils import decode_pixel_data

    return bytes(decode_pixel_data(content, version=2))


def _charls(content: bytes, facts: PictureFacts, shape: PictureShape) -> bytes:
    from jpeg_ls import decode_pixel_data

    return bytes(decode_pixel_data(content)[0])


def _gdcm(content: bytes, facts: PictureFacts, shape: PictureShape) -> bytes:
    return _by_gdcm(content, facts, shape, _GDCM_SYNTAX[facts.coding])


def _gdcm_rle(content: bytes, facts: PictureFacts, shape: PictureShape) -> bytes:
    return _by_gdcm(content, facts, shape, RLE_LOSSLESS)


def _by_gdcm(content: bytes, facts: PictureFacts, shape: PictureShape, syntax: str) -> bytes:
    """Let GDCM decode from memory; the pixel format is the codestream's own, so nothing is reinterpreted."""
    import gdcm

    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(content)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((facts.columns, facts.rows, 1))
    image.SetDataElement(element)
    kind = gdcm.PhotometricInterpretation.GetPIType(shape.photometric)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
    if facts.components > 1:
        image.SetPlanarConfiguration(0)
    allocated = 16 if facts.precision > 8 else 8
    image.SetPixelFormat(
        gdcm.PixelFormat(
            facts.components, allocated, facts.precision, facts.precision - 1, int(bool(facts.is_signed))
        )
    )
    # GDCM hands its bytes out as text with escapes.
    content = image.GetBuffer().encode("utf-8", "surrogateescape")
    return content


# GDCM's one JPEG decoder reads every process of T.81; the syntax only picks that decoder.
_GDCM_SYNTAX: Final[Mapping[Coding, str]] = MappingProxyType(
    {
        "jpeg": "1.2.840.10008.1.2.4.51",
        "jpeg lossless": "1.2.840.10008.1.2.4.70",
        "jpeg-ls": "1.2.840.10008.1.2.4.80",
        "jpeg 2000": "1.2.840.10008.1.2.4.90",
    }
)
_FIRST: Final[Mapping[Coding, _Decoder]] = MappingProxyType(
    {"jpeg": _gdcm, "jpeg lossless": _gdcm, "jpeg-ls": _charls, "jpeg 2000": _openjpeg}
)
_SECOND: Final[Mapping[Coding, _Decoder]] = MappingProxyType({"jpeg-ls": _gdcm, "jpeg 2000": _gdcm})
