"""A link with a long file name never widens its column and keeps the whole text for ears and tooltip."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.feedback.elided_link import ElidedLink

LONG = f"Use {'a' * 200}.nii.gz, found beside the series"


def test_a_long_text_shortens_and_a_short_one_stays(qapp: Any, qtbot: Any) -> None:
    column = QWidget()
    qtbot.addWidget(column)
    link = ElidedLink()
    QVBoxLayout(column).addWidget(link)
    column.resize(240, 60)
    column.show()
    link.say(LONG)
    assert column.minimumSizeHint().width() <= 240 >= link.width()
    qtbot.waitUntil(lambda: link.text().startswith("Use aaaa"), timeout=1_000)
    assert "…" in link.text() and link.text().endswith("series")
    assert link.accessibleName() == LONG == link.toolTip()
    link.say("Use a.nii")
    qtbot.waitUntil(lambda: link.text() == "Use a.nii", timeout=1_000)
