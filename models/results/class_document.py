"""What a study's document tells of a model of a class, and its row in the page's table."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import FiniteFloat

from models.results.figures import Figure
from models.results.reading import Document, Interval


class ClassModel(Document):
    """A model's area in one cohort, the best attainable, and the paper's; ``cutoff`` is the locked one."""

    auc: FiniteFloat
    auc_ci: Interval = None
    ceiling: FiniteFloat | None = None
    published: FiniteFloat | None = None
    cutoff: FiniteFloat | None = None


def area_figures(
    cohorts: Mapping[str, Mapping[str, ClassModel]], names: Mapping[str, str]
) -> tuple[Figure, ...]:
    """By cohort, the models in the order of ``names``, which maps the document's to the page's."""
    return tuple(
        Figure(cohort, names[name], one.auc, one.auc_ci, one.ceiling, one.published)
        for cohort, models in cohorts.items()
        for name in names
        if (one := models.get(name)) is not None
    )
