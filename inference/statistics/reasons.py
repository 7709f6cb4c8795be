"""Why a statistic cannot be had: data that are malformed raise, data that cannot answer are marked.

The texts are in the catalogue, as ``statistics.input.<fault>`` and ``statistics.not_estimable.<reason>``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from inference.errors import InputError
from inference.messages.message import FieldValue, Message


class Fault(StrEnum):
    """What is wrong with data that no statistic may be computed from."""

    LENGTHS_DIFFER = "lengths_differ"
    NOT_FINITE = "not_finite"
    NEGATIVE_TIME = "negative_time"
    TOO_FEW_ROWS = "too_few_rows"
    DUPLICATE_ID = "duplicate_id"
    UNKNOWN_LEVEL = "unknown_level"
    NOT_A_PROBABILITY = "not_a_probability"
    OUT_OF_RANGE = "out_of_range"


class DataError(InputError):
    """Data that are malformed, with the fault, the field and, where there is one, the first row (from 1)."""

    def __init__(self, fault: Fault, **fields: FieldValue) -> None:
        super().__init__(f"statistics.input.{fault.value}", **fields)
        self.fault = fault


class Reason(StrEnum):
    """Why well-formed data do not answer a question."""

    TOO_FEW_ROWS = "too_few_rows"
    NO_EVENTS = "no_events"
    NO_EVENT_BY_HORIZON = "no_event_by_horizon"
    NOBODY_FOLLOWED_TO_HORIZON = "nobody_followed_to_horizon"
    ONE_CLASS = "one_class"
    CONSTANT_SCORES = "constant_scores"
    NO_COMPARABLE_PAIRS = "no_comparable_pairs"
    SEPARATION = "separation"
    COLLINEAR = "collinear"
    DID_NOT_CONVERGE = "did_not_converge"
    EXPECTED_TOO_FEW = "expected_too_few"
    NO_VARIANCE = "no_variance"
    NOBODY_POSITIVE = "nobody_positive"
    NOT_REACHED = "not_reached"
    EMPTY_GROUP = "empty_group"
    NOBODY_JUDGED = "nobody_judged"
    NOBODY_DISCORDANT = "nobody_discordant"
    TOO_FEW_RESAMPLES = "too_few_resamples"
    ONE_GROUP = "one_group"
    FEWER_EVENTS_THAN_COLUMNS = "fewer_events_than_columns"
    TOO_LARGE = "too_large"
    TIME_ZERO = "time_zero"
    NOBODY_NEGATIVE = "nobody_negative"
    CERTAIN_PREDICTION = "certain_prediction"
    TOO_FEW_GROUPS = "too_few_groups"
    NOTHING_EXPECTED = "nothing_expected"
    TOO_MANY_ARRANGEMENTS = "too_many_arrangements"
    TOO_FEW_FOLDS = "too_few_folds"
    TOO_FEW_DISTINCT = "too_few_distinct"
    UNBOUNDED = "unbounded"
    TABLE_TOO_LARGE = "table_too_large"
    TIES = "ties"
    TOO_MANY_ROWS = "too_many_rows"
    EMPTY_MASK = "empty_mask"


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """The place of a number that the data do not give; ``fields`` fill the sentence of the reason."""

    reason: Reason
    fields: dict[str, FieldValue] = field(default_factory=dict)

    @property
    def message(self) -> Message:
        """The sentence, for the catalogue."""
        return Message(f"statistics.not_estimable.{self.reason.value}", self.fields)
