"""``main.py pack``: make, sign, verify, show, list, install and remove model packs, and say whom to trust."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from headless.pack_card import card_lines
from headless.passphrase import read_passphrase
from headless.terminal import progress_bar
from inference.clock import SystemClock
from inference.errors import EXIT_ANSWERED, EXIT_CANCELLED, InputError, PackError
from inference.messages.catalogue import Catalogue
from inference.packs.container import container_name, write_container
from inference.packs.install import install_pack, remove_pack
from inference.packs.keys import key_pair, read_private_key, read_public_key
from inference.packs.load import LoadedPack
from inference.packs.manifest import SIGNATURE_FILE
from inference.packs.signature import signature_bytes
from inference.packs.store import PackListing, PackStore
from inference.packs.trust_store import TrustStore
from inference.packs.unpacking import unpack_container
from inference.packs.verify import verify_pack
from inference.packs.verify_apart import verify_apart
from inference.paths import ApplicationPaths
from inference.scratch import ScratchFolder, remove_leftovers
from inference.storage import write_all_or_none, write_atomically, write_stream_atomically

_OWNER_ALONE = 0o600
_PUBLIC_SUFFIX = ".pub"


def list_packs(_: argparse.Namespace, catalogue: Catalogue) -> int:
    """Print one line per pack."""
    listings = PackStore.of_this_user().installed()
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
                title=entry.titles.get(catalogue.language, entry.title),
            )
        )
    return EXIT_ANSWERED


def verify(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Check every promise of one pack and print one line."""
    with _opened(options.pack) as pack:
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
        print(_vouched(pack, catalogue))
    return EXIT_ANSWERED


