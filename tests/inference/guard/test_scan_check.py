"""Each condition of the pack is one line; what is unknown never passes; every reason is reported."""

import hashlib
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.assessment import FactSource, GuardLine
from inference.case_input import CaseInput, StatedFacts
from inference.findings import Finding, Verdict
from inference.geometry import Geometry
from inference.guard.facts import gather_facts
from inference.guard.mask_check import check_mask
from inference.guard.scan_check import check_scan
from inference.messages.catalogue import load_catalogue
from inference.packs.manifest import InputConditions
from inference.technique import Technique
from tests.inference.meaning.painted_abdomen import abdomen
from tests.inference.synthetic_case import axial, case, mask_layer, stack, volume
from tests.inference.tiny_pack import SCORES, manifest_document

CONDITIONS = InputConditions.model_validate(manifest_document([], SCORES, {}, 0.05, "synthetic")["inputs"])


def lines(scan: CaseInput, conditions: InputConditions = CONDITIONS) -> dict[str, GuardLine]:
    checked = check_scan(gather_facts(scan), scan.stack.findings, conditions)
    return {line.name: line for line in checked}


def refused(scan: CaseInput) -> set[str]:
    return {name for name, line in lines(scan).items() if line.verdict is Verdict.REFUSED}


def shown(line: GuardLine) -> tuple[str, str]:
    catalogue = load_catalogue("en")
    return catalogue.render(line.measured), catalogue.render(line.allowed)


def test_a_fitting_scan_passes_every_line() -> None:
    assert {line.verdict for line in lines(case()).values()} == {Verdict.FINE}
    assert list(lines(case())) == [
        "guard.modality",
        "guard.contrast",
        "guard.body_part",
        "guard.plane",
        "guard.pixel_spacing",
        "guard.slice_spacing",
        "guard.slice_thickness",
        "guard.field_of_view",
        "guard.slices",
    ]


SILENT: list[tuple[str, dict[str, Any]]] = [
    ("guard.modality", {"modality": ""}),
    ("guard.contrast", {"contrast_agent": ""}),
    ("guard.contrast", {"contrast_agent": "  "}),
    ("guard.body_part", {"body_part": ""}),
    ("guard.body_part", {"body_part": "PARTIALBODY"}),
    ("guard.slice_thickness", {"slice_thickness_mm": None}),
    ("guard.slice_thickness", {"slice_thickness_mm": 0.0}),
]


@pytest.mark.parametrize(("name", "tags"), SILENT)
def test_unknown_never_passes(name: str, tags: dict[str, Any]) -> None:
    assert refused(case(**tags)) == {name}
    assert shown(lines(case(**tags))[name])[0] == "not stated"


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("guard.modality", {"modality": "CT"}),
    ("guard.contrast", {"contrast_agent": "NONE"}),
    ("guard.body_part", {"body_part": "ABDOMEN"}),
    ("guard.body_part", {"body_part": "BRAIN"}),
    ("guard.body_part", {"body_part": "", "series_description": "BRAIN T1"}),
    ("guard.slice_thickness", {"slice_thickness_mm": 2.9}),
    ("guard.slice_thickness", {"slice_thickness_mm": 7.1}),
]


@pytest.mark.parametrize(("name", "tags"), WRONG)
def test_what_the_file_says_wrongly_is_refused(name: str, tags: dict[str, Any]) -> None:
    assert refused(case(**tags)) == {name}


def test_the_description_may_name_the_body_part() -> None:
    assert refused(case(body_part="", series_description="Nasopharynx ax T1 +C")) == set()


STATED = [
    ("guard.modality", {"modality": ""}, StatedFacts(modality="mr"), "MR (stated by the user)"),
    (
        "guard.contrast",
        {"contrast_agent": ""},
        StatedFacts(contrast_enhanced=True),
        "yes (stated by the user)",
    ),
    (
        "guard.body_part",
        {"body_part": ""},
        StatedFacts(body_part="NASOPHARYNX"),
        "nasopharynx (stated by the user)",
    ),
]


@pytest.mark.parametrize(("name", "tags", "stated", "text"), STATED)
def test_the_user_may_state_what_the_file_leaves_open_and_it_is_noted(
    name: str, tags: dict[str, Any], stated: StatedFacts, text: str
) -> None:
    line = lines(case(**tags, stated=stated))[name]
    assert line.verdict is Verdict.NOTE
    assert shown(line)[0] == text
    assert refused(case(**tags, stated=stated)) == set()


def test_a_stated_fact_must_fit_the_pack_too() -> None:
    stated = StatedFacts(modality="CT", contrast_enhanced=False, body_part="BRAIN")
    silent = case(modality="", contrast_agent="", body_part="", series_description="", stated=stated)
    assert refused(silent) == {"guard.modality", "guard.contrast", "guard.body_part"}


