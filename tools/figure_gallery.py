"""Every figure as SVG and PNG, from synthetic data: two languages, three styles, wide and narrow.

Run: ``python -m tools.figure_gallery OUT``.  Each picture says that its data are synthetic.
"""

from __future__ import annotations

import argparse
import io
from dataclasses import replace
from pathlib import Path
from typing import Final

from inference.messages.catalogue import LANGUAGES, load_catalogue
from reports.figures.drawing import Drawing, Rect, Text, to_reportlab, to_svg
from reports.figures.style import PAPER, SCREEN_DARK, SCREEN_LIGHT, FigureStyle
from reports.page_images import page_images, save_png
from tools.figure_specimens import SPECIMENS

ROOT: Final = Path(__file__).resolve().parents[1]
STYLES: Final = {"paper": PAPER, "light": SCREEN_LIGHT, "dark": SCREEN_DARK}
WIDTHS: Final = {"wide": 511.0, "narrow": 250.0}
MARGIN: Final = 10.0
NOTE_SIZE: Final = 6.5
RESOLUTION_DPI: Final = 144.0


def main() -> int:
    """Write the gallery."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("out", type=Path, nargs="?", default=ROOT / "build" / "figures")
    parser.add_argument("--only", help="draw the figures whose name begins so")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for specimen in SPECIMENS:
        if options.only and not specimen.name.startswith(options.only):
            continue
        for language in LANGUAGES:
            catalogue = load_catalogue(language)
            note = catalogue.text("figure.synthetic")
            for style_name, style in STYLES.items():
                for width_name, width in WIDTHS.items():
                    drawing = noted(specimen.make(width, style, catalogue), note, style)
                    stem = f"{specimen.name}-{language}-{style_name}-{width_name}"
                    (options.out / f"{stem}.svg").write_text(to_svg(drawing), encoding="utf-8")
                    (options.out / f"{stem}.png").write_bytes(picture(drawing, style.ground))
    return 0


def noted(drawing: Drawing, note: str, style: FigureStyle) -> Drawing:
    """The drawing on its ground with a note below it."""
    height = drawing.height + 2 * NOTE_SIZE
    ground = Rect(0, 0, drawing.width, height, fill=style.ground)
    words = Text(0, height - 3, note, NOTE_SIZE, style.note)
    return replace(drawing, height=height, shapes=(ground, *drawing.shapes, words))


def picture(drawing: Drawing, ground: str) -> bytes:
    """The drawing as it stands on paper, with a margin, as PNG."""
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    size = drawing.width + 2 * MARGIN, drawing.height + 2 * MARGIN
    canvas = Canvas(stream, pagesize=size, invariant=1)
    canvas.setFillColor(ground)
    canvas.rect(0, 0, *size, stroke=0, fill=1)
    to_reportlab(drawing, canvas, MARGIN, size[1] - MARGIN)
    canvas.showPage()
    canvas.save()
    return save_png(page_images(stream.getvalue(), RESOLUTION_DPI)[0])


if __name__ == "__main__":
    raise SystemExit(main())
