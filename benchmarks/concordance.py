"""Harrell's C beside lifelines: ``python -m benchmarks.concordance``.

Prints the median seconds of a C-index with its standard error here and of the bare C-index of lifelines on
the same drawn patients, whether the two values agree, and the seconds of 1 000 bootstrap resamples of 1 000
patients.  Times are drawn without ties, where both count the same pairs.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from lifelines.utils import concordance_index

from inference.statistics.discrimination.concordance import concordance
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.reasons import NotEstimable
from inference.statistics.resampling.bootstrap import Answer, bootstrap
from inference.statistics.resampling.patients import Rows

_SIZES = (1_000, 10_000, 100_000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.concordance", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args(arguments).rounds
    for count in _SIZES:
        print(compared(count, rounds))
    data, scores = patients(1_000)
    taken = _seconds(lambda: resampled(data, scores), 1)
    print(f"1 000 resamples of 1 000 patients: {taken:.1f} s")
    return 0


def compared(count: int, rounds: int) -> str:
    """One line about ``count`` patients."""
    data, scores = patients(count)
    ours = concordance(data, scores)
    theirs = concordance_index(data.time, -scores, data.event)
    agree = not isinstance(ours, NotEstimable) and abs(ours.estimate.value - theirs) < 1e-12
    here = _seconds(lambda: concordance(data, scores), rounds)
    there = _seconds(lambda: concordance_index(data.time, -scores, data.event), rounds)
    return (
        f"{count} patients: {here:.4f} s with standard error, lifelines {there:.4f} s without; "
        f"they {'agree' if agree else 'DISAGREE'}"
    )


def patients(count: int) -> tuple[SurvivalData, Floats]:
    """Drawn patients, about a third censored, and scores of two digits."""
    generator = np.random.default_rng(1)
    risk = generator.normal(size=count)
    time_of_event, time_of_censoring = generator.exponential((np.exp(-risk), np.full(count, 2.0)))
    data = SurvivalData(np.minimum(time_of_event, time_of_censoring), time_of_event <= time_of_censoring)
    return data, np.round(risk, 2)


def resampled(data: SurvivalData, scores: Floats) -> object:
    """C with the interval of 1 000 bootstrap resamples."""

    def c(rows: Rows) -> Answer:
        result = concordance(data.rows(rows), scores[rows])
        return result if isinstance(result, NotEstimable) else result.estimate

    return bootstrap(len(data), c, generator=np.random.default_rng(2), draws=1_000)


def _seconds(call: Callable[[], object], rounds: int) -> float:
    walls = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        walls.append(time.perf_counter() - started)
    return statistics.median(walls)


if __name__ == "__main__":
    sys.exit(main())
