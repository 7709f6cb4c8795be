"""Groups of ``gc-recurrence``: overall survival at high and low risk, and discrimination by chemotherapy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from inference.statistics.design import Design, Numeric
from inference.statistics.discrimination.delong import auc
from inference.statistics.outcomes import Bools, Floats
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.cox import fit_cox
from inference.statistics.survival.kaplan_meier import kaplan_meier
from inference.statistics.survival.logrank import logrank
from models.studies.gc_recurrence_samples import GcSamples

CHEMOTHERAPY: Final = ("preoperative_chemotherapy", "postoperative_chemotherapy")


def risk_groups(cohort: GcSamples, is_high: Bools, months: Sequence[float]) -> dict[str, Any]:
    """Kaplan-Meier survival of both groups at ``months``, log-rank P, hazard ratio of death, high v low.

    A hazard ratio is None where there are no deaths or one group only.
    """
    high = is_high[cohort.has_follow_up]
    found: dict[str, Any] = {"hazard_ratio": None, "hazard_ratio_ci": None, "logrank_p": None}
    for name, members in (("high", high), ("low", ~high)):
        rows = np.flatnonzero(members)
        found[name] = {"patients": len(rows)}
        if len(rows):
            curve = kaplan_meier(cohort.survival.rows(rows))
            survival = curve.at(months)
            found[name] |= {
                "deaths": curve.events,
                "survival": {f"{at:g}": float(s) for at, s in zip(months, survival.survival, strict=True)},
            }
    if high.all() or not high.any():
        return found
    test = logrank(cohort.survival, ["high" if one else "low" for one in high])
    fit = fit_cox(cohort.survival, Design(high[:, None].astype(np.float64), (Numeric("high_risk"),)))
    ratio = fit if isinstance(fit, NotEstimable) else fit.hazard_ratio("high_risk")
    if not isinstance(test, NotEstimable):
        found["logrank_p"] = test.p_value
    if not isinstance(ratio, NotEstimable):
        found |= {"hazard_ratio": ratio.value, "hazard_ratio_ci": ratio.interval}
    return found


def chemotherapy_groups(cohort: GcSamples, scores: Floats) -> dict[str, Any]:
    """AUC among those with and those without chemotherapy; None where all or none relapsed."""
    found = {}
    for factor in CHEMOTHERAPY:
        for answer in ("no", "yes"):
            members = np.array([value == answer for value in cohort.factors[factor]])
            relapse = cohort.relapse[members]
            both = relapse.any() and not relapse.all()
            area = auc(scores[members], relapse) if both else None
            found[f"{factor}: {answer}"] = {
                "patients": int(members.sum()),
                "relapses": int(relapse.sum()),
                "auc": None if area is None else area.value,
                "auc_ci": None if area is None else area.interval(),
            }
    return found
