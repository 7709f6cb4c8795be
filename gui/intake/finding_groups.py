"""Findings in the order of their weight, those of one kind together, and the same as text to copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.messages.catalogue import Catalogue
from inference.messages.message import Message
from inference.release import Release, release_of
from inference.scan import Plan, Stack


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one code; the worst verdicts of its members hold for all.

    ``release`` says who lifted their refusal; they are noted then.
    """

    code: str
    findings: tuple[Finding, ...]
    release: Release | None = None

    @property
    def view(self) -> Verdict:
        """May it be looked at."""
        return worst_view(self.findings)

    @property
    def answer(self) -> Verdict:
        """May a pack use it."""
        return worst_answer(self.findings) if self.release is None else Verdict.NOTE

    @property
    def worst(self) -> Verdict:
        """The heavier of the two."""
        return max(self.view, self.answer)

    @property
    def is_releasable(self) -> bool:
        """True when a named user may lift the refusal with a reason."""
        return all(finding.releasable for finding in self.findings)


def groups_of(findings: Iterable[Finding], releases: Sequence[Release] = ()) -> tuple[FindingGroup, ...]:
    """Distinct findings by code, the heaviest first, with what a user has released."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        same = by_code.setdefault(finding.code, [])
        if finding not in same[-64:]:
            same.append(finding)
    groups = [
        FindingGroup(code, tuple(same), release_of(max(same, key=lambda one: one.answer), releases))
        for code, same in by_code.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-group.worst, -group.view, -group.answer)))


def findings_to_show(
    plan: Plan | None, stack: Stack | None, listed: Sequence[Stack], read: Sequence[Finding] = ()
) -> tuple[Finding, ...]:
    """What concerns the source, the open series and the open stack; without one, every listed stack.

    ``read`` is what was noticed while the open stack was read.
    """
    if plan is None:
        return ()
    found = list(plan.findings)
    shown = (stack,) if stack is not None else tuple(listed)
    ids = {one.stack_id for one in shown}
    for series in plan.series:
        if any(one.stack_id in ids for one in series.stacks):
            found += series.findings
    for one in shown:
        found += one.findings
    return (*found, *read)


def short_reason(catalogue: Catalogue, group: FindingGroup) -> str:
    """Why files were passed over, without naming one of them."""
    known = f"gui.skipped.{group.code.removeprefix('intake.')}"
    if catalogue.has(known):
        return catalogue.text(known)
    return catalogue.render(group.findings[0].message_without_files)


def verdict_words(group: FindingGroup) -> tuple[tuple[Verdict, Message], ...]:
    """Both verdicts as a mark and a sentence; nothing where both are fine."""
    if group.worst is Verdict.FINE:
        return ()
    names = {Verdict.FINE: "fine", Verdict.NOTE: "note", Verdict.REFUSED: "refused"}
    answer = names[group.answer]
    if group.release is not None:
        answer = "released"
    elif group.answer is Verdict.REFUSED and group.is_releasable:
        answer = "releasable"
    return (
        (group.view, Message(f"gui.verdict.view.{names[group.view]}")),
        (group.answer, Message(f"gui.verdict.answer.{answer}")),
    )


def said_together(group: FindingGroup) -> Message | None:
    """Both verdicts in one sentence where they are the same, so that nothing is said twice."""
    if group.view is not group.answer or group.worst is Verdict.FINE or group.release is not None:
        return None
    if group.worst is Verdict.NOTE:
        return Message("gui.verdict.both.note")
    return Message(f"gui.verdict.both.{'releasable' if group.is_releasable else 'refused'}")


def release_words(group: FindingGroup) -> Message | None:
    """Who released the findings and why; None where nobody did."""
    if group.release is None:
        return None
    return Message("gui.release.said", {"by": group.release.by, "reason": group.release.reason})


def as_text(catalogue: Catalogue, groups: Iterable[FindingGroup], skipped: Iterable[FindingGroup]) -> str:
    """Findings and files passed over, one a line."""
    lines: list[str] = []
    for group in groups:
        verdicts = " · ".join(catalogue.render(message) for _, message in verdict_words(group))
        for finding in group.findings:
            lines.append(catalogue.render(finding.message))
            if verdicts:
                lines.append(f"    {verdicts}")
            if (said := release_words(group)) is not None:
                lines.append(f"    {catalogue.render(said)}")
            if catalogue.has(finding.advice.id):
                lines.append(f"    {catalogue.render(finding.advice)}")
    for group in skipped:
        lines += ["", f"{short_reason(catalogue, group)} ({len(group.findings)})"]
        lines += [f"    {catalogue.render(finding.message)}" for finding in group.findings]
    return "\n".join(lines).strip() + "\n"
