"""What a subcommand shows: a progress bar where somebody watches, and one sentence when it cannot go on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from inference.errors import ConciliumError
from inference.jobs import OnProgress, Progress, ignore_progress
from inference.messages.catalogue import Catalogue
from inference.rules.rule_file import RuleFileError
from inference.tables.csv_table import TableError, shown


@contextmanager
def progress_bar(catalogue: Catalogue) -> Iterator[OnProgress]:
    """A progress bar on standard error while the block runs; silent when that is not a terminal."""
    if not sys.stderr.isatty():
        yield ignore_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        last = Progress(0, 0, "")

        def show(progress: Progress) -> None:
            nonlocal last
            is_new = (progress.stage, progress.run) != (last.stage, last.run)
            if is_new or progress.done < last.done:  # else the time left would be the one before's: none
                bar.reset(task, description=progress.text(catalogue), total=progress.total)
            bar.update(task, completed=progress.done, total=progress.total)
            last = progress

        yield show


def say_error(error: ConciliumError, catalogue: Catalogue) -> None:
    """One sentence on standard error: what, where, what to do."""
    print(catalogue.text("cli.error", sentence=catalogue.render(error.message)), file=sys.stderr)


def say_problems(error: TableError | RuleFileError, catalogue: Catalogue) -> None:
    """Everything that is wrong with a table or a rule file, a line each, on standard error."""
    for each in shown(error.problems):
        print(catalogue.render(each), file=sys.stderr)
