"""A pack that was verified and may be used: its manifest, its folder, its state, its networks."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from pathlib import Path

from inference.assessment import PackReference
from inference.errors import PackError
from inference.packs.keys import Signer
from inference.packs.manifest import Manifest, NetworkEntry
from inference.packs.state import NOBODY, PackState, Trust, state_of
from inference.runtime import Network, default_threads


@dataclass(frozen=True, slots=True, eq=False)
class LoadedPack:
    """A verified pack; ``folder`` holds the files that the manifest hashes.

    ``sha256`` is the hash of the canonical manifest and stands for the whole pack; ``signer`` is who signed
    it, whether known here or not.  A network is opened when it is first asked for and kept.
    """

    manifest: Manifest
    folder: Path
    sha256: str
    threads: int = field(default_factory=default_threads)
    signer: Signer | None = None
    trust: Trust = NOBODY
    _networks: dict[str, Network] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def state(self) -> PackState:
        """How far it may be trusted here."""
        return state_of(self.manifest, self.sha256, self.signer, self.trust)

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

    def read(self, file: str) -> bytes:
        """The bytes of one file, hashed again: what is used is what was verified.

        Raises
        ------
        PackError
            When the file is gone or was altered since the pack was opened.
        """
        try:
            content = (self.folder / file).read_bytes()
        except OSError as error:
            raise PackError("error.pack.missing_file", file=file) from error
        if hashlib.sha256(content).hexdigest() != self.manifest.files[file]:
            raise PackError("error.pack.altered", file=file)
        return content

    def network(self, entry: NetworkEntry) -> Network:
        """The network of one manifest entry, opened on first use.

        Raises
        ------
        PackError
            When the file was altered or does not fit the manifest.
        """
        with self._lock:
            if entry.file not in self._networks:
                self._networks[entry.file] = Network(self.read(entry.file), entry, threads=self.threads)
            return self._networks[entry.file]
