"""What a pack says of itself that the training run cannot know."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

NOT_FOR = "Patients. Any decision about a person's care."
LICENCE = "Apache-2.0"
VERSION = "0.3.0"

SYNTHETIC_LIMITS = (
    "Trained and measured on synthetic phantoms alone; no figure here says anything about patients.",
    "The phantoms' signal was planted by this project, so the figures show that the software learns, "
    "not that the outcome can be predicted.",
)


@dataclass(frozen=True, slots=True)
class PackWords:
    """Identity, use and origin; ``kind`` says whether phantoms or patients stand behind every number."""

    id: str
    title: str
    intended_use: str
    kind: Literal["synthetic", "hospital"]
    description: str
    limits: tuple[str, ...]
    command: str
    version: str = VERSION


def demonstration_words(study: str, subject: str, limits: tuple[str, ...]) -> PackWords:
    """Those of a pack that comes with the project; ``subject`` is what it predicts."""
    return PackWords(
        id=f"{study}-demo",
        title=f"{subject}: demonstration on synthetic phantoms",
        intended_use="Teaching and testing of the software on the phantoms that come with it.",
        kind="synthetic",
        description="Phantoms from models/phantoms; no patient data.",
        limits=(*SYNTHETIC_LIMITS, *limits),
        command=f"python -m models.make_packs {study}",
    )


def cohort_words(
    study: str,
    subject: str,
    limits: tuple[str, ...],
    *,
    out: Path,
    is_synthetic: bool,
    patients: int,
    sha256: str,
) -> PackWords:
    """Those of a pack that was trained on a cohort of ``patients``."""
    kind: Literal["synthetic", "hospital"] = "synthetic" if is_synthetic else "hospital"
    return PackWords(
        id=pack_id(out, study),
        title=f"{subject}: trained on a {kind} cohort",
        intended_use="Patients like those of its cohort, once the hospital has validated and signed it.",
        kind=kind,
        description=f"A cohort of {patients} patients; the hash of its table is {sha256}.",
        limits=(*(SYNTHETIC_LIMITS if is_synthetic else ()), *limits),
        command=f"main.py train {study}",
    )


def pack_id(out: Path, otherwise: str) -> str:
    """The folder's name as an id of packs."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in out.name.lower())
    return "-".join(part for part in plain.split("-") if part) or otherwise
