"""How far a scan's features lie from those of the cohort that taught the pack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.assessment import GuardLine
from inference.findings import Verdict
from inference.messages.message import Message
from inference.packs.study_models import FeatureCloud

NAME: Final = "guard.feature_distance"
NOTED_ONCE_IN: Final = 100
"""One patient in so many of the training cohort's own kind is noted, and one in 10 000 refused."""

REFUSED_ONCE_IN: Final = 10_000


@dataclass(frozen=True, slots=True)
class FeatureDistance:
    """Squared distance, and the share of the cohort's own kind that would lie farther out."""

    squared: float
    share_beyond: float


def feature_distance(embedding: NDArray[np.floating], cloud: FeatureCloud) -> FeatureDistance:
    """Mahalanobis distance of an embedding (length,) from the cohort's cloud.

    For normal features, d(n + 1)(n - 1) / (n(n - d)) × F(d, n - d) is the law of the squared distance of a
    further patient from the mean and covariance of n patients (Hotelling 1931), d the number of axes.
    """
    values = np.asarray(embedding, dtype=np.float64)
    if cloud.projection is not None:
        values = cloud.projection @ values
    apart = values - cloud.mean
    axes, patients = len(cloud.mean), cloud.patients
    squared = float(apart @ np.linalg.pinv(cloud.covariance, hermitian=True) @ apart)
    if patients <= axes:
        return FeatureDistance(squared, float("nan"))
    scale = _scale(axes, patients)
    from scipy import special

    return FeatureDistance(squared, float(special.fdtrc(axes, patients - axes, squared / scale)))


def check_distance(embedding: NDArray[np.floating], cloud: FeatureCloud) -> GuardLine:
    """One line: noted beyond what one in a hundred reaches, refused beyond one in ten thousand.

    A cohort smaller than its axes gives no law to compare with: noted.  The line names the treatment whose
    network saw the scan, where treatments have networks of their own.
    """
    name = NAME if cloud.treatment is None else f"{NAME}.{cloud.treatment}"
    found = feature_distance(embedding, cloud)
    allowed = Message(
        "guard.allowed.feature_distance",
        {"limit": _limit(cloud), "noted": NOTED_ONCE_IN, "patients": cloud.patients},
    )
    measured = Message("guard.measured.feature_distance", {"distance": f"{found.squared**0.5:.2f}"})
    if np.isnan(found.share_beyond) or found.share_beyond >= 1 / NOTED_ONCE_IN:
        verdict = Verdict.NOTE if np.isnan(found.share_beyond) else Verdict.FINE
        return GuardLine(name, measured, allowed, verdict)
    is_far = found.share_beyond < 1 / REFUSED_ONCE_IN
    verdict = Verdict.REFUSED if is_far else Verdict.NOTE
    return GuardLine(name, measured, allowed, verdict)


def is_distance(line: GuardLine) -> bool:
    """True for a line that networks gave, whichever of them."""
    return line.name == NAME or line.name.startswith(f"{NAME}.")


def _scale(axes: int, patients: int) -> float:
    """Squared distance over what the F law takes."""
    return axes * (patients + 1) * (patients - 1) / (patients * (patients - axes))


def _limit(cloud: FeatureCloud) -> str:
    """The distance that one in a hundred exceeds, as it is printed; a dash where no law tells it."""
    axes, patients = len(cloud.mean), cloud.patients
    if patients <= axes:
        return "–"
    from scipy import special

    squared = _scale(axes, patients) * special.fdtri(axes, patients - axes, 1 - 1 / NOTED_ONCE_IN)
    return f"{squared**0.5:.2f}"
