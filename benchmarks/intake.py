"""How quickly and in how much memory scans are opened, beside SimpleITK: ``python -m benchmarks.intake``.

Everything is generated, so that anyone can run it.  Times are medians of several runs in one process, files
warm in the page cache; ratios hold where single times drift.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.generated_series import write_compressed, write_native
from benchmarks.processes import measure
from inference.dicom.intake import Intake
from inference.dicom.limits import IntakeLimits
from inference.dicom.readers.provisional import ProvisionalPicture
from inference.dicom.remembered.keeper import Keeper
from inference.dicom.remembered.sealed_store import SealedStore
from inference.scan import Plan
from inference.volume import Volume

Value = TypeVar("Value")

_SIDE = 512


def main(arguments: list[str] | None = None) -> int:
    """Print a table; the exit code is 1 when a promise is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intake", description=__doc__)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--files", type=int, default=10_000, help="files of the large source")
    parser.add_argument("--compressed", type=int, default=60, help="JPEG 2000 slices")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--one", nargs=2, metavar=("KIND", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        return _open_once(*options.one)
    table = _Table()
    with tempfile.TemporaryDirectory(prefix="concilium-bench-") as name:
        root = Path(name)
        _whole_volume(table, root / "native", options.slices, options.runs)
        _first_pictures(table, root, options.runs)
        _large_source(table, root, options.files, options.runs)
        _compressed(table, root, options.compressed, options.runs)
        _memory(table, root, options.slices)
    return 1 if table.has_missed else 0


class _Table:
    """Rows of what was measured, with the promise beside it."""

    def __init__(self) -> None:
        self.has_missed = False
        print(f"{'what':58} {'measured':>22}   promise")

    def row(self, what: str, measured: str, promise: str = "", holds: bool = True) -> None:
        mark = "" if not promise else ("  ✓" if holds else "  MISSED")
        self.has_missed |= not holds
        print(f"{what:58} {measured:>22}   {promise}{mark}", flush=True)


def _timed(
    work: Callable[[], Value], runs: int, before: Callable[[], object] = lambda: None
) -> tuple[float, Value]:
    """Median seconds of ``work``, and its last result."""
    seconds = []
    for _ in range(runs):
        before()
        began = time.perf_counter()
        value = work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds), value


def _seconds(work: Callable[[], object]) -> float:
    """Seconds of one run of ``work``, whose result is let go before the next one begins."""
    began = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - began
    del result
    return seconds


def _opened(intake: Intake, folder: Path) -> tuple[Plan, Volume]:
    plan = intake.scan(folder)
    return plan, intake.load(plan, plan.stacks[0])


def _whole_volume(table: _Table, folder: Path, slices: int, runs: int) -> None:
    """Ours from the folder to the volume, the peer's with its file names given; in turn, run by run."""
    import SimpleITK

    write_native(folder, slices, _SIDE)
    with Intake() as intake:
        plan, volume = _opened(intake, folder)
        names = [plan.files[frame.file].path for frame in plan.stacks[0].frames if frame is not None]

        def peer() -> SimpleITK.Image:
            reader = SimpleITK.ImageSeriesReader()
            reader.SetFileNames(names)
            return reader.Execute()

        if not np.array_equal(volume.slab(0, slices), SimpleITK.GetArrayFromImage(peer())):
            sys.exit("the arrays differ: no time means anything")
        del volume
        ratios, our_s, their_s, scan_s = [], [], [], []
        for _ in range(runs + 1):
            our_s.append(_seconds(lambda: _opened(intake, folder)))
            their_s.append(_seconds(peer))
            scan_s.append(_seconds(lambda: intake.scan(folder)))
            ratios.append(their_s[-1] / our_s[-1])
    # The first round warms caches and memory for both.
    del ratios[0], our_s[0], their_s[0], scan_s[0]
    median = statistics.median
    table.row(f"{slices} native slices, whole volume", f"{1e3 * median(our_s):.0f} ms")
    table.row("  of which headers and plan", f"{1e3 * median(scan_s):.0f} ms")
    table.row("  SimpleITK.ImageSeriesReader, names given", f"{1e3 * median(their_s):.0f} ms")
    table.row("  times faster", f"{median(ratios):.1f}", "≥ 4", median(ratios) >= 4)


