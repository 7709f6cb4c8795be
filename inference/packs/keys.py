"""Ed25519 keys of those who sign packs, as PEM files; the private one under a passphrase."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from inference.errors import InputError

SHORTEST_PASSPHRASE: Final = 12
_LARGEST_FILE: Final = 16 << 10


@dataclass(frozen=True, slots=True)
class Signer:
    """Who can have signed: ``public_key`` is the 32 raw bytes in hexadecimal."""

    public_key: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the raw key; its beginning is what people compare by eye."""
        return hashlib.sha256(bytes.fromhex(self.public_key)).hexdigest()

    @property
    def short_fingerprint(self) -> str:
        """The first 16 digits in groups of four."""
        digits = self.fingerprint[:16]
        return " ".join(digits[start : start + 4] for start in range(0, 16, 4))

    def has_signed(self, content: bytes, signature: bytes) -> bool:
        """True when ``signature`` over ``content`` was made with this key."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key)).verify(signature, content)
        except (InvalidSignature, ValueError):
            return False
        return True


def signer_of(key: Ed25519PrivateKey | Ed25519PublicKey) -> Signer:
    """The public half."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return Signer(public.public_bytes_raw().hex())


def key_pair(passphrase: str) -> tuple[bytes, bytes]:
    """A new pair as PEM: the private key, encrypted under ``passphrase``, and the public one.

    Raises
    ------
    InputError
        When the passphrase is too short.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InputError("pack.key.passphrase_short", least=SHORTEST_PASSPHRASE)
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode("utf-8")),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, public


def read_private_key(path: Path, passphrase: Callable[[], str]) -> Ed25519PrivateKey:
    """The private key in ``path``; ``passphrase`` is asked only where the file is encrypted.

    Raises
    ------
    InputError
        When the file cannot be read, is no Ed25519 key, or the passphrase does not open it.
    """
    content = _content(path)
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except TypeError:
        try:
            key = serialization.load_pem_private_key(content, password=passphrase().encode("utf-8"))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise InputError("pack.key.passphrase_wrong", file=path.name) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("pack.key.not_private", file=path.name) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError("pack.key.not_private", file=path.name)
    return key


def read_public_key(path: Path) -> Signer:
    """The signer whose public key is in ``path``.

    Raises
    ------
    InputError
        When the file cannot be read or is no Ed25519 public key.
    """
    try:
        key = serialization.load_pem_public_key(_content(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("pack.key.not_public", file=path.name) from error
    if not isinstance(key, Ed25519PublicKey):
        raise InputError("pack.key.not_public", file=path.name)
    return signer_of(key)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST_FILE)
    except FileNotFoundError as error:
        raise InputError("error.input.not_found", file=path.name) from error
    except OSError as error:
        raise InputError("error.input.unreadable", file=path.name) from error
