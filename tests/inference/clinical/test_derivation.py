"""Values that follow from others are derived in one place; what contradicts them is refused."""

import json

import pytest

from inference.clinical.derivation import derive, open_derivations
from inference.clinical.record import ClinicalRecord, ClinicalValue, MissingReason, Provenance
from inference.clinical.record_json import record_from_json
from inference.clinical.schema import load_form
from inference.errors import InputError
from inference.messages.catalogue import load_catalogue
from models.phantoms.ct_population import Population
from models.phantoms.ct_populations import POPULATIONS
from models.phantoms.ct_tables import clinical_json
from tests.inference.clinical.all_forms import STUDIES, filled, settled
from tests.inference.synthetic_case import record


def refusal(made: ClinicalRecord) -> InputError:
    with pytest.raises(InputError) as caught:
        derive(load_form(made.study), made)
    return caught.value


def sentences(error: InputError) -> list[str]:
    texts = [load_catalogue(language).render(error.message) for language in ("en", "zh_CN")]
    assert all("⟦" not in text and "{" not in text and "clinical." not in text for text in texts)
    return texts


# Nasopharynx


def test_the_stage_is_derived_and_says_so() -> None:
    value = record(t_stage="T4", n_stage="N1").values["stage"]
    assert (value.canonical, value.provenance) == ("IVa", Provenance.DERIVED)


def test_a_stage_goes_when_what_it_follows_from_goes() -> None:
    gone = derive(load_form("npc-residual"), record().with_value(ClinicalValue.absent("t_stage")))
    assert gone.values["stage"].missing is MissingReason.UNKNOWN


def test_an_imported_stage_stands_alone_where_t_or_n_is_missing() -> None:
    alone = filled("npc-residual", Provenance.IMPORTED, stage="IVa", n_stage="N1")
    assert derive(load_form("npc-residual"), alone).values["stage"].provenance is Provenance.IMPORTED


def test_an_imported_stage_that_agrees_is_confirmed() -> None:
    agreed = filled("npc-residual", Provenance.IMPORTED, stage="III", t_stage="T3", n_stage="N2")
    assert derive(load_form("npc-residual"), agreed).values["stage"].provenance is Provenance.DERIVED


def test_an_imported_stage_that_contradicts_is_refused_with_both_sides() -> None:
    error = refusal(filled("npc-residual", Provenance.IMPORTED, stage="II", t_stage="T3", n_stage="N2"))
    assert error.message.id == "error.clinical.contradiction"
    for text in sentences(error):
        assert all(part in text for part in ("II", "T3", "N2", "III"))


# Stomach


def test_the_stage_of_a_stomach_resected_first_is_ptnm() -> None:
    made = settled("gc-recurrence", preoperative_chemotherapy="no", pt_stage="T3", pn_stage="N1")
    assert made.canonical("ptnm_stage") == "II"
    assert made.values["yptnm_stage"].missing is MissingReason.NOT_APPLICABLE


def test_the_stage_after_chemotherapy_is_yptnm_by_its_own_table() -> None:
    values = {"pt_stage": "T3", "pn_stage": "N1", "preoperative_chemotherapy": "yes"}
    made = settled("gc-recurrence", **values)
    assert made.canonical("yptnm_stage") == "II"
    assert made.values["ptnm_stage"].missing is MissingReason.NOT_APPLICABLE
    early = {**values, "pt_stage": "T1", "pn_stage": "N3", "pn3_subcategory": "N3b"}
    assert settled("gc-recurrence", **early).canonical("yptnm_stage") == "II"
    first = {**early, "preoperative_chemotherapy": "no"}
    assert settled("gc-recurrence", **first).canonical("ptnm_stage") == "III"


def test_without_a_word_on_chemotherapy_neither_stage_is_derived() -> None:
    made = settled("gc-recurrence", pt_stage="T3", pn_stage="N1")
    assert made.canonical("ptnm_stage") is None and made.canonical("yptnm_stage") is None


@pytest.mark.parametrize(("subcategory", "group"), [("T4a", "II"), ("T4b", "III")])
def test_a_subcategory_decides_where_the_category_leaves_two_groups(subcategory: str, group: str) -> None:
    values = {"preoperative_chemotherapy": "no", "pt_stage": "T4", "pn_stage": "N0"}
    form = load_form("gc-recurrence")
    vague = settled("gc-recurrence", **values)
    assert vague.canonical("ptnm_stage") is None
    (told,) = open_derivations(form, vague)
    assert "II" in load_catalogue("en").render(told) and "pT4 subcategory" in load_catalogue("en").render(
        told
    )
    clear = settled("gc-recurrence", **values, pt4_subcategory=subcategory)
    assert clear.canonical("ptnm_stage") == group and open_derivations(form, clear) == ()


@pytest.mark.parametrize("stated", ["II", "III"])
def test_a_stated_stage_among_the_possible_ones_stands(stated: str) -> None:
    values = {"preoperative_chemotherapy": "no", "pt_stage": "T4", "pn_stage": "N0", "ptnm_stage": stated}
    assert settled("gc-recurrence", **values).values["ptnm_stage"].provenance is Provenance.TYPED


def test_a_stated_stage_that_none_of_the_possible_ones_is_is_refused() -> None:
    error = refusal(
        filled("gc-recurrence", preoperative_chemotherapy="no", pt_stage="T4", pn_stage="N0", ptnm_stage="I")
    )
    for text in sentences(error):
        assert "T4" in text and "N0" in text and "II" in text and "III" in text
    assert "否" in sentences(error)[1]


