"""A small, repeatable part of the fuzzing, and that it would notice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import fuzz_intake
from benchmarks.fuzz_intake import run
from benchmarks.mutations import Mutant, mutate, seeds_of
from tests.inference.dicom.dicom_files import make_slice, write


def test_sixty_spoilt_files_break_no_promise(shared_data: Path) -> None:
    reference = shared_data / "ct_liver_3slice_with_SEG" / "ct"
    report = run(seeds_of(shared_data), files=60, seed=20_240_301, reference=reference, keep=None)
    assert report.offences == []
    assert sum(report.kinds.values()) == 60 and len(report.kinds) > 12
    assert report.outcomes["loaded whole"] > 5 and sum(report.outcomes.values()) >= 60


def test_the_same_seed_spoils_the_same_way(shared_data: Path) -> None:
    seeds = seeds_of(shared_data)
    assert len(seeds) > 150 and {seed.suffix for seed in seeds} == {".dcm", ".nii.gz", ".nrrd"}
    assert any(seed.is_mask for seed in seeds) and any(seed.pixels_end for seed in seeds)
    first, again = random.Random(5), random.Random(5)
    assert [mutate(first, seeds) for _ in range(30)] == [mutate(again, seeds) for _ in range(30)]


@pytest.mark.parametrize("broken", ["called complete", "took", "held", "ValueError"])
def test_a_broken_promise_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    content = write(make_slice(0), tmp_path / "good.dcm").read_bytes()
    good = Mutant(content, ".dcm", "nothing", is_mask=False, is_short=broken == "called complete")
    monkeypatch.setattr(fuzz_intake, "mutate", lambda rng, seeds: good)
    if broken == "took":
        monkeypatch.setattr(fuzz_intake, "MOST_SECONDS", 0.0)
    if broken == "held":
        monkeypatch.setattr(fuzz_intake, "MOST_BYTES", -1_000_000)
    if broken == "ValueError":
        monkeypatch.setattr(fuzz_intake.Intake, "scan", lambda self, path: int("no number"))
    report = run([], files=1, seed=1, reference=None, keep=tmp_path / "kept")
    assert any(broken in offence for offence in report.offences)
    assert (tmp_path / "kept" / "0.dcm").read_bytes() == content
