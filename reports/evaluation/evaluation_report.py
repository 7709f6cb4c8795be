"""``evaluation.pdf``: the evaluation as pages in the manner of a journal's supplement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inference.evaluation.evaluation import CohortEvaluation, Evaluation
from inference.messages.catalogue import Catalogue, load_catalogue
from reports.evaluation.calibration import class_calibration_section, survival_calibration_section
from reports.evaluation.comparisons import comparisons_section
from reports.evaluation.discrimination import discrimination_section
from reports.evaluation.evaluation_file import evaluation_document
from reports.evaluation.flow import flow_section
from reports.evaluation.limits import definitions_section, limits_section
from reports.evaluation.overview import cautions_section, overview_section
from reports.evaluation.survival import order_section, risk_groups_section
from reports.evaluation.table_one import table_one_sections
from reports.evaluation.threshold import rates_section, scores_section, thresholds_section
from reports.evaluation.utility import utility_section
from reports.evaluation.words import banner_text, cohort_name
from reports.json_document import content_sha256
from reports.paper.blocks import Block, Gap, TextBlock
from reports.paper.flow import Page, Section, paginate
from reports.paper.frame import PageFrame
from reports.paper.printing import Imprint, print_pages
from reports.paper.sheet import HEADLINE_SMALL, TEXT_WIDTH, TITLE
from reports.paper.study_frame import study_frame
from reports.wording import short_hash


@dataclass(frozen=True, slots=True)
class EvaluationContent:
    """What the pages print; ``created_at`` carries a time zone."""

    evaluation: Evaluation
    language: str
    created_at: datetime

    def __post_init__(self) -> None:
        if self.created_at.tzinfo is None:
            raise ValueError("the moment of a report needs a time zone")


def build_evaluation_report(content: EvaluationContent) -> bytes:
    """The pages as PDF; the same bytes for the same content."""
    catalogue = load_catalogue(content.language)
    frame = _frame(content, catalogue)
    imprint = Imprint(
        title=f"{frame.kind} · {short_hash(content.evaluation.predictions.sha256)}",
        subject=frame.kind,
        language=content.language,
    )
    return print_pages(_pages(content.evaluation, frame, catalogue), frame, imprint)


def _frame(content: EvaluationContent, catalogue: Catalogue) -> PageFrame:
    evaluation = content.evaluation
    predictions = evaluation.predictions
    return study_frame(
        kind=catalogue.text("evaluate.kind"),
        facts=(
            (catalogue.text("evaluate.fact.outcome"), catalogue.text(f"evaluate.outcome.{evaluation.kind}")),
            (catalogue.text("evaluate.fact.patients"), str(len(predictions.patients))),
            (catalogue.text("evaluate.fact.cohorts"), str(len(evaluation.cohorts))),
            (catalogue.text("evaluate.fact.models"), str(len(predictions.models))),
            (catalogue.text("evaluate.fact.input"), short_hash(predictions.sha256)),
        ),
        shares=(42, 16, 14, 14, 22),
        banner=banner_text(evaluation, catalogue),
        content_sha256=content_sha256(evaluation_document(evaluation)),
        created_at=content.created_at,
        catalogue=catalogue,
    )


def _pages(evaluation: Evaluation, frame: PageFrame, catalogue: Catalogue) -> list[Page]:
    """The summary, then every cohort from a page of its own, then what is said of all of them."""
    parts: list[list[Section | Block]] = [
        [
            Gap(7),
            TextBlock(catalogue.text("evaluate.title"), TITLE),
            overview_section(evaluation, catalogue),
            cautions_section(evaluation, catalogue),
            flow_section(evaluation, catalogue),
            thresholds_section(evaluation, catalogue),
            *table_one_sections(evaluation, catalogue),
        ],
        *(_cohort(evaluation, cohort, catalogue) for cohort in evaluation.cohorts),
        [
            part
            for part in (
                comparisons_section(evaluation, catalogue),
                definitions_section(evaluation, catalogue),
                limits_section(evaluation, catalogue),
            )
            if part is not None
        ],
    ]
    continued = catalogue.template("report.continued")
    return [page for group in parts for page in paginate(group, TEXT_WIDTH, frame.body_height, continued)]


def _cohort(evaluation: Evaluation, cohort: CohortEvaluation, catalogue: Catalogue) -> list[Section | Block]:
    scores = scores_section(evaluation, cohort, catalogue)
    sections: tuple[Section | None, ...]
    if evaluation.kind == "binary":
        sections = (
            discrimination_section(cohort, catalogue),
            scores,
            rates_section(cohort, catalogue),
            class_calibration_section(cohort, catalogue),
            utility_section(evaluation, cohort, catalogue),
        )
    else:
        sections = (
            order_section(evaluation, cohort, catalogue),
            scores,
            risk_groups_section(evaluation, cohort, catalogue),
            survival_calibration_section(evaluation, cohort, catalogue),
            utility_section(evaluation, cohort, catalogue),
        )
    title = catalogue.text("evaluate.cohort.title", cohort=cohort_name(cohort.name, catalogue))
    return [
        TextBlock(title, HEADLINE_SMALL),
        *(section for section in sections if section is not None),
    ]
