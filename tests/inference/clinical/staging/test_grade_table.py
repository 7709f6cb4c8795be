"""The ranges of the WHO's grades leave no gap and do not overlap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.clinical.staging.grade_table import GradeRange, load_grade_table

TABLE = load_grade_table("who2019-neuroendocrine")


@given(st.floats(0, 100))
def test_every_proliferation_has_one_rank(percent: float) -> None:
    assert sum(rank.ki67.holds(percent) for rank in TABLE.ranks) == 1
    assert TABLE.rank_of_ki67(percent) == (0 if percent < 3 else 1 if percent <= 20 else 2)


@given(st.floats(0, 500))
def test_every_count_of_mitoses_has_one_rank(count: float) -> None:
    assert TABLE.rank_of_mitoses(count) == (0 if count < 2 else 1 if count <= 20 else 2)


def test_carcinoma_proliferates_as_net_g3_and_the_mixed_kind_has_no_range() -> None:
    assert TABLE.rank_of_grade("NEC") == TABLE.rank_of_grade("NET G3") == 2
    assert TABLE.rank_of_grade("MiNEN") is None


def test_a_range_is_written_as_the_classification_writes_it() -> None:
    assert [rank.ki67.text for rank in TABLE.ranks] == ["< 3", "3–20", "> 20"]
    with pytest.raises(ValueError, match="a range is"):
        GradeRange(below=3, above=20)