def _first_pictures(table: _Table, root: Path, runs: int) -> None:
    """From the folder to one slice on a first opening, readers already running."""
    for count in (300, 1000):
        folder = root / f"first-{count}"
        write_native(folder, count, _SIDE)
        with Intake() as intake:
            intake.scan(folder)

            def picture(intake: Intake = intake, folder: Path = folder, count: int = count) -> object:
                plan = intake.scan(folder)
                return intake.load_slice(plan, plan.stacks[0], count // 2)

            seconds, _ = _timed(picture, runs)
        table.row(
            f"{count} files, middle slice, first opening",
            f"{1e3 * seconds:.0f} ms",
            "≤ 300 ms",
            seconds <= 0.3,
        )


def _large_source(table: _Table, root: Path, files: int, runs: int) -> None:
    folder = root / "large"
    write_native(folder, files, 32)
    limits = IntakeLimits(frames=max(8192, files))
    shown: list[float] = []
    first: list[float] = []
    with Intake(limits=limits) as forgetful:
        forgetful.scan(root / "first-300")
        for _ in range(max(3, runs // 2)):
            began = time.perf_counter()

            def show(_: ProvisionalPicture, began: float = began) -> None:
                shown.append(time.perf_counter() - began)

            forgetful.scan(folder, on_provisional=show)
            first.append(time.perf_counter() - began)
    keeper = Keeper(SealedStore(root / "kept"))
    with Intake(keeper=keeper, limits=limits) as intake:
        intake.scan(folder)
        keeper.wait()
        again_s, plan = _timed(lambda: intake.scan(folder), max(3, runs // 2))
        slice_s, _ = _timed(lambda: intake.load_slice(plan, plan.stacks[0], files // 2), 3)
    first_s = statistics.median(first)
    table.row(f"{files} files indexed, first time", f"{first_s:.2f} s", "≤ 60 s", first_s <= 60)
    if shown:
        shown_s = statistics.median(shown)
        table.row("  provisional picture", f"{1e3 * shown_s:.0f} ms", "≤ 300 ms", shown_s <= 0.3)
    table.row("  again", f"{1e3 * again_s:.0f} ms")
    table.row("  times faster", f"{first_s / again_s:.1f}", "≥ 5", first_s / again_s >= 5)
    table.row("  middle slice once indexed", f"{1e3 * (again_s + slice_s):.0f} ms")


def _compressed(table: _Table, root: Path, slices: int, runs: int) -> None:
    folder = root / "compressed"
    write_compressed(folder, slices, _SIDE)
    times = {}
    for readers in (1, 2):
        with Intake(limits=IntakeLimits(readers=readers)) as intake:
            _opened(intake, folder)
            times[readers], _ = _timed(lambda: _opened(intake, folder), max(3, runs // 2))
    gain = times[1] / times[2]
    table.row(f"{slices} JPEG 2000 slices, two readers", f"{1e3 * times[2]:.0f} ms")
    table.row("  one reader over two", f"{gain:.2f}", "> 1.3", gain > 1.3)
    keeper = Keeper(SealedStore(root / "kept"))
    with Intake(keeper=keeper) as intake:
        intake.start()
        first_s, (_, volume) = _timed(lambda: _opened(intake, folder), 1)
        keeper.wait()
        again_s, (_, again) = _timed(lambda: _opened(intake, folder), runs)
        if not np.array_equal(volume.voxels, again.voxels):
            sys.exit("the arrays differ: no time means anything")
    table.row("  opened again", f"{1e3 * again_s:.0f} ms")
    table.row("  times faster", f"{first_s / again_s:.1f}", "≥ 5", first_s / again_s >= 5)


def _memory(table: _Table, root: Path, slices: int) -> None:
    """Largest memory of the process tree while one volume is opened in a fresh process."""
    pixel_mb = slices * _SIDE * _SIDE * 2 / 1e6
    for kind in ("native", "compressed"):
        figures = measure([sys.executable, "-m", "benchmarks.intake", "--one", kind, str(root / kind)])
        if figures.exit_code:
            sys.exit("the measured process failed")
        pixels = pixel_mb if kind == "native" else _pixel_mb(root / kind)
        allowed = 1.25 * pixels + 400
        table.row(
            f"peak of the process tree, {kind}, {pixels:.0f} MB of pixels",
            f"{figures.peak_mb:.0f} MB",
            f"≤ {allowed:.0f} MB",
            figures.peak_mb <= allowed,
        )


def _pixel_mb(folder: Path) -> float:
    return len(list(folder.iterdir())) * _SIDE * _SIDE * 2 / 1e6


def _open_once(_kind: str, folder: str) -> int:
    with Intake() as intake:
        _opened(intake, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
