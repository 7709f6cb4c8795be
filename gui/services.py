"""The collaborators that the window is given: seams at which tests pass their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.scan import Plan, Stack
from inference.volume import Volume

if TYPE_CHECKING:
    from inference.dicom.readers.provisional import OnProvisional
    from inference.masks.codecs.imported import ImportedMask
    from inference.meaning.understanding import Meaning
    from inference.packs.load import LoadedPack


class IntakeService(Protocol):
    """Reads foreign files away from the window (``inference.dicom.intake.Intake``)."""

    def start(self) -> None:
        """Begin to warm up; returns at once."""

    def forget(self) -> None:
        """Remove what is remembered of sources that were opened."""

    def scan(
        self,
        path: Path,
        on_progress: OnProgress = ignore_progress,
        should_stop: ShouldStop = never_stop,
        on_provisional: OnProvisional | None = None,
    ) -> Plan:
        """What a folder or file holds; a large one shows a picture on the way."""

    def load(
        self,
        plan: Plan,
        stack: Stack,
        *,
        on_slice: Callable[[int], None] | None = None,
        on_progress: OnProgress = ignore_progress,
        should_stop: ShouldStop = never_stop,
    ) -> Volume:
        """Read all slices of a stack."""

    def load_slice(self, plan: Plan, stack: Stack, index: int) -> NDArray[np.int16]:
        """Read one slice."""

    def understand(
        self, plan: Plan, stack: Stack, *, modality: str = "", should_stop: ShouldStop = never_stop
    ) -> Meaning:
        """What a stack shows by its tags and a few of its slices."""

    def read_mask(
        self,
        path: Path,
        plan: Plan,
        stack: Stack,
        *,
        on_progress: OnProgress = ignore_progress,
        should_stop: ShouldStop = never_stop,
    ) -> ImportedMask:
        """Read a mask file onto the grid of a stack."""

    def close(self) -> None:
        """End the worker processes."""


class PackService(Protocol):
    """Knows the installed packs (``inference.packs.store.PackStore``)."""

    def open(self, study: str, request: str | None) -> LoadedPack:
        """The pack for a study, verified."""
