"""What a named user releases is noted in the guard, never fine; everything else stays refused."""

from dataclasses import replace

import pytest

from inference.assessment import GuardLine
from inference.case_input import CaseInput, StatedFacts
from inference.dicom.verdicts import RULES, finding
from inference.findings import Finding, Verdict
from inference.guard.facts import gather_facts
from inference.guard.scan_check import check_scan
from inference.messages.catalogue import load_catalogue
from inference.release import Release
from tests.inference.guard.test_scan_check import CONDITIONS, shown
from tests.inference.synthetic_case import case, stack, volume

BY_LIN = Release("intake.gap", "Dr. Lin", "It lies below the neck.")
CUT = finding("intake.truncated", file="3.dcm", slice=3)


def checked(scan: CaseInput) -> tuple[GuardLine, ...]:
    return check_scan(gather_facts(scan), scan.findings, CONDITIONS, scan.stated.releases)


def lines(scan: CaseInput) -> dict[str, GuardLine]:
    return {line.name: line for line in checked(scan)}


def refused(scan: CaseInput) -> set[str]:
    return {line.name for line in checked(scan) if line.verdict is Verdict.REFUSED}


def gap(missing: int = 1) -> Finding:
    return finding("intake.gap", before="a", after="b", slice=6, gap_mm=10.0, spacing_mm=5.0, missing=missing)


def with_missing(missing: set[int], *findings: Finding, releases: tuple[Release, ...] = ()) -> CaseInput:
    scan = stack(missing=frozenset(missing), findings=findings)
    stated = StatedFacts(releases=releases)
    return CaseInput(scan, volume(missing_slices=frozenset(missing)), case().record, stated=stated)


def of_intake(scan: CaseInput) -> list[GuardLine]:
    return [line for line in checked(scan) if line.name == "guard.intake"]


def test_a_released_gap_is_noted_with_the_name_and_the_reason_and_so_are_its_slices() -> None:
    scan = with_missing({6}, gap(), releases=(BY_LIN,))
    assert refused(scan) == set()
    (line,) = of_intake(scan)
    assert line.verdict is Verdict.NOTE and line.measured == gap().message_without_files
    assert shown(line)[1] == "released by Dr. Lin: It lies below the neck."
    slices = lines(scan)["guard.slices"]
    assert slices.verdict is Verdict.NOTE
    assert shown(slices) == ("11 of 12 slices", "at least 6; the missing ones were released")


@pytest.mark.parametrize("code", sorted(code for code in RULES if RULES[code].releasable))
def test_whatever_may_be_released_is_noted_once_it_is_and_never_fine(code: str) -> None:
    found = finding(code)
    stays = case(findings=(found,))
    assert [line.verdict for line in of_intake(stays)] == [Verdict.REFUSED]
    lifted = case(findings=(found,), stated=StatedFacts(releases=(replace(BY_LIN, code=code),)))
    assert [line.verdict for line in of_intake(lifted)] == [Verdict.NOTE]


def test_a_release_lifts_nothing_but_its_own_finding() -> None:
    inverted, lossy = finding("intake.inverted"), finding("intake.lossy_strongly", ratio=20)
    releases = (BY_LIN, replace(BY_LIN, code="intake.inverted"))
    scan = with_missing({6}, gap(), inverted, lossy, releases=releases)
    verdicts = {line.measured.id: line.verdict for line in of_intake(scan)}
    assert verdicts == {
        "finding.intake.gap": Verdict.NOTE,
        "finding.intake.inverted": Verdict.REFUSED,
        "finding.intake.lossy_strongly": Verdict.REFUSED,
    }


def test_slices_that_are_missing_for_another_reason_stay_refused_beside_a_released_gap() -> None:
    for findings in ((gap(),), (gap(), CUT), (gap(), finding("intake.frame_undecodable", slice=3))):
        assert "guard.slices" in refused(with_missing({2, 6}, *findings, releases=(BY_LIN,)))
    both = (BY_LIN, replace(BY_LIN, code="intake.truncated"))
    assert refused(with_missing({2, 6}, gap(), CUT, releases=both)) == set()
    assert "guard.slices" in refused(with_missing({1, 2, 6}, gap(), CUT, releases=both))
    assert refused(with_missing({5, 6}, gap(missing=2), releases=(BY_LIN,))) == set()


def test_a_file_cut_twice_over_explains_one_slice_only() -> None:
    releases = (replace(BY_LIN, code="intake.truncated"),)
    assert "guard.slices" in refused(with_missing({2, 6}, CUT, CUT, releases=releases))


def test_a_released_gap_does_not_make_up_for_too_few_slices() -> None:
    scan = with_missing(set(range(5, 12)), gap(missing=7), releases=(BY_LIN,))
    assert refused(scan) == {"guard.slices"}
    whole = CaseInput(stack(), volume(), case().record, stated=StatedFacts(releases=(BY_LIN,)))
    assert lines(whole)["guard.slices"].verdict is Verdict.FINE


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_released_lines_read_in_both_languages(language: str) -> None:
    catalogue = load_catalogue(language)
    scan = with_missing({6}, gap(), releases=(BY_LIN,))
    said = [catalogue.render(line.allowed) for line in (*of_intake(scan), lines(scan)["guard.slices"])]
    assert all("⟦" not in text and "{" not in text for text in said)
    assert "Dr. Lin" in said[0] and "It lies below the neck." in said[0]
