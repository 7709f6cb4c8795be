"""What a run needs and has: scans, masks, clinical values, and whom the study was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from inference.clinical.eligibility.evaluation import Answer, EligibilityLine, eligibility_of
from inference.clinical.missing_costs import costs_of_missing
from inference.clinical.schema import load_form
from inference.findings import Verdict
from inference.inputs.reasons import Fit
from inference.inputs.scan_dates import date_of
from inference.messages.message import Message
from inference.pathways.needs import needs_of
from inference.pathways.pathway import load_pathway
from inference.release import release_of

if TYPE_CHECKING:
    from gui.session import Session
    from inference.inputs.study_inputs import NamedInput

INPUTS: Final = "inputs"
MASK: Final = "mask:"
FIELD: Final = "field:"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that is needed; ``why`` says what is missing and what it costs, where something does.

    ``blocks`` is true where nothing at all can be asked without it.  ``place`` is where it is provided:
    ``inputs``, ``mask:`` with the id of an input, or ``field:`` with one of the form.
    """

    verdict: Verdict
    what: Message
    why: Message | None = None
    blocks: bool = False
    place: str = INPUTS


def requirements(session: Session) -> tuple[Requirement, ...]:
    """Everything in the order in which the user provides it; nothing while no scan is open."""
    if session.stack is None:
        return ()
    return (*_scans(session), *_masks(session), *_values(session), *_eligibility(session))


def blocking(session: Session) -> Message | None:
    """Why nothing can be asked yet, or None."""
    missing = (one for one in (*_scans(session), *_masks(session)) if one.blocks)
    return next((one.why or one.what for one in missing), None)


def next_place(session: Session) -> str:
    """Where to go next: to what blocks, then to what costs the answer, then to what costs less; or empty."""
    found = requirements(session)
    orders = (
        [one for one in found if one.blocks],
        [one for one in found if one.verdict is Verdict.REFUSED],
        [one for one in found if one.verdict is Verdict.NOTE and one.place != INPUTS],
    )
    if session.stack is not None and session.inputs.needs_pick:
        return INPUTS
    return next((one.place for order in orders for one in order), "")


def _scans(session: Session) -> Iterator[Requirement]:
    fits = {
        (match.input.id, one.read.stack.stack_id): one.fit
        for match in session.inputs.matches
        for one in match.candidates
    }
    for named in session.named_inputs:
        scan = session.scan_of(named.id)
        is_first = named is session.named_inputs[0]
        what = Message("panel.required.scan", {"input": named.title})
        if scan is None:
            if named.required:
                could = any(name == named.id and fit is not Fit.RED for (name, _), fit in fits.items())
                why = Message(f"panel.required.scan.{'none' if could else 'missing'}", {"input": named.title})
                yield Requirement(Verdict.REFUSED, what, why, blocks=is_first)
            continue
        if scan.volume is None:
            why = Message("panel.required.scan.unread", {"input": named.title})
            yield Requirement(Verdict.REFUSED, what, why, blocks=True)
            continue
        fit = fits.get((named.id, scan.stack.stack_id), Fit.GREEN)
        if fit is Fit.GREEN:
            yield Requirement(Verdict.FINE, what)
        else:
            taken = "noted" if session.serving or session.is_picked else "confirm"
            name = f"panel.required.scan.{taken if fit is Fit.AMBER else 'unfit'}"
            verdict = Verdict.NOTE if fit is Fit.AMBER else Verdict.REFUSED
            yield Requirement(verdict, what, Message(name))


def _masks(session: Session) -> Iterator[Requirement]:
    """A mask on each scan that is read; of a cuboid the first scan's alone, which counts in all."""
    pack = session.pack
    if pack is None:
        return
    from inference.pipeline import can_segment

    for named in _marked_inputs(session):
        scan = session.scan_of(named.id)
        if scan is None:
            continue
        what = Message("panel.required.mask", {"input": named.title})
        if scan.mask is not None and scan.mask.voxels.any():
            yield Requirement(Verdict.FINE, what)
        elif can_segment(pack):
            if scan.mask is not None:
                why = Message("panel.required.mask.empty")
                yield Requirement(Verdict.REFUSED, what, why, place=MASK + named.id)
        else:
            fields = {"input": named.title}
            without = any(one.fallback == "clinical_only" for one in load_pathway(session.study).answers)
            name = "panel.required.mask.clinical_only" if without else "panel.required.mask.none"
            why = Message(name, fields)
            yield Requirement(Verdict.REFUSED, what, why, blocks=not without, place=MASK + named.id)


def _marked_inputs(session: Session) -> tuple[NamedInput, ...]:
    assert session.pack is not None
    inputs = session.named_inputs
    if session.pack.manifest.treatments:
        return inputs[:1]
    pathway = load_pathway(session.study)
    if pathway.region == "cuboid":
        return inputs[:1]
    return tuple(one for one in inputs if pathway.phase_of(one.id) is not None)


def _values(session: Session) -> Iterator[Requirement]:
    pack = session.pack
    if pack is None or pack.manifest.treatments or pack.manifest.study != session.study:
        return
    what = Message("panel.required.values")
    costs = costs_of_missing(load_form(session.study), session.record, needs_of(pack.manifest))
    dear = [one for one in costs if one.lost or one.is_first]
    if not dear:
        yield Requirement(Verdict.FINE, what)
    for cost in dear:
        is_lost = cost.is_first or (cost.costs_answer and cost.instead is None)
        name = Message(f"clinical.{cost.field}")
        verdict = Verdict.REFUSED if is_lost else Verdict.NOTE
        yield Requirement(verdict, name, cost.message, place=FIELD + cost.field)


def _eligibility(session: Session) -> Iterator[Requirement]:
    first = session.scan_of(session.named_inputs[0].id)
    releases = session.stated.releases if first is None else first.stated.releases
    found = eligibility_of(session.record, None if first is None else date_of(first.stack))
    for line in found.lines:
        if line.answer is Answer.MET:
            yield Requirement(Verdict.FINE, line.asked)
        elif line.answer is Answer.OPEN:
            why = Message("panel.required.eligibility.open", {"required": line.required.id})
            yield Requirement(Verdict.NOTE, line.asked, why, place=FIELD + _asked_field(line, session.study))
        else:
            release = None if line.finding is None else release_of(line.finding, releases)
            said = Message(
                "panel.required.eligibility.unmet", {"said": line.said, "required": line.required.id}
            )
            if release is not None:
                yield Requirement(Verdict.NOTE, line.asked, release.message)
            else:
                place = FIELD + _asked_field(line, session.study)
                yield Requirement(Verdict.REFUSED, line.asked, said, place=place)


def _asked_field(line: EligibilityLine, study: str) -> str:
    """The first field of the form that answers a question."""
    return next(iter(line.question.fields), load_form(study).treatment_day or "")