def test_a_stage_of_the_other_course_is_refused() -> None:
    error = refusal(filled("gc-recurrence", preoperative_chemotherapy="yes", ptnm_stage="II"))
    for text in sentences(error):
        assert "pTNM" in text and "ypTNM" in text


def test_both_stages_at_once_are_refused() -> None:
    error = refusal(filled("gc-recurrence", ptnm_stage="II", yptnm_stage="II"))
    assert error.message.id == "error.clinical.alternatives"
    for text in sentences(error):
        assert "pTNM" in text and "ypTNM" in text


def test_a_subcategory_of_another_category_is_refused() -> None:
    error = refusal(
        filled(
            "gc-recurrence",
            preoperative_chemotherapy="no",
            pt_stage="T3",
            pn_stage="N0",
            pt4_subcategory="T4a",
        )
    )
    for text in sentences(error):
        assert "T4a" in text and "T3" in text


def test_a_subcategory_has_no_meaning_below_its_category() -> None:
    made = settled("gc-recurrence", pt_stage="T2")
    assert made.values["pt4_subcategory"].missing is MissingReason.NOT_APPLICABLE
    again = derive(
        load_form("gc-recurrence"), made.with_value(filled("gc-recurrence", pt_stage="T4").values["pt_stage"])
    )
    assert again.values["pt4_subcategory"].missing is MissingReason.NOT_RECORDED


def test_a_metastasis_leaves_no_stage_of_the_study() -> None:
    made = settled(
        "gc-recurrence", preoperative_chemotherapy="no", pt_stage="T3", pn_stage="N1", m_stage="M1"
    )
    assert made.values["ptnm_stage"].missing is MissingReason.NOT_APPLICABLE


# Body mass index


def test_the_body_mass_index_follows_from_height_and_weight() -> None:
    value = settled("lagc-response", height="1.70 m", weight="69 kg").values["bmi"]
    assert (value.canonical, value.typed_value, value.provenance) == (23.9, "23.9", Provenance.DERIVED)


@pytest.mark.parametrize(("stated", "stands"), [("23.4", True), ("24.3", True), ("23.3", False)])
def test_a_stated_index_may_differ_by_rounding_and_no_more(stated: str, stands: bool) -> None:
    made = filled("lagc-response", height="170 cm", weight="69 kg", bmi=stated)
    if stands:
        assert derive(load_form("lagc-response"), made).values["bmi"].typed_value == stated
    else:
        for text in sentences(refusal(made)):
            assert stated in text and "23.9" in text and "170 cm" in text


def test_a_stated_index_stands_without_height_and_a_reason_is_kept() -> None:
    assert settled("lagc-response", bmi="21", weight="60 kg").canonical("bmi") == 21.0
    form = load_form("lagc-response")
    why = form.empty_record().with_value(ClinicalValue.absent("bmi", MissingReason.NOT_MEASURED))
    assert derive(form, why).values["bmi"].missing is MissingReason.NOT_MEASURED


def test_an_impossible_index_is_refused() -> None:
    error = refusal(filled("lagc-response", height="1 m", weight="200 kg"))
    assert error.message.id == "error.clinical.out_of_range"


# Grade


@pytest.mark.parametrize(
    ("grade", "ki67"),
    [("NET G1", "2.9"), ("NET G2", "3"), ("NET G2", "20"), ("NET G3", "20.5"), ("NEC", "90"), ("MiNEN", "5")],
)
def test_a_grade_that_fits_its_proliferation_stands(grade: str, ki67: str) -> None:
    assert settled("gnen-os", grade=grade, ki67=ki67).canonical("grade") == grade


@pytest.mark.parametrize(
    ("grade", "ki67", "allowed"),
    [
        ("NET G1", "3", "< 3"),
        ("NET G1", "50", "< 3"),
        ("NET G2", "2", "3–20"),
        ("NET G2", "21", "3–20"),
        ("NET G3", "20", "> 20"),
        ("NEC", "20", "> 20"),
    ],
)
def test_a_grade_against_its_proliferation_is_refused(grade: str, ki67: str, allowed: str) -> None:
    for text in sentences(refusal(filled("gnen-os", grade=grade, ki67=ki67))):
        assert grade in text and allowed in text and f"{ki67}" in text and "WHO 2019" in text


def test_mitoses_may_carry_a_grade_that_ki67_alone_does_not() -> None:
    assert settled("gnen-os", grade="NET G2", ki67="2", mitoses="5").canonical("grade") == "NET G2"
    assert "mitoses" in sentences(refusal(filled("gnen-os", grade="NET G2", ki67="2")))[0]
    error = refusal(filled("gnen-os", grade="NET G2", ki67="2", mitoses="1"))
    assert error.message.id == "error.clinical.grade_ki67"
    error = refusal(filled("gnen-os", grade="NET G1", ki67="2", mitoses="5"))
    assert "< 2" in sentences(error)[1]


# All of them


@pytest.mark.parametrize("study", STUDIES)
def test_deriving_twice_changes_nothing(study: str) -> None:
    form = load_form(study)
    once = derive(form, form.empty_record())
    assert derive(form, once) == once


@pytest.mark.parametrize("population", POPULATIONS.values(), ids=lambda population: str(population.study))
def test_the_synthetic_patients_contradict_nothing(population: Population) -> None:
    form = load_form(population.study)
    for patient in population.draw_cohort("training", 40, 0):
        written = record_from_json(form, json.loads(clinical_json(population, patient)))
        derived = derive(form, written)
        for name, value in written.values.items():
            assert value.canonical is None or value.canonical == derived.canonical(name)
