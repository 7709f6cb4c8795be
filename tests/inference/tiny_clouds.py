"""What a tiny pack must hold so that its guard knows the cohort of each treatment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.inference.packs.study_manifests import npz


def knowing(means: Mapping[tuple[str, int], float], spread: float = 1.0) -> dict[str, Any]:
    """Arguments of ``write_tiny_pack``: a cloud about each mean, by treatment and fold, of 1000 patients.

    A tiny classifier's embedding is one number: the mean of its input.
    """
    entries, arrays = [], {}
    for (treatment, fold), mean in means.items():
        name = f"{treatment}_{fold}"
        entry = {"array": name, "phase": None, "fold": fold, "treatment": treatment, "left_out": True}
        entries.append({**entry, "length": 1, "patients": 1000})
        arrays |= {f"{name}/mean": np.array([mean]), f"{name}/covariance": np.array([[spread**2]])}
    return {
        "schema_version": 2,
        "reference": {"file": "reference.npz", "features": entries},
        "networks": {"reference.npz": npz(arrays)},
    }


def knowing_all(spread: float, *, folds: int = 2, **means: float) -> dict[str, Any]:
    """The same mean in all folds of a treatment."""
    return knowing({(name, fold): mean for name, mean in means.items() for fold in range(folds)}, spread)
