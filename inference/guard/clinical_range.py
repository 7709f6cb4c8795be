"""Does each clinical number that a pack's scores read lie where the numbers of the training cohort lay?

The form refuses what cannot be; here what can be, and hardly anybody of the cohort had, is noted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from inference.assessment import GuardLine
from inference.clinical.quantity import quantity
from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import FieldSchema, load_form
from inference.findings import Verdict
from inference.messages.message import FieldValue, Message
from inference.packs.load import LoadedPack
from inference.pathways.needs import needs_of

DEVIATIONS: Final = 3
"""Standard deviations from the cohort's mean beyond which a number is noted; our choice."""

_TRAINING: Final = "training"
_UNIT_IN_A_NAME: Final[Mapping[str, str]] = {"a": "years", "%": "percent", "10*9/L": "10e9_l", "1": ""}


def check_clinical_range(record: ClinicalRecord, pack: LoadedPack) -> tuple[GuardLine, ...]:
    """A line for each recorded number that some score of the pack reads, in the form's order.

    None for a number that the pack's evaluation does not describe.

    Raises
    ------
    PackError
        When a file of the evaluation is gone or was altered.
    """
    needs = needs_of(pack.manifest)
    read = frozenset().union(*(one.fields for one in (*needs.answers, *needs.beside)))
    form = load_form(pack.manifest.study)
    numbers = [field for field in form.fields if field.id in read and field.kind == "number"]
    described = _described(pack) if numbers else {}
    return tuple(
        _line(field, value, summary)
        for field in numbers
        if isinstance(value := record.canonical(field.id), float)
        and (summary := described.get(_column(field))) is not None
    )


def _line(field: FieldSchema, value: float, summary: Mapping[str, float]) -> GuardLine:
    assert field.minimum is not None and field.maximum is not None
    mean, reach = summary["mean"], DEVIATIONS * summary["standard_deviation"]
    low, high = max(mean - reach, field.minimum), min(mean + reach, field.maximum)
    unit = field.units[0].code
    measured = {"field": f"clinical.{field.id}", "value": quantity(f"{value:.6g}", unit)}
    allowed: dict[str, FieldValue] = {
        "low": f"{low:.3g}",
        "high": quantity(f"{high:.3g}", unit),
        "deviations": DEVIATIONS,
        "patients": int(summary["count"]),
    }
    return GuardLine(
        "guard.clinical_range",
        Message("guard.measured.clinical", measured),
        Message("guard.allowed.clinical_range", allowed),
        Verdict.FINE if low <= value <= high else Verdict.NOTE,
    )


def _column(field: FieldSchema) -> str:
    """The field's column in a cohort, which names its unit: ``bmi_kg_m2``."""
    code = field.units[0].code
    suffix = _UNIT_IN_A_NAME.get(code, re.sub(r"\W+", "_", code).lower())
    return f"{field.id}_{suffix}" if suffix else field.id


def _described(pack: LoadedPack) -> dict[str, Mapping[str, float]]:
    """Count, mean and standard deviation of the training cohort's numbers, by column; the first file's."""
    found: dict[str, Mapping[str, float]] = {}
    for entry in pack.manifest.evaluation_files:
        if entry.kind == "json":
            found = dict(_summaries(json.loads(pack.read(entry.file)))) | found
    return found


def _summaries(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, float]]]:
    table = document["evaluation"].get("table_one")
    names = [] if table is None else [cohort["name"] for cohort in table["cohorts"]]
    if _TRAINING not in names:
        return
    for row in table["rows"]:
        summary = row["summaries"][names.index(_TRAINING)] if "summaries" in row else {}
        if isinstance(summary.get("standard_deviation"), float):
            yield row["name"], summary
