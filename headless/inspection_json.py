"""An inspection as JSON, for other programs: ``docs/inspect.md`` describes it.

Codes, values and units are for programs and never translated; ``text``, ``advice`` and ``evidence`` are for
people, in the language that was asked for.  A new version is counted up when a field changes its meaning or
goes away, not when one is added.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from gui.intake.finding_groups import groups_of, short_reason
from headless.inspection import (
    InspectedPatient,
    InspectedSeries,
    InspectedStack,
    InspectedStudy,
    Inspection,
    Pathway,
)
from headless.inspection_words import (
    AVAILABILITY_WORDS,
    FIT_WORDS,
    VERDICT_WORDS,
    encoding_name,
    opinion_value,
    opinions_of,
)
from inference.findings import Finding
from inference.inputs.matching import Candidate
from inference.meaning.opinion import Opinion
from inference.messages.catalogue import Catalogue
from inference.messages.message import Message
from inference.version import NAME, VERSION

SCHEMA_VERSION: Final = 1
_AXES: Final = ("slice", "row", "column")

Json = dict[str, Any]


def inspection_document(inspection: Inspection, catalogue: Catalogue) -> Json:
    """The whole document."""
    plan = inspection.plan
    writer = _Writer(catalogue)
    return {
        "schema_version": SCHEMA_VERSION,
        "software": {"name": NAME, "version": VERSION},
        "language": catalogue.language,
        "source": {"name": inspection.name, "files": len(plan.files)},
        "can_be_viewed": inspection.can_be_viewed,
        "findings": writer.findings(plan.findings),
        "patients": [writer.patient(patient) for patient in inspection.patients],
        "skipped": writer.skipped(plan.skipped),
    }


class _Writer:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def patient(self, patient: InspectedPatient) -> Json:
        identity = patient.identity
        return {
            "name": identity.name,
            "id": identity.key.id if identity.key else "",
            "issuer": identity.key.issuer if identity.key else "",
            "birth_date": identity.birth_date,
            "sex": identity.sex,
            "studies": [self._study(study) for study in patient.studies],
            "pathways": [self._pathway(pathway) for pathway in patient.pathways],
        }

    def _pathway(self, pathway: Pathway) -> Json:
        return {
            "study": pathway.study.study,
            "title": self._catalogue.text(f"pathway.{pathway.study.study}"),
            "availability": AVAILABILITY_WORDS[pathway.availability],
            "inputs": [
                {
                    "id": match.input.id,
                    "title": self._catalogue.text(match.input.title),
                    "required": match.input.required,
                    "availability": AVAILABILITY_WORDS[match.availability],
                    "text": self._catalogue.render(match.message),
                    "candidates": [self._candidate(candidate) for candidate in match.candidates],
                }
                for match in pathway.matches
            ],
        }

    def _candidate(self, candidate: Candidate) -> Json:
        return {
            "stack": candidate.read.stack.stack_id,
            "fit": FIT_WORDS[candidate.fit],
            "releasable": candidate.is_releasable,
            "reasons": [
                {
                    "code": reason.message.id,
                    "fit": FIT_WORDS[reason.fit],
                    "releasable": reason.releasable,
                    "text": self._catalogue.render(reason.message),
                    "advice": self._rendered(reason.advice),
                }
                for reason in candidate.reasons
            ],
        }

    def _study(self, study: InspectedStudy) -> Json:
        return {
            "uid": study.uid,
            "date": study.date,
            "description": study.description,
            "series": [self._series(series) for series in study.series],
        }

    def _series(self, one: InspectedSeries) -> Json:
        return {
            "uid": one.series.series_uid,
            "number": one.number,
            "description": one.series.description,
            "modality": one.series.modality,
            "findings": self.findings(one.series.findings),
            "stacks": [self._stack(stack) for stack in one.stacks],
        }

    def _stack(self, one: InspectedStack) -> Json:
        stack, meaning = one.stack, one.meaning
        geometry, made = stack.geometry, stack.acquisition
        return {
            "id": stack.stack_id,
            "frame_of_reference_uid": stack.frame_of_reference_uid,
            "view": VERDICT_WORDS[one.view],
            "answer": VERDICT_WORDS[one.answer],
            "modality": meaning.modality.value or None,
            "meaning": {name: self._opinion(name, opinion) for name, opinion in opinions_of(meaning)},
            "slices": stack.slice_count,
            "missing_slices": len(stack.frames) - stack.slice_count,
            "rows": stack.rows_columns[0],
            "columns": stack.rows_columns[1],
            "spacing_mm": _by_axis(geometry.spacing_mm),
            "size_mm": _by_axis(
                [count * step for count, step in zip(geometry.shape, geometry.spacing_mm, strict=True)]
            ),
            "slice_thickness_mm": made.slice_thickness_mm,
            "plane": geometry.plane,
            "obliquity_deg": round(geometry.obliquity_deg, 2),
            "orientation": {name: "".join(geometry.end_letters(axis)) for axis, name in enumerate(_AXES)},
            "encoding": {"uid": made.transfer_syntax_uid, "name": encoding_name(one)},
            "scanner": " ".join(part for part in (made.manufacturer, made.model_name) if part),
            "findings": self.findings(one.findings),
        }

    def _opinion(self, name: str, opinion: Opinion) -> Json:
        return {
            "value": opinion.value or None,
            "text": opinion_value(name, opinion, self._catalogue),
            "source": opinion.source.value,
            "evidence": [self._catalogue.render(one.message) for one in opinion.evidence],
        }

    def findings(self, findings: Iterable[Finding]) -> list[Json]:
        return [
            {
                "code": finding.code,
                "view": VERDICT_WORDS[finding.view],
                "answer": VERDICT_WORDS[finding.answer],
                "releasable": finding.releasable,
                "fields": dict(finding.fields),
                "text": self._catalogue.render(finding.message),
                "advice": self._advice(finding),
            }
            for finding in findings
        ]

    def skipped(self, findings: Iterable[Finding]) -> list[Json]:
        return [
            {
                "code": group.code,
                "view": VERDICT_WORDS[group.view],
                "answer": VERDICT_WORDS[group.answer],
                "reason": short_reason(self._catalogue, group),
                "advice": self._advice(group.findings[0]),
                "count": len(group.findings),
                "files": [str(finding.fields["file"]) for finding in group.findings],
            }
            for group in groups_of(findings)
        ]

    def _advice(self, finding: Finding) -> str | None:
        return self._rendered(finding.advice)

    def _rendered(self, message: Message | None) -> str | None:
        if message is None or not self._catalogue.has(message.id):
            return None
        return self._catalogue.render(message)


def _by_axis(values: Iterable[float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(_AXES, values, strict=True)}
