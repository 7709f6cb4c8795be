"""Several readers at work: tasks go to whichever is free; one that dies or dawdles loses only its task."""

from __future__ import annotations

import logging
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.limits import IntakeLimits
from inference.dicom.readers import protocol
from inference.dicom.readers.reader_process import (
    POLL_S,
    START_UP_S,
    ReaderDiedError,
    ReaderEvent,
    ReaderProcess,
)
from inference.errors import Cancelled, ResourceError
from inference.jobs import ShouldStop

_log = logging.getLogger(__name__)

_AT_ONCE: Final = 2
"""Tasks that one reader has been sent: it finds the next one waiting when it has done the first."""
_FAILED_STARTS: Final = 2
"""Readers in a row that end before they begin with anything; between two conversations one may have died."""
LANE_BYTES: Final = 8 << 20
"""Shared memory for the pictures of one task."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Where in a reader's shared buffer the pictures of one task go; all in bytes."""

    address: str
    offset: int
    capacity: int


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One request to a reader.

    Parameters
    ----------
    request
        Makes the body of the request for the lane and ticket of the reader that will have it.
    units
        Answers that it brings.
    parse
        The units in one message, in order.

        Raises :class:`inference.dicom.readers.protocol.ProtocolError` for anything that is not credible.
    first_file
        Index of the first unit's file where the units are files; None where the task has one ticket.
    seconds
        How long the reader may have each unit in hand, the pause between two units included.
    lane_bytes
        Shared memory that it needs; 0 for none.
    pause_every
        Units after which the reader waits until they have been taken; 0 for a task that fits its lane.
    """

    request: Callable[[Lane, int], bytes]
    units: int
    parse: Callable[[bytes], Sequence[Any]]
    seconds: Callable[[int], float]
    first_file: int | None = None
    lane_bytes: int = 0
    pause_every: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Unit number ``unit`` of a task; ``copy_picture`` copies ``array`` from place ``slot`` of its lane."""

    task: Task
    unit: int
    value: Any
    copy_picture: Callable[[NDArray[np.generic], int], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Lost:
    """A task that ended its reader after ``answered`` units.

    ``unit`` is the one that the reader had in hand, None where it ended before it began with one.
    """

    task: Task
    answered: int
    unit: int | None
    was_slow: bool


@dataclass(slots=True)
class _Assigned:
    """A task that a reader has been sent."""

    task: Task
    ticket: int
    lane: Lane
    answered: int = 0


@dataclass(slots=True)
class _Watch:
    """What a reader had in hand when it was last looked at, and since when."""

    in_hand: int = 0
    since_s: float = 0.0


@dataclass(slots=True, eq=False)
class _Worker:
    process: ReaderProcess
    assigned: deque[_Assigned] = field(default_factory=deque)
    watch: _Watch = field(default_factory=_Watch)
    lane_bytes: int = 0


class ReaderPool:
    """All readers of an intake; one conversation at a time."""

    def __init__(self, limits: IntakeLimits) -> None:
        self._events: queue.SimpleQueue[ReaderEvent] = queue.SimpleQueue()
        self.readers = tuple(ReaderProcess(limits, n, self._events) for n in range(limits.readers))
        self._workers = tuple(map(_Worker, self.readers))
        self._failed_starts = 0

    @property
    def first(self) -> ReaderProcess:
        """A reader for a conversation that needs only one."""
        return self.readers[0]

    def start(self) -> None:
        """Spawn all readers; returns before they are ready."""
        for reader in self.readers:
            reader.start()

    def close(self) -> None:
        """End all readers and free their memory."""
        for reader in self.readers:
            reader.close()

    def free_memory(self) -> None:
        """Give the shared memory back that pictures went through."""
        for worker in self._workers:
            worker.process.buffer.shrink(0)
            worker.lane_bytes = 0

    def perform(self, pending: deque[Task], should_stop: ShouldStop) -> Iterator[Answered | Lost]:
        """Work ``pending`` off; who iterates may append tasks on the way.

        Answers come in the order of the units of a task, and tasks side by side.  When the iteration ends
        early, the readers that are at work are ended: what they were asked for is no longer wanted.

        Raises
        ------
        ResourceError
            When a reader cannot be started.
        Cancelled
        """
        self._failed_starts = 0
        looked_s = time.monotonic()
        try:
            while True:
                self._assign(pending)
                if not any(worker.assigned for worker in self._workers):
                    if pending:
                        continue
                    return
                if should_stop():
                    raise Cancelled
                event = self._next_event()
                lost = None
                if event is not None and self._workers[event.reader].process.sent(event):
                    worker = self._workers[event.reader]
                    if event.body is not None:
                        yield from self._answers(worker, event.body)
                    if worker.process.pid is None or event.body is None:
                        lost = self._lost(worker, pending, was_slow=False)
                now_s = time.monotonic()
                if lost is None and now_s - looked_s >= POLL_S:
                    looked_s = now_s
                    lost = self._overdue(pending, now_s)
                if lost is not None:
                    if lost.unit is None:
                        self._count_failed_start()
                    yield lost
        finally:
            for worker in self._workers:
                if worker.assigned:
                    worker.process.end()
                    worker.assigned.clear()

    def _next_event(self) -> ReaderEvent | None:
        try:
            return self._events.get(timeout=POLL_S)
        except queue.Empty:
            return None

    def _count_failed_start(self) -> None:
        self._failed_starts += 1
        if self._failed_starts > _FAILED_STARTS:
            raise ResourceError("intake.no_reader")

    def _assign(self, pending: deque[Task]) -> None:
        for rank in range(_AT_ONCE):
            for worker in self._workers:
                if pending and len(worker.assigned) <= rank:
                    self._send(worker, pending)

    def _send(self, worker: _Worker, pending: deque[Task]) -> None:
        task = pending[0]
        if task.lane_bytes > worker.lane_bytes:
            if worker.assigned:
                return  # its lanes may not move while pictures are in them
            worker.lane_bytes = max(LANE_BYTES, task.lane_bytes)
        pending.popleft()
        process = worker.process
        try:
            process.start()
        except OSError as error:
            raise ResourceError("intake.no_reader") from error
        lane = Lane("", 0, 0)
        if task.lane_bytes:
            process.buffer.ensure(_AT_ONCE * worker.lane_bytes)
            taken = {assigned.lane.offset for assigned in worker.assigned if assigned.lane.capacity}
            offset = next(
                n * worker.lane_bytes for n in range(_AT_ONCE) if n * worker.lane_bytes not in taken
            )
            lane = Lane(process.buffer.address, offset, worker.lane_bytes)
        ticket = process.next_ticket() if task.first_file is None else task.first_file + 1
        assigned = _Assigned(task, ticket, lane)
        if not worker.assigned:
            process.empty_hands()
            worker.watch = _Watch(0, time.monotonic())
        try:
            process.ask(task.request(lane, ticket))
        except ReaderDiedError:
            # It died between two tasks; the event of its end tells what else it had been sent.
            pending.appendleft(task)
            if not worker.assigned:
                self._count_failed_start()
            return
        worker.assigned.append(assigned)

    def _answers(self, worker: _Worker, body: bytes) -> Iterator[Answered]:
        """The units of one message; the reader is ended when it answers what nobody asked."""
        process = worker.process
        if not worker.assigned:
            process.broke_protocol()
            return
        assigned = worker.assigned[0]
        task, lane = assigned.task, assigned.lane
        try:
            units = task.parse(body)
            if not 0 < len(units) <= task.units - assigned.answered:
                raise protocol.ProtocolError("units")
        except protocol.ProtocolError:
            process.broke_protocol()
            return
        self._failed_starts = 0
        worker.watch.since_s = time.monotonic()

        def copy_picture(array: NDArray[np.generic], slot: int) -> bool:
            return process.buffer.read_into(array, lane.offset + slot * array.nbytes)

        for value in units:
            unit = assigned.answered
            assigned.answered += 1
            yield Answered(task, unit, value, copy_picture)
            if task.pause_every and assigned.answered % task.pause_every == 0:
                self._let_go_on(worker, assigned)
        if assigned.answered == task.units:
            worker.assigned.popleft()

    def _let_go_on(self, worker: _Worker, assigned: _Assigned) -> None:
        if assigned.answered < assigned.task.units:
            try:
                worker.process.ask(protocol.encode(protocol.REQUESTS, protocol.GoOnRequest()))
            except ReaderDiedError:
                _log.warning("intake reader is gone")

    def _overdue(self, pending: deque[Task], now_s: float) -> Lost | None:
        """End a reader that has one unit in hand for too long, or holds too much memory."""
        for worker in self._workers:
            if not worker.assigned:
                continue
            in_hand = worker.process.in_hand
            if in_hand != worker.watch.in_hand:
                worker.watch = _Watch(in_hand, now_s)
            unit = _unit_in_hand(worker.assigned[0], in_hand)
            allowed_s = START_UP_S if unit is None else worker.assigned[0].task.seconds(unit)
            if now_s - worker.watch.since_s > allowed_s or worker.process.is_too_large():
                _log.warning("intake reader ended: too long on one file, or too large")
                return self._lost(worker, pending, was_slow=True)
        return None

    def _lost(self, worker: _Worker, pending: deque[Task], *, was_slow: bool) -> Lost | None:
        """Account for a reader that is gone: its first task is lost, those behind it go to another."""
        in_hand = worker.process.in_hand
        worker.process.end()
        if not worker.assigned:
            return None
        _log.warning("intake reader is gone")
        first = worker.assigned.popleft()
        pending.extendleft(reversed([waiting.task for waiting in worker.assigned]))
        worker.assigned.clear()
        return Lost(first.task, first.answered, _unit_in_hand(first, in_hand), was_slow)


def _unit_in_hand(assigned: _Assigned, in_hand: int) -> int | None:
    """Which unit of a task the slot names; None when it names none of them, or one that is answered."""
    if assigned.task.first_file is None:
        return assigned.answered if in_hand == assigned.ticket else None
    unit = in_hand - assigned.ticket
    return unit if assigned.answered <= unit < assigned.task.units else None
