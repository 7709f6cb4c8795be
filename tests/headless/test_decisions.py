"""``main.py decisions``: listed, completed with an outcome, exported for the audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from inference.decisions.decision_store import DecisionStore
from inference.packs.load import LoadedPack
from inference.packs.verify import verify_pack
from tests.headless.command_line import Ran
from tests.inference.decisions.test_board_decision import taken
from tests.inference.tiny_pack import write_tiny_pack

Run = Callable[..., Ran]


def kept(home: Path, tmp_path: Path) -> DecisionStore:
    pack: LoadedPack = verify_pack(write_tiny_pack(tmp_path / "npc-residual-tiny", gain=2.0), threads=1)
    store = DecisionStore(home / "data" / "decisions")
    store.put(taken(pack))
    return store


def test_nothing_decided_is_said(run: Run) -> None:
    ran = run("decisions")
    assert ran.code == 0 and "0 decisions" in ran.out


def test_an_export_of_nothing_says_so_and_writes_nothing(run: Run, home: Path, tmp_path: Path) -> None:
    table = tmp_path / "audit.csv"
    ran = run("decisions", "--export", table)
    assert ran.code == 2 and "of 0 decisions" in ran.err and not table.exists()
    kept(home, tmp_path)
    ran = run("decisions", "--export", table)
    assert ran.code == 2 and "of 1 decisions" in ran.err and not table.exists(), "its outcome is not known"


def test_an_outcome_is_recorded_and_feeds_the_audit(run: Run, home: Path, tmp_path: Path) -> None:
    kept(home, tmp_path)
    assert "d-1" in run("decisions").out
    told = ("--given", "ic_ccrt", "--actual", "non_residual", "--by", "Dr Wu")
    assert run("decisions", "--outcome-of", "d-1", *told).code == 0
    again = run("decisions", "--outcome-of", "d-1", *told)
    assert again.code == 2 and "not written over" in again.err
    table = tmp_path / "audit.csv"
    assert run("decisions", "--export", table).code == 0
    ran = run("audit", table, "--out", tmp_path / "audit")
    assert ran.code in (0, 3), ran.err
    assert (tmp_path / "audit" / "audit.json").is_file()


def test_a_blank_word_is_refused_and_nothing_changes(run: Run, home: Path, tmp_path: Path) -> None:
    store = kept(home, tmp_path)
    ran = run("decisions", "--outcome-of", "d-1", "--given", "ccrt", "--actual", "", "--by", "Dr Wu")
    assert ran.code == 2 and store.all().decisions[0].outcome is None
