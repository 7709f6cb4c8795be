"""Transfer syntaxes and object classes by UID: what can be decoded, and the names of what cannot."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from inference.dicom.elements import DEFLATED_LE, NATIVE_SYNTAXES

JPEG_2000_LOSSLESS: Final = "1.2.840.10008.1.2.4.90"
JPEG_2000: Final = "1.2.840.10008.1.2.4.91"
RLE_LOSSLESS: Final = "1.2.840.10008.1.2.5"

DECODED_SYNTAXES: Final = frozenset({DEFLATED_LE, JPEG_2000_LOSSLESS, JPEG_2000, RLE_LOSSLESS})
READABLE_SYNTAXES: Final = NATIVE_SYNTAXES | DECODED_SYNTAXES

_SYNTAX_NAMES: Final = MappingProxyType(
    {
        "1.2.840.10008.1.2.4.50": "JPEG Baseline (Process 1)",
        "1.2.840.10008.1.2.4.51": "JPEG Extended (Process 2 and 4)",
        "1.2.840.10008.1.2.4.53": "JPEG Spectral Selection (Process 6 and 8)",
        "1.2.840.10008.1.2.4.55": "JPEG Full Progression (Process 10 and 12)",
        "1.2.840.10008.1.2.4.57": "JPEG Lossless (Process 14)",
        "1.2.840.10008.1.2.4.70": "JPEG Lossless (Process 14, SV1)",
        "1.2.840.10008.1.2.4.80": "JPEG-LS Lossless",
        "1.2.840.10008.1.2.4.81": "JPEG-LS Near-lossless",
        "1.2.840.10008.1.2.4.92": "JPEG 2000 Multi-component Lossless",
        "1.2.840.10008.1.2.4.93": "JPEG 2000 Multi-component",
        "1.2.840.10008.1.2.4.100": "MPEG-2",
        "1.2.840.10008.1.2.4.102": "MPEG-4 AVC/H.264",
        "1.2.840.10008.1.2.4.107": "HEVC/H.265",
        "1.2.840.10008.1.2.4.201": "High-Throughput JPEG 2000 Lossless",
        "1.2.840.10008.1.2.4.202": "High-Throughput JPEG 2000 RPCL Lossless",
        "1.2.840.10008.1.2.4.203": "High-Throughput JPEG 2000",
    }
)

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
    """The name of a transfer syntax, or its UID where none is known."""
    return _SYNTAX_NAMES.get(uid, uid)


def object_name(uid: str) -> str:
    """The name of an object class, or its UID where none is known."""
    return _OBJECT_NAMES.get(uid, uid or "–")
