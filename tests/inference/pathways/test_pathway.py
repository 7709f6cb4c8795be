"""Every pathway speaks of scans, fields and scores that there are."""

from __future__ import annotations

import json

import pytest

from inference.clinical.schema import load_form
from inference.errors import InputError
from inference.inputs.study_inputs import load_study_inputs
from inference.pathways.pathway import Pathway, load_pathway

STUDIES = ("lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")


@pytest.mark.parametrize("study", STUDIES)
def test_scans_feed_the_phase_that_they_are(study):
    inputs = {one.id: one for one in load_study_inputs(study).inputs}
    pathway = load_pathway(study)
    for feeding in pathway.inputs:
        assert inputs[feeding.input].phase == feeding.phase
        assert pathway.phase_of(feeding.input) == feeding.phase
        assert pathway.input_of(feeding.phase) == feeding.input


@pytest.mark.parametrize("study", STUDIES)
def test_fields_are_those_of_the_form_and_every_number_of_a_regression_has_an_axis(study, repository):
    pathway, form = load_pathway(study), load_form(study)
    named = {*pathway.needed_first, *pathway.axes}
    for one in pathway.replacements:
        named |= {one.field, one.by, one.where}
        assert one.value in form.field(one.where).choices
    for field in named:
        form.field(field)
    pack = json.loads((repository / f"packs/{study}-demo/manifest.json").read_text(encoding="utf-8"))
    numbers = {
        term["field"]
        for model in pack.get("linear_models", ())
        for term in model["terms"]
        if term["kind"] == "number"
    }
    assert numbers <= set(pathway.axes)


@pytest.mark.parametrize("study", STUDIES)
def test_the_demonstration_pack_has_the_scores_and_their_outcomes(study, repository):
    pathway = load_pathway(study)
    pack = json.loads((repository / f"packs/{study}-demo/manifest.json").read_text(encoding="utf-8"))
    outcome = {score["name"]: score["positive_class"] for score in pack["scores"]}
    assert outcome[pathway.main] == pathway.outcome
    for beside in pathway.beside:
        assert outcome.get(beside.score, beside.outcome) == beside.outcome
    assert {phase["phase"] for phase in pack["phases"]} == {one.phase for one in pathway.inputs}


@pytest.mark.parametrize("study", STUDIES)
def test_the_demonstration_pack_speaks_the_words_of_the_form(study, repository):
    form = load_form(study)
    pack = json.loads((repository / f"packs/{study}-demo/manifest.json").read_text(encoding="utf-8"))
    fitted = [*pack.get("linear_models", ()), *pack.get("support_vector_machines", ())]
    for term in (term for model in fitted for term in model.get("terms", ()) if term["kind"] != "score"):
        field = form.field(term["field"])
        assert field.kind == ("choice" if term["kind"] == "level" else "number")
        assert set(term.get("levels", ())) <= set(field.choices)


def test_a_fallback_says_what_it_lacks_and_the_main_score_lacks_nothing():
    made = load_pathway("gnen-os").model_dump()
    made["answers"][0]["fallback"] = "image_only"
    with pytest.raises(ValueError, match="the main one"):
        Pathway.model_validate(made)
    made = load_pathway("gnen-os").model_dump()
    made["answers"] = made["answers"][:1] * 2
    with pytest.raises(ValueError, match="main one"):
        Pathway.model_validate(made)


@pytest.mark.parametrize("study", ["no-such-study", "../inputs/gnen-os"])
def test_a_study_without_a_pathway_is_refused(study):
    with pytest.raises(InputError):
        load_pathway(study)
