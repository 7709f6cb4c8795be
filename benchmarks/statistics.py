"""Statistics beside their peers: ``python -m benchmarks.statistics [--runs N]``.

Peers are not installed with the project (``pip install lifelines``): a line says where one is absent.
Prints the median seconds of several alternating runs here and there, and their ratio: a LASSO-Cox model
beside lifelines (one penalty, few features: it has no path), the whole path beside scikit-survival's Coxnet
and R's glmnet where those are installed, 1 000 resamples of a C-index, and the C-index of 100 000 patients.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from inference.statistics.design import Design, Numeric
from inference.statistics.discrimination.concordance import concordance
from inference.statistics.outcomes import Floats, SurvivalData
from inference.statistics.penalised.cross_validation import cross_validate_lasso_cox
from inference.statistics.penalised.folds import balanced_folds
from inference.statistics.penalised.lasso_cox import lasso_cox
from inference.statistics.reasons import NotEstimable
from inference.statistics.resampling.bootstrap import Answer, bootstrap
from inference.statistics.resampling.patients import Rows

_ROWS, _FEATURES = 76, 4_000
_FEW = 30
_STRENGTH = 0.1
_RESAMPLES, _THEIR_RESAMPLES = 1_000, 20
CIndex = Callable[[SurvivalData, Floats], float]

_GLMNET = """
suppressMessages({library(glmnet); library(survival)}); d <- as.matrix(read.csv(commandArgs(TRUE)[1]))
y <- Surv(d[, 1], d[, 2]); x <- d[, -(1:2)]
fit <- function(run) system.time(glmnet(x, y, family = "cox"))[["elapsed"]]
cat(sapply(seq_len(as.integer(commandArgs(TRUE)[2])), fit))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.statistics", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args(arguments).runs
    data, design = _radiomics(_ROWS, _FEATURES)
    _penalised(data, design, runs)
    _resampling(runs)
    _large_c(runs)
    return 0


def _penalised(data: SurvivalData, design: Design, runs: int) -> None:
    few = Design(design.matrix[:, :_FEW], design.terms[:_FEW])
    title = f"LASSO-Cox, {len(data)} patients"
    _line(
        f"{title}, {_FEW} features, one penalty; lifelines",
        *_alternating(lambda: lasso_cox(data, few, lambdas=[_STRENGTH]), _lifelines_cox(data, few), runs),
    )
    path = f"{title}, {len(design.terms)} features, 100 penalties"
    coxnet = _coxnet(data, design)
    if coxnet is not None:
        _line(f"{path}; Coxnet", *_alternating(lambda: lasso_cox(data, design), coxnet, runs))
    ours = _median(lambda: lasso_cox(data, design), runs)
    _line(f"{path}; glmnet", ours, _glmnet(data, design, runs))
    folds = balanced_folds(data.event, 10, np.random.default_rng(1))
    print(f"{path}, 10 folds: {_median(lambda: cross_validate_lasso_cox(data, design, folds), runs):.2f} s")
    many, narrow = _radiomics(700, 40)
    folds = balanced_folds(many.event, 10, np.random.default_rng(1))
    taken = _median(lambda: cross_validate_lasso_cox(many, narrow, folds), runs)
    print(f"LASSO-Cox, 700 patients, 40 features, 100 penalties, 10 folds: {taken:.2f} s")


def _resampling(runs: int) -> None:
    data, scores = _patients(1_000)
    once = _lifelines_c()
    theirs = None if once is None else partial(_resample_theirs, once, data, scores)
    here, there = _alternating(lambda: _resampled(data, scores), theirs, runs)
    scaled = None if there is None else there * _RESAMPLES / _THEIR_RESAMPLES
    title = f"C of 1 000 patients, {_RESAMPLES} resamples; lifelines ({_THEIR_RESAMPLES} measured, scaled)"
    _line(title, here, scaled)


def _resample_theirs(once: CIndex, data: SurvivalData, scores: Floats) -> None:
    generator = np.random.default_rng(2)
    for _ in range(_THEIR_RESAMPLES):
        rows = generator.integers(0, len(data), len(data))
        once(data.rows(rows), scores[rows])


def _large_c(runs: int) -> None:
    data, scores = _patients(100_000)
    ours, once = concordance(data, scores), _lifelines_c()
    title = "C of 100 000 patients, with standard error; lifelines without"
    if once is None:
        _line(title, *_alternating(lambda: concordance(data, scores), None, runs))
        return
    same = not isinstance(ours, NotEstimable) and abs(ours.estimate.value - once(data, scores)) < 1e-12
    _line(
        f"{title}, {'equal' if same else 'NOT EQUAL'}",
        *_alternating(lambda: concordance(data, scores), lambda: once(data, scores), runs),
    )


