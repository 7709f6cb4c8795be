"""Several demonstration packs, one process for each core; what was made before a kill is not made again."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.errors import ConciliumError
from inference.jobs import Progress
from inference.messages.catalogue import load_catalogue
from inference.storage import write_atomically
from models.packing.kept_work import KeptWork
from models.packing.origin import REPOSITORY
from models.packing.parent import end_with_parent
from models.packing.stopwatch import Stopwatch
from models.results.home import HOME, RESULT_JSON, keep_run
from models.studies.catalogue import trainable
from models.training.engine.history import CURVES_CSV, CurveBook, curves_csv
from models.training.engine.run import RunPlace
from models.training.engine.sole_training import sole_training
from models.training.progress_lines import ProgressLines

BUDGET_MB: Final = 40.0
_LOOK_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class PackPlace:
    """Where packs go, where they are made, by which preset, and where measured figures are kept."""

    out: Path
    work: Path
    preset: str
    results: Path = HOME

    def pack(self, study: str) -> Path:
        """Folder of a study's demonstration pack."""
        return self.out / f"{study}-demo"


def make_one(study: str, place: PackPlace) -> bool:
    """Train, export and describe one pack; False where it stands already.

    Raises
    ------
    ConciliumError
        However it ends otherwise; samples and checkpoints stay.
    """
    about = trainable(study)
    config = about.preset(place.preset)
    kept = KeptWork(place.work / study, study, config)
    with sole_training(kept.folder):
        if kept.finished(place.pack(study)):
            return False
        kept.open()
        watch = Stopwatch(kept.checkpoints.folder / "seconds.txt")
        english = load_catalogue("en")
        book, say = CurveBook(kept.folder, english), ProgressLines(study, english)

        def on_progress(progress: Progress) -> None:
            watch.keep()
            say(progress)

        run = RunPlace(checkpoints=kept.checkpoints, on_epoch=book, on_progress=on_progress)
        manifest = about.make_demonstration(config, run, kept.samples, place.pack(study))
        if (kept.results / RESULT_JSON).is_file():
            if book.curves:
                write_atomically(kept.results / CURVES_CSV, curves_csv(book.curves).encode())
            keep_run(study, kept.results, place.results, minutes=watch.minutes)
        kept.finish(manifest)
    return True


def make_alone(study: str, place: PackPlace) -> int:
    """A child's life: :func:`make_one`, with the error as one sentence, and an end when the parent dies."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        make_one(study, place)
    except ConciliumError as error:
        sys.stderr.write(f"{study}: {load_catalogue('en').render(error.message)}\n")
        return error.exit_code
    return 0


def make_all(
    studies: Sequence[str],
    place: PackPlace,
    jobs: int,
    *,
    command: Callable[[str, PackPlace], list[str]],
) -> int:
    """Make every pack, ``jobs`` at a time in the order given; the number of those that could not be made.

    ``command`` is the command line of a child.  A study waits for those among ``studies`` that it needs.
    """
    waiting = list(studies)
    running: dict[str, tuple[subprocess.Popen[bytes], float]] = {}
    failed: list[str] = []
    start = time.monotonic()
    try:
        while waiting or running:
            while len(running) < jobs and (study := _next(waiting, running)) is not None:
                waiting.remove(study)
                child = subprocess.Popen(command(study, place), stdin=subprocess.PIPE, cwd=REPOSITORY)
                running[study] = (child, time.monotonic())
            time.sleep(_LOOK_EVERY_S)
            for study, (child, began) in list(running.items()):
                if child.poll() is None:
                    continue
                del running[study]
                child.communicate()
                if child.returncode:
                    failed.append(study)
                _say_end(study, place, child.returncode, time.monotonic() - began)
    finally:
        for child, _ in running.values():
            child.terminate()
            child.communicate()
    total = sum(size_mb(place.pack(study)) for study in studies)
    minutes = (time.monotonic() - start) / 60
    print(f"all: {total:.1f} MB of {BUDGET_MB:g} MB, {minutes:.1f} min")
    return len(failed)


def _next(waiting: Sequence[str], running: Collection[str]) -> str | None:
    """The first that waits for no other; None where all do."""
    unmade = {*waiting, *running}
    return next((one for one in waiting if not unmade & set(trainable(one).needs)), None)


def size_mb(pack: Path) -> float:
    """What a pack's files weigh."""
    return sum(path.stat().st_size for path in pack.rglob("*") if path.is_file()) / 1e6


def _say_end(study: str, place: PackPlace, code: int, seconds: float) -> None:
    ended = f"{size_mb(place.pack(study)):.1f} MB" if code == 0 else f"not made (exit {code})"
    print(f"{study}: {ended}, {seconds / 60:.1f} min", flush=True)
