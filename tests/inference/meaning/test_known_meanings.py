"""A volume in memory is understood once, and forgotten with it."""

import gc
import weakref
from dataclasses import replace

import pytest

from inference.meaning import known_meanings
from inference.meaning.known_meanings import meaning_of
from inference.meaning.understanding import Meaning, understand_volume
from inference.scan import Acquisition, Stack
from inference.volume import Volume
from tests.inference.meaning.painted_abdomen import abdomen, grid, stack_of


def test_a_volume_is_understood_once_for_each_modality(monkeypatch: pytest.MonkeyPatch) -> None:
    stack, volume = abdomen("arterial")
    asked: list[str] = []

    def counted(scan: Stack, read: Volume, *, modality: str) -> Meaning:
        asked.append(modality)
        return understand_volume(scan, read, modality=modality)

    monkeypatch.setattr(known_meanings, "understand_volume", counted)
    first = meaning_of(stack, volume)
    assert meaning_of(stack, volume) is first and meaning_of(stack, volume, modality="CT") is first
    assert len(asked) == 1 and first.phase.value == "arterial"
    silent = stack_of(stack.geometry, modality="")
    assert meaning_of(silent, volume).modality.value == ""
    assert meaning_of(silent, volume, modality="CT").phase.value == "arterial"


def test_an_mr_is_not_kept_and_its_volume_not_read() -> None:
    _, volume = abdomen("arterial", geometry=grid(slices=4))
    stack = stack_of(volume.geometry)
    mr = replace(stack, acquisition=Acquisition(modality="MR", series_description="T1 +C"))
    assert meaning_of(mr, volume).weighting.value == "t1"
    assert volume not in known_meanings._KNOWN


def test_a_volume_that_is_gone_is_forgotten() -> None:
    stack, volume = abdomen("arterial", geometry=grid(slices=4))
    meaning_of(stack, volume)
    gone = weakref.ref(volume)
    del volume
    gc.collect()
    assert gone() is None
