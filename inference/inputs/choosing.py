"""Which stacks of a source serve a study's inputs when nobody is there to choose; nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from inference.case_input import StatedFacts
from inference.dicom.select import choose_stack, names_of_stacks, scans_of
from inference.errors import InputError
from inference.inputs.reasons import Fit, reasons_against, worst
from inference.inputs.study_inputs import NamedInput, StudyInputs
from inference.meaning.understanding import Meaning, understand
from inference.scan import Plan, Stack

See = Callable[[Stack], Meaning]
"""What a stack shows by its tags and its pixels, which have to be read for it."""


def choose_scans(
    study: StudyInputs,
    plan: Plan,
    see: See,
    *,
    picked: Mapping[str, str],
    stated: StatedFacts,
    further: Mapping[str, StatedFacts] | None = None,
) -> dict[str, Stack]:
    """The stack of each input, by the input's id in the study's order; an input that nothing fits is absent.

    Tags decide, pixels where tags leave it open.  ``picked`` names the stack of an input: its id, series
    number or series UID.  ``stated`` holds of every input but those in ``further``.
    A source with one scan gives it to the first input, whatever it is: the guard says
    what does not fit.

    Raises
    ------
    InputError
        When there is no scan, or two patients; when several fit one input, naming them; when nothing fits the
        first; when ``picked`` names an input or a stack that there is not.
    """
    scans = scans_of(plan)
    first = study.inputs[0]
    known = {one.id for one in study.inputs}
    for name in picked:
        if name not in known:
            allowed = ", ".join(sorted(known))
            if not name:
                raise InputError(
                    "error.scan.without_input", study=study.study, text=picked[name], allowed=allowed
                )
            raise InputError("error.scan.unknown_input", study=study.study, input=name, allowed=allowed)
    if len(scans) == 1 and not picked:
        return {first.id: scans[0]}
    if len(study.inputs) == 1 and not picked:
        return {first.id: choose_stack(plan)}
    chosen: dict[str, Stack] = {}
    for named in study.inputs:
        if named.id in picked:
            chosen[named.id] = _picked(scans, picked[named.id])
            continue
        fitting = _fitting(named, scans, see, (further or {}).get(named.id, stated))
        if len(fitting) > 1:
            fields = {"input": named.title, "choices": names_of_stacks(fitting), "id": named.id}
            raise InputError("error.scan.several_fit", **fields)
        if fitting:
            chosen[named.id] = fitting[0]
        elif named is first:
            raise InputError("error.scan.none_fits", input=named.title, choices=names_of_stacks(scans))
    return chosen


def _fitting(named: NamedInput, scans: Sequence[Stack], see: See, stated: StatedFacts) -> list[Stack]:
    """Those that fit by their tags; of none, those that the pixels leave or make possible."""
    by_tags = {stack.stack_id: _fit(named, stack, understand(stack, None), stated) for stack in scans}
    if green := [stack for stack in scans if by_tags[stack.stack_id] is Fit.GREEN]:
        return green
    open_ones = [stack for stack in scans if by_tags[stack.stack_id] is Fit.AMBER]
    seen = {stack.stack_id: _fit(named, stack, see(stack), stated) for stack in open_ones}
    green = [stack for stack in open_ones if seen[stack.stack_id] is Fit.GREEN]
    return green or [stack for stack in open_ones if seen[stack.stack_id] is Fit.AMBER]


def _fit(named: NamedInput, stack: Stack, meaning: Meaning, stated: StatedFacts) -> Fit:
    return worst(reasons_against(named, stack, meaning, stated))


def _picked(scans: Sequence[Stack], text: str) -> Stack:
    found = [
        stack
        for stack in scans
        if text in (stack.stack_id, stack.series_uid, str(stack.acquisition.series_number))
    ]
    if len(found) != 1:
        raise InputError("error.scan.not_picked", text=text, choices=names_of_stacks(scans))
    return found[0]
