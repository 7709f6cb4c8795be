"""Mask, scores, heat maps and shares of the ensemble, on networks whose answers are known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.errors import Cancelled, InputError, PackError
from inference.geometry import Geometry
from inference.jobs import Progress
from inference.masks.layer import MaskOrigin
from inference.packs.load import LoadedPack
from inference.packs.verify import verify_pack
from inference.predictors.npc_residual import propose_mask, score_treatments, slice_shares
from tests.inference.synthetic_case import axial, head_voxels, mask_layer, tumour_voxels, volume
from tests.inference.tiny_pack import SLICES, write_tiny_pack


def dice(first: np.ndarray, second: np.ndarray) -> float:
    return float(2 * (first & second).sum() / (first.sum() + second.sum()))


def test_the_mask_covers_the_bright_tumour(tiny_pack: LoadedPack) -> None:
    layer = propose_mask(volume(), tiny_pack)
    assert dice(layer.voxels, tumour_voxels()) > 0.75
    assert layer.origin is MaskOrigin.MODEL and layer.maker == tiny_pack.name and not layer.is_edited
    assert layer.geometry.matches(axial())


def test_specks_below_the_packs_minimum_are_dropped(tiny_pack: LoadedPack) -> None:
    voxels = head_voxels()
    voxels[1, 30:32, 14:16] = 1200
    layer = propose_mask(volume(voxels=voxels), tiny_pack)
    assert layer.marked_slices == (4, 5, 6, 7, 8)


def test_a_mask_of_nothing_but_specks_is_empty(tmp_path: Path) -> None:
    folder = write_tiny_pack(tmp_path / "p")
    pack = verify_pack(folder, threads=1)
    demanding = pack.manifest.preprocessing.model_copy(update={"minimum_component_ml": 1000.0})
    pack = replace(pack, manifest=pack.manifest.model_copy(update={"preprocessing": demanding}))
    layer = propose_mask(volume(), pack)
    assert not layer.voxels.any() and layer.marked_slices == ()


def test_nothing_is_marked_where_a_slice_is_missing(tiny_pack: LoadedPack) -> None:
    layer = propose_mask(volume(missing_slices=frozenset({6})), tiny_pack)
    assert layer.marked_slices == (4, 5, 7, 8)


def test_a_constant_volume_is_refused_in_words(tiny_pack: LoadedPack) -> None:
    constant = np.full(axial().shape, 7, dtype=np.int16)
    with pytest.raises(InputError) as caught:
        propose_mask(volume(voxels=constant), tiny_pack)
    assert caught.value.message.id == "error.scan.not_prepared"


def test_an_empty_mask_cannot_be_scored(tiny_pack: LoadedPack) -> None:
    with pytest.raises(InputError):
        score_treatments(volume(), mask_layer(np.zeros(axial().shape, dtype=np.bool_)), tiny_pack)


def test_each_treatment_is_the_mean_of_its_folds(tmp_path: Path) -> None:
    folds = {"ccrt": (0.2, 0.4, 0.9), "ic_ccrt": (0.3,)}
    pack = verify_pack(write_tiny_pack(tmp_path / "p", scores=folds), threads=1)
    ccrt, ic_ccrt = score_treatments(volume(), mask_layer(), pack).scores
    assert ccrt.fold_scores == pytest.approx((0.2, 0.4, 0.9), abs=1e-6)
    assert ccrt.score == pytest.approx(0.5, abs=1e-6) and ccrt.reading.folds_disagree
    assert ic_ccrt.fold_scores == pytest.approx((0.3,), abs=1e-6) and not ic_ccrt.reading.folds_disagree


def test_the_heat_map_lies_on_the_slices_that_were_read(tiny_pack: LoadedPack) -> None:
    scored = score_treatments(volume(), mask_layer(), tiny_pack)
    ccrt, ic_ccrt = scored.heat_maps
    assert (ccrt.treatment, ic_ccrt.treatment) == ("ccrt", "ic_ccrt")
    assert ccrt.slices == scored.given.slices and len(ccrt.slices) == SLICES
    assert ccrt.values.max() == pytest.approx(1.0, abs=0.05)
    assert ccrt.plane(11) is None


def centre_of_heat(pack: LoadedPack, geometry: Geometry, voxels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    scored = score_treatments(volume(geometry, voxels), mask_layer(mask, geometry), pack)
    heat = scored.heat_maps[0]
    index = heat.slices[0]
    plane = heat.plane(index)
    assert plane is not None
    rows, columns = np.nonzero(plane > 0.9)
    place = heat.plane_geometry(index).index_to_lps(
        np.column_stack([np.zeros(len(rows)), rows, columns]).mean(axis=0)
    )
    on_volume = geometry.lps_to_index(place)
    assert on_volume[0] == pytest.approx(index, abs=1e-6)
    return place


def test_the_heat_is_where_the_brightness_is_in_any_orientation(tiny_pack: LoadedPack) -> None:
    mask = tumour_voxels()
    voxels = head_voxels()
    voxels[4:9, 18:22, 20:23] = 2500
    expected = axial().index_to_lps((6, 19.5, 21))
    straight = centre_of_heat(tiny_pack, axial(), voxels, mask)
    assert np.hypot(*(straight - expected)[:2]) < 12
    flipped = axial().affine.copy()
    flipped[:3, 3] = axial().index_to_lps((11, 47, 47))
    flipped[:3, :3] *= -1
    turned = [np.ascontiguousarray(array[::-1, ::-1, ::-1]) for array in (voxels, mask)]
    mirrored = centre_of_heat(tiny_pack, Geometry(flipped, axial().shape), turned[0], turned[1])
    assert np.hypot(*(mirrored - expected)[:2]) < 12


def test_the_score_does_not_depend_on_how_the_stack_is_stored(tiny_pack: LoadedPack) -> None:
    flipped = axial().affine.copy()
    flipped[:3, 3] = axial().index_to_lps((11, 47, 47))
    flipped[:3, :3] *= -1
    geometry = Geometry(flipped, axial().shape)
    voxels, mask = (
        np.ascontiguousarray(array[::-1, ::-1, ::-1]) for array in (head_voxels(), tumour_voxels())
    )
    first = score_treatments(volume(), mask_layer(), tiny_pack).scores
    second = score_treatments(volume(geometry, voxels), mask_layer(mask, geometry), tiny_pack).scores
    assert [score.score for score in first] == pytest.approx([score.score for score in second], abs=1e-6)


def test_a_slices_share_is_how_far_the_score_falls_without_it(tiny_pack: LoadedPack) -> None:
    scored = score_treatments(volume(), mask_layer(), tiny_pack)
    shares = slice_shares(scored, tiny_pack)
    for score in scored.scores:
        expected = []
        for channel in range(SLICES):
            blanked = scored.given.array.copy()
            blanked[0, channel] = 0
            falls = [
                whole - float(tiny_pack.network(entry).run(blanked)["score"][0, 0])
                for entry, whole in zip(
                    tiny_pack.manifest.classifiers(score.treatment), score.fold_scores, strict=True
                )
            ]
            expected.append(sum(falls) / len(falls))
        assert shares[score.treatment] == pytest.approx(expected, abs=1e-7)
        assert min(shares[score.treatment]) > 0


def test_a_network_that_ignores_the_picture_gives_no_slice_a_share(tmp_path: Path) -> None:
    pack = verify_pack(write_tiny_pack(tmp_path / "p"), threads=1)
    scored = score_treatments(volume(), mask_layer(), pack)
    assert slice_shares(scored, pack)["ccrt"] == pytest.approx((0.0,) * SLICES, abs=1e-7)
    assert not scored.heat_maps[0].values.any()


def test_progress_counts_slices_and_networks(tiny_pack: LoadedPack) -> None:
    seen: list[Progress] = []
    mask = propose_mask(volume(), tiny_pack, on_progress=seen.append)
    scored = score_treatments(volume(), mask, tiny_pack, on_progress=seen.append)
    slice_shares(scored, tiny_pack, on_progress=seen.append)
    for stage, total in (("stage.segmenting", 12), ("stage.predicting", 4), ("stage.explaining", 4)):
        counts = [progress.done for progress in seen if progress.stage == stage]
        assert counts[0] == 0 and counts[-1] == total and counts == sorted(counts)
        assert {progress.total for progress in seen if progress.stage == stage} == {total}


def test_each_step_stops_when_asked(tiny_pack: LoadedPack) -> None:
    scored = score_treatments(volume(), mask_layer(), tiny_pack)
    with pytest.raises(Cancelled):
        propose_mask(volume(), tiny_pack, should_stop=lambda: True)
    with pytest.raises(Cancelled):
        score_treatments(volume(), mask_layer(), tiny_pack, should_stop=lambda: True)
    with pytest.raises(Cancelled):
        slice_shares(scored, tiny_pack, should_stop=lambda: True)


def test_a_score_that_is_no_probability_is_dropped(tmp_path: Path) -> None:
    import onnx

    from tests.inference.tiny_pack import classifier_model

    model = classifier_model(0.9, 0.0)
    sigmoid = next(node for node in model.graph.node if node.op_type == "Sigmoid")
    sigmoid.op_type = "Exp"
    onnx.checker.check_model(model)
    folder = write_tiny_pack(tmp_path / "p", networks={"networks/ccrt-0.onnx": model.SerializeToString()})
    with pytest.raises(PackError) as caught:
        score_treatments(volume(), mask_layer(), verify_pack(folder, threads=1))
    assert caught.value.message.fields == {"file": "networks/ccrt-0.onnx"}
