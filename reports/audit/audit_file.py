"""``audit.json``: the decision audit for other programs, by row numbers and never by patients' identifiers.

Codes and numbers are never translated.  The version is counted up when a field changes its meaning or goes
away, not when one is added.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from inference.rules.decision_audit import DecisionAudit, Tally, TreatmentCount, TwoTallies
from inference.statistics.comparisons.chi_square import ChiSquare
from inference.statistics.comparisons.paired_proportions import McNemar
from inference.statistics.reasons import NotEstimable
from inference.version import NAME, VERSION
from reports.json_document import Json, encode_document, not_estimable, number

SCHEMA: Final = "concilium.decision-audit"
SCHEMA_VERSION: Final = 1


def audit_document(audit: DecisionAudit, input_sha256: str) -> Json:
    """The audit as plain values; the same for the same input and parameters."""
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "software": {"name": NAME, "version": VERSION},
        "study": audit.table.study,
        "citation": audit.table.citation,
        "input": {
            "sha256": input_sha256,
            "patients": audit.patients,
            "synthetic_patients": audit.synthetic,
        },
        "parameters": {"row4_physician": audit.row4_physician},
        "row4_patients": audit.row4_patients,
        "table": [
            {
                "row": each.row.row,
                "situation": each.row.situation,
                "predicted": dict(each.row.predicted),
                "recommended": each.row.recommended,
                "given": each.row.given,
                "actual": each.row.actual,
                "model": each.row.model.value,
                "physician": each.row.physician.value,
                "rests_on_untested": each.row.rests_on_untested,
                "patients": each.patients,
            }
            for each in audit.rows
        ],
        "judged": [
            {
                "row": each.decision.row,
                "table_row": each.row.row,
                "model": each.row.model.value,
                "physician": each.row.physician.value,
                "synthetic": each.decision.is_synthetic,
            }
            for each in audit.judged
        ],
        **_two(audit.as_judged),
        "paired": {
            "patients": audit.pairs.total,
            "both_correct": audit.pairs.both,
            "physician_alone_correct": audit.pairs.first_only,
            "model_alone_correct": audit.pairs.second_only,
            "both_wrong": audit.pairs.neither,
            "model_minus_physician": number(audit.difference),
            "mcnemar_exact": _mcnemar(audit.mcnemar),
        },
        "pearson_chi_square": _pearson(audit.pearson),
        "over_treatment": _treatment(audit.over_treatment),
        "under_treatment": _treatment(audit.under_treatment),
        "untested": {
            "patients": audit.untested,
            "set_aside": _two(audit.set_aside),
            "all_false": _two(audit.all_false),
        },
    }


def encode_audit(document: Json, created_at: datetime) -> bytes:
    """The file as indented UTF-8 JSON: the document, its hash, and when it was written."""
    return encode_document("audit", document, created_at)


def _two(two: TwoTallies) -> Json:
    return {"physician": _tally(two.physician), "model": _tally(two.model)}


def _tally(tally: Tally) -> Json:
    return {
        "correct": tally.correct,
        "wrong": tally.wrong,
        "undeterminable": tally.undeterminable,
        "determinable": tally.determinable,
        "correct_rate": number(tally.rate),
    }


def _treatment(count: TreatmentCount) -> Json:
    return {
        "patients": count.patients,
        "given": count.given,
        "with_residual": count.with_residual,
        "rate": number(count.rate),
    }


def _mcnemar(test: McNemar | NotEstimable) -> Json:
    if isinstance(test, NotEstimable):
        return not_estimable(test)
    return {"p_value": test.p_value, "flags": list(test.flags)}


def _pearson(test: ChiSquare | NotEstimable) -> Json:
    if isinstance(test, NotEstimable):
        return not_estimable(test)
    return {
        "statistic": test.statistic,
        "degrees_of_freedom": test.degrees_of_freedom,
        "p_value": test.p_value,
        "yates": False,
        "flags": list(test.flags),
    }
