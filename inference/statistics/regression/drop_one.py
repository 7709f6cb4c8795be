"""What each term is worth: the fit without it, against the fit with it, by the likelihood ratio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from inference.statistics.design import Design
from inference.statistics.outcomes import Floats
from inference.statistics.reasons import NotEstimable
from inference.statistics.regression.chi_square_test import ChiSquareTest, chi_square_test


class LikelihoodFit(Protocol):
    """A fit by maximum (partial) likelihood."""

    @property
    def log_likelihood(self) -> float:
        """At the maximum."""
        ...

    @property
    def coefficients(self) -> Floats:
        """One for each parameter."""
        ...

    @property
    def aic(self) -> float:
        """−2 log likelihood + 2 × number of coefficients."""
        ...


@dataclass(frozen=True, slots=True)
class DroppedTerm:
    """One term left out: its test, all its columns at once, and the criterion of the model without it."""

    term: str
    test: ChiSquareTest | NotEstimable
    aic_without: float | NotEstimable


def drop_each_term(
    design: Design, fit: Callable[[Design], LikelihoodFit | NotEstimable]
) -> tuple[DroppedTerm, ...] | NotEstimable:
    """Fit ``design`` without each of its terms in turn, and test the difference (R: ``drop1``)."""
    full = fit(design)
    if isinstance(full, NotEstimable):
        return full
    dropped = []
    for term in design.terms:
        reduced = fit(design.without(term.name))
        if isinstance(reduced, NotEstimable):
            dropped.append(DroppedTerm(term.name, reduced, reduced))
            continue
        gain = 2 * (full.log_likelihood - reduced.log_likelihood)
        test = chi_square_test(gain, len(full.coefficients) - len(reduced.coefficients))
        dropped.append(DroppedTerm(term.name, test, reduced.aic))
    return tuple(dropped)