def show(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Print the pack's card."""
    with _opened(options.pack) as pack:
        for line in card_lines(pack, catalogue):
            print(line)
        print()
        print(_vouched(pack, catalogue))
    return EXIT_ANSWERED


def install(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Install a pack and say what it is worth here."""
    paths = ApplicationPaths.of_this_user()
    store = PackStore.of_this_user(paths)
    with progress_bar(catalogue) as on_progress:
        done = install_pack(options.source, paths.packs, store, on_progress=on_progress)
    said = "pack.install.was_there" if done.was_there else "pack.install.done"
    print(catalogue.text(said, pack=done.pack.name, folder=str(done.pack.folder)))
    with_trust = verify_pack(done.pack.folder, trust=TrustStore(paths.trust).read())
    print(_vouched(with_trust, catalogue))
    return EXIT_ANSWERED


def remove(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Remove one version, after a question."""
    paths = ApplicationPaths.of_this_user()
    listing = _one_of(options.pack, PackStore.of_this_user(paths), paths)
    if not options.yes:
        if not sys.stdin.isatty():
            raise InputError("pack.remove.nobody_to_ask")
        if input(catalogue.text("pack.remove.ask", pack=options.pack)).strip().lower() not in (
            "y",
            "yes",
            "是",
        ):
            print(catalogue.text("pack.remove.kept", pack=options.pack))
            return EXIT_CANCELLED
    remove_pack(listing, paths.packs)
    print(catalogue.text("pack.remove.done", pack=options.pack))
    return EXIT_ANSWERED


def keygen(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Write a private key, readable by its owner alone, and the public one beside it."""
    private_path = options.out
    public_path = private_path.with_name(private_path.name + _PUBLIC_SUFFIX)
    for path in (private_path, public_path):
        if path.exists():
            raise InputError("pack.key.exists", file=path.name)
    passphrase = read_passphrase(
        options.passphrase_file, ask="pack.key.ask", is_new=True, catalogue=catalogue
    )
    private, public = key_pair(passphrase)
    write_atomically(private_path, private, mode=_OWNER_ALONE)
    write_atomically(public_path, public)
    signer = read_public_key(public_path)
    print(
        catalogue.text(
            "pack.key.made",
            private=str(private_path),
            public=str(public_path),
            fingerprint=signer.short_fingerprint,
        )
    )
    return EXIT_ANSWERED


def sign(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Verify, sign, and write the pack as one file; the folder gets ``signature.json``."""
    pack = verify_pack(options.folder, self_test=True)
    key = read_private_key(
        options.key,
        lambda: read_passphrase(
            options.passphrase_file, ask="pack.key.ask", is_new=False, catalogue=catalogue
        ),
    )
    content = {SIGNATURE_FILE: signature_bytes(pack.manifest, key)}
    write_all_or_none(options.folder, content)
    signed = verify_pack(options.folder)
    target = options.out or options.folder.absolute().parent / container_name(signed)
    write_stream_atomically(target, lambda stream: write_container(signed, stream))
    assert signed.signer is not None
    print(
        catalogue.text(
            "pack.sign.done", pack=signed.name, file=str(target), fingerprint=signed.signer.short_fingerprint
        )
    )
    return EXIT_ANSWERED


def trust(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Remember a public key under a name."""
    signer = read_public_key(options.key)
    TrustStore(ApplicationPaths.of_this_user().trust).trust(signer, options.name, SystemClock().now().date())
    print(catalogue.text("pack.trust.done", name=options.name, fingerprint=signer.short_fingerprint))
    return EXIT_ANSWERED


def distrust(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Forget a trusted key."""
    TrustStore(ApplicationPaths.of_this_user().trust).distrust(options.name)
    print(catalogue.text("pack.trust.gone", name=options.name))
    return EXIT_ANSWERED


def withdraw(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Put one version on the site's list of what is withdrawn."""
    paths = ApplicationPaths.of_this_user()
    listing = _one_of(options.pack, PackStore.of_this_user(paths), paths)
    if listing.problem is not None:
        raise PackError(listing.problem.id, **listing.problem.fields)
    today = SystemClock().now().date()
    TrustStore(paths.trust).withdraw(listing.id, listing.version, options.reason, today)
    print(catalogue.text("pack.withdraw.done", pack=options.pack))
    return EXIT_ANSWERED


def reinstate(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Take one version from the site's list of what is withdrawn, whether it is still installed or not."""
    pack_id, _, version = options.pack.partition("@")
    TrustStore(ApplicationPaths.of_this_user().trust).reinstate(pack_id, version)
    print(catalogue.text("pack.reinstate.done", pack=options.pack))
    return EXIT_ANSWERED


def _vouched(pack: LoadedPack, catalogue: Catalogue) -> str:
    """State and signer in one line."""
    state = f"pack.state.{pack.state}"
    if pack.signer is None:
        return catalogue.text("pack.vouched.nobody", state=state)
    return catalogue.text(
        "pack.vouched.signer",
        state=state,
        signer=pack.trust.name_of(pack.signer) or "pack.signer.unknown",
        fingerprint=pack.signer.short_fingerprint,
    )


@contextmanager
def _opened(name: str) -> Iterator[LoadedPack]:
    """A verified pack: a folder, a container that is unpacked for the while, or an installed one.

    What is not installed is met by the limited process first.
    """
    paths = ApplicationPaths.of_this_user()
    trusted = TrustStore(paths.trust).read()
    path = Path(name)
    if path.is_file():
        scratch_parent = paths.cache / "packs"
        remove_leftovers(scratch_parent)
        with ScratchFolder(scratch_parent) as scratch:
            folder = unpack_container(path, scratch.path)
            verify_apart(folder)
            yield verify_pack(folder, trust=trusted)
    elif path.is_dir():
        verify_apart(path)
        yield verify_pack(path, trust=trusted)
    else:
        listing = _one_of(name, PackStore.of_this_user(paths), paths, newest=True)
        yield verify_pack(listing.folder, self_test=True, trust=trusted)


def _one_of(request: str, store: PackStore, paths: ApplicationPaths, *, newest: bool = False) -> PackListing:
    """The pack that ``ID@VERSION`` names, the user's own before a bundled one; ``ID`` if ``newest`` will do.

    A pack that cannot be read has no version and is named by its folder.
    """
    fitting = [
        entry
        for entry in store.installed()
        if request == f"{entry.id}@{entry.version}"
        or (newest and request == entry.id)
        or (entry.problem is not None and request == entry.folder.name)
    ]
    own = [entry for entry in fitting if entry.folder.parent == paths.packs]
    if not fitting:
        raise PackError("pack.unknown", request=request)
    return fitting[0] if newest or not own else own[0]


ACTIONS: Mapping[str, Callable[[argparse.Namespace, Catalogue], int]] = {
    "list": list_packs,
    "verify": verify,
    "show": show,
    "install": install,
    "remove": remove,
    "keygen": keygen,
    "sign": sign,
    "trust": trust,
    "distrust": distrust,
    "withdraw": withdraw,
    "reinstate": reinstate,
}
"""What ``main.py pack ACTION`` runs."""
