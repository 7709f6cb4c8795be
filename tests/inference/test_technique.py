"""What the pictures of a stack share is the stack's; what they disagree on is nobody's."""

import json
from dataclasses import replace

import pytest
from pydantic import TypeAdapter, ValidationError

from inference.technique import SILENT, Technique, common_technique

PICTURE = Technique(
    study_description="Abdomen",
    acquisition_date="2022-12-08",
    acquisition_time="140352.457",
    contrast_start_time="140216.694",
    flip_angle_deg=15.0,
)


def test_times_become_the_earliest_and_the_latest() -> None:
    later = replace(PICTURE, acquisition_time="140355.1", content_time="140600")
    stack = common_technique([later, PICTURE])
    assert (stack.acquisition_time, stack.last_acquisition_time) == ("140352.457", "140355.1")
    assert stack.contrast_start_time == "140216.694" and stack.flip_angle_deg == 15.0


def test_one_picture_without_a_time_leaves_the_stack_without() -> None:
    stack = common_technique([PICTURE, replace(PICTURE, acquisition_time="")])
    assert (stack.acquisition_time, stack.last_acquisition_time) == ("", "")


@pytest.mark.parametrize(
    ("name", "other", "empty"),
    [("contrast_start_time", "135000", ""), ("flip_angle_deg", 30.0, None), ("scan_options", ("FS",), ())],
)
def test_a_value_on_which_the_pictures_disagree_is_none(name: str, other: object, empty: object) -> None:
    assert getattr(common_technique([PICTURE, replace(PICTURE, **{name: other})]), name) == empty


def test_one_picture_is_its_own_stack() -> None:
    assert common_technique([PICTURE]) == replace(PICTURE, last_acquisition_time="140352.457")
    assert common_technique([SILENT]) == SILENT


@pytest.mark.parametrize(
    "values",
    [{"study_description": "x" * 1025}, {"scan_options": ["a"] * 65}, {"flip_angle_deg": float("inf")}],
)
def test_what_no_header_can_say_is_refused_where_it_is_parsed(values: dict[str, object]) -> None:
    parser = TypeAdapter(Technique)
    assert parser.validate_json(json.dumps({"kernel": "B30f"})) == Technique(kernel="B30f")
    with pytest.raises(ValidationError):
        parser.validate_json(json.dumps(values).replace("Infinity", "1e999"))
