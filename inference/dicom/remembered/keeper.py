"""Plans and decoded pictures that were worked out once, for the next time the same source is opened."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.remembered.plain_values import maker_of, to_plain
from inference.dicom.remembered.sealed_store import AlteredEntryError, SealedStore
from inference.dicom.remembered.source_key import content_key, listing_key, outline_key
from inference.dicom.research.research_names import may_have_data_elsewhere
from inference.dicom.sources.walk import Listing
from inference.findings import Finding
from inference.paths import ApplicationPaths
from inference.scan import Plan, Stack
from inference.volume import Volume

_log = logging.getLogger(__name__)

_CLOSING_S: Final = 5.0
_MOST_RECENT: Final = 4
_PASSING: Final = frozenset(
    {"intake.unreadable", "intake.reader_died", "intake.reader_too_slow", "intake.too_large"}
)
"""Reasons that lie in the moment as much as in the file."""

_plan_of: Final = maker_of(Plan)
_findings_of: Final = maker_of(tuple[Finding, ...])


class Keeper:
    """Looks a source up in a :class:`SealedStore`; puts away what was new, beside the work that goes on."""

    @classmethod
    def of_this_user(cls) -> Keeper:
        """The keeper of the application, in the user's cache folder."""
        return cls(SealedStore(ApplicationPaths.of_this_user().remembered_sources))

    def __init__(self, store: SealedStore) -> None:
        self._store = store
        self._closing = threading.Event()
        self._putting: list[threading.Thread] = []
        self._recent: dict[bytes, Plan] = {}

    def known_source(self, listing: Listing) -> KnownSource | None:
        """Where the plan of a source is, or will be.

        None when the source was unpacked to a place that will be gone, or is one file whose data may lie in
        another.
        """
        if listing.is_single and may_have_data_elsewhere(listing.files[0].path):
            return None
        inside = listing.root.rstrip(os.sep) + os.sep
        if not all(file.path.startswith(inside) for file in listing.files):
            return None
        return KnownSource(self, listing)

    def known_pictures(self, plan: Plan, stack: Stack) -> KnownPictures | None:
        """Where a stack's decoded pictures are, or will be.

        None where all of them are native, which is quicker read anew, where a file cannot be read, or
        where its data may lie in another.
        """
        if all(frame is None or frame.is_native for frame in stack.frames):
            return None
        numbers = sorted({frame.file for frame in stack.frames if frame is not None})
        if any(may_have_data_elsewhere(plan.files[number].path) for number in numbers):
            return None
        what = (stack.geometry.shape, stack.padding_value, stack.frames)
        try:
            return KnownPictures(self, content_key((plan.files[number] for number in numbers), what), stack)
        except OSError:
            return None

    def holds(self, key: bytes) -> bool:
        """True when there is an entry."""
        return self._store.holds(key)

    def content(self, key: bytes) -> bytes | None:
        """An entry as a whole."""
        return self._store.content(key)

    def blocks(self, key: bytes) -> Iterator[bytes] | None:
        """An entry block by block."""
        return self._store.blocks(key)

    def put(self, entries: Callable[[], Iterable[tuple[bytes, Iterable[bytes]]]]) -> None:
        """Put entries (key, content) away; returns at once, and what cannot be kept is not."""

        def work() -> None:
            try:
                for key, content in entries():
                    self._store.put(key, content, self._closing.is_set)
            except OSError as error:
                _log.warning("nothing remembered (errno %s)", error.errno)

        self._putting = [one for one in self._putting if one.is_alive()]
        thread = threading.Thread(target=work, name="concilium-keep", daemon=True)
        self._putting.append(thread)
        thread.start()

    def recent(self, key: bytes) -> Plan | None:
        """A plan that this process has had in hand lately."""
        return self._recent.get(key)

    def note(self, key: bytes, plan: Plan) -> None:
        """Have a plan at hand for the next time; the longest known gives way."""
        self._recent.pop(key, None)
        self._recent[key] = plan
        while len(self._recent) > _MOST_RECENT:
            del self._recent[next(iter(self._recent))]

    def clear(self) -> None:
        """Forget everything."""
        self._recent.clear()
        self._store.clear()

    def close(self) -> None:
        """Stop putting away; what is not whole is dropped."""
        self._closing.set()
        for thread in self._putting:
            thread.join(_CLOSING_S)
        self._putting.clear()

    def wait(self) -> None:
        """Until everything has been put away."""
        for thread in self._putting:
            thread.join()
        self._putting.clear()


