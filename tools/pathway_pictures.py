"""Pictures of CT pathways for the documents: a stomach answered, and why a prognosis is as it is.

Each is walked as a user does, on a synthetic patient with the demonstration pack: scans are named for the
inputs, masks imported and their structures ticked, the form filled, the small changes tried to their end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.window_steps import grab, open_window, settle, synthetic_patient, wait_for

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui.main_window import MainWindow

ROOT: Final = Path(__file__).resolve().parents[1]
TUMOUR: Final = "Primary tumour"
_HEAT_OPACITY: Final = 0.5
_SIZE: Final = (1366, 768)


@dataclass(frozen=True, slots=True)
class PathwayPicture:
    """A study, its synthetic patient, the mask of each input by its file, and what is taken of the window."""

    study: str
    seed: int
    masks: dict[str, str]
    take: Callable[[QApplication, MainWindow, Path], None]
    file: Path


def main() -> int:
    """Draw them into a folder under the names of the documents' files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()

    from gui.application import make_application
    from gui.theme.palette import apply_theme
    from gui.theme.tokens import DARK

    application = make_application()
    apply_theme(application, DARK)
    for picture in PATHWAY_PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            patient = synthetic_patient(picture.study, Path(folder) / "cohort", picture.seed)
            window = open_window(application, None, "en", Path(folder))
            window.resize(*_SIZE)
            is_answered = _answer(application, window, picture, patient)
            if is_answered:
                picture.take(application, window, options.out / picture.file.name)
            window.close()
            window.deleteLater()
            if not is_answered:
                return 1
    return 0


def _answer(application: QApplication, window: MainWindow, picture: PathwayPicture, patient: Path) -> bool:
    from headless.read_record import read_record

    session = window.session
    session.choose_study(picture.study)
    wait_for(application, lambda: session.pack is not None and session.pack.manifest.study == picture.study)
    session.open_path(patient)
    wait_for(application, lambda: session.volume is not None and session.intake_job is None)
    wait_for(application, lambda: len(_fitting(window)) >= len(picture.masks))
    settle(application)
    for name, stack_id in reversed(list(_fitting(window).items())):
        session.use_scan(name, stack_id)
        wait_for(application, lambda: session.volume is not None and session.intake_job is None)
        _bring_mask(application, window, patient / picture.masks[name])
    session.set_record(read_record(picture.study, patient / "clinical.json"))
    settle(application)
    session.run()
    return wait_for(
        application,
        lambda: (
            session.outcome is not None
            and not session.is_busy
            and not session.jobs.variation.is_running
            and bool(session.outcome.assessment.predictions[0].variations)
        ),
    )


def _fitting(window: MainWindow) -> dict[str, str]:
    """The scan that fits each input best, in the order of the study."""
    matches = window.session.inputs.matches
    return {match.input.id: match.candidates[0].read.stack.stack_id for match in matches if match.candidates}


def _bring_mask(application: QApplication, window: MainWindow, file: Path) -> None:
    from PySide6.QtCore import Qt

    session, source = window.session, window.source
    session.import_mask(file)
    wait_for(application, lambda: source.segments is not None or session.mask is not None)
    dialog = source.segments
    if dialog is None:
        return
    for row in range(dialog.list.count()):
        item = dialog.list.item(row)
        is_tumour = item.text().startswith(TUMOUR)
        item.setCheckState(Qt.CheckState.Checked if is_tumour else Qt.CheckState.Unchecked)
    dialog.take_button.click()
    wait_for(application, lambda: session.mask is not None)


def _take_window(application: QApplication, window: MainWindow, target: Path) -> None:
    """The whole window with the heat map over the tumour."""
    window.viewer.go_to_tumour()
    heat = window.session.heat_maps[0]
    window.viewer.state.set_overlay(heat_treatment=heat.treatment, heat_opacity=_HEAT_OPACITY)
    window.session.heat_map_changed.emit()
    grab(application, window, target)


def _take_why(application: QApplication, window: MainWindow, target: Path) -> None:
    """The card of explanations with every picture unfolded."""
    panel = window.explanation
    for name, toggle in panel.toggles.items():
        if panel.figures[name].isHidden():
            toggle.click()
    grab(application, panel, target)


PATHWAY_PICTURES: Final = (
    PathwayPicture(
        "lagc-response",
        5,
        {"portal_venous": "portal-venous-seg.dcm"},
        _take_window,
        ROOT / "docs" / "images" / "window-stomach-en.png",
    ),
    PathwayPicture(
        "gnen-os",
        5,
        {"arterial": "arterial-seg.dcm", "venous": "portal-venous-seg.dcm"},
        _take_why,
        ROOT / "docs" / "images" / "why-gnen-en.png",
    ),
)

if __name__ == "__main__":
    sys.exit(main())
