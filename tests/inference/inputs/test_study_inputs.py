"""The conditions of the five studies, and what is no condition."""

import pytest
from pydantic import ValidationError

from inference.errors import InputError
from inference.inputs.study_inputs import StudyInputs, load_study_inputs


@pytest.mark.parametrize(
    ("study", "inputs", "days"),
    [
        ("npc-residual", {"t1c": ("MR", None, "t1", True)}, 31),
        ("lagc-response", {"portal_venous": ("CT", "portal_venous", None, True)}, 7),
        ("gc-recurrence", {"portal_venous": ("CT", "portal_venous", None, True)}, 7),
        (
            "pnen-recurrence",
            {
                "arterial": ("CT", "arterial", None, True),
                "venous": ("CT", "portal_venous", None, False),
                "unenhanced": ("CT", "unenhanced", None, False),
            },
            None,
        ),
        (
            "gnen-os",
            {"arterial": ("CT", "arterial", None, True), "venous": ("CT", "portal_venous", None, True)},
            None,
        ),
    ],
)
def test_each_study_names_its_inputs(
    study: str, inputs: dict[str, tuple[object, ...]], days: int | None
) -> None:
    loaded = load_study_inputs(study)
    assert loaded.study == study and "doi:" in loaded.citation
    assert {one.id: (one.modality, one.phase, one.weighting, one.required) for one in loaded.inputs} == inputs
    assert loaded.dates.before_treatment_days == days and loaded.dates.apart_days == 30
    assert all(one.plane == "axial" and one.maximum_obliquity_deg == 10 for one in loaded.inputs)


@pytest.mark.parametrize("study", ["nothing", "../rules/npc-residual", ""])
def test_an_unknown_study_is_refused(study: str) -> None:
    with pytest.raises(InputError, match=r"error\.study\.unknown"):
        load_study_inputs(study)


@pytest.mark.parametrize(
    "change",
    [
        {"phase": None},
        {"weighting": "t1"},
        {"body_parts": ["TOE"]},
        {"body_parts": []},
        {"maximum_obliquity_deg": 60},
        {"slice_thickness_mm": {"minimum": 3, "maximum": 2}},
        {"slice_thickness_mm": {"minimum": 0, "maximum": 2}},
        {"contrast": "perhaps"},
        {"surprise": 1},
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    document = load_study_inputs("lagc-response").model_dump(mode="json")
    document["inputs"][0] |= change
    with pytest.raises(ValidationError):
        StudyInputs.model_validate(document)


def test_two_inputs_of_one_name_or_none_required_are_refused() -> None:
    document = load_study_inputs("lagc-response").model_dump(mode="json")
    twice = document | {"inputs": document["inputs"] * 2}
    optional = document | {"inputs": [document["inputs"][0] | {"required": False}]}
    for wrong in (twice, optional):
        with pytest.raises(ValidationError):
            StudyInputs.model_validate(wrong)