@pytest.mark.parametrize(
    ("name", "tags", "stated"),
    [
        ("guard.modality", {"modality": "CT"}, StatedFacts(modality="MR")),
        ("guard.modality", {"modality": "MR"}, StatedFacts(modality="CT")),
        ("guard.contrast", {"contrast_agent": "NONE"}, StatedFacts(contrast_enhanced=True)),
        ("guard.contrast", {}, StatedFacts(contrast_enhanced=False)),
        ("guard.body_part", {"body_part": "BRAIN"}, StatedFacts(body_part="NASOPHARYNX")),
    ],
)
def test_a_statement_against_the_file_is_refused_and_both_are_shown(
    name: str, tags: dict[str, Any], stated: StatedFacts
) -> None:
    scan = case(**tags, stated=stated)
    assert refused(scan) == {name}
    measured, _ = shown(lines(scan)[name])
    assert "in the file" in measured and "stated by the user" in measured


def test_a_statement_that_repeats_the_file_changes_nothing() -> None:
    stated = StatedFacts("MR", True, "HEADNECK")
    assert {line.verdict for line in lines(case(stated=stated)).values()} == {Verdict.FINE}


def turned(geometry: Geometry, degrees: float) -> Geometry:
    angle = math.radians(degrees)
    about_x = np.array(
        [[1, 0, 0], [0, math.cos(angle), -math.sin(angle)], [0, math.sin(angle), math.cos(angle)]]
    )
    affine = geometry.affine.copy()
    affine[:3, :3] = about_x @ affine[:3, :3]
    return Geometry(affine, geometry.shape)


@pytest.mark.parametrize(("degrees", "fits"), [(9.9, True), (10.1, False), (90.0, False)])
def test_an_oblique_plane_fits_up_to_the_packs_limit(degrees: float, fits: bool) -> None:
    scan = case(geometry=turned(axial(), degrees))
    assert ("guard.plane" not in refused(scan)) is fits


def test_a_coronal_stack_is_named_as_such() -> None:
    scan = case(geometry=turned(axial(), 90.0))
    assert refused(scan) == {"guard.plane"}
    assert shown(lines(scan)["guard.plane"]) == ("coronal, 0.0° oblique", "axial, at most 10° oblique")


@pytest.mark.parametrize(
    ("spacing_mm", "names"),
    [
        ((5, 5, 5), set()),
        ((3, 5, 5), set()),
        ((7, 5, 5), set()),
        ((2.99, 5, 5), {"guard.slice_spacing"}),
        ((7.01, 5, 5), {"guard.slice_spacing"}),
        ((5, 6.1, 5), {"guard.pixel_spacing"}),
        ((5, 5, 6.1), {"guard.pixel_spacing"}),
        ((5, 3, 5), {"guard.field_of_view"}),
        ((5, 5, 3), {"guard.field_of_view"}),
        ((5, 0.2, 0.2), {"guard.pixel_spacing", "guard.field_of_view"}),
    ],
)
def test_lengths_are_held_against_their_ranges_in_both_directions(
    spacing_mm: tuple[float, float, float], names: set[str]
) -> None:
    assert refused(case(geometry=axial(spacing_mm=spacing_mm))) == names


def test_a_pack_of_unenhanced_scans_refuses_an_enhanced_one() -> None:
    unenhanced = CONDITIONS.model_copy(update={"contrast_enhanced": False})
    line = lines(case(), unenhanced)["guard.contrast"]
    assert line.verdict is Verdict.REFUSED and shown(line) == ("yes", "no")


def test_rounding_in_a_decimal_string_does_not_refuse_a_scan() -> None:
    assert refused(case(geometry=axial(spacing_mm=(3 - 1e-9, 5, 5)))) == set()


def test_the_spacing_comes_from_positions_not_from_the_thickness() -> None:
    scan = case(geometry=axial(spacing_mm=(9, 5, 5)), slice_thickness_mm=5.0)
    assert refused(scan) == {"guard.slice_spacing"}
    assert shown(lines(scan)["guard.slice_spacing"]) == ("9.00 mm", "3–7 mm")


def test_too_few_slices_are_refused() -> None:
    scan = case(geometry=axial((5, 48, 48)))
    assert refused(scan) == {"guard.slices"}
    assert shown(lines(scan)["guard.slices"]) == ("5 slices", "at least 6, none missing")


