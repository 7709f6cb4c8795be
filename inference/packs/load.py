"""A pack that was verified and may be used: its manifest, its folder and its state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from inference.assessment import PackReference
from inference.packs.manifest import Manifest


class PackState(StrEnum):
    """How far a pack may be trusted; shown beside every number.

    Signatures are not read yet, so a pack is a demonstration or its signer is unverified.
    """

    DEMONSTRATION = "demonstration"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, eq=False)
class LoadedPack:
    """A verified pack; ``folder`` holds the files that the manifest hashes."""

    manifest: Manifest
    folder: Path
    sha256: str

    @property
    def state(self) -> PackState:
        """Demonstration for a pack made from synthetic patients."""
        return PackState.DEMONSTRATION if self.manifest.is_demonstration else PackState.UNVERIFIED

    @property
    def name(self) -> str:
        """``id@version``."""
        return f"{self.manifest.id}@{self.manifest.version}"

    @property
    def reference(self) -> PackReference:
        """The pack as an Assessment names it."""
        return PackReference(
            id=self.manifest.id,
            version=self.manifest.version,
            sha256=self.sha256,
            state=self.state.value,
            provenance=self.manifest.provenance.kind,
        )
