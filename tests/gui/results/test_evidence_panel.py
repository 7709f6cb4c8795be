"""The window's panel of published patients: folded at first, current with the record, without any pack."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from gui.results.evidence_panel import EvidencePanel
from gui.session import Session
from tests.inference.synthetic_case import record


def panel(session: Session, qtbot: Any) -> EvidencePanel:
    widget = EvidencePanel(session)
    qtbot.addWidget(widget)
    widget.resize(340, 400)
    widget.show()
    return widget


def texts(shown: EvidencePanel) -> list[str]:
    return [one.text() for one in shown.findChildren(QLabel) if not one.isHidden() and one.text()]


def unfold(shown: EvidencePanel, qtbot: Any) -> None:
    qtbot.mouseClick(shown.toggle, Qt.MouseButton.LeftButton)


def test_it_is_folded_until_somebody_asks(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    assert "27 of 142" not in texts(shown)
    unfold(shown, qtbot)
    assert "27 of 142" in texts(shown)
    assert any("not this patient" in text for text in texts(shown))
    unfold(shown, qtbot)
    assert "27 of 142" not in texts(shown)


def test_it_follows_the_record_and_the_language(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    unfold(shown, qtbot)
    answered.set_record(record(t_stage="T4"))
    assert "49 of 68" in texts(shown) and "27 of 142" not in texts(shown)
    answered.set_language("zh_CN")
    assert "49/68" in texts(shown)


def test_it_needs_no_pack(answered: Session, qtbot: Any) -> None:
    answered.accept_pack(None, None)
    shown = panel(answered, qtbot)
    unfold(shown, qtbot)
    assert "27 of 142" in texts(shown)


def test_a_count_says_its_whole_sentence_to_a_screen_reader(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    unfold(shown, qtbot)
    (count,) = [one for one in shown.findChildren(QLabel) if one.text() == "27 of 142"]
    assert count.accessibleName().startswith(
        "Of 142 patients in this retrospective cohort with Stage: III, 27"
    )
