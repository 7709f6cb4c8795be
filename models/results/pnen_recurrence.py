"""``pnen-recurrence`` on the page: phases, radiomics, CT findings and clinical values against each other."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, FiniteFloat

from models.markdown import table
from models.results.figures import Figure, FigureTable, StudyResults
from models.results.home import KeptRun
from models.results.markdown import counted, number, p_value, published
from models.results.paired import ablations, check_figures
from models.results.reading import Document, Measured, read_document

STUDY: Final = "pnen-recurrence"
NAMES: Final = {
    "dlr_a": "DLR-A",
    "dlr_v": "DLR-V",
    "dlr_av": "DLR-A&V",
    "dlr_a_s": "DLR-A+s",
    "dlr_a_sa": "DLR-A+sa",
    "dlr_a_sag": "DLR-A+sag",
    "radiomics_a": "radiomics-A",
    "radiomics_v": "radiomics-V",
    "radiomics_av": "radiomics-A&V",
    "ct_findings": "CT findings",
}
CEILING_OF: Final = {
    "dlr_a": "arterial",
    "dlr_v": "venous",
    "radiomics_a": "arterial",
    "radiomics_v": "venous",
    "dlr_a_s": "arterial_and_form",
    "dlr_a_sa": "arterial_and_form",
    "dlr_a_sag": "arterial_and_form",
    "ct_findings": "form",
}
QUESTIONS: Final = (
    ("Arterial against venous phase, deep learning", "dlr_a", "dlr_v"),
    ("Arterial phase against both phases, deep learning", "dlr_a", "dlr_av"),
    ("Arterial against venous phase, radiomics", "radiomics_a", "radiomics_v"),
    ("Deep learning against radiomics, arterial phase", "dlr_a", "radiomics_a"),
    ("Deep learning against the radiologists' CT findings", "dlr_a", "ct_findings"),
    ("Symptoms, age and sex besides deep learning", "dlr_a_sag", "dlr_a"),
)


class _Model(Document):
    auc: Measured
    published_auc: FiniteFloat | None = None


class _Cohort(Document):
    patients: int
    with_class: int
    recurrences: int
    models: dict[str, _Model]


class _Ceilings(Document):
    population: dict[str, FiniteFloat]
    these_patients: dict[str, FiniteFloat]


class _Group(Document):
    high: int
    low: int
    logrank_p: FiniteFloat | None


class _Published(Document):
    source: str
    delong_p: dict[str, FiniteFloat] = Field(default_factory=dict)


class _Segmenter(Document):
    width: FiniteFloat
    side: int
    slices_per_case: int
    learning_rate: FiniteFloat
    epochs: int


class PnenDocument(Document):
    """What the page shows of ``result.json``."""

    study: Literal["pnen-recurrence"]
    cohorts: dict[str, _Cohort]
    ceilings: dict[str, _Ceilings]
    segmenter: _Segmenter | None = None
    segmenter_validation_dice: dict[str, FiniteFloat]
    risk_groups: dict[str, FiniteFloat | _Group]
    published: _Published
    minutes: FiniteFloat | None = None


def pnen_results(kept: KeptRun) -> StudyResults:
    """The study's part of the page."""
    document = read_document(PnenDocument, kept.document)
    predictions = kept.table("scores.csv")
    recurrence = _figures(document)
    check_figures(recurrence.figures, predictions, NAMES, STUDY)
    return StudyResults(
        study=STUDY,
        title="Pancreatic neuroendocrine neoplasm: recurrence within 60 months of resection",
        source=document.published.source,
        tables=(recurrence,),
        ablations=ablations(QUESTIONS, "AUC", recurrence.figures, predictions, NAMES),
        segmentation=(_segmentation(document),),
        further=(_these_patients(document), _risk_groups(document), _published_tests(document)),
        minutes=document.minutes,
    )


def _figures(document: PnenDocument) -> FigureTable:
    return FigureTable(
        caption="recurrence within 60 months; training scores are out of fold (10 folds)",
        measure="AUC",
        headline=NAMES["dlr_a"],
        figures=tuple(
            Figure(
                cohort,
                NAMES[name],
                one.auc.value,
                one.auc.interval,
                document.ceilings[cohort].population.get(CEILING_OF.get(name, ""))
                if cohort in document.ceilings
                else None,
                one.published_auc,
            )
            for cohort, found in document.cohorts.items()
            for name in NAMES
            if (one := found.models.get(name)) is not None
        ),
        sizes=", ".join(
            f"{cohort} {found.patients}, of whom {found.with_class} have a class ({found.recurrences} "
            f"recurrences)"
            for cohort, found in document.cohorts.items()
        ),
    )


def _segmentation(document: PnenDocument) -> str:
    dice = document.segmenter_validation_dice
    told = ", ".join(f"{run} {number(value)}" for run, value in dice.items())
    own = document.segmenter
    setting = (
        f" {own.width:g} of the published width, {own.side} × {own.side} pixels, {own.slices_per_case} "
        f"slices of a case, {own.epochs} epochs at most at a learning rate of {own.learning_rate:g}: set on "
        "separate phantoms, not on these."
        if own
        else ""
    )
    return (
        f"U-Net on arterial phantoms, mean Dice on its validation cases at the epoch that these same cases "
        f"chose: {told or 'not recorded'}. The paper prints no Dice.{setting}"
    )


def _these_patients(document: PnenDocument) -> str:
    rows = [
        [cohort, name.removeprefix("attainable_").replace("_", " "), number(value)]
        for cohort, found in document.ceilings.items()
        for name, value in found.these_patients.items()
    ]
    heads = ["cohort", "best attainable on these very phantoms, knowing what is named", "AUC"]
    return f"{table(heads, rows)}\n\nSo few phantoms lie off the population's ceiling by chance alone."


def _risk_groups(document: PnenDocument) -> str:
    rows = [
        [name.replace("_", " "), str(one.high), str(one.low), p_value(one.logrank_p)]
        for name, one in document.risk_groups.items()
        if isinstance(one, _Group)
    ]
    if not rows:
        return "No cut-off was locked, so there are no risk groups."
    return table(["risk groups of DLR-A (phantoms)", "high", "low", "log-rank P"], rows)


def _published_tests(document: PnenDocument) -> str:
    tests = document.published.delong_p
    if not tests:
        return ""
    told = ", ".join(f"{_pair(pair)} {published(value)}" for pair, value in tests.items())
    below = sum(value < 0.05 for value in tests.values())
    return (
        f"The paper's own paired tests in its training cohort (Table S3, patients), P: {told}; "
        f"{counted(below, 'of them is', 'of them are')} below 0.05, so what it reports are directions."
    )


def _pair(pair: str) -> str:
    return " v ".join(NAMES.get(name, name) for name in pair.split(" v "))
