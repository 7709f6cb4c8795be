"""The lists against the dictionary, against each other, and against what must never be forgotten."""

from __future__ import annotations

import csv

import pytest
from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword

from inference.deidentification.holding import COVERED, REASONS
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.profile import DATA, Action, Family, basic_action, load_profile
from inference.messages.catalogue import LANGUAGES, load_catalogue

PLAIN = DeidentifyOptions()
PROFILE = load_profile()

MUST_NOT_STAY = """
PatientName PatientID IssuerOfPatientID OtherPatientIDs OtherPatientNames OtherPatientIDsSequence
PatientBirthDate PatientBirthTime PatientAddress PatientTelephoneNumbers PatientMotherBirthName MilitaryRank
EthnicGroup Occupation PatientReligiousPreference PatientComments AdditionalPatientHistory AccessionNumber
InstitutionName InstitutionAddress InstitutionalDepartmentName ReferringPhysicianName
ReferringPhysicianAddress PerformingPhysicianName NameOfPhysiciansReadingStudy OperatorsName
PhysiciansOfRecord RequestingPhysician StationName DeviceSerialNumber StudyDescription SeriesDescription
ProtocolName StudyID ImageComments RequestAttributesSequence RequestedProcedureDescription
PerformedProcedureStepDescription AdmissionID CurrentPatientLocation ContentCreatorName PersonName
PersonTelephoneNumbers TextComments OriginalAttributesSequence IconImageSequence DataSetTrailingPadding
DigitalSignaturesSequence PatientAge PatientSex PatientSize PatientWeight StudyDate StudyTime SeriesDate
AcquisitionDate AcquisitionDateTime ContentDate TimezoneOffsetFromUTC RegionOfResidence CountryOfResidence
InsurancePlanIdentification PatientInsurancePlanCodeSequence ResponsiblePerson
""".split()  # noqa: SIM905 - a table of words

MUST_STAY = """
ImageType SOPClassUID Modality Rows Columns BitsAllocated BitsStored HighBit PixelRepresentation PixelData
SamplesPerPixel PhotometricInterpretation PixelSpacing ImagePositionPatient ImageOrientationPatient
SliceThickness SpacingBetweenSlices RescaleSlope RescaleIntercept WindowCenter WindowWidth KVP
RepetitionTime EchoTime FlipAngle NumberOfFrames SharedFunctionalGroupsSequence
PerFrameFunctionalGroupsSequence PlanePositionSequence DimensionIndexSequence DimensionIndexValues
SegmentSequence SegmentNumber ROIContourSequence ContourData ROINumber ContourImageSequence
ReferencedSOPClassUID LossyImageCompression LossyImageCompressionRatio PatientPosition BodyPartExamined
PixelPaddingValue SeriesNumber InstanceNumber BurnedInAnnotation ContrastBolusVolume
""".split()  # noqa: SIM905 - a table of words


def action(keyword: str, options: DeidentifyOptions = PLAIN, family: Family = Family.CLASSIC) -> Action:
    tag = tag_for_keyword(keyword)
    assert tag is not None, keyword
    return PROFILE.action(tag, dictionary_VR(tag).split(" ")[0], family, is_nested=False, options=options)


@pytest.mark.parametrize("name", ["profile.csv", "attributes.csv"])
def test_every_keyword_is_the_dictionarys_for_its_tag(name: str) -> None:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    wrong = [
        row["tag"]
        for row in rows
        if "X" not in row["tag"] and keyword_for_tag(int(row["tag"].replace(",", ""), 16)) != row["keyword"]
    ]
    assert not wrong and len(rows) > 600
    assert len({row["tag"] for row in rows}) == len(rows)


def test_every_representation_in_the_list_is_the_dictionarys() -> None:
    assert not [tag for tag, row in PROFILE.attributes.items() if row.vr != dictionary_VR(tag)]


def test_no_attribute_of_the_profile_counts_as_technical() -> None:
    assert not [tag for tag, row in PROFILE.attributes.items() if row.is_technical and tag in PROFILE.rows]


def test_every_action_and_type_is_one_that_is_known() -> None:
    assert {row.basic for row in PROFILE.rows.values()} == {
        "X", "Z", "D", "U", "X/Z", "X/D", "Z/D", "X/Z/D", "X/Z/U*",
    }  # fmt: skip
    assert {kind for row in PROFILE.attributes.values() for kind in row.types} == {
        "", "1", "1C", "2", "2C", "3",
    }  # fmt: skip


