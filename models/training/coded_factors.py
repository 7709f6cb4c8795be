"""Clinical factors as columns of a regression, from which a protocol chooses by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.statistics.design import Design, Numeric
from inference.statistics.outcomes import Bools, Floats
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.logistic import fit_logistic

Factors = Mapping[str, Sequence[float | str]]
"""One value of the clinical form per patient."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """``matrix`` (patients, columns); a column that no patient varies in carries nothing and may be there."""

    names: tuple[str, ...]
    matrix: Floats

    @classmethod
    def of(cls, columns: Mapping[str, Floats]) -> Coded:
        """The columns in their order."""
        return cls(tuple(columns), np.column_stack(list(columns.values())))

    def design(self, names: Sequence[str], positions: NDArray[np.intp] | None = None) -> Design:
        """Columns ``names`` of the patients at ``positions``, or of all."""
        rows = self.matrix if positions is None else self.matrix[positions]
        places = [self.names.index(name) for name in names]
        return Design(rows[:, places], tuple(Numeric(name) for name in names))

    def varying(self, names: Sequence[str], positions: NDArray[np.intp]) -> tuple[str, ...]:
        """Those of ``names`` that are not the same for all patients at ``positions``."""
        return tuple(name for name in names if np.ptp(self.matrix[positions, self.names.index(name)]) > 0)

    def estimable(
        self, names: Sequence[str], is_positive: Bools, positions: NDArray[np.intp]
    ) -> tuple[str, ...]:
        """Those of ``names`` that alone have an odds ratio: a rare level of one class alone has none."""
        return tuple(
            name
            for name in self.varying(names, positions)
            if not isinstance(
                fit_logistic(is_positive[positions], self.design((name,), positions)), NotEstimable
            )
        )

    def with_column(self, name: str, values: Floats) -> Coded:
        """One column more."""
        return Coded((*self.names, name), np.column_stack([self.matrix, values]))


def numbers(values: Sequence[float | str]) -> Floats:
    """A number of the form."""
    return np.array([float(value) for value in values])


def stages(values: Sequence[float | str]) -> Floats:
    """A stage as the number in its name: T3 is 3."""
    return np.array([float(str(stage)[1]) for stage in values])


def choices(name: str, levels: Sequence[str], values: Sequence[float | str]) -> dict[str, Floats]:
    """One column per level against the first.

    Raises
    ------
    ValueError
        For a level that is none of ``levels``.
    """
    words = [str(value) for value in values]
    if not set(words) <= set(levels):
        raise ValueError(f"{name} has a level that the study does not know")
    return {f"{name}_{level}": np.array([float(word == level) for word in words]) for level in levels[1:]}
