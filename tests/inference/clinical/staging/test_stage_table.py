"""The stage groups as the AJCC prints them, every combination."""

from itertools import product

import pytest

from inference.clinical.staging.stage_table import StageTable, load_stage_table

NASOPHARYNX = {
    "I": "T1N0",
    "II": "T1N1 T2N0 T2N1",
    "III": "T1N2 T2N2 T3N0 T3N1 T3N2",
    "IVa": "T4N0 T4N1 T4N2 T1N3 T2N3 T3N3 T4N3",
}
# Pathological groups of the stomach with their letters.
GASTRIC = {
    "IA": "T1N0",
    "IB": "T1N1 T2N0",
    "IIA": "T1N2 T2N1 T3N0",
    "IIB": "T1N3a T2N2 T3N1 T4aN0",
    "IIIA": "T2N3a T3N2 T4aN1 T4aN2 T4bN0",
    "IIIB": "T1N3b T2N3b T3N3a T4aN3a T4bN1 T4bN2",
    "IIIC": "T3N3b T4aN3b T4bN3a T4bN3b",
}
AFTER_TREATMENT = {
    "I": "T1N0 T2N0 T1N1",
    "II": "T3N0 T2N1 T1N2 T4aN0 T3N1 T2N2 T1N3",
    "III": "T4aN1 T3N2 T2N3 T4bN0 T4bN1 T4aN2 T3N3 T4bN2 T4bN3 T4aN3",
}
PRINTED = {
    "ajcc8-nasopharynx": NASOPHARYNX,
    "ajcc8-gastric-pathological": GASTRIC,
    "ajcc8-gastric-after-treatment": AFTER_TREATMENT,
}


@pytest.mark.parametrize("name", PRINTED)
def test_the_table_is_the_printed_one(name: str) -> None:
    table = load_stage_table(name)
    printed = {pair: group for group, pairs in PRINTED[name].items() for pair in pairs.split()}
    assert {f"{t}{n}": group for t, row in table.groups.items() for n, group in row.items()} == printed
    assert table.edition == "AJCC 8" and "AJCC Cancer Staging Manual, 8th ed." in table.source


@pytest.mark.parametrize(
    ("t", "n", "groups"),
    [
        ("T4", "N0", ("II", "III")),
        ("T1", "N3", ("II", "III")),
        ("T4", "N1", ("III",)),
        ("T2", "N3", ("III",)),
        ("T4b", "N0", ("III",)),
        ("T1", "N3a", ("II",)),
    ],
)
def test_a_category_without_its_subcategory_may_leave_two_groups(
    t: str, n: str, groups: tuple[str, ...]
) -> None:
    assert load_stage_table("ajcc8-gastric-pathological").possible(t, n) == groups


def test_only_two_pairs_of_the_studys_categories_are_open() -> None:
    table = load_stage_table("ajcc8-gastric-pathological")
    pairs = product(("T1", "T2", "T3", "T4"), ("N0", "N1", "N2", "N3"))
    assert [f"{t}{n}" for t, n in pairs if len(table.possible(t, n)) > 1] == ["T1N3", "T4N0"]


def test_a_table_that_does_not_part_a_subcategory_takes_it_for_its_category() -> None:
    table = load_stage_table("ajcc8-gastric-after-treatment")
    assert table.possible("T1", "N3b") == table.possible("T1", "N3") == ("II",)


def test_higher_categories_never_lower_the_group() -> None:
    order = ["I", "IA", "IB", "II", "IIA", "IIB", "III", "IIIA", "IIIB", "IIIC", "IVa"]
    for name in PRINTED:
        rows = [
            [order.index(group) for group in row.values()] for row in load_stage_table(name).groups.values()
        ]
        assert all(row == sorted(row) for row in rows)
        assert all(list(column) == sorted(column) for column in zip(*rows, strict=True))


def test_a_table_with_a_hole_is_no_table() -> None:
    groups = {"T1": {"N0": "I", "N1": "II"}, "T2": {"N0": "I"}}
    with pytest.raises(ValueError, match="same N"):
        StageTable(schema_version=1, edition="x", source="y", groups=groups)
