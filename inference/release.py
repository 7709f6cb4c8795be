"""A refusal lifted by a named user with a reason: it holds for one finding of the open scan and no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from inference.errors import InputError
from inference.findings import Finding, Verdict
from inference.messages.message import LIST_MARK, Message

LONGEST_NAME: Final = 80
LONGEST_REASON: Final = 300
"""Characters; so that a line of the report can hold them."""


@dataclass(frozen=True, slots=True)
class Release:
    """Who lifts which refusal, and why.

    ``code`` is a finding's code (``intake.gap``); ``by`` and ``reason`` are as typed, but for runs of white
    space.

    Raises
    ------
    InputError
        When name or reason is missing, too long, or holds characters that cannot be printed.
    """

    code: str
    by: str
    reason: str

    def __post_init__(self) -> None:
        for name, longest in (("by", LONGEST_NAME), ("reason", LONGEST_REASON)):
            text = " ".join(getattr(self, name).split())
            if not text:
                raise InputError(f"error.release.no_{name}", code=self.code)
            if len(text) > longest:
                raise InputError("error.release.too_long", what=f"release.{name}", longest=longest)
            if not text.isprintable():
                raise InputError("error.release.unprintable", what=f"release.{name}")
            object.__setattr__(self, name, text)

    @property
    def message(self) -> Message:
        """Who released it and why, as a catalogue message."""
        return Message("release.said", {"by": self.by, "reason": self.reason})


def is_releasable(finding: Finding) -> bool:
    """True for a refusal that a named user may lift."""
    return finding.releasable and finding.answer is Verdict.REFUSED


def release_of(finding: Finding, releases: Iterable[Release]) -> Release | None:
    """The release that lifts ``finding``; None when nobody released it, or nobody may."""
    if not is_releasable(finding):
        return None
    return next((one for one in releases if one.code == finding.code), None)


def releasable_codes(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Codes of all refusals among ``findings`` that a named user may lift, each once."""
    return tuple(dict.fromkeys(finding.code for finding in findings if is_releasable(finding)))


def refuse_idle_releases(releases: Iterable[Release], findings: Iterable[Finding]) -> None:
    """Stop at a release that lifts nothing: it would stand in the report as if it had.

    Raises
    ------
    InputError
        ``error.release.not_releasable`` where nobody may lift what was found, ``error.release.not_found``
        where it was not found at all.
    """
    found = tuple(findings)
    refused = {finding.code for finding in found if finding.answer is Verdict.REFUSED}
    allowed = releasable_codes(found)
    for release in releases:
        if release.code in allowed:
            continue
        name = "not_releasable" if release.code in refused else "not_found"
        codes = LIST_MARK.join(allowed) or "release.nothing"
        raise InputError(f"error.release.{name}", code=release.code, allowed=codes)


def released_by(releases: Iterable[Release]) -> tuple[Message, ...]:
    """What must stand beside a recommendation: by whom refusals were released, each name once."""
    names = dict.fromkeys(release.by for release in releases)
    return tuple(Message("statement.released", {"by": name}) for name in names)
