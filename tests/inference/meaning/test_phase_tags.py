"""Times, words and agent make one phase where they agree; anything doubtful is unknown, with its evidence."""

from dataclasses import replace
from typing import Any

import pytest

from inference.meaning.contrast_tags import contrast_by_tags
from inference.meaning.phase_tags import phase_by_tags
from inference.meaning.timing import phase_of_delay, seconds_of
from inference.meaning.words import contrast_in, phases_in
from inference.scan import Acquisition
from inference.technique import Technique

TIMED = Technique(
    acquisition_time="140352.4", last_acquisition_time="140353.9", contrast_start_time="140216.7"
)


def ct(technique: Technique = Technique(), **tags: Any) -> Acquisition:  # noqa: B008
    return Acquisition(modality="CT", technique=technique, **tags)


def ids(acquisition: Acquisition) -> set[str]:
    return {one.message.id.removeprefix("evidence.") for one in phase_by_tags(acquisition).evidence}


@pytest.mark.parametrize(
    ("seconds", "phase"),
    [
        (5, ""),
        (15, "arterial"),
        (35, "arterial"),
        (50, "arterial"),
        (55, ""),
        (60, "portal_venous"),
        (75, "portal_venous"),
        (96, "portal_venous"),
        (110, "portal_venous"),
        (130, ""),
        (180, "delayed"),
        (900, "delayed"),
        (901, ""),
    ],
)
def test_a_delay_falls_into_a_window_or_between(seconds: float, phase: str) -> None:
    assert phase_of_delay(seconds) == phase


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("140352.457000", 50632.457),
        ("140352", 50632.0),
        ("14:03:52", 50632.0),
        ("1050", None),
        ("240000", None),
        ("126000", None),
        ("", None),
        ("12345x", None),
        ("123456.x", None),
    ],
)
def test_a_time_is_read_exactly_or_not_at_all(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == (seconds if seconds is None else pytest.approx(seconds))


def test_seconds_after_the_injection_make_the_phase() -> None:
    opinion = phase_by_tags(ct(TIMED))
    assert opinion.value == "portal_venous"
    assert opinion.evidence[0].message.fields == {"seconds": 96}


def test_series_and_content_times_are_never_the_acquisition() -> None:
    reconstruction = Technique(contrast_start_time="140216", series_time="140300", content_time="140300")
    assert phase_by_tags(ct(reconstruction)).value == "" and ids(ct(reconstruction)) == set()
    late = replace(TIMED, series_time="140539.4")
    assert phase_by_tags(ct(late)).value == "portal_venous" and "series_time_ignored" in ids(ct(late))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"acquisition_time": "000030", "last_acquisition_time": "000031"}, "before_the_injection"),
        ({"contrast_flow_rates": ("3", "3")}, "split_bolus"),
        ({"contrast_flow_durations": ("20", "10", "10")}, "split_bolus"),
        ({"contrast_volume_ml": 15.0}, "test_bolus"),
        ({"acquisition_time": "153000", "last_acquisition_time": "153001"}, "long_after_injection"),
    ],
)
def test_what_forbids_a_phase_is_said(change: dict[str, Any], code: str) -> None:
    scan = ct(replace(TIMED, **change))
    assert phase_by_tags(scan).value == "" and code in ids(scan)


@pytest.mark.parametrize("words", ["Test Bolus", "PREMONITORING", "Monitoring 120kV", "小剂量测试"])
def test_pictures_that_time_the_bolus_have_no_phase(words: str) -> None:
    assert phase_by_tags(ct(TIMED, series_description=words)).value == ""


def test_a_zero_volume_takes_nothing_away() -> None:
    assert phase_by_tags(ct(replace(TIMED, contrast_volume_ml=0.0))).value == "portal_venous"


