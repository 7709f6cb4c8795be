"""The true tumour label of a synthetic volume as a DICOM Segmentation on the same frame of reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.phantoms.npc_tumour import NODES, PRIMARY
from models.phantoms.synthetic_study import SyntheticStudy, synthetic_uid

if TYPE_CHECKING:
    from highdicom.seg import SegmentDescription
    from pydicom.dataset import Dataset

_SERIES_NUMBER = 70
_GENERATOR = "Concilium phantom generator"


@dataclass(frozen=True, slots=True)
class TruthSegment:
    """A value of the label map and what it stands for; codes are SNOMED CT (value, meaning)."""

    label: int
    name: str
    kind: tuple[str, str]
    place: tuple[str, str]


PRIMARY_KIND = ("86049000", "Neoplasm, Primary")
SECONDARY_KIND = ("14799000", "Neoplasm, Secondary")
NPC_SEGMENTS = (
    TruthSegment(PRIMARY, "Primary tumour", PRIMARY_KIND, ("71836000", "Nasopharynx")),
    TruthSegment(NODES, "Cervical lymph nodes", SECONDARY_KIND, ("81105003", "Cervical lymph node")),
)


class Labelled(Protocol):
    """A volume with its label map (slice, row, column)."""

    @property
    def tumour(self) -> NDArray[np.uint8]: ...


def truth_segmentation(
    volume: Labelled,
    study: SyntheticStudy,
    images: Sequence[Dataset],
    segments: Sequence[TruthSegment] = NPC_SEGMENTS,
) -> Dataset:
    """A binary SEG with a segment for each of ``segments`` that the volume shows.

    Categories and types as in the DICOM segmentation property contexts CID 7150 and 7159.
    """
    from highdicom.seg import SegmentationTypeValues
    from highdicom.seg.sop import Segmentation

    present = [one for one in segments if bool((volume.tumour == one.label).any())]
    planes = np.stack([volume.tumour == one.label for one in present], axis=-1).astype(np.uint8)
    segmentation: Any = Segmentation(
        source_images=list(images),
        pixel_array=planes,
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=[_description(one, n + 1) for n, one in enumerate(present)],
        series_instance_uid=study.segmentation_series_uid,
        series_number=_SERIES_NUMBER,
        sop_instance_uid=study.segmentation_uid,
        instance_number=1,
        manufacturer="Concilium phantom",
        manufacturer_model_name="Phantom generator",
        software_versions="1",
        device_serial_number="0",
        series_description="SYNTHETIC PHANTOM ground truth",
        content_label="GROUND_TRUTH",
        content_description="Tumour drawn by the phantom generator",
        omit_empty_frames=True,
    )
    # highdicom stamps the clock; a phantom's files are the same whenever they are written.
    segmentation.ContentDate = segmentation.SeriesDate = study.study_date
    segmentation.ContentTime = segmentation.SeriesTime = study.series_time
    for keyword in ("InstanceCreationDate", "InstanceCreationTime", "TimezoneOffsetFromUTC"):
        if keyword in segmentation:
            del segmentation[keyword]
    for equipment in segmentation.get("ContributingEquipmentSequence", []):
        if "ContributionDateTime" in equipment:
            equipment.ContributionDateTime = study.study_date + study.series_time
    organisation = synthetic_uid(study.segmentation_uid, "dimension organisation")
    segmentation.DimensionOrganizationSequence[0].DimensionOrganizationUID = organisation
    for item in segmentation.DimensionIndexSequence:
        item.DimensionOrganizationUID = organisation
    return segmentation


def _description(segment: TruthSegment, number: int) -> SegmentDescription:
    from highdicom.content import AlgorithmIdentificationSequence
    from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription
    from highdicom.sr.coding import CodedConcept

    def coded(code: tuple[str, str]) -> CodedConcept:
        return CodedConcept(code[0], "SCT", code[1])

    family = CodedConcept("PHANTOM", "99CONCILIUM", "Synthetic ground truth")
    return SegmentDescription(
        segment_number=number,
        segment_label=segment.name,
        segmented_property_category=coded(("49755003", "Morphologically Abnormal Structure")),
        segmented_property_type=coded(segment.kind),
        algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=AlgorithmIdentificationSequence(name=_GENERATOR, version="1", family=family),
        tracking_id=f"{_GENERATOR}: {segment.name}",
        tracking_uid=synthetic_uid("segment", segment.label),
        anatomic_regions=[coded(segment.place)],
    )
