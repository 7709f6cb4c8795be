"""No panel shows an id, a placeholder or an empty button, in any state and either language."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QTableView, QWidget

from gui.clinical.schema_form import ClinicalForm
from gui.feedback.notice_bar import NoticeBar
from gui.notice import NoticeKind
from gui.pathway.input_checklist import InputChecklist
from gui.pathway.run_bar import RunBar
from gui.reporting.report_page import ReportPage
from gui.results.currency_banner import CurrencyBanner, DemonstrationBanner
from gui.results.guard_panel import GuardPanel
from gui.results.recommendation_panel import RecommendationPanel
from gui.results.slice_share_panel import SliceSharePanel
from gui.results.treatment_comparison import TreatmentComparison
from gui.session import Session
from gui.viewer.view_state import Tool
from inference.clinical.record import Provenance
from inference.jobs import EndState, JobEnd
from inference.masks.brush import ERASE, PAINT
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message

PANELS = (
    ClinicalForm,
    InputChecklist,
    RunBar,
    TreatmentComparison,
    RecommendationPanel,
    GuardPanel,
    SliceSharePanel,
    CurrencyBanner,
    DemonstrationBanner,
    NoticeBar,
    ReportPage,
)
STATES = ("empty", "opened", "answered", "stale", "withheld")


def texts(widget: QWidget) -> Iterator[str]:
    for child in (widget, *widget.findChildren(QWidget)):
        yield from (child.toolTip(), child.accessibleName(), child.accessibleDescription())
        if isinstance(child, QLabel | QAbstractButton):
            yield child.text()
        if isinstance(child, QComboBox):
            yield from (child.itemText(index) for index in range(child.count()))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("state", STATES)
def test_every_text_comes_from_the_catalogue(
    state: str, language: str, request: pytest.FixtureRequest, qtbot: Any
) -> None:
    session: Session = request.getfixturevalue(state)
    panels = [panel(session) for panel in PANELS]
    for panel in panels:
        qtbot.addWidget(panel)
    session.set_language(language)
    found = [text for panel in panels for text in texts(panel) if "⟦" in text or "{" in text]
    assert not found


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_words_that_are_put_together_exist(language: str) -> None:
    catalogue = load_catalogue(language)
    wanted = [f"panel.run.{state.value}" for state in EndState]
    wanted += [f"panel.notice.{kind.value}" for kind in NoticeKind]
    told = [provenance for provenance in Provenance if provenance is not Provenance.TYPED]
    wanted += [f"panel.provenance.{provenance.value}" for provenance in told]
    wanted += [f"panel.provenance.short.{provenance.value}" for provenance in told]
    wanted += [f"panel.edit.mask.{verb}" for verb in ("segment", "import", "draw", "remove")]
    wanted += [PAINT, ERASE, *(f"gui.{tool}.size" for tool in Tool if tool.edits_mask)]
    assert not [message_id for message_id in wanted if not catalogue.has(message_id)]


@pytest.mark.parametrize("state", STATES)
def test_every_button_that_is_seen_has_a_name(state: str, request: pytest.FixtureRequest, qtbot: Any) -> None:
    session: Session = request.getfixturevalue(state)
    session.accept_job_end(JobEnd(session.case_key, EndState.FAILED, message=Message("error.memory")))
    for panel in PANELS:
        widget = panel(session)
        qtbot.addWidget(widget)
        for button in widget.findChildren(QAbstractButton):
            if button.isVisibleTo(widget) and not isinstance(button.parent(), QTableView):
                assert button.text() or button.accessibleName(), f"{panel.__name__}: {button.objectName()}"


def test_a_longer_language_does_not_burst_a_narrow_column(answered: Session, qtbot: Any) -> None:
    answered.catalogue = load_catalogue("xx")
    for panel in PANELS[:7]:
        widget = panel(answered)
        qtbot.addWidget(widget)
        answered.language_changed.emit()
        assert widget.minimumSizeHint().width() <= 340, panel.__name__