def test_a_stack_that_reaches_over_two_windows_has_no_phase() -> None:
    assert phase_by_tags(ct(replace(TIMED, last_acquisition_time="140500"))).value == ""


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("ABD ART 1.0", "arterial"),
        ("Late arterial phase", "arterial"),
        ("动脉期 1.5mm", "arterial"),
        ("Abdomen arteriell", "arterial"),
        ("PORTAL VENOUS", "portal_venous"),
        ("Abd_PV_5.0", "portal_venous"),
        ("门脉期", "portal_venous"),
        ("静脉期5mm", "portal_venous"),
        ("Abdomen portalvenös", "portal_venous"),
        ("Delayed 5 min", "delayed"),
        ("延迟期", "delayed"),
        ("Spätphase", "delayed"),
        ("平扫", "unenhanced"),
        ("Abdomen nativ", "unenhanced"),
        ("NON-CONTRAST", "unenhanced"),
        ("PRE CONTRAST", "unenhanced"),
        ("party", ""),
        ("smart", ""),
        ("renal artery", ""),
        ("Artefakt", ""),
        ("Seven", ""),
        ("CT Body 3.0", ""),
        ("", ""),
    ],
)
def test_whole_words_name_a_phase(text: str, phase: str) -> None:
    assert phase_by_tags(ct(series_description=text)).value == phase


@pytest.mark.parametrize("text", ["ART/PV", "动脉期+静脉期", "arterial and delayed"])
def test_a_description_of_two_phases_names_none(text: str) -> None:
    assert len(phases_in(text)) == 2
    assert phase_by_tags(ct(series_description=text)).value == ""
    assert phase_by_tags(ct(TIMED, series_description=text)).value == ""


def test_the_protocol_counts_only_where_the_series_is_silent() -> None:
    assert phase_by_tags(ct(series_description="Abd 1.0", protocol_name="Liver arterial")).value == "arterial"
    both = ct(series_description="venous", protocol_name="Liver arterial venous")
    assert phase_by_tags(both).value == "portal_venous"


def test_words_against_times_are_unknown_and_both_are_told() -> None:
    scan = ct(TIMED, series_description="ART 1.0")
    assert phase_by_tags(scan).value == ""
    assert {"words_phase", "seconds_after_injection"} <= ids(scan)


def test_an_agent_that_says_no_means_unenhanced_unless_times_contradict() -> None:
    assert phase_by_tags(ct(contrast_agent="NO")).value == "unenhanced"
    assert phase_by_tags(ct(TIMED, contrast_agent="NONE")).value == ""


def test_an_agent_contradicts_a_plain_description() -> None:
    assert phase_by_tags(ct(contrast_agent="ULTRAVIST", series_description="平扫")).value == ""


@pytest.mark.parametrize(
    ("tags", "value"),
    [
        ({}, ""),
        ({"contrast_agent": "  "}, ""),
        ({"contrast_agent": "APPLIED"}, "yes"),
        ({"contrast_agent": "NO"}, "no"),
        ({"contrast_agent": "WATER", "technique": Technique(contrast_route="ORAL")}, ""),
        ({"contrast_agent": "OMNI", "technique": Technique(contrast_route="Oral & IV")}, "yes"),
        ({"series_description": "T1 +C"}, "yes"),
        ({"series_description": "t1c"}, "yes"),
        ({"series_description": "增强"}, "yes"),
        ({"series_description": "T1 pre contrast"}, "no"),
        ({"series_description": "w/o & w contrast"}, ""),
        ({"contrast_agent": "NO", "series_description": "T1 +C"}, ""),
        ({"technique": Technique(contrast_start_time="101112", contrast_volume_ml=0.0)}, ""),
        ({"technique": Technique(contrast_start_time="101112", contrast_volume_ml=15.0)}, "yes"),
    ],
)
def test_contrast_is_read_from_agent_words_and_injection(tags: dict[str, Any], value: str) -> None:
    assert contrast_by_tags(Acquisition(modality="MR", **tags)).value == value


def test_without_and_with_names_both() -> None:
    assert {one.value for one in contrast_in("Abdomen W/O & W")} == {"yes", "no"}
