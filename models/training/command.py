"""``main.py train``: a cohort in, a model pack out, or nothing but what is needed to go on."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from inference.errors import EXIT_ANSWERED, EXIT_CANCELLED, ConciliumError, ResourceError
from inference.jobs import OnProgress
from inference.messages.catalogue import Catalogue

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
        init=options.init,
    )
    try:
        with progress_bar as on_progress:
            manifest = train_study(request, catalogue, on_progress)
    except KeyboardInterrupt:
        print(catalogue.text("cli.train.stopped"), file=sys.stderr)
        _say_what_is_kept(request, catalogue)
        return EXIT_CANCELLED
    except CohortError as error:
        for each in error.problems:
            print(each.text(catalogue), file=sys.stderr)
        raise
    except UnreadableScanError as error:
        print(error.problem.text(catalogue), file=sys.stderr)
        _say_what_is_kept(request, catalogue)
        raise
    except ConciliumError:
        _say_what_is_kept(request, catalogue)
        raise
    _say_what_was_measured(manifest, request, catalogue)
    return EXIT_ANSWERED


def _say_what_is_kept(request: TrainRequest, catalogue: Catalogue) -> None:
    if (request.work / "checkpoints").is_dir():
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
