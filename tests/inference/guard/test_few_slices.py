"""One slice is never enough; two are for a pack that asks for no more."""

from __future__ import annotations

from inference.findings import Finding, Verdict
from tests.inference.guard.test_scan_check import CONDITIONS, axial, case, lines, refused


def test_two_slices_are_refused_unless_the_pack_asks_for_no_more() -> None:
    two = Finding("intake.two_slices", Verdict.NOTE, Verdict.REFUSED)
    scan = case(geometry=axial((2, 48, 48)), findings=(two,))
    assert refused(scan) == {"guard.slices"}
    flat = CONDITIONS.model_copy(update={"minimum_slices": 2})
    assert lines(scan, flat)["guard.slices"].verdict is Verdict.FINE
    assert "guard.intake" not in lines(scan, flat)
    one = Finding("intake.single_slice", Verdict.NOTE, Verdict.REFUSED)
    single = case(geometry=axial((1, 48, 48)), findings=(one,))
    least = CONDITIONS.model_copy(update={"minimum_slices": 1})
    assert lines(single, least)["guard.intake"].verdict is Verdict.REFUSED
