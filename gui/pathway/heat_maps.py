"""Whether the open pack can say where its networks looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.session import Session


def gives_heat_maps(session: Session) -> bool:
    """False for a pack whose networks give features: there is no Grad-CAM without a score."""
    if session.pack is None or session.pack.manifest.treatments:
        return True
    return bool(session.pack.manifest.classifiers(None))
