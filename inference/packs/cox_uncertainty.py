"""How sure a Cox model's survival is at some times: what a pack says so that an interval can be given.

Stated at the study's horizons alone, and as averages over everybody who died until then: month by month the
means of those at risk would end in the values of the last patient.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from pydantic import Field, model_validator

from inference.packs.part import Part

_ROUNDING: Final = 1e-9


class TimeUncertainty(Part):
    """Of the cumulative hazard H until one time.

    ``log_hazard_variance`` is the variance of log H for a patient whose terms are ``mean_terms``: the deaths'
    own chance, with nothing of the coefficients.  ``mean_terms`` are the means of the terms among those at
    risk, averaged over the deaths until then by the hazard of each.
    """

    time_months: float = Field(gt=0)
    log_hazard_variance: float = Field(ge=0)
    mean_terms: tuple[float, ...] = Field(min_length=1)


class CoxUncertainty(Part):
    """What the interval of a predicted survival needs, in the order and scaling of the model's terms.

    ``covariance`` is that of the coefficients.  For terms z and d = z − ``mean_terms``, Var log H(t|z) =
    ``log_hazard_variance`` + d′ · ``covariance`` · d, which is the variance of R's ``survfit.coxph``.
    Source: Tsiatis, Ann Stat 1981; 9: 93–108; Therneau and Grambsch, Modeling Survival Data, 2000, §10.2.
    """

    covariance: tuple[tuple[float, ...], ...] = Field(min_length=1)
    times: tuple[TimeUncertainty, ...] = Field(min_length=1)

    @property
    def size(self) -> int:
        """How many terms it is of."""
        return len(self.covariance)

    @model_validator(mode="after")
    def _is_a_covariance_at_times(self) -> CoxUncertainty:
        if any(len(row) != self.size for row in self.covariance):
            raise ValueError("a covariance is square")
        if not _is_symmetric_and_non_negative(self.covariance):
            raise ValueError("a covariance is symmetric and has no negative variance")
        if any(len(one.mean_terms) != self.size for one in self.times):
            raise ValueError("there is a mean for each term")
        if any(a.time_months >= b.time_months for a, b in pairwise(self.times)):
            raise ValueError("times rise")
        return self


def _is_symmetric_and_non_negative(rows: tuple[tuple[float, ...], ...]) -> bool:
    import numpy as np

    matrix = np.array(rows)
    largest = np.abs(matrix).max()
    if np.abs(matrix - matrix.T).max() > _ROUNDING * largest:
        return False
    return bool(np.linalg.eigvalsh(matrix).min() >= -_ROUNDING * largest)
