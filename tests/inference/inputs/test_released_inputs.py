"""A red reason that a named user released is amber and says so; every other reason stays as it is."""

from inference.case_input import StatedFacts
from inference.dicom.verdicts import finding
from inference.inputs.matching import Availability
from inference.inputs.reasons import Fit
from inference.inputs.study_inputs import load_study_inputs
from inference.messages.catalogue import load_catalogue
from inference.release import Release
from tests.inference.inputs.test_matching import fitting, ids, matched, named_of, single


def test_a_released_refusal_is_amber_and_names_who_released_it() -> None:
    named, gap = named_of("npc-residual", "t1c"), finding("intake.gap", missing=1)
    release = Release("intake.gap", "Dr. Lin", "It lies below the neck.")
    refused_one = single("npc-residual", "t1c", fitting(named, findings=(gap,)))
    assert refused_one.fit is Fit.RED and refused_one.is_releasable and not refused_one.is_released
    read = fitting(named, findings=(gap,), stated=StatedFacts(releases=(release,)))
    candidate = single("npc-residual", "t1c", read)
    assert candidate.fit is Fit.AMBER and candidate.is_released
    (reason,) = [one for one in candidate.reasons if one.fit is Fit.AMBER]
    said = [load_catalogue("en").render(message) for message in reason.messages]
    assert said[1] == "released by Dr. Lin: It lies below the neck."
    match = matched("npc-residual", [read])["t1c"]
    assert match.availability is Availability.TO_CONFIRM and match.message.id == "inputs.released"
    for language in ("en", "zh_CN"):
        assert "⟦" not in load_catalogue(language).render(match.message)


def test_a_release_leaves_every_other_red_reason_red() -> None:
    named = named_of("npc-residual", "t1c")
    found = (finding("intake.gap", missing=1), finding("intake.inverted"), finding("intake.lossy_strongly"))
    releases = tuple(Release(one.code, "Dr. Lin", "Seen.") for one in found[:2])
    read = fitting(named, findings=found, modality="CT", stated=StatedFacts(releases=releases))
    candidate = single("npc-residual", "t1c", read)
    assert ids(candidate, Fit.AMBER) & {f"finding.{one.code}" for one in found} == {"finding.intake.gap"}
    assert {"inputs.modality_differs", "finding.intake.inverted", "finding.intake.lossy_strongly"} <= ids(
        candidate, Fit.RED
    )
    assert not candidate.is_releasable and not candidate.is_released


def test_what_is_unknown_is_still_to_confirm_beside_a_release() -> None:
    named = named_of("npc-residual", "t1c")
    stated = StatedFacts(releases=(Release("intake.gap", "Dr. Lin", "Seen."),))
    read = fitting(named, findings=(finding("intake.gap"),), body_part="", stated=stated)
    candidate = single("npc-residual", "t1c", read)
    assert candidate.fit is Fit.AMBER and not candidate.is_released
    assert matched("npc-residual", [read])["t1c"].message.id == "inputs.to_confirm"


def test_a_scan_after_treatment_and_scans_too_far_apart_can_be_released() -> None:
    named = named_of("npc-residual", "t1c")
    releases = (Release("inputs.after_treatment", "Dr. Lin", "The date of the file is wrong."),)
    read = fitting(named, scanned="2026-03-20", stated=StatedFacts(releases=releases))
    late = single("npc-residual", "t1c", read)
    assert "finding.inputs.after_treatment" in ids(late, Fit.AMBER)
    study = load_study_inputs("gnen-os")
    arterial, venous = study.inputs
    stated = StatedFacts(releases=(Release("inputs.dates_apart", "Dr. Lin", "No other scan exists."),))
    first = fitting(arterial, scanned="2025-01-01")
    for second in (fitting(venous), fitting(venous, stated=stated)):
        is_released = bool(second.stated.releases)
        candidates = {one.read: one for one in matched("gnen-os", [first, second])["venous"].candidates}
        wanted = Fit.AMBER if is_released else Fit.RED
        assert "finding.inputs.dates_apart" in ids(candidates[second], wanted)
