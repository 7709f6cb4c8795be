"""What was exported gives hazards and survival of training again, without torch."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from inference.statistics.design import design_of
from inference.statistics.outcomes import SurvivalData
from models.networks import resnet
from models.phantoms.gnen_population import draw_cohort
from models.studies.gnen_os import MODELS, TrainedGnen, fit_models
from models.studies.gnen_os_config import DEMO
from models.studies.gnen_os_export import write_models
from models.studies.gnen_os_samples import FACTORS, SCANS, GnenSamples, build_network, stage_maxima
from tests.models.explained import agree

SIDE = 32
TINY = replace(
    DEMO,
    resnet_width=1 / 16,
    window=DEMO.window.model_copy(update={"rows": SIDE, "columns": SIDE}),
    reread_patients=10,
    penalty_folds=3,
    folds=2,
)


def test_extractor_and_coefficients_give_the_survival_of_training_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resnet, "PUBLISHED_BLOCKS", (2, 1, 1, 1))
    patients, rng = draw_cohort("training", 60), np.random.default_rng(0)
    latent = np.array([patient.latent_s for patient in patients])
    images = {
        scan: np.clip(
            0.4 + 0.02 * latent[:, None, None] + 0.1 * rng.standard_normal((60, SIDE, SIDE)), 0, 1
        ).astype(np.float32)
        for scan in SCANS
    }
    network = build_network(TINY)
    network.train()
    with torch.no_grad():  # running statistics of these images, as after a training
        network.stages(torch.from_numpy(images["arterial"][:, None]))
    network.eval()
    features = {scan: stage_maxima(network, one) for scan, one in images.items()}
    samples = GnenSamples(
        "training",
        tuple(patient.patient_id for patient in patients),
        features,
        features,
        design_of({t.name: [getattr(patient, t.name) for patient in patients] for t in FACTORS}, FACTORS),
        SurvivalData(
            np.array([patient.os_months for patient in patients]),
            np.array([patient.death_observed for patient in patients]),
        ),
    )
    final = fit_models(samples, range(60), TINY, 0)
    trained = TrainedGnen(TINY, (), {}, {}, {"combined": 0.5}, final)
    write_models(trained, samples, network, tmp_path)

    document = json.loads((tmp_path / "models.json").read_text())
    session = onnxruntime.InferenceSession(tmp_path / document["network"], providers=["CPUExecutionProvider"])
    columns = dict(zip(samples.clinical.columns, samples.clinical.matrix.T, strict=True))
    for scan, signature in document["signatures"].items():
        (embedding,) = session.run(["embedding"], {"image": images[scan][:, None]})
        assert embedding.shape[1] == document["features"][scan]
        agree(embedding, torch.from_numpy(features[scan]))
        columns[f"{scan}_signature"] = signature["intercept"] + sum(
            one["coefficient"] * embedding[:, one["index"]] for one in signature["features"]
        )
    assert any(signature["features"] for signature in document["signatures"].values())
    for name in MODELS:
        model = document["models"][name]
        hazard = sum(weight * columns[c] for c, weight in model["coefficients"].items()) - model["centre"]
        expected = trained.final.hazards(samples)[name]
        assert np.abs(hazard - expected).max() <= 1e-4
        grid = model["baseline"]["times_months"]
        assert {36.0, 60.0} <= set(grid)
        survival = np.array(model["baseline"]["survival"])[None, :] ** np.exp(hazard)[:, None]
        assert np.abs(survival - trained.final.models[name].survival(expected, grid)).max() <= 1e-4
    assert document["cutoffs"]["locked"] == trained.cutoffs
