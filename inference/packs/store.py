"""Where packs are found: the ones that come with the application, and the user's own folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from inference.errors import PackError
from inference.messages.message import Message
from inference.packs.load import LoadedPack
from inference.packs.manifest import Manifest
from inference.packs.signature import read_signer
from inference.packs.state import NOBODY, PackState, Trust, state_of
from inference.packs.trust_store import TrustSource, TrustStore
from inference.packs.verify import read_manifest, verify_pack
from inference.paths import ApplicationPaths

BUNDLED_PACKS = Path(__file__).resolve().parents[2] / "packs"

_REQUEST = re.compile(r"(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*)(?:@(?P<version>\d+\.\d+\.\d+))?")


@dataclass(frozen=True, slots=True)
class PackListing:
    """One installed pack as its manifest introduces it; ``problem`` says why it cannot be read.

    A listing is not yet verified: that happens when the pack is opened.  ``titles`` are those that the pack
    has in other languages.
    """

    folder: Path
    id: str
    version: str = ""
    study: str = ""
    title: str = ""
    state: str = ""
    problem: Message | None = None
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def version_key(self) -> tuple[int, ...]:
        """The version as numbers, for ordering."""
        return tuple(int(part) for part in self.version.split(".")) if self.version else ()


class PackStore:
    """The packs in ``folders``, earlier folders first.

    ``threads`` is given to the runtime; None takes the machine's default.  ``trust`` is asked at each call;
    without it nobody is trusted.
    """

    def __init__(
        self, folders: Sequence[Path], *, threads: int | None = None, trust: TrustSource = lambda: NOBODY
    ) -> None:
        self._folders = tuple(folders)
        self._threads = threads
        self._trust = trust
        self._opened: dict[Path, LoadedPack] = {}

    @classmethod
    def of_this_user(cls, paths: ApplicationPaths | None = None) -> PackStore:
        """The packs that come with the application and those that this user installed."""
        own = paths or ApplicationPaths.of_this_user()
        return cls([BUNDLED_PACKS, own.packs], trust=TrustStore(own.trust).read)

    def installed(self) -> tuple[PackListing, ...]:
        """Every pack found, by id and newest version first; unreadable ones are listed with their problem."""
        trust = self._trust()
        listings = [_listing(folder, trust) for root in self._folders for folder in _pack_folders(root)]
        listings.sort(key=lambda listing: listing.version_key, reverse=True)
        listings.sort(key=lambda listing: listing.id)
        return tuple(listings)

    def open(self, study: str, request: str | None = None) -> LoadedPack:
        """Verify and open a pack for ``study``.

        ``request`` is ``ID`` or ``ID@VERSION``; without a version the newest is taken, without a request the
        newest pack of the study; a withdrawn one is taken only when its version is named.  Every byte is
        hashed at each call; networks stay open between calls.

        Raises
        ------
        PackError
            When nothing fits the request, several packs could be meant, or the pack was altered.
        """
        listing = self._choose(study, request)
        pack = verify_pack(listing.folder, threads=self._threads, trust=self._trust())
        known = self._opened.get(listing.folder)
        if known is None or known.sha256 != pack.sha256:
            known = pack
        elif (known.signer, known.trust) != (pack.signer, pack.trust):
            known = replace(known, signer=pack.signer, trust=pack.trust)
        self._opened[listing.folder] = known
        return known

    def _choose(self, study: str, request: str | None) -> PackListing:
        installed = self.installed()
        if request is None:
            fitting = _usable([listing for listing in installed if listing.study == study])
            if len({listing.id for listing in fitting}) > 1:
                names = ", ".join(sorted({listing.id for listing in fitting}))
                raise PackError("error.pack.ambiguous", study=study, packs=names)
            if not fitting:
                raise self._nothing_fits(installed, "error.pack.none_for_study", study=study)
            return fitting[0]
        match = _REQUEST.fullmatch(request)
        if match is None:
            raise PackError("error.pack.request", request=request)
        wanted, version = match["id"], match["version"]
        fitting = [
            listing
            for listing in installed
            if listing.id == wanted and (version is None or listing.version == version)
        ]
        readable = [listing for listing in fitting if listing.problem is None]
        if version is None:
            readable = _usable(readable)
        if not readable:
            raise self._nothing_fits(tuple(fitting), "error.pack.unknown", request=request, study=study)
        if readable[0].study != study:
            raise PackError("error.pack.other_study", request=request, study=study, found=readable[0].study)
        return readable[0]

    @staticmethod
    def _nothing_fits(candidates: tuple[PackListing, ...], message_id: str, **fields: str) -> PackError:
        """A pack that is there but cannot be read explains more than that none was found."""
        for listing in candidates:
            if listing.problem is not None:
                return PackError(listing.problem.id, **listing.problem.fields)
        return PackError(message_id, **fields)


def _pack_folders(root: Path) -> list[Path]:
    try:
        return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return []


def _listing(folder: Path, trust: Trust) -> PackListing:
    try:
        manifest: Manifest = read_manifest(folder)
        signer = read_signer(folder, manifest)
    except PackError as error:
        return PackListing(folder, folder.name, problem=error.message)
    state = state_of(manifest, manifest.sha256(), signer, trust)
    return PackListing(
        folder,
        manifest.id,
        manifest.version,
        manifest.study,
        manifest.title,
        state.value,
        titles={texts.language: texts.title for texts in manifest.translations},
    )


def _usable(listings: list[PackListing]) -> list[PackListing]:
    """Those that are not withdrawn.

    Raises
    ------
    PackError
        When every one of them is.
    """
    usable = [listing for listing in listings if listing.state != PackState.WITHDRAWN]
    if listings and not usable:
        names = ", ".join(f"{listing.id}@{listing.version}" for listing in listings)
        raise PackError("error.pack.withdrawn", packs=names)
    return usable
