"""The recurrence protocol at tiny size: a frozen backbone, fitting inside the fold, locked cut-offs."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.errors import Cancelled, InputError
from inference.evaluation.prediction_file import read_predictions
from inference.statistics.discrimination.delong import auc
from inference.statistics.outcomes import SurvivalData
from models.networks import resnet
from models.networks.safetensors_file import write_safetensors
from models.networks.se_resnet import SEResNet50Cut
from models.phantoms.gc_population import FORM, draw_cohort
from models.results.gc_recurrence import GcDocument
from models.studies.gc_recurrence import DLS, MODELS, clinical_signature, fused, log_odds, train
from models.studies.gc_recurrence_config import DEMO, PAPER, PUBLISHED_SIGNATURE
from models.studies.gc_recurrence_export import export
from models.studies.gc_recurrence_factors import coded
from models.studies.gc_recurrence_groups import risk_groups
from models.studies.gc_recurrence_network import frozen_network, network_scores, train_layers_of
from models.studies.gc_recurrence_results import write_results
from models.studies.gc_recurrence_samples import GcSamples, cohort_samples, embedded, phantom_samples
from models.training.engine.checkpoint import CheckpointPlace
from models.training.engine.failures import NoFitError, OneClassError
from models.training.engine.run import RunPlace
from models.training.engine.schedule import Schedule
from models.training.splits import Fold, folds_by_patient
from tests.models.explained import answers, check_explained
from tests.models.studies.whole_scans import WholeScans

TINY = replace(
    DEMO,
    folds=2,
    width=1 / 16,
    schedule=Schedule("adam", 0.01, batch_size=16, epochs=8, patience=8),
    frame=DEMO.frame.model_copy(update={"rows": 32, "columns": 32}),
    region=DEMO.region.model_copy(update={"slice_spacing_mm": 20.0}),
)
CHANNELS = 64
"""Of the embeddings at a sixteenth of the width."""


def samples(patients=240, cohort="training", signal=1.0, seed=3) -> GcSamples:
    """Numbers of the population, and embeddings a few channels of which tell the image's signal."""
    drawn = draw_cohort(cohort, patients, seed)
    rng = np.random.default_rng([seed, patients])
    image = np.array([one.image_signal_i for one in drawn])[:, None, None]
    noise = rng.normal(0.0, 0.3, (patients, 3, CHANNELS))
    embeddings = 2.0 + noise + signal * image * (np.arange(CHANNELS) < 4)
    return GcSamples(
        cohort,
        tuple(one.patient_id for one in drawn),
        embeddings.astype(np.float32),
        {field.attribute: tuple(getattr(one, field.attribute) or "" for one in drawn) for field in FORM},
        np.array([one.relapse for one in drawn]),
        np.ones(patients, dtype=np.bool_),
        SurvivalData(
            np.array([one.os_months for one in drawn]), np.array([one.death_observed for one in drawn])
        ),
    )


@pytest.fixture(scope="module", autouse=True)
def _fewer_blocks():
    """Every kind of block is there, fewer of them than published."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resnet, "PUBLISHED_BLOCKS", (2, 1, 1, 1))
        yield


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """With a network of the response study's kind in a file."""
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("response") / "network.safetensors"
    state = SEResNet50Cut(TINY.width).state_dict()
    write_safetensors(path, {name: values.numpy() for name, values in state.items()})
    return replace(TINY, backbone=path)


@pytest.fixture(scope="module")
def frozen(config):
    return frozen_network(config)


@pytest.fixture(scope="module")
def cohort():
    return samples()


@pytest.fixture(scope="module")
def trained(config, frozen, cohort):
    return train(config, frozen, cohort)


def test_the_published_choices_are_those_of_the_paper():
    schedule = PAPER.schedule
    assert (schedule.batch_size, schedule.learning_rate, schedule.epochs) == (128, 0.0001, 1000)
    assert (schedule.patience, PAPER.folds, PAPER.width) == (100, 5, 1.0)
    region = PAPER.region
    assert (region.spacing_mm, region.slice_spacing_mm) == (1.0, None)
    low = region.window_centre_hu - region.window_width_hu / 2
    assert (low, low + region.window_width_hu) == (-115, 235)
    assert (PAPER.frame.framing, PAPER.frame.rows, PAPER.frame.columns) == ("squared", 112, 112)
    assert PAPER.views.flip
    assert PAPER.views.rotation_deg > 0
    assert PAPER.views.blur > 0
    assert PAPER.fusion_factors == PUBLISHED_SIGNATURE


