"""The heat map says on the picture what it is and where it lies, and frames what the network saw."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QGraphicsRectItem

from gui.session import Session
from gui.viewer.captions import write_captions
from gui.viewer.layers import HeatOverlay
from gui.viewer.plane_transform import PlaneTransform
from gui.viewer.slice_source import SliceSource
from gui.viewer.view_state import ViewState
from tests.gui.panel_session import answered, empty, good_pack, opened

__all__ = ["answered", "empty", "good_pack", "opened"]


@pytest.fixture
def state(answered: Session) -> ViewState:
    made = ViewState()
    assert answered.stack is not None
    made.open(SliceSource(answered.stack))
    made.set_overlay(heat_treatment="ccrt", heat_opacity=0.5)
    return made


def lines(session: Session, state: ViewState, index: int) -> tuple[str, ...]:
    assert state.source is not None
    transform = PlaneTransform.of(state.source.geometry, 0)
    return write_captions(session, state, transform, index, None).bottom_left


def test_it_says_where_it_is_strongest_and_where_there_is_none(answered: Session, state: ViewState) -> None:
    heat = next(one for one in answered.heat_maps if one.treatment == "ccrt")
    first, last = min(heat.slices) + 1, max(heat.slices) + 1
    there, elsewhere = lines(answered, state, heat.slices[0]), lines(answered, state, 0)
    assert "network attention" in there[0] and f"{first} to {last}" in there[1]
    assert 0 not in heat.slices and elsewhere[1] == f"Not on this slice: drawn on slices {first} to {last}"
    state.set_overlay(heat_opacity=0.0)
    assert not any("slice" in line for line in lines(answered, state, heat.slices[0]))


def test_a_map_without_anything_on_it_says_so(
    answered: Session, state: ViewState, monkeypatch: pytest.MonkeyPatch
) -> None:
    heat = answered.heat_maps[0]
    nothing = replace(heat, treatment="ccrt", values=np.zeros_like(heat.values))
    monkeypatch.setattr(Session, "heat_maps", (nothing,))
    assert "no region" in lines(answered, state, heat.slices[0])[1]


def test_its_frame_is_the_field_that_the_network_saw(answered: Session, state: ViewState, qapp: Any) -> None:
    heat = answered.heat_maps[0]
    stage = QGraphicsRectItem()
    overlay = HeatOverlay(stage)
    assert state.source is not None
    transform = PlaneTransform.of(state.source.geometry, 0)
    assert overlay.show(heat, transform, heat.slices[0], 0.4)
    seen = overlay.frame.mapRectToParent(overlay.frame.rect())
    rows, columns = heat.geometry.shape[1:]
    _, row_mm, column_mm = heat.geometry.spacing_mm
    assert (seen.width(), seen.height()) == pytest.approx((columns * column_mm, rows * row_mm))
    assert overlay.frame.isVisible()
    overlay.hide()
    assert not overlay.frame.isVisible()
