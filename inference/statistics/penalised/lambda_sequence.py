"""Which penalties a path visits, and when it has gone far enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from inference.statistics.outcomes import Floats, finite_column
from inference.statistics.reasons import DataError, Fault

COUNT: Final = 100
"""Penalties in a sequence where none is named."""


def lambda_sequence(largest: float, rows: int, columns: int, count: int = COUNT) -> Floats:
    """``count`` penalties (count,) from ``largest`` downwards, in equal steps of their logarithm.

    The last is ``largest`` × 1e-4, or × 1e-2 where there are fewer rows than columns.  glmnet's defaults;
    like it, the step is a root with an exponent of single precision.
    """
    ratio = 1e-2 if rows < columns else 1e-4
    step = ratio ** float(np.float32(1 / (count - 1))) if count > 1 else 1.0
    sequence: Floats = largest * np.power(step, np.arange(count, dtype=np.float64))
    return sequence


def given_lambdas(lambdas: ArrayLike) -> Floats:
    """The caller's penalties, largest first.

    Raises
    ------
    DataError
        When there is none, or one is not a finite number above 0.
    """
    sequence = finite_column(lambdas, "lambda")
    wrong = np.flatnonzero(sequence <= 0)
    if wrong.size or not sequence.size:
        raise DataError(
            Fault.OUT_OF_RANGE, field="lambda", row=int(wrong[0]) + 1 if wrong.size else 1, allowed="> 0"
        )
    return np.sort(sequence)[::-1]


@dataclass(frozen=True, slots=True)
class Stop:
    """When smaller penalties no longer tell more: glmnet's rules for a path of its own making.

    The path ends with the first model from the fifth on whose share of explained deviance is above
    ``most``, or grew by less than ``least`` over the last ``steps``; ``is_relative``: as a share of itself.
    """

    least: float
    steps: int
    is_relative: bool
    most: float

    def reached(self, explained: list[float]) -> bool:
        """Whether the last of the ``explained`` shares is the last of the path."""
        if len(explained) < 5:
            return False
        gained = explained[-1] - explained[-1 - self.steps]
        least = self.least * explained[-1] if self.is_relative else self.least
        return gained < least or explained[-1] > self.most


COX: Final = Stop(least=1e-3, steps=4, is_relative=True, most=0.99)
LOGISTIC: Final = Stop(least=1e-5, steps=1, is_relative=False, most=0.999)
