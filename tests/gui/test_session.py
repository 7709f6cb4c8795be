"""The session: currency is computed, jobs belong to a case, packs may fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gui.garbage import GuiThreadGarbage
from gui.session import Session
from inference.case_input import StatedFacts
from inference.clock import SeededIds
from inference.errors import PackError
from tests.gui.panel_session import NoIntake, OnePack, new_session, open_case, run, tiny_pack
from tests.inference.synthetic_case import case, mask_layer, record, tumour_voxels


@pytest.fixture
def answered(tmp_path: Path, qapp: object) -> Session:
    session = new_session(tiny_pack(tmp_path / "pack"))
    open_case(session, case(mask=mask_layer()))
    run(session)
    assert session.is_current
    return session


def test_an_answer_is_stale_after_any_change_and_current_after_its_undoing(answered: Session) -> None:
    before = (answered.record, answered.mask, answered.stated)
    smaller = tumour_voxels()
    smaller[4] = False
    answered.set_record(record(age="61"))
    assert not answered.is_current
    answered.set_record(before[0])
    assert answered.is_current
    answered.set_mask(mask_layer(smaller))
    assert not answered.is_current
    answered.set_mask(before[1])
    answered.set_stated(StatedFacts(modality="MR"))
    assert not answered.is_current
    answered.set_stated(before[2])
    answered.set_rule_set("published")
    assert not answered.is_current
    answered.set_rule_set("cautious")
    assert answered.is_current


def test_equal_inputs_are_current_whoever_made_them(answered: Session) -> None:
    answered.set_record(record())
    answered.set_mask(mask_layer())
    assert answered.is_current


def test_another_pack_makes_the_answer_stale(answered: Session, tmp_path: Path) -> None:
    answered.accept_pack(tiny_pack(tmp_path / "other", margin=0.01), None)
    assert not answered.is_current


def test_heat_maps_are_shown_only_while_they_are_true(answered: Session) -> None:
    assert {heat.treatment for heat in answered.heat_maps} == {"ccrt", "ic_ccrt"}
    answered.set_record(record(age="61"))
    assert answered.heat_maps == ()


def test_closing_leaves_nothing_of_the_case(answered: Session) -> None:
    old_key = answered.case_key
    answered.close_case()
    for name in ("plan", "patient", "stack", "volume", "slice_source", "identity", "mask", "outcome"):
        assert getattr(answered, name) is None, name
    assert answered.record.canonical("age") is None
    assert answered.stated.is_empty
    assert answered.undo_stack.count() == 0
    assert answered.case_key != old_key


class BrokenPacks:
    """A store whose pack was altered."""

    def open(self, study: str, request: str | None) -> Any:
        """Refuse."""
        raise PackError("error.pack.none_for_study", study=study)


def test_a_pack_that_cannot_be_opened_is_a_sentence_and_no_crash(qapp: object, qtbot: Any) -> None:
    session = Session(intake=NoIntake(), packs=BrokenPacks(), ids=SeededIds(1))
    with qtbot.waitSignal(session.pack_changed, timeout=5_000):
        session.open_pack()
    assert session.pack is None and session.pack_problem is not None
    assert session.tr("gui.why_not.pack_problem")
    session.shut_down()


def test_nothing_runs_without_volume_and_pack(qapp: object, tmp_path: Path) -> None:
    session = Session(intake=NoIntake(), packs=OnePack(tiny_pack(tmp_path / "pack")), ids=SeededIds(1))
    session.run()
    session.segment()
    assert session.job is None


def test_segmenting_can_be_undone(qapp: object, qtbot: Any, tmp_path: Path) -> None:
    session = new_session(tiny_pack(tmp_path / "pack"))
    open_case(session, case())
    with qtbot.waitSignal(session.mask_changed, timeout=20_000):
        session.segment()
    assert session.mask is not None and session.mask.maker.startswith("npc-residual-tiny")
    qtbot.waitUntil(lambda: not session.is_busy, timeout=5_000)
    session.undo_stack.undo()
    assert session.mask is None
    session.undo_stack.redo()
    assert session.mask is not None
    session.shut_down()


def test_the_collector_works_in_the_windows_thread_alone(qapp: object) -> None:
    import gc

    garbage = GuiThreadGarbage()
    try:
        assert not gc.isenabled()
        garbage.collect_what_is_due()
    finally:
        garbage.hand_back()
    assert gc.isenabled()
    gc.disable()


def test_a_new_input_is_never_taken_for_a_freed_one(answered: Session) -> None:
    """Objects may follow each other at one address; what was hashed is kept and compared itself."""
    assert answered._currency._inputs[2] is answered.mask
    for slice_index in (4, 5, 6):
        smaller = tumour_voxels()
        smaller[slice_index] = False
        answered.set_mask(mask_layer(smaller))
        assert not answered.is_current
    answered.close_case()
    assert answered._currency._inputs == ()
