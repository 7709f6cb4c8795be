"""What was exported gives the scores of training again, without torch."""

import json
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import torch
from scipy.special import expit

from inference.predictors.slice_aggregation import aggregate_slices
from inference.preprocessing.settings import FrameSettings
from inference.statistics.discrimination.youden import YoudenCutoff
from models.cohorts.pnen_phantoms import PnenPhantoms
from models.export import round_weights
from models.networks.catalogue import build_segmenter
from models.phantoms.pnen_population import draw_cohort
from models.studies.pnen_recurrence import (
    CohortScores,
    Columns,
    FoldModels,
    TrainedStudy,
    apply,
    fit_fold,
    patient_data,
)
from models.studies.pnen_recurrence_config import DEMO
from models.studies.pnen_recurrence_export import write_models
from models.studies.pnen_recurrence_samples import PhaseSample
from models.studies.pnen_recurrence_segmenter import patient_features
from models.training.splits import Fold
from tests.models.explained import agree

SIDE = 16


def test_encoder_and_coefficients_give_the_scores_of_training_again(tmp_path):
    config = replace(DEMO, width=1 / 64, frame=FrameSettings(framing="resized", rows=SIDE, columns=SIDE))
    rng = np.random.default_rng(0)
    patients = draw_cohort("training", 40, 0)
    samples = tuple(
        PhaseSample(
            (0.3 + p.recurrence_observed * 0.3 + 0.2 * rng.random((5, SIDE, SIDE))).astype(np.float32),
            np.ones((5, SIDE, SIDE), bool),
            np.zeros(0),
            (),
        )
        for p in patients
    )
    data = patient_data(PnenPhantoms(patients), {"arterial": samples}, replace(config, undecided="free"))
    torch.manual_seed(0)
    segmenter = build_segmenter(config.network, width=config.width, in_channels=1).eval()
    for layer in segmenter.modules():
        # Untrained ones without batch norm let so little through that rounding would show.
        if isinstance(layer, torch.nn.Conv2d):
            layer.weight.data *= 2
    round_weights(segmenter)
    values = patient_features(segmenter, samples, config)
    columns = {"dlr_a": Columns(values, tuple(f"arterial_{k}" for k in range(values.shape[1])))}
    fold = Fold(0, tuple(range(36)), (36, 37, 38, 39))
    machines = fit_fold(columns, data, fold, config)
    scores = CohortScores(data, apply(machines, columns), np.zeros(40, int))
    cut = YoudenCutoff(0.5, 1.0, 1.0, (0.5,))
    study = TrainedStudy(config, (FoldModels(fold, segmenter, machines),), scores, scores, {"dlr_a": cut}, ())
    write_models(study, tmp_path)

    document = json.loads((tmp_path / "models.json").read_text())
    (kept,) = document["folds"]
    session = onnxruntime.InferenceSession(tmp_path / kept["encoder"], providers=["CPUExecutionProvider"])
    weights = {i.name for i in onnx.load(str(tmp_path / kept["encoder"])).graph.initializer}
    assert not any(name.startswith(("network.up", "network.enlarge", "network.exit")) for name in weights)
    machine = kept["machines"]["dlr_a"]
    for k, sample in enumerate(samples):
        (slices,) = session.run(["embedding"], {"image": sample.slices[:, None]})
        with torch.no_grad():
            deepest, _ = segmenter.bottleneck(torch.from_numpy(sample.slices[:, None]))
        agree(slices, deepest.mean(dim=(2, 3)))
        seeded = np.random.default_rng(document["aggregation"]["seed"])
        vector = aggregate_slices(slices, seeded).vector
        log_odds = machine["intercept"] + sum(
            weight * vector[int(name.removeprefix("arterial_"))]
            for name, weight in machine["coefficients"].items()
        )
        assert abs(expit(log_odds) - scores.scores["dlr_a"][k]) <= 1e-4
