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
from PySide6.QtGui import QUndoStack

from gui.board import Board
from gui.currency import Currency
from gui.intake.stack_choice import first_to_open, is_viewable, same_patient, stacks_of
from gui.jobs.case_jobs import CaseJobs
from gui.notice import Notice, NoticeKind
from gui.pathway.input_matches import InputMatches
from gui.session_signals import SessionSignals
from gui.viewer.slice_source import SliceSource
from inference.case_input import CaseInput, StatedFacts
from inference.cases.identity import PatientIdentity
from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import load_form
from inference.clock import Clock, IdSource, SystemClock, SystemIds
from inference.jobs import EndState, JobEnd
from inference.masks.codecs.exporting import MaskFormat, format_of
from inference.masks.layer import MaskLayer
from inference.messages.catalogue import Catalogue, load_catalogue
from inference.messages.message import FieldValue, Message
from inference.scan import Plan, Stack
from inference.volume import Volume

if TYPE_CHECKING:
    from gui.jobs.job import BackgroundJob
    from gui.services import IntakeService, PackService
    from inference.meaning.understanding import Meaning
    from inference.outcome import HeatMap, Outcome
    from inference.packs.load import LoadedPack

DEFAULT_STUDY = "npc-residual"
DEFAULT_RULE_SET = "cautious"


