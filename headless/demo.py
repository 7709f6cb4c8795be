"""``main.py demo``: a synthetic patient from DICOM to report, for a first look at the program."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from headless.assess import AssessedCase, run_assessment, write_results
from headless.read_case import AssessRequest
from inference.clock import SystemClock, SystemIds
from inference.jobs import OnProgress
from inference.messages.catalogue import Catalogue
from inference.packs.store import BUNDLED_PACKS, PackStore
from inference.storage import write_atomically
from reports.page_images import page_images, save_png

STUDY = "npc-residual"
SEED = 24
"""A phantom patient whose answer is neither withheld nor trivial, with the demonstration pack."""


@dataclass(frozen=True, slots=True)
class DemoCase:
    """Where the demonstration patient lies."""

    scan: Path
    clinical: Path
    out: Path


def make_demo_case(out: Path, on_progress: OnProgress) -> DemoCase:
    """Write the phantom patient anew below ``out``."""
    from models.phantoms.command import write_cohort

    cohort = out / "phantom"
    shutil.rmtree(cohort, ignore_errors=True)
    write_cohort(
        STUDY,
        cohort="internal",
        patients=1,
        seed=SEED,
        out=cohort,
        on_progress=on_progress,
        should_stop=lambda: False,
    )
    patient = next(folder for folder in sorted(cohort.iterdir()) if folder.is_dir())
    return DemoCase(patient, patient / "clinical.json", out)


def answer_demo_case(demo: DemoCase, catalogue: Catalogue, on_progress: OnProgress) -> AssessedCase:
    """Answer the phantom patient, write the results and a picture of the report's first page."""
    clock, ids = SystemClock(), SystemIds()
    request = AssessRequest(demo.scan, STUDY, demo.out, clinical=demo.clinical, language=catalogue.language)
    assessed = run_assessment(
        request, packs=PackStore([BUNDLED_PACKS]), ids=ids, clock=clock, on_progress=on_progress
    )
    write_results(assessed, request, clock=clock, ids=ids)
    report = (demo.out / "report.pdf").read_bytes()
    write_atomically(demo.out / "report.png", save_png(page_images(report)[0]))
    return assessed


def has_display() -> bool:
    """True where a window can be shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
