"""Pictures of printed pages for the documents: the evaluation and the audit of the shipped examples."""

from __future__ import annotations

import tempfile
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Final

from headless.audit import AuditRequest, audit_and_write
from headless.evaluate import EvaluateRequest, evaluate_and_write
from inference.clock import FixedClock
from inference.messages.catalogue import load_catalogue

ROOT: Final = Path(__file__).resolve().parents[1]
PREDICTIONS: Final = ROOT / "inference" / "evaluation" / "examples" / "survival.csv"
DECISIONS: Final = ROOT / "inference" / "rules" / "examples" / "npc_table3.csv"
NOON: Final = datetime(2026, 11, 28, 9, 41, tzinfo=UTC)
_PIXELS_PER_POINT: Final = 1.25


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page of a paper, from 1, and the file of its picture."""

    paper: str
    page: int
    file: Path

    @staticmethod
    def of(paper: str, page: int) -> PagePicture:
        """The picture of this page among those of the documents."""
        name = f"{Path(paper).stem}-{page}.png"
        return PagePicture(paper, page, ROOT / "docs" / "images" / name)


PAGE_PICTURES: Final = (
    PagePicture.of("evaluation.pdf", 1),
    PagePicture.of("evaluation.pdf", 4),
    PagePicture.of("audit.pdf", 1),
)


def take_page_pictures(out: Path) -> dict[Path, Path]:
    """Print the examples in English, draw the chosen pages into ``out``: picture there -> document's file."""
    catalogue, clock = load_catalogue("en"), FixedClock(NOON)
    taken = {}
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()):
        papers = Path(folder)
        request = EvaluateRequest(PREDICTIONS, "survival", papers / "evaluation", time_unit="months")
        evaluate_and_write(request, catalogue, clock)
        audit_and_write(AuditRequest(DECISIONS, papers / "audit"), catalogue, clock)
        for picture in PAGE_PICTURES:
            drawn = out / picture.file.name
            _draw(papers / Path(picture.paper).stem / picture.paper, picture.page, drawn)
            taken[drawn] = picture.file
    return taken


def _draw(paper: Path, page: int, picture: Path) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(paper)
    try:
        document[page - 1].render(scale=_PIXELS_PER_POINT).to_pil().convert("RGB").save(picture)
    finally:
        document.close()
