"""The scans of a session: the one that is looked at, those kept beside it, and which input each serves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack

from gui.session_texts import SessionTexts
from gui.viewer.slice_source import SliceSource
from inference.case_input import CaseInput, ScanInput, StatedFacts
from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import load_form
from inference.inputs.idle_releases import without_idle_releases
from inference.inputs.study_inputs import NamedInput, load_study_inputs
from inference.masks.layer import MaskLayer
from inference.scan import Stack
from inference.volume import Volume

if TYPE_CHECKING:
    from inference.meaning.understanding import Meaning


@dataclass(frozen=True, slots=True, eq=False)
class OpenScan:
    """One scan with what belongs to it alone; ``volume`` is None while it has not been read whole."""

    stack: Stack
    source: SliceSource | None = None
    volume: Volume | None = None
    mask: MaskLayer | None = None
    stated: StatedFacts = field(default_factory=StatedFacts)


class SessionScans(SessionTexts):
    """``stack``, ``volume``, ``mask`` and ``stated`` are those of the scan that is looked at.

    The others of the same patient are kept with theirs where they serve an input, or hold the user's work.
    ``serving`` is which scan the user named for an input, by the input's id; where a study reads one scan
    and none was named, the one that is looked at serves.
    """

    def __init__(self, study: str, language: str, parent: QObject | None = None) -> None:
        super().__init__(language, parent)
        self.study = study
        self.undo_stack = QUndoStack(self)
        self.stack: Stack | None = None
        self.volume: Volume | None = None
        self.slice_source: SliceSource | None = None
        self.mask: MaskLayer | None = None
        self.stated = StatedFacts()
        self.record: ClinicalRecord = load_form(study).empty_record()
        self.serving: dict[str, str] = {}
        self._aside: dict[str, OpenScan] = {}

    # What serves what

    @property
    def named_inputs(self) -> tuple[NamedInput, ...]:
        """The scans that the study names, the first of them first."""
        return load_study_inputs(self.study).inputs

    @property
    def is_input_implied(self) -> bool:
        """True while the study reads one scan, and the user has named none: the viewed one serves."""
        return len(self.named_inputs) == 1 and not self.serving

    def scan(self, stack_id: str) -> OpenScan | None:
        """A scan of the case by its id, looked at or kept aside."""
        if self.stack is not None and self.is_viewed(stack_id):
            return OpenScan(self.stack, self.slice_source, self.volume, self.mask, self.stated)
        return self._aside.get(stack_id)

    def scan_of(self, input_id: str) -> OpenScan | None:
        """The scan that serves an input; None where none has been named."""
        if self.is_input_implied and self.stack is not None and input_id == self.named_inputs[0].id:
            return self.scan(self.stack.stack_id)
        return self.scan(self.serving.get(input_id, ""))

    @property
    def viewed_scan(self) -> OpenScan | None:
        """The scan that is looked at."""
        return None if self.stack is None else self.scan(self.stack.stack_id)

    def is_viewed(self, stack_id: str) -> bool:
        """True for the scan that is looked at."""
        return self.stack is not None and self.stack.stack_id == stack_id

    @property
    def input_of_viewed(self) -> NamedInput | None:
        """The input that the viewed scan serves."""
        return None if self.stack is None else self.input_of(self.stack.stack_id)

    def input_of(self, stack_id: str) -> NamedInput | None:
        """The input that a scan serves."""
        for one in self.named_inputs:
            scan = self.scan_of(one.id)
            if scan is not None and scan.stack.stack_id == stack_id:
                return one
        return None

    @property
    def first_scan(self) -> OpenScan | None:
        """The scan that serves the study's first input; what is about the patient is released on it."""
        return self.scan_of(self.named_inputs[0].id)

    @property
    def is_first_viewed(self) -> bool:
        """True while the scan that is looked at is the one that the study names first."""
        first = self.first_scan
        return first is not None and self.is_viewed(first.stack.stack_id)

    # As the pipeline takes them

    @property
    def case_input(self) -> CaseInput | None:
        """The case as the pipeline takes it, whatever is looked at; a release that lifts nothing stays out.

        None while the study's first scan has not been named, or one that serves has not been read whole.
        """
        main, others = self.first_scan, self.named_inputs[1:]
        if main is None or main.volume is None:
            return None
        further: dict[str, ScanInput] = {}
        for one in others:
            scan = self.scan_of(one.id)
            if scan is None:
                continue
            if scan.volume is None:
                return None
            further[one.id] = ScanInput(scan.stack, scan.volume, scan.mask, scan.stated)
        case = CaseInput(main.stack, main.volume, self.record, main.mask, main.stated, further)
        return without_idle_releases(case)

    @property
    def viewed_case(self) -> CaseInput | None:
        """The scan that is looked at as a case of its own; None while it has not been read whole."""
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
    def masks(self) -> tuple[MaskLayer, ...]:
        """The masks of every scan of the case, whatever is looked at."""
        of_all = (self.mask, *(scan.mask for scan in self._aside.values()))
        return tuple(mask for mask in of_all if mask is not None)

    # Replacing what belongs to one scan, or to the patient

    def set_record(self, record: ClinicalRecord) -> None:
        """Replace the clinical record."""
        self.record = record
        self.record_changed.emit()
        self.currency_changed.emit()

    def set_mask(self, layer: MaskLayer | None, of: str = "") -> None:
        """Replace the tumour mask of a scan: of the viewed one, or of another by its id."""
        if not of or self.is_viewed(of):
            self.mask = layer
        elif of in self._aside:
            self._aside[of] = replace(self._aside[of], mask=layer)
        self.mask_changed.emit()
        self.heat_map_changed.emit()
        self.currency_changed.emit()

    def set_stated(self, stated: StatedFacts) -> None:
        """Replace what the user states about the viewed scan where its file is silent."""
        self.stated = stated
        self.stated_changed.emit()
        self.currency_changed.emit()

    # Arriving from the reader

    def accept_early_slice(self, stack_id: str, index: int, pixels: NDArray[np.int16]) -> None:
        """A slice that came before the rest of its stack."""
        if self.stack is not None and self.stack.stack_id == stack_id and self.slice_source is not None:
            self.slice_source.put(index, pixels)
            self.slice_ready.emit(index)

    def accept_volume(self, volume: Volume) -> None:
        """The stack has been read whole."""
        self.volume = volume
        if self.slice_source is not None:
            self.slice_source.complete(volume)
        self.volume_changed.emit()
        self.currency_changed.emit()

    # Going from one scan to another of the same patient

    def _put_aside(self) -> None:
        """Keep the viewed scan where it serves an input or holds work; else it is read again when wanted."""
        stack = self.stack
        scan = None if stack is None else self.scan(stack.stack_id)
        if stack is None or scan is None:
            return
        is_worked_on = scan.mask is not None or not scan.stated.is_empty or self._is_in_undo(stack.stack_id)
        if stack.stack_id in self.serving.values() or is_worked_on:
            self._aside[stack.stack_id] = scan

    def _take_up(self, stack: Stack) -> bool:
        """Look at a scan, as it was kept if it was; True when it has been read whole."""
        kept = self._aside.pop(stack.stack_id, None) or OpenScan(stack)
        self.stack, self.volume = kept.stack, kept.volume
        self.slice_source = kept.source or SliceSource.loading(stack)
        self.mask, self.stated = kept.mask, kept.stated
        return kept.volume is not None

    def _is_in_undo(self, stack_id: str) -> bool:
        commands = (self.undo_stack.command(place) for place in range(self.undo_stack.count()))
        return any(getattr(command, "stack_id", None) == stack_id for command in commands)

    def _forget_scans(self) -> None:
        self.stack = self.volume = self.slice_source = self.mask = None
        self.stated = StatedFacts()
        self.serving, self._aside = {}, {}

    def _forget_releases(self) -> None:
        """What was released for one pathway is not released for another."""
        self.stated = replace(self.stated, releases=())
        for stack_id, scan in self._aside.items():
            self._aside[stack_id] = replace(scan, stated=replace(scan.stated, releases=()))
