"""The forms against the papers, the packs and the synthetic patients: one name for one thing."""

import json
from pathlib import Path
from typing import Any

import pytest

from inference.clinical.schema import load_form
from inference.messages.catalogue import load_catalogue
from models.phantoms.ct_population import Population
from models.phantoms.ct_populations import POPULATIONS
from tests.inference.clinical.all_forms import FIELDS, FORMS, STUDIES

# Factors of each paper's Table 1 (gNEN and GC), Tables 1 and 3 (LAGC), Tables S1 and S2 (pNEN).
PAPER = {
    "npc-residual": "age sex stage t_stage n_stage",
    "lagc-response": (
        "age sex bmi location maximum_diameter borrmann ct_stage cn_stage cm_stage differentiation "
        "pathological_type cea ca125 afp albumin plateletcrit lymphocytes glucose neutrophils "
        "enlarged_nodes wall_thickness src_composition"
    ),
    "gc-recurrence": (
        "sex vascular_tumour_thrombus nerve_invasion location differentiation preoperative_chemotherapy "
        "postoperative_chemotherapy pt_stage pn_stage ptnm_stage age tumour_length afp cea ca199 ca125 ca724"
    ),
    "pnen-recurrence": (
        "age sex symptoms maximum_diameter location composition calcification shape boundary "
        "vessel_involvement ct_ratio_unenhanced ct_ratio_arterial ct_ratio_venous "
        "relative_enhancement_arterial relative_enhancement_venous pancreatic_duct pancreas_atrophy "
        "node_morphology node_enhancement fatty_liver benign_liver_lesion bile_duct_dilated portal_vein "
        "splenic_vein splenomegaly splenic_varices"
    ),
    "gnen-os": "age sex location long_diameter ct_lymph_node m_stage ki67 grade",
}
COUNTS = {
    "npc-residual": 5,
    "lagc-response": 22,
    "gc-recurrence": 17,
    "pnen-recurrence": 26,
    "gnen-os": 8,
}


@pytest.mark.parametrize("study", STUDIES)
def test_every_factor_of_the_paper_is_asked_for(study: str) -> None:
    factors = PAPER[study].split()
    assert len(factors) == COUNTS[study]
    assert set(factors) <= {field.id for field in load_form(study).fields}


def _terms(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    models = [*manifest.get("linear_models", []), *manifest.get("support_vector_machines", [])]
    return [term for model in models for term in model.get("terms", []) if "field" in term]


@pytest.mark.parametrize("study", STUDIES)
def test_a_pack_asks_only_for_what_the_form_has(study: str, repository: Path) -> None:
    form = load_form(study)
    manifest = json.loads((repository / "packs" / f"{study}-demo" / "manifest.json").read_text("utf-8"))
    for term in _terms(manifest):
        field = form.field(term["field"])
        assert set(term.get("levels", [])) <= set(field.choices)
        assert (term["kind"] == "level") == (field.kind == "choice")


@pytest.mark.parametrize("population", POPULATIONS.values(), ids=lambda population: str(population.study))
def test_the_synthetic_patients_speak_of_the_same_fields_and_units(population: Population) -> None:
    form = load_form(population.study)
    for asked in population.form:
        field = form.field(asked.id)
        assert (asked.unit or "") == (field.units[0].code if field.units else "")


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_field_has_its_words(language: str, study: str) -> None:
    catalogue = load_catalogue(language)
    for field in load_form(study).fields:
        ids = [f"clinical.{field.id}", f"clinical.{field.id}.meaning", f"clinical.group.{field.group}"]
        ids += [f"clinical.{field.id}.{choice}" for choice in field.choices]
        ids += [f"report.unit.{unit.code}" for unit in field.units]
        assert [one for one in ids if not catalogue.has(one)] == []


def test_every_field_names_its_source_and_a_stage_its_edition() -> None:
    for _, field in FIELDS:
        assert field.source
        assert bool(field.edition) == (field.id.endswith(("stage", "subcategory")) or field.id == "grade")


def test_a_field_of_several_studies_has_the_same_meaning_of_its_unit() -> None:
    dimensions: dict[str, set[str]] = {}
    for _, field in FIELDS:
        if field.kind == "number":
            dimensions.setdefault(field.id, set()).add(field.units[0].code)
    several = {name: units for name, units in dimensions.items() if len(units) > 1}
    assert several == {"maximum_diameter": {"cm", "mm"}}


def test_every_conversion_that_is_not_decimal_tells_its_source() -> None:
    told = {(field.id, unit.code): unit.source for _, field in FIELDS for unit in field.units if unit.source}
    assert set(told) == {("afp", "[iU]/mL"), ("afp", "k[iU]/L"), ("glucose", "mg/dL")}


def test_all_forms_are_here(repository: Path) -> None:
    files = (repository / "inference" / "clinical" / "forms").glob("*.yaml")
    assert {path.stem for path in files} == {form.study for form in FORMS}
