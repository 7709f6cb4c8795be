"""Numbers as the page prints them."""

from __future__ import annotations

from models.results.reading import Interval

NOTHING = "–"


def number(value: float | None, digits: int = 3) -> str:
    """A figure of ours, or a dash."""
    return NOTHING if value is None else f"{value:.{digits}f}"


def as_published(*values: float | None) -> tuple[str, ...]:
    """Figures that a paper prints side by side, with the two or three digits that it prints them with."""
    known = [value for value in values if value is not None]
    digits = 2 if all(abs(value * 100 - round(value * 100)) < 1e-9 for value in known) else 3
    return tuple(number(value, digits) for value in values)


def published(value: float | None, limits: Interval = None) -> str:
    """A paper's figure, with its interval where it prints one."""
    if limits is None:
        return as_published(value)[0]
    figure, low, high = as_published(value, *limits)
    return f"{figure} ({low} to {high})"


def interval(limits: Interval, digits: int = 3) -> str:
    """Both limits, or a dash."""
    if limits is None:
        return NOTHING
    return f"{limits[0]:.{digits}f} to {limits[1]:.{digits}f}".replace("-", "−")


def p_value(value: float | None) -> str:
    """P with three digits, or below the smallest that these show."""
    if value is None:
        return NOTHING
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def signed(value: float | None, digits: int = 3) -> str:
    """A difference with its sign, or without where it prints as nothing."""
    if value is None:
        return NOTHING
    if round(value, digits) == 0:
        return number(0.0, digits)
    return f"{value:+.{digits}f}".replace("-", "−")


def percent(value: float | None) -> str:
    """A share in whole percent."""
    return NOTHING if value is None else f"{value:.0%}".replace("-", "−")


def counted(count: int, one: str, several: str) -> str:
    """``1 comparison``, ``2 comparisons``."""
    return f"{count} {one if count == 1 else several}"
