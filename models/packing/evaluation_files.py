"""The evaluation of a pack, by the command's own machinery: JSON, PDF, and the manifest's figures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from inference.evaluation.evaluation import CohortEvaluation, Evaluation, EvaluationOptions, evaluate
from inference.evaluation.prediction_file import read_predictions
from inference.packs.manifest import EvaluationFile, Metric
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from models.packing.content import PackContent, PredictionTable
from reports.evaluation.evaluation_file import encode_evaluation, evaluation_document
from reports.evaluation.evaluation_report import EvaluationContent, build_evaluation_report

_DECIMALS: Final = 4
_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class EvaluationFiles:
    """Contents by file name, the manifest's entries for them, and the figures."""

    contents: dict[str, bytes]
    entries: tuple[EvaluationFile, ...]
    metrics: tuple[Metric, ...]


def evaluation_files(content: PackContent, moment: datetime) -> EvaluationFiles:
    """Evaluate every table; cohorts stand apart, and cut-offs are those that were locked."""
    contents: dict[str, bytes] = {}
    entries: list[EvaluationFile] = []
    metrics: list[Metric] = []
    packed = {score.name for score in content.fitted.scores}
    for table in content.tables:
        evaluation = _evaluated(table, content.seed)
        contents[f"{table.name}.json"] = encode_evaluation(evaluation_document(evaluation), moment)
        contents[f"{table.name}.pdf"] = build_evaluation_report(
            EvaluationContent(evaluation, _LANGUAGE, moment)
        )
        entries.append(EvaluationFile(file=f"{table.name}.json", kind="json"))
        entries.append(EvaluationFile(file=f"{table.name}.pdf", kind="pdf"))
        metrics += [
            metric
            for cohort in evaluation.cohorts
            for metric in _metrics(evaluation, cohort)
            if metric.score in packed
        ]
    return EvaluationFiles(contents, tuple(entries), tuple(metrics))


def _evaluated(table: PredictionTable, seed: int) -> Evaluation:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predictions.csv"
        path.write_text(table.csv, encoding="utf-8")
        predictions = read_predictions(path, table.kind)
    names = {model.name for model in predictions.models}
    given = {name: value for name, value in table.thresholds.items() if name in names}
    unit = "months" if table.kind == "survival" else ""
    return evaluate(predictions, EvaluationOptions(threshold=given, time_unit=unit, seed=seed))


def _metrics(evaluation: Evaluation, cohort: CohortEvaluation) -> Iterator[Metric]:
    rows = evaluation.predictions.rows_of(cohort.name)
    folds = evaluation.predictions.folds[rows]
    scored = "out of fold" if (folds != "").all() else ""
    flow = f"{cohort.flow.patients} patients, {cohort.flow.events} events"
    note = f"{flow}; {scored}" if scored else flow

    def metric(name: str, score: str, found: Estimate | NotEstimable | None) -> Iterator[Metric]:
        if isinstance(found, Estimate):
            low, high = (None, None) if found.interval is None else found.interval
            yield Metric(
                cohort=cohort.name,
                treatment=None,
                name=name,
                value=round(found.value, _DECIMALS),
                low=None if low is None else round(low, _DECIMALS),
                high=None if high is None else round(high, _DECIMALS),
                note=note,
                score=score,
            )

    for classes in cohort.classes:
        yield from metric("auc", classes.model, classes.auc)
        if classes.at_threshold is not None:
            matrix = classes.at_threshold.matrix
            yield from metric("sensitivity", classes.model, matrix.sensitivity)
            yield from metric("specificity", classes.model, matrix.specificity)
            yield from metric("accuracy", classes.model, matrix.accuracy)
    for times in cohort.times:
        yield from metric("c-index", times.model, times.c_index)
        for horizon, area in zip(times.auc.times, times.auc.estimates, strict=True):
            yield from metric(f"auc at {horizon:g} months", times.model, area)
        yield from metric("integrated auc", times.model, times.integrated_auc)
        yield from metric("integrated brier score", times.model, times.integrated_brier)
        if times.risk_groups is not None:
            yield from metric("hazard ratio, high against low", times.model, times.risk_groups.hazard_ratio)
