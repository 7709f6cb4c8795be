"""The report for the board: what was shown on screen, on one to five pages of white A4 as PDF."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from inference.assessment import Assessment
from inference.case_input import ScanInput
from inference.cases.identity import PatientIdentity
from inference.decisions.board_decision import BoardDecision
from inference.errors import InputError
from inference.evidence.for_patient import PublishedEvidence
from inference.masks.layer import MaskLayer
from inference.messages.catalogue import Catalogue, load_catalogue
from inference.outcome import HeatMap
from inference.predictors.explanation import StudyExplanation
from inference.scan import Acquisition
from inference.storage import write_atomically
from inference.volume import Volume
from reports.paper.blocks import Block, Gap, TextBlock
from reports.paper.flow import Section, SideBySide, paginate
from reports.paper.patient_frame import patient_frame
from reports.paper.printing import Imprint, print_pages
from reports.paper.sheet import TEXT_WIDTH, TITLE
from reports.sections.clinical_values import clinical_section
from reports.sections.comparison import comparison
from reports.sections.evidence import evidence_section
from reports.sections.guard_lines import guard_sections
from reports.sections.limits import findings_section, limits_section
from reports.sections.pack_card import pack_section
from reports.sections.pictures import PictureSource, further_pictures, pictures_section
from reports.sections.recommendation import recommendation_section
from reports.sections.scan_facts import scan_section
from reports.sections.shares import shares_section
from reports.sections.signature import signature_section
from reports.sections.study_answer import explanation_sections, study_section
from reports.sections.variations import variations_section


@dataclass(frozen=True, slots=True, eq=False)
class ReportContent:
    """Everything that a report prints; conclusions come from the Assessment alone.

    ``created_at`` carries a time zone.  ``file_identity`` is what the scan says of the person: what
    ``identity`` holds beyond it is printed as entered by the user.  None means that all is from the scan.
    ``evidence`` is what the study's paper counted in patients who share a factor with this one,
    ``explanation`` what a study's pack tells of its answer, ``decision`` what the board decided on it;
    ``further`` are the scans beside the first, by the study's name for them.
    """

    assessment: Assessment
    identity: PatientIdentity
    case_id: uuid.UUID
    volume: Volume
    mask: MaskLayer | None
    heat_maps: tuple[HeatMap, ...]
    language: str
    created_at: datetime
    scan: Acquisition = field(default_factory=Acquisition)
    file_identity: PatientIdentity | None = None
    evidence: PublishedEvidence | None = None
    explanation: StudyExplanation | None = None
    decision: BoardDecision | None = None
    further: Mapping[str, ScanInput] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.created_at.tzinfo is None:
            raise ValueError("the moment of a report needs a time zone")


def build_report(content: ReportContent) -> bytes:
    """The report as PDF; the same bytes for the same content.

    Raises
    ------
    InputError
        When the patient has fewer than two identifiers: an identifier, and a name or birth date.
    """
    if not content.identity.is_known:
        raise InputError("report.identity_unknown")
    catalogue = load_catalogue(content.language)
    frame = patient_frame(
        content.assessment,
        content.identity,
        content.file_identity or content.identity,
        content.case_id,
        content.created_at,
        catalogue,
    )
    continued = catalogue.template("report.continued")
    pages = paginate(_parts(content, catalogue), TEXT_WIDTH, frame.body_height, continued)
    software = content.assessment.software
    imprint = Imprint(
        title=f"{content.assessment.study} · {content.case_id}",
        subject=catalogue.text("report.kind"),
        language=content.language,
        software=software.name,
        version=software.version,
    )
    return print_pages(pages, frame, imprint)


def write_report(content: ReportContent, path: Path) -> None:
    """Write the report whole or not at all.

    Raises
    ------
    InputError
        As :func:`build_report`.
    StorageError
        When the place cannot be written.
    """
    write_atomically(path, build_report(content))


def _parts(content: ReportContent, catalogue: Catalogue) -> list[Section | SideBySide | Block]:
    """The sections in the order in which a board asks: what, why, on what grounds, within which limits."""
    assessment = content.assessment
    source = PictureSource(content.volume, content.mask, content.heat_maps, content.scan)
    of_treatments = any(prediction.treatment for prediction in assessment.predictions)
    shown = comparison(assessment, catalogue) if of_treatments else study_section(assessment, catalogue)
    inputs = _inputs(assessment, catalogue)
    has_values = any(entry.value for entry in assessment.clinical)
    pictures_first = len(content.further) > 1 or (assessment.is_answered and not has_values)
    answer = [shown, recommendation_section(assessment, catalogue)]
    if not assessment.is_answered:
        answer.reverse()
    parts: list[Section | SideBySide | Block | None] = [
        Gap(7),
        TextBlock(catalogue.text(f"report.study.{assessment.study}"), TITLE),
        *answer,
        *explanation_sections(assessment, content.explanation, catalogue),
        None if content.evidence is None else evidence_section(assessment.study, content.evidence, catalogue),
        *(() if pictures_first else inputs[:1]),
        pictures_section(assessment, source, catalogue),
        *further_pictures(assessment, content.further, catalogue),
        *(inputs if pictures_first else inputs[1:]),
        shares_section(assessment, catalogue),
        variations_section(assessment, catalogue),
        None if _of_several_scans(assessment) else limits_section(assessment, catalogue),
        scan_section(assessment, content.scan, catalogue),
        pack_section(assessment, catalogue),
        signature_section(catalogue, content.decision),
    ]
    return [part for part in parts if part is not None]


def _inputs(assessment: Assessment, catalogue: Catalogue) -> list[Section | SideBySide]:
    """Clinical values beside checks; those of several scans share their columns with the limits."""
    values, limits = clinical_section(assessment, catalogue), limits_section(assessment, catalogue)
    noticed = [one for one in [findings_section(assessment, catalogue)] if one is not None]
    first, *others = guard_sections(assessment, catalogue)
    if not others:
        return [SideBySide([values, *noticed], [first], share=0.4)]
    if len(others) == 1:
        return [SideBySide([values], [*noticed, limits]), SideBySide([first], others)]
    right = [first, *noticed, limits]
    pairs = [others[place : place + 2] for place in range(0, len(others), 2)]
    return [SideBySide([values], right, share=0.48), *(SideBySide(pair[:1], pair[1:]) for pair in pairs)]


def _of_several_scans(assessment: Assessment) -> bool:
    return len({line.scan for line in assessment.guard}) > 1
