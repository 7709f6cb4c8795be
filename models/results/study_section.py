"""One study's part of the page; every caption says that its figures are of phantoms."""

from __future__ import annotations

from collections.abc import Sequence

from models.markdown import table
from models.results.directions import contrast_table, verdict
from models.results.figures import CHANCE, Figure, FigureTable, StudyResults
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
    """What the headline model's intervals say of chance and of the ceiling, cohort by cohort."""
    told: dict[str, list[str]] = {}
    own = [one for one in each.figures if one.model == each.headline and one.ceiling is not None]
    for one in own:
        told.setdefault(_standing(one), []).append(f"{one.cohort} ({_reached(one)})")
    if not told:
        return f"{each.headline} has no figure to set beside a ceiling."
    means = "; ".join(f"{standing} in {_listed(cohorts)}" for standing, cohorts in told.items())
    beside = (
        "The paper's figures are of patients: near them or far from them, these neither confirm nor refute "
        "them, for this project chose how much the phantoms tell."
        if any(one.published is not None for one in own)
        else "The paper prints no figure to set beside these."
    )
    return f"What this means, of phantoms: {each.headline} is {means}. {beside}"


def _standing(one: Figure) -> str:
    """Where the interval lies; a limit at chance or at the ceiling does not exclude it."""
    if one.interval is None or one.ceiling is None:
        return "without an interval"
    low, high = one.interval
    if high < CHANCE:
        return "worse than chance"
    if low <= CHANCE:
        neither = "told neither from chance nor from the best attainable, for so few phantoms settle nothing,"
        return neither if high >= one.ceiling else "not told from chance, and short of the best attainable,"
    if low > one.ceiling:
        return "better than the best attainable in the long run"
    if high >= one.ceiling:
        return "better than chance, and not told from the best attainable,"
    return "better than chance and short of the best attainable"


def _reached(one: Figure) -> str:
    if one.value is None or one.ceiling is None:
        return "not estimable"
    if one.value <= CHANCE:
        return f"{number(one.value)}, no better than a coin"
    if round(one.value, 3) > round(one.ceiling, 3):
        return f"{number(one.value)}, above the ceiling by the luck of a finite cohort"
    return f"{percent(one.share_of_attainable)} of the way"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
