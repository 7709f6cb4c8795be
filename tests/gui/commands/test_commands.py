"""Every undoable change can be taken back exactly, and says what it was."""

from typing import Any

import numpy as np

from gui.commands.clinical_commands import set_clinical_value
from gui.commands.mask_commands import EditMask, ReplaceMask
from gui.commands.stated_commands import StateFact
from gui.session import Session
from inference.case_input import StatedFacts
from inference.clinical.record import ClinicalValue
from inference.clinical.schema import load_form, parse_value
from inference.masks.layer import MaskLayer, MaskOrigin, edit_between
from tests.inference.synthetic_case import axial, mask_layer


def painted(mask: MaskLayer) -> np.ndarray:
    after = mask.voxels.copy()
    after[2:5, 3:9, 4:7] = True
    return after


def test_undo_restores_painted_voxels(opened: Session) -> None:
    assert opened.mask is not None
    before = opened.mask.voxels.copy()
    edit = edit_between("panel.edit.mask.draw", before, painted(opened.mask))
    assert edit is not None
    opened.undo_stack.push(EditMask(opened, edit))
    assert opened.mask.is_edited and not np.array_equal(opened.mask.voxels, before)
    opened.undo_stack.undo()
    assert np.array_equal(opened.mask.voxels, before)
    assert not opened.mask.is_edited


def test_an_edit_keeps_its_box_and_no_volume(opened: Session) -> None:
    assert opened.mask is not None
    edit = edit_between("panel.edit.mask.draw", opened.mask.voxels, painted(opened.mask))
    assert edit is not None
    assert EditMask(opened, edit)._edit.before.size < opened.mask.voxels.size / 10


def test_a_replaced_mask_comes_back_and_the_step_is_named(opened: Session) -> None:
    former = opened.mask
    layer = MaskLayer("tumour", MaskOrigin.MODEL, mask_layer().voxels.copy(), axial(), "a pack")
    opened.undo_stack.push(ReplaceMask(opened, layer, "segment"))
    assert opened.mask is layer
    assert opened.undo_stack.undoText() == "Segment"
    opened.undo_stack.undo()
    assert opened.mask is former


def test_removing_the_mask_can_be_undone(opened: Session) -> None:
    former = opened.mask
    opened.undo_stack.push(ReplaceMask(opened, None, "remove"))
    assert opened.mask is None
    opened.undo_stack.undo()
    assert opened.mask is former


def test_a_changed_mask_makes_the_answer_stale_and_undo_makes_it_current(answered: Session) -> None:
    answered.undo_stack.push(ReplaceMask(answered, None, "remove"))
    assert not answered.is_current
    answered.undo_stack.undo()
    assert answered.is_current


def test_a_stated_fact_is_undoable_and_named(opened: Session) -> None:
    opened.undo_stack.push(StateFact(opened, StatedFacts(modality="MR"), "guard.modality"))
    assert opened.stated.modality == "MR"
    assert opened.undo_stack.undoText() == "State: Modality"
    opened.undo_stack.undo()
    assert opened.stated == StatedFacts()


def test_no_command_is_made_for_a_value_that_is_there_already(opened: Session) -> None:
    field = load_form("npc-residual").field("age")
    assert set_clinical_value(opened, parse_value(field, "52")) is None


def test_clearing_t_clears_the_derived_stage_in_one_step(opened: Session) -> None:
    command = set_clinical_value(opened, ClinicalValue.absent("t_stage"))
    assert command is not None
    opened.undo_stack.push(command)
    assert opened.record.canonical("stage") is None
    assert opened.undo_stack.count() == 1
    opened.undo_stack.undo()
    assert opened.record.canonical("stage") == "III"


def test_a_mask_that_is_undone_during_a_run_stays_away(opened: Session, qtbot: Any) -> None:
    opened.set_mask(None)
    opened.undo_stack.push(ReplaceMask(opened, mask_layer(), "import"))
    opened.run()
    opened.undo_stack.undo()
    qtbot.waitUntil(lambda: opened.outcome is not None and not opened.is_busy, timeout=20_000)
    assert opened.mask is None and not opened.is_current
