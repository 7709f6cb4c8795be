"""A small run of ``npc-residual`` made by hand."""

import csv
import json

import numpy as np

from inference.statistics.discrimination.delong import auc

CLASSIFIERS = ("efficientnet_b0", "xception")
PATIENTS = 40


def npc_run(folder, *, patient_unit=2.0, image_unit=0.6, epoch_gain=0.05):
    """Two classifiers of the four; the units' strength of signal can be set."""
    folder.mkdir(parents=True, exist_ok=True)
    treatments = {name: _treatment(folder, name, patient_unit, image_unit) for name in ("ccrt", "ic_ccrt")}
    document = {
        "study": "npc-residual",
        "synthetic": True,
        "published": "Hua et al. 2023",
        "segmentation": {
            "chosen": "deeplabv3",
            "test_patients": 16,
            "test_slices": 96,
            "dice": {
                "unet": {"value": 0.701, "lower": 0.66, "upper": 0.74, "published": [0.69, 0.675, 0.703]},
                "deeplabv3": {
                    "value": 0.745,
                    "lower": 0.7,
                    "upper": 0.78,
                    "published": [0.752, 0.736, 0.768],
                },
            },
        },
        "treatments": treatments,
        "classifier": {"chosen": "xception"},
        "decisions": {
            "patients": 85,
            "model": _judged(50, 0.84) | {"published": {"rate": 0.8406}},
            "physician": _judged(30, 0.6),
        },
        "leaks": {
            "segmentation_split_by_slice": {
                "segmenter": "deeplabv3",
                "dice_other_patients": 0.745,
                "dice_same_patients": 0.803,
                "gain": 0.058,
                "test_slices_whose_patient_teaches": 0.97,
            },
            "treatments": {name: _leaks(epoch_gain) for name in treatments},
        },
    }
    (folder / "result.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def _treatment(folder, name, patient_unit, image_unit):
    rng = np.random.default_rng(len(name))
    outcome = np.arange(PATIENTS) % 3 == 0
    strengths = {f"{one}_{unit}": s for one in CLASSIFIERS for unit, s in _units(patient_unit, image_unit)}
    scores = {
        key: 1 / (1 + np.exp(-(strength * outcome + rng.standard_normal(PATIENTS))))
        for key, strength in strengths.items()
    }
    with (folder / f"scores_{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["patient", "cohort", "fold", "outcome", *(f"probability_{k}" for k in scores), "synthetic"]
        )
        for k in range(PATIENTS):
            cells = (f"{values[k]:.8f}" for values in scores.values())
            writer.writerow([f"{name}-{k}", "test", "", "yes" if outcome[k] else "no", *cells, "yes"])
    return {
        "training": {"patients": 168, "residual": 58},
        "test": {"patients": PATIENTS, "residual": 14},
        "slices": 1686,
        "models": {
            f"{one}, {unit} unit": {
                f"per {per}": {
                    "training_auc_pooled_out_of_fold": {"value": 0.8, "lower": 0.7, "upper": 0.9},
                    "test_auc": {
                        "value": auc(scores[f"{one}_{unit}"], outcome).value,
                        "lower": 0.6,
                        "upper": 0.9,
                    },
                    "published_auc": (
                        None
                        if per != unit
                        else [0.938, 0.895, 0.981]
                        if unit == "patient"
                        else [0.702, 0.64, 0.764]
                    ),
                }
                for per in (("image", "patient") if unit == "image" else ("patient",))
            }
            for one in CLASSIFIERS
            for unit in ("image", "patient")
        },
        "mean_test_auc": {
            "image": {"value": 0.72, "published": 0.728},
            "patient": {"value": 0.9, "published": 0.928},
        },
        "ceilings": {
            "generator": {"latent": 0.965, "attainable": 0.952},
            "test_patients": {"latent": 0.97, "attainable": 0.96},
        },
    }


def _units(patient_unit, image_unit):
    return (("image", image_unit), ("patient", patient_unit))


def _judged(correct, rate):
    return {
        "correct": correct,
        "wrong": 10,
        "undeterminable": 5,
        "rate": {"value": rate, "lower": 0.5, "upper": 0.9},
    }


def _leaks(gain):
    def mean(value):
        return {"mean": value, "standard_error": 0.01}

    return {
        "epoch_chosen_on_test": {
            "auc_last_epoch": 0.81,
            "auc_chosen_epoch": 0.81 + gain,
            "gain": gain,
            "epoch": 7,
            "epochs": 40,
        },
        "epoch_chosen_on_test_outcomes_dealt_out": {
            "trainings": 10,
            "auc_last_epoch": mean(0.5),
            "auc_chosen_epoch": mean(0.5 + gain),
            "gain": mean(gain),
        },
        "scores_stretched": {
            "auc": 0.81,
            "micro_average": 0.84,
            "micro_average_stretched": 0.88,
            "gain": 0.07,
            "constant_score_earns": 0.57,
        },
    }
