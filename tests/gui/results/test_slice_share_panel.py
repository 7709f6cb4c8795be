"""The bars say which slices hold the score up, and lead there."""

from typing import Any

from PySide6.QtCore import QPoint, Qt

from gui.results.slice_share_panel import SliceSharePanel
from gui.session import Session
from reports.figures.slice_shares import strongest_slice


def panel(session: Session, qtbot: Any) -> SliceSharePanel:
    widget = SliceSharePanel(session)
    qtbot.addWidget(widget)
    widget.resize(340, 400)
    widget.show()
    return widget


def test_each_treatment_has_its_bars(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    assert list(shown.figures) == ["ccrt", "ic_ccrt"]
    assert "CCRT" in shown.figures["ccrt"].accessibleName()


def test_a_withheld_answer_has_no_bars(withheld: Session, qtbot: Any) -> None:
    shown = SliceSharePanel(withheld)
    qtbot.addWidget(shown)
    assert not shown.figures
    assert shown.isHidden()


def test_a_click_asks_for_the_slice_under_it(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    figure = shown.figures["ccrt"]
    assert answered.outcome is not None
    slices = answered.outcome.assessment.predictions[0].slices
    for place in (0, len(slices) - 1):
        x = int((place + 0.5) * figure.width() / len(slices))
        with qtbot.waitSignal(answered.slice_requested) as asked:
            qtbot.mouseClick(figure, Qt.MouseButton.LeftButton, pos=QPoint(x, 20))
        assert asked.args == [slices[place]]


def test_arrows_walk_the_slices_from_the_strongest(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    figure = shown.figures["ccrt"]
    assert answered.outcome is not None
    prediction = answered.outcome.assessment.predictions[0]
    asked: list[int] = []
    answered.slice_requested.connect(asked.append)
    qtbot.keyClick(figure, Qt.Key.Key_Left)
    qtbot.keyClick(figure, Qt.Key.Key_Left)
    assert asked[0] == strongest_slice(prediction)
    assert asked[1] == prediction.slices[max(0, prediction.slices.index(asked[0]) - 1)]
    for _ in range(len(prediction.slices) + 1):
        qtbot.keyClick(figure, Qt.Key.Key_Left)
    assert asked[-1] == prediction.slices[0]
    assert str(asked[-1] + 1) in figure.accessibleDescription()


def test_a_stale_answer_greys_the_bars(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    answered.set_mask(None)
    assert all(figure._is_stale for figure in shown.figures.values())
