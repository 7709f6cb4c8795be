"""A whole run: every file of a source examined, rewritten, written, read again, and counted or held back."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from inference.deidentification.key_file import KeyFile
from inference.deidentification.key_map import KeyMap, PatientEntry, PatientKey
from inference.deidentification.messages import Examined, Rewritten
from inference.deidentification.options import DeidentifyOptions
from inference.deidentification.output import OutputFolder
from inference.deidentification.process import Rewriter
from inference.dicom.limits import DEFAULT_LIMITS, IntakeLimits
from inference.dicom.pixels.native import extent_sha256
from inference.dicom.sources.sources import Sources
from inference.dicom.sources.walk import Listing
from inference.errors import InputError
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.messages.message import Message
from inference.paths import ApplicationPaths
from inference.scan import SourceFile

_log = logging.getLogger(__name__)

STAGE: Final = "stage.deidentifying"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A file that was not written: its number in the source (0: none), its name for the user's eyes, why."""

    number: int
    name: str
    reason: str
    message: Message


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of a source; ``objects`` counts what was written and read again, by pseudonym."""

    objects: dict[str, int]
    held_back: tuple[HeldBack, ...]
    options: DeidentifyOptions
    removed: int
    emptied: int
    replaced: int

    @property
    def written(self) -> int:
        """Objects in all."""
        return sum(self.objects.values())


@dataclass(slots=True)
class DeidentifyRun:
    """One source on its way into one folder.

    Parameters
    ----------
    source
        A folder or a file.
    output
        Where objects are written; discards them when the run does not come to its end.
    key_file
        Outside the output; opened first and written before the run counts as done.
    cache
        Where archives are unpacked meanwhile; the user's own when None.
    """

    source: Path
    output: OutputFolder
    key_file: KeyFile
    options: DeidentifyOptions
    limits: IntakeLimits = DEFAULT_LIMITS
    cache: Path | None = None
    _held: list[HeldBack] = field(default_factory=list)
    _objects: Counter[str] = field(default_factory=Counter)
    _attributes: Counter[str] = field(default_factory=Counter)

    def run(
        self, on_progress: OnProgress = ignore_progress, should_stop: ShouldStop = never_stop
    ) -> RunResult:
        """Rewrite everything that may pass; on any failure nothing that was written stays.

        Raises
        ------
        ConciliumError
            With the sentence that says why; :class:`Cancelled` when the user stopped.
        """
        self.output.check_apart(self.source, self.key_file.path)
        sources = Sources(self.limits, self.cache or ApplicationPaths.of_this_user().cache)
        try:
            key = self.key_file.open()
            listing = sources.listed(self.source, on_progress, should_stop)
            self._rewrite(listing, key, on_progress, should_stop)
            if self._objects:
                self.key_file.write(key)
        except BaseException:
            self.output.discard()
            raise
        finally:
            sources.close()
        _log.info(
            "de-identified %d objects, held back %d files", sum(self._objects.values()), len(self._held)
        )
        return RunResult(
            objects=dict(self._objects),
            held_back=tuple(self._held),
            options=self.options,
            removed=self._attributes["removed"],
            emptied=self._attributes["emptied"],
            replaced=self._attributes["replaced"],
        )

    def _rewrite(
        self, listing: Listing, key: KeyMap, on_progress: OnProgress, should_stop: ShouldStop
    ) -> None:
        for skipped in listing.skipped:
            name = str(skipped.fields.get("file", ""))
            message = Message(f"finding.{skipped.code}", dict(skipped.fields))
            self._held.append(HeldBack(0, name, skipped.code.removeprefix("intake."), message))
        if not listing.files and not self._held:
            raise InputError("intake.nothing_found", name=self.source.name)
        rewriter = Rewriter(self.limits)
        try:
            total = len(listing.files)
            for number, file in enumerate(listing.files, 1):
                stop_if_asked(should_stop)
                on_progress(Progress(number - 1, total, STAGE))
                reason = self._one(file, key, rewriter, should_stop)
                if reason:
                    message = Message(f"deid.held.{reason}", {"file": file.name})
                    self._held.append(HeldBack(number, file.name, reason, message))
            on_progress(Progress(total, total, STAGE))
        finally:
            rewriter.close()

    def _one(self, file: SourceFile, key: KeyMap, rewriter: Rewriter, should_stop: ShouldStop) -> str:
        """Write one file; the reason when it is held back instead, else an empty text."""
        examined = rewriter.examine(file, self.options, should_stop)
        if examined.reason:
            return examined.reason
        patient = key.patient(self._patient_key(file, examined), examined.birth_date)
        if patient is None:
            return "identity_conflict"
        try:
            minted = self._minted(file, examined, key)
        except InputError:
            return "changed"
        rewritten, content = rewriter.rewrite(
            file,
            self.options,
            pseudonym=patient.pseudonym,
            shift_days=patient.shift_days,
            uids=tuple((uid, key.uid(uid)) for uid in examined.uids),
            minted=minted,
            should_stop=should_stop,
        )
        if rewritten.reason:
            return rewritten.reason
        return self._write(file, examined, rewritten, patient, content)

    def _write(
        self,
        file: SourceFile,
        examined: Examined,
        rewritten: Rewritten,
        patient: PatientEntry,
        content: bytes,
    ) -> str:
        path = self.output.write(patient.pseudonym, examined.study_uid, examined.series_uid, content)
        try:
            is_same = self._has_same_pixels(file, path, rewritten)
        except InputError:
            is_same = False
        if not is_same:
            self.output.withdraw(path)
            return "not_verified"
        self._objects[patient.pseudonym] += 1
        self._attributes.update(
            removed=rewritten.removed, emptied=rewritten.emptied, replaced=rewritten.replaced
        )
        return ""

    @staticmethod
    def _has_same_pixels(file: SourceFile, path: Path, rewritten: Rewritten) -> bool:
        """Compare the pixels on disk with the source's, extent by extent, without parsing either file."""
        if rewritten.pixel_offset < 0:
            return True  # none, or deflated: the limited process has compared them
        status = path.stat()
        written = SourceFile(str(path), status.st_size, status.st_mtime_ns)
        length, place = rewritten.source_length, rewritten.source_offset
        if place < 0 or length < rewritten.pixel_length - 1:
            return False
        whole = extent_sha256(written, rewritten.pixel_offset, rewritten.pixel_length)
        return whole == rewritten.pixel_sha256 and extent_sha256(
            written, rewritten.pixel_offset, length
        ) == extent_sha256(file, place, length)

    def _patient_key(self, file: SourceFile, examined: Examined) -> PatientKey:
        """The patient by issuer and id; without an id, whoever lies in this folder under this study."""
        if examined.patient_id:
            return PatientKey(examined.issuer, examined.patient_id)
        return PatientKey("", "", f"{self._folder(file)}|{examined.study_uid}")

    def _minted(self, file: SourceFile, examined: Examined, key: KeyMap) -> tuple[str, str, str]:
        """Study, series and instance UIDs for what an object lacks: by folder and by content."""
        folder = self._folder(file)
        content = "" if examined.sop_uid else extent_sha256(file, 0, file.size)
        return (
            key.minted(f"study:{folder}"),
            key.minted(f"series:{folder}:{examined.study_uid}"),
            key.minted(f"file:{folder}:{content}"),
        )

    def _folder(self, file: SourceFile) -> str:
        """The folder of a file by the names that the user knows, for a member of an archive too."""
        return str(self.source.resolve() / PurePosixPath(file.name).parent)
