"""Manifests of the four CT studies in small: what each of them must be able to say."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

SIDE = 16
LENGTH = 6

RESAMPLE = {"step": "resample", "pixel_spacing_mm": 1.0, "slice_spacing_mm": 1.0, "interpolation": "cubic"}
WINDOW = {"step": "window", "lower_hu": -115.0, "upper_hu": 235.0, "low": 0.0, "high": 1.0}
RESIZE = {"step": "resize", "rows": SIDE, "columns": SIDE}


def network(role: str, file: str, channels: int = 1, **changes: Any) -> dict[str, Any]:
    """The entry of a network whose images are 16 × 16."""
    shapes: dict[str, list[int | None]]
    if role == "encoder":
        shapes = {"image": [None, channels, SIDE, SIDE], "embedding": [None, LENGTH]}
    else:
        maps = [None, 8, 4, 4]
        shapes = {
            "image": [None, channels, SIDE, SIDE],
            "score": [None, 1],
            "activation": maps,
            "gradient": maps,
        }
    tensors = [{"name": name, "shape": shape} for name, shape in shapes.items()]
    return {
        "role": role,
        "architecture": "tiny",
        "treatment": None,
        "fold": None,
        "file": file,
        "inputs": tensors[:1],
        "outputs": tensors[1:],
        **changes,
    }


def phase(name: str, neighbours: int, *steps: dict[str, Any], is_required: bool = True) -> dict[str, Any]:
    """One phase whose last steps choose slices and resize."""
    selected = {"step": "select_slices", "choice": "largest", "neighbours": neighbours}
    return {"phase": name, "is_required": is_required, "steps": [*steps, selected, RESIZE]}


def score(name: str, source: str, scale: str = "probability", higher_is: str = "worse") -> dict[str, Any]:
    """A score and its direction."""
    return {
        "name": name,
        "title": name.replace("_", " "),
        "source": source,
        "scale": scale,
        "higher_is": higher_is,
        "positive_class": "recurrence",
    }


def scaling(centre: float = 0.0, scale: float = 1.0) -> dict[str, float]:
    """Centre and scale."""
    return {"centre": centre, "scale": scale}


def features(*indices: int) -> list[dict[str, Any]]:
    """Selected features with weights that no float32 holds."""
    return [{"index": index, "scaling": scaling(0.1, 0.3), "weight": 0.1 * (index + 1)} for index in indices]


def threshold(name: str, value: float) -> dict[str, Any]:
    """A locked cut-off."""
    return {
        "score": name,
        "value": value,
        "locked_on": "out-of-fold scores of the training cohort",
        "method": "Youden",
        "borderline_margin": 0.0,
    }


def base(study: str, networks: list[dict[str, Any]], files: tuple[str, ...] = ()) -> dict[str, Any]:
    """What every CT pack says."""
    names = [entry["file"] for entry in networks]
    return {
        "schema_version": 2,
        "id": f"{study}-tiny",
        "version": "1.0.0",
        "study": study,
        "title": "Tiny",
        "intended_use": "tests",
        "not_for": "patients",
        "provenance": {
            "kind": "synthetic",
            "description": "made by a test",
            "cohort_sizes": {"training": 40},
            "events": {"training": 10},
            "seed": 1,
        },
        "inputs": {
            "modality": "CT",
            "contrast_enhanced": True,
            "plane": "axial",
            "maximum_obliquity_deg": 10.0,
            "body_parts": ["ABDOMEN"],
            "pixel_spacing_mm": {"minimum": 0.4, "maximum": 1.2},
            "slice_spacing_mm": {"minimum": 0.5, "maximum": 8.0},
            "slice_thickness_mm": {"minimum": 0.5, "maximum": 8.0},
            "field_of_view_mm": {"minimum": 200.0, "maximum": 600.0},
            "minimum_slices": 10,
            "minimum_mask_ml": 0.2,
        },
        "networks": networks,
        "treatments": [],
        "thresholds": [],
        "rules": study,
        "metrics": [],
        "limits": ["Made for tests."],
        "licence": "Apache-2.0",
        "created_with": {"seed": "1"},
        "self_test": {"file": "selftest.npz", "tolerance": 1e-4},
        "files": dict.fromkeys([*names, "selftest.npz", *files], "0" * 64),
    }


def lagc_response() -> dict[str, Any]:
    """Five folds of a classifier, a clinical and a fused logistic model, a Cox model for survival."""
    networks = [
        network("classifier", f"networks/{fold}.onnx", 3, fold=fold, unit="patient") for fold in range(5)
    ]
    document = base("lagc-response", networks, ("evaluation.json", "evaluation.pdf"))
    document["phases"] = [phase("portal_venous", 1, WINDOW)]
    document["scores"] = [
        score("dl_signature", "classifiers", higher_is="better"),
        score("clinical_signature", "linear_model", higher_is="better"),
        score("dlcs", "linear_model", higher_is="better"),
        score("overall_survival", "linear_model", "linear_predictor"),
    ]
    wide = {
        "kind": "cut",
        "field": "maximum_diameter",
        "cut": 50.0,
        "includes_cut": False,
        "coefficient": -0.7,
    }
    borrmann = {"kind": "level", "field": "borrmann", "levels": ["III", "IV"], "coefficient": -0.3}
    learned = {"kind": "score", "score": "dl_signature", "scaling": scaling(0.4, 0.2), "coefficient": 2.1}
    diameter = {
        "kind": "number",
        "field": "maximum_diameter",
        "scaling": scaling(48.0, 21.0),
        "coefficient": 0.124,
    }
    document["linear_models"] = [
        {
            "name": "clinical_signature",
            "family": "logistic",
            "terms": [wide, borrmann],
            "intercept": 0.2,
            "baseline": [],
        },
        {"name": "dlcs", "family": "logistic", "terms": [learned, wide], "intercept": -0.1, "baseline": []},
        {
            "name": "overall_survival",
            "family": "cox",
            "terms": [learned, diameter],
            "intercept": None,
            "baseline": [
                {"time_months": 12.0, "survival": 0.93},
                {"time_months": 24.0, "survival": 0.8},
                {"time_months": 36.0, "survival": 0.7},
            ],
        },
    ]
    document["calibrations"] = [
        {"score": "dl_signature", "intercept": -0.8, "slope": 0.9, "fitted_on": "out-of-fold scores"}
    ]
    document["score_thresholds"] = [threshold("dlcs", 0.37), threshold("overall_survival", 0.0094)]
    document["evaluation_files"] = [
        {"file": "evaluation.json", "kind": "json", "cohort": None},
        {"file": "evaluation.pdf", "kind": "pdf", "cohort": "training"},
    ]
    document["metrics"] = [
        {
            "cohort": "training",
            "treatment": None,
            "name": "auc",
            "value": 0.8,
            "low": 0.7,
            "high": 0.9,
            "note": "",
            "score": "dlcs",
        }
    ]
    return document


def gc_recurrence() -> dict[str, Any]:
    """A network that scores a patient from all slices, and quantiles of its score."""
    networks = [
        network("classifier", f"networks/{fold}.onnx", 3, fold=fold, unit="patient") for fold in range(5)
    ]
    document = base("gc-recurrence", networks, ("reference.npz",))
    whole = {"step": "select_slices", "choice": "all", "neighbours": 1}
    square = {"step": "crop_box", "margin_mm": 0.0, "to_square": True}
    document["phases"] = [
        {"phase": "portal_venous", "is_required": True, "steps": [RESAMPLE, WINDOW, square, whole, RESIZE]}
    ]
    document["scores"] = [score("dls", "classifiers")]
    document["score_thresholds"] = [threshold("dls", 0.6)]
    document["aggregation"] = {
        "method": "mean",
        "clusters": 1,
        "starts": 1,
        "seed": 0,
        "fewest_slices": 1,
    }
    document["reference"] = {
        "file": "reference.npz",
        "features": [],
        "quantiles": [
            {
                "array": "dls_relapse",
                "score": "dls",
                "cohort": "training",
                "outcome": "relapse",
                "probabilities": [0.0, 0.5, 1.0],
                "patients": 10,
            }
        ],
        "survival": [
            {
                "array": "dls_high",
                "score": "dls",
                "cohort": "training",
                "group": "high",
                "times_months": [0.0, 12.0, 24.0],
                "patients": 12,
            }
        ],
    }
    return document


def pnen_recurrence() -> dict[str, Any]:
    """An encoder per fold that serves both phases, machines per fold, clusters of slices."""
    networks = [network("encoder", f"networks/{fold}.onnx", fold=fold) for fold in range(3)]
    document = base("pnen-recurrence", networks)
    window = {**WINDOW, "lower_hu": -25.0, "upper_hu": 285.0}
    document["phases"] = [
        phase("arterial", 0, window, RESAMPLE),
        phase("portal_venous", 0, WINDOW, RESAMPLE, is_required=False),
    ]
    document["scores"] = [
        score("dlr_a", "support_vector_machines"),
        score("dlr_av", "support_vector_machines"),
    ]
    machine = {
        "embedding_length": LENGTH,
        "intercept": -0.3,
        "platt": {"slope": 1.7, "intercept": -0.4},
    }
    document["support_vector_machines"] = [
        {**machine, "name": "dlr_a", "fold": fold, "phases": ["arterial"], "features": features(0, 3, 5)}
        for fold in range(3)
    ] + [
        {
            **machine,
            "name": "dlr_av",
            "fold": fold,
            "phases": ["arterial", "portal_venous"],
            "features": features(1, LENGTH + 2),
        }
        for fold in range(3)
    ]
    document["aggregation"] = {
        "method": "largest_cluster",
        "clusters": 2,
        "starts": 10,
        "seed": 7,
        "fewest_slices": 3,
    }
    document["score_thresholds"] = [threshold("dlr_a", 0.165499)]
    return document


def gnen_os() -> dict[str, Any]:
    """One signature per phase and a Cox model that joins them with clinical values."""
    networks = [
        network("encoder", "networks/arterial.onnx", phase="arterial"),
        network("encoder", "networks/venous.onnx", phase="portal_venous"),
    ]
    document = base("gnen-os", networks, ("reference.npz",))
    fixed = {"step": "crop_fixed", "side_mm": 224.0}
    document["phases"] = [
        phase("arterial", 0, RESAMPLE, WINDOW, fixed),
        phase("portal_venous", 0, WINDOW, fixed),
    ]
    linear = "linear_predictor"
    document["scores"] = [
        score("arterial_signature", "signature", linear),
        score("venous_signature", "signature", linear),
        score("combined", "linear_model", linear),
    ]
    document["signatures"] = [
        {
            "name": "arterial_signature",
            "phase": "arterial",
            "embedding_length": LENGTH,
            "features": features(2, 4),
            "intercept": 0.0,
        },
        {
            "name": "venous_signature",
            "phase": "portal_venous",
            "embedding_length": LENGTH,
            "features": features(0),
            "intercept": 0.25,
        },
    ]
    terms = [
        {"kind": "score", "score": name, "scaling": scaling(), "coefficient": 0.9}
        for name in ("arterial_signature", "venous_signature")
    ]
    terms.append({"kind": "number", "field": "ki67", "scaling": scaling(), "coefficient": 0.02})
    terms.append({"kind": "level", "field": "m_stage", "levels": ["M1"], "coefficient": 0.6})
    document["linear_models"] = [
        {
            "name": "combined",
            "family": "cox",
            "terms": terms,
            "intercept": None,
            "baseline": [{"time_months": 36.0, "survival": 0.8}, {"time_months": 60.0, "survival": 0.7}],
        }
    ]
    document["score_thresholds"] = [threshold("combined", 0.567)]
    document["reference"] = {
        "file": "reference.npz",
        "features": [
            {"array": "arterial", "phase": "arterial", "length": LENGTH, "components": 2, "patients": 40}
        ],
        "quantiles": [],
        "survival": [],
    }
    return document


UNSURE: dict[str, Any] = {
    "covariance": [[0.04, 0.006], [0.006, 0.09]],
    "times": [
        {"time_months": 12.0, "log_hazard_variance": 0.05, "mean_terms": [0.3, -0.2]},
        {"time_months": 36.0, "log_hazard_variance": 0.02, "mean_terms": [0.25, -0.1]},
    ],
}
"""How sure the survival of ``lagc-response`` is at two of its three times."""


def unsure(document: dict[str, Any]) -> None:
    """Give the Cox model of ``lagc-response`` what its intervals need."""
    document["linear_models"][2]["uncertainty"] = copy.deepcopy(UNSURE)


def _own_copy(make: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """A document that shares nothing, so that a test may change it."""
    return lambda: copy.deepcopy(make())


STUDIES: Mapping[str, Callable[[], dict[str, Any]]] = {
    "lagc-response": _own_copy(lagc_response),
    "gc-recurrence": _own_copy(gc_recurrence),
    "pnen-recurrence": _own_copy(pnen_recurrence),
    "gnen-os": _own_copy(gnen_os),
}


def reference_arrays(study: str) -> dict[str, np.ndarray]:
    """Arrays that fit the study's reference entries."""
    if study == "gc-recurrence":
        return {
            "dls_relapse/quantiles": np.array([0.1, 0.5, 0.9]),
            "dls_high/survival": np.array([1.0, 0.8, 0.6]),
            "dls_high/low": np.array([1.0, 0.6, 0.3]),
            "dls_high/high": np.array([1.0, 0.9, 0.8]),
            "dls_high/at_risk": np.array([12.0, 9.0, 4.0]),
        }
    return {
        "arterial/mean": np.zeros(2),
        "arterial/covariance": np.array([[1.0, 0.2], [0.2, 2.0]]),
        "arterial/projection": np.ones((2, LENGTH)),
    }


def npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The bytes of an NPZ file."""
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    return stream.getvalue()