def test_all_17_factors_are_coded_and_yptnm_stands_where_ptnm_is_not(cohort):
    table = coded(cohort.factors)
    assert len(FORM) == 18
    for field in FORM:
        stem = "stage" if field.attribute.endswith("ptnm_stage") else field.attribute
        assert any(name == stem or name.startswith(f"{stem}_") for name in table.names), stem
    assert set(PUBLISHED_SIGNATURE) <= set(table.names)
    after = [k for k, answer in enumerate(cohort.factors["preoperative_chemotherapy"]) if answer == "yes"]
    assert after
    for k in after:
        stated = cohort.factors["yptnm_stage"][k]
        assert table.matrix[k, table.names.index("stage_iii")] == float(stated == "III")
        assert not cohort.factors["ptnm_stage"][k]


def test_a_patient_with_both_stages_is_refused(cohort):
    both = {**cohort.factors, "ptnm_stage": ("I",) * len(cohort), "yptnm_stage": ("I",) * len(cohort)}
    with pytest.raises(ValueError, match="ypTNM"):
        coded(both)


def test_a_level_in_which_nobody_relapsed_counts_as_its_neighbour(cohort):
    table = coded(cohort.factors)
    high = table.matrix[:, table.names.index("differentiation_high")] > 0
    assert high.any()
    relapse = cohort.relapse & ~high
    joined = table.with_column(DLS, np.random.default_rng(0).normal(size=len(cohort)))
    score = fused(TINY, joined, relapse, range(len(cohort)))
    assert "differentiation_high" not in score.coefficients
    assert "differentiation_low" in score.coefficients


def test_the_signal_is_learnt_and_the_fusion_keeps_it(trained, cohort):
    areas = {name: auc(trained.out_of_fold[name], cohort.relapse).value for name in MODELS}
    assert areas["dls"] > 0.7
    assert areas["dlfs"] > areas["clis"]
    assert trained.dlfs.coefficients[DLS] > 0
    outside = samples(150, "external", seed=4)
    assert auc(trained.scores(outside)["dls"], outside.relapse).value > 0.7


def test_the_fusion_is_calibrated_to_the_cohorts_share_of_relapses(trained, cohort):
    joined = coded(cohort.factors).with_column(DLS, log_odds(trained.out_of_fold["dls"]))
    fitted = trained.dlfs.probability(joined.matrix, joined.names)
    assert fitted.mean() == pytest.approx(cohort.relapse.mean(), abs=1e-6)
    for name in MODELS:
        assert ((trained.out_of_fold[name] > 0) & (trained.out_of_fold[name] < 1)).all()


def test_nothing_of_the_backbone_is_trained(trained, frozen):
    for model in trained.folds:
        own = model.network.backbone.state_dict()
        for name, values in frozen.backbone.state_dict().items():
            assert torch.equal(values, own[name]), name
        assert not torch.equal(model.network.hidden.weight, frozen.hidden.weight)


def test_a_patient_is_scored_by_the_layers_that_did_not_learn_from_it(trained, cohort):
    for model in trained.folds:
        left_out = list(model.fold.left_out)
        again = network_scores(model, cohort.embeddings[left_out])
        np.testing.assert_allclose(trained.out_of_fold["dls"][left_out], again, atol=1e-6)
        assert set(model.stopping) < set(model.fold.learn)
    assert sorted(k for model in trained.folds for k in model.fold.left_out) == list(range(len(cohort)))


