"""A named user lifts one refusal with a reason; nothing else is lifted, and nothing that was not there."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from inference.case_input import StatedFacts
from inference.dicom.verdicts import RULES, finding
from inference.errors import InputError
from inference.findings import Verdict
from inference.messages.catalogue import load_catalogue
from inference.release import (
    LONGEST_NAME,
    LONGEST_REASON,
    Release,
    refuse_idle_releases,
    releasable_codes,
    release_of,
)

GAP = finding("intake.gap", before="1", after="2", slice=3, gap_mm=10, spacing_mm=5, missing=1)
LOSSY = finding("intake.lossy_strongly", ratio=20)
INVERTED = finding("intake.inverted")
NOTED = finding("intake.derived")
RELEASED = Release("intake.gap", "Dr. Lin", "The gap lies below the neck.")


def test_name_and_reason_are_kept_as_typed_without_outer_or_double_white_space() -> None:
    release = Release("intake.gap", "  王 伟 ", " seen\t by two\n readers ")
    assert (release.by, release.reason) == ("王 伟", "seen by two readers")


@pytest.mark.parametrize(
    ("by", "reason", "error"),
    [
        ("", "why", "error.release.no_by"),
        (" \t", "why", "error.release.no_by"),
        ("Lin", "", "error.release.no_reason"),
        ("Lin", "\n", "error.release.no_reason"),
        ("x" * (LONGEST_NAME + 1), "why", "error.release.too_long"),
        ("Lin", "x" * (LONGEST_REASON + 1), "error.release.too_long"),
        ("Lin\x00", "why", "error.release.unprintable"),
        ("Lin", "wh\u202ey", "error.release.unprintable"),
        ("Lin", "wh\udcffy", "error.release.unprintable"),
    ],
)
def test_a_release_without_a_name_or_a_reason_that_can_be_printed_is_refused(
    by: str, reason: str, error: str
) -> None:
    with pytest.raises(InputError) as caught:
        Release("intake.gap", by, reason)
    assert caught.value.message.id == error
    for language in ("en", "zh_CN"):
        said = load_catalogue(language).render(caught.value.message)
        assert "⟦" not in said and "{" not in said and "release." not in said


def test_the_longest_name_and_reason_are_allowed() -> None:
    release = Release("intake.gap", "x" * LONGEST_NAME, "y" * LONGEST_REASON)
    assert len(release.by) == LONGEST_NAME and len(release.reason) == LONGEST_REASON


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_release_lifts_only_what_the_table_lets_a_user_lift(code: str) -> None:
    rule = RULES[code]
    lifted = release_of(finding(code), [replace(RELEASED, code=code)]) is not None
    assert lifted == (rule.releasable and rule.answer is Verdict.REFUSED)


def test_a_release_lifts_no_other_finding() -> None:
    assert release_of(GAP, [RELEASED]) is RELEASED
    assert release_of(LOSSY, [RELEASED]) is None and release_of(GAP, []) is None
    assert releasable_codes([GAP, INVERTED, NOTED, GAP, LOSSY]) == ("intake.gap", "intake.lossy_strongly")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("intake.inverted", "error.release.not_releasable"),
        ("intake.derived", "error.release.not_found"),
        ("intake.truncated", "error.release.not_found"),
        ("no.such.code", "error.release.not_found"),
    ],
)
def test_a_release_that_lifts_nothing_is_refused_and_what_may_be_released_is_named(
    code: str, error: str
) -> None:
    with pytest.raises(InputError) as caught:
        refuse_idle_releases([RELEASED, replace(RELEASED, code=code)], [GAP, INVERTED, NOTED])
    assert caught.value.message.id == error
    said = load_catalogue("en").render(caught.value.message)
    assert code in said and said.endswith("What may be released here: intake.gap.")


def test_a_release_that_fits_passes_and_none_asks_for_nothing() -> None:
    refuse_idle_releases([RELEASED], [INVERTED, GAP])
    refuse_idle_releases([], [INVERTED])
    with pytest.raises(InputError) as caught:
        refuse_idle_releases([RELEASED], [])
    assert load_catalogue("en").render(caught.value.message).endswith("released here: nothing.")


def test_who_releases_and_why_is_part_of_the_hash_of_what_is_stated() -> None:
    hashes = {
        StatedFacts(releases=releases).sha256()
        for releases in (
            (),
            (RELEASED,),
            (replace(RELEASED, by="Dr. Wu"),),
            (replace(RELEASED, reason="Other."),),
            (replace(RELEASED, code="intake.truncated"),),
            (RELEASED, replace(RELEASED, code="intake.truncated")),
        )
    }
    assert len(hashes) == 6


def test_nothing_released_leaves_the_hash_as_it_was() -> None:
    assert StatedFacts().is_empty and not StatedFacts(releases=(RELEASED,)).is_empty
    assert StatedFacts("MR").sha256() == hashlib.sha256(b"MR\x1fNone\x1f").hexdigest()
    with_phase = StatedFacts("CT", phase="arterial")
    assert with_phase.sha256() == hashlib.sha256(b"CT\x1fNone\x1f\x1farterial").hexdigest()


def test_a_phase_cannot_be_taken_for_a_release() -> None:
    assert StatedFacts(phase="intake.gap").sha256() != StatedFacts(releases=(RELEASED,)).sha256()


def test_the_order_of_releases_does_not_count_and_one_code_has_one_release() -> None:
    other = replace(RELEASED, code="intake.truncated")
    assert StatedFacts(releases=(RELEASED, other)) == StatedFacts(releases=(other, RELEASED))
    with pytest.raises(InputError) as caught:
        StatedFacts(releases=(RELEASED, replace(RELEASED, reason="Again.")))
    assert caught.value.message.id == "error.release.twice"


def test_a_release_takes_the_place_of_an_earlier_one_and_can_be_taken_back() -> None:
    first = StatedFacts("MR").with_release(RELEASED)
    again = first.with_release(replace(RELEASED, by="Dr. Wu"))
    assert [one.by for one in again.releases] == ["Dr. Wu"] and again.modality == "MR"
    assert again.without_releases({"intake.gap"}) == StatedFacts("MR")
    assert again.without_releases({"intake.truncated"}) == again
