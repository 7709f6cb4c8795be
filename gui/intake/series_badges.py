"""What a series says about itself in a few words, and whether each word suits the pack."""

from __future__ import annotations

from dataclasses import dataclass

from gui.session import Session
from gui.theme.tokens import Tone
from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.scan import Stack


@dataclass(frozen=True, slots=True)
class Badge:
    """One word with its tone; the tone repeats what the word and the guard say."""

    text: str
    tone: Tone


def title(session: Session, stack: Stack) -> str:
    """Description and number of slices."""
    name = stack.acquisition.series_description or session.tr("gui.series.unnamed")
    return session.tr("gui.series.title", name=name, count=stack.slice_count)


def details(stack: Stack) -> str:
    """Matrix and spacing: in plane, then between slices."""
    rows, columns = stack.rows_columns
    matrix = f"{rows}²" if rows == columns else f"{rows} × {columns}"
    slice_mm, row_mm, column_mm = stack.geometry.spacing_mm
    return f"{matrix} · {row_mm:.2f} × {column_mm:.2f} × {slice_mm:.1f} mm"


def badges(session: Session, stack: Stack) -> tuple[Badge, ...]:
    """Modality, contrast, plane, and how many findings there are."""
    wanted = session.pack.manifest.inputs if session.pack is not None else None
    acquisition = stack.acquisition
    found: list[Badge] = []

    def fits(is_fit: bool) -> Tone:
        if wanted is None:
            return Tone.PLAIN
        return Tone.GOOD if is_fit else Tone.WARN

    modality = acquisition.modality or session.tr("gui.badge.modality_unknown")
    found.append(Badge(modality, fits(wanted is not None and acquisition.modality == wanted.modality)))
    if acquisition.contrast_agent:
        contrast = wanted is not None and wanted.contrast_enhanced
        found.append(Badge(session.tr("gui.badge.contrast"), fits(contrast)))
    plane = stack.geometry.plane
    found.append(Badge(session.tr(f"plane.{plane}"), fits(wanted is not None and plane == wanted.plane)))
    notes = [finding for finding in stack.findings if finding.answer is Verdict.NOTE]
    refused = [finding for finding in stack.findings if finding.answer is Verdict.REFUSED]
    if refused:
        found.append(Badge(session.tr("gui.badge.refused"), Tone.BAD))
    elif notes:
        found.append(Badge(session.tr("gui.badge.notes", count=len(notes)), Tone.WARN))
    return tuple(found)


def refusal(stack: Stack) -> Finding | None:
    """Why a pack may not use the stack: the first finding that says so."""
    if worst_answer(stack.findings) is not Verdict.REFUSED:
        return None
    return next(finding for finding in stack.findings if finding.answer is Verdict.REFUSED)


def can_be_viewed(stack: Stack) -> bool:
    """True when the stack may be looked at."""
    return worst_view(stack.findings) is not Verdict.REFUSED
