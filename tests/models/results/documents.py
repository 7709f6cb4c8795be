"""Small runs made by hand: a document of results and tables of scores that agree with it."""

import csv
import json

import numpy as np

from inference.statistics.discrimination.concordance import concordance
from inference.statistics.discrimination.delong import auc
from inference.statistics.outcomes import SurvivalData

PATIENTS = 40


def _table(path, heads, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([heads, *rows])


def classes(models, cohorts, seed=0, *, synthetic="yes"):
    """Scores by model and cohort: ``strength`` of the outcome in them, plus noise; also the areas."""
    rng = np.random.default_rng(seed)
    rows, areas = [], {}
    for cohort in cohorts:
        outcome = np.arange(PATIENTS) % 3 == 0
        scores = {
            name: 1 / (1 + np.exp(-(strength * outcome + rng.standard_normal(PATIENTS))))
            for name, strength in models.items()
        }
        areas[cohort] = {name: auc(values, outcome).value for name, values in scores.items()}
        rows += [
            [
                f"{cohort}-{k}",
                cohort,
                str(k % 5 + 1) if cohort == "training" else "",
                "yes" if outcome[k] else "no",
                *(f"{values[k]:.8f}" for values in scores.values()),
                synthetic,
            ]
            for k in range(PATIENTS)
        ]
    heads = ["patient", "cohort", "fold", "outcome", *(f"probability_{name}" for name in models), "synthetic"]
    return heads, rows, areas


def times(models, cohorts, seed=0):
    """As :func:`classes`, for times and C-indices."""
    rng = np.random.default_rng(seed)
    rows, found = [], {}
    for cohort in cohorts:
        latent = rng.standard_normal(PATIENTS)
        data = SurvivalData(
            np.round(rng.exponential(30.0, PATIENTS) * np.exp(-latent) + 0.1, 3), rng.random(PATIENTS) < 0.7
        )
        scores = {
            name: strength * latent + rng.standard_normal(PATIENTS) for name, strength in models.items()
        }
        found[cohort] = {name: concordance(data, values).estimate.value for name, values in scores.items()}
        rows += [
            [
                f"{cohort}-{k}",
                cohort,
                "",
                f"{data.time[k]:.3f}",
                str(int(data.event[k])),
                *(f"{values[k]:.8f}" for values in scores.values()),
                "yes",
            ]
            for k in range(PATIENTS)
        ]
    heads = ["patient", "cohort", "fold", "time", "event", *(f"score_{name}" for name in models), "synthetic"]
    return heads, rows, found


def _written(folder, document):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def lagc_run(folder, *, dl=1.5, clinical=0.2):
    """A run of ``lagc-response``."""
    heads, rows, areas = classes(
        {"dl": dl, "clinical": clinical, "dlcs": dl}, ("training", "internal", "external")
    )
    _table(folder / "scores.csv", heads, rows)
    os_heads, os_rows, c_indices = times({"os": 0.8}, ("training", "test"))
    _table(folder / "scores_os.csv", os_heads, os_rows)
    published = {"training": {"dl": 0.91, "clinical": 0.62, "dlcs": 0.92}, "external": {"dlcs": 0.82}}
    return _written(
        folder,
        {
            "study": "lagc-response",
            "synthetic": True,
            "response": {
                cohort: {
                    "patients": PATIENTS,
                    "good_responders": 14,
                    "models": {
                        name: {
                            "auc": value,
                            "auc_ci": [value - 0.1, value + 0.1],
                            "ceiling": 0.88,
                            "published": published.get(cohort, {}).get(name),
                        }
                        for name, value in own.items()
                    },
                }
                for cohort, own in areas.items()
            },
            "os": {
                "parts": {
                    cohort: {
                        "patients": PATIENTS,
                        "deaths": 28,
                        "c_index": own["os"],
                        "c_index_ci": None,
                        "integrated_auc": 0.6,
                        "published": {"c_index": 0.64},
                    }
                    for cohort, own in c_indices.items()
                },
                "ceiling": 0.643,
                "hazard_ratio_per_sd": {"dl_signature": 0.871, "cea_positive": 1.2},
                "published_hazard_ratio_per_sd": {"dl_signature": 0.828},
            },
            "minutes": 12.4,
        },
    )


def gnen_run(folder):
    """A run of ``gnen-os``."""
    heads, rows, found = times({"combined": 1.5, "dl": 0.7, "clinical": 0.3}, ("training", "external"))
    _table(folder / "scores.csv", heads, rows)
    return _written(
        folder,
        {
            "study": "gnen-os",
            "synthetic": True,
            "cohorts": {
                cohort: {
                    "patients": PATIENTS,
                    "deaths": 28,
                    "models": {
                        name: {
                            "c_index": value,
                            "c_index_ci": [value - 0.1, value + 0.1],
                            "ceiling": 0.79,
                            "published": {"combined": 0.71, "dl": 0.65, "clinical": 0.66}[name],
                            "hazard_ratio_high_v_low": 2.5,
                        }
                        for name, value in own.items()
                    },
                }
                for cohort, own in found.items()
            },
            "apparent_c_index": {"combined": {"c_index": 0.861}},
        },
    )


def gc_run(folder):
    """A run of ``gc-recurrence``."""
    heads, rows, areas = classes({"dlfs": 2.5, "dls": 2.0, "clis": 0.0}, ("training", "internal", "external"))
    _table(folder / "scores.csv", heads, rows)
    published = {"dlfs": 0.859, "dls": 0.808, "clis": 0.637}
    return _written(
        folder,
        {
            "study": "gc-recurrence",
            "synthetic": True,
            "cohorts": {
                cohort: {
                    "patients": PATIENTS,
                    "relapses": 14,
                    "models": {
                        name: {
                            "auc": value,
                            "auc_ci": [value - 0.1, value + 0.1],
                            "ceiling": 0.88,
                            "published": published[name],
                            "sensitivity": 0.7,
                            "specificity": 0.8,
                            "published_sensitivity": 0.722 if name == "dlfs" else None,
                            "overall_survival": {"hazard_ratio_ci": [1.5, 3.4], "logrank_p": 0.012},
                            "hazard_ratio_high_v_low": 2.25 if name == "dlfs" else None,
                            "published_hazard_ratio": 2.244 if name == "dlfs" else None,
                        }
                        for name, value in own.items()
                    },
                    "dlfs_by_chemotherapy": {
                        "postoperative_chemotherapy: yes": {
                            "patients": 20,
                            "relapses": 7,
                            "auc": 0.811,
                            "auc_ci": [0.7, 0.9],
                        }
                    },
                }
                for cohort, own in areas.items()
            },
            "published_dlfs_by_chemotherapy": [0.829, 0.889],
        },
    )


def pnen_run(folder, *, arterial=2.0, venous=0.0, synthetic="yes"):
    """A run of ``pnen-recurrence``."""
    heads, rows, areas = classes(
        {"dlr_a": arterial, "dlr_v": venous, "ct_findings": 0.1},
        ("training", "external"),
        synthetic=synthetic,
    )
    _table(folder / "scores.csv", heads, rows)
    return _written(
        folder,
        {
            "study": "pnen-recurrence",
            "cohorts": {
                cohort: {
                    "patients": 56,
                    "with_class": PATIENTS,
                    "recurrences": 14,
                    "models": {
                        name: {
                            "auc": {"value": value, "lower": value - 0.2, "upper": min(1.0, value + 0.1)},
                            "published_auc": {"dlr_a": 0.8, "dlr_v": 0.58, "ct_findings": 0.53}[name],
                        }
                        for name, value in own.items()
                    },
                }
                for cohort, own in areas.items()
            },
            "ceilings": {
                cohort: {
                    "population": {
                        "arterial": 0.861,
                        "venous": 0.628,
                        "form": 0.69,
                        "arterial_and_form": 0.863,
                    },
                    "these_patients": {"attainable_recurrence_arterial": 0.917},
                }
                for cohort in areas
            },
            "segmenter_validation_dice": {"segmenter 0": 0.904},
            "risk_groups": {"cutoff": 0.3, "external": {"high": 8, "low": 10, "logrank_p": 0.021}},
            "published": {"source": "Song et al. 2021", "delong_p": {"dlr_a v dlr_v": 0.0632}},
            "minutes": 17.2,
        },
    )
