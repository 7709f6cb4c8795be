"""The studies whose pathways the application walks, in the order in which they are offered."""

from __future__ import annotations

from typing import Final

STUDIES: Final = ("npc-residual", "lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")
