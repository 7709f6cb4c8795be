"""``python -m tools.example_predictions``: the synthetic tables that show ``main.py evaluate``.

Nobody in these tables exists.  The scores are better in training than elsewhere, as they tend to be, and too
sure of themselves in the external cohort, so that the report has something to show.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inference.storage import write_atomically

FOLDER = Path(__file__).resolve().parents[1] / "inference" / "evaluation" / "examples"
SEED = 20261128
COHORTS = {"training": 150, "internal": 80, "external": 70}
HORIZONS_MONTHS = (36, 60)
_NOISE = {"training": 0.6, "internal": 0.9, "external": 1.2}
_BASELINE_HAZARD = 0.011


def binary_table(seed: int = SEED) -> str:
    """Good response to neoadjuvant treatment under three models, with four clinical columns."""
    draw = np.random.default_rng([seed, 1])
    header = [
        "patient",
        "cohort",
        "outcome",
        "probability_image",
        "probability_clinical",
        "probability_fusion",
    ]
    rows: list[list[str]] = [[*header, "age", "sex", "clinical_t", "cea_ng_ml", "synthetic"]]
    for cohort, count in COHORTS.items():
        for _ in range(count):
            signal, clinical = draw.normal(size=2)
            outcome = draw.random() < _sigmoid(-1.2 + 1.3 * signal + 0.5 * clinical)
            seen = signal + _NOISE[cohort] * draw.normal()
            sure = 1.5 if cohort == "external" else 1.0
            image = _sigmoid(sure * (-1.2 + 1.1 * seen))
            fusion = _sigmoid(sure * (-1.2 + 1.1 * seen + 0.5 * clinical))
            stage = f"cT{int(np.clip(round(3 - 0.5 * clinical + 0.5 * draw.normal()), 1, 4))}"
            cea = "" if draw.random() < 0.06 else f"{np.exp(1.2 - 0.3 * clinical + 0.7 * draw.normal()):.1f}"
            shares = [_share(p) for p in (image, _sigmoid(-1.2 + 0.5 * clinical), fusion)]
            rows.append(
                [
                    f"S{len(rows):04d}",
                    cohort,
                    "yes" if outcome else "no",
                    *shares,
                    str(int(np.clip(draw.normal(61, 10), 24, 88))),
                    str(draw.choice(["female", "male"], p=[0.32, 0.68])),
                    stage,
                    cea,
                    "yes",
                ]
            )
    return _csv(rows)


def survival_table(seed: int = SEED) -> str:
    """Overall survival in months under two models, with predicted survival at three and five years."""
    draw = np.random.default_rng([seed, 2])
    names = ("combined", "clinical")
    header = ["patient", "cohort", "time", "event", *(f"score_{name}" for name in names)]
    header += [f"survival_{months}_{name}" for name in names for months in HORIZONS_MONTHS]
    rows: list[list[str]] = [[*header, "age", "sex", "grade", "diameter_mm", "synthetic"]]
    for cohort, count in COHORTS.items():
        for _ in range(count):
            signal, clinical = draw.normal(size=2)
            hazard = _BASELINE_HAZARD * np.exp(0.9 * signal + 0.6 * clinical)
            death = draw.exponential(1 / hazard)
            end = draw.uniform(18, 96)
            seen = signal + _NOISE[cohort] * draw.normal()
            scores = {"combined": 0.7 * seen + 0.6 * clinical, "clinical": 0.6 * clinical}
            survival = [
                _share(np.exp(-_BASELINE_HAZARD * months * np.exp(scores[name])))
                for name in names
                for months in HORIZONS_MONTHS
            ]
            rows.append(
                [
                    f"S{len(rows):04d}",
                    cohort,
                    f"{max(min(death, end), 0.1):.1f}",
                    "1" if death <= end else "0",
                    *(f"{scores[name]:.4f}" for name in names),
                    *survival,
                    str(int(np.clip(draw.normal(58, 11), 20, 88))),
                    str(draw.choice(["female", "male"], p=[0.4, 0.6])),
                    f"G{int(np.clip(round(2 + 0.6 * clinical), 1, 3))}",
                    f"{np.clip(np.exp(3.2 + 0.4 * clinical + 0.4 * draw.normal()), 5, 140):.0f}",
                    "yes",
                ]
            )
    return _csv(rows)


TABLES = {"binary.csv": binary_table, "survival.csv": survival_table}


def _sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


def _share(value: float) -> str:
    """Four decimals, never a certain 0 or 1."""
    return f"{np.clip(value, 1e-4, 1 - 1e-4):.4f}"


def _csv(rows: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def main() -> int:
    """Write both tables."""
    for name, table in TABLES.items():
        write_atomically(FOLDER / name, table().encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
