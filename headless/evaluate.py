"""``main.py evaluate``: predictions and outcomes in, ``evaluation.json`` and ``evaluation.pdf`` out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from headless.terminal import progress_bar, say_problems
from inference.clock import Clock, SystemClock
from inference.errors import EXIT_ANSWERED, EXIT_WITHHELD, InputError
from inference.evaluation.evaluation import EvaluationOptions, evaluate
from inference.evaluation.prediction_file import read_predictions
from inference.evaluation.predictions import Kind, Predictions
from inference.messages.catalogue import Catalogue
from inference.storage import write_all_or_none
from inference.tables.csv_table import TableError
from reports.evaluation.evaluation_file import encode_evaluation, evaluation_document
from reports.evaluation.evaluation_report import EvaluationContent, build_evaluation_report
from reports.evaluation.words import is_answered, summary_lines

RESULT_FILES: Final = ("evaluation.json", "evaluation.pdf")


@dataclass(frozen=True, slots=True)
class EvaluateRequest:
    """What the user asked for on the command line; thresholds and horizons as they were typed."""

    source: Path
    kind: Kind
    out: Path
    thresholds: tuple[str, ...] = ()
    horizons: tuple[str, ...] = ()
    time_unit: str = ""
    seed: int = 0


def evaluate_and_write(request: EvaluateRequest, catalogue: Catalogue, clock: Clock | None = None) -> int:
    """Evaluate, write both files or neither, print a summary; 3 where no model has its number anywhere.

    Raises
    ------
    ConciliumError
        When an option or the table cannot be used (all that is wrong with the table is printed before), or
        the place not written.
    """
    options = options_from(request)
    predictions = _read(request, catalogue)
    with progress_bar(catalogue) as on_progress:
        evaluation = evaluate(predictions, options, on_progress)
    moment = (clock or SystemClock()).now()
    content = EvaluationContent(evaluation, catalogue.language, moment)
    write_all_or_none(
        request.out,
        {
            "evaluation.json": encode_evaluation(evaluation_document(evaluation), moment),
            "evaluation.pdf": build_evaluation_report(content),
        },
    )
    for line in summary_lines(evaluation, catalogue):
        print(line)
    if predictions.unused:
        print(catalogue.text("evaluate.summary.unused", columns=", ".join(predictions.unused)))
    for name in RESULT_FILES:
        print(catalogue.text("cli.written", file=str(request.out / name)))
    return EXIT_ANSWERED if is_answered(evaluation) else EXIT_WITHHELD


def options_from(request: EvaluateRequest) -> EvaluationOptions:
    """Read thresholds and horizons.

    Raises
    ------
    InputError
        When one is no number, a model is named twice, one number stands beside others, or horizons or a unit
        of time are given where nothing has a time.
    """
    if request.kind == "binary" and (request.horizons or request.time_unit):
        raise InputError("evaluate.no_times")
    if request.seed < 0:
        raise InputError("evaluate.seed_negative")
    horizons = tuple(_finite(text, "evaluate.horizon_not_a_number") for text in request.horizons)
    return EvaluationOptions(_threshold(request.thresholds), horizons, request.time_unit, request.seed)


def _threshold(given: Sequence[str]) -> float | dict[str, float] | None:
    if not given:
        return None
    if len(given) == 1 and "=" not in given[0]:
        return _finite(given[0], "evaluate.threshold_not_a_number")
    named: dict[str, float] = {}
    for text in given:
        name, has_name, number = text.rpartition("=")
        if not has_name:
            raise InputError("evaluate.threshold_without_model", given=text)
        name = name.strip().lower()
        if name in named:
            raise InputError("evaluate.threshold_twice", model=name)
        named[name] = _finite(number, "evaluate.threshold_not_a_number")
    return named


def _finite(text: str, message_id: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(message_id, given=text)
    return value


def _read(request: EvaluateRequest, catalogue: Catalogue) -> Predictions:
    try:
        return read_predictions(request.source, request.kind)
    except TableError as error:
        say_problems(error, catalogue)
        raise
