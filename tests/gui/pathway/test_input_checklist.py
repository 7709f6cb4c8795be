"""The checklist says before the run what stands in the way; the user may say what the file does not."""

from typing import Any

import pytest

from gui.pathway.input_checklist import InputChecklist
from gui.session import Session
from inference.case_input import CaseInput
from inference.findings import Verdict
from inference.pipeline import check_inputs
from inference.technique import Technique
from tests.gui.panel_session import open_case
from tests.inference.meaning.painted_abdomen import abdomen
from tests.inference.synthetic_case import case, mask_layer, tumour_voxels


@pytest.fixture
def checklist(empty: Session, qtbot: Any) -> InputChecklist:
    widget = InputChecklist(empty)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_an_empty_case_says_that_a_scan_is_needed(checklist: InputChecklist) -> None:
    assert not checklist.lines
    assert checklist.hint.isVisible() and checklist.hint.text()


def test_every_line_of_the_guard_is_there_with_word_and_shape(
    checklist: InputChecklist, empty: Session
) -> None:
    opened = case(mask=mask_layer())
    open_case(empty, opened)
    assert empty.pack is not None
    expected = check_inputs(opened, empty.pack)
    assert list(checklist.lines) == [line.name for line in expected]
    for line in expected:
        shown = checklist.lines[line.name]
        assert shown.mark.verdict is Verdict.FINE
        assert "fits" in shown.accessibleName()
        assert shown.measured.text() == empty.render(line.measured)
        assert empty.render(line.allowed) in shown.toolTip()
    assert not checklist.hint.isVisible()


def test_a_refused_line_is_red_and_says_what_is_allowed(checklist: InputChecklist, empty: Session) -> None:
    open_case(empty, case(slice_thickness_mm=9.0))
    line = checklist.lines["guard.slice_thickness"]
    assert line.mark.verdict is Verdict.REFUSED
    assert "refused" in line.detail.text() and "3–7" in line.detail.text()
    assert line.detail.property("tone") == "bad"
    assert checklist.lines["guard.plane"].detail.text() == ""


def test_what_the_file_says_cannot_be_stated(checklist: InputChecklist, empty: Session) -> None:
    open_case(empty, case())
    assert not checklist.state_controls


@pytest.mark.parametrize(
    ("name", "silent", "value"),
    [
        ("guard.modality", {"modality": ""}, "MR"),
        ("guard.contrast", {"contrast_agent": ""}, True),
        ("guard.body_part", {"body_part": "", "series_description": ""}, "HEADNECK"),
    ],
)
def test_what_the_file_leaves_open_can_be_stated_and_taken_back(
    name: str, silent: dict[str, Any], value: str | bool, checklist: InputChecklist, empty: Session
) -> None:
    open_case(empty, case(**silent))
    assert checklist.lines[name].mark.verdict is Verdict.REFUSED
    checklist.state_controls[name].state(value)
    assert checklist.lines[name].mark.verdict is Verdict.NOTE
    assert "stated" in checklist.lines[name].measured.text()
    checklist.state_controls[name].state(None)
    assert checklist.lines[name].mark.verdict is Verdict.REFUSED
    empty.undo_stack.undo()
    assert checklist.lines[name].mark.verdict is Verdict.NOTE


def test_a_menu_choice_states_the_fact(checklist: InputChecklist, empty: Session) -> None:
    open_case(empty, case(contrast_agent=""))
    menu = checklist.state_controls["guard.contrast"].menu()
    menu.actions()[0].trigger()
    assert empty.stated.contrast_enhanced is True


def test_a_disputed_phase_can_be_picked_and_taken_back(checklist: InputChecklist, empty: Session) -> None:
    times = Technique(acquisition_time="101336", last_acquisition_time="101337", contrast_start_time="101300")
    stack, volume = abdomen("portal_venous", technique=times, contrast_agent="IOHEXOL")
    open_case(empty, CaseInput(stack, volume, case().record))
    assert checklist.lines["guard.phase"].mark.verdict is Verdict.REFUSED
    control = checklist.state_controls["guard.phase"]
    assert [action.text() for action in control.menu().actions()[:4]] == [
        "unenhanced",
        "arterial",
        "portal-venous",
        "delayed",
    ]
    control.state("portal_venous")
    assert empty.stated.phase == "portal_venous"
    assert checklist.lines["guard.phase"].mark.verdict is Verdict.NOTE
    checklist.state_controls["guard.phase"].state(None)
    assert checklist.lines["guard.phase"].mark.verdict is Verdict.REFUSED


def test_stating_no_contrast_is_not_the_same_as_saying_nothing(
    checklist: InputChecklist, empty: Session
) -> None:
    open_case(empty, case(contrast_agent=""))
    checklist.state_controls["guard.contrast"].state(False)
    assert empty.stated.contrast_enhanced is False
    assert checklist.lines["guard.contrast"].mark.verdict is Verdict.REFUSED


def test_the_mask_is_checked_as_soon_as_there_is_one(checklist: InputChecklist, empty: Session) -> None:
    open_case(empty, case())
    assert "guard.mask" not in checklist.lines
    empty.set_mask(mask_layer())
    assert "guard.mask" in checklist.lines


def test_the_lines_follow_the_language(checklist: InputChecklist, empty: Session) -> None:
    open_case(empty, case())
    english = checklist.lines["guard.plane"].name.text()
    empty.set_language("zh_CN")
    assert checklist.lines["guard.plane"].name.text() != english


def test_a_changed_mask_changes_its_line_and_leaves_the_rows_in_place(opened: Session, qtbot: Any) -> None:
    checklist = InputChecklist(opened)
    qtbot.addWidget(checklist)
    rows, before = dict(checklist.lines), checklist.lines["guard.mask"].measured.text()
    smaller = tumour_voxels()
    smaller[4] = False
    opened.set_mask(mask_layer(smaller))
    assert checklist.lines == rows
    assert checklist.lines["guard.mask"].measured.text() != before
