"""Thousands of spoilt files through the real intake: ``python -m benchmarks.fuzz_intake --files 5000``.

Ends with 1 unless the application survived every file, none took longer than five seconds, no reader held
more than 512 MB beside the pixels, and no stack was called complete whose pixels are not.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.mutations import Mutant, Seed, mutate, seeds_of
from inference.dicom.intake import Intake
from inference.errors import ConciliumError
from inference.scan import Plan, Stack

MOST_SECONDS: Final = 5.0
MOST_BYTES: Final = 512 << 20
_REPOSITORY: Final = Path(__file__).resolve().parents[1]
_SAMPLE_S: Final = 0.02


@dataclass(slots=True)
class Report:
    """What became of the files; ``offences`` are those that break a promise."""

    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    offences: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    largest_reader: int = 0

    def lines(self) -> list[str]:
        """A table for the terminal."""
        rows = [f"{count:6}  {outcome}" for outcome, count in self.outcomes.most_common()]
        figures = f"slowest {self.slowest_s:.2f} s, largest reader {self.largest_reader / (1 << 20):.0f} MB"
        return [*rows, figures, *self.offences, f"{len(self.offences)} broken promises"]


class _ReaderMemory:
    """The largest resident memory of any child process since :meth:`begin` (Linux; elsewhere always 0)."""

    def __init__(self) -> None:
        self.largest = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """Forget what was."""
        self.largest = 0

    def stop(self) -> None:
        """End watching."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        own = _own_command()
        while not self._stopped.wait(_SAMPLE_S):
            for pid in _children(os.getpid()):
                try:
                    if Path(f"/proc/{pid}/cmdline").read_bytes() == own:
                        continue  # forked and not yet a reader: what it seems to hold is this process's
                    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                    shared = int(Path(f"/proc/{pid}/statm").read_text().split()[2])
                except (OSError, IndexError, ValueError):
                    continue
                self.largest = max(self.largest, (pages - shared) * os.sysconf("SC_PAGE_SIZE"))


def _own_command() -> bytes:
    try:
        return Path("/proc/self/cmdline").read_bytes()
    except OSError:
        return b""


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []
    found: list[int] = []
    for task in tasks:
        try:
            found += [int(word) for word in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def run(seeds: Sequence[Seed], files: int, seed: int, reference: Path | None, keep: Path | None) -> Report:
    """Put ``files`` mutants through one intake; ``reference`` is a scan on which masks are laid."""
    rng = random.Random(seed)
    report = Report()
    memory = _ReaderMemory()
    with tempfile.TemporaryDirectory() as folder, Intake() as intake:
        ground = _ground(intake, reference)
        for number in range(files):
            mutant = mutate(rng, seeds)
            path = Path(folder) / f"{number}{mutant.suffix}"
            path.write_bytes(mutant.content)
            memory.begin()
            before = len(report.offences)
            _judge(intake, path, mutant, ground, report, memory)
            if keep is not None and len(report.offences) > before:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / path.name).write_bytes(mutant.content)
            path.unlink()
    memory.stop()
    return report


def _ground(intake: Intake, reference: Path | None) -> tuple[Plan, Stack] | None:
    if reference is None:
        return None
    plan = intake.scan(reference)
    return (plan, plan.stacks[0]) if plan.stacks else None


def _judge(
    intake: Intake,
    path: Path,
    mutant: Mutant,
    ground: tuple[Plan, Stack] | None,
    report: Report,
    memory: _ReaderMemory,
) -> None:
    report.kinds[mutant.kind] += 1
    name = f"{path.name} ({mutant.kind})"
    pixels = 0
    try:
        begun = time.perf_counter()
        plan = intake.scan(path)
        _note_time(report, f"{name}: scan", begun)
        for skipped in plan.skipped:
            report.outcomes[f"passed over: {skipped.code}"] += 1
        for stack in plan.stacks:
            pixels = max(pixels, 2 * int(np.prod(stack.geometry.shape)))
            begun = time.perf_counter()
            report.outcomes[_loaded(intake, plan, stack, mutant, name, report)] += 1
            _note_time(report, f"{name}: load", begun)
        if mutant.is_mask and ground is not None:
            begun = time.perf_counter()
            report.outcomes[_mask(intake, path, ground)] += 1
            _note_time(report, f"{name}: mask", begun)
    except ConciliumError as error:
        report.outcomes[f"refused: {error.message.id}"] += 1
        if not error.message.id.startswith("intake."):
            report.offences.append(f"{name}: {error.message.id}")
    except Exception as error:  # noqa: BLE001 - whatever escapes is what this program looks for
        report.offences.append(f"{name}: {type(error).__name__}: {error}")
    report.largest_reader = max(report.largest_reader, memory.largest)
    if memory.largest > MOST_BYTES + pixels:
        report.offences.append(f"{name}: a reader held {memory.largest >> 20} MB")


def _note_time(report: Report, what: str, begun: float) -> None:
    seconds = time.perf_counter() - begun
    report.slowest_s = max(report.slowest_s, seconds)
    if seconds > MOST_SECONDS:
        report.offences.append(f"{what} took {seconds:.1f} s")


def _loaded(intake: Intake, plan: Plan, stack: Stack, mutant: Mutant, name: str, report: Report) -> str:
    try:
        volume = intake.load(plan, stack)
    except ConciliumError as error:
        return f"not loaded: {error.message.id}"
    if volume.missing_slices:
        return "loaded with gaps"
    for frame in stack.frames:
        if frame is None or (frame.is_native and frame.offset + frame.length > plan.files[frame.file].size):
            report.offences.append(f"{name}: called complete, reaches past the end of the file")
    if mutant.is_short:
        report.offences.append(f"{name}: called complete, but its pixels are cut off")
    return "loaded whole"


def _mask(intake: Intake, path: Path, ground: tuple[Plan, Stack]) -> str:
    try:
        intake.read_mask(path, *ground)
    except ConciliumError as error:
        return f"mask refused: {error.message.id}"
    return "mask read"


def data_folder() -> Path | None:
    """The imaging data: ``CONCILIUM_DATA``, else ``shared/data`` in or beside the checkout."""
    configured = os.environ.get("CONCILIUM_DATA")
    places = [_REPOSITORY / "shared" / "data", _REPOSITORY.parent / "shared" / "data"]
    return next((place for place in ([Path(configured)] if configured else places) if place.is_dir()), None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz_intake", description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for files that break a promise")
    options = parser.parse_args(arguments)
    data = data_folder()
    if data is None:
        print("no imaging data: set CONCILIUM_DATA to the folder that holds it", file=sys.stderr)
        return 2
    reference = data / "ct_liver_3slice_with_SEG" / "ct"
    report = run(seeds_of(data), options.files, options.seed, reference, options.keep)
    print("\n".join(report.lines()))
    return 1 if report.offences else 0


if __name__ == "__main__":
    sys.exit(main())
