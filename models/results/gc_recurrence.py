"""``gc-recurrence`` on the page: deep-learning signature, clinical signature, their fusion, risk groups."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, FiniteFloat

from models.markdown import table
from models.results.class_document import ClassModel, area_figures
from models.results.figures import FigureTable, StudyResults
from models.results.home import KeptRun
from models.results.markdown import interval, number, p_value, published
from models.results.paired import ablations, check_figures
from models.results.reading import Document, Interval, read_document

STUDY: Final = "gc-recurrence"
NAMES: Final = {"dlfs": "DLFS (fusion)", "dls": "DLS", "clis": "CLIS"}
QUESTIONS: Final = (
    ("Fusion against deep learning alone", "dlfs", "dls"),
    ("Fusion against the clinical signature", "dlfs", "clis"),
    ("Deep learning against the clinical signature", "dls", "clis"),
)


class _Groups(Document):
    hazard_ratio_ci: Interval = None
    logrank_p: FiniteFloat | None = None


class _Subgroup(Document):
    patients: int
    relapses: int
    auc: FiniteFloat | None = None
    auc_ci: Interval = None


class _Model(ClassModel):
    sensitivity: FiniteFloat | None = None
    specificity: FiniteFloat | None = None
    published_sensitivity: FiniteFloat | None = None
    hazard_ratio_high_v_low: FiniteFloat | None = None
    published_hazard_ratio: FiniteFloat | None = None
    overall_survival: _Groups = _Groups()


class _Cohort(Document):
    patients: int
    relapses: int
    models: dict[str, _Model]
    dlfs_by_chemotherapy: dict[str, _Subgroup] = Field(default_factory=dict)


class GcDocument(Document):
    """What the page shows of ``result.json``."""

    study: Literal["gc-recurrence"]
    synthetic: Literal[True]
    cohorts: dict[str, _Cohort]
    published_dlfs_by_chemotherapy: tuple[FiniteFloat, FiniteFloat] | None = None
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
        ablations=ablations(QUESTIONS, "AUC", relapse.figures, predictions, NAMES),
        further=(_risk_groups(document), _chemotherapy(document)),
        minutes=document.minutes,
    )


def _figures(document: GcDocument) -> FigureTable:
    return FigureTable(
        caption="relapse; training scores are out of fold",
        measure="AUC",
        headline=NAMES["dlfs"],
        figures=area_figures({name: one.models for name, one in document.cohorts.items()}, NAMES),
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
            number(one.sensitivity),
            number(one.specificity),
            published(one.published_sensitivity),
            f"{number(one.hazard_ratio_high_v_low, 2)} ({interval(one.overall_survival.hazard_ratio_ci, 2)})",
            p_value(one.overall_survival.logrank_p),
            published(one.published_hazard_ratio),
        ]
        for cohort, found in document.cohorts.items()
        for name, one in found.models.items()
        if name in NAMES and one.hazard_ratio_high_v_low is not None
    ]
    heads = ["cohort", "model", "sensitivity (phantoms)", "specificity", "paper's sensitivity"]
    heads += ["hazard ratio of death, high v low risk (phantoms)", "log-rank P", "paper's hazard ratio"]
    told = (
        "At the cut-off that was locked on out-of-fold scores; the paper's cut-off belongs to its own score."
    )
    return f"{table(heads, rows)}\n\n{told}" if rows else ""


def _chemotherapy(document: GcDocument) -> str:
    rows = [
        [
            cohort,
            group.replace("_", " "),
            f"{one.patients} ({one.relapses})",
            number(one.auc),
            interval(one.auc_ci),
        ]
        for cohort, found in document.cohorts.items()
        for group, one in found.dlfs_by_chemotherapy.items()
    ]
    if not rows:
        return ""
    heads = ["cohort", "DLFS within", "phantoms (relapses)", "AUC", "95 % interval"]
    limits = document.published_dlfs_by_chemotherapy
    told = "" if limits is None else f"\n\nIn the paper's external cohort, of patients: {interval(limits)}."
    return f"{table(heads, rows)}{told}"
