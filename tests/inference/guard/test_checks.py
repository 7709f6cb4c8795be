"""A case of several scans: each is held against its own input, and every line says which scan it is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inference.case_input import CaseInput, ScanInput, StatedFacts, input_references
from inference.clinical.schema import load_form
from inference.errors import InputError
from inference.findings import Verdict
from inference.guard.checks import check_inputs, check_masks
from inference.inputs.taken_together import taken_together
from inference.packs.load import LoadedPack
from inference.release import Release
from inference.scan import Stack
from tests.inference.synthetic_case import case, mask_layer


@pytest.fixture
def two_phases(tiny_pack: LoadedPack) -> LoadedPack:
    """A pack for CT in an arterial and a portal-venous phase."""
    conditions = tiny_pack.manifest.inputs.model_copy(update={"modality": "CT", "body_parts": ("ABDOMEN",)})
    changed = tiny_pack.manifest.model_copy(update={"study": "gnen-os", "inputs": conditions})
    return replace(tiny_pack, manifest=changed)


def of_two_scans(first: str = "arterial", second: str = "portal_venous") -> CaseInput:
    """Two CT scans that say nothing of their phase: the user states it."""

    def scan(phase: str) -> CaseInput:
        return case(modality="CT", body_part="ABDOMEN", stated=StatedFacts(phase=phase), mask=mask_layer())

    one, other = scan(first), scan(second)
    return replace(one, further={"venous": ScanInput(other.stack, other.volume, other.mask, other.stated)})


def taken(given: CaseInput, first: str, venous: str) -> CaseInput:
    """The same, the two scans taken on these days."""

    def on(stack: Stack, day: str) -> Stack:
        return replace(stack, acquisition=replace(stack.acquisition, study_date=day))

    other = given.further["venous"]
    further = {"venous": replace(other, stack=on(other.stack, venous))}
    return replace(
        given, record=load_form("gnen-os").empty_record(), stack=on(given.stack, first), further=further
    )


def phases(given: CaseInput, pack: LoadedPack) -> dict[str, Verdict]:
    return {line.scan: line.verdict for line in check_inputs(given, pack) if line.name == "guard.phase"}


def test_each_scan_is_held_against_the_phase_of_its_own_input(two_phases: LoadedPack) -> None:
    assert phases(of_two_scans(), two_phases) == {"": Verdict.NOTE, "venous": Verdict.NOTE}
    exchanged = of_two_scans("portal_venous", "arterial")
    assert phases(exchanged, two_phases) == {"": Verdict.REFUSED, "venous": Verdict.REFUSED}
    assert phases(of_two_scans(second="delayed"), two_phases)["venous"] is Verdict.REFUSED


def test_a_phase_that_nobody_knows_is_refused_where_one_is_asked_for(two_phases: LoadedPack) -> None:
    assert phases(of_two_scans(first=""), two_phases)[""] is Verdict.REFUSED


def test_every_scan_has_all_lines_and_its_mask_too(two_phases: LoadedPack) -> None:
    lines = check_inputs(of_two_scans(), two_phases)
    of_first = [line.name for line in lines if not line.scan]
    assert of_first == [line.name for line in lines if line.scan == "venous"]
    assert of_first[-1] == "guard.mask"
    assert {line.scan for line in check_masks(of_two_scans(), two_phases)} == {"", "venous"}


def test_a_scan_for_an_input_that_the_study_has_not_is_an_error(two_phases: LoadedPack) -> None:
    given = of_two_scans()
    with pytest.raises(InputError) as caught:
        check_inputs(replace(given, further={"delayed": given.further["venous"]}), two_phases)
    assert caught.value.message.fields["allowed"] == "venous"


def test_references_name_the_scan_so_that_exchanged_scans_are_another_input() -> None:
    given = of_two_scans()
    references = input_references(given)
    assert [(one.kind, one.scan) for one in references] == [
        ("image", ""),
        ("mask", ""),
        ("clinical", ""),
        ("stated", ""),
        ("image", "venous"),
        ("mask", "venous"),
        ("stated", "venous"),
    ]
    assert references != input_references(replace(given, further={}))


@pytest.mark.parametrize(
    ("venous", "is_refused"),
    [("2026-03-01", False), ("2026-03-31", False), ("2026-04-01", True), ("", False)],
)
def test_scans_that_were_picked_though_they_lie_far_apart_are_refused(
    venous: str, is_refused: bool, two_phases: LoadedPack
) -> None:
    given = taken(of_two_scans(), "2026-03-01", venous)
    assert bool(taken_together(given)) is is_refused
    refused = [line for line in check_inputs(given, two_phases) if line.verdict is Verdict.REFUSED]
    said = [line.measured.id for line in refused if not line.scan]
    assert ("finding.inputs.dates_apart" in said) is is_refused


def test_a_named_user_may_release_scans_that_lie_far_apart(two_phases: LoadedPack) -> None:
    given = taken(of_two_scans(), "2026-03-01", "2026-06-01")
    releases = (Release("inputs.dates_apart", "Dr. Lin", "No other scan exists."),)
    lines = check_inputs(replace(given, stated=replace(given.stated, releases=releases)), two_phases)
    apart = [line for line in lines if line.measured.id == "finding.inputs.dates_apart"]
    assert [line.verdict for line in apart] == [Verdict.NOTE]
