"""The table of the audit follows from the rule in words, and one that does not is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from inference.rules.audit_table import AuditTable, Judged, load_audit_table

N, R = "non_residual", "residual"


def in_plain_words(ccrt: str, ic_ccrt: str, given: str, actual: str) -> tuple[str, str, str]:
    """Recommendation, model, physician: the words of the rule, one after the other."""
    recommended = "ccrt" if ccrt == N else "ic_ccrt" if ic_ccrt == N else "ibt"
    agrees = {"ccrt": ccrt, "ic_ccrt": ic_ccrt}[given] == actual
    if not agrees:
        model = "wrong"
    elif recommended == "ibt":
        model = "undeterminable"
    else:
        model = "correct"
    if model == "correct" and recommended != given:
        physician = "wrong"
    elif actual == N:
        physician = "correct"
    else:
        physician = "undeterminable"
    return recommended, model, physician


def test_every_row_follows_from_the_words_but_for_the_disputed_one() -> None:
    table = load_audit_table("npc-residual")
    combinations = list(product((N, R), (N, R), ("ccrt", "ic_ccrt"), (N, R)))
    assert len(table.rows) == len(combinations) == 16
    for row, (ccrt, ic_ccrt, given, actual) in zip(table.rows, combinations, strict=True):
        assert (row.predicted, row.given, row.actual) == ({"ccrt": ccrt, "ic_ccrt": ic_ccrt}, given, actual)
        recommended, model, physician = in_plain_words(ccrt, ic_ccrt, given, actual)
        assert (row.recommended, row.model) == (recommended, model)
        assert (row.disputed or row.physician) == physician
    assert [row.row for row in table.rows if row.disputed] == [4]
    assert table.rows[3].physician is Judged.WRONG


def test_the_situations_of_the_paper_are_numbered_each_once() -> None:
    table = load_audit_table("npc-residual")
    numbered = {row.situation: row.row for row in table.rows if row.situation}
    assert numbered == {6: 1, 9: 2, 2: 3, 7: 5, 3: 7, 10: 10, 1: 11, 8: 13, 11: 14, 4: 15, 5: 16}


def test_the_disputed_row_is_read_as_asked_and_no_other_changes() -> None:
    table = load_audit_table("npc-residual")
    assert table.with_disputed("wrong") is table
    other = table.with_disputed("undeterminable")
    assert other.rows[3].physician is Judged.UNDETERMINABLE
    assert [row for row in other.rows if row.row != 4] == [row for row in table.rows if row.row != 4]


def test_what_rests_on_untested_predictions_is_every_wrong_physician() -> None:
    rows = load_audit_table("npc-residual").rows
    assert [row.row for row in rows if row.is_physician_untested] == [3, 4, 8, 10]
    assert [row.row for row in rows if row.is_model_untested] == [3, 8, 10]


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table["rows"].pop(),
        lambda table: table["rows"][0].update(model="wrong"),
        lambda table: table["rows"][2].update(physician="correct"),
        lambda table: table["rows"][3].update(disputed=None),
        lambda table: table["rows"][8].update(recommended="ccrt"),
        lambda table: table["rows"][1].update(row=7),
        lambda table: table["rows"][1].update(actual="non_residual"),
        lambda table: table["rows"][1]["predicted"].update(surgery="residual"),
        lambda table: table.update(schema_version=2),
    ],
)
def test_a_table_that_contradicts_the_rule_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    document = load_audit_table("npc-residual").model_dump(mode="json")
    AuditTable.model_validate(document)
    change(document)
    with pytest.raises(ValidationError):
        AuditTable.model_validate(document)
