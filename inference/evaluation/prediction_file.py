"""The table that ``main.py evaluate`` reads: which columns it has, and all that can be wrong with them.

``docs/evaluate.md`` describes the columns for users.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from inference.evaluation.predictions import Kind, Model, Predictions
from inference.messages.message import Message
from inference.statistics.comparisons.table_one import CategoricalVariable, NumericVariable, Variable
from inference.statistics.outcomes import Floats, SurvivalData
from inference.tables.csv_table import CsvTable, TableError, problem, read_csv

_TRUE: Final = {"1", "yes", "true"}
_FALSE: Final = {"0", "no", "false"}
_YES_NO: Final = "0, 1, no, yes"
_SCORE: Final = re.compile(r"(score|probability)(?:_(.+))?")
_SURVIVAL: Final = re.compile(r"survival_(\d+(?:\.\d+)?)(?:_(.+))?")
_MEANINGS: Final = {
    "patient": "table.meaning.patient",
    "score": "table.meaning.score",
    "outcome": "table.meaning.outcome",
    "time": "table.meaning.time",
    "event": "table.meaning.event",
}
_MOST_LEVELS: Final = 12
_ONLY_MODEL: Final = "score"


def read_predictions(path: Path, kind: Kind) -> Predictions:
    """Read and check a table of predictions.

    Raises
    ------
    TableError
        Listing every missing column, empty cell, word that is no number and patient that is there twice.
    """
    return _Reader(read_csv(path), kind).read()


class _Reader:
    """Collects problems while it reads, so that all of them are told at once."""

    def __init__(self, table: CsvTable, kind: Kind) -> None:
        self._table = table
        self._kind = kind
        self._problems: list[Message] = []
        self._taken: set[str] = set()

    def read(self) -> Predictions:
        """Every column, then either all problems or the predictions."""
        for name in ("patient", *(("outcome",) if self._kind == "binary" else ("time", "event"))):
            if name not in self._table:
                self._missing(name)
        patients = self._words("patient")
        models = self._models()
        outcome = self._flags("outcome") if self._kind == "binary" else None
        time = self._numbers("time", lambda value: value >= 0, "≥ 0") if self._kind == "survival" else None
        event = self._flags("event") if self._kind == "survival" else None
        cohorts = self._words("cohort") if "cohort" in self._table else ("all",) * self._table.row_count
        folds = self._optional_words("fold")
        synthetic = self._flags("synthetic") if "synthetic" in self._table else None
        has_slices = "slice" in self._table
        self._check_patients(patients, cohorts, has_slices)
        if outcome is not None and has_slices:
            self._check_outcomes(patients, outcome)
        covariates, unused = self._covariates()
        if self._problems:
            raise TableError(self._problems)
        follow_up = None if time is None or event is None else SurvivalData(time, event == 1)
        return Predictions(
            self._kind,
            patients,
            np.array(cohorts),
            models,
            None if outcome is None else outcome == 1,
            follow_up,
            np.array(folds),
            covariates,
            has_slices,
            bool(synthetic is not None and synthetic.any()),
            unused,
            self._table.sha256,
        )

    def _missing(self, name: str) -> None:
        self._problems.append(problem("missing_column", column=name, meaning=_MEANINGS[name]))

    def _words(self, name: str) -> tuple[str, ...]:
        cells = self._optional_words(name)
        if name in self._table:
            self._problems += [
                problem("empty_cell", row=row, column=name)
                for row, cell in enumerate(cells, start=1)
                if not cell
            ]
        return cells

    def _optional_words(self, name: str) -> tuple[str, ...]:
        self._taken.add(name)
        return self._table[name] if name in self._table else ("",) * self._table.row_count

    def _numbers(self, name: str, is_allowed: Callable[[float], bool], allowed: str) -> Floats:
        """The column as numbers; a cell that is empty, no number or not allowed is told and reads as 0."""
        values = np.zeros(self._table.row_count)
        for row, cell in enumerate(self._optional_words(name), start=1):
            if name not in self._table:
                break
            value = _number(cell)
            if not cell:
                self._problems.append(problem("empty_cell", row=row, column=name))
            elif value is None:
                self._problems.append(problem("not_a_number", row=row, column=name))
            elif not is_allowed(value):
                self._problems.append(problem("out_of_range", row=row, column=name, allowed=allowed))
            else:
                values[row - 1] = value
        return values

    def _flags(self, name: str) -> Floats:
        values = np.zeros(self._table.row_count)
        for row, cell in enumerate(self._words(name), start=1):
            word = cell.lower()
            if word and word not in _TRUE | _FALSE:
                self._problems.append(problem("unknown_word", row=row, column=name, allowed=_YES_NO))
            values[row - 1] = float(word in _TRUE)
        return values

    def _models(self) -> tuple[Model, ...]:
        found = {name: match for name in self._table.columns if (match := _SCORE.fullmatch(name))}
        survival = {
            name: match
            for name in self._table.columns
            if (match := _SURVIVAL.fullmatch(name)) and float(match[1]) > 0
        }
        if not found:
            self._missing("score")
        models: dict[str, Model] = {}
        for column, match in found.items():
            is_probability = match[1] == "probability"
            name = match[2] or _ONLY_MODEL
            if name in models:
                self._problems.append(problem("repeated_model", model=name))
                continue
            scores = (
                self._numbers(column, _is_share, "0–1")
                if is_probability
                else self._numbers(column, math.isfinite, "–")
            )
            models[name] = Model(name, scores, is_probability, {})
        for column, match in survival.items():
            if self._kind == "binary":
                continue
            name = match[2] or _ONLY_MODEL
            chances = self._numbers(column, _is_share, "0–1")
            if name not in models:
                self._problems.append(problem("survival_without_score", column=column, model=name))
                continue
            models[name].survival[float(match[1])] = chances
        for one in models.values():
            self._check_falling(one)
        return tuple(models.values())

    def _check_falling(self, model: Model) -> None:
        horizons = sorted(model.survival)
        for earlier, later in itertools.pairwise(horizons):
            rising = np.flatnonzero(model.survival[later] > model.survival[earlier])
            if rising.size:
                row = int(rising[0]) + 1
                names = {"model": model.name, "earlier": f"{earlier:g}", "later": f"{later:g}"}
                self._problems.append(problem("survival_rises", row=row, **names))

    def _check_patients(self, patients: tuple[str, ...], cohorts: tuple[str, ...], has_slices: bool) -> None:
        self._taken.add("slice")
        if has_slices and self._kind == "survival":
            self._problems.append(problem("slices_have_no_times"))
        seen: dict[str, int] = {}
        for row, patient in enumerate(patients, start=1):
            earlier = seen.setdefault(patient, row)
            if not patient or earlier == row:
                continue
            if cohorts[earlier - 1] != cohorts[row - 1]:
                self._problems.append(problem("patient_in_two_cohorts", row=row, earlier=earlier))
            elif not has_slices:
                self._problems.append(problem("duplicate_patient", row=row, earlier=earlier))

    def _check_outcomes(self, patients: tuple[str, ...], outcome: Floats) -> None:
        first: dict[str, float] = {}
        for row, (patient, value) in enumerate(zip(patients, outcome, strict=True), start=1):
            if first.setdefault(patient, value) != value:
                self._problems.append(problem("patient_with_two_outcomes", row=row))

    def _covariates(self) -> tuple[tuple[Variable, ...], tuple[str, ...]]:
        covariates: list[Variable] = []
        unused: list[str] = []
        for name, cells in self._table.columns.items():
            if name in self._taken or _SCORE.fullmatch(name):
                continue
            numbers = [_number(cell) for cell in cells]
            levels = {cell for cell in cells if cell}
            if _SURVIVAL.fullmatch(name) or not levels:
                unused += [name] if self._kind == "binary" or not levels else []
            elif all(number is not None for number, cell in zip(numbers, cells, strict=True) if cell) and (
                len(levels) > 2
            ):
                values = np.array([math.nan if number is None else number for number in numbers])
                covariates.append(NumericVariable(name, values))
            elif len(levels) <= _MOST_LEVELS:
                covariates.append(CategoricalVariable(name, cells))
            else:
                unused.append(name)
        return tuple(covariates), tuple(unused)


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_share(value: float) -> bool:
    return 0.0 <= value <= 1.0
