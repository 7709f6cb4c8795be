"""How a run ends: answered, withheld or not estimable, with everything that was looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from inference.assessment import Assessment, GuardLine, Recommendation, SoftwareReference
from inference.case_input import CaseInput, input_references
from inference.cases.identity import SubjectKind
from inference.clinical.derivation import open_derivations
from inference.clinical.eligibility.evaluation import Eligibility, eligibility_of
from inference.clinical.entries import clinical_entries
from inference.clinical.measured import confirmations
from inference.clinical.missing_costs import costs_of_missing
from inference.clinical.schema import load_form
from inference.clinical.taken_over import finding_of, releases_of
from inference.dicom.pixels.pixel_facts import saturation_finding
from inference.findings import Finding, Verdict
from inference.guard.checks import check_inputs, check_masks
from inference.guard.clinical_range import check_clinical_range
from inference.guard.facts import gather_facts
from inference.inputs.scan_dates import date_of
from inference.inputs.taken_together import taken_together
from inference.masks.measures import summarise
from inference.messages.message import Message
from inference.outcome import Outcome
from inference.packs.load import LoadedPack
from inference.pathways.needs import needs_of
from inference.prediction import Prediction, PredictionStatus
from inference.predictors.predictions import unanswered
from inference.rules.engine import ineligible, withhold
from inference.rules.rule_book import RuleBook
from inference.runtime import PROVIDER, runtime_version
from inference.version import NAME, VERSION

NO_TUMOUR: Final = Message("rules.withheld.no_tumour")


@dataclass(frozen=True, eq=False)
class Answer:
    """What every ending of a run has in common; ``later`` are lines of the guard that networks gave."""

    case: CaseInput
    pack: LoadedPack
    book: RuleBook
    rule_set: str
    later: tuple[GuardLine, ...] = ()

    @cached_property
    def checked(self) -> tuple[GuardLine, ...]:
        """What the guard says of scans, masks and clinical numbers before any network is asked."""
        return (
            *check_inputs(self.case, self.pack),
            *check_masks(self.case, self.pack),
            *check_clinical_range(self.case.record, self.pack),
        )

    @property
    def guard(self) -> tuple[GuardLine, ...]:
        """Every line of the guard."""
        return (*self.checked, *self.later)

    def with_later(self, lines: tuple[GuardLine, ...]) -> Answer:
        """The same with the lines that networks gave; scans and masks are not looked at again."""
        after = replace(self, later=lines)
        after.__dict__["checked"] = self.checked
        return after

    @cached_property
    def eligibility(self) -> Eligibility:
        """Whether the patient is like those whom the study was made from."""
        return eligibility_of(self.case.record, date_of(self.case.stack))

    @property
    def _demonstrates_on_a_patient(self) -> bool:
        is_phantom = self.case.stack.identity.subject_kind is SubjectKind.PHANTOM
        return self.pack.manifest.is_demonstration and not is_phantom

    def barriers(self) -> tuple[Message, ...]:
        """Every reason that rules out an answer whatever the networks say."""
        is_empty = self.case.mask is not None and not self.case.mask.voxels.any()
        reasons = [
            NO_TUMOUR if is_empty and line.name == "guard.mask" and not line.scan else _outside(line)
            for line in self.guard
            if line.verdict is Verdict.REFUSED
        ]
        if self._demonstrates_on_a_patient:
            reasons.append(Message("rules.withheld.demonstration", {"pack": self.pack.name}))
        unlike = self.eligibility.barriers(self.case.stated.releases)
        return (*reasons, *unlike, *ineligible(self.book, self.case.record))

    def _unlike_released(self) -> tuple[Message, ...]:
        """How the patient differs from those studied, where a named user released it."""
        barriers = self.eligibility.barriers(self.case.stated.releases)
        return tuple(one.message for one in self.eligibility.findings if one.message not in barriers)

    def barred(self) -> Outcome | None:
        """The end before any score: not estimable when all that lacks is a tumour, withheld otherwise."""
        reasons = self.barriers()
        if not reasons:
            return None
        status = PredictionStatus.NOT_ESTIMABLE if reasons == (NO_TUMOUR,) else PredictionStatus.WITHHELD
        return self.withheld(status, reasons)

    def withheld(self, status: PredictionStatus, reasons: tuple[Message, ...]) -> Outcome:
        """The end without an answer: no score, no heat map, every reason.

        A demonstration on a patient names no treatment, not even in the table of the rules.
        """
        predictions = unanswered(self.pack.manifest, status, reasons)
        recommendation = withhold(self.book, self.rule_set, reasons)
        if self._demonstrates_on_a_patient:
            recommendation = replace(recommendation, table=())
        return Outcome(self.assessment(predictions, recommendation), self.case.mask)

    def assessment(self, predictions: tuple[Prediction, ...], recommendation: Recommendation) -> Assessment:
        """Everything that was looked at and concluded."""
        manifest = self.pack.manifest
        form = load_form(manifest.study)
        record = self.case.record
        costs = (cost.message for cost in costs_of_missing(form, record, needs_of(manifest)))
        masks = [scan.mask for _, scan in self.case.by_scan() if scan.mask is not None]
        of_values = (*confirmations(record, masks), *open_derivations(form, record), *costs)
        taken_over = (finding_of(record, release).message for release in releases_of(record))
        identity = self.case.stack.identity
        case = self.case
        notes = [
            finding.message_without_files
            for found in (*(_findings(scan) for _, scan in case.by_scan()), taken_together(case))
            for finding in found
            if finding.answer is not Verdict.FINE
        ]
        return Assessment(
            study=manifest.study,
            subject=identity.subject_kind.value,
            subject_sha256=identity.key_sha256(),
            inputs=input_references(self.case),
            facts=tuple(
                replace(fact, scan=name)
                for name, scan in case.by_scan()
                for fact in gather_facts(scan).as_facts()
            ),
            findings=(*_each_once(notes), *self._unlike_released(), *taken_over, *of_values),
            guard=self.guard,
            clinical=clinical_entries(form, self.case.record),
            mask=None if self.case.mask is None else summarise(self.case.mask),
            predictions=predictions,
            recommendation=recommendation,
            pack=self.pack.reference,
            software=SoftwareReference(NAME, VERSION, runtime_version(), PROVIDER, self.pack.threads),
            limits=manifest.limits,
            translated_limits={texts.language: texts.limits for texts in manifest.translations},
            further_masks=tuple(
                replace(summary, scan=name)
                for name, scan in case.by_scan()
                if name and scan.mask is not None and (summary := summarise(scan.mask)) is not None
            ),
        )


def _each_once(notes: list[Message]) -> list[Message]:
    """Scans of one examination say the same of themselves."""
    return [note for place, note in enumerate(notes) if note not in notes[:place]]


def _findings(scan: CaseInput) -> tuple[Finding, ...]:
    cut_off = None if scan.mask is None else saturation_finding(scan.volume, scan.mask.voxels)
    return (*scan.findings, cut_off) if cut_off is not None else scan.findings


def _outside(line: GuardLine) -> Message:
    """What a refused line means for the answer; a refusal by intake speaks for itself."""
    if line.name == "guard.intake":
        return line.measured
    return Message("rules.withheld.guard", {"check": line.name})
