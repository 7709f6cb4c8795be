"""Pictures of the window and of printed pages, for the documents and for the eye.

Run: ``python -m tools.screenshots OUT``.  The pictures come from the real window, off-screen, on a synthetic
patient with the demonstration pack; the same tree gives the same pictures, but for the seconds a run took.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from headless.demo import SEED, STUDY
from tools.page_pictures import take_page_pictures
from tools.pathway_pictures import PATHWAY_PICTURES
from tools.window_steps import grab, open_window, synthetic_patient, wait_for

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui.main_window import MainWindow

ROOT: Final = Path(__file__).resolve().parents[1]
LANGUAGES: Final = ("en", "zh_CN")
DOCUMENTS_PICTURES: Final = {
    f"assessed-{language}": ROOT / "docs" / "images" / f"window-{short}.png"
    for language, short in zip(LANGUAGES, ("en", "zh"), strict=True)
} | {"patients-en": ROOT / "docs" / "images" / "two-patients-en.png"}
COLOUR_STEP: Final = 6
"""Colours of the documents' pictures are rounded to this step: a third smaller, and no eye sees it."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen as its user names it; sizes in device pixels."""

    name: str
    width: int
    height: int
    scale: float


SCREENS: Final = (Screen("1366x768", 1366, 768, 1.0), Screen("1920x1080-150", 1920, 1080, 1.5))


def main() -> int:
    """Make all pictures; each scaling needs a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("out", type=Path, nargs="?", default=ROOT / "build" / "screenshots")
    parser.add_argument("--screen", choices=[screen.name for screen in SCREENS], help=argparse.SUPPRESS)
    parser.add_argument("--patient", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--packs", type=Path, help="where the pack is, when not the bundled one")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.screen is not None:
        screen = next(screen for screen in SCREENS if screen.name == options.screen)
        return _take(screen, options.patient, options.out, options.packs, options.theme)
    with tempfile.TemporaryDirectory() as folder:
        patient = synthetic_patient(STUDY, Path(folder) / "cohort", SEED)
        # Another patient beside the first: the folder that holds both asks which.
        synthetic_patient(STUDY, Path(folder) / "another", SEED + 1)
        for screen in SCREENS:
            command = [sys.executable, "-m", "tools.screenshots", str(options.out), "--screen", screen.name]
            command += ["--patient", str(patient), "--theme", options.theme]
            if options.packs is not None:
                command += ["--packs", str(options.packs)]
            environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(screen.scale)}
            code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
            if code:
                return code
    if options.theme == "dark" and options.packs is None:
        for drawn, target in take_page_pictures(options.out).items():
            write_for_documents(drawn, target)
        command = [sys.executable, "-m", "tools.pathway_pictures", str(options.out)]
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        if code := subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            return code
        for taken in PATHWAY_PICTURES:
            write_for_documents(options.out / taken.file.name, taken.file)
        for name, picture in DOCUMENTS_PICTURES.items():
            picture.parent.mkdir(parents=True, exist_ok=True)
            write_for_documents(options.out / f"{name}-{SCREENS[0].name}.png", picture)
    return 0


def write_for_documents(source: Path, target: Path) -> None:
    """Copy a picture with its colours rounded to ``COLOUR_STEP`` of 256, so that it packs well."""
    import numpy as np
    from PIL import Image

    with Image.open(source) as picture:
        colours = np.asarray(picture.convert("RGB"), dtype=np.int16)
    rounded = (colours + COLOUR_STEP // 2) // COLOUR_STEP * COLOUR_STEP
    Image.fromarray(rounded.clip(0, 255).astype(np.uint8)).save(target, optimize=True)


def _take(screen: Screen, patient: Path, out: Path, packs: Path | None, theme: str) -> int:
    from gui.application import make_application
    from gui.theme.palette import apply_theme
    from gui.theme.tokens import THEMES

    application = make_application()
    apply_theme(application, THEMES[theme])
    for language in LANGUAGES:
        if not _pages(application, screen, patient, out, packs, language):
            return 1
    return 0


def _pages(
    application: QApplication, screen: Screen, patient: Path, out: Path, packs: Path | None, language: str
) -> bool:
    from headless.read_record import read_record

    with tempfile.TemporaryDirectory() as folder:
        window = open_window(application, packs, language, Path(folder))
        session = window.session
        window.resize(round(screen.width / screen.scale), round(screen.height / screen.scale))
        wait_for(application, lambda: session.pack is not None or session.pack_problem is not None)
        grab(application, window, out / f"empty-{language}-{screen.name}.png")
        session.open_path(patient.parent.parent)
        wait_for(application, lambda: window.source.dialog is not None)
        if window.source.dialog is not None:
            window.source.dialog.list.setCurrentRow(0)
            grab(application, window.source.dialog, out / f"patients-{language}-{screen.name}.png")
            window.source.dialog.reject()
        session.open_path(patient)
        wait_for(application, lambda: session.volume is not None and session.intake_job is None)
        grab(application, window, out / f"case-{language}-{screen.name}.png")
        session.set_record(read_record(STUDY, patient / "clinical.json"))
        session.run()
        answered = wait_for(
            application,
            lambda: (
                session.outcome is not None and not session.is_busy and not session.jobs.variation.is_running
            ),
        )
        if answered and session.outcome is not None:
            window.viewer.go_to_tumour()
            if session.heat_maps:
                telling = max(session.heat_maps, key=lambda heat: float(heat.values.max()))
                window.viewer.state.set_overlay(heat_treatment=telling.treatment, heat_opacity=0.35)
                session.heat_map_changed.emit()
            grab(application, window, out / f"assessed-{language}-{screen.name}.png")
            window.show_report()
            wait_for(application, lambda: _has_preview(window))
            grab(application, window, out / f"report-{language}-{screen.name}.png")
        window.close()
        window.deleteLater()
    return answered


def _has_preview(window: MainWindow) -> bool:
    return bool(getattr(getattr(window.report, "pages", None), "pages", ()))


if __name__ == "__main__":
    sys.exit(main())