class Session(SessionSignals):
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
        super().__init__(parent)
        self.intake = intake
        self.packs = packs
        self.clock: Clock = clock or SystemClock()
        self.ids: IdSource = ids or SystemIds()
        self.study = study
        self.pack_request = pack_request
        self.undo_stack = QUndoStack(self)
        self.catalogue: Catalogue = load_catalogue(language)
        self.jobs = CaseJobs(self)

        self.plan: Plan | None = None
        self.patient: PatientIdentity | None = None
        self.stack: Stack | None = None
        self.is_picked = False
        self.volume: Volume | None = None
        self.slice_source: SliceSource | None = None
        self.identity: PatientIdentity | None = None
        self.case_id: uuid.UUID = self.ids.new_id()
        self.mask: MaskLayer | None = None
        self.record: ClinicalRecord = load_form(study).empty_record()
        self.pack: LoadedPack | None = None
        self.pack_problem: Message | None = None
        self.rule_set = DEFAULT_RULE_SET
        self.outcome: Outcome | None = None
        self.outcome_seconds: float | None = None
        self.job: BackgroundJob | None = None
        self.intake_job: BackgroundJob | None = None
        self.last_end: JobEnd[Any] | None = None
        self.saved_report: Path | None = None
        self.stated = StatedFacts()
        self.thumbnails: dict[str, NDArray[np.int16]] = {}
        self._currency = Currency()
        self.inputs = InputMatches(self, self)
        self.board = Board(self)

    @property
    def case_key(self) -> str:
        """Key of the open case; results that carry another are dropped."""
        return str(self.case_id)

    @property
    def heat_maps(self) -> tuple[HeatMap, ...]:
        """Heat maps of the outcome while it is current and may be seen."""
        return self.board.visible_heat_maps if self.is_current else ()

    @property
    def is_busy(self) -> bool:
        """True while an assessment or segmentation runs."""
        return self.job is not None and self.job.is_running

    @property
    def language(self) -> str:
        """Code of the language that is shown."""
        return self.catalogue.language

    @property
    def case_input(self) -> CaseInput | None:
        """The open case as the pipeline takes it, or None while the volume is not complete."""
        if self.stack is None or self.volume is None:
            return None
        return CaseInput(self.stack, self.volume, self.record, self.mask, self.stated)

    @property
    def meaning(self) -> Meaning | None:
        """What the open stack shows by its tags and pixels, or None while it is not complete."""
        if self.stack is None or self.volume is None:
            return None
        from inference.meaning.known_meanings import meaning_of

        return meaning_of(self.stack, self.volume, modality=self.stated.modality)

    @property
    def is_current(self) -> bool:
        """True when the outcome was computed from exactly what is shown now."""
        return self._currency.is_current(self.outcome, self.case_input, self.pack, self.rule_set)

    def tr(self, message_id: str, **fields: FieldValue) -> str:  # type: ignore[override]
        """The text of a message id in the present language."""
        return self.catalogue.text(message_id, **fields)

    def render(self, message: Message) -> str:
        """The text of a message in the present language."""
        return self.catalogue.render(message)

    def raise_notice(self, kind: NoticeKind, message: Message, advice: Message | None = None) -> None:
        """Show one sentence inline."""
        self.notice_raised.emit(Notice(kind, message, advice))

    def open_path(self, path: Path) -> None:
        """Scan a folder or file; what was open closes when the scan is done."""
        self.jobs.scan(path)

    def choose_patient(self, patient: PatientIdentity) -> None:
        """Go on with one of several patients of the source; what was open of another closes."""
        if self.stack is not None and not same_patient(self.stack.identity, patient):
            self._close_case(keep_record=False)
            self._tell_of_stack()
        self.patient = patient
        self.plan_changed.emit()
        self._choose_first_stack()

    def choose_stack(self, stack_id: str, *, is_picked: bool = True) -> None:
        """Open one stack as a new case and load it; ``is_picked`` says that the user wants this one."""
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
        self._close_case(keep_record=same_person)
        self.stack = stack
        self.identity = stack.identity
        self.slice_source = SliceSource.loading(stack)
        self._tell_of_stack()
        self.jobs.load(self.plan, stack)

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
        self.jobs.open_pack()

    def segment(self) -> None:
        """Let the pack's segmenter propose a mask."""
        case = self.case_input
        if case is not None and self.pack is not None and not self.is_busy:
            self.jobs.segment(case, self.pack)

    def run(self) -> None:
        """Assess the open case with the pack and the chosen rule set."""
        case = self.case_input
        if case is not None and self.pack is not None and not self.is_busy and not self.inputs.needs_pick:
            self.jobs.assess(case, self.pack, self.rule_set)

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
        self.jobs.save_report(path, language or self.language)

    def save_assessment(self, path: Path) -> None:
        """Write the current outcome as JSON."""
        self.jobs.save_assessment(path)

    def save_mask(self, path: Path, kind: MaskFormat | None = None) -> None:
        """Write the tumour mask; without a format, the one that the file's name says."""
        self.jobs.save_mask(path, kind or format_of(path))

    def shut_down(self, timeout_s: float = 5.0) -> None:
        """Cancel and join every job, then end the intake worker."""
        self.jobs.shut_down(timeout_s)
        self.intake.close()

    # Replacing values: called by commands and by ends of jobs

    def set_record(self, record: ClinicalRecord) -> None:
        """Replace the clinical record."""
        self.record = record
        self.record_changed.emit()
        self.currency_changed.emit()

    def set_stated(self, stated: StatedFacts) -> None:
        """Replace what the user states where the file is silent."""
        self.stated = stated
        self.stated_changed.emit()
        self.currency_changed.emit()

    def set_mask(self, layer: MaskLayer | None) -> None:
        """Replace the tumour mask."""
        self.mask = layer
        self.mask_changed.emit()
        self.heat_map_changed.emit()
        self.currency_changed.emit()

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

    def set_language(self, code: str) -> None:
        """Show everything in another language, at once."""
        if code != self.language:
            self.catalogue = load_catalogue(code)
            self.language_changed.emit()

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

    def accept_early_slice(self, stack_id: str, index: int, pixels: NDArray[np.int16]) -> None:
        """A slice that came before the rest of its stack."""
        if self.stack is not None and self.stack.stack_id == stack_id and self.slice_source is not None:
            self.slice_source.put(index, pixels)
            self.slice_ready.emit(index)

    def accept_thumbnail(self, stack_id: str, pixels: NDArray[np.int16]) -> None:
        """The middle slice of a stack, coarsened, for the list of series."""
        self.thumbnails[stack_id] = pixels
        self.thumbnail_ready.emit(stack_id)

    def accept_volume(self, volume: Volume) -> None:
        """The stack has been read whole."""
        self.volume = volume
        if self.slice_source is not None:
            self.slice_source.complete(volume)
        self.volume_changed.emit()
        self.currency_changed.emit()

    def replace_scan(self, stack: Stack, volume: Volume) -> None:
        """Go on with another form of the open scan; mask and result stood on the former grid and go."""
        identity = self.identity
        self._close_case(keep_record=True)
        self.stack, self.identity = stack, identity
        self.slice_source = SliceSource.loading(stack)
        self._tell_of_stack()
        self.accept_volume(volume)

    def accept_outcome(self, outcome: Outcome, seconds: float) -> None:
        """An assessment has ended; its mask becomes the case's when there was none."""
        self.outcome = outcome
        self.outcome_seconds = seconds
        self.saved_report = None
        if self.mask is None and outcome.mask is not None:
            self.set_mask(outcome.mask)
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
        self.jobs.cancel_case()
        self.case_id = self.ids.new_id()
        self.undo_stack.clear()
        self.stack = self.volume = self.slice_source = self.identity = None
        self.mask = self.outcome = self.outcome_seconds = self.saved_report = None
        self.last_end = None
        self.stated = StatedFacts()
        self._currency.forget()
        if not keep_record:
            self.record = load_form(self.study).empty_record()
            self.record_changed.emit()
        for signal in (
            self.volume_changed,
            self.mask_changed,
            self.stated_changed,
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
