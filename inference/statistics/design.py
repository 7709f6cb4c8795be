"""From named values to the columns of a regression: numbers as they are, factors against a reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.statistics.outcomes import Floats, finite_column, same_length
from inference.statistics.reasons import DataError, Fault


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number that enters as it is: one column."""

    name: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its columns in the design."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Factor:
    """Categories, treatment-coded against the first of ``levels``: one column for each other level."""

    name: str
    levels: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its columns in the design: the name and the level, joined as R joins them."""
        return tuple(f"{self.name}{level}" for level in self.levels[1:])


Term = Numeric | Factor


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """``matrix`` (n, p) without intercept, the terms in order, and a name for each column."""

    matrix: Floats
    terms: tuple[Term, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the p columns."""
        return tuple(column for term in self.terms for column in term.columns)

    def columns_of(self, name: str) -> slice:
        """Where the columns of the term ``name`` stand."""
        start = 0
        for term in self.terms:
            if term.name == name:
                return slice(start, start + len(term.columns))
            start += len(term.columns)
        raise KeyError(name)

    def without(self, name: str) -> Design:
        """The design less one term, all of its columns."""
        gone = self.columns_of(name)
        matrix = np.delete(self.matrix, np.arange(gone.start, gone.stop), axis=1)
        return Design(matrix, tuple(term for term in self.terms if term.name != name))

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Design:
        """The chosen rows: a Boolean mask of shape (n,), or indices."""
        return Design(self.matrix[chosen], self.terms)


def design_of(table: Mapping[str, ArrayLike], terms: Sequence[Term]) -> Design:
    """Build the design of ``terms`` from named columns of equal length.

    Raises
    ------
    DataError
        When a number is missing or not finite, a level is none of the factor's (an empty one too), or
        columns differ in length.  Nothing is ever imputed.
    """
    blocks = [_block(table[term.name], term) for term in terms]
    same_length([term.name for term in terms], *blocks)
    return Design(np.hstack(blocks) if blocks else np.empty((0, 0)), tuple(terms))


def _block(values: ArrayLike, term: Term) -> Floats:
    if isinstance(term, Numeric):
        return finite_column(values, term.name)[:, None]
    labels = [str(value) for value in np.asarray(values).reshape(-1)]
    for row, label in enumerate(labels, start=1):
        if label not in term.levels:
            raise DataError(Fault.UNKNOWN_LEVEL, field=term.name, row=row, allowed=", ".join(term.levels))
    return np.array([[float(label == level) for level in term.levels[1:]] for label in labels]).reshape(
        len(labels), len(term.columns)
    )
