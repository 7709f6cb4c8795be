"""Which stack to take when nobody is there to choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inference.errors import InputError
from inference.findings import Verdict, worst_view
from inference.scan import Plan, Stack

_MOST_NAMED: Final = 8
_NOT_A_SCAN: Final = frozenset({"intake.localiser", "intake.reformatted"})


def choose_stack(plan: Plan) -> Stack:
    """The one stack of a source that holds one patient and one scan.

    Raises
    ------
    InputError
        As :func:`scans_of`; ``intake.several_stacks`` with the choices named.
    """
    candidates = scans_of(plan)
    if len(candidates) > 1:
        raise InputError("intake.several_stacks", count=len(candidates), choices=names_of_stacks(candidates))
    return candidates[0]


def scans_of(plan: Plan) -> tuple[Stack, ...]:
    """What may be looked at of the one patient of a source, at least one stack.

    Localisers and screenshots do not count where there is something else.

    Raises
    ------
    InputError
        ``intake.two_patients`` (a hard stop), ``intake.no_stack``.
    """
    if len(plan.patients) > 1:
        raise InputError("intake.two_patients", count=len(plan.patients))
    viewable = [stack for stack in plan.stacks if worst_view(stack.findings) < Verdict.REFUSED]
    scans = [stack for stack in viewable if not any(one.code in _NOT_A_SCAN for one in stack.findings)]
    if not viewable:
        raise InputError("intake.no_stack", files=len(plan.files), skipped=len(plan.skipped))
    return tuple(scans or viewable)


def names_of_stacks(stacks: Sequence[Stack]) -> str:
    """A line for each of them, as far as a sentence can hold."""
    names = [stack_name(stack) for stack in stacks[:_MOST_NAMED]]
    return "; ".join([*names, "…"] if len(stacks) > _MOST_NAMED else names)


def stack_name(stack: Stack) -> str:
    """A line that tells a stack from its neighbours: number, description, plane, slices and its id."""
    acquisition = stack.acquisition
    number = "" if acquisition.series_number is None else f"{acquisition.series_number} "
    what = acquisition.series_description or acquisition.modality or "–"
    return f"{number}{what} ({stack.geometry.plane}, {stack.slice_count}) [{stack.stack_id}]"
