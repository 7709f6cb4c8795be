"""The session: references to the frozen values of the open case, and the verbs that replace them.

Widgets keep no clinical values: they read these properties when a signal says so, and ask for changes by
pushing commands on ``undo_stack``.  Every reader of foreign bytes and every network runs in a job; a result
that belongs to a case no longer open is dropped.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from gui.board import Board
from gui.currency import Currency
from gui.intake.stack_choice import first_to_open, is_viewable, stacks_of
from gui.jobs.case_jobs import CaseJobs
from gui.notice import NoticeKind
from gui.pathway.input_matches import InputMatches
from gui.session_scans import SessionScans
from gui.site_rules import SiteRules
from inference.cases.identity import PatientIdentity
from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import load_form
from inference.clock import Clock, IdSource, SystemClock, SystemIds
from inference.jobs import EndState, JobEnd
from inference.masks.codecs.exporting import MaskFormat, format_of
from inference.messages.message import Message
from inference.rules.rule_book import DEFAULT_RULE_SET
from inference.scan import Plan, Stack
from inference.volume import Volume

if TYPE_CHECKING:
    from gui.jobs.job import BackgroundJob
    from gui.services import IntakeService, PackService
    from inference.outcome import HeatMap, Outcome
    from inference.packs.load import LoadedPack

DEFAULT_STUDY = "npc-residual"


class Session(SessionScans):
    """What is open, what is known about it, and what runs.

    Parameters
    ----------
    intake, packs, clock, ids
        Collaborators; tests pass their own.
    study
        The study whose form, pack and rules are used.
    pack_request
        ``ID[@VERSION]`` of a pack, or None for the one installed for the study.
    """

    def __init__(
        self,
        *,
        intake: IntakeService,
        packs: PackService,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        language: str = "en",
        study: str = DEFAULT_STUDY,
        pack_request: str | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(study, language, parent)
        self.intake = intake
        self.packs = packs
        self.clock: Clock = clock or SystemClock()
        self.ids: IdSource = ids or SystemIds()
        self.pack_request = pack_request
        self.jobs = CaseJobs(self)

        self.plan: Plan | None = None
        self.patient: PatientIdentity | None = None
        self.is_picked = False
        self.identity: PatientIdentity | None = None
        self.case_id: uuid.UUID = self.ids.new_id()
        self.pack: LoadedPack | None = None
        self.pack_problem: Message | None = None
        self.rule_set = DEFAULT_RULE_SET
        self.outcome: Outcome | None = None
        self.outcome_seconds: float | None = None
        self.job: BackgroundJob | None = None
        self.intake_job: BackgroundJob | None = None
        self.last_end: JobEnd[Any] | None = None
        self.saved_report: Path | None = None
        self.thumbnails: dict[str, NDArray[np.int16]] = {}
        self._currency = Currency()
        self._records: dict[str, ClinicalRecord] = {}
        self._served: dict[str, dict[str, str]] = {}
        self.site_rules = SiteRules(self)
        self.inputs = InputMatches(self, self)
        self.board = Board(self)

    @property
    def case_key(self) -> str:
        """Key of the open case; results that carry another are dropped."""
        return str(self.case_id)

    @property
    def heat_maps(self) -> tuple[HeatMap, ...]:
        """Heat maps of the outcome that may be seen, while it is current and its scan is looked at."""
        return self.board.visible_heat_maps if self.is_first_viewed and self.is_current else ()

    @property
    def is_busy(self) -> bool:
        """True while an assessment or segmentation runs."""
        return self.job is not None and self.job.is_running

    @property
    def is_current(self) -> bool:
        """True when the outcome was computed from exactly what is shown now."""
        return self._currency.is_current(
            self.outcome, self.case_input, self.pack, self.rule_set, self.site_rules.site
        )

    def open_path(self, path: Path) -> None:
        """Scan a folder or file; what was open closes when the scan is done."""
        self.jobs.scan(path)

    def choose_patient(self, patient: PatientIdentity) -> None:
        """Go on with one of several patients of the source; what was open of another closes."""
        if self.stack is not None and not self.stack.identity.is_same_person_as(patient):
            self._close_case(keep_record=False)
            self._tell_of_stack()
        self.patient = patient
        self.plan_changed.emit()
        self._choose_first_stack()

    def choose_stack(self, stack_id: str, *, is_picked: bool = True) -> None:
        """Look at one stack; ``is_picked`` says that the user wants this one.

        Another patient's, or another one where the viewed scan is the study's input, is a case of its own.
        """
        if self.plan is None:
            return
        stack = next((stack for stack in self.plan.stacks if stack.stack_id == stack_id), None)
        if stack is None or not is_viewable(stack):
            return
        self.is_picked = is_picked
        if stack is self.stack:
            self.pick_changed.emit()
            return
        same_person = self.stack is not None and stack.identity == self.stack.identity
        is_same_scan = self.stack is not None and stack.stack_id == self.stack.stack_id
        identity = self.identity if same_person else stack.identity
        if same_person and not is_same_scan:
            self.jobs.cancel_reading()
            self._put_aside()
        if not same_person or self.is_input_implied:
            self._begin_case(keep_record=same_person)
        elif is_same_scan:
            self.undo_stack.clear()
        is_read = self._take_up(stack)
        self.identity = identity
        self._tell_of_scan()
        if not is_read:
            self.jobs.load(self.plan, stack)

    def look_at(self, stack_id: str) -> None:
        """Look at a scan of the case that is kept; nothing is read anew."""
        if stack_id in self._aside:
            self.choose_stack(stack_id)

    def use_scan(self, input_id: str, stack_id: str) -> None:
        """Take one of the patient's stacks for an input of the study, and look at it."""
        if not any(stack.stack_id == stack_id for stack in self.stacks_of_patient()):
            return
        if self.stack is None or self.stack.stack_id != stack_id:
            self.choose_stack(stack_id)
        others = {name: served for name, served in self.serving.items() if served != stack_id}
        self.serving = others | {input_id: stack_id}
        self.is_picked = True
        self.pick_changed.emit()
        self.currency_changed.emit()

    def stop_using(self, input_id: str) -> None:
        """Take back which scan serves an input; what was done on it stays with it."""
        self.serving = {name: served for name, served in self.serving.items() if name != input_id}
        self.is_picked = False
        self.pick_changed.emit()
        self.currency_changed.emit()

    def choose_study(self, study: str) -> None:
        """Walk another pathway with the same patient: its form, scans, rules and pack; the answer closes.

        What was typed and named for the former study is there again when it is chosen again.
        """
        if study == self.study:
            return
        empty = load_form(study).empty_record()
        self.jobs.drop_answer()
        self._records[self.study], self._served[self.study] = self.record, self.serving
        self.study, self.pack_request, self.rule_set = study, None, DEFAULT_RULE_SET
        self.record, self.serving = self._records.pop(study, empty), self._served.pop(study, {})
        self.undo_stack.clear()
        self._forget_releases()
        self._close_answer()
        self.pack = self.pack_problem = None
        self.study_changed.emit()
        for signal in (self.record_changed, self.rule_set_changed, self.pack_changed, self.stated_changed):
            signal.emit()
        self._tell_of_answer()
        self.pick_changed.emit()
        self.open_pack()

    def close_case(self) -> None:
        """Close the study; nothing of it stays."""
        self.jobs.cancel_all()
        self.plan = None
        self.patient = None
        self.thumbnails = {}
        self._close_case(keep_record=False)
        self.plan_changed.emit()
        self._tell_of_stack()

    def stacks_of_patient(self) -> tuple[Stack, ...]:
        """The stacks of the chosen patient; of nobody while the choice is open."""
        return stacks_of(self.plan, self.patient)

    def open_pack(self) -> None:
        """Load and verify the pack in the background."""
        self.jobs.pack.start()

    def segment(self) -> None:
        """Let the pack's segmenter propose a mask of the scan that is looked at."""
        case = self.viewed_case
        if case is not None and self.pack is not None and not self.is_busy:
            self.jobs.segment(case, self.pack)

    def run(self) -> None:
        """Assess the open case with the pack and the chosen rule set."""
        case = self.case_input
        if case is not None and self.pack is not None and not self.is_busy and not self.inputs.needs_pick:
            self.jobs.assess(case, self.pack, self.rule_set, self.site_rules.site)

    def cancel(self) -> None:
        """Ask the running assessment or segmentation to stop."""
        if self.job is not None:
            self.job.cancel()

    def import_mask(self, path: Path) -> None:
        """Read a mask file onto the open stack; the mask that was there can be had back by undo."""
        if self.plan is not None and self.stack is not None:
            self.jobs.read_mask(path, self.plan, self.stack)

    def save_report(self, path: Path, language: str | None = None) -> None:
        """Write the report of the current outcome as PDF."""
        self.jobs.papers.save_report(path, language or self.language)

    def save_assessment(self, path: Path) -> None:
        """Write the current outcome as JSON."""
        self.jobs.papers.save_assessment(path)

    def save_mask(self, path: Path, kind: MaskFormat | None = None) -> None:
        """Write the tumour mask; without a format, the one that the file's name says."""
        self.jobs.papers.save_mask(path, kind or format_of(path))

    def shut_down(self, timeout_s: float = 5.0) -> None:
        """Cancel and join every job, then end the intake worker; no command outlives the window."""
        self.undo_stack.clear()
        self.jobs.shut_down(timeout_s)
        self.intake.close()

    # Replacing values: called by commands and by ends of jobs

    def set_identity(self, identity: PatientIdentity) -> None:
        """Replace who the case is about, where the file does not say."""
        self.identity = identity
        self.identity_changed.emit()

    def set_rule_set(self, name: str) -> None:
        """Choose the rule set that the next run uses."""
        if name != self.rule_set:
            self.rule_set = name
            self.rule_set_changed.emit()
            self.currency_changed.emit()

    # Ends of jobs: called in the window's thread by CaseJobs, for the open case only

    def accept_plan(self, plan: Plan) -> None:
        """Show what a scan found; several patients are a stop until one is chosen."""
        self._close_case(keep_record=False)
        self.plan = plan
        self.thumbnails = {}
        patients = plan.patients
        self.patient = patients[0] if len(patients) == 1 else None
        self.plan_changed.emit()
        self._tell_of_stack()
        if len(patients) > 1:
            self.patient_choice_needed.emit()
        else:
            # In a turn of its own: a source of thousands must not keep the window waiting.
            QTimer.singleShot(0, self, self._choose_first_stack)

    def accept_thumbnail(self, stack_id: str, pixels: NDArray[np.int16]) -> None:
        """The middle slice of a stack, coarsened, for the list of series."""
        self.thumbnails[stack_id] = pixels
        self.thumbnail_ready.emit(stack_id)

    def replace_scan(self, stack: Stack, volume: Volume) -> None:
        """Go on with another form of the viewed scan; its mask and the result stood on the former grid."""
        self.jobs.cancel_case()
        self.case_id = self.ids.new_id()
        self.undo_stack.clear()
        self._close_answer()
        self._take_up(stack)
        self._tell_of_scan()
        self._tell_of_answer()
        self.accept_volume(volume)

    def accept_outcome(self, outcome: Outcome, seconds: float, *, has_drawn: bool = True) -> None:
        """An assessment has ended; the mask that it has drawn becomes the case's when there is none."""
        self.outcome = outcome
        self.outcome_seconds = seconds
        self.saved_report = None
        first = self.scan_of(self.named_inputs[0].id)
        if has_drawn and first is not None and first.mask is None and outcome.mask is not None:
            self.set_mask(outcome.mask, first.stack.stack_id)
        self.outcome_changed.emit()
        self.heat_map_changed.emit()
        self.currency_changed.emit()

    def accept_pack(self, pack: LoadedPack | None, problem: Message | None) -> None:
        """The pack has been verified, or has a problem."""
        self.pack = pack
        self.pack_problem = problem
        self.pack_changed.emit()
        self.currency_changed.emit()

    def accept_job_end(self, end: JobEnd[Any]) -> None:
        """Keep how the last assessment or segmentation ended, for the run bar."""
        self.last_end = end
        self.job_changed.emit()
        if end.state in (EndState.REFUSED, EndState.FAILED) and end.message is not None:
            kind = NoticeKind.REFUSED if end.state is EndState.REFUSED else NoticeKind.FAILED
            self.raise_notice(kind, end.message)

    def _close_case(self, *, keep_record: bool) -> None:
        self._forget_scans()
        self.identity = None
        self._begin_case(keep_record=keep_record)
        for signal in (self.volume_changed, self.mask_changed, self.stated_changed):
            signal.emit()

    def _begin_case(self, *, keep_record: bool) -> None:
        """Nothing has been asked about the case yet; without ``keep_record`` it is somebody else's."""
        self.jobs.cancel_case()
        self.case_id = self.ids.new_id()
        self.undo_stack.clear()
        self._close_answer()
        if not keep_record:
            self._forget_scans()
            self._records, self._served = {}, {}
            self.record = load_form(self.study).empty_record()
            self.record_changed.emit()
        self._tell_of_answer()

    def _close_answer(self) -> None:
        self.outcome = self.outcome_seconds = self.saved_report = None
        self.last_end = None
        self._currency.forget()

    def _tell_of_answer(self) -> None:
        for signal in (
            self.outcome_changed,
            self.heat_map_changed,
            self.currency_changed,
            self.job_changed,
        ):
            signal.emit()

    def _choose_first_stack(self) -> None:
        best = first_to_open(self.stacks_of_patient())
        if best is not None:
            self.choose_stack(best.stack_id, is_picked=False)
        else:
            self.raise_notice(NoticeKind.REFUSED, Message("gui.notice.nothing_usable"))

    def _tell_of_stack(self) -> None:
        self.stack_changed.emit()
        self.identity_changed.emit()

    def _tell_of_scan(self) -> None:
        self._tell_of_stack()
        for signal in (self.volume_changed, self.mask_changed, self.stated_changed, self.heat_map_changed):
            signal.emit()
        self.currency_changed.emit()
