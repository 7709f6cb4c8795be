"""Data that lasso tests share, and the golden section's features."""

import re
from typing import Any

import numpy as np

from inference.statistics.design import Design, Numeric, design_of
from inference.statistics.outcomes import SurvivalData
from tests.inference.statistics.oracles import Oracle, as_list


def columns_of(matrix: Any) -> Design:
    """A design of numeric columns x0, x1, …"""
    values = np.asarray(matrix, dtype=float)
    return Design(values, tuple(Numeric(f"x{j}") for j in range(values.shape[1])))


def drawn(seed: int, rows: int = 60, width: int = 8) -> tuple[SurvivalData, Design, Any]:
    """Tied times, censored rows, correlated columns on three scales; and a class for each row."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, width))
    matrix[:, 1:] += 0.6 * matrix[:, :-1]
    risk = matrix[:, 0] - 0.7 * matrix[:, 2]
    matrix = matrix * np.resize([1.0, 40.0, 0.01], width) + np.resize([0.0, 3.0], width)
    failing, leaving = rng.exponential(np.exp(-risk)), rng.exponential(2, size=rows)
    data = SurvivalData(np.ceil(10 * np.minimum(failing, leaving)), failing <= leaving)
    return data, columns_of(matrix), rng.random(rows) < 1 / (1 + np.exp(-risk))


def golden_design(oracle: Oracle) -> Design:
    """The features of the golden section: those it names, with all that are numbered alike."""
    named = {
        str(name)
        for sample in oracle.golden["lasso_cox"]["path_samples"]
        for name in as_list(sample["nonzero"])
    }
    stems = {match[1] for name in named if (match := re.fullmatch(r"(f)\d+", name))}
    table = oracle.table("dev")
    chosen = [
        name for name in table if name in named or any(re.fullmatch(rf"{stem}\d+", name) for stem in stems)
    ]
    return design_of(table, [Numeric(name) for name in chosen])
