"""Transfer syntaxes and object classes by UID: what can be decoded, and the names of what cannot."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from inference.dicom.headers.elements import DEFLATED_LE, NATIVE_SYNTAXES
from inference.dicom.pixels.codestreams import Coding

RLE_LOSSLESS: Final = "1.2.840.10008.1.2.5"

_JPEG: Final = tuple(f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 53, 55))
_JPEG_LOSSLESS: Final = tuple(f"1.2.840.10008.1.2.4.{number}" for number in (57, 70))
_JPEG_LS: Final = tuple(f"1.2.840.10008.1.2.4.{number}" for number in (80, 81))
# Multi-component images (.92, .93) are coded alike; a picture of one component is the same codestream.
_JPEG_2000: Final = tuple(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203))

CODINGS: Final[Mapping[str, Coding]] = MappingProxyType(
    {
        **dict.fromkeys(_JPEG, "jpeg"),
        **dict.fromkeys(_JPEG_LOSSLESS, "jpeg lossless"),
        **dict.fromkeys(_JPEG_LS, "jpeg-ls"),
        **dict.fromkeys(_JPEG_2000, "jpeg 2000"),
    }
)
"""How each compressed syntax is coded, RLE apart."""

LOSSLESS_SYNTAXES: Final = frozenset(
    {RLE_LOSSLESS, *_JPEG_LOSSLESS} | {f"1.2.840.10008.1.2.4.{number}" for number in (80, 90, 201, 202)}
)
COMPRESSED_SYNTAXES: Final = frozenset({RLE_LOSSLESS, *CODINGS})
DECODED_SYNTAXES: Final = COMPRESSED_SYNTAXES | {DEFLATED_LE}
READABLE_SYNTAXES: Final = NATIVE_SYNTAXES | DECODED_SYNTAXES

_SYNTAX_NAMES: Final = MappingProxyType(
    {
        "1.2.840.10008.1.2": "Implicit VR Little Endian",
        "1.2.840.10008.1.2.1": "Explicit VR Little Endian",
        "1.2.840.10008.1.2.1.98": "Encapsulated Uncompressed Explicit VR Little Endian",
        "1.2.840.10008.1.2.1.99": "Deflated Explicit VR Little Endian",
        "1.2.840.10008.1.2.2": "Explicit VR Big Endian",
        "1.2.840.10008.1.2.4.50": "JPEG Baseline (Process 1)",
        "1.2.840.10008.1.2.4.51": "JPEG Extended (Process 2 and 4)",
        "1.2.840.10008.1.2.4.52": "JPEG Extended (Process 3 and 5)",
        "1.2.840.10008.1.2.4.53": "JPEG Spectral Selection (Process 6 and 8)",
        "1.2.840.10008.1.2.4.54": "JPEG Spectral Selection (Process 7 and 9)",
        "1.2.840.10008.1.2.4.55": "JPEG Full Progression (Process 10 and 12)",
        "1.2.840.10008.1.2.4.56": "JPEG Full Progression (Process 11 and 13)",
        "1.2.840.10008.1.2.4.57": "JPEG Lossless (Process 14)",
        "1.2.840.10008.1.2.4.58": "JPEG Lossless (Process 15)",
        **{f"1.2.840.10008.1.2.4.{number}": "JPEG, hierarchical" for number in range(59, 67)},
        "1.2.840.10008.1.2.4.70": "JPEG Lossless (Process 14, SV1)",
        "1.2.840.10008.1.2.4.80": "JPEG-LS Lossless",
        "1.2.840.10008.1.2.4.81": "JPEG-LS Near-lossless",
        "1.2.840.10008.1.2.4.90": "JPEG 2000 Lossless",
        "1.2.840.10008.1.2.4.91": "JPEG 2000",
        "1.2.840.10008.1.2.4.92": "JPEG 2000 Multi-component Lossless",
        "1.2.840.10008.1.2.4.93": "JPEG 2000 Multi-component",
        "1.2.840.10008.1.2.4.94": "JPIP Referenced",
        "1.2.840.10008.1.2.4.95": "JPIP Referenced Deflate",
        "1.2.840.10008.1.2.4.100": "MPEG-2 Main Profile, Main Level (video)",
        "1.2.840.10008.1.2.4.100.1": "MPEG-2 Main Profile, Main Level, fragmentable (video)",
        "1.2.840.10008.1.2.4.101": "MPEG-2 Main Profile, High Level (video)",
        "1.2.840.10008.1.2.4.101.1": "MPEG-2 Main Profile, High Level, fragmentable (video)",
        "1.2.840.10008.1.2.4.102": "MPEG-4 AVC/H.264 High Profile 4.1 (video)",
        "1.2.840.10008.1.2.4.102.1": "MPEG-4 AVC/H.264 High Profile 4.1, fragmentable (video)",
        "1.2.840.10008.1.2.4.103": "MPEG-4 AVC/H.264 BD-compatible (video)",
        "1.2.840.10008.1.2.4.103.1": "MPEG-4 AVC/H.264 BD-compatible, fragmentable (video)",
        "1.2.840.10008.1.2.4.104": "MPEG-4 AVC/H.264 High Profile 4.2 for 2D (video)",
        "1.2.840.10008.1.2.4.104.1": "MPEG-4 AVC/H.264 High Profile 4.2 for 2D, fragmentable (video)",
        "1.2.840.10008.1.2.4.105": "MPEG-4 AVC/H.264 High Profile 4.2 for 3D (video)",
        "1.2.840.10008.1.2.4.105.1": "MPEG-4 AVC/H.264 High Profile 4.2 for 3D, fragmentable (video)",
        "1.2.840.10008.1.2.4.106": "MPEG-4 AVC/H.264 Stereo High Profile (video)",
        "1.2.840.10008.1.2.4.106.1": "MPEG-4 AVC/H.264 Stereo High Profile, fragmentable (video)",
        "1.2.840.10008.1.2.4.107": "HEVC/H.265 Main Profile (video)",
        "1.2.840.10008.1.2.4.108": "HEVC/H.265 Main 10 Profile (video)",
        "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
        "1.2.840.10008.1.2.4.111": "JPEG XL JPEG Recompression",
        "1.2.840.10008.1.2.4.112": "JPEG XL",
        "1.2.840.10008.1.2.4.201": "High-Throughput JPEG 2000 Lossless",
        "1.2.840.10008.1.2.4.202": "High-Throughput JPEG 2000 RPCL Lossless",
        "1.2.840.10008.1.2.4.203": "High-Throughput JPEG 2000",
        "1.2.840.10008.1.2.4.204": "JPIP High-Throughput JPEG 2000 Referenced",
        "1.2.840.10008.1.2.4.205": "JPIP High-Throughput JPEG 2000 Referenced Deflate",
        "1.2.840.10008.1.2.5": "RLE Lossless",
        "1.2.840.10008.1.2.8.1": "Deflated Image Frame",
        "1.2.840.10008.1.2.7.1": "SMPTE ST 2110-20 (video)",
        "1.2.840.10008.1.2.7.2": "SMPTE ST 2110-20 interlaced (video)",
        "1.2.840.10008.1.2.7.3": "SMPTE ST 2110-30 (audio)",
    }
)
_PRIVATE_SYNTAXES: Final = (
    ("1.2.840.113619.", "GE, private"),
    ("1.3.46.670589.", "Philips, private"),
    ("1.3.12.2.1107.", "Siemens, private"),
    ("1.2.392.200036.9116.", "Canon (Toshiba), private"),
)
_STANDARD_ROOT: Final = "1.2.840.10008."

SEGMENTATION: Final = "1.2.840.10008.5.1.4.1.1.66.4"
LABEL_MAP_SEGMENTATION: Final = "1.2.840.10008.5.1.4.1.1.66.7"
SEGMENTATIONS: Final = frozenset({SEGMENTATION, LABEL_MAP_SEGMENTATION})
STRUCTURE_SET: Final = "1.2.840.10008.5.1.4.1.1.481.3"
MEDIA_DIRECTORY: Final = "1.2.840.10008.1.3.10"

SINGLE_FRAME_IMAGES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.1",
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.840.10008.5.1.4.1.1.4",
        "1.2.840.10008.5.1.4.1.1.7",
        "1.2.840.10008.5.1.4.1.1.20",
        "1.2.840.10008.5.1.4.1.1.128",
    }
)

ENHANCED_IMAGES: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.2.1",
        "1.2.840.10008.5.1.4.1.1.2.2",
        "1.2.840.10008.5.1.4.1.1.4.1",
        "1.2.840.10008.5.1.4.1.1.4.3",
        "1.2.840.10008.5.1.4.1.1.4.4",
        "1.2.840.10008.5.1.4.1.1.128.1",
        "1.2.840.10008.5.1.4.1.1.130",
    }
)
"""Enhanced and legacy-converted CT, MR and PET: their frames are described by functional groups."""

SCREENSHOTS: Final = frozenset(f"1.2.840.10008.5.1.4.1.1.7{tail}" for tail in ("", ".1", ".2", ".3", ".4"))
"""Secondary capture, of one frame and of many."""

MULTI_FRAME_IMAGES: Final = ENHANCED_IMAGES | SCREENSHOTS

_OBJECT_NAMES: Final = MappingProxyType(
    {
        "1.2.840.10008.5.1.4.1.1.2.1": "Enhanced CT",
        "1.2.840.10008.5.1.4.1.1.2.2": "Legacy Converted Enhanced CT",
        "1.2.840.10008.5.1.4.1.1.4.1": "Enhanced MR",
        "1.2.840.10008.5.1.4.1.1.4.2": "MR Spectroscopy",
        "1.2.840.10008.5.1.4.1.1.4.4": "Legacy Converted Enhanced MR",
        "1.2.840.10008.5.1.4.1.1.6.1": "Ultrasound",
        "1.2.840.10008.5.1.4.1.1.3.1": "Ultrasound Multi-frame",
        "1.2.840.10008.5.1.4.1.1.11.1": "Presentation State",
        "1.2.840.10008.5.1.4.1.1.30": "Parametric Map",
        "1.2.840.10008.5.1.4.1.1.66": "Raw Data",
        "1.2.840.10008.5.1.4.1.1.66.1": "Spatial Registration",
        "1.2.840.10008.5.1.4.1.1.66.5": "Surface Segmentation",
        "1.2.840.10008.5.1.4.1.1.88.11": "Basic Text SR",
        "1.2.840.10008.5.1.4.1.1.88.22": "Enhanced SR",
        "1.2.840.10008.5.1.4.1.1.88.33": "Comprehensive SR",
        "1.2.840.10008.5.1.4.1.1.88.34": "Comprehensive 3D SR",
        "1.2.840.10008.5.1.4.1.1.88.67": "Radiation Dose SR",
        "1.2.840.10008.5.1.4.1.1.104.1": "Encapsulated PDF",
        "1.2.840.10008.5.1.4.1.1.130": "Enhanced PET",
        "1.2.840.10008.5.1.4.1.1.481.1": "RT Image",
        "1.2.840.10008.5.1.4.1.1.481.2": "RT Dose",
        "1.2.840.10008.5.1.4.1.1.481.5": "RT Plan",
        "1.2.840.10008.5.1.4.1.1.481.8": "RT Ion Plan",
    }
)


def syntax_name(uid: str) -> str:
    """The name of a transfer syntax; for a private one its maker, if known, and "private"."""
    if uid in _SYNTAX_NAMES:
        return _SYNTAX_NAMES[uid]
    for root, name in _PRIVATE_SYNTAXES:
        if uid.startswith(root):
            return name
    return uid if uid.startswith(_STANDARD_ROOT) else "private"


def object_name(uid: str) -> str:
    """The name of an object class, or its UID where none is known."""
    return _OBJECT_NAMES.get(uid, uid or "–")
