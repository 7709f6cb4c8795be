"""How published evidence is worded: one set of lines for the window and the report.

One factor at a time, as the papers count; no percentage of few patients; never as this patient's risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inference.clinical.schema import FieldSchema, FormSchema
from inference.evidence.for_patient import (
    FEWEST_FOR_A_SHARE,
    Observed,
    ObservedFactor,
    PublishedEvidence,
    PublishedRatio,
)
from inference.evidence.published_tables import Condition
from inference.messages.catalogue import Catalogue
from reports.wording import text_or_code


@dataclass(frozen=True, slots=True)
class EvidenceCell:
    """What was observed in one group: who they are, ``49 of 68``, a share or nothing, the whole sentence."""

    group: str
    counts: str
    share: str
    sentence: str
    note: str


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One factor of the patient as the paper groups it, its outcome, and the groups side by side."""

    factor: str
    outcome: str
    item: str
    cells: tuple[EvidenceCell, ...]


@dataclass(frozen=True, slots=True)
class RatioRow:
    """One published ratio: of what, the figure with its interval, and what is odd about it."""

    factor: str
    figure: str
    outcome: str
    item: str
    note: str


def evidence_rows(
    evidence: PublishedEvidence, form: FormSchema, catalogue: Catalogue
) -> tuple[EvidenceRow, ...]:
    """A row for each factor of the patient that the paper counts."""
    return tuple(_row(observed, form, catalogue) for observed in evidence.observed)


def ratio_rows(evidence: PublishedEvidence, form: FormSchema, catalogue: Catalogue) -> tuple[RatioRow, ...]:
    """A row for each published ratio that concerns the patient."""
    return tuple(_ratio(ratio, form, catalogue) for ratio in evidence.ratios)


def described_lines(evidence: PublishedEvidence, form: FormSchema, catalogue: Catalogue) -> tuple[str, ...]:
    """How many of the paper's patients share each factor, by cohort: a description without an outcome."""
    lines = []
    for one in evidence.described:
        field = form.field(one.field)
        factor = catalogue.text(
            "evidence.factor",
            field=catalogue.text(f"clinical.{field.id}"),
            level=level_text(one.level, field, catalogue),
        )
        counts = {
            name: catalogue.text("evidence.cell", hits=hits, count=one.sizes[name])
            for name, hits in one.counts.items()
        }
        lines.append(_by_cohort(factor, counts, catalogue))
    return tuple(lines)


def performance_lines(evidence: PublishedEvidence, catalogue: Catalogue) -> tuple[str, ...]:
    """How well the paper's own models did, by cohort."""
    return tuple(
        _by_cohort(
            catalogue.text(f"score.{model}"),
            {
                name: catalogue.text(
                    "evidence.measure", value=f"{value:.2f}", low=f"{low:.2f}", high=f"{high:.2f}"
                )
                for name, (value, low, high) in cohorts.items()
            },
            catalogue,
        )
        for table in evidence.performance
        for model, cohorts in table.models.items()
    )


def _by_cohort(name: str, figures: Mapping[str, str], catalogue: Catalogue) -> str:
    told = [f"{catalogue.text(f'evidence.group.{cohort}')} {text}" for cohort, text in figures.items()]
    return catalogue.text("evidence.line", name=name, figures=" · ".join(told))


def evidence_caveat(catalogue: Catalogue) -> str:
    """What the counts are not."""
    return catalogue.text("evidence.caveat", fewest=FEWEST_FOR_A_SHARE)


def missing_line(evidence: PublishedEvidence, catalogue: Catalogue) -> str:
    """Fields that the paper counts and nobody recorded; empty when there are none."""
    if not evidence.missing:
        return ""
    names = [catalogue.text(f"clinical.{name}") for name in evidence.missing]
    return catalogue.text("evidence.missing", fields=catalogue.text("report.list_separator").join(names))


def _row(observed: ObservedFactor, form: FormSchema, catalogue: Catalogue) -> EvidenceRow:
    field = form.field(observed.field)
    label = catalogue.text(f"clinical.{field.id}")
    factor = catalogue.text(
        "evidence.factor", field=label, level=level_text(observed.level, field, catalogue)
    )
    outcome = catalogue.text(f"evidence.outcome.{observed.outcome}")
    cells = tuple(_cell(group, factor, outcome, catalogue) for group in observed.groups)
    return EvidenceRow(factor, outcome, observed.item, cells)


def _cell(observed: Observed, factor: str, outcome: str, catalogue: Catalogue) -> EvidenceCell:
    share = ""
    if observed.share is not None and observed.interval is not None:
        low, high = observed.interval
        figures = {"share": observed.share, "low": low, "high": high}
        share = catalogue.text(
            "evidence.share", **{name: f"{100 * value:.0f}" for name, value in figures.items()}
        )
    sentence = catalogue.text(
        "evidence.sentence", count=observed.count, hits=observed.hits, factor=factor, outcome=outcome
    )
    note = ""
    if observed.out_of is not None:
        made_up, whole = observed.out_of
        note = catalogue.text("evidence.out_of", made_up=made_up, whole=whole)
    return EvidenceCell(
        catalogue.text(f"evidence.group.{observed.group}"),
        catalogue.text("evidence.cell", hits=observed.hits, count=observed.count),
        share,
        " · ".join(part for part in (sentence, share) if part),
        note,
    )


def level_text(level: Condition, field: FieldSchema, catalogue: Catalogue) -> str:
    """The values of a row of the paper's table, e.g. ``T3 / T4`` or ``more than 5 cm``."""
    if level.equals:
        return " / ".join(text_or_code(f"clinical.{field.id}", code, catalogue) for code in level.equals)
    unit = _unit(field, catalogue)
    low = level.at_least if level.at_least is not None else level.above
    high = level.below if level.below is not None else level.at_most
    if low is not None and high is not None:
        return catalogue.text("evidence.level.between", low=f"{low:g}", high=f"{high:g}", unit=unit).strip()
    if low is not None:
        name = "at_least" if level.at_least is not None else "above"
        return catalogue.text(f"evidence.level.{name}", low=f"{low:g}", unit=unit).strip()
    name = "below" if level.below is not None else "at_most"
    return catalogue.text(f"evidence.level.{name}", high=f"{high:g}", unit=unit).strip()


def _ratio(published: PublishedRatio, form: FormSchema, catalogue: Catalogue) -> RatioRow:
    ratio = published.ratio
    field = form.field(ratio.field)
    label = catalogue.text(f"clinical.{field.id}")
    if ratio.level is not None and ratio.reference is not None:
        level, reference = (
            text_or_code(f"clinical.{field.id}", code, catalogue) for code in (ratio.level, ratio.reference)
        )
        factor = catalogue.text("evidence.ratio.level", field=label, level=level, reference=reference)
    elif published.unit_stated and ratio.per is not None:
        factor = catalogue.text(
            "evidence.ratio.per", field=label, per=f"{ratio.per:g}", unit=_unit(field, catalogue)
        )
    else:
        factor = catalogue.text("evidence.ratio.per_unstated", field=label)
    figure = catalogue.text(
        "evidence.ratio", hr=f"{ratio.hr:g}", low=f"{ratio.low:g}", high=f"{ratio.high:g}"
    )
    outcome = catalogue.text(f"evidence.outcome.{published.outcome}")
    note = catalogue.text(f"evidence.note.{ratio.note}") if ratio.note else ""
    return RatioRow(factor, figure, outcome, published.item, note)


def _unit(field: FieldSchema, catalogue: Catalogue) -> str:
    return text_or_code("report.unit", field.units[0].code, catalogue) if field.units else ""
