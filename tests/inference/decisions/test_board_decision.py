"""A decision carries who, when and why; it is kept whole and can be had back, and feeds the audit."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inference.decisions.board_decision import (
    LONGEST_TEXT,
    BoardDecision,
    Choice,
    OwnOpinion,
    RecordedOutcome,
    decide,
    from_document,
    to_document,
)
from inference.decisions.decision_store import DecisionStore, audit_csv
from inference.errors import InputError
from inference.packs.load import LoadedPack
from inference.pipeline import assess
from inference.rules.decisions_file import read_decisions
from tests.inference.synthetic_case import case, mask_layer

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
WITHHELD = {"modality": "CT"}


def taken(pack: LoadedPack, number: int = 1, choice: Choice = Choice.ACCEPT, **more: Any) -> BoardDecision:
    tags = more.pop("tags", {})
    outcome = assess(case(mask=mask_layer(), **tags), pack, rule_set="published")
    told: dict[str, Any] = {"decided": "", "reason": "", "by": "Dr Lin"} | more
    return decide(
        outcome.assessment,
        {reading.name: reading.word for reading in outcome.readings},
        choice,
        decision_id=f"d-{number}",
        case_id="c-1",
        at=NOON.replace(minute=number),
        **told,
    )


def test_accepting_takes_the_recommendation_over_and_names_the_answer(tiny_pack: LoadedPack) -> None:
    made = taken(tiny_pack)
    assert made.recommended == "ic_ccrt" and set(made.predicted) == {"ccrt", "ic_ccrt"}
    assert len(made.assessment_sha256) == 64 and made.subject == "phantom"


def test_nothing_can_be_accepted_where_nothing_was_recommended(tiny_pack: LoadedPack) -> None:
    with pytest.raises(InputError) as caught:
        taken(tiny_pack, tags=WITHHELD)
    assert caught.value.message.id == "error.decision.nothing_to_accept"
    made = taken(tiny_pack, choice=Choice.OVERRIDE, decided="CCRT", reason="frail", tags=WITHHELD)
    assert made.recommended is None and made.predicted == {}


@pytest.mark.parametrize("choice", [Choice.MODIFY, Choice.OVERRIDE])
@pytest.mark.parametrize(
    ("decided", "reason", "field"), [("", "frail", "decision.decided"), ("CCRT", " ", "decision.reason")]
)
def test_a_change_needs_what_and_why(
    tiny_pack: LoadedPack, choice: Choice, decided: str, reason: str, field: str
) -> None:
    with pytest.raises(InputError) as caught:
        taken(tiny_pack, choice=choice, decided=decided, reason=reason)
    assert caught.value.message.fields == {"field": field}


@pytest.mark.parametrize("more", [{"by": "  "}, {"reason": "x" * (LONGEST_TEXT + 1)}])
def test_a_nameless_or_endless_decision_is_refused(tiny_pack: LoadedPack, more: dict[str, str]) -> None:
    with pytest.raises(InputError):
        taken(tiny_pack, **more)


def test_it_reads_back_as_it_was_written(tiny_pack: LoadedPack) -> None:
    opinion = OwnOpinion("induction first", "Dr Lin", NOON)
    made = taken(tiny_pack, choice=Choice.MODIFY, decided="CCRT", reason="hearing", opinion=opinion)
    made = made.with_outcome(RecordedOutcome("ccrt", "non_residual", "Dr Wu", NOON))
    assert from_document(json.loads(json.dumps(to_document(made)))) == made


def test_no_name_of_the_patient_is_kept(tiny_pack: LoadedPack) -> None:
    text = json.dumps(to_document(taken(tiny_pack)))
    assert "PHANTOM^" not in text and "NPC-000001" not in text


def test_decisions_are_kept_in_order_and_a_damaged_file_hides_no_other(
    tiny_pack: LoadedPack, tmp_path: Path
) -> None:
    store = DecisionStore(tmp_path / "decisions")
    assert store.all().decisions == ()
    second, first = taken(tiny_pack, 2), taken(tiny_pack, 1)
    store.put(second)
    store.put(first)
    (tmp_path / "decisions" / "half.json").write_text('{"schema": "concilium.dec')
    newer = to_document(first) | {"schema_version": 2}
    (tmp_path / "decisions" / "newer.json").write_text(json.dumps(newer))
    kept = store.all()
    assert kept.decisions == (first, second) and kept.unreadable == 2


def test_an_outcome_is_recorded_once_and_never_written_over(tiny_pack: LoadedPack, tmp_path: Path) -> None:
    store = DecisionStore(tmp_path)
    store.put(taken(tiny_pack))
    outcome = RecordedOutcome("ic_ccrt", "residual", "Dr Wu", NOON)
    assert store.record_outcome("d-1", outcome).outcome == outcome
    for name, code in (("d-1", "outcome_stands"), ("d-9", "unknown")):
        with pytest.raises(InputError) as caught:
            store.record_outcome(name, replace(outcome, actual="non_residual"))
        assert caught.value.message.id == f"error.decision.{code}"
    assert store.all().decisions[0].outcome == outcome


@pytest.mark.parametrize(("given", "actual"), [("surgery", "residual"), ("ccrt", "cured")])
def test_an_outcome_that_no_audit_could_read_is_refused_before_it_stands(
    given: str, actual: str, tiny_pack: LoadedPack, tmp_path: Path
) -> None:
    store = DecisionStore(tmp_path)
    store.put(taken(tiny_pack))
    with pytest.raises(InputError) as caught:
        store.record_outcome("d-1", RecordedOutcome(given, actual, "Dr Wu", NOON))
    assert caught.value.message.id == "error.decision.outcome_word"
    store.record_outcome("d-1", RecordedOutcome("IC+CCRT", "non-residual", "Dr Wu", NOON))


def test_the_table_for_the_audit_is_one_that_the_audit_reads(tiny_pack: LoadedPack, tmp_path: Path) -> None:
    early = taken(tiny_pack, 1).with_outcome(RecordedOutcome("ccrt", "residual", "Dr Wu", NOON))
    late = taken(tiny_pack, 2).with_outcome(RecordedOutcome("ic_ccrt", "non_residual", "Dr Wu", NOON))
    path = tmp_path / "audit.csv"
    path.write_text(audit_csv([early, late, taken(tiny_pack, 3)]))
    (only,) = read_decisions(path).decisions
    assert (only.given, only.actual, only.is_synthetic) == ("ic_ccrt", "non_residual", True)
    assert only.predicted == dict(late.predicted)


@pytest.mark.parametrize(
    "change",
    [
        {"predicted": {"ccrt": "residual"}},
        {"predicted": {"ccrt": "residual", "ic_ccrt": "perhaps"}},
        {"subject_sha256": 12},
        {"decision_id": "../elsewhere"},
    ],
    ids=["one regimen", "unknown word", "hash is a number", "another file's name"],
)
def test_a_file_that_the_audit_could_not_read_is_told_and_written_nowhere(
    change: dict[str, Any], tiny_pack: LoadedPack, tmp_path: Path
) -> None:
    store = DecisionStore(tmp_path / "decisions")
    good = taken(tiny_pack)
    store.put(good)
    bad = {**to_document(good), "decision_id": "d-2"} | change
    (tmp_path / "decisions" / "d-2.json").write_text(json.dumps(bad))
    (tmp_path / "decisions" / "d-3.json").write_text("[" * 90_000)
    kept = store.all()
    assert kept.decisions == (good,) and kept.unreadable == 2
    with pytest.raises(InputError):
        store.record_outcome(str(bad["decision_id"]), RecordedOutcome("ccrt", "residual", "Dr Wu", NOON))
    assert not (tmp_path / "elsewhere.json").exists()
