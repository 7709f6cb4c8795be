"""Objects of every covered kind, and of those that are held back, with identity in every place."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from pydicom.config import disable_value_validation
from pydicom.dataset import Dataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from tests.inference.deidentification.identity_tokens import TOKENS
from tests.inference.dicom.dicom_files import make_slice, picture

CT, MR, PET = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.128"
ENHANCED_CT, ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.4.1"
SEG, RTSTRUCT = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.481.3"
HELD = {
    "1.2.840.10008.5.1.4.1.1.88.22": "report",
    "1.2.840.10008.5.1.4.1.1.104.1": "document",
    "1.2.840.10008.5.1.4.1.1.7": "secondary_capture",
    "1.2.840.10008.5.1.4.1.1.11.1": "presentation",
}
SYNTAXES = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
)
CHARACTER_SETS = ("ISO_IR 192", "GB18030", "ISO_IR 100")


def item(**values: object) -> Dataset:
    """One item of a sequence."""
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def uid(kind: str, index: int) -> str:
    """A UID of the seeded root."""
    return f"{TOKENS[kind]}.{index}"


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """A coded concept."""
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def basic(index: int, sop_class: str, modality: str, series: int) -> Dataset:
    """One CT-like slice under the seeded UIDs."""
    dataset = make_slice(index, modality="MR" if modality == "MR" else "CT")
    dataset.Modality = modality
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = UID(sop_class)
    dataset.SOPInstanceUID = UID(uid("instance UID", index))
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(dataset.SOPInstanceUID)
    dataset.StudyInstanceUID = uid("study UID", 0)
    dataset.SeriesInstanceUID = uid("series UID", series)
    dataset.FrameOfReferenceUID = uid("frame of reference UID", 0)
    return dataset


def seed_identity(dataset: Dataset, character_set: str) -> None:
    """Put a token into every place that any object has."""
    dataset.SpecificCharacterSet = character_set
    names = [f"{TOKENS['family name']}^{TOKENS['given name']}"]
    if character_set != "ISO_IR 100":
        names.append(TOKENS["name in Chinese"])
    dataset.PatientName = "=".join(names)
    dataset.ReferringPhysicianName = TOKENS["name with umlauts"] if character_set != "GB18030" else "Doe"
    dataset.PatientID, dataset.IssuerOfPatientID = TOKENS["patient id"], TOKENS["issuer"]
    dataset.OtherPatientIDsSequence = [item(PatientID=TOKENS["other patient id"], TypeOfPatientID="TEXT")]
    dataset.PatientBirthDate, dataset.PatientBirthTime = TOKENS["birth date"], TOKENS["birth time"]
    dataset.PatientAge, dataset.PatientAddress = TOKENS["age"], TOKENS["address"]
    dataset.PatientTelephoneNumbers = TOKENS["telephone"]
    dataset.AccessionNumber, dataset.StudyID = TOKENS["accession number"], TOKENS["study id"]
    dataset.InstitutionName = TOKENS["institution"]
    dataset.InstitutionAddress, dataset.StationName = TOKENS["institution address"], TOKENS["station"]
    dataset.PerformingPhysicianName = TOKENS["performing physician"]
    dataset.OperatorsName = TOKENS["operator"]
    dataset.StudyDescription = TOKENS["study description"]
    dataset.SeriesDescription, dataset.ProtocolName = TOKENS["series description"], TOKENS["protocol name"]
    dataset.ImageComments, dataset.AdditionalPatientHistory = TOKENS["comment"], TOKENS["history"]
    requested = item(RequestedProcedureID=TOKENS["nested request"], RequestedProcedureDescription="x")
    requested.ReferencedStudySequence = [item(ReferencedSOPInstanceUID=uid("study UID", 0))]
    dataset.RequestAttributesSequence = [requested]
    dataset.DeviceSerialNumber, dataset.Manufacturer = TOKENS["serial number"], TOKENS["maker"]
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = TOKENS["study date"]
    dataset.AcquisitionDateTime = TOKENS["acquisition date and time"] + "+0100"
    dataset.StudyTime = dataset.AcquisitionTime = TOKENS["acquisition time"]
    dataset.BodyPartExamined = TOKENS["family name"].upper()
    dataset.add_new(0x00080068, "CS", TOKENS["text in a code string"])
    dataset.add_new(0x00181151, "DS", "1")
    dataset[0x00181151]._value = TOKENS["text in a number"]
    dataset.ContrastBolusAgent, dataset.ConvolutionKernel = TOKENS["contrast agent"], TOKENS["kernel"]
    dataset.AnatomicRegionSequence = [
        code("T-62000", "SRT", TOKENS["code meaning"]),
        code(TOKENS["private code"], "99QUILL", TOKENS["code meaning"]),
    ]
    dataset.IconImageSequence = [item(ImageComments=TOKENS["icon"], Rows=1)]
    seed_private(dataset)
    seed_bulk(dataset)


def seed_private(dataset: Dataset) -> None:
    """Private elements, a safe one that lies, an unknown public element, and a data set hidden in UN."""
    block = dataset.private_block(0x0009, TOKENS["private creator"], create=True)
    block.add_new(0x01, "LO", TOKENS["private element"])
    block.add_new(0x02, "SQ", Sequence([item(PatientComments=TOKENS["private sequence"])]))
    hidden = b"\x10\x00\x10\x00" + struct.pack("<L", 16) + TOKENS["hidden in UN"].encode().ljust(16)
    block.add_new(0x03, "UN", hidden)
    dataset.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x03, "FL", 800.0)
    safe = dataset.private_block(0x7053, "Philips PET Private Group", create=True)
    safe.add_new(0x00, "LO", TOKENS["safe private element"])
    dataset.add_new(0x00189ABC, "LO", TOKENS["unknown element"])
    dataset.add_new(0x00102180, "UN", TOKENS["hidden in UN"].encode() + b" ")


def seed_bulk(dataset: Dataset) -> None:
    """Overlay, curve, lookup table, colour profile and padding."""
    dataset.add_new(0x60004000, "LT", TOKENS["overlay comment"])
    dataset.add_new(0x60003000, "OB", TOKENS["overlay data"].encode())
    dataset.add_new(0x50003000, "OB", TOKENS["curve"].encode())
    dataset.VOILUTSequence = [item(LUTExplanation=TOKENS["lookup table"])]
    dataset.VOILUTSequence[0].add_new(0x00283002, "US", [4, 0, 16])
    dataset.VOILUTSequence[0].add_new(0x00283006, "OW", TOKENS["lookup table"].encode())
    dataset.ICCProfile = colour_profile(TOKENS["colour profile"])
    dataset.add_new(0xFFFCFFFC, "OB", TOKENS["trailing padding"].encode())


def colour_profile(words: str) -> bytes:
    """A small but well-formed profile whose description and date speak."""
    text = b"desc" + bytes(4) + words.encode().ljust(24, b"\0")
    white = b"XYZ " + bytes(4) + struct.pack(">3l", 63190, 65536, 54061)
    table = struct.pack(">L", 2)
    table += struct.pack(">4sLL", b"desc", 156, len(text)) + struct.pack(
        ">4sLL", b"wtpt", 156 + len(text), 20
    )
    body = table + text + white
    head = bytearray(128)
    head[:4] = struct.pack(">L", 128 + len(body))
    head[36:40], head[80:84] = b"acsp", words.encode()[:4]
    return bytes(head) + body


def enhanced(index: int, sop_class: str, modality: str, series: int) -> Dataset:
    """A multi-frame image with shared and per-frame groups."""
    dataset = basic(index, sop_class, modality, series)
    frames = np.stack([picture(index + frame) for frame in range(4)])
    dataset.NumberOfFrames, dataset.PixelData = 4, frames.tobytes()
    place = dataset.ImageOrientationPatient
    for keyword in ("ImageOrientationPatient", "ImagePositionPatient", "PixelSpacing", "SliceThickness"):
        delattr(dataset, keyword)
    shared = item(PlaneOrientationSequence=[item(ImageOrientationPatient=place)])
    shared.PixelMeasuresSequence = [item(PixelSpacing=[0.8, 0.6], SliceThickness=2.5)]
    shared.PixelValueTransformationSequence = [item(RescaleSlope=1, RescaleIntercept=-1024, RescaleType="HU")]
    shared.UnassignedSharedConvertedAttributesSequence = [item(PatientComments=TOKENS["comment"])]
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = [
        item(
            PlanePositionSequence=[item(ImagePositionPatient=[-20, -30, 2.5 * frame])],
            FrameContentSequence=[
                item(
                    FrameComments=TOKENS["comment"],
                    FrameAcquisitionDateTime=TOKENS["acquisition date and time"],
                    StackID=TOKENS["stack"],
                    InStackPositionNumber=frame + 1,
                    DimensionIndexValues=[1, frame + 1],
                )
            ],
        )
        for frame in range(4)
    ]
    organisation = uid("series UID", 900)
    dataset.DimensionOrganizationSequence = [item(DimensionOrganizationUID=organisation)]
    dataset.DimensionIndexSequence = [
        item(DimensionOrganizationUID=organisation, DimensionIndexPointer=0x00209057)
    ]
    return dataset


def segmentation(index: int, referenced: int) -> Dataset:
    """A binary segmentation that refers to a CT slice."""
    dataset = enhanced(index, SEG, "SEG", 50)
    dataset.NumberOfFrames, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 4, 1, 1, 0
    dataset.PixelRepresentation = 0
    dataset.PixelData = bytes(range(60))
    dataset["PixelData"].VR = "OB"
    dataset.SegmentationType, dataset.ContentLabel = "BINARY", TOKENS["content label"].upper()
    segment = item(
        SegmentNumber=1,
        SegmentLabel=TOKENS["segment label"],
        SegmentDescription=TOKENS["segment description"],
        SegmentAlgorithmType="MANUAL",
    )
    segment.SegmentedPropertyCategoryCodeSequence = [code("49755003", "SCT", TOKENS["code meaning"])]
    segment.SegmentedPropertyTypeCodeSequence = [code(TOKENS["private code"], "99Q", "x")]
    dataset.SegmentSequence = [segment]
    reference = item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=uid("instance UID", referenced))
    dataset.ReferencedSeriesSequence = [
        item(SeriesInstanceUID=uid("series UID", 1), ReferencedInstanceSequence=[reference])
    ]
    return dataset


def structure_set(index: int, referenced: int) -> Dataset:
    """A structure set with one contour on a CT slice."""
    dataset = basic(index, RTSTRUCT, "RTSTRUCT", 60)
    for keyword in ("PixelData", "Rows", "Columns", "FrameOfReferenceUID", "ImageOrientationPatient"):
        delattr(dataset, keyword)
    dataset.StructureSetLabel = TOKENS["structure set label"]
    dataset.StructureSetDate, dataset.StructureSetTime = TOKENS["study date"], "120000"
    frame_of_reference = uid("frame of reference UID", 0)
    contour_image = item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=uid("instance UID", referenced))
    series = item(SeriesInstanceUID=uid("series UID", 1), ContourImageSequence=[contour_image])
    study = item(ReferencedSOPInstanceUID=uid("study UID", 0), RTReferencedSeriesSequence=[series])
    dataset.ReferencedFrameOfReferenceSequence = [
        item(FrameOfReferenceUID=frame_of_reference, RTReferencedStudySequence=[study])
    ]
    dataset.StructureSetROISequence = [
        item(
            ROINumber=7,
            ReferencedFrameOfReferenceUID=frame_of_reference,
            ROIName=TOKENS["region of interest"],
        )
    ]
    contour = item(
        ContourGeometricType="CLOSED_PLANAR",
        NumberOfContourPoints=3,
        ContourData=[0, 0, 1.5, 5, 0, 1.5, 5, 5, 1.5],
    )
    contour.ContourImageSequence = [contour_image]
    dataset.ROIContourSequence = [item(ReferencedROINumber=7, ContourSequence=[contour])]
    return dataset


def written(dataset: Dataset, syntax: UID) -> bytes:
    """The bytes of a file with identity in preamble and meta header, and behind its pixels."""
    dataset.file_meta.TransferSyntaxUID = syntax if syntax != RLELossless else ExplicitVRLittleEndian
    if syntax == RLELossless:
        dataset.compress(RLELossless, generate_instance_uid=False)
    elif "PixelData" in dataset:
        dataset.PixelData = _in_order(dataset, syntax) + TOKENS["behind the pixels"].encode() + b" "
    dataset.preamble = TOKENS["preamble"].encode().ljust(128, b"\0")
    dataset.file_meta.SourceApplicationEntityTitle = TOKENS["file meta"]
    dataset.file_meta.PrivateInformationCreatorUID = UID(uid("instance UID", 99))
    dataset.file_meta.PrivateInformation = TOKENS["private file meta"].encode() + b" "
    stream = io.BytesIO()
    dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


def _in_order(dataset: Dataset, syntax: UID) -> bytes:
    pixels = bytes(dataset.PixelData)
    if syntax != ExplicitVRBigEndian or dataset.BitsAllocated != 16:
        return pixels
    return np.frombuffer(pixels, np.int16).byteswap().tobytes()


def seeded_objects() -> Iterator[tuple[str, Dataset, UID]]:
    """Name, object and syntax of two hundred objects; those of a held class carry its reason as a name."""
    makers: list[tuple[str, Callable[[int], Dataset], int]] = [
        ("ct", lambda index: basic(index, CT, "CT", 1), 60),
        ("mr", lambda index: basic(index, MR, "MR", 2), 40),
        ("pet", lambda index: basic(index, PET, "PT", 3), 15),
        ("enhanced-mr", lambda index: enhanced(index, ENHANCED_MR, "MR", 4), 20),
        ("enhanced-ct", lambda index: enhanced(index, ENHANCED_CT, "CT", 5), 15),
        ("seg", lambda index: segmentation(index, index % 60), 15),
        ("rtstruct", lambda index: structure_set(index, index % 60), 15),
        *((reason, lambda index, held=held: basic(index, held, "OT", 6), 4) for held, reason in HELD.items()),
        ("burned_in", _burned_in, 4),
    ]
    index = 0
    for name, make, count in makers:
        for _ in range(count):
            syntax = SYNTAXES[index % len(SYNTAXES)]
            if name in ("seg", "rtstruct") and syntax in (RLELossless, ExplicitVRBigEndian):
                syntax = ExplicitVRLittleEndian
            dataset = make(index)
            seed_identity(dataset, CHARACTER_SETS[index % len(CHARACTER_SETS)])
            yield name, dataset, syntax
            index += 1


def _burned_in(index: int) -> Dataset:
    dataset = basic(index, CT, "CT", 7)
    dataset.BurnedInAnnotation = "YES"
    return dataset


def write_seeded(folder: Path) -> list[tuple[str, Path]]:
    """All of them as files in a folder that names the patient too."""
    place = folder / TOKENS["folder name"]
    place.mkdir(parents=True)
    paths = []
    with warnings.catch_warnings(), disable_value_validation():
        warnings.simplefilter("ignore")  # what is wrong with these objects is meant to be
        for index, (name, dataset, syntax) in enumerate(seeded_objects()):
            path = place / f"{TOKENS['file name']}-{index:03d}.dcm"
            path.write_bytes(written(dataset, syntax))
            paths.append((name, path))
    return paths


def searchable(content: bytes) -> bytes:
    """The bytes of a file, and of what is deflated in it."""
    marker = DeflatedExplicitVRLittleEndian.encode() + b"\0"
    if marker not in content[:1024]:
        return content
    length = int.from_bytes(content[140:144], "little")
    return content + zlib.decompress(content[144 + length :], wbits=-zlib.MAX_WBITS)
