"""A length measured in the mask: it counts once a named reader has confirmed it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gui.clinical.measured_offer import MeasuredOffer
from gui.clinical.schema_form import ClinicalForm
from gui.session import Session
from inference.clinical.record import Provenance
from inference.clinical.schema import load_form
from tests.inference.synthetic_case import mask_layer


@pytest.fixture
def offer(opened: Session, qtbot: Any) -> Iterator[MeasuredOffer]:
    """Beside the long diameter of the neuroendocrine study, with its group unfolded."""
    opened.set_record(load_form("gnen-os").empty_record())
    form = ClinicalForm(opened)
    qtbot.addWidget(form)
    form.show()
    form.groups["tumour"].unfold()
    found = form.editors["long_diameter"].offer
    assert isinstance(found, MeasuredOffer)
    yield found


def confirm(offer: MeasuredOffer, qtbot: Any, name: str) -> None:
    offer.button.click()
    qtbot.keyClicks(offer.name, name)
    qtbot.keyClick(offer.name, Qt.Key.Key_Return)


def test_a_measured_length_counts_once_a_named_reader_confirms_it(offer: MeasuredOffer, qtbot: Any) -> None:
    session = offer._session
    assert offer.isVisible() and "Confirm measured" in offer.button.text()
    assert session.record.canonical("long_diameter") is None
    confirm(offer, qtbot, "Dr Lin")
    value = session.record.values["long_diameter"]
    assert value.provenance is Provenance.MEASURED and value.confirmed_by == "Dr Lin"
    assert not offer.isVisible()
    session.undo_stack.undo()
    assert offer.isVisible()
    offer.button.click()
    assert session.record.values["long_diameter"].confirmed_by == "Dr Lin"


def test_without_a_name_nothing_is_confirmed(offer: MeasuredOffer, qtbot: Any) -> None:
    confirm(offer, qtbot, "")
    assert offer._session.record.canonical("long_diameter") is None
    assert "name" in offer.said.text()


def test_another_mask_asks_again(offer: MeasuredOffer, qtbot: Any) -> None:
    confirm(offer, qtbot, "Dr Lin")
    session = offer._session
    mask = mask_layer()
    voxels = mask.voxels.copy()
    slice_index, row = mask.marked_slices[0], voxels.shape[1] // 2
    voxels[slice_index, row, :] = True
    session.set_mask(replace(mask, voxels=voxels))
    qtbot.waitUntil(offer.isVisible)
    assert "Confirm it again" in offer.said.text()
