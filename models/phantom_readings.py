"""How much of a CT phantom's image signal a reader without a network finds.

``python -m models.phantom_readings`` prints it.  Readings of the tumour alone, on the slices that its study
shows its network, are regressed on the signal.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

from inference.meaning.opinion import Phase
from inference.statistics.outcomes import Floats
from models.phantoms.abdomen.abdomen_volume import SIZES, TUMOUR, render_slices
from models.phantoms.abdomen.largest_slice import render_largest_slice
from models.phantoms.abdomen.parameters import AbdomenCase
from models.phantoms.ct_populations import POPULATIONS

READINGS: Final = (
    "mean",
    "spread",
    "dark share",
    "bright share",
    "10th percentile",
    "90th percentile",
    "fine texture",
    "coarse texture",
    "brighter inside",
)
SIGNALS: Final = (
    ("lagc-response", Phase.PORTAL_VENOUS, "image_signal_i", True),
    ("gc-recurrence", Phase.PORTAL_VENOUS, "image_signal_i", False),
    ("pnen-recurrence", Phase.ARTERIAL, "arterial_signal_i", False),
    ("pnen-recurrence", Phase.PORTAL_VENOUS, "venous_signal_i", False),
    ("gnen-os", Phase.ARTERIAL, "arterial_signal_i", True),
    ("gnen-os", Phase.PORTAL_VENOUS, "venous_signal_i", True),
)
"""Study, phase, the patient's attribute, and whether the network sees the largest slice alone."""

_SIZE = 256
_DARK_HU, _BRIGHT_HU = 60.0, 110.0


def read_slice(plane: NDArray[np.int16], tumour: NDArray[np.bool_]) -> Floats:
    """The ``READINGS`` of a slice (row, column) in HU, inside the tumour's edge and without gas."""
    voxels = plane.astype(np.float64)
    inside = ndimage.binary_erosion(tumour) & (voxels > -20.0) & (voxels < 250.0)
    if np.count_nonzero(inside) < len(READINGS):
        inside = tumour
    weight = inside.astype(np.float64)

    def smooth(sigma: float) -> Floats:
        spread = np.maximum(ndimage.gaussian_filter(weight, sigma), 1e-3)
        return np.asarray(ndimage.gaussian_filter(voxels * weight, sigma) / spread)

    fine, coarse = smooth(0.8), smooth(2.0)
    held = fine[inside]
    depth = np.asarray(ndimage.distance_transform_edt(tumour))[inside]
    low, high = np.percentile(held, (10.0, 90.0))
    return np.array(
        [
            held.mean(),
            voxels[inside].std(),
            (held < _DARK_HU).mean(),
            (held > _BRIGHT_HU).mean(),
            low,
            high,
            (fine - coarse)[inside].std(),
            coarse[inside].std(),
            np.polyfit(depth, held, 1)[0] if np.ptp(depth) > 0 else 0.0,
        ]
    )


def read_case(case: AbdomenCase, phase: Phase, *, largest_alone: bool) -> Floats:
    """Readings of the largest slice; or means over all slices of the tumour with their trend upwards."""
    if largest_alone:
        volume, mask = render_largest_slice(case, phase, size=_SIZE)
        return read_slice(volume.voxels[0], mask[0])
    everywhere = range(case.scanner.slices)
    _, label = render_slices(case, phase, everywhere, size=SIZES[-1])
    area = np.count_nonzero(label == TUMOUR, axis=(1, 2))
    shown = [int(k) for k in np.flatnonzero(area > 0.1 * area.max())]
    voxels, label = render_slices(case, phase, shown, size=_SIZE)
    rows = np.array([read_slice(*pair) for pair in zip(voxels, label == TUMOUR, strict=True)])
    height = np.linspace(-1.0, 1.0, len(rows))
    return np.concatenate([rows.mean(axis=0), height @ (rows - rows.mean(axis=0)) / len(rows)])


def found_signal(readings: Floats, signal: Floats) -> float:
    """Correlation of the signal with a ridge regression on the ranks of the readings, out of five folds."""
    ranks = QuantileTransformer(n_quantiles=min(50, len(signal) // 2), output_distribution="normal")
    guess = cross_val_predict(make_pipeline(ranks, RidgeCV(np.logspace(-2, 3, 11))), readings, signal, cv=5)
    return float(np.corrcoef(guess, signal)[0, 1])


def measure(
    study: str, phase: Phase, attribute: str, largest_alone: bool, patients: int, seed: int
) -> tuple[float, float]:
    """Correlations with the signal: of all readings together, and of the mean brightness alone."""
    population = POPULATIONS[study]
    drawn: Sequence[Any] = population.draw_cohort("training", patients, seed)
    case_of: Callable[[Any], AbdomenCase] = population.case_of
    readings = np.array([read_case(case_of(one), phase, largest_alone=largest_alone) for one in drawn])
    signal = np.array([getattr(one, attribute) for one in drawn])
    return found_signal(readings, signal), found_signal(readings[:, :1], signal)


def main() -> None:
    """Print one line per study and phase."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=240)
    parser.add_argument("--seed", type=int, default=78)
    asked = parser.parse_args()
    for study, phase, attribute, largest_alone in SIGNALS:
        together, brightness = measure(study, phase, attribute, largest_alone, asked.patients, asked.seed)
        shown = "largest slice" if largest_alone else "all slices"
        print(f"{study:16} {phase.value:15} {shown:14} {together:.2f} (brightness alone {brightness:.2f})")


if __name__ == "__main__":
    main()
