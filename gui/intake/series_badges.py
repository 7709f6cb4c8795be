"""What a series says about itself in a few words, and whether each word suits the pack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gui.session import Session
from gui.theme.tokens import Tone
from gui.viewer.known_grid import known_grid
from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.release import release_of
from inference.scan import Stack

_TOGETHER: Final = ", "
_SPLIT: Final = "intake.split_by"
_LONGEST_VALUE: Final = 24


@dataclass(frozen=True, slots=True)
class Badge:
    """One word with its tone; the tone repeats what the word and the guard say.

    ``verdict`` is there for the word that sums up the findings, and is drawn as its mark.
    """

    text: str
    tone: Tone
    verdict: Verdict | None = None


def title(session: Session, stack: Stack) -> str:
    """Description and number of slices."""
    name, count = name_of(session, stack), stack.slice_count
    if count == 1:
        return session.tr("gui.series.title.one", name=name)
    return session.tr("gui.series.title", name=name, count=count)


def name_of(session: Session, stack: Stack) -> str:
    """What the series is called, or that it has no name."""
    made = stack.acquisition
    return made.series_description or made.protocol_name or session.tr("gui.series.unnamed")


def details(session: Session, stack: Stack) -> str:
    """Number of the series, matrix, and spacing: in plane, then between slices."""
    rows, columns = stack.rows_columns
    matrix = f"{rows}²" if rows == columns else f"{rows} × {columns}"
    slice_mm, row_mm, column_mm = stack.geometry.spacing_mm
    known = known_grid(stack)
    if not known.has_lengths:
        size = f"{matrix} · {session.tr('gui.series.no_size')}"
    elif not known.has_places:
        size = f"{matrix} · {row_mm:.2f} × {column_mm:.2f} mm"
    else:
        size = f"{matrix} · {row_mm:.2f} × {column_mm:.2f} × {slice_mm:.1f} mm"
    number = stack.acquisition.series_number
    return size if number is None else f"{session.tr('gui.series.number', number=number)} · {size}"


def badges(session: Session, stack: Stack) -> tuple[Badge, ...]:
    """Modality, contrast, plane, what tells it from its neighbours, and what was found."""
    wanted = session.pack.manifest.inputs if session.pack is not None else None
    acquisition = stack.acquisition
    found: list[Badge] = []

    def fits(is_fit: bool) -> Tone:
        if wanted is None:
            return Tone.PLAIN
        return Tone.GOOD if is_fit else Tone.WARN

    is_open = session.stack is not None and session.stack.stack_id == stack.stack_id
    stated = session.stated.modality if is_open and not acquisition.modality else ""
    modality = acquisition.modality or session.tr("gui.badge.modality_unknown")
    shown = session.tr("gui.badge.stated", value=stated) if stated else modality
    found.append(Badge(shown, fits(wanted is not None and (stated or modality) == wanted.modality)))
    found += [Badge(text, Tone.PLAIN) for text in kind_of_picture(session, stack)]
    if acquisition.contrast_agent:
        contrast = wanted is not None and wanted.contrast_enhanced
        found.append(Badge(session.tr("gui.badge.contrast"), fits(contrast)))
    plane = stack.geometry.plane
    if known_grid(stack).has_places:
        found.append(Badge(session.tr(f"plane.{plane}"), fits(wanted is not None and plane == wanted.plane)))
    split = split_reasons(session, stack)
    found += [Badge(text, Tone.ACCENT) for text in split]
    kernel = acquisition.technique.kernel
    found += _verdict_badge(session, stack)
    if kernel and not any(kernel in text for text in split):
        found.append(Badge(kernel, Tone.PLAIN))
    return tuple(found)


def kind_of_picture(session: Session, stack: Stack) -> tuple[str, ...]:
    """Phase of a CT by tags and, once they have been heard, pixels; weighting of an MR by its tags."""
    from inference.meaning.phase_tags import phase_by_tags
    from inference.meaning.weighting import weighting_of

    acquisition = stack.acquisition
    modality = acquisition.modality.strip().upper()
    if modality == "CT":
        meaning = session.meaning if stack is session.stack else None
        meaning = meaning or session.inputs.pixels.of(stack)
        phase = meaning.phase if meaning is not None else phase_by_tags(acquisition)
        return (session.tr(f"phase.{phase.value}"),) if phase.is_known else ()
    if modality == "MR":
        weighting = weighting_of(acquisition)
        return (session.tr(f"weighting.{weighting.value}"),) if weighting.is_known else ()
    return ()


def split_reasons(session: Session, stack: Stack) -> tuple[str, ...]:
    """What tells a stack from others at the same place: ``echo 2.4 ms``, ``b = 1000``."""
    said: list[str] = []
    for finding in stack.findings:
        if finding.code != _SPLIT:
            continue
        tags = str(finding.fields.get("tag", "")).split(_TOGETHER)
        value = str(finding.fields.get("value", ""))
        values = value.split(_TOGETHER) if value.count(_TOGETHER) == len(tags) - 1 else [value]
        for tag, value in zip(tags, values, strict=False):
            known = f"gui.split.{tag}"
            message_id = known if session.catalogue.has(known) else "gui.split.other"
            said.append(session.tr(message_id, tag=tag, value=value[:_LONGEST_VALUE]))
    return tuple(said)


def refusal(stack: Stack) -> Finding | None:
    """Why a pack may not use the stack, or nobody look at it: the finding that forbids most."""
    refused = [finding for finding in stack.findings if Verdict.REFUSED in (finding.answer, finding.view)]
    return max(refused, key=lambda finding: finding.view, default=None)


def can_be_viewed(stack: Stack) -> bool:
    """True when the stack may be looked at."""
    return worst_view(stack.findings) is not Verdict.REFUSED


def is_released(session: Session, stack: Stack) -> bool:
    """True for the open stack once a named user has released all that forbids a pack to use it."""
    if session.stack is None or session.stack.stack_id != stack.stack_id or not can_be_viewed(stack):
        return False
    refused = [finding for finding in session.stack.findings if finding.answer is Verdict.REFUSED]
    return bool(refused) and all(release_of(one, session.stated.releases) for one in refused)


def refusal_words(session: Session, stack: Stack) -> str:
    """How far a refusal goes: not shown at all, shown but of no use to a pack, or released."""
    if is_released(session, stack):
        return session.tr("gui.badge.released")
    return session.tr("gui.badge.refused" if can_be_viewed(stack) else "gui.badge.not_shown")


def _verdict_badge(session: Session, stack: Stack) -> list[Badge]:
    """Nothing odd, or how many notes; a refusal has a line of its own."""
    verdict = worst_answer(stack.findings)
    if verdict is Verdict.NOTE:
        count = sum(finding.answer is Verdict.NOTE for finding in stack.findings)
        return [Badge(session.tr("gui.badge.notes", count=count), Tone.WARN, verdict)]
    if verdict is Verdict.FINE and can_be_viewed(stack):
        return [Badge(session.tr("gui.badge.fine"), Tone.GOOD, verdict)]
    return []
