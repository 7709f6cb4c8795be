"""Selection of whole terms by Akaike's information criterion, for any regression that has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from inference.statistics.design import Design
from inference.statistics.reasons import NotEstimable


class FitWithAic(Protocol):
    """A fit that selection can weigh: −2 log likelihood + 2 × number of coefficients."""

    @property
    def aic(self) -> float:
        """Lower is better."""
        ...


F = TypeVar("F", bound=FitWithAic)


@dataclass(frozen=True, slots=True)
class Step:
    """One term left the model, or came back to it; ``aic`` is that of the model after it."""

    term: str
    is_removal: bool
    aic: float


@dataclass(frozen=True, slots=True)
class Selection(Generic[F]):
    """The way from the full model to the chosen one.

    Intervals and P values of ``fit`` ignore that its terms were chosen on the same data: they are too good
    (Harrell, Regression Modeling Strategies, 2015, §4.3).
    """

    full_aic: float
    steps: tuple[Step, ...]
    kept: tuple[str, ...]
    fit: F

    @property
    def removed(self) -> tuple[str, ...]:
        """Terms taken out, in the order of the steps."""
        return tuple(step.term for step in self.steps if step.is_removal)

    @property
    def aic_path(self) -> tuple[float, ...]:
        """The criterion of the full model and after each step, falling."""
        return (self.full_aic, *(step.aic for step in self.steps))


def select_by_aic(
    design: Design, fit: Callable[[Design], F | NotEstimable], *, may_return: bool = False
) -> Selection[F] | NotEstimable:
    """Eliminate terms backward while one deletion lowers the criterion, the best deletion first.

    A factor leaves with all its columns.  With ``may_return`` terms that left are tried again at every step.
    Of equal criteria the first term of the design wins.  A candidate that is not estimable is passed over;
    when the full model is not, that is the answer.
    Source: Venables and Ripley, Modern Applied Statistics with S, 2002, §6.8 (R: ``MASS::stepAIC``,
    directions backward and both, k = 2).
    """
    best = fit(design)
    if isinstance(best, NotEstimable):
        return best
    full_aic = best.aic
    kept = tuple(term.name for term in design.terms)
    steps: list[Step] = []
    while True:
        ahead: tuple[Step, tuple[str, ...], F] | None = None
        for term, names in _neighbours(design, kept, may_return=may_return):
            candidate = fit(_with_terms(design, names))
            if isinstance(candidate, NotEstimable) or candidate.aic >= (ahead[2] if ahead else best).aic:
                continue
            ahead = Step(term, term in kept, candidate.aic), names, candidate
        if ahead is None:
            return Selection(full_aic, tuple(steps), kept, best)
        step, kept, best = ahead
        steps.append(step)


def _neighbours(
    design: Design, kept: tuple[str, ...], *, may_return: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each term that may leave or come back, with the terms of the model after it; leaving first."""
    for name in kept:
        yield name, tuple(other for other in kept if other != name)
    if may_return:
        everything = [term.name for term in design.terms]
        for name in everything:
            if name not in kept:
                yield name, tuple(other for other in everything if other in kept or other == name)


def _with_terms(design: Design, names: tuple[str, ...]) -> Design:
    for term in design.terms:
        if term.name not in names:
            design = design.without(term.name)
    return design
