"""A day as people and files write it, where no other day can be meant."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_YEAR_FIRST: Final = re.compile(
    r"(?P<year>\d{4})(?:(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"|年(?P<month_zh>\d{1,2})月(?P<day_zh>\d{1,2})日"
    r"|(?P<month_dicom>\d{2})(?P<day_dicom>\d{2}))"
)


def written_date(text: str) -> date | None:
    """The day in ``2026-11-28``, ``2026/11/28``, ``2026.11.28``, ``20261128`` or ``2026年11月28日``.

    None for anything else: in ``03/04/2026`` nobody can tell day from month.
    """
    found = _YEAR_FIRST.fullmatch(text.strip())
    if found is None:
        return None
    parts = found.groupdict()
    month = parts["month"] or parts["month_zh"] or parts["month_dicom"]
    day = parts["day"] or parts["day_zh"] or parts["day_dicom"]
    try:
        return date(int(parts["year"]), int(month), int(day))
    except ValueError:
        return None
