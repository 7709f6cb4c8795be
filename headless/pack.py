"""``main.py pack``: which model packs are there, and is one of them whole?"""

from __future__ import annotations

from pathlib import Path

from inference.errors import EXIT_ANSWERED, PackError
from inference.messages.catalogue import Catalogue
from inference.packs.store import BUNDLED_PACKS, PackStore
from inference.packs.verify import verify_pack
from inference.paths import ApplicationPaths


def list_packs(catalogue: Catalogue) -> int:
    """Print one line per installed pack."""
    listings = _store().installed()
    if not listings:
        print(catalogue.text("cli.pack.none"))
    for entry in listings:
        if entry.problem is not None:
            print(f"{entry.id}: {catalogue.render(entry.problem)}")
            continue
        print(
            catalogue.text(
                "cli.pack.line",
                id=entry.id,
                version=entry.version,
                study=entry.study,
                state=f"pack.state.{entry.state}",
                title=entry.title,
            )
        )
    return EXIT_ANSWERED


def verify(name: str | None, catalogue: Catalogue) -> int:
    """Check every promise of one pack, its self-test too, and print one line.

    Raises
    ------
    PackError
        When no pack is named, none fits, or a promise is broken.
    """
    if name is None:
        raise PackError("cli.pack.name_one")
    folder = Path(name)
    if not folder.is_dir():
        folder = _installed_folder(name)
    pack = verify_pack(folder, self_test=True)
    manifest = pack.manifest
    print(
        catalogue.text(
            "cli.pack.verified",
            id=manifest.id,
            version=manifest.version,
            files=len(manifest.files),
            sha256=pack.sha256[:12],
        )
    )
    return EXIT_ANSWERED


def _store() -> PackStore:
    return PackStore([BUNDLED_PACKS, ApplicationPaths.of_this_user().packs])


def _installed_folder(name: str) -> Path:
    for entry in _store().installed():
        if name in (entry.id, f"{entry.id}@{entry.version}"):
            return entry.folder
    raise PackError("error.pack.unknown", request=name, study="")
