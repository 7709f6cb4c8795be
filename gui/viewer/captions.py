"""The texts of a picture, for the eye in its corners and for a screen reader in one sentence."""

from __future__ import annotations

import numpy as np

from gui.intake.series_badges import name_of
from gui.session import Session
from gui.viewer.annotations import Annotations
from gui.viewer.known_grid import KnownGrid, known_grid
from gui.viewer.layers import mask_plane
from gui.viewer.plane_transform import PlaneTransform, position_text
from gui.viewer.view_state import ViewState
from inference.cases.identity import PatientIdentity
from reports.wording import model_name, person_name

Probe = tuple[float, float, float]


def write_captions(
    session: Session, state: ViewState, transform: PlaneTransform | None, index: int, probe: Probe | None
) -> Annotations:
    """What is written on the plane at ``index``."""
    source, tr = state.source, session.tr
    if source is None or transform is None:
        return Annotations()
    known = known_grid(source.stack)
    is_acquired = transform.axis == 0
    plane = tr(f"plane.{transform.plane}")
    title = name_of(session, source.stack)
    if not is_acquired:
        title = tr("gui.viewer.reformatted", plane=plane)
        title = title[:1].upper() + title[1:]
    place = _place(session, transform, index, known)
    window = tr("gui.viewer.window", width=_number(state.window.width), centre=_number(state.window.centre))
    heat: tuple[str, ...] = ()
    if is_acquired and state.overlay_visible and state.heat_treatment and state.heat_opacity > 0:
        heat = _heat_lines(session, state.heat_treatment, index)
    message = detail = ""
    if is_acquired and source.is_missing(index):
        message, detail = tr("gui.viewer.gap"), tr("gui.viewer.gap.detail")
    elif source.plane(transform.axis, index) is None:
        message = tr("gui.viewer.loading")
    tool = tool_line(session, state, is_acquired=is_acquired)
    return Annotations(
        top_left=(title, place, tool) if tool else (title, place),
        top_right=patient_lines(session, session.identity) if is_acquired else (),
        bottom_left=_lines(heat, window if is_acquired else "", probe_text(session, state, probe)),
        letters=transform.letters if known.has_places else None,
        scale_unit="mm" if known.has_lengths else tr("gui.viewer.pixels"),
        message=message,
        detail=detail,
    )


def _place(session: Session, transform: PlaneTransform, index: int, known: KnownGrid) -> str:
    """Number of the slice, with its position where that is stated."""
    number, count = index + 1, transform.count
    if not known.is_volume:
        return session.tr("gui.viewer.slice.unplaced", number=number, count=count)
    return session.tr("gui.viewer.slice", number=number, count=count, position=transform.position_text(index))


def _heat_lines(session: Session, treatment: str, index: int) -> tuple[str, ...]:
    """The caveat, and where the map is strongest, or that it has nothing on this slice."""
    caveat = session.tr("gui.viewer.heat_caveat", treatment=model_name(treatment, session.catalogue))
    heat = next((one for one in session.heat_maps if one.treatment == treatment), None)
    if heat is None:
        return (caveat,)
    peaks = heat.values.max(axis=(1, 2))
    if peaks.max() == 0:
        return caveat, session.tr("gui.viewer.heat.empty")
    # A network that reads all slices at once has one map for them: none of them is the strongest.
    of_all = "drawn" if peaks.min() == peaks.max() else "strongest"
    where = of_all if index in heat.slices else "elsewhere"
    strongest = heat.slices[int(peaks.argmax())] + 1
    first, last = min(heat.slices) + 1, max(heat.slices) + 1
    return caveat, session.tr(f"gui.viewer.heat.{where}", strongest=strongest, first=first, last=last)


def _lines(heat: tuple[str, ...], window: str, probe: str) -> tuple[str, ...]:
    """The lines from the top: those of the heat map always stand above the scale bar's two."""
    lines = [line for line in (window, probe) if line]
    return (*heat, *([""] * (2 - len(lines))), *lines) if heat else tuple(lines)


def tool_line(session: Session, state: ViewState, *, is_acquired: bool) -> str:
    """Which brush is held and how large it is, or where it can be used."""
    if not state.tool.edits_mask:
        return ""
    if not is_acquired:
        return session.tr("gui.brush.acquired_only")
    return session.tr(f"gui.{state.tool}.size", size=state.brush_mm)


def describe(
    session: Session, state: ViewState, transform: PlaneTransform | None, index: int, probe: Probe | None
) -> tuple[str, str]:
    """Accessible name and live description of the plane at ``index``."""
    if state.source is None or transform is None:
        return session.tr("gui.viewer.name.empty"), ""
    name = session.tr("gui.viewer.name", plane=f"plane.{transform.plane}")
    parts = [session.tr("gui.viewer.described", number=index + 1, count=transform.count)]
    value = probe_value(state, probe)
    if value is not None:
        parts.append(_number(value))
    if session.mask is not None and bool(mask_plane(session.mask, transform.axis, index).any()):
        parts.append(session.tr("gui.viewer.described.mask"))
    tool = tool_line(session, state, is_acquired=transform.axis == 0)
    if tool:
        parts.append(tool)
    return name, ", ".join(parts)


def patient_lines(session: Session, identity: PatientIdentity | None) -> tuple[str, ...]:
    """Name and identifier as they stand on a picture."""
    if identity is None or not (identity.name or identity.key):
        return (session.tr("gui.patient.unknown"),)
    key = identity.key.id if identity.key is not None else ""
    return tuple(part for part in (person_name(identity.name), key, identity.birth_date) if part)


def probe_value(state: ViewState, probe: Probe | None) -> float | None:
    """The physical value under the pointer."""
    if state.source is None or probe is None:
        return None
    row = [int(np.floor(value + 0.5)) for value in probe]
    return state.source.value_at(row[0], row[1], row[2])


def probe_text(session: Session, state: ViewState, probe: Probe | None) -> str:
    """Position in the patient, voxel and value under the pointer."""
    value = probe_value(state, probe)
    if state.source is None or probe is None or value is None:
        return ""
    lps_mm = state.source.geometry.index_to_lps(probe)
    voxel = ", ".join(str(int(np.floor(part + 0.5))) for part in probe)
    unit = " HU" if state.source.stack.acquisition.modality == "CT" else ""
    shown = f"{_number(value)}{unit}"
    if not known_grid(state.source.stack).is_volume:
        return session.tr("gui.viewer.probe.unplaced", voxel=voxel, value=shown)
    return session.tr("gui.viewer.probe", position=position_text(lps_mm), voxel=voxel, value=shown)


def _number(value: float) -> str:
    text = f"{value:.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.2f}"
    return text.replace("-", "\u2212")
