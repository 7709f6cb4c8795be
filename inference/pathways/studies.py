"""The studies whose pathways the application walks, in the order in which they are offered."""

from __future__ import annotations

from typing import Final

from inference.errors import InputError

STUDIES: Final = ("npc-residual", "lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")


def unknown_study(study: str) -> InputError:
    """The refusal of a name that is no study's, with those that are."""
    return InputError("error.study.unknown", study=study, allowed=", ".join(STUDIES))
