"""Fitted numbers and reference data reach a predictor as frozen arrays, or are refused by name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inference.errors import PackError
from inference.packs.load import LoadedPack
from inference.packs.manifest import Manifest
from inference.packs.study_models import read_reference, study_models
from tests.inference.packs.study_manifests import LENGTH, STUDIES, npz, reference_arrays


def opened(study: str, folder: Path, arrays: dict[str, np.ndarray] | None = None) -> LoadedPack:
    """A pack whose reference file alone lies on disk."""
    document = STUDIES[study]()
    if arrays is not None:
        content = npz(arrays)
        (folder / "reference.npz").write_bytes(content)
        document["files"]["reference.npz"] = hashlib.sha256(content).hexdigest()
    manifest = Manifest.model_validate(document)
    return LoadedPack(manifest, folder, manifest.sha256(), threads=1)


def test_signatures_give_what_a_plain_sum_gives(tmp_path: Path) -> None:
    signature = study_models(opened("gnen-os", tmp_path)).signatures["arterial_signature"]
    embedding = np.arange(LENGTH, dtype=np.float64)
    chosen = signature.features
    fast = chosen.intercept + float(
        (chosen.weight * (embedding[chosen.index] - chosen.centre) / chosen.scale).sum()
    )
    plain = 0.3 * (2 - 0.1) / 0.3 + 0.5 * (4 - 0.1) / 0.3
    assert signature.phase == "arterial" and fast == pytest.approx(plain, rel=1e-12)


def test_machines_come_by_fold_with_their_phases(tmp_path: Path) -> None:
    models = study_models(opened("pnen-recurrence", tmp_path))
    assert [fold.fold for fold in models.machines["dlr_av"]] == [0, 1, 2]
    first = models.machines["dlr_av"][0]
    assert first.phases == ("arterial", "portal_venous") and first.features.index.tolist() == [1, LENGTH + 2]
    assert models.aggregation is not None and models.aggregation.starts == 10
    assert models.thresholds["dlr_a"].value == 0.165499


def test_arrays_cannot_be_written(tmp_path: Path) -> None:
    signature = study_models(opened("gnen-os", tmp_path)).signatures["venous_signature"]
    with pytest.raises(ValueError, match="read-only"):
        signature.features.weight[0] = 1.0


def test_a_pack_without_reference_data_has_none(tmp_path: Path) -> None:
    data = read_reference(opened("pnen-recurrence", tmp_path))
    assert (data.features, data.quantiles, data.survival) == ((), (), ())


def test_reference_data_is_read_as_stated(tmp_path: Path) -> None:
    data = read_reference(opened("gc-recurrence", tmp_path, reference_arrays("gc-recurrence")))
    (quantiles,), (curve,) = data.quantiles, data.survival
    assert quantiles.stated.probabilities == (0.0, 0.5, 1.0) and quantiles.values.tolist() == [0.1, 0.5, 0.9]
    assert curve.stated.group == "high" and curve.at_risk.tolist() == [12, 9, 4]
    (cloud,) = read_reference(opened("gnen-os", tmp_path, reference_arrays("gnen-os"))).features
    assert cloud.projection is not None and cloud.projection.shape == (2, LENGTH)


def put(name: str, value: object) -> Callable[[dict[str, np.ndarray]], None]:
    return lambda arrays: arrays.update({name: np.asarray(value)})


@pytest.mark.parametrize(
    ("study", "array", "damage"),
    [
        ("gc-recurrence", "dls_relapse/quantiles", put("dls_relapse/quantiles", [0.5, 0.1, 0.9])),
        ("gc-recurrence", "dls_relapse/quantiles", put("dls_relapse/quantiles", [0.1, 0.9])),
        ("gc-recurrence", "dls_relapse/quantiles", put("dls_relapse/quantiles", [0.1, np.nan, 0.9])),
        ("gc-recurrence", "dls_high/survival", put("dls_high/survival", [0.9, 1.0, 0.5])),
        ("gc-recurrence", "dls_high/survival", lambda arrays: arrays.pop("dls_high/survival")),
        ("gc-recurrence", "dls_high/survival", put("dls_high/survival", np.float32([1.0, 0.8, 0.6]))),
        ("gc-recurrence", "dls_high/high", put("dls_high/high", [1.0, 0.7, 0.8])),
        ("gc-recurrence", "dls_high/at_risk", put("dls_high/at_risk", [13.0, 9.0, 4.0])),
        ("gc-recurrence", "dls_high/at_risk", put("dls_high/at_risk", [12.0, 9.5, 4.0])),
        ("gc-recurrence", "patients", put("patients", np.zeros((40, 6)))),
        ("gnen-os", "arterial/covariance", put("arterial/covariance", [[1.0, 0.2], [0.3, 2.0]])),
        ("gnen-os", "arterial/covariance", put("arterial/covariance", [[1.0, 0.2], [0.2, -2.0]])),
        ("gnen-os", "arterial/projection", put("arterial/projection", np.ones((2, LENGTH + 1)))),
    ],
)
def test_arrays_that_cannot_be_what_they_are_said_to_be_are_refused(
    study: str, array: str, damage: Callable[[dict[str, np.ndarray]], None], tmp_path: Path
) -> None:
    arrays = reference_arrays(study)
    damage(arrays)
    with pytest.raises(PackError) as caught:
        read_reference(opened(study, tmp_path, arrays))
    assert caught.value.message.id == "error.pack.reference"
    assert caught.value.message.fields == {"file": "reference.npz", "array": array}
