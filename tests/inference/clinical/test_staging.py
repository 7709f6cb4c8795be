"""Stage groups of the nasopharynx, AJCC 8th edition, M0: the whole table."""

import pytest

from inference.clinical.record import ClinicalValue, MissingReason, Provenance
from inference.clinical.staging import npc_stage_group, with_derived_stage
from inference.errors import InputError
from tests.inference.synthetic_case import record

TABLE = {
    "I": ["T1 N0"],
    "II": ["T1 N1", "T2 N0", "T2 N1"],
    "III": ["T1 N2", "T2 N2", "T3 N0", "T3 N1", "T3 N2"],
    "IVa": ["T4 N0", "T4 N1", "T4 N2", "T1 N3", "T2 N3", "T3 N3", "T4 N3"],
}


def test_the_table_holds_every_combination() -> None:
    assert len({pair for pairs in TABLE.values() for pair in pairs}) == 16


@pytest.mark.parametrize(
    ("stage", "pair"), [(stage, pair) for stage, pairs in TABLE.items() for pair in pairs]
)
def test_the_stage_group_of_each_combination(stage: str, pair: str) -> None:
    assert npc_stage_group(*pair.split()) == stage


def test_the_stage_is_derived_and_says_so() -> None:
    value = record(t_stage="T4", n_stage="N1").values["stage"]
    assert (value.canonical, value.provenance) == ("IVa", Provenance.DERIVED)


def test_a_stage_goes_when_what_it_follows_from_goes() -> None:
    gone = with_derived_stage(record().with_value(ClinicalValue.absent("t_stage")))
    assert gone.canonical("stage") is None
    assert gone.values["stage"].missing is MissingReason.UNKNOWN


def stated(stage: str) -> ClinicalValue:
    return ClinicalValue("stage", stage, "", stage, Provenance.IMPORTED)


def test_an_imported_stage_stands_alone_where_t_or_n_is_missing() -> None:
    alone = record(t_stage="").with_value(stated("IVa"))
    assert with_derived_stage(alone).canonical("stage") == "IVa"


def test_an_imported_stage_that_agrees_is_confirmed() -> None:
    assert with_derived_stage(record().with_value(stated("III"))).canonical("stage") == "III"


def test_an_imported_stage_that_contradicts_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        with_derived_stage(record().with_value(stated("II")))
    assert caught.value.message.fields == {
        "stated": "II",
        "t_stage": "T3",
        "n_stage": "N2",
        "derived": "III",
    }
