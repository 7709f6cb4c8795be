"""A score beside its locked cut-off: the one place where the two are compared, unrounded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedScore:
    """``score`` is the mean of the folds, if there are any; ``margin`` is what counts as near the cut-off."""

    score: float
    cutoff: float
    fold_scores: tuple[float, ...] = ()
    margin: float = 0.0

    @property
    def is_positive(self) -> bool:
        """True at or above the cut-off."""
        return self.score >= self.cutoff

    @property
    def gap(self) -> float:
        """How far the score must move to stand on the other side."""
        return abs(self.score - self.cutoff)

    @property
    def is_borderline(self) -> bool:
        """True when the score lies nearer to the cut-off than the pack's margin."""
        return self.gap < self.margin

    @property
    def folds_disagree(self) -> bool:
        """True when the folds stand on both sides of the cut-off."""
        return len({score >= self.cutoff for score in self.fold_scores}) > 1
