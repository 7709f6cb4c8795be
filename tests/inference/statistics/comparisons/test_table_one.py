"""Table 1: what is described, which test is chosen, and what is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.messages.catalogue import LANGUAGES, load_catalogue
from inference.statistics.agreement.icc import PERFECT_AGREEMENT
from inference.statistics.cautions import CautionCode
from inference.statistics.comparisons.chi_square import EXPECTED_BELOW_FIVE
from inference.statistics.comparisons.choose_test import (
    Comparison,
    ComparisonTest,
    compare_categories,
    compare_numbers,
)
from inference.statistics.comparisons.contingency import table_of_counts
from inference.statistics.comparisons.describe import NumericSummary, describe
from inference.statistics.comparisons.mann_whitney import MannWhitney, mann_whitney
from inference.statistics.comparisons.t_tests import TTest, t_test
from inference.statistics.comparisons.table_one import (
    CategoricalRow,
    CategoricalVariable,
    NumericRow,
    NumericVariable,
    table_one,
)
from inference.statistics.reasons import DataError, Fault, NotEstimable, Reason
from tests.inference.statistics.oracles import Oracle, assert_agrees, oracles

GENERATOR = np.random.default_rng(11)
AGE = GENERATOR.normal(60, 9, size=90)
MARKER = GENERATOR.exponential(5, size=90)
GROUPS = ["high", "low", "low"] * 30


def numeric(values: Any, groups: Any, **options: Any) -> NumericRow:
    """The only row of a table of one number."""
    (row,) = table_one([NumericVariable("value", values)], groups, **options).rows
    assert isinstance(row, NumericRow)
    return row


def categorical(values: Any, groups: Any, levels: Any = None) -> CategoricalRow:
    """The only row of a table of one variable of categories."""
    (row,) = table_one([CategoricalVariable("value", tuple(values), levels)], groups).rows
    assert isinstance(row, CategoricalRow)
    return row


def chosen(comparison: Comparison | NotEstimable) -> ComparisonTest:
    """The test that was used."""
    assert isinstance(comparison, Comparison)
    return comparison.test


def test_normal_numbers_are_compared_by_their_means() -> None:
    row = numeric(AGE, GROUPS)
    high, low = AGE[::3], np.delete(AGE, np.arange(0, 90, 3))
    expected = t_test(high, low)
    assert isinstance(expected, TTest)
    assert row.is_normal and row.summaries == (describe(high), describe(low))
    assert row.overall == describe(AGE)
    assert row.comparison == Comparison(ComparisonTest.WELCH_T, expected.statistic, expected.p_value)
    assert chosen(numeric(AGE, GROUPS, equal_variances=True).comparison) is ComparisonTest.STUDENT_T
    three = ["a", "b", "c"] * 30
    assert chosen(numeric(AGE, three).comparison) is ComparisonTest.WELCH_ANOVA
    assert chosen(numeric(AGE, three, equal_variances=True).comparison) is ComparisonTest.ANOVA


def test_skewed_numbers_are_compared_by_their_ranks() -> None:
    row = numeric(MARKER, GROUPS)
    assert not row.is_normal and chosen(row.comparison) is ComparisonTest.MANN_WHITNEY
    expected = mann_whitney(MARKER[::3], np.delete(MARKER, np.arange(0, 90, 3)))
    assert isinstance(row.comparison, Comparison) and isinstance(expected, MannWhitney)
    assert row.comparison.p_value == expected.p_value and row.comparison.statistic == expected.u
    few = numeric(MARKER[:60], ["a", "b"] * 30)
    assert chosen(few.comparison) is ComparisonTest.MANN_WHITNEY_EXACT
    assert chosen(numeric(MARKER, ["a", "b", "c"] * 30).comparison) is ComparisonTest.KRUSKAL_WALLIS


def test_one_skewed_group_makes_the_whole_row_one_of_ranks() -> None:
    values = np.where(np.arange(90) % 3 == 0, AGE, MARKER)
    assert not numeric(values, GROUPS).is_normal


# Clinical and CT findings of 56 patients by recurrence: counts, and the letter that the paper prints
# (x chi-square, f Fisher).
PUBLISHED = {
    "sex": ([[24, 4], [22, 6]], "x"),
    "symptom": ([[23, 9], [23, 1]], "f"),
    "diameter": ([[23, 1], [23, 9]], "f"),
    "location": ([[16, 5], [14, 2], [4, 1], [12, 2]], "f"),
    "property": ([[0, 1], [18, 6], [28, 3]], "f"),
    "calcification": ([[38, 7], [8, 3]], "f"),
    "shape": ([[29, 2], [11, 4], [6, 4]], "f"),
    "boundary": ([[32, 4], [14, 6]], "f"),
    "duct": ([[39, 5], [7, 5]], "f"),
    "focal lesion": ([[26, 4], [20, 6]], "f"),
    "splenomegaly": ([[29, 6], [17, 4]], "f"),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_categories_are_compared_by_the_test_that_the_paper_used(name: str) -> None:
    counts, letter = PUBLISHED[name]
    expected = ComparisonTest.CHI_SQUARE if letter == "x" else ComparisonTest.FISHER_EXACT
    assert chosen(compare_categories(table_of_counts(counts))) is expected


def test_a_table_too_large_for_fisher_falls_back_to_a_flagged_chi_square() -> None:
    counts = [[400, 380, 410], [390, 405, 385], [2, 5, 3]]
    counts = [*counts, [300, 310, 305], [290, 330, 310]]
    result = compare_categories(table_of_counts(counts))
    assert chosen(result) is ComparisonTest.CHI_SQUARE
    assert isinstance(result, Comparison) and result.flags == (EXPECTED_BELOW_FIVE,)


def test_missing_values_are_counted_apart_and_enter_no_percentage() -> None:
    values = ["yes", "no", None, "", "yes", "no"]
    row = categorical(values, ["a", "a", "a", "b", "b", "b"], ("no", "yes", "unsure"))
    assert row.missing == (1, 1) and row.table.total == 4
    assert row.overall.tolist() == [2, 2, 0]
    assert row.percent("yes", "a") == 50.0 and row.percent("unsure", "b") == 0.0
    number = numeric([1.0, np.nan, 3.0, 4.0, np.nan, 9.0], ["a", "a", "a", "b", "b", "b"])
    assert number.missing == (1, 1)
    assert number.summaries == (describe([1.0, 3.0]), describe([4.0, 9.0]))


@given(st.lists(st.one_of(st.none(), st.integers(0, 5).map(float)), min_size=1, max_size=30), st.data())
def test_everybody_is_in_one_group_known_or_missing(values: list[float | None], data: Any) -> None:
    groups = data.draw(st.lists(st.sampled_from("abc"), min_size=len(values), max_size=len(values)))
    numbers = NumericVariable("x", np.array([np.nan if v is None else v for v in values]))
    labels = CategoricalVariable("y", tuple(None if v is None else str(int(v)) for v in values))
    table = table_one([numbers, labels], groups, group_order="abc")
    for i, size in enumerate(table.sizes):
        number, label = table.rows
        assert isinstance(number, NumericRow) and isinstance(label, CategoricalRow)
        summary = number.summaries[i]
        known = summary.count if isinstance(summary, NumericSummary) else 0
        assert known + number.missing[i] == size == groups.count("abc"[i])
        assert int(label.table.column_totals[i]) == known and label.missing[i] == number.missing[i]


def test_a_group_without_values_or_a_single_group_is_not_compared() -> None:
    empty = numeric([1.0, 2.0, np.nan, np.nan], ["a", "a", "b", "b"])
    assert empty.comparison == NotEstimable(Reason.EMPTY_GROUP)
    assert empty.summaries[1] == NotEstimable(Reason.EMPTY_GROUP)
    unknown = categorical(["x", "y", None, None], ["a", "a", "b", "b"])
    assert unknown.comparison == NotEstimable(Reason.EMPTY_GROUP) and unknown.percent("x", "b") is None
    assert numeric(AGE, ["all"] * 90).comparison == NotEstimable(Reason.ONE_GROUP)
    assert categorical(["x", "y"], ["all"] * 2).comparison == NotEstimable(Reason.ONE_GROUP)


def test_what_is_the_same_in_everybody_is_not_compared() -> None:
    nothing = NotEstimable(Reason.NO_VARIANCE)
    assert numeric([3.0] * 8, ["a", "b"] * 4).comparison == nothing
    assert categorical(["x"] * 8, ["a", "b"] * 4, ("x", "y")).comparison == nothing
    assert compare_numbers([np.ones(3)] * 3, is_normal=False) == nothing


def test_several_tests_side_by_side_are_cautioned_about() -> None:
    age, marker = NumericVariable("age", AGE), NumericVariable("marker", MARKER)
    table = table_one([age, marker], GROUPS, group_order=("low", "high"))
    assert table.groups == ("low", "high") and table.sizes == (60, 30)
    assert table.caution is not None and table.caution.code is CautionCode.SEVERAL_TESTS
    assert table.caution.fields["tests"] == 2 == len(table.p_values)
    assert table_one([age], GROUPS).caution is None


def test_malformed_tables_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        numeric([1.0, np.inf], ["a", "b"])
    assert caught.value.fault is Fault.NOT_FINITE and caught.value.message.fields["row"] == 2
    with pytest.raises(DataError) as caught:
        numeric([1.0], ["a", "b"])
    assert caught.value.fault is Fault.LENGTHS_DIFFER
    with pytest.raises(DataError) as caught:
        categorical([None, "z"], ["a", "b"], ("x", "y"))
    assert caught.value.fault is Fault.UNKNOWN_LEVEL and caught.value.message.fields["row"] == 2
    with pytest.raises(DataError) as caught:
        numeric([1.0, 2.0], ["a", "b"], group_order=["a"])
    assert caught.value.fault is Fault.UNKNOWN_LEVEL


@pytest.mark.parametrize("oracle", oracles("binary"))
def test_a_table_of_a_real_cohort_gives_the_p_that_r_gives(oracle: Oracle) -> None:
    golden, table = oracle.section("tests"), oracle.table()
    groups = ["case" if y == 1 else "control" for y in table["y"]]
    rows = table_one([NumericVariable(name, table[name]) for name in golden["numeric"]], groups).rows
    printed = {
        ComparisonTest.WELCH_T: "welch_p",
        ComparisonTest.MANN_WHITNEY: "p_correct",
        ComparisonTest.MANN_WHITNEY_EXACT: "p_exact",
    }
    for row in rows:
        if isinstance(row.comparison, NotEstimable):
            assert golden["numeric"][row.name]["p_correct"] is None
            continue
        expected = golden["numeric"][row.name][printed[row.comparison.test]]
        assert_agrees(row.comparison.p_value, expected, relative=1e-9, what=row.name)


def test_every_test_method_and_flag_has_a_name_in_every_language() -> None:
    ids = [test.message.id for test in ComparisonTest]
    ids += [f"statistics.method.{method}" for method in ("conditional_exact", "student_t", "fisher_z")]
    ids += [f"statistics.flag.{flag}" for flag in (PERFECT_AGREEMENT, EXPECTED_BELOW_FIVE)]
    missing = [(lang, id_) for lang in LANGUAGES for id_ in ids if not load_catalogue(lang).has(id_)]
    assert not missing
