"""What the demonstration packs need of the form, read from their manifests."""

from pathlib import Path

import pytest

from inference.clinical.schema import load_form
from inference.packs.manifest import Manifest
from inference.pathways.needs import needs_of
from tests.inference.clinical.all_forms import STUDIES


def manifest(repository: Path, study: str) -> Manifest:
    file = repository / "packs" / f"{study}-demo" / "manifest.json"
    return Manifest.model_validate_json(file.read_bytes())


@pytest.mark.parametrize("study", STUDIES)
def test_every_need_is_a_field_of_the_form(study: str, repository: Path) -> None:
    needs = needs_of(manifest(repository, study))
    ids = {field.id for field in load_form(study).fields}
    asked = {name for one in (*needs.answers, *needs.beside) for name in one.fields}
    assert {*asked, *needs.first} <= ids


def test_a_fused_score_needs_what_the_scores_inside_it_need(repository: Path) -> None:
    needs = needs_of(manifest(repository, "gnen-os"))
    by_name = {one.score: one.fields for one in needs.answers}
    assert list(by_name) == ["combined", "dl", "clinical"]
    assert by_name["dl"] == frozenset() and by_name["clinical"] <= by_name["combined"]


def test_the_terms_of_a_machine_are_needs_too(repository: Path) -> None:
    needs = needs_of(manifest(repository, "pnen-recurrence"))
    beside = {one.score: one.fields for one in needs.beside}
    assert beside["dlr_a_sag"] == {"age", "sex", "symptoms"} and needs.answers[0].fields == frozenset()


def test_the_stage_of_the_specimen_comes_first_under_either_name(repository: Path) -> None:
    assert needs_of(manifest(repository, "gc-recurrence")).first == ("ptnm_stage", "yptnm_stage")


def test_a_pack_that_answers_by_treatment_needs_nothing_of_the_form(repository: Path) -> None:
    needs = needs_of(manifest(repository, "npc-residual"))
    assert not needs.answers and not needs.beside and not needs.first
