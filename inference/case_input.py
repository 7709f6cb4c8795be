"""What an assessment is made from: stack, volume, clinical record, mask, and what the user states."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import pairwise

from inference.assessment import InputReference
from inference.clinical.record import ClinicalRecord
from inference.errors import InputError
from inference.findings import Finding
from inference.masks.layer import MaskLayer
from inference.release import Release
from inference.scan import Stack
from inference.volume import Volume


@dataclass(frozen=True, slots=True)
class StatedFacts:
    """What the user says about the scan where the file is silent; empty or None means nothing is said.

    ``modality`` is a DICOM code (``MR``); ``body_part`` a code of the pack's ``body_parts``; ``phase`` a
    :class:`~inference.meaning.opinion.Phase`; ``releases`` are the refusals that a named user lifts, by code.

    Raises
    ------
    InputError
        When one refusal is released twice.
    """

    modality: str = ""
    contrast_enhanced: bool | None = None
    body_part: str = ""
    phase: str = ""
    releases: tuple[Release, ...] = ()

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.releases, key=lambda one: one.code))
        for one, other in pairwise(ordered):
            if one.code == other.code:
                raise InputError("error.release.twice", code=one.code)
        object.__setattr__(self, "releases", ordered)

    @property
    def is_empty(self) -> bool:
        """True when the user says nothing."""
        return self == StatedFacts()

    def with_release(self, release: Release) -> StatedFacts:
        """The same with one refusal released, in the place of an earlier release of it."""
        others = self.without_releases({release.code}).releases
        return replace(self, releases=(*others, release))

    def without_releases(self, codes: Collection[str]) -> StatedFacts:
        """The same with nothing of ``codes`` released."""
        return replace(self, releases=tuple(one for one in self.releases if one.code not in codes))

    def sha256(self) -> str:
        """Hash of what is said, for an Assessment's inputs."""
        parts = [self.modality, str(self.contrast_enhanced), self.body_part]
        if self.phase or self.releases:
            parts.append(self.phase)
        for release in self.releases:
            parts += [release.code, release.by, release.reason]
        return sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class ScanInput:
    """A further scan of the case: another phase, with its own mask and what the user states about it.

    Raises
    ------
    ValueError
        When volume or mask stand on another grid than the stack.
    """

    stack: Stack
    volume: Volume
    mask: MaskLayer | None = None
    stated: StatedFacts = field(default_factory=StatedFacts)

    def __post_init__(self) -> None:
        _stand_on_one_grid(self.stack, self.volume, self.mask)


@dataclass(frozen=True, slots=True, eq=False)
class CaseInput:
    """One patient's input for one study.

    ``stack``, ``volume`` and ``mask`` are of the study's first named input; ``further`` are the others by the
    input's id, where the study reads several scans.

    Raises
    ------
    ValueError
        When volume or mask stand on another grid than the stack.
    """

    stack: Stack
    volume: Volume
    record: ClinicalRecord
    mask: MaskLayer | None = None
    stated: StatedFacts = field(default_factory=StatedFacts)
    further: Mapping[str, ScanInput] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is odd: what the files of the scan say, what reading them showed, how the mask came in."""
        of_mask = () if self.mask is None else self.mask.findings
        return (*self.stack.findings, *self.volume.findings, *of_mask)

    def by_scan(self) -> Iterator[tuple[str, CaseInput]]:
        """Each scan as a case of its own: the first under an empty name, the others by their id, in order."""
        yield "", replace(self, further={})
        for name, scan in sorted(self.further.items()):
            yield name, CaseInput(scan.stack, scan.volume, self.record, scan.mask, scan.stated)

    def __post_init__(self) -> None:
        _stand_on_one_grid(self.stack, self.volume, self.mask)


def _stand_on_one_grid(stack: Stack, volume: Volume, mask: MaskLayer | None) -> None:
    if not stack.geometry.matches(volume.geometry):
        raise ValueError("the volume does not belong to the stack")
    if mask is not None and not mask.geometry.matches(volume.geometry):
        raise ValueError("the mask does not stand on the volume's grid")


def input_references(case: CaseInput) -> tuple[InputReference, ...]:
    """Every input by content; an Assessment is current while these are equal to its own."""
    references: list[InputReference] = []
    for name, scan in case.by_scan():
        pixels = scan.volume.pixel_sha256()
        references.append(InputReference("image", pixels, scan.stack.series_uid, scan=name))
        if scan.mask is not None:
            references.append(InputReference("mask", scan.mask.sha256(), scan=name))
        if not name:
            references.append(InputReference("clinical", case.record.sha256()))
        if not scan.stated.is_empty:
            references.append(InputReference("stated", scan.stated.sha256(), scan=name))
    return tuple(references)
