import pytest

from models.phantoms import gc_marginals, gnen_marginals, lagc_marginals, pnen_marginals
from models.phantoms.published_table import PublishedTable

TABLES = {
    "lagc": (lagc_marginals.TABLE, {"training": 664, "internal": 131, "external": 265}),
    "gc": (gc_marginals.TABLE, {"training": 1774, "internal": 707, "external": 332}),
    "pnen": (pnen_marginals.TABLE, {"training": 56}),
    "gnen": (gnen_marginals.TABLE, {"training": 76, "internal": 32, "external": 54}),
}
# The paper leaves some patients out of two factors.
SHORT = {"lagc": {("bmi", "training"): 8, ("maximum_diameter", "training"): 4}}


@pytest.mark.parametrize("study", TABLES)
def test_every_factor_counts_every_patient_but_where_the_paper_is_short(study: str) -> None:
    table, patients = TABLES[study]
    short = {
        (factor, cohort): patients[cohort] - table.total(factor, cohort)
        for factor in table.counts
        for cohort in table.cohorts
        if table.total(factor, cohort) != patients[cohort]
    }
    assert short == SHORT.get(study, {})


def test_shares_of_a_factor_add_up_to_one() -> None:
    for table, _ in TABLES.values():
        for factor in table.counts:
            for cohort in table.cohorts:
                assert sum(table.shares(factor, cohort)) == pytest.approx(1.0)


def test_classes_are_counted_together() -> None:
    table = PublishedTable("x", ("a", "b"), {"f": {"low": ((1, 2), (3, 4)), "high": ((5, 6), (7, 8))}})
    assert table.count("f", "high", "b") == 15
    assert table.total("f", "a") == 14
    assert table.shares("f", "a") == (3 / 14, 11 / 14)


def test_a_factor_without_every_cohort_is_refused() -> None:
    with pytest.raises(ValueError, match="one entry per cohort"):
        PublishedTable("x", ("a", "b"), {"f": {"low": ((1,),)}})
