"""A right-continuous step function: what Kaplan–Meier curves and censoring weights are read from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.outcomes import Floats


@dataclass(frozen=True, slots=True, eq=False)
class StepFunction:
    """``start`` before ``times[0]``, then ``values[i]`` from ``times[i]`` on; both (k,), times ascending."""

    times: Floats
    values: Floats
    start: float = 1.0

    def at(self, t: ArrayLike) -> Floats:
        """Values at ``t``, any shape: the step at t counts."""
        return self._read(t, "right")

    def before(self, t: ArrayLike) -> Floats:
        """Left limits f(t−), any shape: the step at t does not count."""
        return self._read(t, "left")

    def _read(self, t: ArrayLike, side: str) -> Floats:
        steps = np.searchsorted(self.times, np.asarray(t, dtype=np.float64), side=side)  # type: ignore[call-overload]
        read: Floats = np.concatenate([[self.start], self.values])[steps]
        return read
