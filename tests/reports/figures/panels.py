"""Reading a finished plot back: its panel from its axes, its curves as values."""

from __future__ import annotations

from dataclasses import dataclass

from reports.figures.drawing import Drawing, Line, Polyline, Text
from reports.figures.style import PAPER


@dataclass(frozen=True, slots=True)
class Panel:
    """Edges of the panel on the sheet, and what they stand for."""

    left: float
    right: float
    top: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def value(self, x: float, y: float) -> tuple[float, float]:
        """What a point on the sheet stands for."""
        across = (x - self.left) / (self.right - self.left)
        up = (self.bottom - y) / (self.bottom - self.top)
        return self.x[0] + across * (self.x[1] - self.x[0]), self.y[0] + up * (self.y[1] - self.y[0])


def panel_of(
    drawing: Drawing, x: tuple[float, float] = (0.0, 1.0), y: tuple[float, float] = (0.0, 1.0)
) -> Panel:
    """The panel between the drawing's first long axes; ``x`` and ``y`` are the values at their ends."""
    axes = [s for s in drawing.shapes if isinstance(s, Line) and s.stroke == PAPER.edge]
    down = next(line for line in axes if line.x1 == line.x2 and abs(line.y2 - line.y1) > 50)
    across = next(line for line in axes if line.y1 == line.y2 and abs(line.x2 - line.x1) > 50)
    return Panel(across.x1, across.x2, down.y1, down.y2, x, y)


def curves(drawing: Drawing, colour: str) -> list[Polyline]:
    """The lines of one colour."""
    return [s for s in drawing.shapes if isinstance(s, Polyline) and s.stroke == colour]


def texts(drawing: Drawing) -> list[str]:
    """Every text, in the order drawn."""
    return [s.text for s in drawing.shapes if isinstance(s, Text)]
