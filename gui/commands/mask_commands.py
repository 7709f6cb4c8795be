"""Undoable changes of the tumour mask: an edit of some voxels, or another mask in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.commands.named_command import NamedCommand
from inference.masks.layer import MaskEdit, MaskLayer, nothing_drawn
from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.session import Session
    from inference.case_input import StatedFacts


class EditMask(NamedCommand):
    """Apply one ``MaskEdit``; only its box is kept, never a whole volume."""

    def __init__(self, session: Session, edit: MaskEdit) -> None:
        super().__init__(session, Message(edit.step))
        self._edit = edit

    def redo(self) -> None:
        assert self._session.mask is not None
        self._session.set_mask(self._session.mask.apply(self._edit))

    def undo(self) -> None:
        assert self._session.mask is not None
        self._session.set_mask(self._session.mask.take_back())


class ReplaceMask(NamedCommand):
    """Put another mask, or none, in the place of the session's mask.

    ``verb`` says how the new mask came about and names the command: ``segment``, ``import``, ``draw`` or
    ``remove``.  What a user released about the former mask does not hold for another one.
    """

    def __init__(self, session: Session, layer: MaskLayer | None, verb: str) -> None:
        super().__init__(session, Message(f"panel.edit.mask.{verb}"))
        self._before = session.mask
        self._after = layer
        of_mask = {finding.code for finding in self._before.findings} if self._before is not None else set()
        self._stated_before = session.stated
        self._stated_after = session.stated.without_releases(of_mask)

    def redo(self) -> None:
        self._replace(self._after, self._stated_after)

    def undo(self) -> None:
        self._replace(self._before, self._stated_before)

    def _replace(self, mask: MaskLayer | None, stated: StatedFacts) -> None:
        self._session.set_mask(mask)
        if stated != self._session.stated:
            self._session.set_stated(stated)


def draw_mask(session: Session) -> ReplaceMask:
    """The command that begins a mask by hand on the open volume."""
    assert session.volume is not None
    return ReplaceMask(session, nothing_drawn(session.volume.geometry), "draw")