def test_a_gap_is_refused_whether_the_stack_or_the_volume_tells() -> None:
    by_stack = CaseInput(stack(missing=frozenset({6})), volume(), case().record)
    by_volume = CaseInput(stack(), volume(missing_slices=frozenset({6})), case().record)
    for scan in (by_stack, by_volume):
        assert refused(scan) == {"guard.slices"}
        assert shown(lines(scan)["guard.slices"])[0] == "11 of 12 slices"


def test_a_refusal_by_intake_is_a_line_and_a_note_is_none() -> None:
    gap = Finding("geometry.gap", Verdict.NOTE, Verdict.REFUSED, {"gap_mm": 10.0})
    note = Finding("pixels.lossy", Verdict.NOTE, Verdict.NOTE)
    scan = case(findings=(gap, note))
    assert refused(scan) == {"guard.intake"}
    assert lines(scan)["guard.intake"].measured == gap.message


def test_a_file_without_modality_passes_once_the_user_states_it() -> None:
    silent = Finding("intake.modality_unknown", Verdict.FINE, Verdict.REFUSED)
    assert refused(case(modality="", findings=(silent,))) == {"guard.modality"}
    stated = StatedFacts(modality="MR")
    assert refused(case(modality="", findings=(silent,), stated=stated)) == set()


def test_all_reasons_are_reported_not_the_first() -> None:
    scan = case(
        geometry=axial((4, 48, 48), (9, 7, 7)),
        modality="CT",
        contrast_agent="",
        body_part="CHEST",
        slice_thickness_mm=None,
        findings=(Finding("a", Verdict.FINE, Verdict.REFUSED), Finding("b", Verdict.FINE, Verdict.REFUSED)),
    )
    checked = check_scan(gather_facts(scan), scan.stack.findings, CONDITIONS)
    assert sum(line.verdict is Verdict.REFUSED for line in checked) == 10


@given(
    modality=st.sampled_from(["", "MR", "CT", "PT"]),
    agent=st.sampled_from(["", "GD", "none"]),
    body=st.sampled_from(["", "HEADNECK", "CHEST", "PARTIALBODY"]),
    thickness=st.sampled_from([None, 2.0, 5.0]),
)
def test_a_scan_passes_only_when_every_fact_is_known_and_fits(
    modality: str, agent: str, body: str, thickness: float | None
) -> None:
    scan = case(
        modality=modality,
        contrast_agent=agent,
        body_part=body,
        series_description="",
        slice_thickness_mm=thickness,
    )
    fits = (modality, agent, body, thickness) == ("MR", "GD", "HEADNECK", 5.0)
    assert (refused(scan) == set()) is fits


def test_facts_say_who_says_so() -> None:
    scan = case(contrast_agent="", body_part="", stated=StatedFacts(contrast_enhanced=True))
    facts = {fact.name: fact for fact in gather_facts(scan).as_facts()}
    assert facts["fact.modality"].source is FactSource.FILE
    assert facts["fact.contrast"].source is FactSource.USER and facts["fact.contrast"].value == "fact.yes"
    assert facts["fact.body_part"].source is FactSource.NOBODY
    assert facts["fact.body_part"].value == "fact.unknown"
    assert facts["fact.plane"].source is FactSource.GEOMETRY
    assert facts["fact.pixel_spacing"].value == "5.000 × 5.000 mm"
    assert facts["fact.field_of_view"].value == "240 × 240 mm"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_line_and_fact_reads_without_a_gap_in_the_catalogue(language: str) -> None:
    catalogue = load_catalogue(language)
    scans = [case(), case(modality="", contrast_agent="", body_part="", slice_thickness_mm=None)]
    scans += [case(**tags, stated=stated) for _, tags, stated, _ in STATED]
    scans += [
        case(modality="CT", stated=StatedFacts(modality="MR")),
        CaseInput(stack(missing=frozenset({6})), volume(), case().record),
    ]
    for scan in scans:
        for line in lines(scan).values():
            for message in (line.measured, line.allowed):
                assert "⟦" not in catalogue.render(message) and "{" not in catalogue.render(message)
            assert catalogue.has(line.name)
        assert all(catalogue.has(fact.name) for fact in gather_facts(scan).as_facts())


def test_a_mask_needs_the_packs_minimum() -> None:
    whole = mask_layer()
    assert check_mask(whole, CONDITIONS).verdict is Verdict.FINE
    assert shown(check_mask(whole, CONDITIONS)) == ("50.00 ml", "at least 1 ml")
    speck = np.zeros_like(whole.voxels)
    speck[5, 20, 20:27] = True
    assert mask_layer(speck.copy()).volume_ml == pytest.approx(0.875)
    assert check_mask(mask_layer(speck.copy()), CONDITIONS).verdict is Verdict.REFUSED
    speck[5, 21, 20] = True
    assert check_mask(mask_layer(speck), CONDITIONS).verdict is Verdict.FINE


