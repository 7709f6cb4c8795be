"""Whether a study answers for each treatment, or with one score of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference.errors import InputError
from inference.pathways.pathway import load_pathway

if TYPE_CHECKING:
    from gui.session import Session


def answers_by_treatment(session: Session) -> bool:
    """As the open pack says; before one is open, as the study's pathway does."""
    if session.pack is not None:
        return bool(session.pack.manifest.treatments)
    try:
        load_pathway(session.study)
    except InputError:
        # Only a study that answers by treatment has no pathway of scores.
        return True
    return False
