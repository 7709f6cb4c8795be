"""From values to places on the sheet: linear and logarithmic scales, round ticks, and numbers as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable

_MANTISSAS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_MONTHS: Final = (1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 36.0, 60.0, 120.0)
_LOG_MANTISSAS: Final = ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
_SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps ``low`` to ``start`` and ``high`` to ``end``, in points; ``is_log`` where ratios count."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def __call__(self, value: float) -> float:
        """Where ``value`` lies; beyond the ends for values beyond the limits."""
        low, high = self._shown(self.low), self._shown(self.high)
        return self.start + (self.end - self.start) * (self._shown(value) - low) / ((high - low) or 1.0)

    def holds(self, value: float) -> bool:
        """True where ``value`` lies within the limits."""
        reach = _SLACK * abs(self.high - self.low)
        return self.low - reach <= value <= self.high + reach

    def _shown(self, value: float) -> float:
        return math.log(value) if self.is_log else value


def nice_ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """Round numbers within [low, high], about ``count`` of them, a step of 1, 2, 2.5 or 5 apart."""
    if not high > low:
        return (low,)
    raw = (high - low) / max(1, count)
    power = 10.0 ** math.floor(math.log10(raw))
    step = min(_MANTISSAS, key=lambda mantissa: abs(math.log(mantissa * power / raw))) * power
    return _multiples(low, high, step)


def month_ticks(high: float, count: int = 6) -> tuple[float, ...]:
    """From 0 to ``high`` in months, whole years where they suffice, at most about ``count`` steps."""
    step = next((months for months in _MONTHS if high / months <= count + 0.5), None)
    return _multiples(0.0, high, step) if step else nice_ticks(0.0, high, count)


def log_ticks(low: float, high: float, count: int = 6) -> tuple[float, ...]:
    """Values 1, 2, 5 times powers of ten within [low, high], fewer where there are more than ``count``."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for mantissas in _LOG_MANTISSAS:
        ticks = [mantissa * 10.0**power for power in powers for mantissa in mantissas]
        inside = tuple(tick for tick in ticks if low * (1 - _SLACK) <= tick <= high * (1 + _SLACK))
        if len(inside) <= count:
            break
    else:
        inside = inside[:: math.ceil(len(inside) / count)]
    return inside if len(inside) > 1 else nice_ticks(low, high, 4)


def _multiples(low: float, high: float, step: float) -> tuple[float, ...]:
    first, last = math.ceil(low / step - _SLACK), math.floor(high / step + _SLACK)
    return tuple(round(place * step, 12) for place in range(first, last + 1))


def number_text(value: float, decimals: int) -> str:
    """A number with its decimals and a true minus; no minus before zero."""
    text = f"{value:.{decimals}f}"
    if not text.strip("-0."):
        text = text.lstrip("-")
    return text.replace("-", "−")


def tick_texts(ticks: Sequence[float], factor: float = 1.0) -> tuple[str, ...]:
    """The labels of ticks, times ``factor``, all with the fewest decimals that tell them exactly."""
    shown = [factor * tick for tick in ticks]
    for decimals in range(7):
        if all(abs(value - round(value, decimals)) <= 1e-9 * max(1.0, abs(value)) for value in shown):
            return tuple(number_text(value, decimals) for value in shown)
    return tuple(f"{value:.3g}" for value in shown)


def log_tick_texts(ticks: Sequence[float]) -> tuple[str, ...]:
    """The labels of ticks on a logarithmic scale, each with the decimals it needs."""
    return tuple(tick_texts([tick])[0] for tick in ticks)


def estimate_text(value: Estimate | NotEstimable, catalogue: Catalogue, decimals: int = 2) -> str:
    """The number and its interval, or the sentence that says why there is none."""
    if isinstance(value, NotEstimable):
        return catalogue.render(value.message)
    shown = number_text(value.value, decimals)
    if value.interval is None:
        return shown
    low, high = value.interval
    fields = {"value": shown, "low": number_text(low, decimals), "high": number_text(high, decimals)}
    if low < 0:
        return catalogue.text("figure.estimate_signed", **fields)
    return catalogue.text("figure.estimate", **fields)
