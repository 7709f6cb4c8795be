"""Round values that cover a range: marks of an axis, as R's ``pretty`` places them."""

from __future__ import annotations

import math
from typing import Final

_HIGH_BIAS: Final = 1.5
_HIGH_BIAS_OF_FIVE: Final = 0.5 + 1.5 * _HIGH_BIAS
_ROUNDING: Final = 1e-10
_SMALLEST_CELL: Final = 1e-300


def round_values(low: float, high: float, intervals: int = 10) -> tuple[float, ...]:
    """About ``intervals`` + 1 equidistant values, 1, 2 or 5 times a power of ten apart, over [low, high].

    The first is ≤ ``low`` and the last ≥ ``high``, up to rounding.  Larger steps are favoured, as in R.
    Source: Becker, Chambers and Wilks, The New S Language, 1988 (``pretty``).
    """
    width, least = high - low, intervals // 3
    largest = max(abs(low), abs(high))
    if width <= largest * 3e-15 * intervals:
        cell = (9 + largest / 10 if largest > 10 else largest or 1.0) * 0.75 / max(least, 1)
    else:
        cell = width / intervals
    cell = max(cell, _SMALLEST_CELL)
    exponent = math.floor(math.log10(cell))
    factor = _factor(cell / 10.0**exponent)
    unit = factor * 10.0**exponent
    first, last = math.floor(low / unit + _ROUNDING), math.ceil(high / unit - _ROUNDING)
    missing = least - (last - first)
    if missing > 0 and low == 0 and first == 0 and high != 0:
        last += missing
    elif missing > 0:
        before = missing // 2 + (missing % 2 if first >= 0 else 0)
        first, last = first - before, last + missing - before
    return tuple(_times_power(count * factor, exponent) for count in range(first, last + 1))


def _factor(cell: float) -> int:
    """1, 2, 5 or 10 for a cell in [1, 10)."""
    factor = 1
    for larger, bias in ((2, _HIGH_BIAS), (5, _HIGH_BIAS_OF_FIVE), (10, _HIGH_BIAS)):
        if larger - cell >= bias * (cell - factor):
            break
        factor = larger
    return factor


def _times_power(count: int, exponent: int) -> float:
    return float(count * 10**exponent) if exponent >= 0 else count / 10**-exponent
