"""The score of one treatment: the mean of its fold networks against the pack's locked cut-off."""

from __future__ import annotations

from dataclasses import dataclass

from inference.packs.manifest import Threshold


@dataclass(frozen=True, slots=True)
class TreatmentScore:
    """What the fold networks of one treatment say; ``score`` is their mean, higher is worse.

    The comparison with the cut-off is made once, on the unrounded mean: positive means score ≥ cut-off.
    """

    treatment: str
    fold_scores: tuple[float, ...]
    threshold: Threshold

    @property
    def score(self) -> float:
        """Mean of the folds."""
        return sum(self.fold_scores) / len(self.fold_scores)

    @property
    def is_positive(self) -> bool:
        """True for predicted residual tumour."""
        return self.score >= self.threshold.value

    @property
    def is_borderline(self) -> bool:
        """True when the mean lies nearer to the cut-off than the pack's margin."""
        return abs(self.score - self.threshold.value) < self.threshold.borderline_margin

    @property
    def folds_disagree(self) -> bool:
        """True when the folds stand on both sides of the cut-off."""
        return len({score >= self.threshold.value for score in self.fold_scores}) > 1
