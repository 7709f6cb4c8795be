"""What the protocols earn on outcomes dealt out at random: read, and judged against one half."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import Final

from pydantic import FiniteFloat

from models.markdown import table
from models.results.figures import STANDARD_ERRORS, DealtOut, Measure
from models.results.markdown import number
from models.results.reading import Document

PERMUTED_JSON: Final = "permuted.json"


class PermutedModel(Document):
    """One area, or C-index, per permutation: the mean over the folds of what each fold left out."""

    measure: Measure
    areas: tuple[FiniteFloat, ...]

    def pooled(self, study: str, model: str) -> DealtOut:
        """The mean with its error; the folds of one permutation err together and count as one."""
        error = stdev(self.areas) / sqrt(len(self.areas))
        return DealtOut(study, model, self.measure, fmean(self.areas), error, len(self.areas))


class PermutedStudy(Document):
    """One study's protocol at a small size."""

    setting: str
    models: dict[str, PermutedModel]


class Permuted(Document):
    """All studies that were permuted."""

    studies: dict[str, PermutedStudy]


def permuted_section(kept: Permuted | None, of_runs: Sequence[DealtOut], studies: Sequence[str]) -> list[str]:
    """A table, and a sentence that counts the exceptions; ``of_runs`` are of studies' own runs."""
    own = {} if kept is None else kept.studies
    tested = [
        *of_runs,
        *(one.pooled(study, name) for study, found in own.items() for name, one in found.models.items()),
    ]
    head = ["## Outcomes dealt out at random"]
    missing = [study for study in studies if study not in {one.study for one in tested}]
    told = "Not permuted: " + ", ".join(f"`{study}`" for study in missing) + "."
    if not tested:
        return [*head, f"**No figures.** {told}"]
    rows = [
        [
            f"`{one.study}`",
            one.model,
            f"{one.measure} {number(one.mean)} ± {number(one.standard_error)}",
            str(one.permutations),
            "yes" if one.is_chance else "**no**",
        ]
        for one in tested
    ]
    outside = sum(not one.is_chance for one in tested)
    verdict = (
        f"All {len(tested)} lie within {STANDARD_ERRORS:g} standard errors of 0.5, as a protocol that lets "
        "nothing leak must."
        if not outside
        else f"**{outside} of {len(tested)} lie further than {STANDARD_ERRORS:g} standard errors from 0.5.**"
    )
    heads = ["study", "model", "mean ± standard error (phantoms)", "permutations", "0.5 within 3 errors"]
    return [
        *head,
        "*Synthetic phantoms, not patients.* Each study's own protocol on outcomes dealt out at random: "
        "selection, filters, oversampling and fusion run inside the folds, and each figure is the mean over "
        "folds and permutations of what was left out of learning, in small cohorts "
        "(`python -m models.results.permute`). “Last epoch” is the test cohort of the study's own run.",
        table(heads, rows),
        verdict,
        *(f"`{study}`: {found.setting}." for study, found in own.items()),
        *([told] if missing else []),
    ]
