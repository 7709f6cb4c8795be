"""Whom this site trusts, what it has withdrawn and what it has validated: small files among its settings.

``signers.json`` and ``withdrawn.json`` are lists; ``validations/<manifest hash>.json`` is the record of one
local validation.  A file that cannot be understood is never taken for an empty one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inference.errors import InputError, PackError
from inference.packs.keys import Signer
from inference.packs.state import Trust
from inference.storage import write_atomically

SCHEMA_VERSION = 1
SIGNERS_FILE, WITHDRAWN_FILE, VALIDATIONS_FOLDER = "signers.json", "withdrawn.json", "validations"

TrustSource = Callable[[], Trust]
"""Read anew whenever a pack is listed or opened, so that a withdrawal holds at once."""

_LARGEST_FILE = 1 << 20
_Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Semver = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrustedSigner(_Record):
    """A public key, the name it is known by, and since when."""

    public_key: _Hex64
    name: _Line
    since: date


class Withdrawal(_Record):
    """A version of a pack that must not answer any more, and why."""

    id: str
    version: _Semver
    reason: _Line
    since: date


class ValidationRecord(_Record):
    """A run of the site's own validation on its own cohort: on which pack, when, by whom, on how many."""

    schema_version: Literal[1]
    id: str
    version: _Semver
    manifest_sha256: _Hex64
    validated_on: date
    by: _Line
    patients: int = Field(gt=0)


class _Signers(_Record):
    schema_version: Literal[1]
    signers: tuple[TrustedSigner, ...]


class _Withdrawn(_Record):
    schema_version: Literal[1]
    packs: tuple[Withdrawal, ...]


_Document = TypeVar("_Document", bound=BaseModel)


class TrustStore:
    """The files in ``folder``, which need not exist: then nobody is trusted and nothing withdrawn."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> Trust:
        """What the site has decided, as it stands now.

        Raises
        ------
        PackError
            When a file cannot be read or understood, or is of a newer form.
        """
        return Trust(
            {signer.public_key: signer.name for signer in self.signers()},
            {f"{pack.id}@{pack.version}": pack.reason for pack in self.withdrawn()},
            frozenset(record.manifest_sha256 for record in self.validations()),
        )

    def signers(self) -> tuple[TrustedSigner, ...]:
        """All trusted signers, in the order in which they were added."""
        document = self._document(self._folder / SIGNERS_FILE, _Signers)
        return () if document is None else document.signers

    def withdrawn(self) -> tuple[Withdrawal, ...]:
        """All withdrawals."""
        document = self._document(self._folder / WITHDRAWN_FILE, _Withdrawn)
        return () if document is None else document.packs

    def validations(self) -> tuple[ValidationRecord, ...]:
        """All local validations on record."""
        folder = self._folder / VALIDATIONS_FOLDER
        try:
            paths = sorted(path for path in folder.iterdir() if path.suffix == ".json")
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise PackError("pack.trust.unreadable", file=VALIDATIONS_FOLDER) from error
        records = []
        for path in paths:
            record = self._document(path, ValidationRecord)
            if record is None or record.manifest_sha256 != path.stem:
                raise PackError("pack.trust.unreadable", file=path.name)
            records.append(record)
        return tuple(records)

    def trust(self, signer: Signer, name: str, since: date) -> None:
        """Trust a signer under ``name``, or give one that is trusted another name.

        Raises
        ------
        InputError
            When the name is empty, too long, or already that of another signer.
        """
        known = self.signers()
        if any(entry.name == name and entry.public_key != signer.public_key for entry in known):
            raise InputError("pack.trust.name_taken", name=name)
        added = _record(
            "pack.trust.name", TrustedSigner, public_key=signer.public_key, name=name, since=since
        )
        kept = [entry for entry in known if entry.public_key != signer.public_key]
        self._write(SIGNERS_FILE, _Signers(schema_version=1, signers=(*kept, added)))

    def distrust(self, name: str) -> None:
        """Trust the signer called ``name`` no more.

        Raises
        ------
        InputError
            When nobody of that name is trusted.
        """
        known = self.signers()
        kept = tuple(entry for entry in known if entry.name != name)
        if len(kept) == len(known):
            raise InputError("pack.trust.unknown_name", name=name)
        self._write(SIGNERS_FILE, _Signers(schema_version=1, signers=kept))

    def withdraw(self, pack_id: str, version: str, reason: str, since: date) -> None:
        """Put a version of a pack on the list of what must not answer; a second time changes the reason.

        Raises
        ------
        InputError
            When the reason is empty or too long.
        """
        entry = _record(
            "pack.withdraw.reason", Withdrawal, id=pack_id, version=version, reason=reason, since=since
        )
        kept = [pack for pack in self.withdrawn() if (pack.id, pack.version) != (pack_id, version)]
        self._write(WITHDRAWN_FILE, _Withdrawn(schema_version=1, packs=(*kept, entry)))

    def reinstate(self, pack_id: str, version: str) -> None:
        """Take a version from the list of what must not answer.

        Raises
        ------
        InputError
            When it is not on the list.
        """
        known = self.withdrawn()
        kept = tuple(pack for pack in known if (pack.id, pack.version) != (pack_id, version))
        if len(kept) == len(known):
            raise InputError("pack.reinstate.unknown", pack=f"{pack_id}@{version}")
        self._write(WITHDRAWN_FILE, _Withdrawn(schema_version=1, packs=kept))

    def record_validation(self, record: ValidationRecord) -> None:
        """Keep the record of a local validation."""
        self._write(f"{VALIDATIONS_FOLDER}/{record.manifest_sha256}.json", record)

    def _write(self, name: str, document: BaseModel) -> None:
        text = json.dumps(document.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False)
        write_atomically(self._folder / name, f"{text}\n".encode())

    def _document(self, path: Path, kind: type[_Document]) -> _Document | None:
        try:
            with path.open("rb") as stream:
                content = stream.read(_LARGEST_FILE + 1)
            document = json.loads(content)
            version = document.get("schema_version") if isinstance(document, dict) else None
            if isinstance(version, int) and version > SCHEMA_VERSION:
                raise PackError("pack.trust.newer", file=path.name, version=version)
            return kind.model_validate(document)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError, ValidationError) as error:
            raise PackError("pack.trust.unreadable", file=path.name) from error


def _record(message_id: str, kind: type[_Document], **values: object) -> _Document:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise InputError(message_id) from error
