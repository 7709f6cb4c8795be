"""A case without enough of a tumour to score: not estimable, or withheld, and always with the reason."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from inference.assessment import RecommendationStatus
from inference.findings import Verdict
from inference.packs.load import LoadedPack
from inference.packs.verify import verify_pack
from inference.pipeline import assess
from inference.prediction import PredictionStatus
from tests.inference.synthetic_case import axial, case, mask_layer
from tests.inference.test_pipeline import assert_no_number_leaks, reason_ids
from tests.inference.tiny_pack import write_tiny_pack

WITHHELD = RecommendationStatus.WITHHELD


def test_a_scan_without_tumour_is_not_estimable(tmp_path: Path) -> None:
    folder = write_tiny_pack(tmp_path / "p")
    pack = verify_pack(folder, threads=1)
    demanding = pack.manifest.preprocessing.model_copy(update={"minimum_component_ml": 1000.0})
    pack = replace(pack, manifest=pack.manifest.model_copy(update={"preprocessing": demanding}))
    outcome = assess(case(), pack)
    assert reason_ids(outcome) == ["rules.withheld.no_tumour"]
    assert_no_number_leaks(outcome, PredictionStatus.NOT_ESTIMABLE)
    assert outcome.assessment.mask is None and outcome.mask is not None and not outcome.mask.voxels.any()


def test_an_empty_mask_by_the_reader_is_not_estimable_either(tiny_pack: LoadedPack) -> None:
    empty = mask_layer(np.zeros(axial().shape, dtype=np.bool_))
    outcome = assess(case(mask=empty), tiny_pack)
    assert_no_number_leaks(outcome, PredictionStatus.NOT_ESTIMABLE)
    assert outcome.assessment.guard[-1].name == "guard.mask"
    assert outcome.assessment.guard[-1].verdict is Verdict.REFUSED


def test_an_empty_mask_on_a_refused_scan_is_withheld_with_both_reasons(tiny_pack: LoadedPack) -> None:
    empty = mask_layer(np.zeros(axial().shape, dtype=np.bool_))
    outcome = assess(case(mask=empty, modality="CT"), tiny_pack)
    assert reason_ids(outcome) == ["rules.withheld.guard", "rules.withheld.no_tumour"]
    assert_no_number_leaks(outcome, PredictionStatus.WITHHELD)


def test_a_mask_below_the_packs_minimum_is_withheld(tiny_pack: LoadedPack) -> None:
    speck = np.zeros(axial().shape, dtype=np.bool_)
    speck[5, 20, 20] = True
    outcome = assess(case(mask=mask_layer(speck)), tiny_pack)
    (reason,) = outcome.assessment.recommendation.reasons
    assert reason.fields == {"check": "guard.mask"}
    assert_no_number_leaks(outcome, PredictionStatus.WITHHELD)
