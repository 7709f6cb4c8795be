"""The meaning of volumes in memory, found once each: guard, checklist and report all ask for it."""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

from inference.meaning.understanding import Meaning, understand, understand_volume
from inference.scan import Stack
from inference.volume import Volume

_KNOWN: Final[WeakKeyDictionary[Volume, dict[tuple[Stack, str], Meaning]]] = WeakKeyDictionary()


def meaning_of(stack: Stack, volume: Volume, *, modality: str = "") -> Meaning:
    """As :func:`~inference.meaning.understanding.understand_volume`; kept as long as the volume lives.

    The first call on a CT takes some tenths of a second: ask in a job before a window needs the answer.
    """
    kind = stack.acquisition.modality.strip().upper() or modality.strip().upper()
    if kind not in ("", "CT"):
        return understand(stack, None, modality=modality)
    kept = _KNOWN.setdefault(volume, {})
    key = (stack, kind)
    if key not in kept:
        kept[key] = understand_volume(stack, volume, modality=modality)
    return kept[key]
