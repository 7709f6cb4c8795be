"""How the numbers of an audit are written, on paper and in the terminal."""

from __future__ import annotations

from typing import Final

from inference.messages.catalogue import Catalogue
from inference.rules.decision_audit import DecisionAudit, Tally
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from reports.wording import percent, percent_figure

_SMALLEST_P: Final = 0.0001
RATE_DECIMALS: Final = 2


def p_value_text(p_value: float, catalogue: Catalogue) -> str:
    """``P = 0.0019``: two significant figures below 0.1, two decimals above, and never zero."""
    if p_value < _SMALLEST_P:
        return catalogue.text("audit.p.below", value=f"{_SMALLEST_P:.4f}")
    if p_value >= 0.1:
        return catalogue.text("audit.p.is", value=f"{p_value:.2f}")
    decimals = next(places for places in range(1, 6) if p_value >= 10.0**-places) + 1
    return catalogue.text("audit.p.is", value=f"{p_value:.{decimals}f}")


def interval_text(estimate: Estimate, catalogue: Catalogue) -> str:
    """``95 % interval 47.9–71.0 %`` of a rate."""
    low, high = estimate.interval or (0.0, 1.0)
    return catalogue.text(
        "audit.interval",
        level=f"{100 * estimate.level:g}",
        low=percent_figure(low, 1),
        high=percent_figure(high, 1),
    )


def rate_text(tally: Tally, catalogue: Catalogue) -> str:
    """``39 of 65 (60.00 %)``, or that it cannot be estimated."""
    found = tally.rate
    if isinstance(found, NotEstimable):
        return catalogue.render(found.message)
    return catalogue.text(
        "audit.rate",
        correct=tally.correct,
        determinable=tally.determinable,
        percent=percent(found.value, catalogue, RATE_DECIMALS),
    )


def points(value: float) -> str:
    """A difference of rates in percentage points with its sign, e.g. ``+29.2``; zero has none."""
    figure = f"{100 * value:+.1f}"
    return "0.0" if float(figure) == 0 else figure.replace("-", "−")


def banner_text(audit: DecisionAudit, catalogue: Catalogue) -> str:
    """What every page says of its own standing: synthetic patients, retrospective, research only."""
    parts = []
    if audit.synthetic == audit.patients:
        parts.append(catalogue.text("audit.banner.synthetic"))
    elif audit.synthetic:
        parts.append(
            catalogue.text("audit.banner.partly_synthetic", count=audit.synthetic, patients=audit.patients)
        )
    parts.append(catalogue.text("audit.banner.not_randomised"))
    parts.append(catalogue.text("report.banner.research"))
    return " · ".join(parts)


def summary_lines(audit: DecisionAudit, catalogue: Catalogue) -> list[str]:
    """The audit in a few lines for a terminal."""
    both = audit.as_judged
    lines = [
        banner_text(audit, catalogue),
        catalogue.text(
            "audit.summary.side",
            side=catalogue.text("audit.physicians"),
            rate=rate_text(both.physician, catalogue),
        ),
        catalogue.text(
            "audit.summary.side", side=catalogue.text("audit.model"), rate=rate_text(both.model, catalogue)
        ),
    ]
    if audit.untested:
        lines.append(untested_line(audit, catalogue))
    if audit.row4_patients:
        lines.append(row4_line(audit, catalogue))
    return lines


def untested_line(audit: DecisionAudit, catalogue: Catalogue) -> str:
    """What is left when untested predictions count for nothing."""
    aside = audit.set_aside
    return catalogue.text(
        "audit.summary.untested",
        count=audit.untested,
        physician=rate_text(aside.physician, catalogue),
        model=rate_text(aside.model, catalogue),
    )


def row4_line(audit: DecisionAudit, catalogue: Catalogue) -> str:
    """How the disputed row was read, and for how many patients."""
    return catalogue.text(f"audit.row4.{audit.row4_physician}", count=audit.row4_patients)
