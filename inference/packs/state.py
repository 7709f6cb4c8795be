"""How far a pack may be trusted: computed here and nowhere else, shown beside every number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from inference.packs.keys import Signer
from inference.packs.manifest import Manifest


class PackState(StrEnum):
    """The states, from the worst to the best."""

    WITHDRAWN = "withdrawn"
    DEMONSTRATION = "demonstration"
    UNVERIFIED = "unverified"
    TRUSTED = "trusted"
    VALIDATED_HERE = "validated"


@dataclass(frozen=True, slots=True)
class Trust:
    """What this site has decided.

    ``signers`` maps public keys (hexadecimal) to names, ``withdrawn`` ``ID@VERSION`` to the reason, and
    ``validated`` holds the manifest hashes of packs with a local validation on record.
    """

    signers: Mapping[str, str] = field(default_factory=dict)
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    validated: frozenset[str] = frozenset()

    def name_of(self, signer: Signer | None) -> str:
        """The name under which the signer is trusted; empty for anybody else."""
        return "" if signer is None else self.signers.get(signer.public_key, "")


NOBODY = Trust()
"""Trusts no signer and has withdrawn nothing."""


def state_of(manifest: Manifest, sha256: str, signer: Signer | None, trust: Trust) -> PackState:
    """The state of a pack whose signature was checked.

    What is withdrawn stays so, whoever signed it; a pack from synthetic patients stays a demonstration; a
    local validation lifts a pack only when its signer is trusted.
    """
    if f"{manifest.id}@{manifest.version}" in trust.withdrawn:
        return PackState.WITHDRAWN
    if manifest.is_demonstration:
        return PackState.DEMONSTRATION
    if not trust.name_of(signer):
        return PackState.UNVERIFIED
    return PackState.VALIDATED_HERE if sha256 in trust.validated else PackState.TRUSTED
