"""What a pack takes from ``gnen-os``: one feature extractor, two signatures, three Cox models, no patient."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from inference.storage import write_atomically
from models.export import export_network
from models.networks.outputs import StageMaximaGraph
from models.networks.resnet import ResNet50
from models.studies.gnen_os import MODELS, STUDY, CoxModel, TrainedGnen, feature_names
from models.studies.gnen_os_config import GnenOsConfig
from models.studies.gnen_os_samples import GnenSamples
from models.training.signatures import LassoSignature

MODELS_JSON: Final = "models.json"
EXTRACTOR: Final = "networks/extractor.onnx"

PUBLISHED_CUTOFFS: Final = {"combined": 0.567, "dl": 0.512, "clinical": 0.367}
"""Yang et al. 2023, of the paper's own scores: shown as published, never applied to others."""

DAYS_PER_MONTH: Final = 30.0
"""As the paper counts."""

_GRID_STEP_MONTHS: Final = 6.0


def write_models(trained: TrainedGnen, training: GnenSamples, network: ResNet50, folder: Path) -> None:
    """Write the extractor, the same for both phases and all folds, and ``models.json``.

    ``network`` is that which read ``training``, to which the final models were fitted.

    Raises
    ------
    ValueError
        When the network's weights were not rounded before it read the patients.
    """
    (folder / EXTRACTOR).parent.mkdir(parents=True, exist_ok=True)
    window = trained.config.window
    export_network(
        StageMaximaGraph(network), torch.zeros(1, 1, window.rows, window.columns), folder / EXTRACTOR
    )
    text = json.dumps(models_document(trained, training), indent=1) + "\n"
    write_atomically(folder / MODELS_JSON, text.encode())


def models_document(trained: TrainedGnen, training: GnenSamples) -> dict[str, Any]:
    """The final models as coefficients on raw columns.

    A signature is Σ coefficient × feature.  A hazard is Σ coefficient × column - centre, and survival at a
    time exp(-cumulative hazard × exp(hazard)).  Mean and SD of a feature, over the training cohort, say how
    unusual another patient's is; they are no part of the sum.
    """
    final = trained.final
    return {
        "study": STUDY,
        "network": EXTRACTOR,
        "window": trained.config.window.model_dump(),
        "features": {scan: values.shape[1] for scan, values in training.features.items()},
        "signatures": {
            scan: _signature(signature, training, scan, final.reliable[scan])
            for scan, signature in final.signatures.items()
        },
        "models": {name: _cox(final.models[name], trained.config) for name in MODELS},
        "higher_is": "worse",
        "cutoffs": {
            "locked": trained.cutoffs,
            "locked_on": "out-of-fold hazards of the training cohort",
            "method": f"Youden of the ROC at {trained.config.cutoff_months:g} months",
            "published": PUBLISHED_CUTOFFS,
        },
        "days_per_month": DAYS_PER_MONTH,
    }


def _signature(signature: LassoSignature, training: GnenSamples, scan: str, reliable: int) -> dict[str, Any]:
    features = training.features[scan]
    place = {name: k for k, name in enumerate(feature_names(features.shape[1]))}
    return {
        "reliable_features": reliable,
        "intercept": signature.score.intercept,
        "features": [
            {
                "name": name,
                "index": place[name],
                "coefficient": weight,
                "mean": float(features[:, place[name]].mean()),
                "sd": float(features[:, place[name]].std(ddof=1)),
            }
            for name, weight in sorted(signature.score.coefficients.items())
        ],
    }


def _cox(model: CoxModel, config: GnenOsConfig) -> Mapping[str, Any]:
    baseline = model.baseline
    times = grid_months(config, baseline.last_time)
    hazard = baseline.cumulative.at(np.array(times))
    return {
        "coefficients": dict(zip(model.fit.columns, map(float, model.fit.coefficients), strict=True)),
        "centre": baseline.centre,
        "baseline": {
            "last_time_months": baseline.last_time,
            "times_months": list(times),
            "cumulative_hazard": [float(value) for value in hazard],
            "survival": [float(value) for value in np.exp(-hazard)],
        },
    }


def grid_months(config: GnenOsConfig, last_time: float) -> tuple[float, ...]:
    """Every six months as far as the training cohort was followed, and the horizons of the nomogram."""
    steps = np.arange(_GRID_STEP_MONTHS, last_time, _GRID_STEP_MONTHS)
    return tuple(sorted({*map(float, steps), *config.horizons_months}))
