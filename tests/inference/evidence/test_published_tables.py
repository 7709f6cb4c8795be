"""Every transcribed count against the papers' row and column sums, with the named exceptions."""

from __future__ import annotations

import pytest

from inference.errors import InputError
from inference.evidence.published_tables import Condition, HazardRatio, published_tables

STUDIES = ("npc-residual", "lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")

# The papers' own cohort sizes and events, from their texts rather than from the tables.
SIZES = {
    "npc-residual": {
        "ccrt_training": (168, 58),
        "ccrt_test": (42, 18),
        "ic_ccrt_training": (171, 41),
        "ic_ccrt_test": (43, 11),
    },
    "lagc-response": {"training": (664, 162), "internal": (131, 29), "external": (265, 59)},
    "gc-recurrence": {"training": (1774, 275), "internal": (707, 104), "external": (332, 36)},
    "pnen-recurrence": {"hospital_1": (56, 10)},
}
DO_NOT_ADD_UP = {
    ("lagc-response", "bmi", "training"),
    ("lagc-response", "maximum_diameter", "training"),
}


@pytest.mark.parametrize("study", SIZES)
def test_the_columns_are_the_cohorts_of_the_papers_text(study: str) -> None:
    for table in published_tables(study).counts:
        found = {name: (sum(pair), pair[0]) for name, pair in table.columns.items()}
        assert found == SIZES[study]


@pytest.mark.parametrize("study", SIZES)
def test_the_rows_of_every_factor_add_up_to_their_column(study: str) -> None:
    for table in published_tables(study).counts:
        for factor in table.factors:
            for column, total in table.columns.items():
                added = tuple(sum(level.counts[column][k] for level in factor.levels) for k in (0, 1))
                if (study, factor.field, column) in DO_NOT_ADD_UP:
                    assert added == factor.adds_up_to[column] != total
                else:
                    assert added == total, (factor.field, column)
                    assert column not in factor.adds_up_to


def test_the_exceptions_are_the_two_that_the_paper_prints() -> None:
    factors = {factor.field: factor for factor in published_tables("lagc-response").counts[0].factors}
    assert factors["bmi"].adds_up_to == {"training": (161, 495)}
    assert factors["maximum_diameter"].adds_up_to == {"training": (162, 498)}


def test_the_stage_of_nasopharyngeal_carcinoma_is_the_one_that_the_papers_are_quoted_for() -> None:
    table = published_tables("npc-residual").counts[0]
    stage = next(factor for factor in table.factors if factor.field == "stage")
    level = stage.level_of("IVa")
    assert level is not None
    shown = {
        group: (sum(level.counts[c][0] for c in columns), sum(sum(level.counts[c]) for c in columns))
        for group, columns in table.groups.items()
    }
    assert shown == {"ccrt": (49, 68), "ic_ccrt": (42, 94)}


def test_response_is_never_pooled_over_cohorts() -> None:
    for group in published_tables("lagc-response").counts[0].groups.values():
        assert len(group) == 1


def test_a_description_adds_up_and_counts_no_outcome() -> None:
    tables = published_tables("gnen-os")
    assert tables.counts == ()
    assert tables.cohort is not None
    for factor in tables.cohort.factors:
        for column, total in tables.cohort.columns.items():
            assert sum(level.counts[column] for level in factor.levels) == total, (factor.field, column)


@pytest.mark.parametrize("study", STUDIES)
def test_what_is_not_used_is_told_and_not_carried(study: str) -> None:
    tables = published_tables(study)
    assert tables.not_used
    carried = {factor.field for table in tables.counts for factor in table.factors}
    ratios = {(one.field, one.level) for table in tables.hazard_ratios for one in table.factors}
    forbidden = {
        "npc-residual": {"age"},
        "lagc-response": set(),
        "gc-recurrence": {"preoperative_chemotherapy", "postoperative_chemotherapy", "cea"},
        "pnen-recurrence": {"age", "ct_ratio_venous", "calcification", "shape", "node_morphology"},
        "gnen-os": {"age"},
    }[study]
    assert not carried & forbidden
    assert not ratios & {
        ("ct_stage", None),
        ("cn_stage", None),
        ("pathological_type", None),
        ("borrmann", "IV"),
        ("location", "body"),
        ("grade", "NET G2"),
        ("grade", "NET G3"),
    }
    if study == "gnen-os":
        assert not any(field in ("age", "sex") for field, _ in ratios)


def test_a_ratio_outside_its_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="outside its interval"):
        HazardRatio(field="ct_stage", hr=0.276, low=0.83, high=2.43)


@pytest.mark.parametrize(
    ("value", "holds"), [(59.999999, False), (60.0, True), ("60", False)], ids=["just below", "at", "text"]
)
def test_a_bound_is_compared_unrounded(value: float | str, holds: bool) -> None:
    assert Condition(at_least=60).holds(value) is holds


def test_an_unknown_study_is_named() -> None:
    with pytest.raises(InputError):
        published_tables("breast")
