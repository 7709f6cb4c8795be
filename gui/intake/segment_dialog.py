"""Several segments in a mask file, or something to confirm: the user says what becomes the tumour mask."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui.feedback.text import label
from gui.jobs.mask_import import MaskOffer
from gui.session import Session
from gui.theme.palette import set_look
from gui.viewer.known_grid import known_grid
from inference.masks.codecs.choosing import to_preselect
from inference.masks.codecs.imported import ImportedSegment

_SWATCH_PX: Final = 14
_TALLEST_PX: Final = 320


class SegmentDialog(QDialog):
    """Lists the segments with name, volume and colour, and what was found on the way.

    Nothing is ticked beforehand where there are several and not just one is named like a tumour; nothing
    is taken before the button is pressed.
    """

    def __init__(self, session: Session, offer: MaskOffer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        segments = offer.imported.segments
        self._session = session
        self.offer = offer
        self.setModal(True)
        self.setMinimumWidth(480)
        self.heading = label("title", self, wraps=True)
        self.remarks = label("muted", self, wraps=True)
        self.remarks.setTextFormat(Qt.TextFormat.PlainText)
        self.remarks.setVisible(bool(offer.imported.findings))
        self.list = QListWidget(self)
        # A long name loses its middle: its volume stands at the end.
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSizeAdjustPolicy(QListWidget.SizeAdjustPolicy.AdjustToContents)
        self.list.setMaximumHeight(_TALLEST_PX)
        chosen = to_preselect(segments)
        for segment in segments:
            item = QListWidgetItem(_swatch(segment), "")
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            is_chosen = segment.number in chosen
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.buttons = QDialogButtonBox(self)
        self.take_button = self.buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        set_look(self.take_button, role="primary")
        self.leave_button = self.buttons.addButton("", QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        for widget in (self.heading, self.list, self.remarks, self.buttons):
            column.addWidget(widget)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        session.language_changed.connect(self._on_language_changed)
        self._on_language_changed()
        self.list.itemChanged.connect(self._on_item_changed)
        self._on_item_changed()
        self.list.setCurrentRow(0)
        self.list.setFocus()

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the segments that are ticked."""
        return tuple(
            segment.number
            for row, segment in enumerate(self.offer.imported.segments)
            if self.list.item(row).checkState() == Qt.CheckState.Checked
        )

    def _on_language_changed(self) -> None:
        session, segments = self._session, self.offer.imported.segments
        tr = session.tr
        self.setWindowTitle(tr("gui.segments.title"))
        asked = "gui.segments.heading" if len(segments) != 1 else "gui.segments.heading_one"
        self.heading.setText(tr(asked, file=self.offer.file, count=len(segments)))
        self.list.setAccessibleName(tr("gui.segments.title"))
        for row, segment in enumerate(segments):
            item = self.list.item(row)
            item.setText(self._line(session, segment))
            item.setToolTip(item.text())
        self.remarks.setText("\n".join(self._remarks(session)))
        self.take_button.setText(tr("gui.segments.take"))
        self.leave_button.setText(tr("gui.segments.leave"))

    def _line(self, session: Session, segment: ImportedSegment) -> str:
        name = segment.label or session.tr("gui.segments.unnamed", number=segment.number)
        if not known_grid(self.offer.stack).is_volume:
            return name
        voxel_mm3 = abs(float(np.linalg.det(self.offer.stack.geometry.affine[:3, :3])))
        volume_ml = segment.count * voxel_mm3 / 1000
        return session.tr("gui.segments.line", name=name, volume=f"{volume_ml:.1f}")

    def _remarks(self, session: Session) -> list[str]:
        """What was found, and what to do about it."""
        lines = []
        for finding in self.offer.imported.findings:
            advice = finding.advice
            more = session.render(advice) if session.catalogue.has(advice.id) else ""
            lines.append(f"– {session.render(finding.message)} {more}".rstrip())
        return lines

    def _on_item_changed(self) -> None:
        self.take_button.setEnabled(bool(self.numbers))


def _swatch(segment: ImportedSegment) -> QIcon:
    """The colour that the file states; no picture where it states none."""
    if segment.colour is None:
        return QIcon()
    pixmap = QPixmap(_SWATCH_PX, _SWATCH_PX)
    pixmap.fill(QColor(*segment.colour))
    return QIcon(pixmap)
