"""What the rules know of a pack besides its readings: is it a demonstration, and its predictive values.

The counts are those of the evaluation that the pack carries, at the cut-off that it locked, by cohort.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from inference.messages.message import FieldValue, Message
from inference.packs.load import LoadedPack
from inference.rules.reading import CLASS_WORDS
from inference.statistics.discrimination.classification import ConfusionMatrix
from inference.statistics.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Performance:
    """Counts of one score at its cut-off in one cohort; ``outcome`` is the pack's positive class."""

    score: str
    cohort: str
    outcome: str
    matrix: ConfusionMatrix
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What a recommendation says of the pack behind it."""

    is_demonstration: bool = False
    performance: tuple[Performance, ...] = ()

    def of_score(self, name: str) -> tuple[Message, ...]:
        """Both predictive values of a score in every cohort, and whether most are called negative."""
        found = [one for one in self.performance if one.score == name]
        said = [message for one in found if (message := _predictive_values(one)) is not None]
        if found and (common := _most_called_negative(found[-1])) is not None:
            said.append(common)
        return tuple(said)


NOTHING_KNOWN = PackFacts()
FIGURES: Final = frozenset({"statement.predictive_values", "statement.most_called_negative"})
"""Statements that tell counts of the pack's cohorts, not what must be heeded."""


def pack_facts(pack: LoadedPack) -> PackFacts:
    """Read them from a verified pack; a pack without an evaluation has no predictive values.

    Raises
    ------
    PackError
        When a file of the evaluation is gone or was altered.
    """
    found = [
        one
        for entry in pack.manifest.evaluation_files
        if entry.kind == "json"
        for one in _performances(json.loads(pack.read(entry.file)), pack)
    ]
    return PackFacts(pack.manifest.is_demonstration, tuple(found))


def _performances(document: Mapping[str, Any], pack: LoadedPack) -> Iterator[Performance]:
    cutoffs = {entry.score: entry.value for entry in pack.manifest.score_thresholds}
    outcomes = {entry.name: entry.positive_class for entry in pack.manifest.scores}
    for cohort in document["evaluation"]["cohorts"]:
        for model in cohort["models"]:
            counts = model.get("at_threshold")
            name = model["model"]
            # Another cut-off than the locked one says nothing of the class that the board reads.
            if counts is None or name not in outcomes or counts["threshold"] != cutoffs.get(name):
                continue
            matrix = ConfusionMatrix(
                true_positives=counts["true_positives"],
                false_positives=counts["false_positives"],
                false_negatives=counts["false_negatives"],
                true_negatives=counts["true_negatives"],
            )
            yield Performance(name, cohort["name"], outcomes[name], matrix, pack.manifest.is_demonstration)


def _predictive_values(one: Performance) -> Message | None:
    matrix = one.matrix
    if not isinstance(matrix.ppv, Estimate) or not isinstance(matrix.npv, Estimate):
        return None
    return Message(
        "statement.predictive_values",
        {
            **_cohort(one),
            "called_positive": matrix.true_positives + matrix.false_positives,
            **_percentages("ppv", matrix.ppv),
            "called_negative": matrix.true_negatives + matrix.false_negatives,
            **_percentages("npv", matrix.npv),
        },
    )


def _most_called_negative(one: Performance) -> Message | None:
    called = one.matrix.true_negatives + one.matrix.false_negatives
    if 2 * called <= one.matrix.count:
        return None
    return Message(
        "statement.most_called_negative", {**_cohort(one), "called": f"{100 * called / one.matrix.count:.0f}"}
    )


def _cohort(one: Performance) -> dict[str, FieldValue]:
    positive, negative = CLASS_WORDS[one.outcome]
    positives = one.matrix.true_positives + one.matrix.false_negatives
    return {
        "cohort": f"evaluate.cohort.{one.cohort}",
        "outcome": f"outcome.{one.outcome}",
        "patients": one.matrix.count,
        "whose": f"rules.cohort.{'synthetic' if one.is_synthetic else 'hospital'}",
        "positives": positives,
        "share": f"{100 * positives / one.matrix.count:.0f}",
        "positive": f"class.{positive}",
        "negative": f"class.{negative}",
    }


def _percentages(name: str, found: Estimate) -> dict[str, FieldValue]:
    low, high = found.interval or (found.value, found.value)
    shares = {name: found.value, f"{name}_low": low, f"{name}_high": high}
    return {key: f"{100 * share:.0f}" for key, share in shares.items()}
