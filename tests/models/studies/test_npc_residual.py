"""The protocol at tiny size: one division, nothing leaks, cut-offs are locked, runs repeat."""

import csv
import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from inference.evaluation.prediction_file import read_predictions
from inference.geometry import Geometry
from inference.packs.manifest import OUTPUTS_BY_ROLE, Tensor
from inference.preprocessing.settings import ClassifierSettings, SegmenterSettings
from inference.rules.decisions_file import read_decisions
from inference.statistics.discrimination.cluster_auc import cluster_auc
from inference.statistics.discrimination.delong import auc
from inference.statistics.discrimination.youden import youden_cutoff
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData
from inference.volume import Volume
from models.networks import resnet, xception
from models.phantoms.npc_population import draw_cohort
from models.results.home import KeptRun
from models.results.npc_residual import npc_results
from models.studies import npc_residual_published as published
from models.studies.npc_residual import train
from models.studies.npc_residual_config import CLASSIFIERS, DEMO, SEGMENTERS, UNITS
from models.studies.npc_residual_export import write_networks
from models.studies.npc_residual_groups import TREATMENTS, Groups
from models.studies.npc_residual_models import fit_model
from models.studies.npc_residual_network import network_scores, start_network
from models.studies.npc_residual_packed import pack_study
from models.studies.npc_residual_results import write_results
from models.studies.npc_residual_segmentation import compare_segmenters
from models.studies.npc_residual_units import in_unit, mean_by_patient
from models.training.cross_fit import lock_cutoff
from models.training.engine.failures import OneClassError
from models.training.engine.run import RunPlace
from models.training.engine.schedule import Schedule
from models.training.samples import Workshop

SIDE, SLICES, INTENSITY = 32, 3, DEMO.preprocessing.classifier.intensity
LEARN = Schedule("adamw", 0.01, batch_size=16, epochs=4)
TINY = replace(
    DEMO,
    segmenters=SEGMENTERS[:1],
    segmenter_width=1 / 16,
    segmentation=Schedule("adamw", 0.01, batch_size=8, epochs=2),
    segmentation_patients=10,
    slices_per_segmentation_patient=4,
    pretraining_patients=0,
    classifier_widths={"resnet50": 1 / 16, "xception": 1 / 16},
    dropout=0.0,
    image=replace(DEMO.image, classification=replace(LEARN, epochs=2)),
    patient=replace(DEMO.patient, classification=LEARN),
    preprocessing=DEMO.preprocessing.model_copy(
        update={
            "segmenter": SegmenterSettings(
                intensity=INTENSITY,
                spacing_mm=5.0,
                rows=SIDE,
                columns=SIDE,
                mean=0.2,
                standard_deviation=0.25,
            ),
            "classifier": ClassifierSettings(
                intensity=INTENSITY,
                slices=SLICES,
                margin_mm=5.0,
                rows=SIDE,
                columns=SIDE,
                mean=0.35,
                standard_deviation=0.25,
            ),
        }
    ),
)


def scan(patient):
    """Tissue under bright fat; the tumour on 2 to 4 slices is brighter where it will leave a residue."""
    rng = np.random.default_rng([5, patient.index])
    voxels = np.zeros((6, SIDE, SIDE))
    voxels[:, 3:-3, 3:-3] = 400 + rng.normal(0, 30, (6, SIDE - 6, SIDE - 6))
    voxels[:, 3:6, 3:-3] = 1500
    mask = np.zeros(voxels.shape, np.bool_)
    height = 2 + patient.index % 3
    mask[1 : 1 + height, 10:20, 11:21] = True
    voxels[mask] = (1200 if patient.residual_observed else 750) + rng.normal(0, 60, int(mask.sum()))
    geometry = Geometry.from_axes(
        origin_lps_mm=(-80.0, -80.0, 0.0),
        slice_step_mm=(0.0, 0.0, 5.0),
        row_step_mm=(0.0, 5.0, 0.0),
        column_step_mm=(5.0, 0.0, 0.0),
        shape=voxels.shape,
    )
    return Volume(voxels.astype(np.int16), np.ones(6), np.zeros(6), geometry), mask


