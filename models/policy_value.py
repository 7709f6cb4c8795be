"""What a policy would have brought about, from both potential outcomes, which only phantoms have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.phantoms.npc_outcome import latent_risk
from models.phantoms.npc_population import NpcPatient, Regimen

REGIMEN_FOR_IBT: Regimen = "ic_ccrt"
"""Individual-based treatment has no outcome in the generator: counted as the more intensive of the two."""

RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """Mean risk of residual tumour with its 95 % bootstrap interval, and the shares that went wrong.

    Over-treated: IC + CCRT where CCRT alone would leave no residual tumour.  Under-treated: CCRT, with
    residual tumour, where IC + CCRT would have left none.
    """

    risk: float
    low: float
    high: float
    ic_ccrt: float
    over_treated: float
    under_treated: float


def policy_value(
    patients: Sequence[NpcPatient], given: Sequence[Regimen], rng: np.random.Generator
) -> PolicyValue:
    """Value of giving patient k ``given[k]``; risks are the generator's own, not drawn outcomes."""
    takes_ic = np.array([regimen == "ic_ccrt" for regimen in given])
    risks = np.where(takes_ic, _risks(patients, "ic_ccrt"), _risks(patients, "ccrt"))
    residual_ccrt = np.array([patient.residual_ccrt for patient in patients])
    residual_ic = np.array([patient.residual_ic_ccrt for patient in patients])
    drawn = rng.integers(0, len(risks), (RESAMPLES, len(risks)))
    low, high = np.percentile(risks[drawn].mean(axis=1), (2.5, 97.5))
    return PolicyValue(
        risk=float(risks.mean()),
        low=float(low),
        high=float(high),
        ic_ccrt=float(takes_ic.mean()),
        over_treated=float((takes_ic & ~residual_ccrt).mean()),
        under_treated=float((~takes_ic & residual_ccrt & ~residual_ic).mean()),
    )


def lowest_risk(patients: Sequence[NpcPatient]) -> list[Regimen]:
    """What somebody who knew the latents would give for the lowest risk."""
    better = _risks(patients, "ic_ccrt") < _risks(patients, "ccrt")
    return ["ic_ccrt" if prefers else "ccrt" for prefers in better]


def regimen_of(recommended: str | None, patient: NpcPatient) -> Regimen:
    """The regimen that follows a recommendation; without one the patient is treated as it was."""
    if recommended is None:
        return patient.regimen
    if recommended == "ibt":
        return REGIMEN_FOR_IBT
    return "ccrt" if recommended == "ccrt" else "ic_ccrt"


def _risks(patients: Sequence[NpcPatient], regimen: Regimen) -> NDArray[np.float64]:
    s = np.array([patient.latent_s for patient in patients])
    b = np.array([patient.ic_sensitivity_b for patient in patients])
    return latent_risk(regimen, s, b)
