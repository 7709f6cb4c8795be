"""What a stack means: modality, phase or weighting, contrast, body part, plane; each with its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.guard.body_part import body_part_in_words, body_part_of, body_part_text, parts_shown
from inference.meaning.axial_sample import Slices
from inference.meaning.contrast_tags import agent_says, contrast_by_tags
from inference.meaning.opinion import NO, YES, Opinion, Source, combined, evidence
from inference.meaning.phase_tags import phase_by_tags
from inference.meaning.weighting import weighting_of
from inference.scan import Acquisition, Stack
from inference.volume import Volume


@dataclass(frozen=True, slots=True)
class Meaning:
    """Opinions on one stack; an opinion without a value is *unknown*.

    Values: ``modality`` a DICOM code; ``phase`` a :class:`Phase` (CT), ``weighting`` a :class:`Weighting`
    (MR), ``contrast`` ``yes`` or ``no``, ``body_part`` a code of :mod:`inference.guard.body_part`, ``plane``
    a plane's name.  ``phase``, ``contrast`` and ``body_part`` combine the opinion of the tags with that of
    the pixels, which stand beside them.
    """

    modality: Opinion = field(default_factory=Opinion)
    phase_by_tags: Opinion = field(default_factory=Opinion)
    phase_by_pixels: Opinion = field(default_factory=Opinion)
    phase: Opinion = field(default_factory=Opinion)
    weighting: Opinion = field(default_factory=Opinion)
    contrast_by_tags: Opinion = field(default_factory=Opinion)
    contrast_by_pixels: Opinion = field(default_factory=Opinion)
    contrast: Opinion = field(default_factory=Opinion)
    body_part_by_tags: Opinion = field(default_factory=Opinion)
    body_part_by_pixels: Opinion = field(default_factory=Opinion)
    body_part: Opinion = field(default_factory=Opinion)
    plane: Opinion = field(default_factory=Opinion)
    findings: tuple[Finding, ...] = ()


def understand(stack: Stack, slices: Slices | None, *, modality: str = "") -> Meaning:
    """What ``stack`` shows.

    Parameters
    ----------
    stack
        Its tags and its grid.
    slices
        Physical values of one slice by index, asked for at most 18 slices; None reads the tags alone.
    modality
        What the user says where the file says nothing.
    """
    acquisition = stack.acquisition
    written = acquisition.modality.strip().upper()
    kind = written or modality.strip().upper()
    is_ct, is_mr = kind == "CT", kind == "MR"
    phase_tags = phase_by_tags(acquisition) if is_ct else Opinion()
    contrast_tags = contrast_by_tags(acquisition) if is_ct or is_mr else Opinion()
    part_tags = _body_part_by_tags(acquisition)
    phase_pixels = contrast_pixels = part_pixels = Opinion()
    if slices is not None:
        # Image analysis takes long to import: not before a picture is there to be looked at.
        from inference.meaning.pixel_opinions import opinions_by_pixels

        seen = opinions_by_pixels(stack, slices, kind)
        phase_pixels, contrast_pixels, part_pixels = seen.phase, seen.contrast, seen.body_part
    meaning = Meaning(
        modality=Opinion(written, Source.TAGS)
        if written
        else Opinion(kind, Source.USER if kind else Source.NOBODY),
        phase_by_tags=phase_tags,
        phase_by_pixels=phase_pixels,
        phase=combined(phase_tags, phase_pixels) if is_ct else Opinion(),
        weighting=weighting_of(acquisition),
        contrast_by_tags=contrast_tags,
        contrast_by_pixels=contrast_pixels,
        contrast=combined(contrast_tags, contrast_pixels),
        body_part_by_tags=part_tags,
        body_part_by_pixels=part_pixels,
        body_part=part_tags if part_tags.is_known else part_pixels,
        plane=Opinion(stack.geometry.plane, Source.GEOMETRY),
    )
    return _with_findings(meaning, acquisition)


def understand_volume(stack: Stack, volume: Volume, *, modality: str = "") -> Meaning:
    """As :func:`understand`, for a stack that has been read."""
    return understand(
        stack,
        lambda index: volume.slab(index, index + 1)[0],
        modality=modality,
    )


def _body_part_by_tags(acquisition: Acquisition) -> Opinion:
    """(0018,0015) Body Part Examined; where it is silent, the series' words, then the study's."""
    texts = (acquisition.series_description, acquisition.protocol_name)
    code = body_part_of(acquisition.body_part)
    if code:
        told = evidence("body_part_tag", code, part=body_part_text(code))
        return Opinion(code, Source.TAGS, (told,))
    code = body_part_in_words(*texts) or body_part_in_words(acquisition.technique.study_description)
    if code:
        return Opinion(code, Source.TAGS, (evidence("body_part_words", code, part=body_part_text(code)),))
    return Opinion(evidence=(evidence("body_part_silent"),))


def _with_findings(meaning: Meaning, acquisition: Acquisition) -> Meaning:
    return replace(meaning, findings=tuple(_findings(meaning, acquisition)))


def _findings(meaning: Meaning, acquisition: Acquisition) -> Iterator[Finding]:
    """The lines of the verdict table that concern meaning."""
    by_tags, by_pixels = meaning.phase_by_tags, meaning.phase_by_pixels
    if by_tags.is_known and by_pixels.is_known and by_tags.value != by_pixels.value:
        yield finding(
            "meaning.phase_disagrees", tags=f"phase.{by_tags.value}", pixels=f"phase.{by_pixels.value}"
        )
    if agent_says(acquisition) is None and meaning.contrast_by_pixels.value == YES:
        yield finding("meaning.contrast_by_pixels")
    if meaning.contrast_by_tags.value == YES and meaning.contrast_by_pixels.value == NO:
        yield finding("meaning.contrast_not_seen")
    if meaning.modality.value in ("CT", "MR") and not meaning.contrast.is_known:
        yield finding("meaning.contrast_unknown")
    if not meaning.body_part.is_known:
        yield finding("meaning.body_part_unknown")
    told, seen = meaning.body_part_by_tags.value, meaning.body_part_by_pixels.value
    if told and seen and not parts_shown(told) & parts_shown(seen):
        yield finding("meaning.body_part_differs", tags=body_part_text(told), pixels=body_part_text(seen))