def test_the_left_out_patients_have_no_say_in_their_fold(config, frozen, cohort):
    fold = folds_by_patient(cohort.patient_ids, range(len(cohort)), 2, np.random.default_rng(0))[0]
    left_out = list(fold.left_out)
    embeddings, relapse = cohort.embeddings.copy(), cohort.relapse.copy()
    embeddings[left_out], relapse[left_out] = 9.0, ~relapse[left_out]
    changed = replace(cohort, embeddings=embeddings, relapse=relapse)
    short = replace(config, schedule=replace(config.schedule, epochs=2))
    first, second = (train_layers_of(short, frozen, one, fold, RunPlace()) for one in (cohort, changed))
    for name, values in first.network.state_dict().items():
        assert torch.equal(values, second.network.state_dict()[name]), name


def test_a_run_that_was_cut_off_ends_as_one_that_was_not(config, frozen, cohort, trained, tmp_path):
    epochs = []
    place = RunPlace(
        checkpoints=CheckpointPlace(tmp_path, "one"),
        on_epoch=epochs.append,
        should_stop=lambda: len(epochs) >= 11,
    )
    with pytest.raises(Cancelled):
        train(config, frozen, cohort, place)
    again = train(config, frozen, cohort, RunPlace(checkpoints=CheckpointPlace(tmp_path, "one")))
    for name in MODELS:
        assert (again.out_of_fold[name] == trained.out_of_fold[name]).all()
        assert again.cutoffs[name] == trained.cutoffs[name]


def test_one_class_in_a_fold_is_refused(config, frozen, cohort):
    with pytest.raises(OneClassError):
        train(config, frozen, replace(cohort, relapse=np.zeros(len(cohort), dtype=np.bool_)))


@pytest.mark.parametrize("share", [TINY.validation_share, 0.0], ids=["one class stops", "nobody stops"])
def test_a_fold_whose_stopping_part_lacks_a_class_is_trained(config, frozen, cohort, share):
    relapsed, free = np.flatnonzero(cohort.relapse)[:2], np.flatnonzero(~cohort.relapse)[:40]
    learn = tuple(sorted(map(int, (*relapsed, *free))))
    model = train_layers_of(
        replace(config, validation_share=share),
        frozen,
        cohort,
        Fold(0, learn, (int(free[-1]) + 1,)),
        RunPlace(),
    )
    assert not cohort.relapse[list(model.stopping)].any()
    assert {point.validation_loss is not None for point in model.curve} == {share > 0}
    assert np.isfinite(network_scores(model, cohort.embeddings)).all()


def test_a_regression_without_a_fit_has_a_name(cohort):
    everyone = np.ones(len(cohort), dtype=np.bool_)
    with pytest.raises(NoFitError) as raised:
        clinical_signature(TINY, coded(cohort.factors), everyone, range(len(cohort)), 0)
    assert raised.value.message.fields["model"] == "clis"


@pytest.mark.parametrize(
    ("seed", "model"), [pytest.param(6, "clis", id="selected"), pytest.param(3, "dlfs", id="published-five")]
)
def test_too_few_patients_are_refused_before_a_network_is_trained(config, frozen, seed, model):
    epochs = []
    with pytest.raises(NoFitError) as raised:
        train(config, frozen, samples(patients=36, seed=seed), RunPlace(on_epoch=epochs.append))
    assert raised.value.message.fields["model"] == model
    assert epochs == []


def test_without_the_response_studys_network_there_is_no_training():
    with pytest.raises(InputError) as raised:
        frozen_network(TINY)
    assert raised.value.message.id == "error.training.no_backbone"


def test_without_deaths_or_with_one_group_there_is_no_hazard_ratio(cohort):
    high = cohort.relapse
    alive = replace(cohort, survival=SurvivalData(cohort.survival.time, np.zeros(len(cohort), np.bool_)))
    found = risk_groups(alive, high, (36.0,))
    assert found["hazard_ratio"] is None
    assert found["high"]["survival"] == {"36": 1.0}
    assert risk_groups(cohort, np.ones_like(high), (36.0,))["hazard_ratio"] is None
    assert risk_groups(cohort, high, (36.0,))["hazard_ratio"] > 2


