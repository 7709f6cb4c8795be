"""Missing is a state that says what it costs: which score is lost, and which answers instead."""

import pytest

from inference.clinical.missing_costs import MissingCost, PathwayNeeds, ScoreNeeds, costs_of_missing
from inference.clinical.schema import load_form
from inference.messages.catalogue import load_catalogue
from tests.inference.clinical.all_forms import settled
from tests.inference.synthetic_case import record

LAGC = PathwayNeeds(
    answers=(
        ScoreNeeds("dlcs", frozenset({"maximum_diameter", "borrmann", "src_composition"})),
        ScoreNeeds("dl_signature", frozenset()),
        ScoreNeeds("clinical_signature", frozenset({"maximum_diameter", "bmi"})),
    ),
    beside=(ScoreNeeds("overall_survival", frozenset({"plateletcrit"})),),
)
GC = PathwayNeeds(
    answers=(
        ScoreNeeds("dlfs", frozenset({"age", "ptnm_stage", "yptnm_stage"})),
        ScoreNeeds("dls", frozenset()),
    ),
    first=("ptnm_stage", "yptnm_stage"),
)


def costs(study: str, needs: PathwayNeeds, **values: str) -> dict[str, MissingCost]:
    found = costs_of_missing(load_form(study), settled(study, **values), needs)
    return {cost.field: cost for cost in found}


def said(cost: MissingCost) -> str:
    texts = [load_catalogue(language).render(cost.message) for language in ("en", "zh_CN")]
    assert all("⟦" not in text and "clinical." not in text and "score." not in text for text in texts)
    return texts[0]


def test_each_missing_value_names_the_lost_score_and_what_answers_instead() -> None:
    found = costs("lagc-response", LAGC, maximum_diameter="6", bmi="22", plateletcrit="0.2")
    assert list(found) == ["borrmann", "src_composition"]
    assert found["borrmann"].lost == ("dlcs",) and found["borrmann"].instead == "dl_signature"
    catalogue = load_catalogue("en")
    text = said(found["borrmann"])
    assert catalogue.text("score.dlcs") in text and catalogue.text("score.dl_signature") in text


def test_a_value_that_a_score_beside_needs_costs_that_score_alone() -> None:
    values = {"maximum_diameter": "6", "bmi": "22", "borrmann": "III", "src_composition": "yes"}
    (cost,) = costs("lagc-response", LAGC, **values).values()
    assert (cost.field, cost.lost, cost.costs_answer) == ("plateletcrit", ("overall_survival",), False)
    assert "beside" in cost.message.id and said(cost)


def test_a_value_of_a_fallback_alone_does_not_change_the_answer() -> None:
    values = {"maximum_diameter": "6", "borrmann": "III", "src_composition": "yes", "plateletcrit": "0.2"}
    (cost,) = costs("lagc-response", LAGC, **values).values()
    assert (cost.field, cost.lost, cost.instead) == ("bmi", ("clinical_signature",), "dlcs")
    assert not cost.costs_answer


def test_without_the_stage_of_the_specimen_nothing_is_answered() -> None:
    found = costs("gc-recurrence", GC, age="60")
    assert list(found) == ["ptnm_stage"]
    assert found["ptnm_stage"].is_first and found["ptnm_stage"].instead is None
    assert found["ptnm_stage"].message.id == "clinical.missing.nothing_before" and said(found["ptnm_stage"])


def test_while_nothing_can_be_answered_no_other_score_is_said_to_answer() -> None:
    found = costs("gc-recurrence", GC)
    assert list(found) == ["age", "ptnm_stage"]
    assert found["age"].message.id == "clinical.missing.lost" and said(found["age"])


@pytest.mark.parametrize(("chemotherapy", "open_field"), [("no", "ptnm_stage"), ("yes", "yptnm_stage")])
def test_the_stage_that_the_course_asks_for_is_the_missing_one(chemotherapy: str, open_field: str) -> None:
    assert list(costs("gc-recurrence", GC, age="60", preoperative_chemotherapy=chemotherapy)) == [open_field]


def test_either_stage_serves() -> None:
    assert costs("gc-recurrence", GC, age="60", ptnm_stage="II") == {}
    assert costs("gc-recurrence", GC, age="60", yptnm_stage="II") == {}


def test_where_nothing_stands_in_that_is_said() -> None:
    alone = PathwayNeeds(answers=(ScoreNeeds("dlfs", frozenset({"age"})),))
    (cost,) = costs("gc-recurrence", alone).values()
    assert cost.instead is None and cost.message.id == "clinical.missing.no_answer" and said(cost)


def test_a_required_value_that_no_score_reads_costs_no_score() -> None:
    form = load_form("npc-residual")
    assert costs_of_missing(form, record(), PathwayNeeds()) == ()
    found = costs_of_missing(form, form.empty_record(), PathwayNeeds())
    assert [cost.field for cost in found] == ["age", "sex", "t_stage", "n_stage"]
    assert {cost.message.id for cost in found} == {"clinical.missing.cost"}
