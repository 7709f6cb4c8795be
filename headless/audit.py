"""``main.py audit``: past decisions in, ``audit.json`` and ``audit.pdf`` out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from headless.terminal import say_problems
from inference.clock import Clock, SystemClock
from inference.errors import EXIT_ANSWERED, EXIT_WITHHELD
from inference.messages.catalogue import Catalogue
from inference.rules.audit_table import Row4Physician, load_audit_table
from inference.rules.decision_audit import DecisionAudit, audit_decisions
from inference.rules.decisions_file import DecisionsFile, read_decisions
from inference.storage import write_all_or_none
from inference.tables.csv_table import TableError
from reports.audit.audit_file import audit_document, encode_audit
from reports.audit.audit_report import AuditContent, build_audit_report
from reports.audit.words import summary_lines

STUDY: Final = "npc-residual"
RESULT_FILES: Final = ("audit.json", "audit.pdf")


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What the user asked for on the command line."""

    source: Path
    out: Path
    row4_physician: Row4Physician = "wrong"
    is_synthetic: bool = False


def audit_and_write(request: AuditRequest, catalogue: Catalogue, clock: Clock | None = None) -> int:
    """Judge, write both files or neither, print a summary; 3 when neither rate can be estimated.

    Raises
    ------
    ConciliumError
        When the table cannot be used (all that is wrong with it is printed before) or the place not written.
    """
    try:
        file = read_decisions(request.source)
    except TableError as error:
        say_problems(error, catalogue)
        raise
    audit = _audit(file, request)
    moment = (clock or SystemClock()).now()
    content = AuditContent(audit, file.sha256, catalogue.language, moment)
    write_all_or_none(
        request.out,
        {
            "audit.json": encode_audit(audit_document(audit, file.sha256), moment),
            "audit.pdf": build_audit_report(content),
        },
    )
    for line in summary_lines(audit, catalogue):
        print(line)
    if file.unused_columns:
        print(catalogue.text("audit.summary.unused", columns=", ".join(file.unused_columns)))
    for name in RESULT_FILES:
        print(catalogue.text("cli.written", file=str(request.out / name)))
    return EXIT_ANSWERED if audit.can_compare else EXIT_WITHHELD


def _audit(file: DecisionsFile, request: AuditRequest) -> DecisionAudit:
    decisions = file.decisions
    if request.is_synthetic:
        decisions = tuple(replace(one, is_synthetic=True) for one in decisions)
    return audit_decisions(decisions, load_audit_table(STUDY), row4_physician=request.row4_physician)
