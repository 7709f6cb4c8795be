"""Whose stacks are listed, which of them can be shown, and which is opened first."""

from __future__ import annotations

from collections.abc import Iterable

from inference.cases.identity import PatientIdentity
from inference.findings import Verdict, worst_answer, worst_view
from inference.scan import Plan, Stack


def stacks_of(plan: Plan | None, patient: PatientIdentity | None) -> tuple[Stack, ...]:
    """The stacks of one patient of the source; of nobody while there is no plan or no choice."""
    if plan is None or patient is None:
        return ()
    return tuple(stack for stack in plan.stacks if stack.identity.is_same_person_as(patient))


def is_viewable(stack: Stack) -> bool:
    """True when nothing that was found forbids to show the stack."""
    return worst_view(stack.findings) is not Verdict.REFUSED


def first_to_open(stacks: Iterable[Stack]) -> Stack | None:
    """The best of the stacks that can be shown, or None: usable by a pack, axial, many slices."""
    viewable = [stack for stack in stacks if is_viewable(stack)]
    if not viewable:
        return None
    best = min(worst_answer(stack.findings) for stack in viewable)
    usable = [stack for stack in viewable if worst_answer(stack.findings) == best]
    usable.sort(key=lambda stack: -stack.slice_count)
    # A plane costs a little mathematics: of thousands, only those are asked that might win.
    return next((stack for stack in usable if stack.geometry.plane == "axial"), usable[0])
