"""A condition that came later leaves the hash of packs that do not use it as it was."""

from __future__ import annotations

import json
from pathlib import Path

from inference.packs.manifest import InputConditions, Manifest

DEMONSTRATION = Path(__file__).parents[3] / "packs" / "npc-residual-demo" / "manifest.json"


def test_the_canonical_manifest_of_an_older_pack_holds_what_its_file_holds() -> None:
    document = json.loads(DEMONSTRATION.read_text(encoding="utf-8"))
    assert json.loads(Manifest.model_validate(document).canonical_bytes()) == document


def test_a_pack_that_allows_isotropic_volumes_says_so_in_its_hash() -> None:
    document = json.loads(DEMONSTRATION.read_text(encoding="utf-8"))
    before = Manifest.model_validate(document)
    document["inputs"]["allows_isotropic"] = True
    after = Manifest.model_validate(document)
    assert after.sha256() != before.sha256()
    assert InputConditions.model_validate(after.inputs.model_dump()).allows_isotropic
