"""What a reader must know beside a number: too few events, a cut chosen on the same data, many tests.

The texts are in the catalogue, as ``statistics.caution.<code>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, TypeVar

from inference.messages.message import FieldValue, Message
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from inference.statistics.survival.logrank import LogRank

LEAST_EVENTS: Final = 10
"""Events below which any estimate is fragile."""

EVENTS_PER_VARIABLE: Final = 10
"""Events for each column of a regression: Peduzzi et al., J Clin Epidemiol 1995; 48: 1503–1510 (Cox), 1996;
49: 1373–1379 (logistic)."""

SIGNIFICANCE: Final = 0.05
"""The level at which false positives of many tests are counted."""

Result = TypeVar("Result", bound=Estimate | LogRank)


class CautionCode(StrEnum):
    """What a caution is about; where a flag of a number has the same name, it says the same in short."""

    FEW_EVENTS = "few_events"
    FEW_EVENTS_PER_VARIABLE = "few_events_per_variable"
    SEVERAL_TESTS = "several_tests"
    CUT_CHOSEN_ON_SAME_DATA = "cut_chosen_on_same_data"
    DEPENDENT_FOLD_SCORES = "dependent_fold_scores"


class CutOrigin(StrEnum):
    """Where a cut of a score comes from."""

    STATED_BEFORE = "stated_before"
    OTHER_PATIENTS = "other_patients"
    SAME_DATA = "same_data"


@dataclass(frozen=True, slots=True)
class Caution:
    """A code, and the values that its sentence names."""

    code: CautionCode
    fields: Mapping[str, FieldValue] = field(default_factory=dict)

    @property
    def message(self) -> Message:
        """The sentence, for the catalogue."""
        return Message(f"statistics.caution.{self.code.value}", self.fields)


def judge_events(events: int, columns: int) -> Caution | None:
    """Are ``events`` enough for a regression of ``columns`` columns (a factor counts all of its own)?

    Events are those observed, or with two classes the patients of the rarer one.  None where they are.
    """
    if events < LEAST_EVENTS:
        return Caution(CautionCode.FEW_EVENTS, {"events": events, "least": LEAST_EVENTS})
    if events < EVENTS_PER_VARIABLE * columns:
        return Caution(
            CautionCode.FEW_EVENTS_PER_VARIABLE,
            {
                "events": events,
                "variables": columns,
                "ratio": round(events / columns, 1),
                "least": EVENTS_PER_VARIABLE,
            },
        )
    return None


def judge_tests(tests: int) -> Caution | None:
    """Are several ``tests`` read side by side?  Then some are significant by chance; None for one alone."""
    if tests < 2:
        return None
    by_chance = round(tests * SIGNIFICANCE, 1)
    return Caution(CautionCode.SEVERAL_TESTS, {"tests": tests, "by_chance": by_chance, "level": SIGNIFICANCE})


def judge_cut(cut: float, origin: CutOrigin) -> Caution | None:
    """May a hazard ratio, a log-rank test or an accuracy at ``cut`` be believed?

    Not where the cut is the best one of the same data: the effect is exaggerated and its p-value too small.
    Source: Altman et al., J Natl Cancer Inst 1994; 86: 829–835.
    """
    if origin is not CutOrigin.SAME_DATA:
        return None
    return Caution(CautionCode.CUT_CHOSEN_ON_SAME_DATA, {"cut": cut})


def judge_folds(folds: int) -> Caution | None:
    """Were scores pooled from several ``folds`` of a cross-validation, each judged by its own model?

    The models share patients, so DeLong's test, a log-rank test and every interval take the scores for
    more independent than they are.  Source: Simon et al., Brief Bioinform 2011; 12: 203–214.
    """
    return Caution(CautionCode.DEPENDENT_FOLD_SCORES, {"folds": folds}) if folds > 1 else None


def flagged(result: Result | NotEstimable, *cautions: Caution | None) -> Result | NotEstimable:
    """``result`` with a flag for each caution; what is not estimable stays as it is."""
    if isinstance(result, NotEstimable):
        return result
    added = [caution.code.value for caution in cautions if caution is not None]
    flags = dict.fromkeys([*result.flags, *added])
    return replace(result, flags=tuple(flags))
