"""What can be done about a finding at once: buttons that do it where the finding stands."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from gui.intake.finding_groups import FindingGroup
from gui.intake.series_badges import can_be_viewed, split_reasons, title
from gui.session import Session
from inference.case_input import StatedFacts
from inference.preprocessing.straighten import TILT
from inference.scan import Stack

TWO_PATIENTS: Final = "intake.two_patients"
_STATED: Final = {
    "intake.modality_unknown": "guard.modality",
    "meaning.phase_disagrees": "guard.phase",
    "meaning.contrast_unknown": "guard.contrast",
    "meaning.contrast_not_seen": "guard.contrast",
    "meaning.body_part_unknown": "guard.body_part",
}
_PARTS: Final = frozenset({"intake.collision", "intake.split", "intake.split_by"})
_MOST_SLICES: Final = 2


def action_widgets(session: Session, group: FindingGroup, parent: QWidget) -> list[QWidget]:
    """The deeds that fit a finding as things are now; none where only advice helps."""
    widgets: list[QWidget] = []
    if group.code == TWO_PATIENTS:
        widgets.append(choose_patient_button(session, parent))
    if group.code == TILT and session.volume is not None:
        button = _button(session, parent, "gui.do.straighten")
        button.setToolTip(session.tr("gui.do.straighten.tip"))
        button.clicked.connect(partial(_straighten, session))
        widgets.append(button)
    if group.code in _PARTS and (parts := _other_parts(session)):
        widgets.append(_parts_menu(session, parts, parent))
    if group.code in _STATED and session.viewed_case is not None:
        from gui.pathway.stated_fact_menu import StatedFactMenu

        widgets.append(StatedFactMenu(session, _STATED[group.code], parent))
    if session.stack is not None:
        widgets += _slice_buttons(session, session.stack, group, parent)
    return widgets


def _straighten(session: Session, _checked: bool = False) -> None:
    from gui.jobs.straightening import Straightening

    Straightening(session).start()


def choose_patient_button(session: Session, parent: QWidget) -> QPushButton:
    """A button that asks again whose study is to be shown."""
    known = "gui.do.choose_first" if session.patient is None else "gui.do.choose_patient"
    button = _button(session, parent, known)
    button.clicked.connect(session.patient_choice_needed)
    return button


def is_answered(code: str, stated: StatedFacts) -> bool:
    """True when the user has stated what a finding asks for; the input check says so from then on."""
    field = {
        "guard.modality": stated.modality,
        "guard.phase": stated.phase,
        "guard.contrast": "" if stated.contrast_enhanced is None else "stated",
        "guard.body_part": stated.body_part,
    }
    return bool(field.get(_STATED.get(code, ""), ""))


def _slice_buttons(session: Session, stack: Stack, group: FindingGroup, parent: QWidget) -> list[QWidget]:
    numbers = [finding.fields["slice"] for finding in group.findings if "slice" in finding.fields]
    made: list[QWidget] = []
    for number in dict.fromkeys(numbers):
        if len(made) < _MOST_SLICES and isinstance(number, int) and 1 <= number <= stack.geometry.shape[0]:
            button = _button(session, parent, "gui.do.show_slice", number=number)
            button.clicked.connect(partial(_show_slice, session, number - 1))
            made.append(button)
    return made


def _show_slice(session: Session, index: int, _checked: bool = False) -> None:
    session.slice_requested.emit(index)


def _other_parts(session: Session) -> list[Stack]:
    """The other stacks of the open series that can be shown."""
    if session.plan is None or session.stack is None:
        return []
    for series in session.plan.series:
        if any(one is session.stack for one in series.stacks):
            mine = session.stacks_of_patient()
            return [
                one
                for one in series.stacks
                if one is not session.stack and one in mine and can_be_viewed(one)
            ]
    return []


def _parts_menu(session: Session, parts: list[Stack], parent: QWidget) -> QPushButton:
    button = _button(session, parent, "gui.do.open_part")
    menu = QMenu(button)
    for number, part in enumerate(parts, 1):
        reasons = " · ".join(split_reasons(session, part)) or session.tr("gui.do.part", number=number)
        action = menu.addAction(f"{title(session, part)} · {reasons}")
        action.triggered.connect(partial(_open, session, part.stack_id))
    button.setMenu(menu)
    return button


def _open(session: Session, stack_id: str, _checked: bool = False) -> None:
    session.choose_stack(stack_id)


def _button(session: Session, parent: QWidget, message_id: str, **fields: int) -> QPushButton:
    button = QPushButton(parent)
    button.setProperty("role", "link")
    button.setText(session.tr(message_id, **fields))
    return button
