"""What the application and the process that unpacks an archive say to each other (length-prefixed JSON).

The process writes members as numbered files; their names are told, for showing, and never used as paths.
Its messages are told apart by their fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, with_config

from inference.dicom.records import STRICT
from inference.dicom.research.research_names import NIFTI_ENDINGS, NRRD_ENDINGS

LONGEST_NAME: Final = 1024
_KNOWN_ENDINGS: Final = NIFTI_ENDINGS + NRRD_ENDINGS


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class UnpackRequest:
    """Unpack the archive at ``path`` into ``folder``, which is empty; answered by any number of messages.

    Paths are spelled as ``protocol.spelled_path`` does.
    """

    path: str
    folder: str
    most_members: int
    most_bytes: int


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class Unpacking:
    """``done`` of ``total`` bytes are written."""

    done: int
    total: int


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class Unpacked:
    """Member ``number`` lies whole under :func:`stored_name`; ``name`` is printable, parts divided by /."""

    number: int
    name: str
    size: int


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class PassedOver:
    """A member that was not unpacked, and the code of the verdict table that says why."""

    name: str
    code: str


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class Ended:
    """The last message; ``refused`` is the code for an archive that is not unpacked at all."""

    refused: str = ""


Told = Unpacking | Unpacked | PassedOver | Ended

UNPACK_REQUESTS: Final = TypeAdapter(UnpackRequest)
TOLD: Final[TypeAdapter[Told]] = TypeAdapter(Told)

REFUSALS: Final = frozenset(
    f"intake.zip_{reason}"
    for reason in ("encrypted", "bomb", "too_large", "overlapping", "damaged", "no_space", "not_unpacked")
)
PASSED_OVER: Final = frozenset(
    (
        "intake.special_file",
        "intake.zip_link",
        "intake.zip_outside",
        "intake.zip_nested",
        "intake.zip_member_bomb",
        "intake.zip_member_damaged",
    )
)


def stored_name(number: int, name: str) -> str:
    """The name of the file that holds a member: its number, and an ending that tells a research format."""
    lower = name.lower()
    return f"{number:07d}" + next((ending for ending in _KNOWN_ENDINGS if lower.endswith(ending)), "")
