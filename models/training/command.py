"""``main.py train``: a cohort in, a model pack out, or nothing but what is needed to go on."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from inference.errors import EXIT_ANSWERED, EXIT_CANCELLED, Cancelled, ConciliumError, ResourceError
from inference.jobs import OnProgress, Progress, stop_if_asked
from inference.messages.catalogue import Catalogue
from models.training.engine.stop_signals import StopSignals
from models.training.progress_lines import ProgressLines

if TYPE_CHECKING:
    from inference.packs.manifest import Manifest
    from models.training.engine.study_run import TrainRequest


def train_and_write(
    options: argparse.Namespace, catalogue: Catalogue, progress_bar: AbstractContextManager[OnProgress]
) -> int:
    """Train, print what was measured; on any other end say how to go on.

    Raises
    ------
    ConciliumError
        When training cannot begin or go on; everything that is wrong with a cohort is printed before.
    """
    try:
        from models.cohorts.problems import CohortError, UnreadableScanError
        from models.networks.initial_files import InitialFile
        from models.training.engine.failures import TrainingRunningError
        from models.training.engine.study_run import TrainRequest, train_study
    except ModuleNotFoundError as error:
        raise ResourceError("error.training.no_torch", module=error.name or "torch") from error
    request = TrainRequest(
        study=options.study,
        cohort=options.cohort,
        preset=options.preset,
        out=Path(options.out),
        device=options.device,
        seed=options.seed,
        resume=options.resume,
        init=tuple(InitialFile.parse(words) for words in options.init),
    )
    signals = StopSignals()
    try:
        with signals, progress_bar as drawn:
            show = drawn if sys.stderr.isatty() else ProgressLines(request.study, catalogue)

            def on_progress(progress: Progress) -> None:
                stop_if_asked(signals.asked)
                show(progress)

            manifest = train_study(request, catalogue, on_progress, signals.asked)
    except (KeyboardInterrupt, Cancelled):
        return _say_that_it_was_stopped(request, catalogue)
    except ConciliumError as error:
        if signals.asked():  # a terminal's Ctrl-C ends the processes that read scans, too
            return _say_that_it_was_stopped(request, catalogue)
        if isinstance(error, CohortError):
            for each in error.problems:
                print(each.text(catalogue), file=sys.stderr)
        if isinstance(error, UnreadableScanError):
            print(error.problem.text(catalogue), file=sys.stderr)
        if not isinstance(error, TrainingRunningError):
            _say_what_is_kept(request, catalogue)
        raise
    _say_what_was_measured(manifest, request, catalogue)
    return EXIT_ANSWERED


def _say_that_it_was_stopped(request: TrainRequest, catalogue: Catalogue) -> int:
    print(catalogue.text("cli.train.stopped"), file=sys.stderr)
    _say_what_is_kept(request, catalogue)
    return EXIT_CANCELLED


def _say_what_is_kept(request: TrainRequest, catalogue: Catalogue) -> None:
    if request.can_be_resumed:
        print(catalogue.text("cli.train.kept", folder=str(request.work)), file=sys.stderr)


def _say_what_was_measured(manifest: Manifest, request: TrainRequest, catalogue: Catalogue) -> None:
    for metric in manifest.metrics:
        interval = "" if metric.low is None else f" ({metric.low:.3f}–{metric.high:.3f})"
        print(
            catalogue.text(
                "cli.train.metric",
                data=f"cli.train.data.{manifest.provenance.kind}",
                cohort=metric.cohort,
                treatment=metric.treatment or "–",
                name=metric.name,
                value=f"{metric.value:.3f}{interval}",
            )
        )
    print(
        catalogue.text("cli.train.written", id=manifest.id, version=manifest.version, folder=str(request.out))
    )
    if request.handed_on is not None:
        print(catalogue.text("cli.train.handed_on", file=str(request.handed_on)))
