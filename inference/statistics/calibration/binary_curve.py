"""Calibration of the probabilities of a class in groups of predicted risk."""

from __future__ import annotations

from inference.statistics.calibration.groups import CalibrationGroup, quantile_groups
from inference.statistics.estimate import LEVEL
from inference.statistics.outcomes import ClassData, probability_column
from inference.statistics.proportion import ProportionInterval, proportion
from inference.statistics.reasons import NotEstimable, Reason


def binary_calibration_groups(
    data: ClassData, *, groups: int = 10, interval: ProportionInterval = "wilson", level: float = LEVEL
) -> tuple[CalibrationGroup, ...] | NotEstimable:
    """Mean predicted risk and observed share of positives in each group, ascending; no group is empty.

    Groups lie between the distinct quantiles of ``data.scores``, as in the Hosmer–Lemeshow test; ties can
    leave fewer.

    Raises
    ------
    DataError
        When a score is not between 0 and 1.
    """
    predicted = probability_column(data.scores, "probability")
    if not len(data):
        return NotEstimable(Reason.TOO_FEW_ROWS)
    return tuple(
        CalibrationGroup(
            int(chosen.sum()),
            float(predicted[chosen].mean()),
            proportion(
                int(data.is_positive[chosen].sum()), int(chosen.sum()), interval=interval, level=level
            ),
        )
        for chosen in quantile_groups(predicted, groups).occupied
    )
