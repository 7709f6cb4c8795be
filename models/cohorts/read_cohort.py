"""A folder as a cohort: the table, every scan and every mask are read and checked before training begins.

The layout is that of ``main.py phantom``::

    DIR/cohort.csv
    DIR/<patient>/<series>/…            one folder per series
    DIR/<patient>/<series>-seg.*        its mask: DICOM SEG or RTSTRUCT, or a label map (NIfTI, NRRD)
    DIR/<patient>/<series>-seg-2.*      a second reader's, where the study compares readers
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.case_input import StatedFacts
from inference.dicom.intake import Intake
from inference.dicom.select import choose_stack
from inference.errors import Cancelled, InputError, ResourceError, StorageError
from inference.inputs.reasons import Fit, reasons_against
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.masks.codecs.choosing import is_named_like_tumour
from inference.masks.codecs.imported import ImportedMask, ImportedSegment
from inference.scan import Plan, Stack
from inference.volume import Volume
from models.cohorts.cohort import CohortTable
from models.cohorts.cohort_csv import TABLE_FILE, read_cohort_table
from models.cohorts.cohort_schema import CohortSchema, Scan, load_cohort_schema
from models.cohorts.problems import CohortError, CohortProblem, UnreadableScanError, problem

STAGE_CHECKING: Final = "stage.cohort.checking"
_MASK_ENDINGS: Final = (".dcm", ".nii", ".nii.gz", ".nrrd", ".seg.nrrd")
_NODE_WORDS: Final = re.compile(r"node|lymph|(?<![a-z])ln(?![a-z])|淋巴结", re.IGNORECASE)
_NODE_CODES: Final = frozenset({("SCT", "14799000")})
_SYNTHETIC_NAME: Final = "PHANTOM^"


@dataclass(frozen=True, slots=True, eq=False)
class _FoundScan:
    plan: Plan
    stack: Stack
    masks: dict[int, Path]


@dataclass(slots=True, eq=False)
class FolderCohort:
    """A cohort whose every file was read once; volumes and masks are read again when asked for.

    Reading them ends where ``_should_stop`` says so, as checking them does.
    """

    table: CohortTable
    sha256: str
    is_synthetic: bool
    _intake: Intake
    _scans: dict[tuple[str, str], _FoundScan] = field(repr=False)
    _should_stop: ShouldStop = never_stop

    def has_scan(self, patient_id: str, scan: str) -> bool:
        """As :meth:`Cohort.has_scan`."""
        return (patient_id, scan) in self._scans

    def has_mask(self, patient_id: str, scan: str, *, reader: int = 1) -> bool:
        """As :meth:`Cohort.has_mask`."""
        found = self._scans.get((patient_id, scan))
        return found is not None and reader in found.masks

    def volume(self, patient_id: str, scan: str) -> Volume:
        """As :meth:`Cohort.volume`."""
        stop_if_asked(self._should_stop)
        found = self._scans[patient_id, scan]
        try:
            return self._intake.load(found.plan, found.stack, should_stop=self._should_stop)
        except (InputError, ResourceError, StorageError) as error:
            raise UnreadableScanError(patient_id, scan, error.message) from error

    def mask(self, patient_id: str, scan: str, *, reader: int = 1) -> NDArray[np.bool_]:
        """As :meth:`Cohort.mask`."""
        stop_if_asked(self._should_stop)
        found = self._scans[patient_id, scan]
        path = found.masks[reader]
        try:
            imported = self._intake.read_mask(path, found.plan, found.stack, should_stop=self._should_stop)
        except (InputError, ResourceError, StorageError) as error:
            raise UnreadableScanError(patient_id, scan, error.message) from error
        return target_of(imported, self.table.schema.scan(scan))


def read_cohort(
    study: str,
    folder: Path,
    intake: Intake,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> FolderCohort:
    """Check everything in ``folder`` and hand it out as a cohort; ``intake`` stays open while it is used.

    The folder's layout is its owner's word: what the files leave open (a phase, a contrast agent, a mask's
    frame of reference) is taken from where they lie, what they contradict is a problem.  Files that the table
    does not name are left alone; ``truth.csv`` of a synthetic cohort is never opened.

    Raises
    ------
    CohortError
        With every problem of the table, the scans and the masks.
    InputError
        ``error.study.unknown`` for a study without a schema.
    Cancelled
        When ``should_stop`` says so.
    """
    schema = load_cohort_schema(study)
    table, sha256, problems = read_cohort_table(folder / TABLE_FILE, schema)
    check = _ScanCheck(folder, schema, intake, should_stop)
    for done, patient_id in enumerate(table.patient_ids):
        stop_if_asked(should_stop)
        on_progress(Progress(done, len(table), STAGE_CHECKING))
        if not any(one.row == done + 1 and one.message.id == "cohort.patient_id" for one in problems):
            check.patient(done + 1, patient_id)
    on_progress(Progress(len(table), len(table), STAGE_CHECKING))
    found = [*problems, *check.problems, *check.mixture(), *without_both_classes(table)]
    if found:
        raise CohortError(found)
    return FolderCohort(table, sha256, check.is_synthetic, intake, check.scans, should_stop)


def without_both_classes(table: CohortTable) -> list[CohortProblem]:
    """Outcomes of the training part that teach nothing: no event, or nothing but events, in any arm."""
    training = table.part("training")
    treatment = table.schema.treatment
    if not len(training):
        return [problem("no_training_part")]
    arms = {"": training}
    if treatment is not None:
        given = training.words(treatment)
        choices = table.schema.column(treatment).choices
        arms = {arm: training.at([k for k, word in enumerate(given) if word == arm]) for arm in choices}
    found = []
    for arm, patients in arms.items():
        for outcome in table.schema.outcomes:
            known = patients.with_known(outcome.id)
            event = known.follow_up(outcome.id).event if outcome.is_survival else known.events(outcome.id)
            if not outcome.required and not len(known):
                continue
            kind = "" if event.any() else "no_events"
            if event.all() and not outcome.is_survival:
                kind = kind or "only_events"
            if kind:
                found.append(problem(kind, outcome=outcome.id, arm=arm or "–", patients=len(known)))
    return found


def target_of(imported: ImportedMask, scan: Scan) -> NDArray[np.bool_]:
    """The union of the segments that are the target; of a single one its name does not matter.

    Raises
    ------
    InputError
        ``cohort.mask_without_target`` when several segments are there and none is named like the target.
    """
    chosen = [one for one in imported.segments if _is_target(one, scan)]
    if len(imported.segments) == 1:
        chosen = list(imported.segments)
    if not chosen:
        names = ", ".join(one.label or str(one.number) for one in imported.segments[:12])
        raise InputError("cohort.mask_without_target", segments=names)
    voxels = np.zeros(imported.voxels.shape, np.bool_)
    for segment in chosen:
        voxels[segment.box] |= segment.cropped
    voxels.flags.writeable = False
    return voxels


def _is_target(segment: ImportedSegment, scan: Scan) -> bool:
    value, scheme, meaning = segment.kind
    is_node = bool(_NODE_WORDS.search(f"{segment.label} {meaning}")) or (scheme, value) in _NODE_CODES
    if is_node:
        return "nodes" in scan.structures
    return "tumour" in scan.structures and is_named_like_tumour(segment)


class _ScanCheck:
    """Reads every scan and mask of one patient after the other and collects what is wrong."""

    def __init__(self, folder: Path, schema: CohortSchema, intake: Intake, should_stop: ShouldStop) -> None:
        self._folder = folder
        self._schema = schema
        self._intake = intake
        self._should_stop = should_stop
        self._row_of_series: dict[str, int] = {}
        self._synthetic: dict[bool, int] = {}
        self.problems: list[CohortProblem] = []
        self.scans: dict[tuple[str, str], _FoundScan] = {}

    @property
    def is_synthetic(self) -> bool:
        """True when the scans say that they are phantoms."""
        return True in self._synthetic

    def mixture(self) -> list[CohortProblem]:
        """Phantoms among patients would be counted as patients."""
        return [problem("mixed", self._synthetic[True])] if len(self._synthetic) > 1 else []

    def patient(self, row: int, patient_id: str) -> None:
        """Check one row's folder."""
        home = self._folder / patient_id
        if not home.is_dir():
            self.problems.append(problem("no_patient_folder", row, patient_id))
            return
        for scan in self._schema.scans:
            place = f"{patient_id}/{scan.folder}"
            if (home / scan.folder).is_dir():
                self._scan(row, patient_id, scan, place)
            elif scan.required:
                self.problems.append(problem("no_scan", row, place, input=f"input.{scan.id}"))

    def _scan(self, row: int, patient_id: str, scan: Scan, place: str) -> None:
        try:
            plan = self._intake.scan(self._folder / place, should_stop=self._should_stop)
            stack = choose_stack(plan)
            self._meaning(row, scan, place, plan, stack)
            self._intake.load(plan, stack, should_stop=self._should_stop)
        except Cancelled:
            raise
        except (InputError, ResourceError, StorageError) as error:
            self.problems.append(CohortProblem(error.message, row, place))
            return
        earlier = self._row_of_series.setdefault(stack.series_uid, row)
        if stack.series_uid and earlier != row:
            self.problems.append(problem("same_scan", row, place, earlier=earlier))
        self._synthetic.setdefault(stack.identity.name.startswith(_SYNTHETIC_NAME), row)
        masks = self._masks(row, scan, place, plan, stack)
        self.scans[patient_id, scan.id] = _FoundScan(plan, stack, masks)

    def _meaning(self, row: int, scan: Scan, place: str, plan: Plan, stack: Stack) -> None:
        named = self._schema.input_of(scan)
        meaning = self._intake.understand(plan, stack, modality=named.modality)
        known = meaning.body_part.value
        stated = StatedFacts(
            modality="" if meaning.modality.is_known else named.modality,
            contrast_enhanced={"yes": True, "no": False, None: None}[named.contrast],
            body_part="" if known else named.body_parts[0],
            phase="" if named.phase is None else named.phase.value,
        )
        for reason in reasons_against(named, stack, meaning, stated):
            if reason.fit is Fit.RED:
                self.problems.append(CohortProblem(reason.message, row, place))

    def _masks(self, row: int, scan: Scan, place: str, plan: Plan, stack: Stack) -> dict[int, Path]:
        masks: dict[int, Path] = {}
        for reader, stem in ((1, f"{place}-seg"), (2, f"{place}-seg-2")):
            if reader == 2 and not scan.second_mask:
                continue
            present = [
                path for ending in _MASK_ENDINGS if (path := self._folder / f"{stem}{ending}").is_file()
            ]
            if len(present) > 1:
                names = ", ".join(path.name for path in present)
                self.problems.append(problem("several_masks", row, stem, files=names))
            elif present:
                if self._mask_can_be_read(row, scan, stem, present[0], plan, stack):
                    masks[reader] = present[0]
            elif reader == 1 and scan.required:
                endings = ", ".join(_MASK_ENDINGS[:-1])
                self.problems.append(problem("no_mask", row, stem, endings=endings))
        return masks

    def _mask_can_be_read(
        self, row: int, scan: Scan, place: str, path: Path, plan: Plan, stack: Stack
    ) -> bool:
        try:
            imported = self._intake.read_mask(path, plan, stack, should_stop=self._should_stop)
            is_empty = not target_of(imported, scan).any()
        except Cancelled:
            raise
        except (InputError, ResourceError, StorageError) as error:
            self.problems.append(CohortProblem(error.message, row, place))
            return False
        if is_empty:
            self.problems.append(problem("empty_mask", row, place))
        return not is_empty
