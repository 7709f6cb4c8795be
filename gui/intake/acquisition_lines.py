"""How the open series was acquired, as its tags say, in lines of a name and a value."""

from __future__ import annotations

from gui.session import Session
from gui.viewer.known_grid import known_grid
from inference.meaning.opinion import Opinion
from inference.scan import Stack


def acquisition_lines(session: Session, stack: Stack) -> list[tuple[str, str]]:
    """What the tags say about how the picture was made, silent ones left out."""
    tr, made = session.tr, stack.acquisition
    plane = tr(f"plane.{stack.geometry.plane}")
    slice_mm, row_mm, column_mm = stack.geometry.spacing_mm
    known = known_grid(stack)
    spacing = f"{row_mm:.2f} × {column_mm:.2f} × {slice_mm:.2f} mm" if known.is_volume else ""
    if known.has_lengths and not known.has_places:
        spacing = f"{row_mm:.2f} × {column_mm:.2f} mm"
    times = [
        f"{name} {value:g} ms"
        for name, value in (
            ("TR", made.repetition_time_ms),
            ("TE", made.echo_time_ms),
            ("TI", made.inversion_time_ms),
        )
        if value is not None
    ]
    field = f"{made.magnetic_field_t:g} T" if made.magnetic_field_t else ""
    lines = [
        ("gui.fact.modality", " · ".join(part for part in (made.modality, field, *times) if part)),
        ("gui.fact.contrast", made.contrast_agent),
        ("gui.fact.body_part", made.body_part),
        ("gui.fact.plane", f"{plane}, {stack.geometry.obliquity_deg:.1f}°" if known.has_places else ""),
        ("gui.fact.spacing", spacing),
        ("gui.fact.thickness", f"{made.slice_thickness_mm:g} mm" if made.slice_thickness_mm else ""),
        ("gui.fact.date", made.study_date),
        ("gui.fact.scanner", " ".join(part for part in (made.manufacturer, made.model_name) if part)),
    ]
    shown = [(tr(name), value or tr("gui.fact.silent")) for name, value in lines]
    return [*_opinions(session), *shown]


def _opinions(session: Session) -> list[tuple[str, str]]:
    """Phase or weighting with the evidence of both sides; nothing before the pixels have been read."""
    meaning = session.meaning
    if meaning is None:
        return []
    if meaning.modality.value == "CT":
        return [(session.tr("fact.phase"), _said(session, "phase", meaning.phase))]
    if meaning.modality.value == "MR":
        return [(session.tr("gui.fact.weighting"), _said(session, "weighting", meaning.weighting))]
    return []


def _said(session: Session, name: str, opinion: Opinion) -> str:
    value = session.tr(f"{name}.{opinion.value or 'unknown'}")
    first = f"{value} · {session.tr(f'source.{opinion.source}')}" if opinion.is_known else value
    return "\n".join([first, *(f"– {session.render(one.message)}" for one in opinion.evidence)])
