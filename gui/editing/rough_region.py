"""A rough region by hand: four corners on the top, the largest and the bottom slice become a cuboid."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gui.commands.region_commands import DraftRegion, MarkBox
from gui.editing.region_draft import CORNERS, SLICES, Corner, RegionDraft
from gui.notice import NoticeKind
from gui.session import Session
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.masks.rough_roi import Cuboid
from inference.messages.message import Message


class RoughRegion(QObject):
    """The draft of three quadrilaterals and the corner that keys move; every step can be undone.

    Corners are (row, column) in voxels.  ``chosen`` numbers one of those on the slice that is shown; while
    it is None, keys move ``next_corner``, which is set with Enter.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.draft = RegionDraft()
        self.chosen: int | None = None
        self.next_corner: Corner = (0.0, 0.0)
        session.stack_changed.connect(self._forget)
        session.study_changed.connect(self._forget)

    @property
    def is_active(self) -> bool:
        """True while corners are being set."""
        return self.draft.is_active

    @property
    def hint(self) -> Message:
        """Which corner of which quadrilateral is next."""
        drawn = len(self.draft.drawn)
        corner = len(self.draft.corners) + 1
        return Message(
            f"gui.region.{SLICES[drawn]}", {"number": drawn + 1, "of": len(SLICES), "corner": corner}
        )

    def start(self, at: Corner) -> None:
        """Begin with the top slice of the tumour; the first corner waits at ``at``."""
        self.next_corner = at
        self.go_on_with(RegionDraft(is_active=True))

    def leave(self) -> None:
        """Mark nothing; what was drawn can be had back."""
        if self.is_active and self.draft.is_empty:
            self.go_on_with(RegionDraft())
        elif self.is_active:
            self._push(RegionDraft(), "leave")

    def go_on_with(self, draft: RegionDraft) -> None:
        """Draw on from a draft."""
        self.draft, self.chosen = draft, None
        self.changed.emit()

    def add_corner(self, slice_index: int, corner: Corner) -> None:
        """Set the next corner on a slice; the last one closes the box."""
        self.next_corner = corner
        after = self.draft.with_corner(slice_index, corner)
        if after.is_whole:
            self._close(after)
        else:
            self._push(after, "set")

    def move_corner(self, slice_index: int, number: int, corner: Corner) -> None:
        """Put a corner that has been set somewhere else."""
        after = self.draft.with_moved(slice_index, number, corner)
        self._session.undo_stack.push(DraftRegion(self._session, self, after, "move", (slice_index, number)))
        self.choose(number)

    def move_next(self, corner: Corner) -> None:
        """Put the corner that comes next somewhere else before it is set."""
        self.next_corner = corner
        self.changed.emit()

    def choose(self, number: int | None) -> None:
        """Let keys move a corner that has been set, or the next one."""
        self.chosen = number
        self.changed.emit()

    def choose_beside(self, slice_index: int, step: int) -> bool:
        """Choose the corner after or before; False beyond the last, that comes next, and the first."""
        count = len(self.draft.corners_on(slice_index))
        place = (count if self.chosen is None else self.chosen) + step
        if not 0 <= place <= count or not count:
            return False
        self.choose(None if place == count else place)
        return True

    def take_back(self) -> None:
        """Take back the last corner, or that of the last quadrilateral where none has been begun."""
        if not self.draft.is_empty:
            self._push(self.draft.without_last(), "back")

    def place_text(self, slice_index: int) -> str:
        """Which corner keys move, and where it lies, for a screen reader and the line of hints."""
        corners = self.draft.corners_on(slice_index)
        is_set = self.chosen is not None and self.chosen < len(corners)
        row, column = corners[self.chosen] if is_set and self.chosen is not None else self.next_corner
        begun = len(self.draft.corners) if slice_index == self.draft.slice_index else 0
        return self._session.tr(
            "gui.region.at.set" if is_set else "gui.region.at.next",
            corner=(self.chosen or 0) + 1 if is_set else begun + 1,
            of=CORNERS,
            row=round(row) + 1,
            column=round(column) + 1,
        )

    def _push(self, after: RegionDraft, verb: str) -> None:
        self._session.undo_stack.push(DraftRegion(self._session, self, after, verb))

    def _close(self, whole: RegionDraft) -> None:
        """Make a box of the three, unless it cannot be: then the last corner is to be set anew."""
        session, (top, largest, bottom) = self._session, whole.drawn
        if session.volume is None or session.is_busy:
            session.raise_notice(NoticeKind.REFUSED, Message("gui.brush.busy"))
            return
        geometry = session.volume.geometry
        try:
            cuboid = Cuboid.around((top, largest, bottom), geometry.shape)
        except ValueError:
            session.raise_notice(NoticeKind.REFUSED, Message("gui.region.outside"))
            return
        layer = MaskLayer("mask.tumour", MaskOrigin.HUMAN, cuboid.mask(geometry.shape), geometry)
        session.undo_stack.push(MarkBox(session, self, layer))

    def _forget(self) -> None:
        """Another scan or study: its slices are not these."""
        if self.is_active:
            self.go_on_with(RegionDraft())
