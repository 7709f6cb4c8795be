"""Every pathway against series that do not fit it: none is answered, and each is told what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from inference.assessment import RecommendationStatus
from inference.case_input import CaseInput, ScanInput
from inference.findings import Verdict
from inference.geometry import Geometry
from inference.inputs.study_inputs import load_study_inputs
from inference.messages.catalogue import load_catalogue
from inference.packs.load import LoadedPack
from inference.pipeline import assess
from inference.prediction import PredictionStatus
from inference.volume import Volume
from tests.inference.predictors.study_cases import record as record_of
from tests.inference.predictors.test_study_answer import GNEN, LAGC, pack_of
from tests.inference.synthetic_case import ACQUISITION, axial, case, mask_layer, record, stack, volume

WORDS = {
    "arterial": "ART",
    "portal_venous": "PORTAL VENOUS",
    "unenhanced": "PLAIN",
    "delayed": "DELAYED",
    "": "SERIES",
}
PLANES = {
    "axial": ((0, 0, 2), (0, 1, 0), (1, 0, 0)),
    "coronal": ((0, 2, 0), (0, 0, -1), (1, 0, 0)),
    "sagittal": ((2, 0, 0), (0, 0, -1), (0, 1, 0)),
}
CLINICAL = {
    "lagc-response": LAGC,
    "gc-recurrence": {"ptnm_stage": "II", "preoperative_chemotherapy": "no"},
    "pnen-recurrence": {},
    "gnen-os": GNEN,
}
SHAPE = (12, 40, 40)


@dataclass(frozen=True, slots=True)
class Series:
    """A series as its tags describe it."""

    modality: str
    body_part: str
    phase: str
    plane: str

    @property
    def is_enhanced(self) -> bool:
        return self.phase not in ("unenhanced",)

    def fits(self, study: str, scan: str) -> bool:
        """What the study asks for, said here without the guard's own words."""
        wanted = load_study_inputs(study).named(scan)
        return (
            self.modality == wanted.modality
            and self.body_part in wanted.body_parts
            and self.plane == "axial"
            and (wanted.phase is None or self.phase == wanted.phase)
            and self.is_enhanced
        )


EVERY = tuple(
    Series(*parts)
    for parts in product(
        ("CT", "MR"), ("ABDOMEN", "HEADNECK", "CHEST"), WORDS, ("axial", "coronal", "sagittal")
    )
)


def grid(plane: str) -> Geometry:
    slice_step, row_step, column_step = PLANES[plane]
    return Geometry.from_axes(
        origin_lps_mm=(-20, -20, 0),
        slice_step_mm=slice_step,
        row_step_mm=row_step,
        column_step_mm=column_step,
        shape=SHAPE,
    )


def scan_of(series: Series, study: str) -> CaseInput:
    """A phantom's scan with these tags, whole and with a mask."""
    tags = replace(
        ACQUISITION,
        modality=series.modality,
        body_part=series.body_part,
        series_description=WORDS[series.phase],
        contrast_agent="IOHEXOL" if series.is_enhanced else "NONE",
        slice_thickness_mm=2.0,
    )
    if study == "npc-residual":
        whole = axial()
        geometry = whole if series.plane == "axial" else Geometry(turned(whole, series.plane), whole.shape)
        made = case(geometry=geometry, mask=mask_layer(geometry=geometry))
        thick = replace(tags, slice_thickness_mm=5.0)
        return replace(
            made, stack=stack(geometry, acquisition=thick), volume=volume(geometry), record=record()
        )
    geometry = grid(series.plane)
    voxels = np.full(SHAPE, -20, np.int16)
    voxels[3:8, 12:22, 12:30] = 100
    read = Volume(voxels, np.ones(SHAPE[0]), np.zeros(SHAPE[0]), geometry)
    clinical = record_of(study, **CLINICAL[study])
    mask = mask_layer(voxels == 100, geometry)
    return CaseInput(stack(geometry, acquisition=tags), read, clinical, mask)


def turned(geometry: Geometry, plane: str) -> np.ndarray:
    affine = geometry.affine.copy()
    for column, step in enumerate(PLANES[plane]):
        affine[:3, column] = 5.0 * np.sign(step)
    return affine


