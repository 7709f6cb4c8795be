"""One study's part of the page; every caption says that its figures are of phantoms."""

from __future__ import annotations

from collections.abc import Sequence

from models.markdown import table
from models.results.directions import contrast_table, verdict
from models.results.figures import Figure, FigureTable, StudyResults
from models.results.markdown import interval, number, percent, published

PHANTOMS = "Synthetic phantoms, not patients"


_CURVES = (
    "*On phantoms.* A panel per network with a scale of its own, a colour per fold; full lines are the "
    "learning part, dashed ones the validation part where there is one, and the dot is the epoch that was "
    "kept. A run without a validation part keeps its last epoch."
)


def study_section(found: StudyResults, curves: str | None) -> list[str]:
    """Paragraphs; ``curves`` is the place of the picture of loss curves."""
    parts = [f"## {found.title}", f"`{found.study}`. Published figures, in patients: {found.source}."]
    for each in found.tables:
        parts += [_figures(each), _meaning(each)]
    if found.segmentation:
        parts += ["### Segmentation", f"*{PHANTOMS}.*", *found.segmentation]
    parts += ["### What the comparisons of models say", f"*{PHANTOMS}; paired tests on the same phantoms.*"]
    for ablation in found.ablations:
        if ablation.contrasts:
            parts += [verdict(ablation), contrast_table(ablation)]
    if any(found.further):
        parts += ["### Further figures", f"*{PHANTOMS}, but for what is marked as the paper's.*"]
        parts += [each for each in found.further if each]
    if curves is not None:
        parts += ["### Loss curves", _CURVES, f"![Loss over epochs of every run of {found.study}]({curves})"]
    return parts


def missing_section(study: str, title: str) -> list[str]:
    """What stands in the place of a study whose run has not been kept."""
    return [
        f"## {title}",
        f"`{study}`: **no figures.** No training run of this study has been kept in `docs/results/{study}/`.",
    ]


def summary_rows(found: StudyResults) -> list[list[str]]:
    """The headline model of each table in every cohort, for the table at the top of the page."""
    return [
        [f"`{found.study}`", headline_of(each), *_cells(one)]
        for each in found.tables
        for one in each.figures
        if one.model == each.headline
    ]


SUMMARY_HEADS = ("study", "model", "cohort", "phantoms", "95 % interval", "at best", "paper (patients)")


def _figures(each: FigureTable) -> str:
    heads = ["cohort", each.measure, "95 % interval", "at best", "of the way", "paper (patients)"]
    rows = [
        [
            one.model,
            one.cohort + (f" ({one.note})" if one.note else ""),
            number(one.value),
            interval(one.interval),
            number(one.ceiling),
            percent(one.share_of_attainable),
            published(one.published, one.published_interval),
        ]
        for one in each.figures
    ]
    caption = f"**{PHANTOMS}: {each.caption}.** {each.sizes}."
    return f"{caption}\n\n{table(['model', *heads], rows)}"


def headline_of(each: FigureTable) -> str:
    """What a table's answering model is called where tables stand together."""
    return ", ".join(part for part in (each.outcome, each.headline, each.measure) if part)


def _cells(one: Figure) -> list[str]:
    return [
        one.cohort + (f" ({one.note})" if one.note else ""),
        number(one.value),
        interval(one.interval),
        number(one.ceiling),
        published(one.published, one.published_interval),
    ]


def _meaning(each: FigureTable) -> str:
    """One sentence on the headline model where it was not trained, or why there is none."""
    outside = [one for one in each.figures if one.model == each.headline and one.cohort != "training"]
    told = [one for one in outside if one.value is not None and one.ceiling is not None]
    if not told:
        return f"{each.headline} has no estimable figure outside its training phantoms."
    last = _furthest(told)
    assert last.value is not None and last.ceiling is not None
    reached = (
        f"goes {percent(last.share_of_attainable)} of the way from chance to the best attainable "
        f"({number(last.value)} of {number(last.ceiling)})"
    )
    if last.value > last.ceiling:
        reached = (
            f"lies above the best attainable in the long run ({number(last.value)} against "
            f"{number(last.ceiling)}), as a finite cohort may by luck"
        )
    elif last.value <= 0.5:
        reached = f"tells nothing ({number(last.value)}, where {number(last.ceiling)} is attainable)"
    beside = (
        f"the paper's {published(last.published)} is of patients, and near it or far from it these "
        f"figures neither confirm nor refute it, for this project chose how much the phantoms tell"
        if last.published is not None
        else "the paper prints no figure to set beside it"
    )
    return f"{each.headline}, {last.cohort}: {reached}; {beside}."


def _furthest(told: Sequence[Figure]) -> Figure:
    """The last cohort, which is the most remote, of those that have a published figure if any has."""
    comparable = [one for one in told if one.published is not None]
    return (comparable or list(told))[-1]