def test_the_results_are_tables_that_the_evaluation_reads(trained, cohort, tmp_path):
    outside = samples(120, "external", seed=4)
    result = write_results(trained, (cohort, outside), tmp_path, ceiling_draws=2_000)
    classes = read_predictions(tmp_path / "scores.csv", "binary")
    assert [model.name for model in classes.models] == list(MODELS)
    assert classes.cohort_names() == ("training", "external")
    assert classes.is_synthetic
    times = read_predictions(tmp_path / "scores_os.csv", "survival")
    assert times.cohort_names() == ("training", "external")
    with (tmp_path / "scores.csv").open() as stream:
        folds = {row["fold"] for row in csv.DictReader(stream) if row["cohort"] == "training"}
    assert folds == {"1", "2"}
    figures = result["cohorts"]["external"]["models"]["dlfs"]
    assert (figures["published"], figures["published_hazard_ratio"]) == (0.859, 2.244)
    assert figures["ceiling"] > 0.8
    assert figures["cutoff"] == trained.cutoffs["dlfs"].value
    assert result["published_cutoff"] == 0.60
    by_chemotherapy = result["cohorts"]["external"]["dlfs_by_chemotherapy"]
    assert sum(one["patients"] for one in by_chemotherapy.values()) == 2 * 120
    read = GcDocument.model_validate(json.loads((tmp_path / "result.json").read_text()))
    assert read.cohorts["training"].relapses == int(cohort.relapse.sum())


def test_a_pack_states_of_all_slices_what_torch_states(config, frozen, trained, tmp_path):
    model = trained.folds[0]
    export(replace(trained, folds=(model,)), tmp_path)
    run = answers((tmp_path / "fold-1.onnx").read_bytes())
    stack = np.random.default_rng(2).random((5, 3, 32, 32)).astype(np.float16)
    images = torch.from_numpy(stack.astype(np.float32))
    stated = run(images)["score"]
    expected = network_scores(model, embedded([stack], config, frozen, 0))
    assert stated.shape == (1, 1)
    assert abs(stated[0, 0] - expected[0]) <= 1e-4
    for slices in (images, images[:1]):
        check_explained(run, model.network.features, model.network.patient_head, slices)
    document = json.loads((tmp_path / "coefficients.json").read_text())
    assert document["dlfs"]["coefficients"] == trained.dlfs.coefficients
    assert document["published_dlfs_cutoff"] == 0.60


def test_a_phantom_from_memory_is_read_as_its_whole_scan_from_a_cohort(config, frozen, tmp_path):
    patients = draw_cohort("internal", 1, 0)
    kept = phantom_samples(patients, config, frozen, views=2, cache=tmp_path, size=128)
    again = phantom_samples(patients, config, frozen, views=2, cache=tmp_path, size=128)
    scans = WholeScans("gc-recurrence", patients, ("relapse", "death_observed", "os_months"))
    whole = cohort_samples(scans, "internal", config, frozen, views=2)
    assert kept.embeddings.shape == (1, 3, CHANNELS)
    np.testing.assert_array_equal(kept.embeddings, again.embeddings)
    np.testing.assert_allclose(kept.embeddings, whole.embeddings, atol=0.02)
    assert (coded(kept.factors).matrix == coded(whole.factors).matrix).all()
    assert kept.relapse == whole.relapse


@pytest.mark.slow
def test_dealt_out_relapses_are_not_predictable(config, frozen):
    """DLS, CLIS and DLFS: mean AUC over folds and permutations within 0.5 ± 3 SE."""
    cohort = samples(240)
    areas, variances = {name: [] for name in MODELS}, []
    rng = np.random.default_rng(7)
    for number in range(3):
        dealt = replace(cohort, relapse=rng.permutation(cohort.relapse))
        fitted = train(replace(config, seed=number), frozen, dealt)
        for fold in (model.fold for model in fitted.folds):
            left_out = list(fold.left_out)
            relapse = dealt.relapse[left_out]
            variances.append((len(relapse) + 1) / (12 * relapse.sum() * (~relapse).sum()))
            for name in MODELS:
                areas[name].append(auc(fitted.out_of_fold[name][left_out], relapse).value)
    error = np.sqrt(np.sum(variances)) / len(variances)
    assert error < 0.05
    for name, values in areas.items():
        assert abs(np.mean(values) - 0.5) < 3 * error, (name, np.mean(values), error)