@dataclass(frozen=True, slots=True, eq=False)
class KnownSource:
    """The plan of one source.

    Files are opened only where their outline is known: a source that is new loses no time.
    """

    keeper: Keeper
    listing: Listing

    def plan(self) -> Plan | None:
        """The plan that was made of this very source."""
        if not self.keeper.holds(outline_key(self.listing)):
            return None
        try:
            key = listing_key(self.listing)
        except OSError:
            return None
        if (recent := self.keeper.recent(key)) is not None:
            return recent
        content = self.keeper.content(key)
        if content is None:
            return None
        try:
            plan: Plan = _plan_of(json.loads(content))
        except (ValueError, TypeError, KeyError, IndexError):
            _log.warning("remembered plan does not fit and is left aside")
            return None
        self.keeper.note(key, plan)
        return plan

    def keep_plan(self, plan: Plan) -> None:
        """Put a plan away, unless a file was passed over for a reason that may not hold the next time."""
        if any(finding.code in _PASSING for finding in plan.skipped):
            return

        def entries() -> Iterator[tuple[bytes, Iterable[bytes]]]:
            content = json.dumps(to_plain(plan), separators=(",", ":")).encode()
            yield listing_key(self.listing), [content]
            yield outline_key(self.listing), [b"known"]

        self.keeper.put(entries)


@dataclass(frozen=True, slots=True, eq=False)
class KnownPictures:
    """The decoded pictures of one stack."""

    keeper: Keeper
    key: bytes
    stack: Stack

    def volume(self) -> Volume | None:
        """The volume that was read from these very bytes."""
        blocks = self.keeper.blocks(self.key)
        if blocks is None:
            return None
        try:
            head = json.loads(next(blocks))
            voxels = np.empty(self.stack.geometry.shape, np.int16)
            if not _filled(voxels, blocks):
                return None
            return Volume(
                voxels,
                np.array(head["slope"]),
                np.array(head["intercept"]),
                self.stack.geometry,
                frozenset(head["missing"]),
                head["padding"],
                _findings_of(head["findings"]),
            )
        except (AlteredEntryError, ValueError, TypeError, KeyError, StopIteration, MemoryError):
            _log.warning("remembered pictures do not fit and are left aside")
            return None

    def keep_volume(self, volume: Volume) -> None:
        """Put decoded pictures away, unless one is missing that the next time may bring."""
        expected = {index for index, frame in enumerate(self.stack.frames) if frame is None}
        if volume.missing_slices != expected:
            return
        head = {
            "slope": volume.slope.tolist(),
            "intercept": volume.intercept.tolist(),
            "missing": sorted(volume.missing_slices),
            "padding": volume.padding_voxel,
            "findings": to_plain(volume.findings),
        }

        def content() -> Iterator[bytes]:
            yield json.dumps(head).encode()
            for voxels in volume.voxels:
                yield voxels.astype("<i2", copy=False).tobytes()

        self.keeper.put(lambda: [(self.key, content())])


def _filled(voxels: NDArray[np.int16], blocks: Iterator[bytes]) -> bool:
    """Copy blocks one behind the other; True when they fill the array exactly."""
    target = voxels.reshape(-1).view(np.uint8)
    done = 0
    for block in blocks:
        if done + len(block) > len(target):
            return False
        target[done : done + len(block)] = np.frombuffer(block, np.uint8)
        done += len(block)
    if sys.byteorder == "big":
        voxels.byteswap(inplace=True)
    return done == len(target)
