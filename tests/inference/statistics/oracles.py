"""Reference results by R: every data set at hand, its tables and its golden numbers.

Beside the sets in ``oracles/``, those in the folder that ``CONCILIUM_ORACLES`` names are read
(default ``shared/oracles`` in or beside the checkout); a set that is the same in both is tested once.
"""

import csv
import functools
import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from inference.statistics.design import Factor, Numeric, Term
from inference.statistics.outcomes import ClassData, SurvivalData
from inference.statistics.reasons import NotEstimable

REPOSITORY = Path(__file__).parents[3]
COMMITTED = Path(__file__).parent / "oracles"
Kind = Literal["survival", "binary", "icc"]


@dataclass(frozen=True)
class Oracle:
    """One data set with what R computed from it."""

    name: str
    folder: Path
    golden: dict[str, Any]

    @property
    def kind(self) -> Kind:
        """What the set is about, told by its sections."""
        if "km" in self.golden:
            return "survival"
        return "binary" if "logistic" in self.golden else "icc"

    @property
    def meta(self) -> dict[str, Any]:
        """Horizons, covariates, levels, packages."""
        return self.golden["meta"]

    @property
    def horizons(self) -> list[float]:
        """The times at which survival is judged."""
        return [float(t) for t in np.atleast_1d(self.meta["horizons"])]

    def section(self, name: str) -> dict[str, Any]:
        """A golden section; the test is skipped where R could not compute it either."""
        section = self.golden.get(name)
        if section is None or "error" in section:
            pytest.skip(f"{self.name}: no golden section {name}")
        return section

    def table(self, split: Literal["all", "dev", "val"] = "all") -> dict[str, NDArray[Any]]:
        """Columns of ``data.csv`` by name: text where ``meta.levels`` or ``group`` say so, else float64.

        Fewer than 10 rows to validate a survival model on: R took those of development, and so does ``val``.
        """
        table = read_table(self.folder / "data.csv", frozenset(self.meta.get("levels", {})))
        if split == "all":
            return table
        rows = table["split"] == split
        if split == "val" and self.kind == "survival" and rows.sum() < 10:
            rows = table["split"] == "dev"
        return {name: column[rows] for name, column in table.items()}

    def survival(self, split: Literal["all", "dev", "val"] = "all") -> SurvivalData:
        """Times and events."""
        table = self.table(split)
        return SurvivalData(table["time"], table["event"])

    def classes(self, marker: str, split: Literal["all", "dev", "val"] = "all") -> ClassData:
        """A marker with the outcome y."""
        table = self.table(split)
        return ClassData(table[marker], table["y"])

    def terms(self, names: Sequence[str] | None = None) -> list[Term]:
        """The covariates (or ``names``) as terms: a factor where ``meta.levels`` lists levels."""
        levels = self.meta.get("levels", {})
        chosen = np.atleast_1d(self.meta["covars"]) if names is None else names
        return [
            Factor(str(name), tuple(np.atleast_1d(levels[name]))) if name in levels else Numeric(str(name))
            for name in chosen
        ]


@functools.cache
def read_table(file: Path, text: frozenset[str]) -> dict[str, NDArray[Any]]:
    """A CSV file by column; a column is text when named in ``text`` or when a cell is no number."""
    with file.open(encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    return {name: _column([row[i] for row in rows], name in text) for i, name in enumerate(header)}


def _column(cells: list[str], is_text: bool) -> NDArray[Any]:
    if not is_text:
        try:
            return np.array([float(cell) if cell else math.nan for cell in cells])
        except ValueError:
            pass
    return np.array(cells)


def oracles(kind: Kind) -> list[Any]:
    """Every set of a kind, as parameters with the set's name as id."""
    return [pytest.param(oracle, id=oracle.name) for oracle in _all_oracles() if oracle.kind == kind]


@functools.cache
def _all_oracles() -> tuple[Oracle, ...]:
    configured = os.environ.get("CONCILIUM_ORACLES")
    beside = [REPOSITORY / "shared" / "oracles", REPOSITORY.parent / "shared" / "oracles"]
    places = [COMMITTED, *([Path(configured)] if configured else beside)]
    found: dict[str, Oracle] = {}
    seen: set[bytes] = set()
    for place in places:
        for file in sorted(place.glob("*/golden.json")):
            raw = file.read_bytes()
            if raw in seen:
                continue
            seen.add(raw)
            name = file.parent.name if file.parent.name not in found else f"{file.parent.name}-other"
            found[name] = Oracle(name, file.parent, json.loads(raw))
    return tuple(found.values())


def assert_agrees(
    actual: object, golden: object, *, relative: float = 0.0, absolute: float = 0.0, what: str = ""
) -> None:
    """Compare numbers or nested lists of numbers with R's; null there must be no number here.

    No number is None, a NotEstimable, NaN or an infinity.  An absolute floor of 1e-14 is always allowed.
    """
    ours, theirs = _flat(actual), _flat(golden)
    assert len(ours) == len(theirs), f"{what}: {len(ours)} numbers, {len(theirs)} expected"
    for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        if other is None:
            assert one is None or not math.isfinite(one), f"{what}[{index}]: {one}, none expected"
            continue
        assert one is not None, f"{what}[{index}]: none, {other} expected"
        room = max(absolute, relative * abs(other), 1e-14)
        assert abs(one - other) <= room, f"{what}[{index}]: {one!r}, {other!r} expected"


def _flat(values: Any) -> list[float | None]:
    if values is None or isinstance(values, NotEstimable):
        return [None]
    if isinstance(values, list | tuple | np.ndarray):
        return [number for value in values for number in _flat(value)]
    return [float(values)]


def as_list(values: ArrayLike | None) -> list[Any]:
    """A golden scalar or list as a list."""
    return [] if values is None else list(np.atleast_1d(np.asarray(values, dtype=object)))
