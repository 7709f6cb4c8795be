"""The response protocol at tiny size: nothing leaks, cut-offs are locked, runs repeat, errors have names."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.evaluation.prediction_file import read_predictions
from inference.meaning.opinion import Phase
from inference.statistics.discrimination.delong import auc
from inference.statistics.outcomes import SurvivalData
from models.networks import resnet
from models.networks.initial_weights import load_initial_weights
from models.networks.se_resnet import FrozenBackboneMlp
from models.phantoms.ct_cases import lagc_case
from models.phantoms.ct_populations import POPULATIONS
from models.phantoms.lagc_population import FORM, draw_cohort
from models.results.home import KeptRun
from models.results.lagc_response import lagc_results
from models.studies.lagc_response import DL_SIGNATURE, MODELS, clinical_signature, on_scale, train
from models.studies.lagc_response_config import DEMO, PAPER, PUBLISHED_FUSION
from models.studies.lagc_response_export import export, hand_on
from models.studies.lagc_response_factors import coded, response_columns, survival_columns
from models.studies.lagc_response_network import network_scores, train_network_of, train_trunk
from models.studies.lagc_response_results import write_results
from models.studies.lagc_response_samples import (
    DrawnLooks,
    LagcSamples,
    cohort_samples,
    drawn_looks,
    phantom_samples,
)
from models.training.engine.failures import NoFitError, OneClassError
from models.training.engine.run import RunPlace
from models.training.engine.schedule import Schedule
from models.training.splits import folds_by_patient
from tests.models.explained import answers, check_explained
from tests.models.studies.whole_scans import WholeScans

TINY = replace(
    DEMO,
    folds=2,
    width=1 / 16,
    dropout=0.0,
    pretraining=Schedule("adamw", 0.01, batch_size=16, epochs=2),
    classification=Schedule("adamw", 0.01, batch_size=16, epochs=6, patience=6),
    oversampler_width=1 / 16,
    oversampler=Schedule("adamw", 0.003, batch_size=32, epochs=2),
    preprocessing=DEMO.preprocessing.model_copy(update={"rows": 32, "columns": 32}),
)


def samples(patients=90, cohort="training", signal=0.2, seed=3) -> LagcSamples:
    """Numbers of the population, and images in which good responders are brighter, more or less."""
    drawn = draw_cohort(cohort, patients, seed)
    rng = np.random.default_rng([seed, patients])
    good = np.array([one.good_response for one in drawn])
    brightness = 0.35 + signal * good + rng.normal(0.0, 0.1, patients)
    images = brightness[:, None, None, None] + rng.normal(0.0, 0.1, (patients, 3, 32, 32))
    return LagcSamples(
        cohort,
        tuple(one.patient_id for one in drawn),
        np.clip(images, 0.0, 1.0).astype(np.float16),
        {field.attribute: tuple(getattr(one, field.attribute) for one in drawn) for field in FORM},
        good,
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
def cohort():
    return samples()


@pytest.fixture(scope="module")
def others():
    """Pictures that are the brighter the milder their tumour looks."""
    mildness = np.random.default_rng(5).normal(0.0, 1.0, 48)
    plain = samples(48, seed=11, signal=0.0)
    images = np.clip(plain.images + 0.1 * mildness[:, None, None, None], 0.0, 1.0)
    return DrawnLooks(plain.patient_ids, images.astype(np.float16), mildness.astype(np.float32))


@pytest.fixture(scope="module")
def trained(cohort, others):
    return train(TINY, cohort, pretraining=others)


def test_the_published_choices_are_those_of_the_paper():
    published = PAPER.classification
    assert (published.batch_size, published.learning_rate, published.epochs) == (32, 0.0005, 2000)
    assert (published.decay, published.step_epochs, published.patience) == ("step", 50, 100)
    assert published.rate(49) == 0.0005
    assert published.rate(50) == pytest.approx(0.00005)
    assert (PAPER.folds, PAPER.width, PAPER.oversample, PAPER.os_test_share) == (5, 1.0, True, 0.2)
    window = PAPER.preprocessing
    assert (window.window_low_hu, window.window_high_hu, window.margin_mm) == (-115, 235, 5)
    assert (window.rows, window.columns, window.slices, window.spacing_mm) == (112, 112, 3, 1)
    assert PAPER.pretraining_patients == 0
    assert PAPER.fusion_factors == PUBLISHED_FUSION


def test_all_22_factors_of_the_form_are_coded_and_unknown_is_a_level_of_its_own(cohort):
    table = coded(cohort.factors)
    assert len(FORM) == 22
    for field in FORM:
        stem = field.attribute
        named = any(name == stem or name.startswith(f"{stem}_") for name in table.names)
        assert named, stem
    assert {"cea_positive", "cea_unknown"} <= set(response_columns(table))
    assert "maximum_diameter_cm" not in response_columns(table)
    assert "maximum_diameter_cm" in survival_columns(table)
    row = table.matrix[0]
    large = row[table.names.index("large_diameter")]
    assert large == float(cohort.factors["maximum_diameter_cm"][0] > 5.0)


def test_an_unknown_level_is_refused(cohort):
    with pytest.raises(ValueError, match="borrmann"):
        coded({**cohort.factors, "borrmann": ("V",) * len(cohort)})


def test_the_signal_is_learnt_and_the_fusion_keeps_it(trained, cohort):
    areas = {name: auc(trained.out_of_fold[name], cohort.good_response).value for name in MODELS}
    assert areas["dl"] > 0.7
    assert areas["dlcs"] > 0.6
    assert trained.fusion.coefficients[DL_SIGNATURE] > 0
    outside = samples(60, "external", seed=4)
    assert auc(trained.scores(outside)["dl"], outside.good_response).value > 0.7


def test_scores_are_probabilities_at_the_cohorts_own_share_of_responders(trained, cohort):
    for name in MODELS:
        scores = trained.out_of_fold[name]
        assert np.isfinite(scores).all()
        assert 0 <= scores.min() <= scores.max() <= 1
    share = cohort.good_response.mean()
    assert trained.out_of_fold["dl"].mean() == pytest.approx(share, abs=0.15)
    signature = on_scale(trained.out_of_fold["dl"], TINY)
    joined = coded(cohort.factors).with_column(DL_SIGNATURE, signature)
    fused = trained.fusion.probability(joined.matrix, joined.names)
    assert fused.mean() == pytest.approx(share, abs=1e-6)
    for model in trained.folds:
        good = cohort.good_response[list(model.fold.learn)]
        assert 0 < model.invented <= len(good) - 2 * good.sum()


def test_a_patient_is_scored_by_the_network_that_did_not_learn_from_it(trained, cohort):
    for model in trained.folds:
        left_out = list(model.fold.left_out)
        again = network_scores(model, cohort.images[left_out])
        np.testing.assert_allclose(trained.out_of_fold["dl"][left_out], again, atol=1e-6)
    assert sorted(k for model in trained.folds for k in model.fold.left_out) == list(range(len(cohort)))


def test_the_left_out_patients_have_no_say_in_their_fold(cohort):
    fold = folds_by_patient(cohort.patient_ids, range(len(cohort)), 2, np.random.default_rng(0))[0]
    left_out = list(fold.left_out)
    images, good = cohort.images.copy(), cohort.good_response.copy()
    images[left_out], good[left_out] = 0.5, ~good[left_out]
    changed = replace(cohort, images=images, good_response=good)
    short = replace(TINY, classification=replace(TINY.classification, epochs=2))
    first, second = (train_network_of(short, one, fold, RunPlace()) for one in (cohort, changed))
    for name, values in first.network.state_dict().items():
        assert (values == second.network.state_dict()[name]).all(), name
    assert first.log_odds_shift == second.log_odds_shift


def test_a_second_run_is_equal_to_the_bit(trained, cohort, others):
    trunk, _ = train_trunk(TINY, others, RunPlace())
    first = trained.folds[0]
    again = train_network_of(TINY, cohort, first.fold, RunPlace(), trunk)
    for name, values in first.network.state_dict().items():
        assert torch.equal(again.network.state_dict()[name], values), name
    assert again.log_odds_shift == first.log_odds_shift


def test_all_folds_start_from_one_trunk_of_other_patients(trained, cohort, others):
    assert trained.pretraining == 48
    runs = [point.run for point in trained.curves if not point.run.startswith("oversampler")]
    assert runs[:3] == ["pre-training", "pre-training", "fold 0"]
    with pytest.raises(ValueError, match="teaches the trunk"):
        train(TINY, cohort, pretraining=replace(others, patient_ids=cohort.patient_ids))


def test_the_cox_model_is_fitted_to_four_fifths_and_keeps_what_is_significant_alone(trained, cohort):
    model = trained.survival
    assert (len(model.training), len(model.test)) == (72, 18)
    assert not set(model.training) & set(model.test)
    kept = tuple(term.name for term in model.screened if term.is_kept)
    assert model.fit.columns == kept
    assert all(term.p_value < 0.05 for term in model.screened if term.is_kept)
    assert model.high_from == np.median(model.scores[list(model.training)])
    assert {term.name for term in model.screened} >= {DL_SIGNATURE, "maximum_diameter_cm", "cn_stage"}


def test_a_rare_level_that_one_class_alone_has_is_no_candidate():
    drawn = draw_cohort("training", 664, 0)
    table = coded({field.attribute: tuple(getattr(one, field.attribute) for one in drawn) for field in FORM})
    good = np.array([one.good_response for one in drawn])
    patients = [k for k, one in enumerate(drawn) if not (one.pathological_type == "squamous" and good[k])]
    assert any(drawn[k].pathological_type == "squamous" for k in patients)
    score = clinical_signature(TINY, table, good, patients, 0)
    assert "pathological_type_squamous" not in score.coefficients
    assert {"large_diameter", "cm_stage_M1"} <= set(score.coefficients)


def test_one_class_in_a_fold_is_refused(cohort):
    with pytest.raises(OneClassError):
        train(TINY, replace(cohort, good_response=np.zeros(len(cohort), dtype=np.bool_)))


def test_a_cohort_without_deaths_is_refused(cohort):
    from models.studies.lagc_response_survival import train_overall_survival

    alive = replace(cohort, survival=SurvivalData(cohort.survival.time, np.zeros(len(cohort), np.bool_)))
    table = coded(cohort.factors).with_column(DL_SIGNATURE, np.zeros(len(cohort)))
    with pytest.raises(NoFitError) as raised:
        train_overall_survival(TINY, alive, table)
    assert raised.value.message.id == "error.training.no_fit"
    assert raised.value.message.fields["reason"] == "statistics.not_estimable.no_events"


def test_the_results_are_tables_that_the_evaluation_reads(trained, cohort, tmp_path):
    outside = samples(40, "external", seed=4)
    result = write_results(trained, (cohort, outside), tmp_path, ceiling_draws=2_000)
    classes = read_predictions(tmp_path / "scores.csv", "binary")
    assert [model.name for model in classes.models] == list(MODELS)
    assert classes.cohort_names() == ("training", "external")
    assert classes.is_synthetic
    times = read_predictions(tmp_path / "scores_os.csv", "survival")
    assert times.cohort_names() == ("training", "external", "test")
    assert set(times.models[0].survival) == {12.0, 24.0, 36.0}
    with (tmp_path / "scores.csv").open() as stream:
        folds = {row["fold"] for row in csv.DictReader(stream) if row["cohort"] == "training"}
    assert folds == {"1", "2"}
    figures = result["response"]["external"]["models"]["dlcs"]
    assert figures["published"] == 0.82
    assert figures["ceiling"] > 0.8
    assert figures["auc_ci"][0] <= figures["auc"] <= figures["auc_ci"][1]
    assert [fold["fold"] for fold in result["dl_folds"]] == [1, 2]
    assert result["os"]["parts"]["test"]["c_index_ci"] is not None
    assert json.loads((tmp_path / "result.json").read_text())["synthetic"] is True
    assert len(lagc_results(KeptRun("lagc-response", tmp_path)).ablations[0].contrasts) == 2


def test_a_phantom_from_memory_equals_its_whole_scan_from_a_cohort(tmp_path):
    patients = draw_cohort("internal", 1, 0)
    kept = phantom_samples(patients, TINY.preprocessing, tmp_path, size=128)
    again = drawn_looks(patients, TINY.preprocessing, tmp_path, size=128)
    scans = WholeScans("lagc-response", patients, ("good_response", "death_observed", "os_months"))
    whole = cohort_samples(scans, "internal", TINY.preprocessing)
    assert whole.images.shape == (1, 3, 32, 32)
    assert (kept.images == whole.images).all()
    assert (again.images == whole.images).all()
    assert (coded(kept.factors).matrix == coded(whole.factors).matrix).all()
    assert (kept.good_response == whole.good_response).all()
    assert kept.survival.time == pytest.approx(whole.survival.time)
    assert POPULATIONS["lagc-response"].form == FORM


def test_a_mild_look_goes_with_a_response():
    drawn = draw_cohort("training", 400, 0)
    looks = [lagc_case(patient).tumour.looks.of(Phase.PORTAL_VENOUS) for patient in drawn]
    mildness = np.array([-(look.signal + look.confounder) for look in looks])
    assert auc(mildness, np.array([patient.good_response for patient in drawn])).value > 0.8


def test_a_pack_states_what_torch_states(trained, cohort, tmp_path):
    one = replace(trained, folds=trained.folds[:1])
    export(one, tmp_path)
    run, network = answers((tmp_path / "fold-1.onnx").read_bytes()), trained.folds[0].network
    images = torch.from_numpy(cohort.images[:5].astype(np.float32))
    stated = run(images)["score"]
    assert np.abs(stated[:, 0] - network_scores(trained.folds[0], cohort.images[:5])).max() <= 1e-4
    assert np.ptp(stated) > 1e-3
    for batch in (images, images[1:2]):
        check_explained(run, network.features, network.head, batch)
    document = json.loads((tmp_path / "coefficients.json").read_text())
    assert document["dlcs"]["coefficients"] == trained.fusion.coefficients
    assert document["cutoffs"]["dl"] == trained.cutoffs["dl"].value
    baseline, model = document["os"]["baseline"], trained.survival
    row = model.training[0]
    hazard = np.array(baseline["cumulative_hazard"]) * np.exp(model.scores[row] - baseline["centre"])
    expected = model.baseline.survival([model.scores[row]], baseline["horizons_months"])[0]
    np.testing.assert_allclose(np.exp(-hazard), expected, rtol=1e-12)


def test_the_recurrence_study_freezes_what_was_trained(trained, cohort, tmp_path):
    frozen = FrozenBackboneMlp(TINY.width)
    load_initial_weights(frozen, hand_on(trained, tmp_path))
    images = torch.from_numpy(cohort.images[:4].astype(np.float32))
    own = trained.folds[TINY.handed_on_fold].network
    with torch.no_grad():
        torch.testing.assert_close(frozen.eval().features(images), own.features(images))


@pytest.mark.slow
def test_dealt_out_responses_are_not_predictable(others):
    """DL, clinical and fused scores: mean AUC over folds and permutations within 0.5 ± 3 SE.

    The error is that of ranks dealt out at random, over all folds together.
    """
    cohort = samples(80, signal=0.0)
    short = replace(TINY, classification=replace(TINY.classification, epochs=2))
    areas, variances = {name: [] for name in MODELS}, []
    rng = np.random.default_rng(7)
    for number in range(3):
        dealt = replace(cohort, good_response=rng.permutation(cohort.good_response))
        fitted = train(replace(short, seed=number), dealt, pretraining=others)
        for fold in (model.fold for model in fitted.folds):
            left_out = list(fold.left_out)
            good = dealt.good_response[left_out]
            variances.append((len(good) + 1) / (12 * good.sum() * (~good).sum()))
            for name in MODELS:
                areas[name].append(auc(fitted.out_of_fold[name][left_out], good).value)
    error = np.sqrt(np.sum(variances)) / len(variances)
    assert error < 0.05
    for name, values in areas.items():
        assert abs(np.mean(values) - 0.5) < 3 * error, (name, np.mean(values), error)
