"""``lagc-response`` on the page: what treating by the predicted response would bring to phantoms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from inference.evaluation.predictions import Predictions
from models.lagc_policy_value import (
    HORIZON_MONTHS,
    Interval,
    Treatment,
    by_response,
    by_stage,
    longest_survival,
    survival_value,
)
from models.markdown import table
from models.phantoms.ct_population import patient_identifier
from models.phantoms.lagc_population import COHORT_SIZES, LagcPatient, draw_cohort
from models.policy_value import RESAMPLES
from models.results.markdown import percent

SEED: Final = 0
"""Of the bootstrap."""

_IDENTIFIER: Final = re.compile(r"LAGC-\d(?P<index>\d{5})(-S(?P<seed>\d+))?")
_HELD_BACK: Final = ("internal", "external")


def lagc_policies(predictions: Predictions, model: str, cutoffs: Mapping[str, float]) -> str:
    """Policies by cohort; ``cutoffs`` are those locked in training.  Empty where nothing can be drawn again.

    Latents and survivals are drawn anew from the phantoms' identifiers, and the model's scores are read from
    its table.
    """
    parts = []
    for cohort in (name for name in _HELD_BACK if name in cutoffs):
        rows = predictions.rows_of(cohort)
        names = [name for name, chosen in zip(predictions.patients, rows, strict=True) if chosen]
        patients = phantoms_again(names, cohort)
        if patients:
            scores = next(one for one in predictions.models if one.name == model).scores[rows].tolist()
            parts.append(_cohort(cohort, patients, scores, cutoffs[cohort]))
    return "\n\n".join([_CAPTION, *parts]) if parts else ""


def phantoms_again(names: Sequence[str], cohort: str) -> tuple[LagcPatient, ...]:
    """The phantoms behind identifiers; empty where one is not the generator's."""
    found = [_IDENTIFIER.fullmatch(name) for name in names]
    if cohort not in COHORT_SIZES or not all(found):
        return ()
    addresses = [(int(one["index"]), int(one["seed"] or 0)) for one in found if one is not None]
    if any(
        patient_identifier("LAGC", cohort, seed, index) != name
        for (index, seed), name in zip(addresses, names, strict=True)
    ):
        return ()
    drawn = {
        seed: draw_cohort(cohort, 1 + max(index for index, other in addresses if other == seed), seed)
        for seed in {seed for _, seed in addresses}
    }
    return tuple(drawn[seed][index] for index, seed in addresses)


_CAPTION: Final = (
    f"**Policies, on synthetic phantoms.** Months lived within {HORIZON_MONTHS:.0f}, had every phantom been "
    f"treated by the policy, from the generator's two potential survivals, with bootstrap intervals "
    f"({RESAMPLES} resamples); the difference to NCT for everybody is paired. Survival after upfront surgery "
    f"is **invented**: nobody in the paper was operated upfront, and this project chose that the least "
    f"sensitive would live longer without NCT. The table shows how policies are valued, and nothing "
    f"about patients. By stage is a simulated physician: NCT at cT3 or cT4 or with nodes. Under the cautious "
    f"rules a poor response is no argument against NCT: they treat as NCT for everybody does."
)


def _cohort(cohort: str, patients: Sequence[LagcPatient], scores: Sequence[float], cutoff: float) -> str:
    policies: dict[str, list[Treatment]] = {
        "NCT for everybody": ["nct" for _ in patients],
        "upfront surgery for everybody": ["upfront" for _ in patients],
        "by stage, simulated physician": by_stage(patients),
        "NCT for predicted good responders": by_response(scores, cutoff),
        "longest survival, latents known": longest_survival(patients),
    }
    rows = []
    for name, given in policies.items():
        value = survival_value(patients, given, np.random.default_rng(SEED))
        rows.append(
            [
                name,
                percent(value.nct),
                _months(value.months),
                percent(value.alive),
                "–" if value.nct == 1.0 else _months(value.against_nct, signed=True),
            ]
        )
    months = f"months of {HORIZON_MONTHS:.0f}"
    heads = [
        f"policy, {cohort} ({len(patients)} phantoms)",
        "NCT",
        months,
        "alive then",
        "against NCT for all",
    ]
    return table(heads, rows)


def _months(value: Interval, *, signed: bool = False) -> str:
    style = "+.2f" if signed else ".2f"
    shown = (f"{part:{style}}".replace("-", "−") for part in (value.mean, value.low, value.high))
    return "{} ({} to {})".format(*shown)
