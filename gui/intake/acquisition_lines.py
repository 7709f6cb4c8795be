"""How the open series was acquired, as its tags say, in lines of a name and a value."""

from __future__ import annotations

from gui.session import Session
from inference.scan import Stack


def acquisition_lines(session: Session, stack: Stack) -> list[tuple[str, str]]:
    """What the tags say about how the picture was made, silent ones left out."""
    tr, made = session.tr, stack.acquisition
    plane = tr(f"plane.{stack.geometry.plane}")
    slice_mm, row_mm, column_mm = stack.geometry.spacing_mm
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
        ("gui.fact.plane", f"{plane}, {stack.geometry.obliquity_deg:.1f}°"),
        ("gui.fact.spacing", f"{row_mm:.2f} × {column_mm:.2f} × {slice_mm:.2f} mm"),
        ("gui.fact.thickness", f"{made.slice_thickness_mm:g} mm" if made.slice_thickness_mm else ""),
        ("gui.fact.date", made.study_date),
        ("gui.fact.scanner", " ".join(part for part in (made.manufacturer, made.model_name) if part)),
    ]
    return [(tr(name), value or tr("gui.fact.silent")) for name, value in lines]
