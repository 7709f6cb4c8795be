"""Which stack to take when nobody is there to choose."""

from __future__ import annotations

from typing import Final

from inference.errors import InputError
from inference.findings import Verdict, worst_view
from inference.scan import Plan, Stack

_MOST_NAMED: Final = 8
_NOT_A_SCAN: Final = frozenset({"intake.localiser", "intake.reformatted"})


def choose_stack(plan: Plan) -> Stack:
    """The one stack of a source that holds one patient and one scan.

    Localisers and screenshots do not count where there is something else.

    Raises
    ------
    InputError
        ``intake.two_patients`` (a hard stop), ``intake.no_stack``, or ``intake.several_stacks`` with the
        choices named.
    """
    if len(plan.patients) > 1:
        raise InputError("intake.two_patients", count=len(plan.patients))
    viewable = [stack for stack in plan.stacks if worst_view(stack.findings) < Verdict.REFUSED]
    scans = [stack for stack in viewable if not any(one.code in _NOT_A_SCAN for one in stack.findings)]
    candidates = scans or viewable
    if not candidates:
        raise InputError("intake.no_stack", files=len(plan.files), skipped=len(plan.skipped))
    if len(candidates) > 1:
        names = [stack_name(stack) for stack in candidates[:_MOST_NAMED]]
        more = ["…"] if len(candidates) > _MOST_NAMED else []
        raise InputError("intake.several_stacks", count=len(candidates), choices="; ".join(names + more))
    return candidates[0]


def stack_name(stack: Stack) -> str:
    """A line that tells a stack from its neighbours: number, description, plane, slices and its id."""
    acquisition = stack.acquisition
    number = "" if acquisition.series_number is None else f"{acquisition.series_number} "
    what = acquisition.series_description or acquisition.modality or "–"
    return f"{number}{what} ({stack.geometry.plane}, {stack.slice_count}) [{stack.stack_id}]"
