"""Case and pack in, Assessment out: the way through the house."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inference.assessment import (
    Assessment,
    GuardLine,
    Recommendation,
    RecommendationStatus,
    SoftwareReference,
)
from inference.case_input import CaseInput, StatedFacts, input_references
from inference.cases.identity import SubjectKind
from inference.clinical.entries import clinical_entries, missing_costs
from inference.clinical.schema import load_form
from inference.dicom.pixels.pixel_facts import saturation_finding
from inference.errors import InputError
from inference.findings import Verdict
from inference.guard.facts import gather_facts
from inference.guard.mask_check import check_mask
from inference.guard.scan_check import check_scan
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.masks.layer import MaskLayer
from inference.masks.measures import summarise
from inference.messages.message import Message
from inference.outcome import HeatMap, Outcome
from inference.packs.load import LoadedPack
from inference.prediction import Prediction, PredictionStatus
from inference.predictors.npc_residual import propose_mask, score_treatments, slice_shares
from inference.predictors.predictions import answered, unanswered
from inference.release import refuse_idle_releases, released_by
from inference.rules.engine import ineligible, recommend, withhold
from inference.rules.rule_book import DEFAULT_RULE_SET, RuleBook, rules_of
from inference.runtime import PROVIDER, runtime_version
from inference.version import NAME, VERSION

__all__ = [
    "CaseInput",
    "HeatMap",
    "Outcome",
    "StatedFacts",
    "assess",
    "check_inputs",
    "input_references",
    "require_pathway",
    "segment",
]

NO_TUMOUR = Message("rules.withheld.no_tumour")


def require_pathway(pack: LoadedPack) -> None:
    """Refuse a pack whose study this version can show and verify, and not yet ask.

    Raises
    ------
    InputError
        When the pack's networks answer for no treatment.
    """
    if not pack.manifest.treatments:
        raise InputError("error.study.no_pathway", study=pack.manifest.study, pack=pack.name)


def check_inputs(case: CaseInput, pack: LoadedPack) -> tuple[GuardLine, ...]:
    """What the guard says, without running a network; the mask is checked when there is one."""
    conditions = pack.manifest.inputs
    lines = check_scan(gather_facts(case), case.findings, conditions, case.stated.releases)
    return lines if case.mask is None else (*lines, check_mask(case.mask, conditions))


def segment(
    case: CaseInput,
    pack: LoadedPack,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> MaskLayer:
    """The mask that the pack's segmenter proposes; it is empty where the network finds nothing.

    Raises
    ------
    InputError
        When the pack answers no case yet, or the guard refuses the scan for it.
    Cancelled
        Within half a second of being asked to stop.
    """
    require_pathway(pack)
    for line in check_inputs(replace(case, mask=None), pack):
        if line.verdict is Verdict.REFUSED:
            raise InputError("error.scan.refused", check=line.name, pack=pack.name)
    return propose_mask(case.volume, pack, on_progress=on_progress, should_stop=should_stop)


def assess(
    case: CaseInput,
    pack: LoadedPack,
    *,
    rule_set: str = DEFAULT_RULE_SET,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Outcome:
    """Answer one case, or say why not: guard, segment where there is no mask, score, read the rules, explain.

    The result is the same for the same input, build, provider, threads and CPU class.  A withheld answer
    carries no number of the patient's and no heat map.

    Raises
    ------
    InputError
        For a pack that answers no case yet, an unknown rule set, a record of another study, or a release of
        what may not be released or was not found.
    PackError
        When a network of the pack was altered or does not fit the manifest.
    Cancelled
        Within half a second of being asked to stop.
    """
    require_pathway(pack)
    book = rules_of(pack.manifest)
    book.rule_set(rule_set)
    refuse_idle_releases(case.stated.releases, case.findings)
    answer = _Answer(case, pack, book, rule_set)

    on_progress(Progress(0, 1, "stage.checking"))
    if (barred := answer.barred()) is not None:
        return barred
    stop_if_asked(should_stop)

    if case.mask is None:
        mask = propose_mask(case.volume, pack, on_progress=on_progress, should_stop=should_stop)
        answer = replace(answer, case=replace(case, mask=mask))
        if (barred := answer.barred()) is not None:
            return barred
    mask = answer.mask

    scored = score_treatments(case.volume, mask, pack, on_progress=on_progress, should_stop=should_stop)

    on_progress(Progress(0, 1, "stage.recommending"))
    recommendation = recommend(book, rule_set, scored.scores, case.record)
    if recommendation.status is RecommendationStatus.WITHHELD:
        return answer.withheld(PredictionStatus.WITHHELD, recommendation.reasons)
    released = released_by(case.stated.releases)
    recommendation = replace(recommendation, statements=(*recommendation.statements, *released))

    shares = slice_shares(scored, pack, on_progress=on_progress, should_stop=should_stop)
    predictions = answered(scored.scores, scored.given.slices, shares)
    return Outcome(answer.assessment(predictions, recommendation), mask, scored.heat_maps)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """What every ending of a run has in common."""

    case: CaseInput
    pack: LoadedPack
    book: RuleBook
    rule_set: str

    @property
    def mask(self) -> MaskLayer:
        assert self.case.mask is not None
        return self.case.mask

    def barriers(self) -> tuple[Message, ...]:
        """Every reason that rules out an answer whatever the networks say."""
        is_empty = self.case.mask is not None and not self.case.mask.voxels.any()
        reasons = [
            NO_TUMOUR if is_empty and line.name == "guard.mask" else _outside(line)
            for line in check_inputs(self.case, self.pack)
            if line.verdict is Verdict.REFUSED
        ]
        is_phantom = self.case.stack.identity.subject_kind is SubjectKind.PHANTOM
        if self.pack.manifest.is_demonstration and not is_phantom:
            reasons.append(Message("rules.withheld.demonstration", {"pack": self.pack.name}))
        return (*reasons, *ineligible(self.book, self.case.record))

    def barred(self) -> Outcome | None:
        """The end before any score: not estimable when all that lacks is a tumour, withheld otherwise."""
        reasons = self.barriers()
        if not reasons:
            return None
        status = PredictionStatus.NOT_ESTIMABLE if reasons == (NO_TUMOUR,) else PredictionStatus.WITHHELD
        return self.withheld(status, reasons)

    def withheld(self, status: PredictionStatus, reasons: tuple[Message, ...]) -> Outcome:
        """The end without an answer: no score, no heat map, every reason."""
        predictions = unanswered(self.pack.manifest, status, reasons)
        recommendation = withhold(self.book, self.rule_set, reasons)
        return Outcome(self.assessment(predictions, recommendation), self.case.mask)

    def assessment(self, predictions: tuple[Prediction, ...], recommendation: Recommendation) -> Assessment:
        """Everything that was looked at and concluded."""
        manifest = self.pack.manifest
        form = load_form(manifest.study)
        identity = self.case.stack.identity
        case = self.case
        cut_off = None if case.mask is None else saturation_finding(case.volume, case.mask.voxels)
        notes = [
            finding.message_without_files
            for finding in (*case.findings, *([cut_off] if cut_off else ()))
            if finding.answer is not Verdict.FINE
        ]
        return Assessment(
            study=manifest.study,
            subject=identity.subject_kind.value,
            subject_sha256=identity.key_sha256(),
            inputs=input_references(self.case),
            facts=gather_facts(self.case).as_facts(),
            findings=(*notes, *missing_costs(form, self.case.record)),
            guard=check_inputs(self.case, self.pack),
            clinical=clinical_entries(form, self.case.record),
            mask=None if self.case.mask is None else summarise(self.case.mask),
            predictions=predictions,
            recommendation=recommendation,
            pack=self.pack.reference,
            software=SoftwareReference(NAME, VERSION, runtime_version(), PROVIDER, self.pack.threads),
            limits=manifest.limits,
        )


def _outside(line: GuardLine) -> Message:
    """What a refused line means for the answer; a refusal by intake speaks for itself."""
    if line.name == "guard.intake":
        return line.measured
    return Message("rules.withheld.guard", {"check": line.name})
