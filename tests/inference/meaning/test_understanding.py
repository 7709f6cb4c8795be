"""Two opinions stay apart; what follows when they differ is the verdict table's, line by line."""

from dataclasses import replace
from typing import Any

import pytest

from inference.findings import Finding, Verdict
from inference.meaning.opinion import Evidence, Opinion, Source, agreed, combined, evidence
from inference.meaning.understanding import Meaning, understand, understand_volume
from inference.messages.catalogue import load_catalogue
from inference.scan import Acquisition
from inference.technique import Technique
from inference.volume import Volume
from tests.inference.meaning.painted_abdomen import abdomen, grid, stack_of

TIMED = Technique(acquisition_time="101336", last_acquisition_time="101337", contrast_start_time="101300")
_VOLUMES: dict[str, Volume] = {}


def painted(phase: str, **acquisition: Any) -> Meaning:
    """The meaning of a painted phase under these tags; a volume is painted once."""
    if phase not in _VOLUMES:
        _VOLUMES[phase] = abdomen(phase)[1]
    volume = _VOLUMES[phase]
    return understand_volume(stack_of(volume.geometry, **acquisition), volume)


def found(meaning: Meaning, code: str) -> Finding:
    (one,) = [one for one in meaning.findings if one.code == f"meaning.{code}"]
    return one


def verdicts(finding: Finding) -> tuple[Verdict, Verdict]:
    return finding.view, finding.answer


def test_agreement_is_both() -> None:
    meaning = painted("arterial", technique=TIMED, contrast_agent="IOHEXOL")
    assert (meaning.phase.value, meaning.phase.source) == ("arterial", Source.BOTH)
    assert meaning.findings == ()


def test_a_silent_side_leaves_the_word_to_the_other_which_is_named() -> None:
    by_pixels = painted("arterial")
    assert (by_pixels.phase.value, by_pixels.phase.source) == ("arterial", Source.PIXELS)
    by_tags = understand(stack_of(grid(), technique=TIMED), None)
    assert (by_tags.phase.value, by_tags.phase.source) == ("arterial", Source.TAGS)


def test_phase_tag_and_pixels_disagree() -> None:
    meaning = painted("portal_venous", technique=TIMED, contrast_agent="IOHEXOL")
    assert meaning.phase.value == "" and meaning.phase.source is Source.NOBODY
    assert meaning.phase_by_tags.value == "arterial" and meaning.phase_by_pixels.value == "portal_venous"
    assert meaning.phase.evidence == (*meaning.phase_by_tags.evidence, *meaning.phase_by_pixels.evidence)
    one = found(meaning, "phase_disagrees")
    assert verdicts(one) == (Verdict.FINE, Verdict.REFUSED) and not one.releasable
    assert one.fields == {"tags": "phase.arterial", "pixels": "phase.portal_venous"}


def test_contrast_tag_empty_and_vessels_enhanced_names_the_pixels() -> None:
    meaning = painted("portal_venous")
    assert (meaning.contrast.value, meaning.contrast.source) == ("yes", Source.PIXELS)
    assert verdicts(found(meaning, "contrast_by_pixels")) == (Verdict.FINE, Verdict.NOTE)


def test_contrast_tag_set_without_enhancement_waits_for_the_user() -> None:
    meaning = painted("unenhanced", contrast_agent="IOHEXOL")
    assert meaning.contrast.value == "" and meaning.contrast_by_pixels.value == "no"
    assert verdicts(found(meaning, "contrast_not_seen")) == (Verdict.FINE, Verdict.REFUSED)


def test_unknown_contrast_and_body_part_wait_for_the_user() -> None:
    meaning = understand(stack_of(grid()), None)
    assert verdicts(found(meaning, "contrast_unknown")) == (Verdict.FINE, Verdict.REFUSED)
    assert verdicts(found(meaning, "body_part_unknown")) == (Verdict.FINE, Verdict.REFUSED)


def test_a_body_part_field_speaks_first_and_a_difference_is_noted() -> None:
    meaning = painted("portal_venous", body_part="HEAD", contrast_agent="IOHEXOL")
    assert meaning.body_part.value == "HEAD" and meaning.body_part_by_pixels.value == "ABDOMEN"
    assert verdicts(found(meaning, "body_part_differs")) == (Verdict.FINE, Verdict.NOTE)
    run = painted("portal_venous", body_part="CHESTABDPELVIS", contrast_agent="IOHEXOL")
    assert run.findings == ()


def test_a_stated_modality_lets_the_pixels_speak_and_a_written_one_is_never_replaced() -> None:
    volume = painted("arterial") and _VOLUMES["arterial"]
    silent = stack_of(volume.geometry, modality="")
    assert understand_volume(silent, volume).phase.value == ""
    stated = understand_volume(silent, volume, modality="CT")
    assert stated.phase.value == "arterial" and stated.modality.source is Source.USER
    written = understand_volume(stack_of(volume.geometry, modality="MR"), volume, modality="CT")
    assert written.modality.value == "MR" and written.phase_by_pixels.evidence == ()


def test_a_slice_that_cannot_be_read_is_left_out_and_none_at_all_is_said() -> None:
    volume = painted("arterial") and _VOLUMES["arterial"]
    stack = stack_of(volume.geometry)
    some = understand(stack, lambda k: None if k % 4 == 0 else volume.slab(k, k + 1)[0])
    assert some.phase_by_pixels.value == "arterial"
    none = understand(stack, lambda _: None)
    assert none.phase_by_pixels.evidence[0].message.id == "evidence.not_axial"


def test_an_mr_is_not_searched_for_organs() -> None:
    asked: list[int] = []
    stack = replace(stack_of(grid()), acquisition=Acquisition(modality="MR", series_description="T1 +C"))
    meaning = understand(stack, lambda k: asked.append(k))
    assert asked == [] and meaning.contrast.value == "yes" and meaning.weighting.value == "t1"


def test_observations_that_point_apart_point_nowhere() -> None:
    one, other, silent = evidence("a", "x"), evidence("b", "y"), evidence("c")
    assert agreed((one, silent), Source.TAGS) == Opinion("x", Source.TAGS, (one, silent))
    assert agreed((one, other), Source.TAGS).value == ""
    assert agreed((one,), Source.TAGS, is_doubtful=True) == Opinion("", Source.NOBODY, (one,))
    assert agreed((), Source.TAGS) == Opinion()


@pytest.mark.parametrize("tags", ["", "a", "b"])
@pytest.mark.parametrize("pixels", ["", "a", "b"])
def test_no_combination_invents_a_value(tags: str, pixels: str) -> None:
    seen: tuple[Evidence, ...] = (evidence("seen"),)
    both = combined(
        Opinion(tags, Source.TAGS if tags else Source.NOBODY), Opinion(pixels, Source.PIXELS, seen)
    )
    assert both.value in {tags, pixels, ""} and both.evidence == seen
    assert (both.value == "") is (bool(tags and pixels and tags != pixels) or not (tags or pixels))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_findings_read_in_both_languages(language: str) -> None:
    catalogue = load_catalogue(language)
    meanings = [
        painted("portal_venous", technique=TIMED),
        painted("unenhanced", contrast_agent="IOHEXOL"),
        understand(stack_of(grid()), None),
    ]
    findings = [one for meaning in meanings for one in meaning.findings]
    assert len({one.code for one in findings}) >= 5
    for one in findings:
        assert "⟦" not in catalogue.render(one.message) and "{" not in catalogue.render(one.message)
        if one.answer is Verdict.REFUSED:
            assert catalogue.has(one.advice.id)
