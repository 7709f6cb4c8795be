"""``main.py decisions``, ``audit`` and ``evaluate``: what came of decisions and predictions."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from inference.messages.catalogue import Catalogue


def add_judging_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands that hold decisions and predictions against what happened."""
    decisions = add("decisions", help="list what boards decided here; record what came of it")
    decisions.add_argument("--outcome-of", default="", metavar="DECISION", help="record what came of it")
    decisions.add_argument("--given", default="", help="with --outcome-of: e.g. ccrt or ic_ccrt")
    decisions.add_argument("--actual", default="", help="with --outcome-of: e.g. residual or non_residual")
    decisions.add_argument("--by", default="", metavar="NAME", help="with --outcome-of: who records it")
    decisions.add_argument("--export", type=Path, metavar="FILE.csv", help="write the table for the audit")
    decisions.set_defaults(run=_run_decisions)

    audit = add("audit", help="judge past decisions of physicians and model by the outcome")
    audit.add_argument("source", type=Path, metavar="DECISIONS.csv", help="one patient a row: docs/audit.md")
    audit.add_argument("--out", type=Path, required=True, help="folder for audit.json and audit.pdf")
    audit.add_argument(
        "--row4-physician",
        choices=("wrong", "undeterminable"),
        default="wrong",
        help="a case on which the paper's text and its rule differ; default: wrong, as the text has it",
    )
    audit.add_argument("--synthetic", action="store_true", help="say on every page that nobody here is real")
    audit.set_defaults(run=_run_audit)

    evaluate = add("evaluate", help="judge predictions by what happened, each cohort apart")
    evaluate.add_argument(
        "--predictions",
        type=Path,
        required=True,
        metavar="FILE.csv",
        help="one patient a row: docs/evaluate.md",
    )
    evaluate.add_argument("--kind", choices=("binary", "survival"), required=True, help="what was predicted")
    evaluate.add_argument(
        "--threshold",
        action="append",
        default=[],
        metavar="T|NAME=T",
        help="a score from it on is high; for every model or for the named one; default: locked in training",
    )
    evaluate.add_argument(
        "--horizon", action="append", nargs="+", default=[], metavar="T", help="times to judge at (survival)"
    )
    evaluate.add_argument(
        "--time-unit",
        choices=("days", "weeks", "months", "years"),
        default="",
        help="of the times (survival)",
    )
    evaluate.add_argument("--seed", type=int, default=0, help="of what is resampled; default 0")
    evaluate.add_argument("--out", type=Path, required=True, help="folder for evaluation.json and .pdf")
    evaluate.set_defaults(run=_run_evaluate)


def _run_decisions(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.decisions import DecisionsRequest, run_decisions

    request = DecisionsRequest(options.outcome_of, options.given, options.actual, options.by, options.export)
    return run_decisions(request, catalogue)


def _run_audit(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.audit import AuditRequest, audit_and_write

    request = AuditRequest(options.source, options.out, options.row4_physician, options.synthetic)
    return audit_and_write(request, catalogue)


def _run_evaluate(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.evaluate import EvaluateRequest, evaluate_and_write

    request = EvaluateRequest(
        source=options.predictions,
        kind=options.kind,
        out=options.out,
        thresholds=tuple(options.threshold),
        horizons=tuple(text for texts in options.horizon for text in texts),
        time_unit=options.time_unit,
        seed=options.seed,
    )
    return evaluate_and_write(request, catalogue)
