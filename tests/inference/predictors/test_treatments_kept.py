"""What networks read of a scan is kept by content: the answer is the same, and nothing else is served."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from inference.case_input import CaseInput
from inference.errors import Cancelled
from inference.outcome import Outcome
from inference.packs.load import LoadedPack
from inference.packs.verify import verify_pack
from inference.pipeline import assess
from inference.predictors.treatment_sensitivity import vary_treatments
from inference.runtime import Network
from inference.varying import vary
from tests.inference.synthetic_case import case, mask_layer, record, tumour_voxels
from tests.inference.tiny_pack import write_tiny_pack


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of the networks that ran, in order."""
    ran: list[str] = []
    run = Network.run

    def counted(self, given, **more):
        ran.append(self._entry.file)
        return run(self, given, **more)

    monkeypatch.setattr(Network, "run", counted)
    return ran


def same(one: Outcome, other: Outcome) -> bool:
    return one.assessment.content_sha256() == other.assessment.content_sha256() and all(
        np.array_equal(mine.values, yours.values) and mine.slices == yours.slices
        for mine, yours in zip(one.heat_maps, other.heat_maps, strict=True)
    )


def test_after_a_clinical_change_no_network_runs_and_the_answer_is_the_same(
    tiny_pack: LoadedPack, runs: list[str], forget_kept: Callable[[], None]
) -> None:
    given = case(mask=mask_layer())
    vary(assess(given, tiny_pack), given, tiny_pack)
    changed = replace(given, record=record(age="53"))
    runs.clear()
    kept = assess(changed, tiny_pack)
    varied = vary(kept, changed, tiny_pack)
    assert not runs
    forget_kept()
    anew = assess(changed, tiny_pack)
    assert len(runs) > 4 and kept.heat_maps and same(kept, anew)
    assert same(varied, vary(anew, changed, tiny_pack))
    assert all(prediction.slice_shares for prediction in kept.assessment.predictions)


def smaller_mask() -> CaseInput:
    voxels = tumour_voxels()
    voxels[4] = False
    return case(mask=mask_layer(voxels))


def brighter_scan() -> CaseInput:
    given = case(mask=mask_layer())
    return replace(given, volume=replace(given.volume, voxels=given.volume.voxels + np.int16(1)))


def padded_scan() -> CaseInput:
    """The same voxels; air no longer counts where intensities are measured."""
    given = case(mask=mask_layer())
    return replace(given, volume=replace(given.volume, padding_voxel=0))


@pytest.mark.parametrize("changed", [smaller_mask, brighter_scan, padded_scan])
def test_another_mask_or_scan_is_read_anew(
    changed: Callable[[], CaseInput], tiny_pack: LoadedPack, runs: list[str]
) -> None:
    assess(case(mask=mask_layer()), tiny_pack)
    before = len(runs)
    assess(changed(), tiny_pack)
    assert len(runs) == 2 * before


def test_another_pack_or_other_threads_read_anew(tiny_pack: LoadedPack, runs: list[str], tmp_path) -> None:
    given = case(mask=mask_layer())
    first = assess(given, tiny_pack, rule_set="published")
    before = len(runs)
    scores = {"ccrt": (0.11, 0.21), "ic_ccrt": (0.81, 0.91)}
    pack = verify_pack(write_tiny_pack(tmp_path / "other", scores=scores), threads=1)
    other = assess(given, pack, rule_set="published")
    assert len(runs) == 2 * before
    assert [one.fold_scores for one in other.assessment.predictions] != [
        one.fold_scores for one in first.assessment.predictions
    ]
    assess(given, verify_pack(tiny_pack.folder, threads=2), rule_set="published")
    assert len(runs) == 3 * before


def test_a_reading_that_was_stopped_is_not_kept(tiny_pack: LoadedPack) -> None:
    given = case(mask=mask_layer())
    stops = iter([False] * 4)
    with pytest.raises(Cancelled):
        assess(given, tiny_pack, should_stop=lambda: next(stops, True))
    assert assess(given, tiny_pack).assessment.is_answered


def test_an_outline_that_a_change_moves_out_of_the_scan_has_no_score_and_crosses_nothing(
    tiny_pack: LoadedPack,
) -> None:
    given = case(mask=mask_layer())
    thin = np.zeros_like(given.volume.voxels, dtype=bool)
    thin[-1, 8:10, 6] = True
    found = vary_treatments(
        replace(given, mask=mask_layer(thin)), tiny_pack, assess(given, tiny_pack).readings
    )
    for variations in found.values():
        emptied = [one for one in variations if one.score is None]
        assert len(emptied) == 1 and not emptied[0].crosses
