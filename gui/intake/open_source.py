"""The ways in: Open, and folders or files dropped on the window.  No list of them is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.intake.identity_dialog import IdentityDialog
from gui.intake.segment_dialog import SegmentDialog
from gui.jobs.mask_import import MaskOffer
from gui.session import Session
from inference.masks.codecs.exporting import MaskFormat, format_of


class OpenSource(QObject):
    """Asks for a folder, file or mask, and which patient when there are several."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.dialog: IdentityDialog | None = None
        self.segments: SegmentDialog | None = None
        session.patient_choice_needed.connect(self.ask_patient)
        session.jobs.mask_import.offered.connect(self.ask_segments)
        session.stack_changed.connect(self._leave_segments)

    def ask_folder(self) -> None:
        """Open a folder that the user chooses."""
        chosen = QFileDialog.getExistingDirectory(self._window, self._session.tr("gui.open_folder.title"))
        if chosen:
            self._session.open_path(Path(chosen))

    def ask_file(self) -> None:
        """Open one file that the user chooses."""
        title = self._session.tr("gui.open_file.title")
        chosen, _ = QFileDialog.getOpenFileName(self._window, title)
        if chosen:
            self._session.open_path(Path(chosen))

    def ask_mask(self) -> None:
        """Import a mask file that the user chooses."""
        tr = self._session.tr
        kinds = f"{tr('gui.mask_files')} (*.dcm *.nii *.nii.gz *.nrrd);;{tr('gui.all_files')} (*)"
        chosen, _ = QFileDialog.getOpenFileName(self._window, tr("gui.import_mask.title"), "", kinds)
        if chosen:
            self._session.import_mask(Path(chosen))

    def ask_report(self) -> None:
        """Save the report where the user says."""
        self._ask_target(
            "gui.save_report.title", "concilium-report.pdf", "PDF (*.pdf)", self._session.save_report
        )

    def ask_assessment(self) -> None:
        """Save the assessment where the user says."""
        self._ask_target(
            "gui.save_assessment.title", "assessment.json", "JSON (*.json)", self._session.save_assessment
        )

    def ask_mask_target(self) -> None:
        """Save the mask where and in which format the user says."""
        tr = self._session.tr
        kinds = {tr(f"gui.mask_format.{kind}") + f" (*{kind.suffix})": kind for kind in MaskFormat}
        chosen, selected = QFileDialog.getSaveFileName(
            self._window, tr("gui.save_mask.title"), "tumour-seg.dcm", ";;".join(kinds)
        )
        if chosen:
            path, kind = mask_target(Path(chosen), kinds.get(selected, MaskFormat.SEGMENTATION))
            self._session.save_mask(path, kind)

    def _ask_target(self, title: str, name: str, kinds: str, save: Callable[[Path], None]) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, self._session.tr(title), name, kinds)
        if chosen:
            save(Path(chosen))

    def ask_patient(self) -> None:
        """Show that several patients are in the source, and go on with the one that is chosen."""
        if self._session.plan is None or self.dialog is not None:
            return
        self.dialog = IdentityDialog(self._session, self._session.plan, self._window)
        self.dialog.finished.connect(self._on_patient_chosen)
        self.dialog.open()

    @Slot(object)
    def ask_segments(self, offer: MaskOffer) -> None:
        """Let the user choose what of a file becomes the tumour mask."""
        self._leave_segments()
        self.segments = SegmentDialog(self._session, offer, self._window)
        self.segments.finished.connect(self._on_segments_chosen)
        self.segments.open()

    def _on_segments_chosen(self, result: int) -> None:
        dialog, self.segments = self.segments, None
        if dialog is not None and result == SegmentDialog.DialogCode.Accepted:
            self._session.jobs.mask_import.take(dialog.offer, dialog.numbers)

    @Slot()
    def _leave_segments(self) -> None:
        """A question about a scan that is no longer looked at, or about an earlier file, is not left open."""
        if self.segments is not None:
            self.segments.reject()

    def _on_patient_chosen(self, _result: int) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is None:
            return
        if dialog.result() == IdentityDialog.DialogCode.Accepted and dialog.chosen is not None:
            self._session.choose_patient(dialog.chosen)
        elif self._session.patient is None:
            self._session.close_case()


def mask_target(path: Path, preferred: MaskFormat) -> tuple[Path, MaskFormat]:
    """File and format for what was typed and selected; a name without a suffix is given one.

    The suffix decides; where it fits two formats, the selected one does.
    """
    if path.suffix.lower() not in (".dcm", ".nii", ".gz"):
        return path.with_name(path.name + preferred.suffix), preferred
    return path, format_of(path, preferred)


def dropped_path(data: QMimeData) -> Path | None:
    """The folder or file that was dropped; of several files in one folder, the folder."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if not paths:
        return None
    if len(paths) == 1:
        return paths[0]
    folders = {path if path.is_dir() else path.parent for path in paths}
    return folders.pop() if len(folders) == 1 else None
