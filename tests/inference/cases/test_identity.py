"""Who a scan shows: phantom, patient or unknown, and a hash that names nobody."""

import pytest

from inference.cases.identity import PatientIdentity, PatientKey, SubjectKind
from inference.messages.catalogue import load_catalogue

KEY = PatientKey("HOSPITAL", "4711")


@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        (PatientIdentity(KEY, "PHANTOM^NPC-000001"), SubjectKind.PHANTOM),
        (PatientIdentity(None, "PHANTOM^NPC-000001"), SubjectKind.PHANTOM),
        (PatientIdentity(KEY, "Muster^Erika"), SubjectKind.PATIENT),
        (PatientIdentity(KEY), SubjectKind.PATIENT),
        (PatientIdentity(None, "Muster^Erika"), SubjectKind.PATIENT),
        (PatientIdentity(KEY, "PHANTOMAS^Jean"), SubjectKind.PATIENT),
        (PatientIdentity(KEY, "phantom^x"), SubjectKind.PATIENT),
        (PatientIdentity(), SubjectKind.UNKNOWN),
        (PatientIdentity(birth_date="1970-01-01", sex="F"), SubjectKind.UNKNOWN),
    ],
)
def test_only_the_phantoms_own_prefix_makes_a_phantom(identity: PatientIdentity, kind: SubjectKind) -> None:
    assert identity.subject_kind is kind
    assert all(load_catalogue(language).has(f"subject.{kind}") for language in ("en", "zh_CN"))


@pytest.mark.parametrize(
    ("identity", "known"),
    [
        (PatientIdentity(KEY, "Muster^Erika"), True),
        (PatientIdentity(KEY, birth_date="1970-01-01"), True),
        (PatientIdentity(KEY), False),
        (PatientIdentity(None, "Muster^Erika", "1970-01-01"), False),
        (PatientIdentity(), False),
    ],
)
def test_a_known_patient_has_two_identifiers(identity: PatientIdentity, known: bool) -> None:
    assert identity.is_known is known


def test_the_hash_tells_issuers_and_identifiers_apart() -> None:
    def digest(issuer: str, identifier: str) -> str | None:
        return PatientIdentity(PatientKey(issuer, identifier), "Muster^Erika").key_sha256()

    assert (
        len({digest("A", "1"), digest("A", "2"), digest("B", "1"), digest("A1", ""), digest("", "A1")}) == 5
    )
    assert digest("A", "1") == PatientIdentity(PatientKey("A", "1"), "Other^Name").key_sha256()
    assert PatientIdentity(None, "Muster^Erika").key_sha256() is None


def test_people_are_told_apart_by_key_and_birth_date_and_without_a_key_by_name() -> None:
    one, spelled = PatientIdentity(KEY, "A", "1970-01-01"), PatientIdentity(KEY, "a", "1970-01-01")
    assert one.is_same_person_as(spelled)
    assert not one.is_same_person_as(PatientIdentity(KEY, "A", "1971-01-01"))
    assert not one.is_same_person_as(PatientIdentity(None, "A"))
    assert PatientIdentity(None, "A").is_same_person_as(PatientIdentity(None, "A"))
