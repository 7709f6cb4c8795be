"""How much better a model looks on the patients it was fitted to, and the performance less that."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable, Reason
from inference.statistics.resampling.bootstrap import Answer, Failures, number_of, sorted_out
from inference.statistics.resampling.patients import Rows, resample, rows_by_patient

DRAWS: Final = 200
"""Resamples wherever no number is named; each costs a fit."""

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True, eq=False)
class OptimismCorrection:
    """``apparent`` performance on the data that fitted, and ``gaps`` (m,), the optimism in each resample.

    ``failures`` lists why resamples gave no gap, with counts, most frequent first.
    """

    apparent: float
    gaps: Floats
    failures: Failures

    @property
    def optimism(self) -> float:
        """The mean gap."""
        return float(self.gaps.mean())

    @property
    def corrected(self) -> float:
        """Apparent performance less the optimism."""
        return self.apparent - self.optimism

    @property
    def simulation_error(self) -> float:
        """Standard error of ``corrected`` from drawing m resamples only; not its sampling error."""
        return float(self.gaps.std(ddof=1)) / math.sqrt(len(self.gaps))

    @property
    def draws(self) -> int:
        """Resamples drawn."""
        return len(self.gaps) + self.failed

    @property
    def failed(self) -> int:
        """Resamples that gave no gap."""
        return sum(count for _, count in self.failures)


def correct_optimism(
    count: int,
    fit: Callable[[Rows], Model | NotEstimable],
    measures: Mapping[str, Callable[[Model, Rows], Answer]],
    *,
    generator: np.random.Generator,
    draws: int = DRAWS,
    patients: Sequence[Hashable] | None = None,
) -> dict[str, OptimismCorrection | NotEstimable]:
    """Harrell's bootstrap correction of each of ``measures`` for a model that ``fit`` makes from rows.

    In each resample of patients all of ``fit`` is done anew, selection of variables and penalties too; the
    gap is the measure on the resample less the measure of the same model on the data.  A measure without
    a number on the data, or with fewer than two gaps, is not estimable; a resample in which the fit or the
    measure fails is counted with its reason.  A ``fit`` that splits its rows again must keep the copies of
    a row together, or the split leaks.

    Source: Harrell, Lee and Mark, Stat Med 1996; 15: 361–387, section 5; Efron and Gong, Am Stat 1983; 37:
    36–48.
    """
    groups = rows_by_patient(count, patients)
    everyone = np.arange(count)
    model = fit(everyone)
    if isinstance(model, NotEstimable):
        return dict.fromkeys(measures, model)
    gaps: dict[str, list[float | NotEstimable]] = {name: [] for name in measures}
    for _ in range(draws):
        rows = resample(groups, generator)
        refitted = fit(rows)
        for name, measure in measures.items():
            gaps[name].append(
                refitted
                if isinstance(refitted, NotEstimable)
                else _less(measure(refitted, rows), measure(refitted, everyone))
            )
    return {name: _correction(measure(model, everyone), gaps[name]) for name, measure in measures.items()}


def _less(one: Answer, other: Answer) -> float | NotEstimable:
    first, second = number_of(one), number_of(other)
    if isinstance(first, NotEstimable):
        return first
    return second if isinstance(second, NotEstimable) else first - second


def _correction(answer: Answer, gaps: Sequence[float | NotEstimable]) -> OptimismCorrection | NotEstimable:
    apparent = number_of(answer)
    if isinstance(apparent, NotEstimable):
        return apparent
    numbers, failures = sorted_out(gaps)
    if len(numbers) < 2:
        return NotEstimable(Reason.TOO_FEW_RESAMPLES)
    return OptimismCorrection(apparent, numbers, failures)
