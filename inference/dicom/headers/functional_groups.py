"""Functional groups of a multi-frame object, laid out as the elements of a classic single-frame image.

Each leaf of a standard group (PS3.3 C.7.6.16) goes under the tag that a classic image has for it, so that
one reading serves both.  Runs in the reader process.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from inference.dicom.headers.elements import Element, SequenceBytes
from inference.dicom.headers.private_tags import PHILIPS_SCALE_TAGS
from inference.dicom.headers.sequences import Item, read_items
from inference.dicom.headers.tags import TAGS
from inference.dicom.headers.values import IMPLICIT_VRS

SHARED_GROUPS: Final = 0x52009229
PER_FRAME_GROUPS: Final = 0x52009230
_CONVERTED_SHARED, _CONVERTED_PER_FRAME = 0x00209170, 0x00209171
_ANATOMY, _REGION, _MEANING = 0x00209071, 0x00082218, 0x00080104
_REAL_WORLD_VALUE, _UNITS, _UNIT_CODE = 0x00409096, 0x004008EA, 0x00080100
_PHILIPS_SHARED, _PHILIPS_PER_FRAME = 0x2005140E, 0x2005140F
_CONTRAST_USAGE, _ADMINISTERED = 0x00189341, 0x00189342
_DIFFUSION, _DIRECTIONS, _ORIENTATION = 0x00189117, 0x00189076, 0x00189089
_FRAME_MOMENT: Final = 0x00189074

_LEAVES: Final = MappingProxyType(
    {
        0x00209113: {0x00200032: TAGS["ImagePositionPatient"]},
        0x00209116: {0x00200037: TAGS["ImageOrientationPatient"]},
        0x00289110: {
            0x00280030: TAGS["PixelSpacing"],
            0x00180050: TAGS["SliceThickness"],
            0x00180088: TAGS["SpacingBetweenSlices"],
        },
        0x00289145: {
            0x00281052: TAGS["RescaleIntercept"],
            0x00281053: TAGS["RescaleSlope"],
            0x00281054: TAGS["RescaleType"],
        },
        0x00289132: {0x00281050: TAGS["WindowCenter"], 0x00281051: TAGS["WindowWidth"]},
        0x00209111: {
            0x00209056: TAGS["StackID"],
            0x00209128: TAGS["TemporalPositionIdentifier"],
            0x00209156: TAGS["AcquisitionNumber"],
            0x00189074: _FRAME_MOMENT,
            0x00189151: TAGS["FrameReferenceDateTime"],
        },
        0x00209310: {0x0020930D: TAGS["TemporalPositionTimeOffset"]},
        0x00189118: {
            0x00209153: TAGS["TriggerTime"],
            0x00209241: TAGS["NominalPercentageOfCardiacPhase"],
        },
        0x00209253: {0x00209245: TAGS["NominalPercentageOfRespiratoryPhase"]},
        0x00189114: {0x00189082: TAGS["EchoTime"]},
        0x00189117: {
            0x00189087: TAGS["DiffusionBValue"],
            0x00189075: TAGS["DiffusionDirectionality"],
        },
        0x00189152: {0x00189080: TAGS["MetaboliteMapDescription"]},
        0x00189112: {
            0x00180080: TAGS["RepetitionTime"],
            0x00180091: TAGS["EchoTrainLength"],
            0x00181314: TAGS["FlipAngle"],
        },
        0x00189115: {0x00189079: TAGS["InversionTime"], 0x00189009: TAGS["InversionRecovery"]},
        0x00189226: {0x00089007: TAGS["ImageType"], 0x00089208: TAGS["ComplexImageComponent"]},
        0x00189329: {0x00089007: TAGS["ImageType"]},
        0x00189751: {0x00089007: TAGS["ImageType"]},
        0x00189314: {0x00181210: TAGS["ConvolutionKernel"]},
        0x00189304: {0x00181120: TAGS["GantryDetectorTilt"]},
        0x00189325: {0x00180060: TAGS["KVP"]},
    }
)
_CONVERTED: Final = frozenset(TAGS.values()) - {
    TAGS[name] for name in ("SOPClassUID", "SOPInstanceUID", "Rows", "Columns", "NumberOfFrames")
}
_ELEMENTS: Final = frozenset(
    {leaf for leaves in _LEAVES.values() for leaf in leaves} | _CONVERTED | PHILIPS_SCALE_TAGS
    | {_MEANING, _UNIT_CODE, _ADMINISTERED}
)  # fmt: skip
_SEQUENCES: Final = frozenset(
    {*_LEAVES, _CONVERTED_SHARED, _CONVERTED_PER_FRAME, _ANATOMY, _REGION, _REAL_WORLD_VALUE}
    | {_DIRECTIONS, _UNITS, _CONTRAST_USAGE, _PHILIPS_SHARED, _PHILIPS_PER_FRAME}
)


def read_groups(sequence: SequenceBytes | None, *, big: bool) -> list[Item]:
    """The items of a functional groups sequence; none where it is absent.

    Raises
    ------
    MalformedError
        When the sequence breaks off or nests too deeply.
    """
    if sequence is None:
        return []
    return read_items(sequence, big=big, wanted=_ELEMENTS, nested=_SEQUENCES)


def classic_elements(item: Item) -> dict[int, Element]:
    """What one item of the functional groups says, under the tags of a classic image."""
    found: dict[int, Element] = {}
    for group in (_CONVERTED_SHARED, _CONVERTED_PER_FRAME):
        converted = item.first(group)
        if converted is not None:
            found.update((tag, one) for tag, one in converted.elements.items() if tag in _CONVERTED)
    for group, leaves in _LEAVES.items():
        source = item.first(group)
        for leaf, tag in leaves.items() if source is not None else ():
            element = source.elements.get(leaf) if source is not None else None
            if element is not None and element.value:
                vr = element.vr if element.vr not in (b"", b"UN") else IMPLICIT_VRS.get(leaf, b"")
                found[tag] = Element(vr, element.value)
    moment = found.pop(_FRAME_MOMENT, None)
    if moment is not None and len(moment.value) >= 14:
        found[TAGS["AcquisitionDateTime"]] = moment
        found[TAGS["AcquisitionDate"]] = Element(b"DA", moment.value[:8])
        found[TAGS["AcquisitionTime"]] = Element(b"TM", moment.value[8:].split(b"+")[0].split(b"-")[0])
    direction = item.first(_DIFFUSION, _DIRECTIONS)
    if direction is not None and _ORIENTATION in direction.elements:
        found[TAGS["DiffusionGradientOrientation"]] = Element(b"FD", direction.elements[_ORIENTATION].value)
    region = item.first(_ANATOMY, _REGION)
    if region is not None and _MEANING in region.elements:
        found[TAGS["BodyPartExamined"]] = region.elements[_MEANING]
    return found
