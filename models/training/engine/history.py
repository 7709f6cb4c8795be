"""Loss curves: one point per epoch of each run, kept as CSV, drawn as PNG."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.storage import write_atomically
from models.csv_text import csv_text

CURVES_CSV: Final = "training.csv"
CURVES_PNG: Final = "training.png"
_WIDTH_POINTS: Final = 540.0
_RESOLUTION_DPI: Final = 144.0
_FOLD: Final = re.compile(r"(?:(?P<network>.*?) ?)?\b(?:(?:fold )?(?P<fold>\d+)|all folds)")


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Mean loss of one epoch of one run; ``validation_loss`` where the run validates."""

    run: str
    epoch: int
    learning_rate: float
    loss: float
    validation_loss: float | None = None


OnEpoch = Callable[[Sequence[CurvePoint]], None]
"""Hears of a run after each epoch, with its curve so far."""


def ignore_epochs(_: Sequence[CurvePoint]) -> None:
    """Listener for runs whose curve is only wanted at the end."""


def curves_csv(curves: Sequence[CurvePoint]) -> str:
    """All curves as CSV with a heading line; a column for validation where any run validates."""
    validated = any(point.validation_loss is not None for point in curves)
    heading = ["run", "epoch", "learning_rate", "training_loss"]
    rows = [[*heading, "validation_loss"] if validated else heading]
    for point in curves:
        row = [point.run, str(point.epoch), f"{point.learning_rate:.3g}", f"{point.loss:.6f}"]
        if validated:
            row.append("" if point.validation_loss is None else f"{point.validation_loss:.6f}")
        rows.append(row)
    return csv_text(rows)


def read_curves(text: str) -> tuple[CurvePoint, ...]:
    """The points of a table that :func:`curves_csv` wrote."""
    return tuple(
        CurvePoint(
            row["run"],
            int(row["epoch"]),
            float(row["learning_rate"]),
            float(row["training_loss"]),
            float(row["validation_loss"]) if row.get("validation_loss") else None,
        )
        for row in csv.DictReader(io.StringIO(text))
    )


def curves_png(curves: Sequence[CurvePoint], catalogue: Catalogue) -> bytes:
    """All curves as a picture, by way of the PDF that the reports draw."""
    from reports.figures.drawn_page import drawing_as_pdf
    from reports.figures.loss_curve_plot import LossPanel, LossSeries, loss_curve_plot
    from reports.page_images import page_images, save_png

    panels: dict[str, list[LossSeries]] = {}
    for run, points in _by_run(curves).items():
        network, fold = _network_and_fold(run)
        series = LossSeries(
            fold,
            tuple((point.epoch, point.loss) for point in points),
            tuple((p.epoch, p.validation_loss) for p in points if p.validation_loss is not None),
        )
        panels.setdefault(network or catalogue.text("figure.loss_network"), []).append(series)
    drawing = loss_curve_plot(
        [LossPanel(title, tuple(series)) for title, series in panels.items()],
        width=_WIDTH_POINTS,
        catalogue=catalogue,
    )
    (page,) = page_images(drawing_as_pdf(drawing), _RESOLUTION_DPI)
    return save_png(page)


class CurveBook:
    """The curves of all runs of a study in one folder, rewritten after each epoch.

    The CSV is up to date after every epoch, the picture after every run (:meth:`draw`).
    """

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._curves: dict[str, tuple[CurvePoint, ...]] = {}

    @property
    def curves(self) -> tuple[CurvePoint, ...]:
        """Every point, run after run."""
        return tuple(point for curve in self._curves.values() for point in curve)

    def __call__(self, curve: Sequence[CurvePoint]) -> None:
        """As :data:`OnEpoch`."""
        if not curve:
            return
        is_new = curve[0].run not in self._curves
        self._curves[curve[0].run] = tuple(curve)
        write_atomically(self._folder / CURVES_CSV, curves_csv(self.curves).encode())
        if is_new and len(self._curves) > 1:
            self.draw()

    def draw(self) -> None:
        """Write the picture."""
        if self._curves:
            write_atomically(self._folder / CURVES_PNG, curves_png(self.curves, self._catalogue))


def _network_and_fold(run: str) -> tuple[str, str]:
    """``ccrt fold 0`` and ``segmenter 0`` are fold 0 of a network; other runs are alone in their panel."""
    found = _FOLD.fullmatch(run)
    if found is None:
        return run, ""
    return found["network"] or "", f"fold {found['fold']}" if found["fold"] else "all folds"


def _by_run(curves: Sequence[CurvePoint]) -> dict[str, list[CurvePoint]]:
    runs: dict[str, list[CurvePoint]] = {}
    for point in curves:
        runs.setdefault(point.run, []).append(point)
    return runs
