"""What ``main.py assess --state-…`` says of a scan, in place of a file that is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from headless.read_case import by_input
from inference.case_input import StatedFacts
from inference.errors import InputError

CONTRAST: Final = {"yes": True, "no": False}
PHASES: Final = ("unenhanced", "arterial", "portal_venous", "delayed")


def stated_facts(
    first: str,
    *,
    modality: Sequence[str],
    contrast: Sequence[str],
    body_part: Sequence[str],
    phase: Sequence[str],
) -> dict[str, StatedFacts]:
    """Facts by the study's input, from texts ``[INPUT=]VALUE``; one without an input is about ``first``.

    Raises
    ------
    InputError
        When one fact is stated twice of an input, or with a word that it cannot have.
    """
    modalities, contrasts, body_parts, phases = (
        _of_inputs(first, given) for given in (modality, contrast, body_part, phase)
    )
    _among("--state-contrast", contrasts, tuple(CONTRAST))
    _among("--state-phase", phases, PHASES)
    return {
        name: StatedFacts(
            modalities.get(name, ""),
            CONTRAST.get(contrasts.get(name, "")),
            body_parts.get(name, ""),
            phases.get(name, ""),
        )
        for name in {**modalities, **contrasts, **body_parts, **phases}
    }


def _of_inputs(first: str, given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in by_input(given).items():
        if (name or first) in found:
            raise InputError("error.scan.named_twice", text=f"{name}={value}" if name else value)
        found[name or first] = value
    return found


def _among(option: str, given: Mapping[str, str], allowed: Sequence[str]) -> None:
    for value in given.values():
        if value not in allowed:
            raise InputError("error.stated.word", option=option, value=value, allowed=", ".join(allowed))
