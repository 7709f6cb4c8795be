"""The score of one treatment: the mean of its fold networks against the pack's locked cut-off."""

from __future__ import annotations

from dataclasses import dataclass

from inference.packs.manifest import Threshold
from inference.rules.reading import CLASS_WORDS, Reading


@dataclass(frozen=True, slots=True)
class TreatmentScore:
    """What the fold networks of one treatment say; ``score`` is their mean, higher is worse."""

    treatment: str
    fold_scores: tuple[float, ...]
    threshold: Threshold

    @property
    def score(self) -> float:
        """Mean of the folds."""
        return sum(self.fold_scores) / len(self.fold_scores)

    @property
    def reading(self) -> Reading:
        """What the rules see of it."""
        return Reading(
            name=self.treatment,
            kind="treatment",
            score=self.score,
            cutoff=self.threshold.value,
            words=CLASS_WORDS[self.threshold.positive_class],
            fold_scores=self.fold_scores,
            margin=self.threshold.borderline_margin,
        )

    @property
    def is_positive(self) -> bool:
        """True for predicted residual tumour."""
        return self.reading.is_positive
