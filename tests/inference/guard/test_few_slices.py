"""What a pack may allow: two slices, and a volume whose plane of acquisition is undecided."""

from __future__ import annotations

from inference.findings import Finding, Verdict
from tests.inference.guard.test_scan_check import CONDITIONS, axial, case, lines, refused, shown


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


def test_an_isotropic_volume_of_undecided_plane_is_refused_unless_the_pack_allows_it() -> None:
    even = case(geometry=axial(spacing_mm=(5, 5, 5)))
    assert lines(even)["guard.plane"].verdict is Verdict.FINE
    strict = CONDITIONS.model_copy(update={"allows_isotropic": False})
    line = lines(even, strict)["guard.plane"]
    assert line.verdict is Verdict.REFUSED and "in which plane" in shown(line)[0]
    uneven = case(geometry=axial(spacing_mm=(5, 4, 4)))
    assert lines(uneven, strict)["guard.plane"].verdict is Verdict.FINE
