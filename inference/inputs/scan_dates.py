"""When a pathway's scans were taken: before treatment, not too long before, and close to one another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.inputs.reasons import Fit, Reason, of_finding
from inference.inputs.study_inputs import ScanDates
from inference.messages.message import Message
from inference.scan import Stack


def date_of(stack: Stack) -> date | None:
    """Day of acquisition, else of the study; None when neither is a date."""
    acquisition = stack.acquisition
    for text in (acquisition.technique.acquisition_date, acquisition.study_date):
        try:
            return date.fromisoformat(text)
        except ValueError:
            continue
    return None


def date_reasons(
    dates: ScanDates, scanned: date | None, *, today: date, treatment: date | None
) -> Iterator[Reason]:
    """A scan after treatment or too long before it is refused; without a date somebody has to confirm.

    While the day of treatment is not known, a scan is held against ``today``: only a scan that is already
    too old for any treatment from today on is told, and it needs confirmation, since treatment may have
    begun before today.
    """
    if scanned is None:
        yield Reason(Message("inputs.date_unknown"), Fit.AMBER, advice=Message("inputs.confirm_date"))
        return
    if scanned > today:
        yield Reason(Message("inputs.date_in_future", {"date": scanned.isoformat()}), Fit.AMBER)
    limit = dates.before_treatment_days
    if treatment is None:
        if limit is not None and (today - scanned).days > limit:
            fields = {"days": (today - scanned).days, "limit": limit}
            message = Message("inputs.treatment_date_unknown", fields)
            yield Reason(message, Fit.AMBER, advice=Message("inputs.confirm_date"))
        return
    days = (treatment - scanned).days
    if days < 0:
        yield of_finding(finding("inputs.after_treatment", days=-days, date=scanned.isoformat()))
    elif limit is not None and days > limit:
        yield of_finding(finding("inputs.too_long_before", days=days, limit=limit, date=scanned.isoformat()))


def apart_finding(
    dates: ScanDates, first: tuple[str, date | None], second: tuple[str, date | None]
) -> Finding | None:
    """The refusal of two scans that lie too far apart, each with the title of its input and its day.

    None when they do not, or when a date is missing: nobody can measure what was not written down.
    """
    (title, day), (other_title, other) = first, second
    if day is None or other is None or (days := abs((day - other).days)) <= dates.apart_days:
        return None
    fields = {"first": title, "second": other_title}
    return finding("inputs.dates_apart", days=days, limit=dates.apart_days, **fields)
