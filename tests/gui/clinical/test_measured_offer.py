"""A length measured in the mask: it counts once a named reader has confirmed it."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gui.clinical.measured_offer import MeasuredOffer
from gui.clinical.schema_form import ClinicalForm
from gui.session import Session
from inference.clinical.record import Provenance
from inference.clinical.schema import load_form
from inference.masks.layer import MaskLayer


@pytest.fixture
def form(opened: Session, qtbot: Any) -> ClinicalForm:
    """The form of the neuroendocrine study, with the group of the tumour unfolded."""
    opened.set_record(load_form("gnen-os").empty_record())
    made = ClinicalForm(opened)
    qtbot.addWidget(made)
    made.show()
    made.groups["tumour"].unfold()
    return made


@pytest.fixture
def offer(form: ClinicalForm) -> MeasuredOffer:
    """Beside the long diameter."""
    found = form.editors["long_diameter"].offer
    assert isinstance(found, MeasuredOffer)
    return found


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


def longer(mask: MaskLayer) -> MaskLayer:
    voxels = mask.voxels.copy()
    voxels[mask.marked_slices[0], voxels.shape[1] // 2, :] = True
    return replace(mask, voxels=voxels)


@pytest.mark.parametrize("is_removed", [True, False], ids=["removed", "edited"])
def test_a_length_on_an_earlier_outline_is_amber_until_the_outline_is_back(
    is_removed: bool, offer: MeasuredOffer, form: ClinicalForm, qtbot: Any
) -> None:
    confirm(offer, qtbot, "Dr Lin")
    session, mask = offer._session, offer._session.mask
    assert mask is not None
    form.groups["tumour"].unfold(False)
    session.set_mask(None if is_removed else longer(mask))
    qtbot.waitUntil(offer.isVisible)
    assert "earlier outline" in offer.said.text() and "Dr Lin" in offer.said.text()
    assert form.editors["long_diameter"].control.property("tone") == "warn"
    assert offer.button.isVisible() is not is_removed
    session.set_mask(mask)
    qtbot.waitUntil(lambda: not offer.isVisible())
    assert form.editors["long_diameter"].control.property("tone") == "plain"


def test_an_earlier_length_is_confirmed_anew_or_kept_as_typed(offer: MeasuredOffer, qtbot: Any) -> None:
    confirm(offer, qtbot, "Dr Lin")
    session = offer._session
    earlier = session.record.values["long_diameter"]
    assert session.mask is not None
    session.set_mask(longer(session.mask))
    qtbot.waitUntil(offer.isVisible)
    offer.button.click()
    anew = session.record.values["long_diameter"]
    assert anew.outline == session.mask.sha256() != earlier.outline and not offer.isVisible()
    session.undo_stack.undo()
    assert session.record.values["long_diameter"] == earlier and offer.isVisible()
    offer.keep.click()
    kept = session.record.values["long_diameter"]
    assert (kept.canonical, kept.provenance) == (earlier.canonical, Provenance.TYPED)
    assert "earlier outline" not in offer.said.text()
    session.undo_stack.undo()
    assert session.record.values["long_diameter"] == earlier
