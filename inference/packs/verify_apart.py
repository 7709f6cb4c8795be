"""Verification of a foreign pack by a limited process: a network that devours memory or time ends there."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inference.dicom.readers.spawning import ROOT, bare_environment, fresh_interpreter
from inference.errors import PackError
from inference.messages.message import FieldValue
from inference.packs.load import LoadedPack
from inference.packs.verify import verify_pack
from inference.runtime import default_threads

FROZEN_ARGUMENT: Final = "--pack-verifier"
MEMORY_BYTES: Final = 6 << 30
SECONDS: Final = 300.0
_MODULE: Final = "inference.packs.verify_worker"
_LONGEST_ANSWER: Final = 64 << 10


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    sha256: str = ""
    refused: Annotated[str, Field(pattern=r"^(error\.[a-z_.]+)?$")] = ""
    fields: dict[str, FieldValue] = {}


def verify_apart(folder: Path, *, memory_bytes: int = MEMORY_BYTES, seconds: float = SECONDS) -> LoadedPack:
    """Verify the pack in ``folder`` with its self-test in a process of its own, then its hashes in this one.

    Raises
    ------
    PackError
        As :func:`verify_pack`, or when the process broke down, took too long or spoke nonsense.
    """
    arguments = [str(folder.absolute()), str(memory_bytes), str(default_threads())]
    try:
        done = subprocess.run(
            fresh_interpreter(_MODULE, FROZEN_ARGUMENT, arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=bare_environment(),
            cwd=ROOT,
            timeout=seconds,
            check=False,
        )
        answer = _Answer.model_validate_json(done.stdout[:_LONGEST_ANSWER])
    except subprocess.TimeoutExpired as error:
        raise PackError("error.pack.verifier_slow", folder=folder.name, seconds=round(seconds)) from error
    except (OSError, ValidationError) as error:
        raise PackError("error.pack.verifier_broke_down", folder=folder.name) from error
    if answer.refused:
        raise PackError(answer.refused, **answer.fields)
    pack = verify_pack(folder)
    if pack.sha256 != answer.sha256:
        raise PackError("error.pack.altered", file=folder.name)
    return pack
