"""``gc-recurrence`` on the page: deep-learning signature, clinical signature, their fusion, risk groups."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import AliasChoices, Field, FiniteFloat

from models.results.figures import Ablation, Figure, FigureTable, StudyResults
from models.results.home import KeptRun
from models.results.markdown import number, published, table
from models.results.paired import check_figures, contrasts
from models.results.reading import Document, Interval, read_document

STUDY: Final = "gc-recurrence"
NAMES: Final = {"dlfs": "DLFS (fusion)", "dls": "DLS", "clis": "CLIS"}
QUESTIONS: Final = (
    ("Fusion against deep learning alone", "dlfs", "dls"),
    ("Fusion against the clinical signature", "dlfs", "clis"),
    ("Deep learning against the clinical signature", "dls", "clis"),
)


class _Model(Document):
    auc: FiniteFloat
    auc_ci: Interval = None
    ceiling: FiniteFloat | None = None
    published: FiniteFloat | None = None
    hazard_ratio_high_v_low: FiniteFloat | None = None
    published_hazard_ratio: FiniteFloat | None = None


class _Cohort(Document):
    patients: int
    relapses: int = Field(validation_alias=AliasChoices("relapses", "recurrences"))
    models: dict[str, _Model]


class GcDocument(Document):
    """What the page shows of ``result.json``."""

    study: Literal["gc-recurrence"]
    synthetic: Literal[True]
    cohorts: dict[str, _Cohort]
    minutes: FiniteFloat | None = None


def gc_results(kept: KeptRun) -> StudyResults:
    """The study's part of the page."""
    document = read_document(GcDocument, kept.document)
    predictions = kept.table("scores.csv")
    relapse = _figures(document)
    check_figures(relapse.figures, predictions, NAMES, STUDY)
    return StudyResults(
        study=STUDY,
        title="Gastric cancer: recurrence after radical gastrectomy",
        source="Cao et al., Int J Surg 2024",
        tables=(relapse,),
        ablations=tuple(
            Ablation(question, "AUC", contrasts(relapse.figures, predictions, NAMES, first, second))
            for question, first, second in QUESTIONS
        ),
        further=(_risk_groups(document),),
        minutes=document.minutes,
    )


def _figures(document: GcDocument) -> FigureTable:
    return FigureTable(
        caption="relapse; training scores are out of fold",
        measure="AUC",
        headline=NAMES["dlfs"],
        figures=tuple(
            Figure(cohort, NAMES[name], one.auc, one.auc_ci, one.ceiling, one.published)
            for cohort, found in document.cohorts.items()
            for name in NAMES
            if (one := found.models.get(name)) is not None
        ),
        sizes=", ".join(
            f"{cohort} {found.patients} ({found.relapses} relapses)"
            for cohort, found in document.cohorts.items()
        ),
    )


def _risk_groups(document: GcDocument) -> str:
    rows = [
        [
            cohort,
            NAMES[name],
            number(one.hazard_ratio_high_v_low, 2),
            published(one.published_hazard_ratio),
        ]
        for cohort, found in document.cohorts.items()
        for name, one in found.models.items()
        if name in NAMES and one.hazard_ratio_high_v_low is not None
    ]
    heads = ["cohort", "model", "hazard ratio of death, high v low risk (phantoms)", "paper (patients)"]
    return table(heads, rows) if rows else ""
