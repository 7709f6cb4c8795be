"""What a user may choose to keep, and how the standard names each choice."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import with_config

from inference.dicom.records import STRICT


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class DeidentifyOptions:
    """Departures from the Basic Application Level Confidentiality Profile.

    Parameters
    ----------
    keep_characteristics
        Age (over 89: 90), sex, height, weight, smoking and pregnancy status stay.
    keep_shifted_dates
        Dates are moved by one whole number of days per patient, times of day stay; otherwise both go.
    """

    keep_characteristics: bool = False
    keep_shifted_dates: bool = False

    @property
    def method_codes(self) -> tuple[tuple[str, str], ...]:
        """Codes (DCM) and meanings for (0012,0064). Source: PS3.16 CID 7050."""
        codes = [("113100", "Basic Application Confidentiality Profile")]
        if self.keep_shifted_dates:
            codes.append(("113107", "Retain Longitudinal Temporal Information Modified Dates Option"))
        if self.keep_characteristics:
            codes.append(("113108", "Retain Patient Characteristics Option"))
        codes.append(("113111", "Retain Safe Private Option"))
        return tuple(codes)

    @property
    def temporal_information(self) -> str:
        """The value of (0028,0303)."""
        return "MODIFIED" if self.keep_shifted_dates else "REMOVED"
