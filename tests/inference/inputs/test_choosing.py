"""Which stacks serve a study's inputs without anybody there to choose: tags, then pixels, never a guess."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inference.case_input import StatedFacts
from inference.errors import InputError
from inference.inputs.choosing import choose_scans
from inference.inputs.study_inputs import load_study_inputs
from inference.meaning.opinion import Opinion, Source
from inference.meaning.understanding import Meaning, understand
from inference.messages.catalogue import load_catalogue
from inference.scan import Plan, Series, Stack
from tests.inference.inputs.test_matching import fitting

STUDY = load_study_inputs("gnen-os")
ARTERIAL, VENOUS = STUDY.inputs


def stack(stack_id: str, **tags: Any) -> Stack:
    """A scan that serves the arterial input but for what the tags say."""
    return replace(fitting(ARTERIAL, **tags).stack, stack_id=stack_id)


def plan(*stacks: Stack) -> Plan:
    of_one = tuple(replace(one, identity=stacks[0].identity) for one in stacks)
    return Plan("", (), (Series("1.2.3", "", "CT", of_one),))


def never(_: Stack) -> Meaning:
    raise AssertionError("pixels are not needed")


def chosen(*stacks: Stack, see: Any = never, **more: Any) -> dict[str, str]:
    given: dict[str, Any] = {"picked": {}, "stated": StatedFacts()} | more
    return {name: one.stack_id for name, one in choose_scans(STUDY, plan(*stacks), see, **given).items()}


PLAIN = {"series_description": "PLAIN", "contrast_agent": ""}
PORTAL = {"series_description": "PORTAL VENOUS"}
SILENT = {"series_description": "ABDOMEN"}


def test_tags_choose_each_phase_and_leave_the_others() -> None:
    found = chosen(stack("plain", **PLAIN), stack("late", **PORTAL), stack("early"))
    assert found == {"arterial": "early", "venous": "late"}


def test_one_scan_alone_goes_to_the_first_input_whatever_it_is() -> None:
    assert chosen(stack("only", modality="MR")) == {"arterial": "only"}


def test_a_further_input_that_nothing_fits_is_absent() -> None:
    assert chosen(stack("early"), stack("plain", **PLAIN)) == {"arterial": "early"}


def test_several_that_fit_are_named_and_the_user_picks() -> None:
    stacks = stack("one"), stack("two"), stack("late", **PORTAL)
    with pytest.raises(InputError) as caught:
        chosen(*stacks)
    text = load_catalogue("en").render(caught.value.message)
    assert "[one]" in text and "[two]" in text and "[late]" not in text and "--scan arterial=" in text
    assert chosen(*stacks, picked={"arterial": "two"}) == {"arterial": "two", "venous": "late"}


def test_pixels_decide_where_tags_are_silent() -> None:
    def see(one: Stack) -> Meaning:
        phase = "arterial" if one.stack_id == "one" else "portal_venous"
        return replace(understand(one, None), phase=Opinion(phase, Source.PIXELS))

    found = chosen(stack("one", **SILENT), stack("two", **SILENT), see=see)
    assert found == {"arterial": "one", "venous": "two"}


def test_what_is_stated_of_one_input_counts_for_no_other() -> None:
    def see(one: Stack) -> Meaning:
        return understand(one, None)

    stacks = stack("early"), stack("silent", **SILENT)
    late, delayed = StatedFacts(phase="portal_venous"), StatedFacts(phase="delayed")
    assert chosen(*stacks, see=see, further={"venous": late}) == {"arterial": "early", "venous": "silent"}
    assert chosen(*stacks, see=see, further={"venous": delayed}) == {"arterial": "early"}


def test_nothing_that_fits_the_first_input_is_an_error_with_all_there_is() -> None:
    with pytest.raises(InputError) as caught:
        chosen(stack("plain", **PLAIN), stack("late", **PORTAL))
    text = load_catalogue("zh_CN").render(caught.value.message)
    assert "[plain]" in text and "[late]" in text and "{" not in text


@pytest.mark.parametrize("picked", [{"delayed": "one"}, {"arterial": "nine"}, {"": "one"}])
def test_a_pick_that_names_nothing_is_refused(picked: dict[str, str]) -> None:
    with pytest.raises(InputError):
        chosen(stack("one"), picked=picked)
