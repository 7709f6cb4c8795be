"""``main.py inspect``: what a folder, disc or archive holds, and what is odd about it; nothing is written."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Final

from headless.inspection import InspectedStack, Inspection, inspection_of
from headless.terminal import progress_bar
from inference.clock import Clock, SystemClock
from inference.dicom.intake import Intake
from inference.dicom.sources.walk import printable
from inference.errors import EXIT_ANSWERED, EXIT_BAD_INPUT
from inference.findings import Verdict, worst_view
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.meaning.understanding import understand
from inference.messages.catalogue import Catalogue

STAGE_UNDERSTANDING: Final = "stage.understanding"
_PLAIN_WIDTH: Final = 100
_WIDEST: Final = 120


def inspect(path: Path, catalogue: Catalogue, *, as_json: bool) -> int:
    """The command; 0 when at least one stack may be looked at, else 2.

    Raises
    ------
    InputError
        When there is nothing to look at, or the source went away.
    """
    with progress_bar(catalogue) as on_progress:
        inspection = inspect_source(path, on_progress, clock=SystemClock())
    try:
        if as_json:
            from headless.inspection_json import inspection_document

            print(json.dumps(inspection_document(inspection, catalogue), ensure_ascii=False, indent=2))
        else:
            print_page(inspection, catalogue)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read it has seen enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for the exit alone
    return EXIT_ANSWERED if inspection.can_be_viewed else EXIT_BAD_INPUT


def inspect_source(
    path: Path,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
    *,
    clock: Clock,
) -> Inspection:
    """Scan ``path`` and read what each stack means; all patients are listed, for nothing is opened.

    ``clock`` tells how old scans are.

    Raises
    ------
    ConciliumError
        As the scan does.
    """
    with Intake() as intake:
        plan = intake.scan(path, on_progress, should_stop)
        inspected = []
        for done, stack in enumerate(plan.stacks):
            on_progress(Progress(done, len(plan.stacks), STAGE_UNDERSTANDING))
            stop_if_asked(should_stop)
            if worst_view(stack.findings) < Verdict.REFUSED:
                meaning = intake.understand(plan, stack, should_stop=should_stop)
            else:
                meaning = understand(stack, None)
            inspected.append(InspectedStack(stack, meaning))
    name = printable(path.resolve().name) or "/"
    return inspection_of(name, plan, inspected, today=clock.now().date())


def print_page(inspection: Inspection, catalogue: Catalogue) -> None:
    """To standard output: in colour where somebody watches, plain and of a fixed width elsewhere."""
    from rich.console import Console

    from headless.inspection_page import InspectionPage

    class PageConsole(Console):
        """Leaves a closed pipe to the command instead of ending the program."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    console = PageConsole(file=sys.stdout, soft_wrap=False, emoji=False, markup=False)
    width = min(console.width, _WIDEST) if console.is_terminal else _PLAIN_WIDTH
    console.width = width
    InspectionPage(console, catalogue).show(inspection)
