"""The key on disk: encrypted under a passphrase, apart from the objects, readable by its owner alone."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from inference.deidentification.key_map import KeyMap, RandomBytes
from inference.errors import InputError, StorageError
from inference.storage import storage_error, write_atomically

_FORMAT: Final = "concilium-key-map-1"
_SALT_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32
_BLOCK, _LANES = 8, 1
# scrypt with N = 2^17, r = 8, p = 1 takes 128 MiB: the OWASP recommendation for passphrases.
COST: Final = 1 << 17
_CHEAPEST, _DEAREST = 1 << 14, 1 << 20
_LARGEST_FILE: Final = 512 << 20
SHORTEST_PASSPHRASE: Final = 12
_OWNER_ALONE: Final = 0o600


@dataclass(slots=True)
class KeyFile:
    """One key file under one passphrase.

    Parameters
    ----------
    path
        Need not exist yet.
    passphrase
        At least twelve characters.
    random
        Source of salts, nonces and keys.
    cost
        scrypt's N for a file that is written; one that is read says its own.
    """

    path: Path
    passphrase: str
    random: RandomBytes
    cost: int = COST
    _seen: str = ""

    def open(self) -> KeyMap:
        """The key in the file, or a fresh one where there is no file.

        Raises
        ------
        InputError
            For a short or wrong passphrase, or a file that is no key.
        StorageError
            When it cannot be read.
        """
        if len(self.passphrase) < SHORTEST_PASSPHRASE:
            raise InputError("deid.passphrase.short", least=SHORTEST_PASSPHRASE)
        content = self._content()
        if content is None:
            return KeyMap.fresh(self.random)
        self._seen = hashlib.sha256(content).hexdigest()
        try:
            document = json.loads(content)
            salt, nonce, sealed = (_bytes(document[name]) for name in ("salt", "nonce", "sealed"))
            cost = document["cost"]
            if (
                document["format"] != _FORMAT
                or not isinstance(cost, int)
                or not _CHEAPEST <= cost <= _DEAREST
            ):
                raise ValueError("format")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError("deid.key_map.not_one", file=self.path.name) from error
        try:
            plain = AESGCM(self._key(salt, cost)).decrypt(nonce, sealed, _head(cost))
            return KeyMap.from_bytes(plain, self.random)
        except InvalidTag:
            raise InputError("deid.passphrase.wrong", file=self.path.name) from None
        except ValueError as error:
            raise InputError("deid.key_map.not_one", file=self.path.name) from error

    def write(self, key: KeyMap) -> None:
        """Encrypt and write the key whole, or not at all.

        Raises
        ------
        StorageError
            When the place cannot be written, or another run has changed the file meanwhile.
        """
        content = self._content()
        seen = "" if content is None else hashlib.sha256(content).hexdigest()
        if seen != self._seen:
            raise StorageError("deid.key_map.changed", file=self.path.name)
        salt, nonce = self.random(_SALT_BYTES), self.random(_NONCE_BYTES)
        sealed = AESGCM(self._key(salt, self.cost)).encrypt(nonce, key.to_bytes(), _head(self.cost))
        document = {
            "format": _FORMAT,
            "cost": self.cost,
            "salt": _text(salt),
            "nonce": _text(nonce),
            "sealed": _text(sealed),
        }
        written = json.dumps(document, indent=1).encode("ascii")
        write_atomically(self.path, written, mode=_OWNER_ALONE)
        self._seen = hashlib.sha256(written).hexdigest()

    def _content(self) -> bytes | None:
        try:
            if self.path.stat().st_size > _LARGEST_FILE:
                raise InputError("deid.key_map.not_one", file=self.path.name)
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error, self.path) from error

    def _key(self, salt: bytes, cost: int) -> bytes:
        derivation = Scrypt(salt=salt, length=_KEY_BYTES, n=cost, r=_BLOCK, p=_LANES)
        return derivation.derive(self.passphrase.encode("utf-8"))


def _head(cost: int) -> bytes:
    """What is bound to the sealed bytes though it is not secret."""
    return f"{_FORMAT} scrypt {cost} {_BLOCK} {_LANES} AES-256-GCM".encode("ascii")


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError("no text")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
