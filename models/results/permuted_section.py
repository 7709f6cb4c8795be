"""What the protocols earn on outcomes dealt out at random: read, and judged against one half."""

from __future__ import annotations

from math import sqrt
from statistics import fmean, stdev
from typing import Final

from pydantic import FiniteFloat

from models.results.markdown import number, table
from models.results.reading import Document

PERMUTED_JSON: Final = "permuted.json"
STANDARD_ERRORS: Final = 3.0


class PermutedModel(Document):
    """One area, or C-index, per permutation: the mean over the folds of what each fold left out."""

    measure: str
    areas: tuple[FiniteFloat, ...]

    @property
    def mean(self) -> float:
        """Over the permutations."""
        return fmean(self.areas)

    @property
    def standard_error(self) -> float:
        """Of the mean; the folds of one permutation err together and count as one."""
        return stdev(self.areas) / sqrt(len(self.areas))

    @property
    def is_chance(self) -> bool:
        """Whether one half lies within three standard errors."""
        return abs(self.mean - 0.5) <= STANDARD_ERRORS * self.standard_error


class PermutedStudy(Document):
    """One study's protocol at a small size."""

    setting: str
    models: dict[str, PermutedModel]


class Permuted(Document):
    """All studies that were permuted."""

    studies: dict[str, PermutedStudy]


def permuted_section(found: Permuted | None, studies: tuple[str, ...]) -> list[str]:
    """A table, and a sentence that counts the exceptions."""
    head = ["## Outcomes dealt out at random"]
    if found is None:
        return [*head, f"**No figures.** `docs/results/{PERMUTED_JSON}` is not there."]
    rows = [
        [
            f"`{study}`",
            name,
            f"{one.measure} {number(one.mean)} ± {number(one.standard_error)}",
            str(len(one.areas)),
            "yes" if one.is_chance else "**no**",
        ]
        for study, own in found.studies.items()
        for name, one in own.models.items()
    ]
    tested = [one for own in found.studies.values() for one in own.models.values()]
    outside = sum(not one.is_chance for one in tested)
    missing = [study for study in studies if study not in found.studies]
    verdict = (
        f"All {len(tested)} lie within {STANDARD_ERRORS:g} standard errors of 0.5, as a protocol that lets "
        f"nothing leak must."
        if not outside
        else f"**{outside} of {len(tested)} lie further than {STANDARD_ERRORS:g} standard errors from 0.5.**"
    )
    heads = ["study", "model", "mean ± standard error (phantoms)", "permutations", "0.5 within 3 errors"]
    parts = [
        *head,
        "*Synthetic phantoms, not patients.* Each study's own protocol, at a small size, on outcomes dealt "
        "out at random: selection, filters, oversampling and fusion run inside the folds; each figure is the "
        "mean over folds and permutations of what each fold left out.",
        table(heads, rows),
        verdict,
        *(f"`{study}`: {own.setting}." for study, own in found.studies.items()),
    ]
    if missing:
        parts.append("Not permuted: " + ", ".join(f"`{study}`" for study in missing) + ".")
    return parts
