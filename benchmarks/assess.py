"""Whole-process figures of the promises: ``main.py assess``, the window's start, and scrolling.

``python -m benchmarks.assess [--runs N]`` makes one phantom patient of 30 slices of 512 × 512, then prints
medians beside the targets: assess ≤ 15 s wall and ≤ 1.5 GB, phantom ≤ 1 s, window ≤ 2.5 s, repaint ≤ 16 ms.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import scroll
from benchmarks.processes import measure, median_of
from benchmarks.window_start import seconds_to_window

ROOT = Path(__file__).parents[1]
MAIN = [sys.executable, str(ROOT / "main.py")]


def main() -> int:
    """Print the table; the exit code says whether every command did what it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, median of {runs} runs")
    with tempfile.TemporaryDirectory() as folder:
        patient = _phantom(Path(folder))
        assess = [
            *MAIN,
            *("assess", str(patient), "--study", "npc-residual"),
            *("--clinical", str(patient / "clinical.json"), "--out", str(Path(folder) / "out")),
        ]
        measure(assess)
        assessed = median_of([measure(assess) for _ in range(runs)])
    opened_s = statistics.median(seconds_to_window() for _ in range(runs))
    repaint_ms = statistics.median(scroll.measure())
    _row("main.py assess, wall", assessed.wall_s, 15.0, "s")
    _row("main.py assess, processor", assessed.cpu_s, None, "s")
    _row("main.py assess, peak of the process tree", assessed.peak_mb, 1500.0, "MB")
    _row("phantom of one patient, 512 × 512, processor", _phantom_cpu_s(runs), 1.0, "s")
    _row("phantom of one patient, 128 × 128, processor", _phantom_cpu_s(runs, size=128), None, "s")
    _row("window painted after start", opened_s, 2.5, "s")
    _row("repaint after a change of slice, all planes", repaint_ms, 16.0, "ms")
    return 0 if assessed.exit_code in (0, 3) else 1


def _phantom(folder: Path) -> Path:
    cohort = folder / "cohort"
    measure([*MAIN, "phantom", "npc-residual", "--patients", "1", "--seed", "7", "--out", str(cohort)])
    return next(path for path in sorted(cohort.iterdir()) if path.is_dir())


def _phantom_cpu_s(runs: int, size: int = 512) -> float:
    from models.phantoms.npc_population import draw_cohort
    from models.phantoms.npc_volume import render_patient

    took_s = []
    for patient in draw_cohort("training", runs + 1, 7):
        began_s = time.process_time()
        render_patient(patient, cohort="training", seed=7, size=size)
        took_s.append(time.process_time() - began_s)
    return statistics.median(took_s[1:])


def _row(name: str, value: float, target: float | None, unit: str) -> None:
    against = "" if target is None else f"   target ≤ {target:g} {unit}"
    print(f"{name:45s} {value:8.2f} {unit}{against}")


if __name__ == "__main__":
    sys.exit(main())
