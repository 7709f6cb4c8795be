"""Undoable changes of the tumour mask: an edit of some voxels, or another mask in its place."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from gui.commands.named_command import NamedCommand
from inference.masks.layer import MaskEdit, MaskLayer, nothing_drawn
from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.session import Session
    from inference.case_input import StatedFacts


class MaskCommand(NamedCommand):
    """A change of the mask of one scan, ``stack_id``; taken back or done again it is looked at first."""

    def __init__(self, session: Session, name: Message, stack_id: str = "") -> None:
        super().__init__(session, name)
        viewed = "" if session.stack is None else session.stack.stack_id
        self.stack_id = stack_id or viewed
        self._was_done = False

    def redo(self) -> None:
        if self._was_done:
            self._session.look_at(self.stack_id)
        self._was_done = True
        self._do()

    def undo(self) -> None:
        self._session.look_at(self.stack_id)
        self._take_back()

    @abstractmethod
    def _do(self) -> None:
        """Make the change on the scan that is looked at."""

    @abstractmethod
    def _take_back(self) -> None:
        """Undo it there."""


class EditMask(MaskCommand):
    """Apply one ``MaskEdit``; only its box is kept, never a whole volume."""

    def __init__(self, session: Session, edit: MaskEdit) -> None:
        super().__init__(session, Message(edit.step))
        self._edit = edit

    def _do(self) -> None:
        assert self._session.mask is not None
        self._session.set_mask(self._session.mask.apply(self._edit))

    def _take_back(self) -> None:
        assert self._session.mask is not None
        self._session.set_mask(self._session.mask.take_back())


class ReplaceMask(MaskCommand):
    """Put another mask, or none, in the place of a scan's mask: the viewed one's, or that of ``stack_id``.

    ``verb`` says how the new mask came about and names the command: ``segment``, ``import``, ``draw``,
    ``box`` or ``remove``.  What a user released about the former mask does not hold for another one.
    """

    def __init__(self, session: Session, layer: MaskLayer | None, verb: str, stack_id: str = "") -> None:
        super().__init__(session, Message(f"panel.edit.mask.{verb}"), stack_id)
        scan = session.scan(self.stack_id)
        self._before = session.mask if scan is None else scan.mask
        self._after = layer
        of_mask = {finding.code for finding in self._before.findings} if self._before is not None else set()
        self._stated_before = session.stated if scan is None else scan.stated
        self._stated_after = self._stated_before.without_releases(of_mask)

    def _do(self) -> None:
        self._replace(self._after, self._stated_after)

    def _take_back(self) -> None:
        self._replace(self._before, self._stated_before)

    def _replace(self, mask: MaskLayer | None, stated: StatedFacts) -> None:
        self._session.set_mask(mask, self.stack_id)
        if stated != self._session.stated and self._session.is_viewed(self.stack_id):
            self._session.set_stated(stated)


def draw_mask(session: Session) -> ReplaceMask:
    """The command that begins a mask by hand on the open volume."""
    assert session.volume is not None
    return ReplaceMask(session, nothing_drawn(session.volume.geometry), "draw")
