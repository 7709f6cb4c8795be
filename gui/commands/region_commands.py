"""Undoable steps of a rough region: a corner set, moved or taken back, and the box that closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QUndoCommand

from gui.commands.mask_commands import MaskCommand, ReplaceMask
from gui.editing.region_draft import RegionDraft
from inference.masks.layer import MaskLayer
from inference.messages.message import Message

if TYPE_CHECKING:
    from gui.editing.rough_region import RoughRegion
    from gui.session import Session

_MOVE_ID: Final = 7301


class DraftRegion(MaskCommand):
    """Go on with another draft; ``verb`` is ``set``, ``move``, ``back`` or ``leave``.

    Steps of one corner that follow each other become one: ``moved`` names the corner.
    """

    def __init__(
        self,
        session: Session,
        region: RoughRegion,
        after: RegionDraft,
        verb: str,
        moved: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(session, Message(f"panel.edit.region.{verb}"))
        self._region = region
        self._before = region.draft
        self._after = after
        self._moved = moved

    def id(self) -> int:
        return -1 if self._moved is None else _MOVE_ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, DraftRegion) or other._moved != self._moved:
            return False
        self._after = other._after
        return True

    def _do(self) -> None:
        self._region.go_on_with(self._after)

    def _take_back(self) -> None:
        self._region.go_on_with(self._before)


class MarkBox(ReplaceMask):
    """The box about a whole draft becomes the mask; taken back, the draft waits for its last corner again."""

    def __init__(self, session: Session, region: RoughRegion, layer: MaskLayer) -> None:
        super().__init__(session, layer, "box")
        self._region = region
        self._draft = region.draft

    def _do(self) -> None:
        self._region.go_on_with(RegionDraft())
        super()._do()

    def _take_back(self) -> None:
        super()._take_back()
        self._region.go_on_with(self._draft)
