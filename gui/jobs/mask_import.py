"""A mask that was read from a file: taken at once where all is plain, else offered to the user."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.notice import NoticeKind
from inference.findings import Finding
from inference.masks.codecs.imported import ImportedMask, as_layer
from inference.messages.message import Message
from inference.scan import Stack

if TYPE_CHECKING:
    from gui.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class MaskOffer:
    """What a file holds, and the stack on which it was laid."""

    imported: ImportedMask
    file: str
    stack: Stack

    @property
    def needs_answer(self) -> bool:
        """True when there are several segments, or something that a person must confirm."""
        return len(self.imported.segments) != 1 or bool(self.imported.to_confirm)


class MaskImport(QObject):
    """Turns what was read into the tumour mask; ``offered`` asks the window to let the user choose."""

    offered = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session

    def accept(self, offer: MaskOffer) -> None:
        """A mask that arrived from the reader."""
        if offer.needs_answer:
            self.offered.emit(offer)
        else:
            self.take(offer, [segment.number for segment in offer.imported.segments])

    def take(self, offer: MaskOffer, numbers: Collection[int]) -> None:
        """Make the chosen segments the tumour mask, as one step that can be undone."""
        from gui.commands.mask_commands import ReplaceMask

        session = self._session
        if session.stack is not offer.stack or not numbers:
            return
        layer = as_layer(offer.imported, offer.file, offer.stack.geometry, numbers)
        session.undo_stack.push(ReplaceMask(session, layer, "import"))
        if offer.imported.findings:
            worst = max(offer.imported.findings, key=lambda finding: finding.answer)
            session.raise_notice(NoticeKind.INFORMATION, worst.message, self._advice(worst))

    def _advice(self, finding: Finding) -> Message | None:
        return finding.advice if self._session.catalogue.has(finding.advice.id) else None
