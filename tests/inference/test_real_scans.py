"""Every real scan that is at hand against every pathway, with the packs of the program: none is answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.assessment import Assessment, RecommendationStatus
from inference.case_input import CaseInput, ScanInput
from inference.clinical.schema import load_form
from inference.dicom.intake import Intake
from inference.findings import Verdict
from inference.inputs.study_inputs import load_study_inputs
from inference.messages.catalogue import load_catalogue
from inference.packs.load import LoadedPack
from inference.packs.store import BUNDLED_PACKS, PackStore
from inference.pipeline import assess
from inference.prediction import PredictionStatus
from inference.scan import Stack
from inference.volume import Volume

ABDOMEN = "ct_abdomen_contrast"
STUDIES = ("npc-residual", "lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")
FITTING = {
    (ABDOMEN, "lagc-response", ""),
    (ABDOMEN, "gc-recurrence", ""),
    (ABDOMEN, "gnen-os", "venous"),
}
"""Folder, study and place of the scans that the guard must let pass: axial portal-venous CT of an abdomen."""

WRONG = {
    (ABDOMEN, "npc-residual", ""): {"modality", "slice_spacing"},
    (ABDOMEN, "pnen-recurrence", ""): {"phase", "slice_thickness"},
    (ABDOMEN, "gnen-os", ""): {"phase"},
    ("mr_brain_t1_sag_siemens", "npc-residual", ""): {"contrast", "plane"},
    ("mr_brain_t1_sag_siemens", "lagc-response", ""): {"modality", "body_part", "phase", "plane"},
    ("ct_liver_3slice_with_SEG", "gc-recurrence", ""): {"phase", "slices"},
    ("ct_with_RTSTRUCT_tumour", "gnen-os", ""): {"body_part", "phase"},
    ("mr_t1_gadolinium_nifti", "pnen-recurrence", "venous"): {"modality", "phase"},
}
"""What the guard must name among others, for some that are wrong in ways one can see."""

Read = tuple[str, Stack, Volume]


@pytest.fixture(scope="module")
def scans(shared_data: Path) -> list[Read]:
    """Each stack of each folder, read as the command line and the window do."""
    found: list[Read] = []
    with Intake() as intake:
        for folder in sorted(path for path in shared_data.iterdir() if path.is_dir()):
            plan = intake.scan(folder)
            found += [(folder.name, stack, intake.load(plan, stack)) for stack in plan.stacks]
    return found


@pytest.fixture(scope="module")
def packs() -> PackStore:
    return PackStore([BUNDLED_PACKS], threads=1)


def in_every_place(study: str, stack: Stack, volume: Volume, pack: LoadedPack) -> Assessment:
    """The scan as each of the study's inputs at once."""
    further = {one.id: ScanInput(stack, volume) for one in load_study_inputs(study).inputs[1:]}
    given = CaseInput(stack, volume, load_form(study).empty_record(), further=further)
    return assess(given, pack, rule_set="published").assessment


def refused(made: Assessment, study: str) -> Iterator[tuple[str, set[str]]]:
    """For each place of the study the checks that refuse."""
    for place in ("", *(one.id for one in load_study_inputs(study).inputs[1:])):
        lines = [line for line in made.guard if line.scan == place and line.verdict is Verdict.REFUSED]
        yield place, {line.name.removeprefix("guard.") for line in lines}


@pytest.mark.parametrize("study", STUDIES)
def test_no_real_scan_is_answered_and_each_that_does_not_fit_is_told_why(
    study: str, scans: list[Read], packs: PackStore
) -> None:
    pack, english = packs.open(study), load_catalogue("en")
    known = [*FITTING, *WRONG]
    seen = set()
    for folder, stack, volume in scans:
        made = in_every_place(study, stack, volume, pack)
        assert made.recommendation.status is RecommendationStatus.WITHHELD, folder
        assert made.recommendation.recommend is None and not made.is_answered
        for one in made.predictions:
            assert one.status is not PredictionStatus.ANSWERED and one.score is None and not one.fold_scores
        said = [english.render(reason) for reason in made.recommendation.reasons]
        assert said and not any("⟦" in text or "{" in text for text in said), said
        for place, checks in refused(made, study):
            fits = (folder, study, place) in FITTING
            assert bool(checks) is not fits, (folder, place, checks)
            assert checks >= WRONG.get((folder, study, place), set()), (folder, place, checks)
            seen.add((folder, study, place))
    assert {one for one in known if one[1] == study} <= seen


def test_a_real_scan_that_fits_is_kept_from_a_demonstration_pack(scans: list[Read], packs: PackStore) -> None:
    stack, volume = next((stack, volume) for folder, stack, volume in scans if folder == ABDOMEN)
    for study in ("lagc-response", "gc-recurrence"):
        made = in_every_place(study, stack, volume, packs.open(study))
        assert "rules.withheld.demonstration" in {reason.id for reason in made.recommendation.reasons}