def _patients(count: int) -> tuple[SurvivalData, Floats]:
    """Drawn patients, about a third censored, and scores of two digits."""
    generator = np.random.default_rng(1)
    risk = generator.normal(size=count)
    time_of_event, time_of_censoring = generator.exponential((np.exp(-risk), np.full(count, 2.0)))
    data = SurvivalData(np.minimum(time_of_event, time_of_censoring), time_of_event <= time_of_censoring)
    return data, np.round(risk, 2)


def _resampled(data: SurvivalData, scores: Floats) -> object:
    """C with the interval of 1 000 bootstrap resamples."""

    def c(rows: Rows) -> Answer:
        result = concordance(data.rows(rows), scores[rows])
        return result if isinstance(result, NotEstimable) else result.estimate

    return bootstrap(len(data), c, generator=np.random.default_rng(2), draws=1_000)


def _radiomics(rows: int, width: int) -> tuple[SurvivalData, Design]:
    """Neighbouring features correlate by 0.6; five of them matter."""
    generator = np.random.default_rng(1)
    matrix: Floats = generator.normal(size=(rows, width))
    matrix[:, 1:] = 0.6 * matrix[:, :-1] + 0.8 * matrix[:, 1:]
    failing = generator.exponential(np.exp(-0.5 * matrix[:, :5].sum(axis=1)))
    leaving = generator.exponential(2.0, size=rows)
    design = Design(matrix, tuple(Numeric(f"f{j}") for j in range(width)))
    return SurvivalData(np.minimum(failing, leaving), failing <= leaving), design


def _lifelines_cox(data: SurvivalData, design: Design) -> Callable[[], object] | None:
    if importlib.util.find_spec("lifelines") is None:
        return None
    from lifelines import CoxPHFitter

    table = pd.DataFrame(design.matrix, columns=list(design.columns))
    table["time"], table["event"] = data.time, data.event
    return lambda: CoxPHFitter(penalizer=_STRENGTH, l1_ratio=1.0).fit(table, "time", "event")


def _lifelines_c() -> CIndex | None:
    if importlib.util.find_spec("lifelines") is None:
        return None
    from lifelines.utils import concordance_index

    return lambda data, scores: float(concordance_index(data.time, -scores, data.event))


def _coxnet(data: SurvivalData, design: Design) -> Callable[[], object] | None:
    if importlib.util.find_spec("sksurv") is None:
        return None
    from sksurv.linear_model import CoxnetSurvivalAnalysis
    from sksurv.util import Surv

    outcome: Any = Surv.from_arrays(data.event, data.time)
    model = CoxnetSurvivalAnalysis(n_alphas=100, alpha_min_ratio=0.01, l1_ratio=1.0, normalize=True)
    return lambda: model.fit(design.matrix, outcome)


def _glmnet(data: SurvivalData, design: Design, runs: int) -> float | None:
    """Median seconds inside R, its start and reading left out; None without R or without glmnet."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.csv"
        columns = np.column_stack([data.time, data.event, design.matrix])
        np.savetxt(
            file,
            columns,
            delimiter=",",
            header=",".join(f"c{j}" for j in range(columns.shape[1])),
            comments="",
        )
        done = subprocess.run(
            ["Rscript", "-e", _GLMNET, str(file), str(runs)], capture_output=True, text=True, check=False
        )
    return statistics.median(float(line) for line in done.stdout.split()) if done.returncode == 0 else None


def _alternating(
    ours: Callable[[], object], theirs: Callable[[], object] | None, runs: int
) -> tuple[float, float | None]:
    here, there = [], []
    for _ in range(runs):
        here.append(_median(ours, 1))
        if theirs is not None:
            there.append(_median(theirs, 1))
    return statistics.median(here), statistics.median(there) if there else None


def _median(call: Callable[[], object], runs: int) -> float:
    walls = []
    for _ in range(runs):
        began = time.perf_counter()
        call()
        walls.append(time.perf_counter() - began)
    return statistics.median(walls)


def _line(title: str, here: float, there: float | None) -> None:
    beside = "not installed" if there is None else f"{there:.4f} s, {there / here:.1f} times as long"
    print(f"{title}: {beside}; here {here:.4f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
