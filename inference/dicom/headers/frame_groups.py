"""What the frames of one file share and what each says for itself, from its functional groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from inference.dicom.headers.elements import Element, Header
from inference.dicom.headers.functional_groups import (
    PER_FRAME_GROUPS,
    SHARED_GROUPS,
    classic_elements,
    read_groups,
)
from inference.dicom.headers.sequences import Item
from inference.dicom.headers.tags import DIMENSIONS, TAGS
from inference.dicom.syntaxes import ENHANCED_IMAGES, SCREENSHOTS

_NEVER_SHARED: Final = TAGS["ImagePositionPatient"]
LONGEST_DIMENSION: Final = 64
_QUOTES: Final = 3
_MOST_BYTES: Final = 3 << 19
"""Values of dimensions in the answer about one file: with positions and rescale it stays below 4 MiB."""

_GENERAL: Final = TAGS["BodyPartExamined"]


@dataclass(frozen=True, slots=True)
class FrameElements:
    """Elements of a multi-frame file.

    ``common`` are those of all its frames, ``own`` those in which they differ, one mapping for each frame
    (empty for a file without per-frame groups).  ``are_complete`` says that every frame states where it
    lies; ``are_expected`` that it should.  ``varying_dimensions`` are those in which the frames differ, in
    the order in which they are asked.  ``scale_items`` are the groups in which scales of values may stand:
    the shared ones and those of the first frame.
    """

    common: dict[int, Element]
    own: tuple[dict[int, Element], ...]
    are_expected: bool
    are_complete: bool
    varying_dimensions: tuple[str, ...] = ()
    scale_items: tuple[Item, ...] = ()


def frame_elements(header: Header, frames: int) -> FrameElements:
    """Shared groups overlay the file's own elements, per-frame groups both (PS3.3 C.7.6.16.1).

    Raises
    ------
    MalformedError
        When the groups break off or nest too deeply.
    """
    if frames == 1 and header.sequences.keys().isdisjoint((SHARED_GROUPS, PER_FRAME_GROUPS)):
        return _single_frame(header)
    sop_class = header.elements.get(TAGS["SOPClassUID"])
    big = header.is_big_endian
    shared_items = read_groups(header.sequences.get(SHARED_GROUPS), big=big)[:1]
    frame_items = read_groups(header.sequences.get(PER_FRAME_GROUPS), big=big)
    scale_items = (*shared_items, *frame_items[:1])
    shared = [classic_elements(item) for item in shared_items]
    each = [classic_elements(item) for item in frame_items]
    uid = _uid(sop_class)
    are_expected = uid in ENHANCED_IMAGES or (frames > 1 and uid not in SCREENSHOTS)
    common = dict(header.elements)
    if frames > 1:
        common.pop(_NEVER_SHARED, None)
    for elements in shared:
        common.update((tag, one) for tag, one in elements.items() if tag != _GENERAL or tag not in common)
    if len(each) != frames:
        # Which item belongs to which frame is then not known.
        return FrameElements(common, (), are_expected, frames == 1 and _is_placed(common), (), scale_items)
    if frames == 1:
        common.update(each[0])
        return FrameElements(common, (), are_expected, _is_placed(common), (), scale_items)
    same = {
        tag: element
        for tag, element in each[0].items()
        if tag != _NEVER_SHARED and all(other.get(tag) == element for other in each)
    }
    varying = {tag for elements in each for tag in elements} - same.keys()
    for tag in varying:
        common.pop(tag, None)
    common.update(same)
    own = tuple({tag: one for tag, one in elements.items() if tag in varying} for elements in each)
    are_placed = all(_is_placed(common, elements) for elements in own)
    names = _within_message([name for name in DIMENSIONS if TAGS[name] in varying], own)
    return FrameElements(common, own, are_expected, are_placed, names, scale_items)


def _within_message(names: list[str], own: tuple[dict[int, Element], ...]) -> tuple[str, ...]:
    """The names whose values fit one message together; the longest give way."""
    sizes = {
        name: sum(
            _QUOTES + min(LONGEST_DIMENSION, len(elements[TAGS[name]].value))
            for elements in own
            if TAGS[name] in elements
        )
        for name in names
    }
    kept = list(names)
    while sum(sizes[name] for name in kept) > _MOST_BYTES:
        kept.remove(max(kept, key=sizes.__getitem__))
    return tuple(kept)


def _single_frame(header: Header) -> FrameElements:
    """A file without groups: a classic image, or an enhanced one that lost them."""
    are_expected = _uid(header.elements.get(TAGS["SOPClassUID"])) in ENHANCED_IMAGES
    return FrameElements(header.elements, (), are_expected, _is_placed(header.elements))


def _uid(element: Element | None) -> str:
    return element.value.decode("ascii", "replace").strip(" \0") if element else ""


def _is_placed(*layers: dict[int, Element]) -> bool:
    return all(
        any(TAGS[name] in elements for elements in layers)
        for name in ("ImagePositionPatient", "ImageOrientationPatient")
    )
