"""Banners that nobody can close while they are true."""

from typing import Any

from PySide6.QtWidgets import QAbstractButton

from gui.results.currency_banner import CurrencyBanner, DemonstrationBanner
from gui.session import Session
from tests.gui.panel_session import GOOD, new_session, tiny_pack
from tests.inference.synthetic_case import record


def test_a_demonstration_pack_cannot_lose_its_banner(empty: Session, qtbot: Any) -> None:
    banner = DemonstrationBanner(empty)
    qtbot.addWidget(banner)
    banner.show()
    assert "synthetic" in banner.text.text()
    banner.hide()
    assert banner.isVisible()
    banner.setVisible(False)
    assert banner.isVisible()
    assert not banner.findChildren(QAbstractButton)


def test_the_banner_stays_while_an_answer_of_the_pack_is_shown(answered: Session, qtbot: Any) -> None:
    banner = DemonstrationBanner(answered)
    qtbot.addWidget(banner)
    answered.accept_pack(None, None)
    assert not banner.isHidden()


def test_a_hospitals_pack_has_no_demonstration_banner(tmp_path: Any, qtbot: Any) -> None:
    session = new_session(tiny_pack(tmp_path / "pack", scores=GOOD, provenance="hospital"))
    banner = DemonstrationBanner(session)
    qtbot.addWidget(banner)
    assert banner.isHidden()
    session.shut_down()


def test_a_current_answer_has_no_currency_banner(answered: Session, qtbot: Any) -> None:
    banner = CurrencyBanner(answered)
    qtbot.addWidget(banner)
    assert banner.isHidden()
    answered.set_record(record(age="61"))
    assert not banner.isHidden()
    assert "changed" in banner.text.text()
    assert not banner.recalculate.isHidden() and banner.recalculate.isEnabled()


def test_a_withheld_answer_says_so(withheld: Session, qtbot: Any) -> None:
    banner = CurrencyBanner(withheld)
    qtbot.addWidget(banner)
    assert not banner.isHidden()
    assert "withheld" in banner.text.text()
    assert banner.recalculate.isHidden()
