"""Every two scans of a case are held against one another, and what differs names both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inference.case_input import CaseInput, ScanInput, StatedFacts
from inference.cases.identity import PatientIdentity, PatientKey
from inference.clinical.schema import load_form
from inference.dicom.verdicts import finding
from inference.findings import Finding, Verdict
from inference.inputs.idle_releases import without_idle_releases
from inference.inputs.taken_together import findings_by_scan, taken_together
from inference.messages.catalogue import load_catalogue
from inference.release import Release
from tests.inference.synthetic_case import PHANTOM, case

OTHER = PatientIdentity(PatientKey("H", "2"), "PHANTOM^OTHER")


def scan(day: str = "2026-03-01", **changes: Any) -> ScanInput:
    opened = case(study_date=day)
    return ScanInput(replace(opened.stack, **changes), opened.volume, stated=StatedFacts())


def of(study: str, first: ScanInput, **further: ScanInput) -> CaseInput:
    record = load_form(study).empty_record()
    return CaseInput(first.stack, first.volume, record, further=further)


def told(found: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(one.code, str(one.fields["first"]), str(one.fields["second"])) for one in found]


def test_further_scans_that_lie_far_apart_are_told_though_each_lies_near_the_first() -> None:
    given = of(
        "pnen-recurrence", scan("2026-02-01"), venous=scan("2026-01-10"), unenhanced=scan("2026-02-25")
    )
    assert told(taken_together(given)) == [("inputs.dates_apart", "input.venous", "input.unenhanced")]
    undated = of("pnen-recurrence", scan(""), venous=scan("2026-01-10"), unenhanced=scan("2026-02-25"))
    assert len(taken_together(undated)) == 1, "a first scan without a date hides nothing"
    said = load_catalogue("en").render(taken_together(given)[0].message)
    assert said == "46 days lie between the venous CT and the unenhanced CT; at most 30 are allowed."


def test_scans_of_two_people_are_refused_and_nobody_may_release_it() -> None:
    given = of("pnen-recurrence", scan(), venous=scan(), unenhanced=scan(identity=OTHER))
    found = taken_together(given)
    assert told(found) == [
        ("inputs.patients_differ", "input.arterial", "input.unenhanced"),
        ("inputs.patients_differ", "input.venous", "input.unenhanced"),
    ]
    assert {one.answer for one in found} == {Verdict.REFUSED} and not any(one.releasable for one in found)
    renamed = replace(PHANTOM, name="PHANTOM^SPELLED^OTHERWISE")
    assert not taken_together(of("gnen-os", scan(), venous=scan(identity=renamed)))


@pytest.mark.parametrize(
    ("study", "name", "code"),
    [
        ("pnen-recurrence", "venous", "inputs.box_in_other_frame"),
        ("pnen-recurrence", "unenhanced", "inputs.frames_differ"),
        ("gnen-os", "venous", "inputs.frames_differ"),
    ],
)
def test_another_frame_bars_an_answer_only_where_a_box_is_carried_over(
    study: str, name: str, code: str
) -> None:
    (found,) = taken_together(of(study, scan(), **{name: scan(frame_of_reference_uid="9.9")}))
    assert found.code == code and (found.answer is Verdict.REFUSED) is found.releasable
    assert found.releasable is (code == "inputs.box_in_other_frame")
    assert not taken_together(of(study, scan(), **{name: scan(frame_of_reference_uid="")}))


def test_what_concerns_a_pair_stands_with_the_first_scan() -> None:
    gap = finding("intake.gap", missing=1)
    given = of("gnen-os", scan(), venous=scan("2026-06-01", findings=(gap,)))
    assert [(name, [one.code for one in found]) for name, _, found in findings_by_scan(given)] == [
        ("", ["inputs.dates_apart"]),
        ("venous", ["intake.gap"]),
    ]


def test_a_release_stays_with_a_scan_only_while_it_lifts_something() -> None:
    gap, far = (Release(code, "Dr. Lin", "Seen.") for code in ("intake.gap", "inputs.dates_apart"))
    stated = StatedFacts(releases=(gap, far))
    broken = replace(scan("2026-06-01", findings=(finding("intake.gap", missing=1),)), stated=stated)
    given = replace(of("gnen-os", scan(), venous=broken), stated=stated)
    held = without_idle_releases(given)
    assert held.stated.releases == (far,) and held.further["venous"].stated.releases == (gap,)
    assert without_idle_releases(held) is held
