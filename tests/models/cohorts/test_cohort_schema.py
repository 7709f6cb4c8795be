"""The five cohorts as data."""

import pytest
from pydantic import ValidationError

from inference.errors import InputError
from inference.inputs.study_inputs import load_study_inputs
from models.cohorts.cohort_schema import CohortSchema, load_cohort_schema
from models.phantoms.cohort_tables import COHORT_COLUMNS

STUDIES = ("npc-residual", "lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")


@pytest.mark.parametrize("study", STUDIES)
def test_each_study_asks_for_the_scans_that_its_inputs_require(study):
    schema = load_cohort_schema(study)
    required = {one.id for one in load_study_inputs(study).inputs if one.required}
    compared_in_training = {"venous"} if study == "pnen-recurrence" else set()
    assert {scan.id for scan in schema.scans if scan.required} == required | compared_in_training
    assert len({scan.folder for scan in schema.scans}) == len(schema.scans)


@pytest.mark.parametrize(
    ("study", "factors"),
    [("lagc-response", 22), ("gc-recurrence", 17), ("gnen-os", 8)],
    ids=STUDIES[1:3] + STUDIES[4:],
)
def test_the_clinical_factors_are_as_many_as_published(study, factors):
    schema = load_cohort_schema(study)
    beside = {"trg", "yptnm_stage"}
    assert len([column for column in schema.columns if column.id not in beside]) == factors


def test_the_nasopharynx_schema_holds_the_columns_that_phantoms_are_written_with():
    schema = load_cohort_schema("npc-residual")
    named = {"patient_id", "cohort", *(column.id for column in schema.columns)}
    named |= {outcome.event for outcome in schema.outcomes}
    assert named == set(COHORT_COLUMNS)


def test_an_unknown_study_has_no_schema():
    with pytest.raises(InputError) as raised:
        load_cohort_schema("../cohorts/schemas/npc-residual")
    assert raised.value.message.id == "error.study.unknown"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"treatment": "age_years"}, "treatments are words"),
        ({"scans": ({"id": "arterial", "folder": "arterial"},)}, "none of the study's inputs"),
        ({"outcomes": ({"id": "residual", "event": "sex"},)}, "clinical value too"),
        ({"one_of": (("sex",),)}, "cannot be required"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_schema_that_contradicts_itself_is_refused(change, said):
    document = load_cohort_schema("npc-residual").model_dump() | change
    with pytest.raises(ValidationError, match=said):
        CohortSchema.model_validate(document)