@pytest.fixture(scope="module", autouse=True)
def _fewer_blocks():
    """Every kind of block is there, fewer of them than published."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resnet, "PUBLISHED_BLOCKS", (1, 1, 1, 1))
        patch.setattr(xception, "MIDDLE_BLOCKS", 1)
        yield


@pytest.fixture(scope="module")
def groups():
    drawn = draw_cohort("training", 90, 11)
    return Groups(drawn[:10], (), drawn[10:])


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("samples"), workers=0, source=scan)


@pytest.fixture(scope="module")
def trained(groups, workshop):
    return train(TINY, groups, workshop, RunPlace())


@pytest.fixture(scope="module")
def written(trained, groups, workshop, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    return out, write_results(trained, workshop, out, RunPlace(), permutations=2, ceiling_draws=2_000)


def test_both_segmenters_are_trained_on_the_same_patients(groups, tmp_path, monkeypatch):
    module = "models.studies.npc_residual_segmenter"
    monkeypatch.setattr(f"{module}._exported", lambda network, _: type(network).__name__.encode())
    monkeypatch.setattr(
        f"{module}._source", lambda content, name: SimpleNamespace(content=content, name=name)
    )
    workshop = Workshop(tmp_path, workers=0, source=scan)
    first, second = compare_segmenters(
        replace(TINY, segmenters=SEGMENTERS), groups.marked, workshop, RunPlace()
    )
    assert (first.architecture, second.architecture) == SEGMENTERS
    assert (first.trained.source.content, second.trained.source.content) == (b"UNet", b"DeepLabv3")
    assert first.owner.tolist() == second.owner.tolist()
    assert set(first.owner) == {0, 1}
    found = first.dice(0)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(first.trained.test_slice_dice.mean())
    assert len(first.owner) == len(first.trained.test_slice_dice)


def test_every_classifier_is_fitted_in_both_units_for_both_treatments(trained):
    assert [arm.treatment for arm in trained.arms] == ["ccrt", "ic_ccrt"]
    for arm in trained.arms:
        assert [(one.classifier, one.unit) for one in arm.models] == [
            (name, unit) for unit in UNITS for name in TINY.classifiers
        ]
        assert all(len(one.folds) == TINY.folds for one in arm.models)
        for one in arm.models:
            expected = {"image", "patient"} if one.unit == "image" else {"patient"}
            assert set(one.readings) == expected


def test_the_signal_is_learnt_in_the_patient_unit(trained):
    areas = [arm.training_area(trained.classifier) for arm in trained.arms]
    assert np.mean(areas) > 0.7


def test_all_models_of_a_treatment_share_one_division_by_patient(trained):
    for arm in trained.arms:
        assert not set(arm.division.training) & set(arm.division.test)
        left_out = [position for fold in arm.division.folds for position in fold.left_out]
        assert sorted(left_out) == list(arm.division.training)
        slices = arm.model("resnet50", "image").readings["image"]
        assert set(slices.owner) == set(range(len(arm.patients)))
        folds = arm.division.fold_of(slices.owner)
        for patient in set(slices.owner):
            assert len(set(folds[slices.owner == patient])) == 1


def test_training_scores_are_of_the_fold_that_left_the_patient_out_and_test_scores_of_all_folds(trained):
    arm = trained.arms[0]
    for unit in UNITS:
        model = arm.model("xception", unit)
        samples = in_unit(arm.crops, unit)
        by_fold = np.array([network_scores(one, samples.images) for one in model.folds])
        folds = arm.division.fold_of(samples.owner)
        whole = network_scores(model.network, samples.images)
        expected = np.where(folds < 0, whole, by_fold[folds, np.arange(len(folds))])
        np.testing.assert_allclose(model.readings[unit].scores, expected, atol=1e-6)
        by_patient = [mean_by_patient(one, samples.owner) for one in by_fold]
        np.testing.assert_allclose(model.fold_scores(arm.crops), by_patient, atol=1e-6)


def test_cutoffs_are_youdens_on_training_scores_alone(trained):
    for arm in trained.arms:
        for model in arm.models:
            for reading in model.readings.values():
                learnt = ~arm.division.is_test(reading.owner)
                expected = youden_cutoff(reading.scores[learnt], arm.residual[reading.owner[learnt]])
                assert reading.cutoff == expected


def test_the_left_out_and_the_test_patients_have_no_say_in_a_fold(trained):
    arm = trained.arms[0]
    fold = arm.division.folds[0]
    start = arm.model("resnet50", "image").start
    hidden = sorted((*fold.left_out, *arm.division.test))
    crops, residual = arm.crops.clone(), arm.residual.copy()
    crops[hidden] = crops[hidden].roll(1, 0)
    residual[hidden] = ~residual[hidden]
    one_fold = replace(arm.division, folds=(fold,))
    for unit in UNITS:
        start = arm.model("resnet50", unit).start
        names = ("resnet50", unit, "ccrt")
        first, second = (
            fit_model(TINY, names, in_unit(given, unit), outcomes, one_fold, start, RunPlace())
            for given, outcomes in ((arm.crops, arm.residual), (crops, residual))
        )
        for name, values in first.folds[0].state_dict().items():
            assert torch.equal(values, second.folds[0].state_dict()[name]), name


def test_a_second_run_is_equal_to_the_bit(trained):
    arm = trained.arms[1]
    for unit in UNITS:
        model, samples = arm.model("xception", unit), in_unit(arm.crops, unit)
        names = ("xception", unit, "ic_ccrt")
        again = fit_model(TINY, names, samples, arm.residual, arm.division, model.start, RunPlace())
        for per, reading in model.readings.items():
            assert (reading.scores == again.readings[per].scores).all()
            assert reading.cutoff == again.readings[per].cutoff


def test_one_class_is_refused_before_anything_is_trained(groups, workshop):
    def never(_):
        raise AssertionError("a scan was read")

    spared = tuple(replace(one, residual_ccrt=False) for one in groups.treated)
    with pytest.raises(OneClassError):
        train(TINY, replace(groups, treated=spared), replace(workshop, source=never), RunPlace())


@pytest.mark.parametrize("classifier", CLASSIFIERS)
@pytest.mark.parametrize("unit", UNITS)
def test_every_published_classifier_starts_in_either_unit(classifier, unit):
    network, curve = start_network(
        replace(TINY, classifier_widths=dict.fromkeys(CLASSIFIERS, 1 / 16)),
        classifier,
        unit,
        None,
        (),
        RunPlace(),
    )
    channels = SLICES if unit == "patient" else 1
    network.eval()
    with torch.no_grad():
        assert network(torch.zeros(2, channels, 96, 96)).shape == (2, len(TREATMENTS))
    assert curve == ()


def test_further_patients_start_the_classifiers_where_there_are_any(groups):
    patients = draw_cohort("training", 24, 12)
    crops = torch.randn(24, SLICES, SIDE, SIDE).half()
    quick = replace(TINY, patient=replace(TINY.patient, pretraining=replace(LEARN, epochs=1)))
    network, curve = start_network(quick, "resnet50", "patient", crops, patients, RunPlace())
    assert [point.run for point in curve] == ["pre-training resnet50 patient"]
    plain, _ = start_network(quick, "resnet50", "patient", None, (), RunPlace())
    assert not torch.equal(network.classifier.weight, plain.classifier.weight)


def test_the_chosen_classifier_decides_for_the_test_patients_of_both_treatments(trained):
    tested = [arm.patients[k] for arm in trained.arms for k in arm.division.test]
    assert [one.patient_id for one in trained.decisions] == [one.patient_id for one in tested]
    assert [one.given for one in trained.decisions] == [one.regimen for one in tested]
    first = trained.arms[0]
    model = first.model(trained.classifier, "patient")
    reading = model.readings["patient"]
    scores = model.fold_scores(first.crops[list(first.division.test)]).mean(axis=0)
    for row in range(len(scores)):
        called = scores[row] >= reading.cutoff.value
        assert trained.decisions[row].predicts_residual["ccrt"] == called


def test_the_results_are_tables_that_evaluation_and_audit_read(trained, written):
    out, result = written
    for arm in trained.arms:
        patients = read_predictions(out / f"scores_{arm.treatment}.csv", "binary")
        assert [one.name for one in patients.models] == [
            f"{name}_{unit}" for unit in UNITS for name in TINY.classifiers
        ]
        assert patients.cohort_names() == ("training", "test")
        assert patients.is_synthetic
        slices = read_predictions(out / f"slices_{arm.treatment}.csv", "binary")
        assert slices.has_slices
        mean = slices.by_patient()
        np.testing.assert_allclose(mean.models[0].scores, patients.models[0].scores, atol=1e-7)
    decisions = read_decisions(out / "decisions.csv").decisions
    assert len(decisions) == len(trained.decisions) == result["decisions"]["patients"]
    assert json.loads((out / "result.json").read_text())["synthetic"] is True
    with (out / "slices_ccrt.csv").open() as stream:
        numbers = [row["slice"] for row in csv.DictReader(stream)]
    assert set(numbers) == {str(k + 1) for k in range(SLICES)}


def test_a_pack_gets_the_answering_folds_and_every_classifier_of_both_units(trained, tmp_path, monkeypatch):
    module = "models.studies.npc_residual_export"
    channels = {}

    def export_network(graph, example, path):
        channels[path.name] = example.shape[1]
        path.write_bytes(type(graph.network).__name__.encode())

    tensors = tuple(
        tuple(Tensor(name=name, shape=(None, 1)) for name in names)
        for names in (("image",), OUTPUTS_BY_ROLE["classifier"])
    )
    monkeypatch.setattr(f"{module}.export_network", export_network)
    monkeypatch.setattr(f"{module}.tensor_entries", lambda _: tensors)
    segmenter, *entries = write_networks(pack_study(trained), tmp_path)
    assert segmenter == trained.segmenter.trained.source.entry
    assert (tmp_path / segmenter.file).read_bytes() == trained.segmenter.trained.source.content
    answering = [one for one in entries if one.role == "classifier"]
    assert [(one.treatment, one.unit, one.fold) for one in answering] == [
        (treatment, "patient", fold) for treatment in TREATMENTS for fold in range(TINY.folds)
    ]
    assert {one.architecture for one in answering} == {trained.classifier}
    compared = [one for one in entries if one.role == "comparison"]
    assert {(one.architecture, one.unit, one.treatment) for one in compared} == {
        (name, unit, treatment)
        for name in TINY.classifiers
        for unit in ("slice", "patient")
        for treatment in TREATMENTS
    }
    for one in entries:
        assert channels[one.file.rpartition("/")[2]] == (1 if one.unit == "slice" else SLICES)
        network = {"resnet50": b"ResNet50", "xception": b"Xception"}[one.architecture]
        assert (tmp_path / one.file).read_bytes() == network


def test_the_results_are_what_the_page_of_results_reads(written):
    out, _ = written
    page = npc_results(KeptRun("npc-residual", out))
    assert [table.outcome for table in page.tables] == ["CCRT", "IC + CCRT"]
    assert len(page.ablations[0].contrasts) == 2 * len(TINY.classifiers)
    assert {one.permutations for one in page.dealt_out} == {2}


def test_the_answering_arms_are_the_folds_and_their_locked_cutoff(trained):
    study = pack_study(trained)
    assert set(study.segmenters) == set(TINY.segmenters)
    for arm, own in zip(study.arms, trained.arms, strict=True):
        model = own.model(trained.classifier, "patient")
        reading = model.readings["patient"]
        assert (arm.networks, arm.architecture) == (model.folds, trained.classifier)
        assert arm.cutoff == reading.cutoff == lock_cutoff(arm.fitted, own.residual)
        assert TINY.smallest_margin <= arm.margin <= TINY.largest_margin
        assert arm.fitted.test_scores.shape == (TINY.folds, len(own.division.test))
    assert [(one.treatment, one.architecture, one.unit) for one in study.compared] == [
        (treatment, name, unit)
        for treatment in TREATMENTS
        for unit in ("slice", "patient")
        for name in TINY.classifiers
    ]
    of_slices = study.compared[0]
    assert list(of_slices.figures) == ["per slice", "per patient"]
    reading = trained.arms[0].model("resnet50", "image").readings["image"]
    _, test = trained.arms[0].areas(reading)
    assert of_slices.figures["per slice"]["test_auc"]["value"] == round(test.value, 4)


def test_the_image_units_area_is_per_slice_and_its_interval_knows_the_patients(trained, written):
    _, result = written
    arm = trained.arms[0]
    stated = result["treatments"]["ccrt"]["models"]["xception, image unit"]
    reading = arm.model("xception", "image").readings["image"]
    tested = arm.division.is_test(reading.owner)
    owner = reading.owner[tested]
    expected = cluster_auc(ClassData(reading.scores[tested], arm.residual[owner]), owner.tolist())
    assert stated["per image"]["test_auc"]["value"] == expected.value
    assert stated["per image"]["test_auc"]["method"] == "cluster_robust"
    assert stated["per image"]["published_auc"] == published.AUC["ccrt", "image", "xception"]
    assert stated["per patient"]["published_auc"] is None
    training = stated["per patient"]["training_auc_pooled_out_of_fold"]
    assert "dependent_fold_scores" in training["flags"]


def test_areas_are_the_ordinary_ones_and_the_mean_is_over_the_classifiers(trained, written):
    _, result = written
    arm = trained.arms[1]
    areas = []
    for name in TINY.classifiers:
        reading = arm.model(name, "patient").readings["patient"]
        tested = list(arm.division.test)
        areas.append(auc(reading.scores[tested], arm.residual[tested]).value)
        stated = result["treatments"]["ic_ccrt"]["models"][f"{name}, patient unit"]["per patient"]
        assert stated["test_auc"]["value"] == areas[-1]
    mean = result["treatments"]["ic_ccrt"]["mean_test_auc"]["patient"]
    assert mean == {"value": pytest.approx(np.mean(areas)), "published": 0.915}
