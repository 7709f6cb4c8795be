"""``gnen-os`` on few patients and few channels: fitted inside folds, repeatable, blind to shuffled deaths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.evaluation.prediction_file import read_predictions
from inference.statistics.design import design_of
from inference.statistics.outcomes import SurvivalData
from models.phantoms.gnen_population import draw_cohort
from models.results.gnen_os import gnen_results
from models.results.home import KeptRun
from models.studies.gnen_os import ALONE, MODELS, fit_models, rows, train
from models.studies.gnen_os_config import DEMO
from models.studies.gnen_os_results import write_results
from models.studies.gnen_os_samples import FACTORS, GnenSamples, build_network, phantom_samples
from models.training.engine.failures import NoFitError

TINY = replace(
    DEMO,
    phantom_size=128,
    resnet_width=1 / 16,
    window=DEMO.window.model_copy(update={"rows": 64, "columns": 64, "spacing_mm": 2.0}),
    reread_patients=10,
    penalty_folds=3,
    folds=3,
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def invented(patients: int, seed: int, signal: float = 1.0) -> GnenSamples:
    """Clinical values of phantoms, and 12 features per phase of which one follows the latent."""
    drawn = draw_cohort("training", patients, seed)
    rng = np.random.default_rng(seed)
    latent = np.array([patient.latent_s for patient in drawn])
    features = {}
    for scan in ("arterial", "venous"):
        matrix = rng.standard_normal((patients, 12))
        matrix[:, 3] += signal * latent
        features[scan] = matrix
    reread = {scan: matrix + 0.1 * rng.standard_normal(matrix.shape) for scan, matrix in features.items()}
    for matrix in reread.values():
        matrix[:, 0] = rng.standard_normal(patients)
    return GnenSamples(
        "training",
        tuple(patient.patient_id for patient in drawn),
        features,
        reread,
        design_of(
            {term.name: [getattr(patient, term.name) for patient in drawn] for term in FACTORS}, FACTORS
        ),
        SurvivalData(
            np.array([patient.os_months for patient in drawn]),
            np.array([patient.death_observed for patient in drawn]),
        ),
    )


def test_a_run_writes_scores_that_the_evaluation_reads(tmp_path: Path) -> None:
    training, *outside = (
        replace(
            invented(patients, seed),
            cohort=cohort,
            patient_ids=tuple(f"{cohort}{k}" for k in range(patients)),
        )
        for seed, (cohort, patients) in enumerate({"training": 60, "internal": 20, "external": 20}.items())
    )
    trained = train(training, TINY)
    result = write_results(trained, training, outside, tmp_path, is_synthetic=True, ceiling_draws=200)
    predictions = read_predictions(tmp_path / "scores.csv", "survival")
    assert {model.name for model in predictions.models} == {*MODELS, *ALONE}
    assert sorted(set(predictions.cohorts)) == ["external", "internal", "training"]
    assert len(predictions.patients) == 100 and predictions.is_synthetic
    assert json.loads((tmp_path / "result.json").read_text())["cutoffs"] == result["cutoffs"]
    assert result["cohorts"]["external"]["models"]["combined"]["c_index"] > 0.6
    shown = gnen_results(KeptRun("gnen-os", tmp_path))
    assert len(shown.ablations[0].contrasts) == len(shown.ablations[-1].contrasts) == 3
    for found in result["cohorts"].values():
        combined = found["models"]["combined"]
        assert combined["hazard_ratio_ci"][0] < combined["hazard_ratio_high_v_low"]
        assert 0 <= combined["logrank_p"] <= 1 and set(combined["auc_at"]) == {"36", "60"}
        assert all(0 <= at["lower"] <= at["upper"] <= 1 for at in combined["auc_at"].values())
        assert found["alone"].keys() == ALONE.keys()
    assert 0 < result["proportional_hazards"]["overall"] < 1
    told = "\n".join(shown.further)
    assert all(ratio in told for ratio in ("| 3.12 (2.34 to 3.93) |", "| 1.77 (1.21 to 2.59) |"))


def test_features_of_a_patient_do_not_depend_on_the_others() -> None:
    patients, network = draw_cohort("training", 2), build_network(TINY)
    both = phantom_samples(patients, TINY, network)
    alone = phantom_samples(patients[1:], TINY, build_network(TINY))
    for scan in both.features:
        assert np.array_equal(both.features[scan][1], alone.features[scan][0])
        assert np.array_equal(both.reread[scan][1], alone.reread[scan][0])


def test_a_feature_that_a_second_outline_changes_is_not_used() -> None:
    samples = invented(60, 1)
    fitted = fit_models(samples, range(60), TINY, 0)
    for scan, signature in fitted.signatures.items():
        assert fitted.reliable[scan] == 11
        assert "maximum_0003" in signature.selected and "maximum_0000" not in signature.selected


def test_the_same_fold_gives_the_same_scores_to_the_bit() -> None:
    samples = invented(60, 2)
    one, other = (fit_models(samples, range(45), TINY, 2) for _ in range(2))
    for name in MODELS:
        assert np.array_equal(one.hazards(samples)[name], other.hazards(samples)[name])


def test_patients_outside_a_fold_have_no_say_in_its_models() -> None:
    samples = invented(60, 3)
    learn, left_out = range(40), range(40, 60)
    before = fit_models(samples, learn, TINY, 1).hazards(rows(samples, left_out))
    changed = GnenSamples(
        samples.cohort,
        samples.patient_ids,
        samples.features,
        {scan: np.where(np.arange(60)[:, None] < 40, m, 0.0) for scan, m in samples.reread.items()},
        samples.clinical,
        SurvivalData(
            np.where(np.arange(60) < 40, samples.follow_up.time, 1.0),
            samples.follow_up.event & (np.arange(60) < 40),
        ),
    )
    after = fit_models(changed, learn, TINY, 1).hazards(rows(changed, left_out))
    assert all(np.array_equal(before[name], after[name]) for name in MODELS)


def test_a_cohort_without_deaths_is_refused_by_name() -> None:
    samples = invented(40, 4)
    alive = replace(samples, follow_up=SurvivalData(samples.follow_up.time, np.zeros(40, dtype=np.bool_)))
    with pytest.raises(NoFitError):
        train(alive, TINY)
