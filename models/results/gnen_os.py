"""``gnen-os`` on the page: C-index of three Cox models, risk groups, the two phases' signatures."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import FiniteFloat

from models.results.figures import Ablation, Figure, FigureTable, StudyResults
from models.results.home import KeptRun
from models.results.markdown import number, table
from models.results.paired import check_figures, contrasts
from models.results.reading import Document, Interval, read_document

STUDY: Final = "gnen-os"
NAMES: Final = {"combined": "combined", "dl": "DL signatures", "clinical": "clinical"}
QUESTIONS: Final = (
    ("Both signatures and the form against the signatures alone", "combined", "dl"),
    ("Both signatures and the form against the form alone", "combined", "clinical"),
    ("Deep learning against the clinical model", "dl", "clinical"),
)


class _Model(Document):
    c_index: FiniteFloat | None
    c_index_ci: Interval = None
    ceiling: FiniteFloat | None = None
    published: FiniteFloat | None = None
    hazard_ratio_high_v_low: FiniteFloat | None = None


class _Cohort(Document):
    patients: int
    deaths: int
    models: dict[str, _Model]


class _Apparent(Document):
    c_index: FiniteFloat | None


class GnenDocument(Document):
    """What the page shows of ``result.json``."""

    study: Literal["gnen-os"]
    synthetic: Literal[True]
    cohorts: dict[str, _Cohort]
    apparent_c_index: dict[str, _Apparent]
    minutes: FiniteFloat | None = None


def gnen_results(kept: KeptRun) -> StudyResults:
    """The study's part of the page."""
    document = read_document(GnenDocument, kept.document)
    predictions = kept.table("scores.csv")
    overall = _figures(document)
    check_figures(overall.figures, predictions, NAMES, STUDY)
    return StudyResults(
        study=STUDY,
        title="Gastric neuroendocrine neoplasm: overall survival",
        source="Yang et al. 2023, Table 3; its training figures are apparent, ours out of fold",
        tables=(overall,),
        ablations=tuple(
            Ablation(question, "C-index", contrasts(overall.figures, predictions, NAMES, first, second))
            for question, first, second in QUESTIONS
        ),
        further=(_apparent(document), _risk_groups(document)),
        minutes=document.minutes,
    )


def _figures(document: GnenDocument) -> FigureTable:
    return FigureTable(
        caption="overall survival; training scores are out of fold",
        measure="C-index",
        headline=NAMES["combined"],
        figures=tuple(
            Figure(cohort, NAMES[name], one.c_index, one.c_index_ci, one.ceiling, one.published)
            for cohort, found in document.cohorts.items()
            for name in NAMES
            if (one := found.models.get(name)) is not None
        ),
        sizes=", ".join(
            f"{cohort} {found.patients} ({found.deaths} deaths)" for cohort, found in document.cohorts.items()
        ),
    )


def _apparent(document: GnenDocument) -> str:
    told = ", ".join(
        f"{NAMES[name]} {number(one.c_index)}"
        for name, one in document.apparent_c_index.items()
        if name in NAMES
    )
    return (
        f"Apparent C-index of the final models on the phantoms that they were fitted on: {told}. The paper's "
        "training figures are of this kind; the table's are not."
    )


def _risk_groups(document: GnenDocument) -> str:
    rows = [
        [cohort, NAMES[name], number(one.hazard_ratio_high_v_low, 2)]
        for cohort, found in document.cohorts.items()
        for name, one in found.models.items()
        if name in NAMES
    ]
    return table(["cohort", "model", "hazard ratio, high v low risk at the locked cut-off (phantoms)"], rows)
