"""The models that answer each study's question as a forest plot: phantoms, best attainable, paper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.statistics.estimate import Estimate
from models.results.figures import CHANCE, Figure, StudyResults
from models.results.markdown import number, published
from models.results.study_section import PHANTOMS, headline_of

_WIDTH_POINTS: Final = 540.0
_RESOLUTION_DPI: Final = 144.0
_LOWEST: Final = 0.4
"""Where the axis begins, unless a figure lies below."""
PICTURE: Final = "results.png"


def glance_png(found: Iterable[StudyResults], catalogue: Catalogue) -> bytes:
    """One block per table, one row per cohort."""
    from reports.figures.drawn_page import drawing_as_pdf
    from reports.figures.forest_plot import ForestRow, forest_plot
    from reports.page_images import page_images, save_png

    rows: list[ForestRow] = []
    for study in found:
        for each in study.tables:
            rows.append(ForestRow(f"{study.study}: {headline_of(each)}", is_heading=True))
            rows += [
                ForestRow(
                    one.cohort,
                    _estimate(one),
                    (number(one.ceiling, 2), published(one.published)),
                    is_indented=True,
                )
                for one in each.figures
                if one.model == each.headline
            ]
    values = [row.estimate.value for row in rows if isinstance(row.estimate, Estimate)]
    drawing = forest_plot(
        rows,
        width=_WIDTH_POINTS,
        catalogue=catalogue,
        axis_title=f"AUC or C-index. {PHANTOMS}",
        column_titles=("at best", "paper (patients)"),
        estimate_title="phantoms",
        null_value=CHANCE,
        is_log=False,
        limits=(min([_LOWEST, *(value - 0.05 for value in values)]), 1.0),
    )
    (page,) = page_images(drawing_as_pdf(drawing), _RESOLUTION_DPI)
    return save_png(page)


def _estimate(one: Figure) -> Estimate | None:
    if one.value is None:
        return None
    low, high = one.interval or (None, None)
    return Estimate(one.value, lower=low, upper=high)
