"""Sentences about comparisons, computed from their numbers: the paper's way, the other way, or unsettled."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from models.markdown import table
from models.results.figures import Ablation, Contrast
from models.results.markdown import as_published, counted, interval, number, p_value, signed

SIGNIFICANT_BELOW: Final = 0.05
_SMALL: Final = "fewer than 10 in a class: the test is rough."
_EQUAL: Final = 0.0005
"""Differences that print as 0.000."""


class Direction(Enum):
    """Which way a contrast points, by the paper's sign and our test."""

    PAPERS = "the paper's way"
    PAPERS_WITHIN_CHANCE = "the paper's way, no further than chance goes"
    PAPERS_UNTESTED = "the paper's way, untested"
    OTHER = "the other way"
    OTHER_WITHIN_CHANCE = "the other way, no further than chance goes"
    OTHER_UNTESTED = "the other way, untested"
    EQUAL = "no difference here"
    NO_COUNTERPART = "the paper prints no counterpart"
    NOT_ESTIMABLE = "not estimable"


_PAPERS: Final = (Direction.PAPERS, Direction.PAPERS_WITHIN_CHANCE, Direction.PAPERS_UNTESTED)
_OTHER: Final = (Direction.OTHER, Direction.OTHER_WITHIN_CHANCE, Direction.OTHER_UNTESTED)
_UNTESTED: Final = (Direction.PAPERS_UNTESTED, Direction.OTHER_UNTESTED)


def direction(contrast: Contrast) -> Direction:
    """Our difference against the sign of the published one."""
    ours, papers = _difference(contrast.first.value, contrast.second.value), _published(contrast)
    if ours is None:
        return Direction.NOT_ESTIMABLE
    if papers is None or abs(papers) < _EQUAL:
        return Direction.NO_COUNTERPART
    if abs(ours) < _EQUAL:
        return Direction.EQUAL
    strength = 2 if contrast.paired.p_value is None else int(contrast.paired.p_value >= SIGNIFICANT_BELOW)
    return (_PAPERS if (ours > 0) == (papers > 0) else _OTHER)[strength]


def contrast_table(ablation: Ablation) -> str:
    """One row per contrast, with the paired test and where it points."""
    rows = [
        [
            one.cohort,
            f"{one.first.name} {number(one.first.value)}",
            f"{one.second.name} {number(one.second.value)}",
            f"{signed(one.paired.difference)} ({interval(one.paired.interval)})"
            if one.paired.difference is not None
            else one.paired.reason,
            p_value(one.paired.p_value) + (" \\*" if one.paired.is_small else ""),
            " / ".join(as_published(one.first.published, one.second.published)),
            direction(one).value,
        ]
        for one in ablation.contrasts
    ]
    heads = ["cohort", "first", "second", "difference (95 % interval)", "P", "paper (patients)", "points"]
    if any(one.paired.is_small for one in ablation.contrasts):
        return f"{table(heads, rows)}\n\n\\* {_SMALL}"
    return table(heads, rows)


def verdict(ablation: Ablation) -> str:
    """One sentence on all contrasts of the question, bold where it answers."""
    found = [direction(one) for one in ablation.contrasts]
    estimable = [one for one in ablation.contrasts if direction(one) is not Direction.NOT_ESTIMABLE]
    if not estimable:
        return f"{ablation.question}: not estimable on these phantoms."
    first, second = ablation.sides or (estimable[0].first.name, estimable[0].second.name)
    ahead = sum(_is_ahead(one) for one in estimable)
    lead = f"{ablation.question}: here {first} is ahead of {second} in {ahead} of {len(estimable)}."
    papers, other = (sum(one in kind for one in found) for kind in (_PAPERS, _OTHER))
    comparable = papers + other + found.count(Direction.EQUAL)
    if not comparable:
        return f"{lead} The paper prints no counterpart."
    beyond, other_beyond = found.count(Direction.PAPERS), found.count(Direction.OTHER)
    untested = sum(one in _UNTESTED for one in found)
    return f"{lead} {_answer(papers, other, (beyond, other_beyond), comparable, untested)}"


def _answer(papers: int, other: int, beyond: tuple[int, int], comparable: int, untested: int) -> str:
    """What the counts say; ``beyond`` counts the tests below the limit the paper's way and the other."""
    asked = f"Of {comparable} comparisons that the paper prints too, "
    every, none = "all point", "none points"
    if comparable == 1:
        asked, every, none = "The one comparison that the paper prints too ", "points", "does not point"
    how = _strength(sum(beyond), comparable, untested)
    if papers == comparable:
        conclusion = "point the way that the paper reports"
        if not beyond[0]:
            conclusion = "lean the way that the paper reports and do not settle it"
        return f"{asked}{every} its way ({how}): **the phantoms {conclusion}**."
    if other == comparable:
        return f"{asked}{none} its way ({how}): **the phantoms do not show what the paper reports**."
    if comparable == 1:
        return f"{asked}shows no difference here: **the phantoms do not settle it**."
    equal = comparable - papers - other
    return (
        f"{asked}{counted(papers, 'points', 'point')} its way ({beyond[0]} at P < {SIGNIFICANT_BELOW}), "
        f"{other} the other way ({beyond[1]})"
        + (f", {equal} neither way" if equal else "")
        + ": **the phantoms do not settle it**."
    )


def _strength(beyond: int, comparable: int, untested: int) -> str:
    if untested == comparable:
        return "untested"
    told = f"{beyond} at P < {SIGNIFICANT_BELOW}" if beyond else "none beyond chance"
    return f"{told}, {untested} untested" if untested else told


def beyond_chance(ablations: Sequence[Ablation]) -> tuple[int, int]:
    """How many paired tests there are, and how many have P below the limit."""
    tests = [one.paired.p_value for each in ablations for one in each.contrasts]
    made = [p for p in tests if p is not None]
    return len(made), sum(p < SIGNIFICANT_BELOW for p in made)


def _published(contrast: Contrast) -> float | None:
    return _difference(contrast.first.published, contrast.second.published)


def _is_ahead(contrast: Contrast) -> bool:
    ours = _difference(contrast.first.value, contrast.second.value)
    return ours is not None and ours >= _EQUAL


def _difference(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second
