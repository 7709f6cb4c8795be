"""``lagc-response`` on the page: response by three models, overall survival by one."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, FiniteFloat

from models.markdown import table
from models.results.class_document import ClassModel, area_figures
from models.results.figures import Figure, FigureTable, StudyResults
from models.results.home import KeptRun
from models.results.lagc_policies import lagc_policies
from models.results.markdown import number, published
from models.results.paired import ablations, check_figures
from models.results.reading import Document, Interval, read_document

STUDY: Final = "lagc-response"
_FUSION: Final = "dlcs"
NAMES: Final = {_FUSION: "DLCS (fusion)", "dl": "DL signature", "clinical": "clinical signature"}
OS_MODEL: Final = "OS model"
QUESTIONS: Final = (
    ("Fusion against deep learning alone", "dlcs", "dl"),
    ("Fusion against the clinical signature", "dlcs", "clinical"),
    ("Deep learning against the clinical signature", "dl", "clinical"),
)


class _Cohort(Document):
    patients: int
    good_responders: int
    models: dict[str, ClassModel]


class _Part(Document):
    patients: int
    deaths: int | None = None
    c_index: FiniteFloat | None = None
    c_index_ci: Interval = None
    integrated_auc: FiniteFloat | None = None
    published: dict[str, FiniteFloat] = Field(default_factory=dict)
    c_index_is: str = ""


class _Survival(Document):
    parts: dict[str, _Part]
    ceiling: FiniteFloat
    hazard_ratio_per_sd: dict[str, FiniteFloat]
    published_hazard_ratio_per_sd: dict[str, FiniteFloat]


class LagcDocument(Document):
    """What the page shows of ``result.json``."""

    study: Literal["lagc-response"]
    synthetic: Literal[True]
    response: dict[str, _Cohort]
    os: _Survival
    pretraining_patients: int = 0
    minutes: FiniteFloat | None = None


def lagc_results(kept: KeptRun) -> StudyResults:
    """The study's part of the page."""
    document = read_document(LagcDocument, kept.document)
    responses, survival = kept.table("scores.csv"), kept.table("scores_os.csv")
    of_response, of_survival = _responses(document), _survival(document)
    check_figures(of_response.figures, responses, NAMES, STUDY)
    check_figures(of_survival.figures, survival, {"os": OS_MODEL}, STUDY)
    return StudyResults(
        study=STUDY,
        title="Locally advanced gastric cancer: response to neoadjuvant chemotherapy",
        source="Hu et al. 2023",
        tables=(of_response, of_survival),
        ablations=ablations(QUESTIONS, "AUC", of_response.figures, responses, NAMES),
        further=(
            _trunk(document),
            _hazard_ratios(document.os),
            lagc_policies(responses, _FUSION, _cutoffs(document)),
        ),
        minutes=document.minutes,
    )


def _responses(document: LagcDocument) -> FigureTable:
    return FigureTable(
        caption="good response (TRG 0–1), the positive class; training scores are out of fold",
        measure="AUC",
        headline=NAMES["dlcs"],
        outcome="response",
        figures=area_figures({name: one.models for name, one in document.response.items()}, NAMES),
        sizes=", ".join(
            f"{cohort} {found.patients} ({found.good_responders} good responders)"
            for cohort, found in document.response.items()
        ),
    )


def _survival(document: LagcDocument) -> FigureTable:
    return FigureTable(
        caption="overall survival by the Cox model on DL signature and clinical factors",
        measure="C-index",
        headline=OS_MODEL,
        outcome="survival",
        figures=tuple(
            Figure(
                cohort,
                OS_MODEL,
                part.c_index,
                part.c_index_ci,
                document.os.ceiling,
                part.published.get("c_index"),
                note=part.c_index_is,
            )
            for cohort, part in document.os.parts.items()
        ),
        sizes=", ".join(
            f"{cohort} {part.patients}" + ("" if part.deaths is None else f" ({part.deaths} deaths)")
            for cohort, part in document.os.parts.items()
        ),
    )


def _cutoffs(document: LagcDocument) -> dict[str, float]:
    """The fusion's cut-off by cohort, which is the one that training locked."""
    found = {cohort: one.models.get(_FUSION) for cohort, one in document.response.items()}
    return {
        cohort: model.cutoff
        for cohort, model in found.items()
        if model is not None and model.cutoff is not None
    }


def _trunk(document: LagcDocument) -> str:
    if not document.pretraining_patients:
        return ""
    return (
        f"The networks of all folds began with a trunk that {document.pretraining_patients} further phantoms "
        f"had taught, in the place of ImageNet's weights; none of them is in a cohort of the table."
    )


def _hazard_ratios(survival: _Survival) -> str:
    names = dict.fromkeys((*survival.hazard_ratio_per_sd, *survival.published_hazard_ratio_per_sd))
    rows = [
        [
            name,
            number(survival.hazard_ratio_per_sd.get(name)),
            published(survival.published_hazard_ratio_per_sd.get(name)),
        ]
        for name in names
    ]
    heads = ["factor of the Cox model", "hazard ratio per SD (phantoms)", "paper (patients)"]
    return f"{table(heads, rows)}\n\nA dash: the model does not use the factor."
