"""Every number of R's tests of two groups, in every data set with two classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.statistics.comparisons.chi_square import ChiSquare, chi_square
from inference.statistics.comparisons.contingency import cross_tabulate
from inference.statistics.comparisons.describe import describe
from inference.statistics.comparisons.fisher import Fisher, fisher_exact
from inference.statistics.comparisons.mann_whitney import mann_whitney
from inference.statistics.comparisons.normality import shapiro_wilk
from inference.statistics.comparisons.spearman import Spearman, spearman
from inference.statistics.comparisons.t_tests import t_test
from inference.statistics.reasons import NotEstimable
from tests.inference.statistics.oracles import Oracle, as_list, assert_agrees, oracles


def by_class(oracle: Oracle, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Values present, of those with y = 1 and of those with y = 0."""
    table = oracle.table()
    values, positive = table[name], table["y"] == 1
    present = ~np.isnan(values)
    return values[positive & present], values[~positive & present]


def of(result: Any, *path: str) -> Any:
    """A number of a result, None where the result is none."""
    for name in path:
        result = None if result is None or isinstance(result, NotEstimable) else getattr(result, name)
    return result


def assert_odds_agree(ours: float | None, golden: float | None) -> None:
    """Within 5e-4 of R, or within the 2⁻¹³ to which R solves for a ratio below 1, or for its inverse.

    The second is the wider for ratios beyond 4 either way: fisher.test leaves uniroot at its tolerance.
    """
    if ours is None or golden is None or not golden:
        assert_agrees(ours, golden)
        return
    assert ours > 0
    solved = golden if golden < 1 else 1 / golden
    assert_agrees(ours if golden < 1 else 1 / ours, solved, relative=5e-4, absolute=2**-13, what="odds ratio")


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_ranks_and_means_are_compared_as_by_wilcox_test_and_t_test(oracle: Oracle) -> None:
    for name, golden in oracle.section("tests")["numeric"].items():
        ones, zeros = by_class(oracle, name)
        assert (len(ones), len(zeros)) == (golden["n1"], golden["n0"])
        corrected = mann_whitney(ones, zeros, method="asymptotic")
        plain = mann_whitney(ones, zeros, method="asymptotic", continuity=False)
        welch, pooled = t_test(ones, zeros), t_test(ones, zeros, equal_variances=True)
        numbers = {
            "U1": of(corrected, "u"),
            "p_correct": of(corrected, "p_value"),
            "p_nocorrect": of(plain, "p_value"),
            "welch_t": of(welch, "statistic"),
            "welch_df": of(welch, "degrees_of_freedom"),
            "welch_p": of(welch, "p_value"),
            "pooled_t": of(pooled, "statistic"),
            "pooled_p": of(pooled, "p_value"),
        }
        for number, value in numbers.items():
            assert_agrees(value, golden[number], relative=1e-9, what=f"{name} {number}")
        chosen = mann_whitney(ones, zeros)
        exact = of(chosen, "p_value") if of(chosen, "method") == "exact" else None
        assert_agrees(exact, golden["p_exact"], relative=1e-9, what=f"{name} p_exact")


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_normality_correlation_and_quartiles_are_those_of_r(oracle: Oracle) -> None:
    table = oracle.table()
    for name, golden in oracle.section("tests")["numeric"].items():
        ones, zeros = by_class(oracle, name)
        normal = shapiro_wilk(ones)
        assert_agrees(of(normal, "statistic"), golden["shapiro_W_group1"], relative=1e-8, what=f"{name} W")
        assert_agrees(of(normal, "p_value"), golden["shapiro_p_group1"], relative=1e-6, what=f"{name} p")
        present = ~np.isnan(table[name])
        ranked = spearman(table[name][present], table["y"][present])
        if isinstance(ranked, Spearman):
            assert_agrees(
                ranked.correlation.value, golden["spearman_vs_y"], relative=1e-9, what=f"{name} rho"
            )
        else:
            assert golden["spearman_vs_y"] is None
        for group, values in (("1", ones), ("0", zeros)):
            summary = describe(values)
            expected = [golden[f"{key}_{group}"] for key in ("q1", "q3")]
            assert_agrees(of(summary, "median"), golden[f"median{group}"], relative=1e-9)
            assert_agrees(
                [of(summary, "first_quartile"), of(summary, "third_quartile")], expected, relative=1e-9
            )


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_counts_are_compared_as_by_chisq_test_and_fisher_test(oracle: Oracle) -> None:
    table = oracle.table()
    for name, golden in oracle.section("tests")["categorical"].items():
        column, y = table[name], table["y"]
        labels = [f"{value:g}" if isinstance(value, float) else str(value) for value in column.tolist()]
        present = [i for i, label in enumerate(labels) if label not in ("", "nan")]
        counted = cross_tabulate(
            [labels[i] for i in present],
            ["1" if y[i] == 1 else "0" for i in present],
            levels=[str(level) for level in as_list(golden["levels"])],
            group_levels=["0", "1"],
        )
        assert counted.counts.tolist() == golden["counts"]
        pearson, fisher = chi_square(counted), fisher_exact(counted)
        assert_agrees(of(pearson, "statistic"), golden["chisq"], relative=1e-9, what=f"{name} chisq")
        assert_agrees(of(pearson, "p_value"), golden["p"], relative=1e-9, what=f"{name} p")
        assert_agrees(of(fisher, "p_value"), golden["fisher_p"], relative=1e-9, what=f"{name} fisher_p")
        if isinstance(pearson, ChiSquare):
            assert pearson.degrees_of_freedom == golden["df"]
        if "chisq_yates" not in golden:
            continue
        yates = chi_square(counted, yates=True)
        assert_agrees(of(yates, "statistic"), golden["chisq_yates"], relative=1e-9, what=f"{name} yates")
        assert_agrees(of(yates, "p_value"), golden["p_yates"], relative=1e-9, what=f"{name} p_yates")
        assert isinstance(fisher, Fisher)
        ratio = fisher.odds_ratio
        assert_odds_agree(of(ratio, "estimate", "value"), golden["fisher_OR_condMLE"])
        assert_odds_agree(of(ratio, "lower"), golden["fisher_OR_lower"])
        assert_odds_agree(of(ratio, "upper"), golden["fisher_OR_upper"])
