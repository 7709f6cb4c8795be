"""Every scan is held against every named input: green, amber or red, with all its reasons."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from inference.case_input import StatedFacts
from inference.dicom.verdicts import finding
from inference.geometry import Geometry
from inference.inputs.matching import (
    Availability,
    Candidate,
    InputMatch,
    ReadStack,
    match_inputs,
)
from inference.inputs.reasons import Fit
from inference.inputs.study_inputs import NamedInput, load_study_inputs
from inference.meaning.opinion import Opinion, Source
from inference.meaning.understanding import Meaning, understand
from inference.messages.catalogue import load_catalogue
from inference.scan import Acquisition, Stack
from inference.technique import Technique
from tests.inference.meaning.painted_abdomen import grid, stack_of

STUDIES = ("npc-residual", "lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")
TODAY = date(2026, 3, 10)
SCANNED = "2026-03-05"
WORDS = {"arterial": "ART", "portal_venous": "PORTAL VENOUS", "unenhanced": "PLAIN", "delayed": "DELAYED"}


def fitting(named: NamedInput, scanned: str = SCANNED, **changed: Any) -> ReadStack:
    """A generated stack whose tags meet every condition of an input, but for what is changed."""
    thickness = 1.0 if named.modality == "CT" else 5.0
    tags: dict[str, Any] = {
        "modality": named.modality,
        "body_part": named.body_parts[0],
        "contrast_agent": "IOHEXOL" if named.contrast == "yes" else "",
        "slice_thickness_mm": thickness,
        "study_date": scanned,
        "magnetic_field_t": 3.0,
        "series_description": WORDS[named.phase] if named.phase else "T1 TSE",
    }
    slices = 40
    geometry = changed.pop("geometry", None) or grid(
        slices=slices, lowest_mm=0.0, highest_mm=thickness * (slices - 1)
    )
    findings = changed.pop("findings", ())
    stated = changed.pop("stated", StatedFacts())
    stack = replace(stack_of(geometry), acquisition=Acquisition(**(tags | changed)), findings=findings)
    return ReadStack(stack, understand(stack, None), stated)


def matched(study: str, reads: Sequence[ReadStack], treatment: date | None = TODAY) -> dict[str, InputMatch]:
    matches = match_inputs(load_study_inputs(study), reads, today=TODAY, treatment=treatment)
    return {match.input.id: match for match in matches}


def inputs_of(study: str) -> tuple[NamedInput, ...]:
    return load_study_inputs(study).inputs


EVERY = [(study, named.id) for study in STUDIES for named in inputs_of(study)]


def named_of(study: str, input_id: str) -> NamedInput:
    (named,) = [one for one in inputs_of(study) if one.id == input_id]
    return named


def ids(candidate: Candidate, fit: Fit | None = None) -> set[str]:
    return {one.message.id for one in candidate.reasons if fit is None or one.fit is fit}


def single(study: str, input_id: str, read: ReadStack, **more: Any) -> Candidate:
    partners = [fitting(one) for one in inputs_of(study) if one.required and one.id != input_id]
    match = matched(study, [read, *partners], **more)[input_id]
    (candidate,) = [one for one in match.candidates if one.read is read]
    return candidate


@pytest.mark.parametrize(("study", "input_id"), EVERY)
def test_a_stack_that_meets_every_condition_is_green_without_a_reason(study: str, input_id: str) -> None:
    candidate = single(study, input_id, fitting(named_of(study, input_id)))
    assert candidate.fit is Fit.GREEN and candidate.reasons == ()


CHANGES: list[tuple[dict[str, Any], Fit, str]] = [
    ({"modality": ""}, Fit.AMBER, "inputs.modality_unknown"),
    ({"modality": "PT"}, Fit.RED, "inputs.modality_differs"),
    ({"body_part": ""}, Fit.AMBER, "inputs.body_part_unknown"),
    ({"body_part": "KNEE"}, Fit.RED, "inputs.body_part_differs"),
    ({"study_date": ""}, Fit.AMBER, "inputs.date_unknown"),
    ({"study_date": "2026-03-12"}, Fit.RED, "finding.inputs.after_treatment"),
    ({"findings": (finding("intake.localiser"),)}, Fit.RED, "finding.intake.localiser"),
    ({"findings": (finding("intake.uneven", percent=40),)}, Fit.RED, "finding.intake.uneven"),
]


@pytest.mark.parametrize(("change", "fit", "reason"), CHANGES)
@pytest.mark.parametrize(("study", "input_id"), EVERY)
def test_each_condition_is_told(
    study: str, input_id: str, change: dict[str, Any], fit: Fit, reason: str
) -> None:
    candidate = single(study, input_id, fitting(named_of(study, input_id), **change))
    assert candidate.fit is fit and reason in ids(candidate, fit)


CT_INPUTS = [(study, one) for study, one in EVERY if named_of(study, one).modality == "CT"]


@pytest.mark.parametrize(("study", "input_id"), CT_INPUTS)
def test_another_phase_is_red_and_no_phase_is_amber(study: str, input_id: str) -> None:
    named = named_of(study, input_id)
    other = "DELAYED"
    agent = {"contrast_agent": "IOHEXOL"}
    assert "inputs.phase_differs" in ids(
        single(study, input_id, fitting(named, series_description=other, **agent)), Fit.RED
    )
    unknown = single(study, input_id, fitting(named, series_description="Abdomen 1.0", **agent))
    assert "inputs.phase_unknown" in ids(unknown, Fit.AMBER)


@pytest.mark.parametrize(("study", "input_id"), CT_INPUTS)
def test_a_phase_that_the_user_states_fits_and_is_told(study: str, input_id: str) -> None:
    named = named_of(study, input_id)
    stated = StatedFacts(phase=str(named.phase), contrast_enhanced=named.contrast == "yes")
    read = fitting(named, series_description="Abdomen 1.0", contrast_agent="", stated=stated)
    candidate = single(study, input_id, read)
    assert candidate.fit is Fit.GREEN and {"inputs.phase_by", "inputs.contrast_by"} <= ids(
        candidate, Fit.GREEN
    )


@pytest.mark.parametrize(("study", "input_id"), EVERY)
def test_a_statement_against_the_tags_is_red(study: str, input_id: str) -> None:
    read = fitting(named_of(study, input_id), stated=StatedFacts(body_part="NECK", modality="PT"))
    reasons = [one.message.id for one in single(study, input_id, read).reasons if one.fit is Fit.RED]
    assert reasons.count("inputs.contradiction") == (1 if read.stack.acquisition.body_part == "NECK" else 2)


def test_the_mr_of_npc_asks_weighting_contrast_thickness_and_plane() -> None:
    (named,) = inputs_of("npc-residual")
    cases = {
        "inputs.weighting_differs": {"series_description": "T2 TSE"},
        "inputs.contrast_differs": {"contrast_agent": "NO"},
        "inputs.thickness_differs": {"slice_thickness_mm": 3.0},
        "inputs.thickness_unknown": {"slice_thickness_mm": None},
        "inputs.plane_differs": {
            "geometry": grid(slices=40, direction=np.array([[0, 0, 1.0], [1, 0, 0], [0, -1, 0]]))
        },
    }
    for reason, change in cases.items():
        assert reason in ids(single("npc-residual", "t1c", fitting(named, **change)), Fit.RED)
    for reason, change in {
        "inputs.weighting_unknown": {"series_description": "Head"},
        "inputs.contrast_unknown": {"contrast_agent": ""},
    }.items():
        assert reason in ids(single("npc-residual", "t1c", fitting(named, **change)), Fit.AMBER)


def test_another_field_strength_is_told_and_not_refused() -> None:
    (named,) = inputs_of("npc-residual")
    candidate = single("npc-residual", "t1c", fitting(named, magnetic_field_t=1.5))
    assert candidate.fit is Fit.GREEN and ids(candidate) == {"inputs.field_differs"}
    assert ids(single("npc-residual", "t1c", fitting(named, magnetic_field_t=2.89))) == set()


@pytest.mark.parametrize(("degrees", "fits"), [(9.9, True), (10.1, False)])
def test_an_oblique_stack_fits_up_to_ten_degrees(degrees: float, fits: bool) -> None:
    (named,) = inputs_of("lagc-response")
    angle = np.radians(degrees)
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    affine = grid().affine.copy()
    affine[:3, :3] = turn @ affine[:3, :3]
    candidate = single(
        "lagc-response", "portal_venous", fitting(named, geometry=Geometry(affine, (30, 110, 140)))
    )
    assert (candidate.fit is Fit.GREEN) is fits


@pytest.mark.parametrize(
    ("study", "days", "fits"),
    [
        ("npc-residual", 31, True),
        ("npc-residual", 32, False),
        ("lagc-response", 7, True),
        ("lagc-response", 8, False),
        ("gc-recurrence", 7, True),
        ("gc-recurrence", 8, False),
        ("pnen-recurrence", 400, True),
        ("gnen-os", 400, True),
    ],
)
def test_a_scan_may_be_as_old_as_the_study_allows(study: str, days: int, fits: bool) -> None:
    scanned = (TODAY - timedelta(days=days)).isoformat()
    reads = [fitting(named, scanned) for named in inputs_of(study)]
    for match in matched(study, reads).values():
        assert bool(match.fitting) is fits
        if not fits:
            (candidate,) = [one for one in match.candidates if one.fit is Fit.RED]
            assert "finding.inputs.too_long_before" in ids(candidate) and candidate.is_releasable


def test_a_scan_on_the_day_of_treatment_is_in_time_and_one_after_is_released_by_name_only() -> None:
    (named,) = inputs_of("lagc-response")
    same_day = fitting(named, TODAY.isoformat())
    assert single("lagc-response", "portal_venous", same_day).fit is Fit.GREEN
    after = single("lagc-response", "portal_venous", fitting(named, "2026-03-11"), treatment=TODAY)
    assert after.fit is Fit.RED and after.is_releasable


def test_without_the_day_of_treatment_an_old_scan_needs_confirmation() -> None:
    (named,) = inputs_of("lagc-response")
    fresh = single("lagc-response", "portal_venous", fitting(named), treatment=None)
    assert fresh.fit is Fit.GREEN
    old = single("lagc-response", "portal_venous", fitting(named, "2026-02-01"), treatment=None)
    assert old.fit is Fit.AMBER and ids(old) == {"inputs.treatment_date_unknown"}


def test_the_acquisition_date_counts_before_the_study_date() -> None:
    (named,) = inputs_of("lagc-response")
    read = fitting(named, "2026-01-01", technique=Technique(acquisition_date=SCANNED))
    assert single("lagc-response", "portal_venous", read).fit is Fit.GREEN


@pytest.mark.parametrize(("days", "fits"), [(30, True), (31, False)])
def test_scan_dates_differ_by_more_than_thirty_days_within_a_pathway(days: int, fits: bool) -> None:
    arterial, venous = inputs_of("gnen-os")
    reads = [fitting(arterial), fitting(venous, (date(2026, 3, 5) - timedelta(days=days)).isoformat())]
    for match in matched("gnen-os", reads).values():
        assert bool(match.fitting) is fits


def test_one_partner_near_enough_is_enough() -> None:
    arterial, venous = inputs_of("gnen-os")
    reads = [fitting(arterial), fitting(venous, "2025-06-01"), fitting(venous)]
    match = matched("gnen-os", reads)["arterial"]
    assert match.availability is Availability.ONE


def test_several_green_scans_are_left_to_the_user() -> None:
    (named,) = inputs_of("lagc-response")
    first, second = fitting(named), fitting(named)
    match = matched("lagc-response", [first, second])["portal_venous"]
    assert match.availability is Availability.SEVERAL
    assert [one.read for one in match.fitting] == [first, second]
    assert match.message.id == "inputs.several" and match.message.fields["count"] == 2


def test_one_green_scan_may_be_proposed_and_none_says_what_is_missing() -> None:
    (named,) = inputs_of("lagc-response")
    read = fitting(named)
    one = matched("lagc-response", [read, fitting(named, modality="PT")])["portal_venous"]
    assert one.availability is Availability.ONE and [each.read for each in one.fitting] == [read]
    none = matched("lagc-response", [])["portal_venous"]
    assert none.availability is Availability.MISSING
    assert none.message.fields["needed"] == "input.portal_venous.needed"
    open_one = matched("lagc-response", [fitting(named, body_part="")])["portal_venous"]
    assert open_one.availability is Availability.TO_CONFIRM and open_one.fitting == ()


def test_an_optional_input_may_be_left_out() -> None:
    matches = matched("pnen-recurrence", [fitting(inputs_of("pnen-recurrence")[0])])
    assert matches["arterial"].availability is Availability.ONE
    assert matches["venous"].message.id == "inputs.missing_optional"


def test_candidates_stand_best_first_and_every_reason_is_kept() -> None:
    (named,) = inputs_of("npc-residual")
    bad = fitting(named, modality="CT", body_part="CHEST", slice_thickness_mm=None, study_date="")
    doubtful, good = fitting(named, contrast_agent=""), fitting(named)
    match = matched("npc-residual", [bad, doubtful, good])["t1c"]
    assert [one.read for one in match.candidates] == [good, doubtful, bad]
    assert {"inputs.modality_differs", "inputs.body_part_differs", "inputs.thickness_unknown"} <= ids(
        match.candidates[-1], Fit.RED
    )
    assert "inputs.date_unknown" in ids(match.candidates[-1], Fit.AMBER)
    fits = [one.fit for one in match.candidates[-1].reasons]
    assert fits == sorted(fits, reverse=True)


def test_a_disputed_phase_is_amber_with_both_sides_until_it_is_picked() -> None:
    (named,) = inputs_of("lagc-response")
    read = fitting(named)
    disputed = replace(
        read.meaning,
        phase_by_pixels=Opinion("arterial", Source.PIXELS),
        phase=Opinion(),
        findings=(finding("meaning.phase_disagrees", tags="phase.portal_venous", pixels="phase.arterial"),),
    )
    candidate = single("lagc-response", "portal_venous", replace(read, meaning=disputed))
    assert ids(candidate, Fit.AMBER) == {"inputs.phase_unknown", "finding.meaning.phase_disagrees"}
    picked = replace(read, meaning=disputed, stated=StatedFacts(phase="portal_venous"))
    assert single("lagc-response", "portal_venous", picked).fit is Fit.GREEN


def test_a_phase_seen_in_the_pixels_alone_fits_and_its_source_is_named() -> None:
    (named,) = inputs_of("lagc-response")
    read = fitting(named, series_description="Abdomen")
    seen = replace(read.meaning, phase=Opinion("portal_venous", Source.PIXELS), findings=())
    candidate = single("lagc-response", "portal_venous", replace(read, meaning=seen))
    (reason,) = candidate.reasons
    assert reason.message.id == "inputs.phase_by" and reason.message.fields["source"] == "source.pixels"


def test_no_stack_no_meaning_no_answer() -> None:
    (named,) = inputs_of("lagc-response")
    silent = fitting(named)
    blank = ReadStack(silent.stack, Meaning())
    assert single("lagc-response", "portal_venous", blank).fit is Fit.AMBER


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_reason_and_message_reads_in_both_languages(language: str) -> None:
    catalogue = load_catalogue(language)
    said: set[str] = set()
    for study in STUDIES:
        for named in inputs_of(study):
            reads = [fitting(named, **change) for change, _, _ in CHANGES]
            reads += [
                fitting(named, "2020-01-01"),
                fitting(named, series_description="x", contrast_agent="", magnetic_field_t=None),
                fitting(named, series_description="T2 DELAYED", contrast_agent="NO", slice_thickness_mm=9.0),
                fitting(named, geometry=grid(direction=np.array([[0, 0, 1.0], [1, 0, 0], [0, -1, 0]]))),
                fitting(named, body_part="", stated=StatedFacts(body_part=named.body_parts[0])),
                fitting(named, stated=StatedFacts(modality="PT")),
                fitting(named, magnetic_field_t=1.5, slice_thickness_mm=None),
            ]
            for treatment in (TODAY, None):
                for match in matched(study, reads, treatment).values():
                    messages = [match.message] + [
                        message
                        for one in match.candidates
                        for reason in one.reasons
                        for message in (reason.message, reason.advice)
                        if message is not None and catalogue.has(message.id)
                    ]
                    for message in messages:
                        text = catalogue.render(message)
                        assert "⟦" not in text and "{" not in text
                        said.add(message.id)
                    for one in match.candidates:
                        assert all(catalogue.has(reason.message.id) for reason in one.reasons)
            assert catalogue.has(named.title) and catalogue.has(f"{named.title}.needed")
    assert len(said) > 25


def test_the_matching_opens_no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pure: the same answer twice, from values alone."""
    reads = [fitting(named) for named in inputs_of("gnen-os")]
    once, again = (matched("gnen-os", reads) for _ in range(2))
    assert [m.availability for m in once.values()] == [m.availability for m in again.values()]
    assert all(isinstance(read.stack, Stack) for read in reads)
