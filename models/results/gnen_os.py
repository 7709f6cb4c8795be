"""``gnen-os`` on the page: C-index of three Cox models, risk groups, the two phases' signatures."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, FiniteFloat

from inference.evaluation.predictions import Predictions
from models.markdown import table
from models.results.figures import Ablation, Figure, FigureTable, StudyResults
from models.results.home import KeptRun
from models.results.markdown import interval, number, p_value, published
from models.results.paired import ablations, check_figures, contrasts
from models.results.reading import Document, Interval, Measured, read_document

STUDY: Final = "gnen-os"
NAMES: Final = {"combined": "combined", "dl": "DL signatures", "clinical": "clinical"}
PHASES: Final = {"arterial_alone": "arterial signature", "venous_alone": "venous signature"}
QUESTIONS: Final = (
    ("Both signatures and the form against the signatures alone", "combined", "dl"),
    ("Both signatures and the form against the form alone", "combined", "clinical"),
    ("Deep learning against the clinical model", "dl", "clinical"),
)


class _AucAt(Measured):
    cases: int
    controls: int
    is_cut_off: bool = False


class _Model(Document):
    c_index: FiniteFloat | None
    c_index_ci: Interval = None
    ceiling: FiniteFloat | None = None
    published: FiniteFloat | None = None
    auc_at: dict[str, _AucAt] = Field(default_factory=dict)
    high_risk: int | None = None
    hazard_ratio_high_v_low: FiniteFloat | None = None
    hazard_ratio_ci: Interval = None
    logrank_p: FiniteFloat | None = None
    published_hazard_ratio: tuple[FiniteFloat, FiniteFloat, FiniteFloat] | None = None


class _Alone(Document):
    c_index: FiniteFloat | None
    c_index_ci: Interval = None


class _Cohort(Document):
    patients: int
    deaths: int
    models: dict[str, _Model]
    alone: dict[str, _Alone] = Field(default_factory=dict)


class _Proportional(Document):
    overall: FiniteFloat | None = None
    terms: dict[str, FiniteFloat | None] = Field(default_factory=dict)


class _Pretraining(Document):
    patients: int
    deaths: int
    images: int
    empty: int


class _Apparent(Document):
    c_index: FiniteFloat | None


class GnenDocument(Document):
    """What the page shows of ``result.json``."""

    study: Literal["gnen-os"]
    synthetic: Literal[True]
    cohorts: dict[str, _Cohort]
    apparent_c_index: dict[str, _Apparent]
    proportional_hazards: _Proportional | None = None
    pretraining: _Pretraining | None = None
    minutes: FiniteFloat | None = None


def gnen_results(kept: KeptRun) -> StudyResults:
    """The study's part of the page."""
    document = read_document(GnenDocument, kept.document)
    predictions = kept.table("scores.csv")
    overall = _figures(document)
    check_figures(overall.figures, predictions, NAMES, STUDY)
    check_figures(_alone(document), predictions, PHASES, STUDY)
    return StudyResults(
        study=STUDY,
        title="Gastric neuroendocrine neoplasm: overall survival",
        source="Yang et al. 2023, Table 3; its training figures are apparent, ours out of fold",
        tables=(overall,),
        ablations=ablations(QUESTIONS, "C-index", overall.figures, predictions, NAMES)
        + _by_phase(document, predictions),
        further=tuple(
            filter(
                None,
                (
                    _pretraining(document),
                    _apparent(document),
                    _phases(document),
                    _areas(document),
                    _risk_groups(document),
                    _proportional(document),
                ),
            )
        ),
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


def _pretraining(document: GnenDocument) -> str:
    found = document.pretraining
    if found is None:
        return ""
    return (
        f"The network was pre-trained on the survival of {found.patients} further phantoms ({found.deaths} "
        f"deaths), {found.images} slices of both phases; {found.empty} slices showed no tumour and were left "
        "out. None of them is in a cohort; the paper's network had learnt from ImageNet."
    )


def _alone(document: GnenDocument) -> tuple[Figure, ...]:
    return tuple(
        Figure(cohort, PHASES[name], one.c_index, one.c_index_ci, None, None)
        for cohort, found in document.cohorts.items()
        for name, one in found.alone.items()
        if name in PHASES
    )


def _by_phase(document: GnenDocument, predictions: Predictions) -> tuple[Ablation, ...]:
    figures = _alone(document)
    if not figures:
        return ()
    found = contrasts(figures, predictions, PHASES, "arterial_alone", "venous_alone")
    return (Ablation("The arterial signature alone against the venous alone", "C-index", found),)


def _phases(document: GnenDocument) -> str:
    rows = [[one.cohort, one.model, number(one.value), interval(one.interval)] for one in _alone(document)]
    if not rows:
        return ""
    return table(["cohort", "signature alone", "C-index (phantoms)", "95 % interval"], rows)


def _areas(document: GnenDocument) -> str:
    rows = [
        [
            cohort,
            NAMES[name],
            months,
            f"{at.cases} / {at.controls}",
            number(at.value),
            interval(at.interval) + (" (cut off)" if at.is_cut_off else ""),
        ]
        for cohort, found in document.cohorts.items()
        for name, one in found.models.items()
        if name in NAMES
        for months, at in one.auc_at.items()
    ]
    if not rows:
        return ""
    heads = ["cohort", "model", "months", "dead / alive by then", "AUC (phantoms)", "95 % interval"]
    return table(heads, rows)


def _risk_groups(document: GnenDocument) -> str:
    rows = [
        [
            cohort,
            NAMES[name],
            "–" if one.high_risk is None else f"{one.high_risk} of {found.patients}",
            number(one.hazard_ratio_high_v_low, 2),
            interval(one.hazard_ratio_ci, 2),
            p_value(one.logrank_p),
            "–"
            if one.published_hazard_ratio is None
            else published(one.published_hazard_ratio[0], one.published_hazard_ratio[1:]),
        ]
        for cohort, found in document.cohorts.items()
        for name, one in found.models.items()
        if name in NAMES
    ]
    heads = [
        *("cohort", "model", "high risk", "hazard ratio, high v low risk at the locked cut-off (phantoms)"),
        *("95 % interval", "log-rank P", "paper, patients"),
    ]
    return table(heads, rows)


def _proportional(document: GnenDocument) -> str:
    found = document.proportional_hazards
    if found is None:
        return ""
    told = "; ".join(f"{name} {p_value(value)}" for name, value in found.terms.items())
    return (
        "Proportional hazards of the final combined model, in the phantoms that it was fitted to: P "
        f"{p_value(found.overall)} for all terms together ({told}). A small P speaks against them."
    )
