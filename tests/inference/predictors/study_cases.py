"""Hand-made CT packs whose networks are functions, and a scan of a bright box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import load_form, parse_value
from inference.geometry import Geometry
from inference.jobs import ShouldStop, never_stop, stop_if_asked
from inference.packs.load import LoadedPack
from inference.packs.manifest import Manifest
from inference.predictors.image_features import ImageFeatures
from inference.predictors.phase_input import PhaseScan
from inference.volume import Volume
from tests.inference.packs.study_manifests import LENGTH, SIDE, STUDIES

SHAPE = (9, 40, 40)
MAP = 4
BOX = {"step": "crop_box", "margin_mm": 2.0, "to_square": True}
LINEAR_GRID = {
    "step": "resample",
    "pixel_spacing_mm": 1.0,
    "slice_spacing_mm": None,
    "interpolation": "linear",
}


class FakeNetwork:
    """Runs ``answer`` and counts how often; its outputs are by name."""

    def __init__(self, answer: Callable[[np.ndarray], Mapping[str, np.ndarray]]) -> None:
        self.answer, self.runs = answer, 0

    def run(self, given: np.ndarray, *, should_stop: ShouldStop = never_stop) -> Mapping[str, np.ndarray]:
        stop_if_asked(should_stop)
        self.runs += 1
        return self.answer(given)


def classifier(score: float) -> FakeNetwork:
    """Scores every patient alike; slice k lights up the map's row k mod 4, later slices more."""

    def answer(given: np.ndarray) -> Mapping[str, np.ndarray]:
        count = len(given)
        activation = np.zeros((count, 8, MAP, MAP), np.float32)
        for k in range(count):
            activation[k, :, k % MAP] = k + 1
        gradient = np.ones_like(activation)
        return {"score": np.full((1, 1), score, np.float32), "activation": activation, "gradient": gradient}

    return FakeNetwork(answer)


def encoder() -> FakeNetwork:
    """An embedding of each picture: its mean, times 1 to 6."""

    def answer(given: np.ndarray) -> Mapping[str, np.ndarray]:
        means = given.mean(axis=(1, 2, 3))
        return {"embedding": means[:, None] * np.arange(1, LENGTH + 1, dtype=np.float32)}

    return FakeNetwork(answer)


def document(study: str) -> dict[str, Any]:
    """The study's manifest in small, with steps that the board knows."""
    made = STUDIES[study]()
    window = {"step": "window", "lower_hu": -115.0, "upper_hu": 235.0, "low": 0.0, "high": 1.0}
    grid = {**LINEAR_GRID, "slice_spacing_mm": 1.0, "interpolation": "cubic"}
    size = {"step": "resize", "rows": SIDE, "columns": SIDE}
    every = {"step": "select_slices", "choice": "all", "neighbours": 0}
    for phase in made["phases"]:
        if study == "lagc-response":
            select = {"step": "select_slices", "choice": "largest", "neighbours": 1}
            phase["steps"] = [select, LINEAR_GRID, window, BOX, size]
        elif study == "gnen-os":
            select = {"step": "select_slices", "choice": "largest", "neighbours": 0}
            square = {"step": "crop_fixed", "side_mm": float(SIDE), "surroundings": "kept"}
            flat = {**grid, "slice_spacing_mm": None}
            phase["steps"] = [select, window, flat, square, size]
        elif study == "gc-recurrence":
            phase["steps"] = [BOX, window, grid, {**every, "neighbours": 1}, size]
        else:
            phase["steps"] = [window, grid, {**BOX, "to_square": False}, every, size]
    return made


def staged_recurrence(name: str, *more: dict[str, Any]) -> dict[str, Any]:
    """A pack of gastric recurrence whose logistic ``name`` reads the stages and what was done before."""
    made = document("gc-recurrence")
    made["scores"].append({**made["scores"][0], "name": name, "source": "linear_model"})
    terms = [
        {"kind": "level", "field": field, "levels": [level], "coefficient": coefficient}
        for field, level, coefficient in (
            ("ptnm_stage", "III", 1.5),
            ("yptnm_stage", "III", 1.5),
            ("preoperative_chemotherapy", "yes", -0.25),
        )
    ]
    model = {"family": "logistic", "terms": [*more, *terms], "intercept": -1.0, "baseline": []}
    made["linear_models"] = [{"name": name, **model}]
    return made


def opened(made: dict[str, Any], networks: Mapping[str, FakeNetwork] | None = None) -> LoadedPack:
    """A pack of nothing but its manifest; networks that a test does not name answer 0.5, or embed."""
    manifest = Manifest.model_validate(made)
    fakes: dict[str, Any] = {
        entry.file: encoder() if entry.role == "encoder" else classifier(0.5) for entry in manifest.networks
    }
    return LoadedPack(
        manifest, Path("/nowhere"), manifest.sha256(), threads=1, _networks={**fakes, **(networks or {})}
    )


def scan(brightness: float = 100, shift: int = 0) -> PhaseScan:
    """1 mm voxels, slices 2 mm apart; a box of 4 slices × 10 × 18 voxels that is the tumour."""
    mask = np.zeros(SHAPE, np.bool_)
    mask[2 + shift : 6 + shift, 12:22, 12:30] = True
    voxels = np.full(SHAPE, -20, np.int16)
    voxels[mask] = brightness
    geometry = Geometry.from_axes(
        origin_lps_mm=(-20, -20, 0),
        slice_step_mm=(0, 0, 2),
        row_step_mm=(0, 1, 0),
        column_step_mm=(1, 0, 0),
        shape=SHAPE,
    )
    return PhaseScan(Volume(voxels, np.ones(SHAPE[0]), np.zeros(SHAPE[0]), geometry), mask)


def features(*, folds: tuple[float, ...] = (), embedding: np.ndarray | None = None) -> ImageFeatures:
    """What networks would have read."""
    embeddings = {} if embedding is None else {None: np.asarray(embedding, np.float64)}
    return ImageFeatures(folds, embeddings, None, (3,), scan().volume.geometry)


def record(study: str, **values: object) -> ClinicalRecord:
    """The study's form with some of its fields filled in."""
    form = load_form(study)
    made = form.empty_record()
    for field, value in values.items():
        made = made.with_value(parse_value(form.field(field), str(value)))
    return made