def pack_for(study: str, tiny_pack: LoadedPack) -> LoadedPack:
    if study == "npc-residual":
        return tiny_pack
    return pack_of(study, change=answer_by_the_fusion if study == "gc-recurrence" else lambda _: None)


def answer_by_the_fusion(made: dict[str, Any]) -> None:
    """The hand-made pack has one score alone; the rules ask for it under the name of the fused one."""
    for one in (*made["scores"], *made["score_thresholds"]):
        for key in ("name", "score"):
            if one.get(key) == "dls":
                one[key] = "dlfs"


def pairings(study: str) -> Iterator[tuple[str, Series, CaseInput]]:
    """Each series in each place of the pathway; in the other place stands one that fits."""
    inputs = load_study_inputs(study).inputs
    right = {
        one.id: next(series for series in EVERY if series.fits(study, "" if one is inputs[0] else one.id))
        for one in inputs
        if one.id != "unenhanced"
    }
    first = inputs[0].id
    for place in right:
        for series in EVERY:
            used = right | {place: series}
            made = scan_of(used[first], study)
            further = {
                name: ScanInput(one.stack, one.volume, one.mask)
                for name in right
                if name != first
                for one in [scan_of(used[name], study)]
            }
            yield ("" if place == first else place), series, replace(made, further=further)


STUDIES = ("npc-residual", *CLINICAL)


@pytest.mark.parametrize("study", STUDIES)
def test_no_series_that_does_not_fit_is_answered(study: str, tiny_pack: LoadedPack) -> None:
    pack, english = pack_for(study, tiny_pack), load_catalogue("en")
    wrong = answered = 0
    for place, series, given in pairings(study):
        made = assess(given, pack, rule_set="published").assessment
        if series.fits(study, place):
            answered += made.recommendation.status is RecommendationStatus.GIVEN
            continue
        wrong += 1
        assert made.recommendation.status is RecommendationStatus.WITHHELD, (place, series)
        assert all(one.status is not PredictionStatus.ANSWERED for one in made.predictions), series
        refused = [line for line in made.guard if line.verdict is Verdict.REFUSED]
        assert refused and all(line.scan == place for line in refused), series
        said = [english.render(reason) for reason in made.recommendation.reasons]
        assert said and not any("⟦" in text or "{" in text for text in said)
    assert answered >= 1, "the right series must be answered, or the test shows nothing"
    assert wrong >= 80


def test_there_are_at_least_three_hundred_wrong_pairings() -> None:
    counts = [sum(not series.fits(study, place) for place, series, _ in pairings(study)) for study in STUDIES]
    assert sum(counts) >= 300


ALONE = {
    "modality": ({"modality": "MR"}, {"modality": "CT"}),
    "body_part": ({"body_part": "CHEST"}, {"body_part": "CHEST"}),
    "phase": ({"phase": "delayed"}, {"phase": "unenhanced"}),
    "plane": ({"plane": "coronal"}, {"plane": "coronal"}),
}
"""One thing that is wrong in an else fitting series: of a CT, and of the MR."""


@pytest.mark.parametrize("way", ALONE)
@pytest.mark.parametrize("study", STUDIES)
def test_each_thing_that_is_wrong_alone_is_refused_by_its_name(
    study: str, way: str, tiny_pack: LoadedPack
) -> None:
    changed = ALONE[way][study == "npc-residual"]
    named = "contrast" if (study, way) == ("npc-residual", "phase") else way
    pack = pack_for(study, tiny_pack)
    right = next(series for series in EVERY if series.fits(study, ""))
    wrong = replace(right, **changed)
    assert sum(getattr(right, name) != getattr(wrong, name) for name in changed) == 1
    given = next(made for place, series, made in pairings(study) if place == "" and series == wrong)
    made = assess(given, pack, rule_set="published").assessment
    refused = {line.name.removeprefix("guard.") for line in made.guard if line.verdict is Verdict.REFUSED}
    assert named in refused
    assert made.recommendation.status is RecommendationStatus.WITHHELD
