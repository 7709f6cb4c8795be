"""What the application and the limited process tell each other, over the frame of the plan protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter, with_config

from inference.deidentification.holding import REASONS
from inference.deidentification.options import DeidentifyOptions
from inference.dicom.records import STRICT

_LONGEST_TEXT: Final = 1024
MOST_UIDS: Final = 20_000


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class ExamineRequest:
    """Say who the patient of a file is and which UIDs it holds; answered by :class:`Examined`."""

    op: Literal["examine"]
    path: str
    ticket: int
    options: DeidentifyOptions


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class RewriteRequest:
    """Write the file without its patient into the shared buffer; answered by :class:`Rewritten`.

    ``uids`` are pairs of old and new; ``minted`` are the study, series and instance UIDs for an object that
    has none.
    """

    op: Literal["rewrite"]
    path: str
    ticket: int
    options: DeidentifyOptions
    pseudonym: str
    shift_days: int
    uids: tuple[tuple[str, str], ...]
    minted: tuple[str, str, str]
    buffer: str
    capacity: int


Request = Annotated[ExamineRequest | RewriteRequest, Field(discriminator="op")]


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class Examined:
    """What a file says about itself; ``reason`` holds it back."""

    ticket: int
    reason: str = ""
    patient_id: str = ""
    issuer: str = ""
    birth_date: str = ""
    study_uid: str = ""
    series_uid: str = ""
    sop_uid: str = ""
    uids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_reason(self.reason)
        texts = (self.patient_id, self.issuer, self.birth_date, self.study_uid, self.series_uid, self.sop_uid)
        if len(self.uids) > MOST_UIDS or any(len(text) > _LONGEST_TEXT for text in (*texts, *self.uids)):
            raise ValueError("examined: too much")


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class Rewritten:
    """``length`` bytes lie in the buffer; the pixels' place in them and in the source, and their digest.

    ``source_length`` leaves out a padding byte.  A place of -1 says that there are no pixels, or that they
    lie in deflated bytes.
    """

    ticket: int
    reason: str = ""
    length: int = 0
    pixel_length: int = 0
    pixel_offset: int = -1
    source_offset: int = -1
    source_length: int = 0
    pixel_sha256: str = ""
    removed: int = 0
    emptied: int = 0
    replaced: int = 0

    def __post_init__(self) -> None:
        _check_reason(self.reason)
        counts = (
            self.length,
            self.pixel_length,
            self.source_length,
            self.removed,
            self.emptied,
            self.replaced,
        )
        if min(counts) < 0 or self.pixel_offset < -1 or self.source_offset < -1:
            raise ValueError("rewritten: negative")
        if self.pixel_offset >= 0 and self.pixel_offset + self.pixel_length > self.length:
            raise ValueError("rewritten: pixels outside the file")


def _check_reason(reason: str) -> None:
    if reason and reason not in REASONS:
        raise ValueError("unknown reason")


REQUESTS: Final[TypeAdapter[ExamineRequest | RewriteRequest]] = TypeAdapter(Request)
EXAMINED: Final = TypeAdapter(Examined)
REWRITTEN: Final = TypeAdapter(Rewritten)
