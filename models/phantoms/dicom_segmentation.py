"""The true tumour label of a synthetic volume as a DICOM Segmentation on the same frame of reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from models.phantoms.npc_tumour import NODES, PRIMARY
from models.phantoms.npc_volume import PhantomVolume
from models.phantoms.synthetic_study import SyntheticStudy, synthetic_uid

if TYPE_CHECKING:
    from highdicom.seg import SegmentDescription
    from pydicom.dataset import Dataset

_SERIES_NUMBER = 70
_GENERATOR = "Concilium phantom generator"


def truth_segmentation(volume: PhantomVolume, study: SyntheticStudy, images: Sequence[Dataset]) -> Dataset:
    """A binary SEG with a segment for the primary tumour and, where there are any, one for the nodes.

    Codes: SNOMED CT; categories and types as in the DICOM segmentation property contexts CID 7150 and 7159.
    """
    from highdicom.seg import SegmentationTypeValues
    from highdicom.seg.sop import Segmentation

    present = [label for label in (PRIMARY, NODES) if bool((volume.tumour == label).any())]
    planes = np.stack([volume.tumour == label for label in present], axis=-1).astype(np.uint8)
    segmentation: Any = Segmentation(
        source_images=list(images),
        pixel_array=planes,
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=[_description(label, n + 1) for n, label in enumerate(present)],
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


def _description(label: int, number: int) -> SegmentDescription:
    from highdicom.content import AlgorithmIdentificationSequence
    from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription
    from highdicom.sr.coding import CodedConcept

    morphology = CodedConcept("49755003", "SCT", "Morphologically Abnormal Structure")
    names = {
        PRIMARY: ("Primary tumour", CodedConcept("86049000", "SCT", "Neoplasm, Primary")),
        NODES: ("Cervical lymph nodes", CodedConcept("14799000", "SCT", "Neoplasm, Secondary")),
    }
    places = {
        PRIMARY: CodedConcept("71836000", "SCT", "Nasopharynx"),
        NODES: CodedConcept("81105003", "SCT", "Cervical lymph node"),
    }
    family = CodedConcept("PHANTOM", "99CONCILIUM", "Synthetic ground truth")
    name, kind = names[label]
    return SegmentDescription(
        segment_number=number,
        segment_label=name,
        segmented_property_category=morphology,
        segmented_property_type=kind,
        algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=AlgorithmIdentificationSequence(name=_GENERATOR, version="1", family=family),
        tracking_id=f"{_GENERATOR}: {name}",
        tracking_uid=synthetic_uid("segment", label),
        anatomic_regions=[places[label]],
    )
