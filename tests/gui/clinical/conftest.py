"""States of the session in which the panels are looked at, and the form over an opened case."""

from typing import Any

import pytest

from gui.clinical.schema_form import ClinicalForm
from gui.session import Session
from tests.gui.panel_session import answered, borderline_pack, empty, good_pack, opened, stale, withheld

__all__ = ["answered", "borderline_pack", "empty", "good_pack", "opened", "stale", "withheld"]


@pytest.fixture
def form(opened: Session, qtbot: Any) -> ClinicalForm:
    """The clinical form of an opened case, shown."""
    made = ClinicalForm(opened)
    qtbot.addWidget(made)
    made.show()
    return made
