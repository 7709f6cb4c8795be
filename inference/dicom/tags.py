"""The tags that a header is read for, by DICOM keyword.

Private tags are valued only under the creator that reserved their block (PS3.5 7.8.1).
"""

from __future__ import annotations

from typing import Final

from inference.dicom.private_tags import SMALL_PRIVATE_TAGS
from inference.dicom.technique_tags import TECHNIQUE_TAGS

_HEADER: Final = {
    "SpecificCharacterSet": 0x00080005,
    "ImageType": 0x00080008,
    "SOPClassUID": 0x00080016,
    "SOPInstanceUID": 0x00080018,
    "StudyDate": 0x00080020,
    "AcquisitionTime": 0x00080032,
    "Modality": 0x00080060,
    "Manufacturer": 0x00080070,
    "SeriesDescription": 0x0008103E,
    "ManufacturerModelName": 0x00081090,
    "ComplexImageComponent": 0x00089208,
    "PatientName": 0x00100010,
    "PatientID": 0x00100020,
    "IssuerOfPatientID": 0x00100021,
    "PatientBirthDate": 0x00100030,
    "PatientSex": 0x00100040,
    "ContrastBolusAgent": 0x00180010,
    "BodyPartExamined": 0x00180015,
    "ScanningSequence": 0x00180020,
    "SliceThickness": 0x00180050,
    "RepetitionTime": 0x00180080,
    "EchoTime": 0x00180081,
    "InversionTime": 0x00180082,
    "MagneticFieldStrength": 0x00180087,
    "SpacingBetweenSlices": 0x00180088,
    "ProtocolName": 0x00181030,
    "TriggerTime": 0x00181060,
    "GantryDetectorTilt": 0x00181120,
    "ConvolutionKernel": 0x00181210,
    "PatientPosition": 0x00185100,
    "DiffusionDirectionality": 0x00189075,
    "MetaboliteMapDescription": 0x00189080,
    "DiffusionBValue": 0x00189087,
    "DiffusionGradientOrientation": 0x00189089,
    "FrameReferenceDateTime": 0x00189151,
    "StudyInstanceUID": 0x0020000D,
    "SeriesInstanceUID": 0x0020000E,
    "SeriesNumber": 0x00200011,
    "AcquisitionNumber": 0x00200012,
    "InstanceNumber": 0x00200013,
    "ImagePositionPatient": 0x00200032,
    "ImageOrientationPatient": 0x00200037,
    "FrameOfReferenceUID": 0x00200052,
    "TemporalPositionIdentifier": 0x00200100,
    "SliceLocation": 0x00201041,
    "StackID": 0x00209056,
    "ConcatenationUID": 0x00209161,
    "InConcatenationNumber": 0x00209162,
    "InConcatenationTotalNumber": 0x00209163,
    "ConcatenationFrameOffsetNumber": 0x00209228,
    "TemporalPositionTimeOffset": 0x0020930D,
    "SamplesPerPixel": 0x00280002,
    "PhotometricInterpretation": 0x00280004,
    "NumberOfFrames": 0x00280008,
    "Rows": 0x00280010,
    "Columns": 0x00280011,
    "PixelSpacing": 0x00280030,
    "BitsAllocated": 0x00280100,
    "BitsStored": 0x00280101,
    "HighBit": 0x00280102,
    "PixelRepresentation": 0x00280103,
    "PixelPaddingValue": 0x00280120,
    "PixelPaddingRangeLimit": 0x00280121,
    "BurnedInAnnotation": 0x00280301,
    "WindowCenter": 0x00281050,
    "WindowWidth": 0x00281051,
    "RescaleIntercept": 0x00281052,
    "RescaleSlope": 0x00281053,
    "RescaleType": 0x00281054,
    "LossyImageCompression": 0x00282110,
    "LossyImageCompressionRatio": 0x00282112,
}

TAGS: Final = _HEADER | TECHNIQUE_TAGS
WANTED_TAGS: Final = frozenset(TAGS.values()) | SMALL_PRIVATE_TAGS

DIMENSIONS: Final = (
    "TemporalPositionIdentifier",
    "TemporalPositionTimeOffset",
    "TriggerTime",
    "EchoTime",
    "DiffusionBValue",
    "DiffusionDirectionality",
    "DiffusionGradientOrientation",
    "ImageType",
    "ComplexImageComponent",
    "MetaboliteMapDescription",
    "ConvolutionKernel",
    "AcquisitionNumber",
    "AcquisitionTime",
    "InversionTime",
    "FlipAngle",
    "FrameReferenceDateTime",
    "StackID",
)
"""Tags that may tell pictures at one place apart, in the order in which they are asked."""
