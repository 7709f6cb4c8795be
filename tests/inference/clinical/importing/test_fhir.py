"""A bundle as mCODE shapes it: its known codes are proposed, everything else is listed."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from inference.clinical.importing.fhir import read_bundle
from inference.clinical.importing.fhir_codes import load_fhir_codes
from inference.clinical.importing.proposal import ImportProposal
from inference.clinical.schema import load_form
from inference.errors import InputError
from inference.messages.catalogue import load_catalogue
from tests.inference.clinical.all_forms import FORMS
from tests.inference.clinical.importing.proposals import reasons, said, values

SCANNED = date(2026, 3, 5)
PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1960-03-06"}


def observation(code: str, system: str = "http://loinc.org", **value: Any) -> dict[str, Any]:
    coding = [{"system": system, "code": code, "display": f"display of {code}"}]
    return {"resourceType": "Observation", "status": "final", "code": {"coding": coding}, **value}


def quantity(value: float, code: str, **more: str) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "code": code, "system": "http://unitsofmeasure.org", **more}}


def category(code: str = "", display: str = "", system: str = "http://cancerstaging.org") -> dict[str, Any]:
    return {"valueCodeableConcept": {"coding": [{"system": system, "code": code, "display": display}]}}


def read(study: str, *resources: Mapping[str, Any], on: date | None = SCANNED) -> ImportProposal:
    (proposal,) = read_bundle(load_form(study), bundle(*resources), on)
    return proposal


def test_a_patient_gives_sex_and_the_age_on_the_day_of_the_scan() -> None:
    assert values(read("gnen-os", PATIENT)) == {"sex": "female", "age": 65.0}
    assert values(read("gnen-os", PATIENT, on=date(2026, 3, 6)))["age"] == 66.0
    unscanned = read("gnen-os", PATIENT, on=None)
    assert reasons(unscanned) == {"age": "error.import.age_needs_scan"} and unscanned.patient == "p1"
    assert not any("1960" in one.entry.text for one in unscanned.refused)


def test_the_stages_of_a_stomach_before_treatment() -> None:
    proposal = read(
        "lagc-response",
        observation("21905-5", **category("cT3")),
        observation(
            "399534004",
            "http://snomed.info/sct",
            **category("1229967007", "American Joint Committee on Cancer cN1 (qualifier value)"),
        ),
        observation("21907-1", **category("M0")),
        observation("2345-7", **quantity(99, "mg/dL")),
        observation("1751-7", **quantity(3.9, "g/dL")),
        observation("751-8", **quantity(4.1, "10*3/uL")),
    )
    assert values(proposal) == {
        "ct_stage": "T3",
        "cn_stage": "N1",
        "cm_stage": "M0",
        "glucose": pytest.approx(5.495, abs=1e-3),
        "albumin": 39.0,
        "neutrophils": 4.1,
    }
    assert not proposal.refused and not proposal.unknown


@pytest.mark.parametrize(("stage", "field"), [("IIA", "ptnm_stage"), ("ypII", "yptnm_stage")])
def test_the_prefix_tells_the_stage_after_treatment(stage: str, field: str) -> None:
    assert values(read("gc-recurrence", observation("21902-2", **category(stage)))) == {field: "II"}


def test_markers_keep_their_unit_and_convert() -> None:
    proposal = read(
        "gc-recurrence",
        observation("2039-6", **quantity(2.5, "ug/L")),
        observation("19176-7", **quantity(10, "k[IU]/L")),
        observation("24108-3", **quantity(12, "[arb'U]/mL")),
        observation("21899-0", **category(display="pT4a category")),
    )
    assert values(proposal) == {
        "cea": 2.5,
        "afp": pytest.approx(12.1),
        "ca199": 12.0,
        "pt_stage": "T4",
        "pt4_subcategory": "T4a",
    }


def test_what_is_not_known_is_listed_and_not_guessed() -> None:
    proposal = read(
        "gnen-os",
        observation("12345-6", **quantity(7, "mmol/L")),
        observation("2039-6", **quantity(2.5, "ng/mL")),
        {"resourceType": "Condition", "code": {"text": "neoplasm"}},
    )
    assert not proposal.accepted and not proposal.refused
    assert [entry.name for entry in proposal.unknown] == [
        "display of 12345-6",
        "display of 2039-6",
        "Condition",
    ]
    assert all(said(entry.place) for entry in proposal.unknown)


def test_bounds_void_values_and_silence_are_refused_each_with_its_reason() -> None:
    void = {**observation("10334-1", **quantity(12, "U/mL")), "status": "entered-in-error"}
    proposal = read(
        "gc-recurrence",
        observation("2039-6", **quantity(0.5, "ng/mL", comparator="<")),
        void,
        observation("24108-3"),
        observation("1834-1", **quantity(2, "mol/L")),
        observation("21899-0", **category("1228882005", "unreadable")),
    )
    assert reasons(proposal) == {
        "cea": "error.import.bound",
        "ca125": "error.import.void",
        "ca199": "error.import.no_value",
        "afp": "error.clinical.unit",
        "pt_stage": "error.clinical.not_allowed",
    }
    assert all(said(one.reason) for one in proposal.refused)


def test_an_absent_value_keeps_its_reason() -> None:
    why = {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "not-performed"}
        ]
    }
    assert values(read("gnen-os", observation("29593-1", dataAbsentReason=why))) == {"ki67": "not_measured"}


def test_two_values_of_one_marker_are_refused_until_somebody_chooses() -> None:
    proposal = read(
        "gc-recurrence",
        observation("2039-6", **quantity(2.5, "ng/mL")),
        observation("2039-6", **quantity(9.5, "ng/mL")),
    )
    assert [one.reason.id for one in proposal.refused] == ["error.import.several"]


def test_thousands_of_values_of_one_marker_are_refused_in_one_short_line() -> None:
    many = [observation("2039-6", **quantity(number / 100, "ng/mL")) for number in range(1, 4001)]
    (refused,) = read("gc-recurrence", *many).refused
    for text in said(refused.reason):
        assert "4000" in text and "0.03" in text and "0.04" not in text
        assert "3997" in text and len(text) < 120


def bundle(*resources: Mapping[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


def of(reference: str, value: float) -> dict[str, Any]:
    return {**observation("29593-1", **quantity(value, "%")), "subject": {"reference": reference}}


def test_each_patient_of_a_bundle_has_the_own_observations() -> None:
    other = {**PATIENT, "id": "p2", "gender": "male"}
    document = bundle(PATIENT, other, of("https://x.org/fhir/Patient/p2/_history/1", 30), of("Patient/p1", 8))
    first, second = read_bundle(load_form("gnen-os"), document, SCANNED)
    assert (first.patient, values(first)["ki67"], values(first)["sex"]) == ("p1", 8.0, "female")
    assert (second.patient, values(second)["ki67"], values(second)["sex"]) == ("p2", 30.0, "male")


def test_identifiers_come_before_the_servers_own_id() -> None:
    known = {**PATIENT, "identifier": [{"value": " MRN-7 "}, {"value": "MRN-7"}, {"system": "urn:none"}]}
    assert read("gnen-os", known).names == ("MRN-7", "p1")
    assert read("gnen-os", of("https://x.org/fhir/Patient/p9", 8)).names == ("p9",)
    assert read("gnen-os", observation("29593-1", **quantity(8, "%"))).names == ()


def test_a_full_url_names_a_patient_too() -> None:
    document = bundle(PATIENT, {**PATIENT, "id": "p2"}, of("urn:uuid:5", 8))
    document["entry"][1]["fullUrl"] = "urn:uuid:5"
    first, second = read_bundle(load_form("gnen-os"), document, SCANNED)
    assert "ki67" not in values(first) and values(second)["ki67"] == 8.0


@pytest.mark.parametrize(
    "resources",
    [
        (PATIENT, {**PATIENT, "id": "p2"}, observation("29593-1", **quantity(8, "%"))),
        (PATIENT, PATIENT, of("Patient/p1", 8)),
        (PATIENT, of("Patient/p2", 8)),
        (of("Patient/p1", 8), of("Patient/p2", 30)),
    ],
    ids=["of_nobody", "of_two", "of_another", "of_two_unknown"],
)
def test_an_observation_that_is_not_one_patients_refuses_the_bundle(resources: tuple[Any, ...]) -> None:
    with pytest.raises(InputError) as caught:
        read_bundle(load_form("gnen-os"), bundle(*resources), SCANNED)
    assert caught.value.message.id == "error.import.subject" and said(caught.value.message)


@pytest.mark.parametrize(
    "entry", [None, 7, {"resource": 3}, {"resource": {"resourceType": "Observation", "code": 3}}]
)
def test_odd_entries_are_no_crash(entry: object) -> None:
    document = {"resourceType": "Bundle", "entry": [entry]}
    (proposal,) = read_bundle(load_form("gnen-os"), document)
    assert proposal.accepted == ()


def test_every_concept_is_a_field_of_some_form_and_no_code_means_two() -> None:
    ids = {field.id for form in FORMS for field in form.fields}
    concepts = load_fhir_codes().concepts
    assert {name for one in concepts for name in one.fields} <= ids
    codes = [code for one in concepts for code in (*one.loinc, *one.snomed)]
    assert len(set(codes)) == len(codes)


def in_words(text: str, system: str = "urn:own", **value: Any) -> dict[str, Any]:
    code = {"text": text, "coding": [{"system": system, "code": "x-1", "display": text}]}
    return {"resourceType": "Observation", "status": "final", "code": code, **value}


def test_ebv_dna_is_read_in_copies_of_plasma_and_in_nothing_else() -> None:
    copies = quantity(1500, "{copies}/mL")
    assert values(read("npc-residual", observation("47982-4", **copies))) == {"ebv_dna": 1500.0}
    other = read(
        "npc-residual",
        observation("36923-1", **copies),
        observation("43730-1", **quantity(1500, "[IU]/mL")),
        in_words("EBV DNA", "http://loinc.org", **copies),
    )
    assert not other.accepted and not other.refused and len(other.unknown) == 3


@pytest.mark.parametrize(
    ("study", "code", "said_as", "taken"),
    [
        ("gnen-os", "33732-9", "NET G2", {"grade": "NET G2"}),
        ("gc-recurrence", "84892-9", "R0: no residual tumour", {"resection": "R0"}),
        ("gc-recurrence", "92837-4", "Present (qualifier value)", {"nerve_invasion": "yes"}),
        ("lagc-response", "81190-1", "Signet-ring-cell carcinoma", {"pathological_type": "signet_ring_cell"}),
    ],
)
def test_pathology_is_read_where_its_value_is_one_of_the_forms(
    study: str, code: str, said_as: str, taken: dict[str, str]
) -> None:
    value = category("1", said_as, "http://snomed.info/sct")
    assert values(read(study, observation(code, **value))) == taken
    graded = category("1155707008", "High histologic grade (qualifier value)", "http://snomed.info/sct")
    assert set(reasons(read(study, observation(code, **graded))).values()) == {"error.clinical.not_allowed"}


def test_a_histology_grade_is_never_taken_for_the_differentiation() -> None:
    high = {"valueString": "high"}
    assert read("gc-recurrence", observation("33732-9", **high)).unknown
    assert values(read("gc-recurrence", in_words("Differentiation", **high))) == {"differentiation": "high"}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_field_is_read_by_its_exact_name(language: str) -> None:
    catalogue = load_catalogue(language)
    for form in FORMS:
        for field in form.fields:
            value = {
                "choice": {"valueString": field.choices[0] if field.choices else ""},
                "date": {"valueDateTime": "2026-02-01T10:30:00+08:00"},
                "number": {"valueQuantity": {"value": field.minimum}},
            }[field.kind]
            label = catalogue.text(f"clinical.{field.id}")
            assert field.id in values(read(form.study, in_words(label, **value))), (form.study, label)
            assert read(form.study, in_words(f"{label} of the brother", **value)).unknown


def test_yes_and_no_may_be_a_truth_value_and_a_unit_may_stand_in_the_name() -> None:
    node = in_words("Lymph nodes on CT", valueBoolean=True)
    assert values(read("gnen-os", node)) == {"ct_lymph_node": "yes"}
    assert values(read("gnen-os", in_words("Long diameter (cm)", valueQuantity={"value": 2.5}))) == {
        "long_diameter": 25.0
    }


def test_a_type_of_early_cancer_is_no_borrmann_type() -> None:
    assert reasons(read("lagc-response", in_words("borrmann", valueString="IIa"))) == {
        "borrmann": "error.clinical.not_allowed"
    }


def test_the_page_lists_every_code_that_is_read(repository: Path) -> None:
    page = (repository / "docs" / "clinical.md").read_text(encoding="utf-8")
    for concept in load_fhir_codes().concepts:
        row = f"{', '.join(concept.loinc)} | {', '.join(concept.snomed) or '–'} |"
        (line,) = [one for one in page.splitlines() if one.endswith(row)]
        assert all(f"`{name}`" in line for name in concept.fields)