@pytest.mark.parametrize("keyword", MUST_NOT_STAY)
@pytest.mark.parametrize("family", list(Family))
def test_what_names_a_patient_never_stays(keyword: str, family: Family) -> None:
    assert action(keyword, family=family) in (Action.REMOVE, Action.EMPTY, Action.DUMMY)


@pytest.mark.parametrize("keyword", MUST_STAY)
def test_what_a_picture_needs_stays(keyword: str) -> None:
    kept = Action.MAP_UID if dictionary_VR(tag_for_keyword(keyword) or 0) == "UI" else Action.KEEP
    assert action(keyword) is kept


@pytest.mark.parametrize(
    "keyword",
    [
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "SOPInstanceUID",
        "FrameOfReferenceUID",
        "ReferencedSOPInstanceUID",
        "ReferencedFrameOfReferenceUID",
        "TrackingUID",
        "IrradiationEventUID",
        "ConcatenationUID",
    ],
)
def test_uids_are_replaced_by_others(keyword: str) -> None:
    assert action(keyword) is Action.MAP_UID


def test_what_no_list_knows_is_removed() -> None:
    for tag in (0x00189ABC, 0x00100218, 0x50003000, 0x60003000, 0x60021500, 0x00080000):
        assert PROFILE.action(tag, "LO", Family.CLASSIC, is_nested=False, options=PLAIN) is Action.REMOVE


def test_no_free_text_is_kept_by_any_list() -> None:
    texts = ("LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE", "UR", "DA", "DT", "TM", "AS")
    for tag, row in PROFILE.attributes.items():
        if row.vr in texts:
            for family in Family:
                for is_nested in (False, True):
                    done = PROFILE.action(tag, row.vr, family, is_nested=is_nested, options=PLAIN)
                    assert done not in (Action.KEEP, Action.SHIFT, Action.MAP_UID), row.keyword


def test_a_compound_action_is_the_gentlest_that_conforms() -> None:
    assert basic_action("X/Z/D", "3") is Action.REMOVE
    assert basic_action("X/Z/D", "2") is Action.EMPTY
    assert basic_action("X/Z/D", "1C") is Action.DUMMY
    assert basic_action("X/D", "2") is Action.DUMMY
    assert basic_action("Z/D", "") is Action.EMPTY
    assert basic_action("X/Z/U*", "1") is Action.KEEP
    assert basic_action("X", "1") is Action.REMOVE


def test_dates_move_and_characteristics_stay_only_when_asked() -> None:
    both = DeidentifyOptions(keep_characteristics=True, keep_shifted_dates=True)
    for keyword in ("StudyDate", "AcquisitionTime", "AcquisitionDateTime", "TimezoneOffsetFromUTC"):
        assert action(keyword, both) is Action.SHIFT and action(keyword) is not Action.SHIFT
    for keyword in ("PatientAge", "PatientSex", "PatientSize", "PatientWeight", "SmokingStatus"):
        assert action(keyword, both) is Action.KEEP and action(keyword) is not Action.KEEP
    for keyword in ("PatientBirthDate", "EthnicGroup", "Allergies"):
        assert action(keyword, both) in (Action.REMOVE, Action.EMPTY)


def test_private_attributes_on_the_safe_list_are_numbers() -> None:
    assert {row.vr for row in PROFILE.private.values()} <= {"DS", "IS", "FL", "FD", "SS", "SL", "US", "UL"}
    assert PROFILE.safe_private("Philips PET Private Group", 0x70531000) is not None
    assert PROFILE.safe_private("Philips PET Private group", 0x70531000) is None


def test_every_covered_class_is_one_of_the_standard() -> None:
    from pydicom.uid import UID

    unknown = {uid for uid in COVERED if UID(uid).type != "SOP Class"}
    assert unknown == {"1.2.840.10008.5.1.4.1.1.66.7"}  # label maps are younger than pydicom's dictionary


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_reason_has_a_text(language: str) -> None:
    catalogue = load_catalogue(language)
    assert not [reason for reason in REASONS if not catalogue.has(f"deid.held.{reason}")]