def test_an_empty_mask_is_refused_even_when_the_pack_asks_for_nothing() -> None:
    undemanding = CONDITIONS.model_copy(update={"minimum_mask_ml": 0.0})
    empty = mask_layer(np.zeros_like(mask_layer().voxels))
    line = check_mask(empty, undemanding)
    assert line.verdict is Verdict.REFUSED and shown(line)[0] == "empty"


def ct_lines(scan: CaseInput) -> dict[str, GuardLine]:
    conditions = CONDITIONS.model_copy(update={"modality": "CT", "body_parts": ("ABDOMEN",)})
    return lines(scan, conditions)


def ct_case(phase: str, stated: StatedFacts | None = None, **tags: Any) -> CaseInput:
    scan, voxels = abdomen(phase, **tags)
    return CaseInput(scan, voxels, case().record, stated=stated or StatedFacts())


def facts_of(scan: CaseInput) -> dict[str, tuple[str, FactSource]]:
    return {fact.name: (fact.value, fact.source) for fact in gather_facts(scan).as_facts()}


def test_where_tags_are_silent_the_pixels_are_named_as_the_source_and_noted() -> None:
    scan = ct_case("portal_venous")
    checked = ct_lines(scan)
    for name in ("guard.contrast", "guard.body_part"):
        assert checked[name].verdict is Verdict.NOTE
        assert shown(checked[name])[0].endswith("(seen in its pixels)")
    facts = facts_of(scan)
    assert facts["fact.phase"] == ("phase.portal_venous", FactSource.PIXELS)
    assert facts["fact.contrast"] == ("fact.yes", FactSource.PIXELS)
    assert facts["fact.body_part"] == ("body_part.abdomen", FactSource.PIXELS)
    assert "guard.phase" not in checked


def test_a_statement_against_the_pixels_is_refused_and_both_are_shown() -> None:
    stated = StatedFacts(contrast_enhanced=False, body_part="CHEST", phase="arterial")
    checked = ct_lines(ct_case("portal_venous", stated))
    for name in ("guard.contrast", "guard.body_part", "guard.phase"):
        assert checked[name].verdict is Verdict.REFUSED
        assert "in the pixels" in shown(checked[name])[0] and "stated by the user" in shown(checked[name])[0]


TIMED = Technique(acquisition_time="101336", last_acquisition_time="101337", contrast_start_time="101300")


def test_a_disputed_phase_is_refused_until_the_user_picks() -> None:
    tags = {"technique": TIMED, "contrast_agent": "IOHEXOL"}
    line = ct_lines(ct_case("portal_venous", **tags))["guard.phase"]
    assert line.verdict is Verdict.REFUSED
    assert shown(line)[0] == "arterial in the file, portal-venous in the pixels"
    for phase in ("arterial", "portal_venous"):
        picked = ct_case("portal_venous", StatedFacts(phase=phase), **tags)
        assert ct_lines(picked)["guard.phase"].verdict is Verdict.NOTE
        assert facts_of(picked)["fact.phase"] == (f"phase.{phase}", FactSource.USER)


def test_contrast_that_is_written_and_not_seen_is_refused_until_the_user_picks() -> None:
    line = ct_lines(ct_case("unenhanced", contrast_agent="IOHEXOL"))["guard.contrast"]
    assert line.verdict is Verdict.REFUSED and shown(line)[0] == "yes in the file, no in the pixels"
    picked = ct_case("unenhanced", StatedFacts(contrast_enhanced=True), contrast_agent="IOHEXOL")
    assert ct_lines(picked)["guard.contrast"].verdict is Verdict.NOTE


def test_the_words_of_a_description_tell_contrast_where_the_agent_field_is_empty() -> None:
    assert "guard.contrast" not in refused(case(contrast_agent="", series_description="Ax T1 +C"))
    assert "guard.contrast" in refused(case(contrast_agent="", series_description="Ax T1 pre contrast"))


def test_a_scan_that_runs_through_the_trunk_shows_each_part_on_the_way() -> None:
    assert "guard.body_part" not in {
        name
        for name, line in ct_lines(ct_case("portal_venous", body_part="CHESTABDPELVIS")).items()
        if line.verdict is Verdict.REFUSED
    }


def test_an_mr_has_no_phase_among_its_facts() -> None:
    assert "fact.phase" not in facts_of(case())


def test_a_stated_phase_changes_the_hash_and_silence_does_not() -> None:
    assert StatedFacts("MR").sha256() != StatedFacts("MR", phase="arterial").sha256()
    assert StatedFacts("MR", True, "NECK").sha256() == hashlib.sha256(b"MR\x1fTrue\x1fNECK").hexdigest()
