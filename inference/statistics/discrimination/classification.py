"""What a threshold makes of scores: the confusion matrix and the rates read from it."""

from __future__ import annotations

from dataclasses import dataclass

from inference.statistics.estimate import LEVEL, Estimate
from inference.statistics.outcomes import ClassData, finite_column
from inference.statistics.proportion import ProportionInterval, proportion
from inference.statistics.reasons import NotEstimable, Reason


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """Four counts; ``interval`` and ``level`` say how the rates read from them are bounded.

    ``replace(matrix, interval="clopper_pearson")`` gives the same rates with exact intervals.
    """

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    interval: ProportionInterval = "wilson"
    level: float = LEVEL

    @property
    def count(self) -> int:
        """All that were classified."""
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives

    @property
    def accuracy(self) -> Estimate | NotEstimable:
        """Share classified rightly."""
        return self._rate(self.true_positives + self.true_negatives, self.count, Reason.TOO_FEW_ROWS)

    @property
    def sensitivity(self) -> Estimate | NotEstimable:
        """Share of the positives that are called positive (recall)."""
        return self._rate(self.true_positives, self.true_positives + self.false_negatives, Reason.ONE_CLASS)

    @property
    def specificity(self) -> Estimate | NotEstimable:
        """Share of the negatives that are called negative."""
        return self._rate(self.true_negatives, self.true_negatives + self.false_positives, Reason.ONE_CLASS)

    @property
    def ppv(self) -> Estimate | NotEstimable:
        """Share of those called positive who are (precision); it holds at this prevalence only."""
        called = self.true_positives + self.false_positives
        return self._rate(self.true_positives, called, Reason.NOBODY_POSITIVE)

    @property
    def npv(self) -> Estimate | NotEstimable:
        """Share of those called negative who are; it holds at this prevalence only."""
        called = self.true_negatives + self.false_negatives
        return self._rate(self.true_negatives, called, Reason.NOBODY_NEGATIVE)

    @property
    def f1(self) -> Estimate | NotEstimable:
        """2 TP / (2 TP + FP + FN), the harmonic mean of sensitivity and PPV.

        It is 2 F* / (1 + F*) of the proportion F* = TP / (TP + FP + FN), whose limits it takes over by the
        same increasing map.  Source: Hand, Christen and Kirielle, Mach Learn 2021; 110: 451–456.
        """
        share = self._rate(
            self.true_positives,
            self.true_positives + self.false_positives + self.false_negatives,
            Reason.NOBODY_POSITIVE,
        )
        if isinstance(share, NotEstimable) or share.lower is None or share.upper is None:
            return share
        value, low, high = (2 * one / (1 + one) for one in (share.value, share.lower, share.upper))
        return Estimate(value, None, low, high, self.level, self.interval)

    def _rate(self, hits: int, count: int, without: Reason) -> Estimate | NotEstimable:
        if count == 0:
            return NotEstimable(without)
        return proportion(hits, count, interval=self.interval, level=self.level)


def confusion_matrix(
    data: ClassData, threshold: float, *, interval: ProportionInterval = "wilson", level: float = LEVEL
) -> ConfusionMatrix:
    """Count ``data`` at ``threshold``: a score ≥ it is called positive."""
    (cut,) = finite_column([threshold], "threshold")
    called = data.scores >= cut
    return ConfusionMatrix(
        true_positives=int((called & data.is_positive).sum()),
        false_positives=int((called & ~data.is_positive).sum()),
        false_negatives=int((~called & data.is_positive).sum()),
        true_negatives=int((~called & ~data.is_positive).sum()),
        interval=interval,
        level=level,
    )
