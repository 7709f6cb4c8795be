"""An opinion about a scan: a value, who holds it, and the evidence that anybody can check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from inference.messages.message import FieldValue, Message


class Source(StrEnum):
    """Who says so."""

    TAGS = "tags"
    PIXELS = "pixels"
    GEOMETRY = "geometry"
    BOTH = "both"
    USER = "user"
    NOBODY = "nobody"


class Phase(StrEnum):
    """When after the injection a CT was taken; an empty opinion stands for *unknown*."""

    UNENHANCED = "unenhanced"
    ARTERIAL = "arterial"
    PORTAL_VENOUS = "portal_venous"
    DELAYED = "delayed"


class Weighting(StrEnum):
    """What the contrast of an MR picture comes from; an empty opinion stands for *unknown*."""

    T1 = "t1"
    T2 = "t2"
    PD = "pd"
    FLAIR = "flair"
    STIR = "stir"
    T2_STAR = "t2_star"
    DWI = "dwi"
    ADC = "adc"


YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation; ``points_to`` is the value it speaks for, empty when it only tells or forbids."""

    message: Message
    points_to: str = ""


def evidence(code: str, points_to: str = "", **fields: FieldValue) -> Evidence:
    """The observation whose text is ``evidence.<code>`` in the catalogue."""
    return Evidence(Message(f"evidence.{code}", fields), points_to)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A value (empty: unknown), who holds it, and why."""

    value: str = ""
    source: Source = Source.NOBODY
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_known(self) -> bool:
        """True when there is a value."""
        return bool(self.value)


def agreed(observations: Iterable[Evidence], source: Source, *, is_doubtful: bool = False) -> Opinion:
    """The value to which all observations point; unknown where they point to several or to none.

    ``is_doubtful`` keeps the evidence and takes the value away.
    """
    listed = tuple(observations)
    values = {one.points_to for one in listed if one.points_to}
    value = values.pop() if len(values) == 1 and not is_doubtful else ""
    return Opinion(value, source if value else Source.NOBODY, listed)


def combined(tags: Opinion, pixels: Opinion) -> Opinion:
    """One opinion out of two: agreement, else the one that speaks, else (when they differ) unknown."""
    listed = (*tags.evidence, *pixels.evidence)
    if tags.is_known and pixels.is_known:
        if tags.value != pixels.value:
            return Opinion("", Source.NOBODY, listed)
        return Opinion(tags.value, Source.BOTH, listed)
    spoken = tags if tags.is_known else pixels
    return Opinion(spoken.value, spoken.source if spoken.is_known else Source.NOBODY, listed)
