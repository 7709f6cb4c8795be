"""What each pack in the repository weighs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inference.packs.manifest import MANIFEST_FILE
from models.markdown import table
from models.results.reading import Document, read_document


class _Network(Document):
    file: str


class _Manifest(Document):
    id: str
    version: str
    study: str
    networks: tuple[_Network, ...]


@dataclass(frozen=True, slots=True)
class PackFacts:
    """Name, study and size on disk."""

    name: str
    study: str
    networks: int
    networks_bytes: int
    all_bytes: int


def pack_facts(packs: Path) -> tuple[PackFacts, ...]:
    """Every folder of ``packs`` that has a manifest."""
    return tuple(_facts(path) for path in sorted(packs.glob(f"*/{MANIFEST_FILE}")))


def _facts(path: Path) -> PackFacts:
    manifest = read_document(_Manifest, path)
    sizes = {file: file.stat().st_size for file in path.parent.rglob("*") if file.is_file()}
    networks = [path.parent / one.file for one in manifest.networks]
    return PackFacts(
        f"{manifest.id}@{manifest.version}",
        manifest.study,
        len(networks),
        sum(sizes.get(file, 0) for file in networks),
        sum(sizes.values()),
    )


def size_table(facts: tuple[PackFacts, ...], minutes: dict[str, float | None]) -> str:
    """Packs by study, with the minutes that the kept run took."""
    rows = []
    for study, took in minutes.items():
        shown = "not recorded" if took is None else f"{took:.0f}"
        own = [one for one in facts if one.study == study]
        rows += [
            [
                f"`{study}`",
                one.name,
                str(one.networks),
                _megabytes(one.networks_bytes),
                _megabytes(one.all_bytes),
                shown,
            ]
            for one in own
        ] or [[f"`{study}`", "no pack", "–", "–", "–", shown]]
    heads = [
        "study",
        "pack",
        "networks",
        "networks, MB",
        "whole pack, MB",
        "minutes on phantoms, all starts together",
    ]
    return table(heads, rows)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.2f}"
