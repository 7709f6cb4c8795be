"""Every row, every reason to withhold, every statement and every change that the rules name."""

from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inference.assessment import Recommendation, RecommendationStatus
from inference.errors import InputError
from inference.messages.catalogue import load_catalogue
from inference.packs.manifest import Threshold
from inference.predictors.treatment_score import TreatmentScore
from inference.rules.engine import doubts, ineligible, recommend, unchecked_eligibility, withhold
from inference.rules.reading import Reading
from inference.rules.rule_book import Eligibility
from inference.rules.rule_file import load_rule_book
from tests.inference.synthetic_case import record

BOOK = load_rule_book("npc-residual")
NARROWER = BOOK.model_copy(update={"eligible": (Eligibility(field="stage", allowed=("III", "IVa")),)})
LOW, HIGH = (0.1, 0.2), (0.8, 0.9)


def scores(
    ccrt: tuple[float, ...], ic_ccrt: tuple[float, ...], cutoff: float = 0.5, margin: float = 0.05
) -> tuple[Reading, Reading]:
    def threshold(treatment: str) -> Threshold:
        return Threshold(
            treatment=treatment,
            value=cutoff,
            positive_class="residual",
            locked_on="out-of-fold scores",
            method="Youden",
            borderline_margin=margin,
        )

    return (
        TreatmentScore("ccrt", ccrt, threshold("ccrt")).reading,
        TreatmentScore("ic_ccrt", ic_ccrt, threshold("ic_ccrt")).reading,
    )


def ids(messages: tuple[object, ...]) -> list[str]:
    return [message.id for message in messages]  # type: ignore[attr-defined]


def english(messages: tuple[object, ...]) -> list[str]:
    return [load_catalogue("en").render(message) for message in messages]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ccrt", "ic_ccrt", "row", "regimen"),
    [(LOW, LOW, 1, "ccrt"), (LOW, HIGH, 2, "ccrt"), (HIGH, LOW, 3, "ic_ccrt"), (HIGH, HIGH, 4, "ibt")],
)
def test_the_published_table_row_by_row(
    ccrt: tuple[float, ...], ic_ccrt: tuple[float, ...], row: int, regimen: str
) -> None:
    given_ = recommend(BOOK, "published", scores(ccrt, ic_ccrt), record())
    assert (given_.status, given_.row, given_.recommend) == (RecommendationStatus.GIVEN, row, regimen)


@pytest.mark.parametrize(
    ("ccrt", "ic_ccrt", "row", "regimen"),
    [(LOW, LOW, 1, "ccrt"), (HIGH, LOW, 3, "ic_ccrt"), (HIGH, HIGH, 4, "ibt")],
)
def test_the_cautious_table_agrees_where_nothing_is_doubtful(
    ccrt: tuple[float, ...], ic_ccrt: tuple[float, ...], row: int, regimen: str
) -> None:
    given_ = recommend(BOOK, "cautious", scores(ccrt, ic_ccrt), record())
    assert (given_.status, given_.row, given_.recommend) == (RecommendationStatus.GIVEN, row, regimen)


def test_the_cautious_rules_withhold_on_the_implausible_pair() -> None:
    answer = recommend(BOOK, "cautious", scores(LOW, HIGH), record())
    assert answer.status is RecommendationStatus.WITHHELD
    assert ids(answer.reasons) == ["rules.withheld.implausible"]


def test_the_cautious_rules_withhold_near_the_cut_off() -> None:
    answer = recommend(BOOK, "cautious", scores((0.53, 0.53), LOW), record())
    assert english(answer.reasons) == ["CCRT: too near the cut-off to tell"]


def test_the_cautious_rules_withhold_when_folds_disagree() -> None:
    answer = recommend(BOOK, "cautious", scores(HIGH, (0.1, 0.6)), record())
    assert english(answer.reasons) == [
        "IC+CCRT: the networks of the ensemble stand on both sides of the cut-off"
    ]


def test_every_doubt_is_named() -> None:
    assert ids(doubts(BOOK, "cautious", scores((0.4, 0.56), (0.45, 0.6)), record())) == [
        "rules.withheld.borderline",
        "rules.withheld.folds_disagree",
        "rules.withheld.borderline",
        "rules.withheld.folds_disagree",
        "rules.withheld.implausible",
    ]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_the_published_rules_never_doubt_a_prediction(ccrt: list[float], ic_ccrt: list[float]) -> None:
    answer = recommend(BOOK, "published", scores(tuple(ccrt), tuple(ic_ccrt)), record())
    assert answer.status is RecommendationStatus.GIVEN


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_the_cautious_rules_recommend_the_published_ones_do_too(ccrt: float, ic_ccrt: float) -> None:
    predicted = scores((ccrt,), (ic_ccrt,))
    cautious = recommend(BOOK, "cautious", predicted, record())
    assume(cautious.status is RecommendationStatus.GIVEN)
    assert cautious.recommend == recommend(BOOK, "published", predicted, record()).recommend


@pytest.mark.parametrize("rule_set", ["published", "cautious"])
def test_ccrt_never_stands_without_its_sentence(rule_set: str) -> None:
    answer = recommend(BOOK, rule_set, scores(LOW, LOW), record())
    assert answer.recommend == "ccrt"
    assert english(answer.statements)[0] == (
        "Predicted non-residual with CCRT; not evidence that induction chemotherapy can be omitted: trials "
        "show a survival benefit, and residual tumour ignores distant failure."
    )


def test_residual_under_both_names_no_regimen_in_the_cautious_rules() -> None:
    answer = recommend(BOOK, "cautious", scores(HIGH, HIGH), record())
    assert ids(answer.statements) == ["statement.no_regimen", "statement.prediction_not_effect"]
    assert ids(recommend(BOOK, "published", scores(HIGH, HIGH), record()).statements) == [
        "statement.ibt_published",
        "statement.prediction_not_effect",
    ]


def test_the_reasons_tell_what_was_predicted_and_why_the_lighter_regimen() -> None:
    assert english(recommend(BOOK, "cautious", scores(LOW, LOW), record()).reasons) == [
        "No residual tumour predicted with CCRT",
        "No residual tumour predicted with IC+CCRT",
        "CCRT has fewer side effects",
    ]
    assert english(recommend(BOOK, "cautious", scores(HIGH, LOW), record()).reasons) == [
        "Residual tumour predicted with CCRT",
        "No residual tumour predicted with IC+CCRT",
    ]


def plain(messages: tuple[object, ...]) -> list[str]:
    return [text.replace("\u00a0", " ") for text in english(messages)]


CHANGES = {
    ("published", 1): ["Would change to IC+CCRT if CCRT reached 50 % (now 15 %)"],
    ("published", 2): ["Would change to an individual decision (IBT) if CCRT reached 50 % (now 15 %)"],
    ("published", 3): [
        "Would change to CCRT if CCRT fell below 50 % (now 85 %)",
        "Would change to an individual decision (IBT) if IC+CCRT reached 50 % (now 15 %)",
    ],
    ("published", 4): [
        "Would change to CCRT if CCRT fell below 50 % (now 85 %)",
        "Would change to IC+CCRT if IC+CCRT fell below 50 % (now 85 %)",
    ],
    ("cautious", 1): [
        "Would change to IC+CCRT if CCRT reached 50 % (now 15 %)",
        "Would be withheld if IC+CCRT reached 50 % (now 15 %)",
        "Within 5 percentage points of the cut-off it is withheld (CCRT, IC+CCRT)",
    ],
    ("cautious", 4): [
        "Would be withheld if CCRT fell below 50 % (now 85 %)",
        "Would change to IC+CCRT if IC+CCRT fell below 50 % (now 85 %)",
        "Within 5 percentage points of the cut-off it is withheld (CCRT, IC+CCRT)",
    ],
}


@pytest.mark.parametrize(("rule_set", "row"), list(CHANGES))
def test_what_would_change_the_recommendation_is_named(rule_set: str, row: int) -> None:
    ccrt, ic_ccrt = list(product((LOW, HIGH), repeat=2))[row - 1]
    answer = recommend(BOOK, rule_set, scores(ccrt, ic_ccrt), record())
    assert answer.row == row
    assert plain(answer.would_change) == CHANGES[rule_set, row]


def test_a_score_close_to_its_cut_off_is_printed_apart_from_it() -> None:
    answer = recommend(BOOK, "published", scores((0.4996,), LOW), record())
    assert plain(answer.would_change) == ["Would change to IC+CCRT if CCRT reached 50.00 % (now 49.96 %)"]


@pytest.mark.parametrize("score", [0.5, 0.5000001])
def test_positive_means_at_or_above_the_cut_off(score: float) -> None:
    assert scores((score,), LOW)[0].is_positive
    assert not scores((0.4999999,), LOW)[0].is_positive


def test_the_mean_is_compared_unrounded() -> None:
    just_below = scores((0.5, 0.49999999), LOW)[0]
    assert round(just_below.score, 6) == 0.5 and not just_below.is_positive


def test_borderline_means_nearer_than_the_margin_on_either_side() -> None:
    near = [
        scores((value,), LOW, cutoff=0.5, margin=0.125)[0].is_borderline for value in (0.374, 0.376, 0.624)
    ]
    assert near == [False, True, True]
    assert not scores((0.625,), LOW, cutoff=0.5, margin=0.125)[0].is_borderline
    assert not scores((0.5,), LOW, margin=0.0)[0].is_borderline


def test_a_withheld_recommendation_names_no_row_no_regimen_and_no_number() -> None:
    answer = recommend(BOOK, "cautious", scores((0.5312, 0.5412), (0.2178, 0.2278)), record())
    assert (answer.row, answer.recommend, answer.would_change, answer.statements) == (None, None, (), ())
    assert all(not reason.fields.keys() - {"treatment"} for reason in answer.reasons)
    assert answer == withhold(BOOK, "cautious", answer.reasons)


def test_the_whole_table_stands_in_every_recommendation() -> None:
    answers: list[Recommendation] = [
        recommend(BOOK, "cautious", scores(LOW, LOW), record()),
        withhold(BOOK, "cautious", ()),
    ]
    for answer in answers:
        assert [row.row for row in answer.table] == [1, 2, 3, 4]
        assert "Quant Imaging Med Surg 2023" in answer.citation and answer.rule_version == "1.1.0"


@pytest.mark.parametrize(("t_stage", "n_stage"), [("T1", "N0"), ("T2", "N1"), ("T1", "N1")])
def test_a_stage_that_a_site_leaves_out_is_a_reason(t_stage: str, n_stage: str) -> None:
    (reason,) = ineligible(NARROWER, record(t_stage=t_stage, n_stage=n_stage))
    assert "lies outside the studied patients (III, IVa)" in load_catalogue("en").render(reason)


@pytest.mark.parametrize(("t_stage", "n_stage"), [("T3", "N0"), ("T4", "N1"), ("T1", "N3"), ("T1", "N2")])
def test_the_stages_that_it_takes_are_no_reason(t_stage: str, n_stage: str) -> None:
    assert ineligible(NARROWER, record(t_stage=t_stage, n_stage=n_stage)) == ()
    assert unchecked_eligibility(NARROWER, record(t_stage=t_stage, n_stage=n_stage)) == ()


def test_a_missing_stage_does_not_withhold_but_is_said() -> None:
    unknown = record(t_stage="")
    assert ineligible(NARROWER, unknown) == ()
    statements = recommend(NARROWER, "cautious", scores(LOW, LOW), unknown).statements
    assert ids(statements) == [
        "statement.ccrt_not_evidence",
        "statement.prediction_not_effect",
        "statement.eligibility_unchecked",
    ]


def test_what_was_not_checked_of_the_patient_is_said_in_one_sentence() -> None:
    narrower = (
        *NARROWER.eligible,
        Eligibility(field="age", at_least=18),
        Eligibility(field="m_stage", allowed=("M0",)),
    )
    book = BOOK.model_copy(update={"eligible": narrower})
    (said,) = unchecked_eligibility(book, record(t_stage=""))
    assert load_catalogue("en").render(said) == (
        "Not recorded, so it was not checked whether the patient is like those studied: Stage, M stage."
    )
    (reason,) = ineligible(
        BOOK.model_copy(update={"eligible": (Eligibility(field="age", below=50),)}), record()
    )
    assert load_catalogue("en").render(reason) == "Age 52 lies outside the studied patients (< 50)."


def test_an_unknown_rule_set_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        recommend(BOOK, "bold", scores(LOW, LOW), record())
    assert caught.value.message.fields == {"name": "bold", "allowed": "cautious, published"}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_text_of_the_rules_is_in_the_catalogue(language: str) -> None:
    catalogue = load_catalogue(language)
    for rule_set in BOOK.rule_sets:
        assert catalogue.has(f"rule_set.{rule_set.id}") and catalogue.has(f"rule_set.{rule_set.id}.meaning")
        for pair in product((LOW, HIGH, (0.49, 0.52)), repeat=2):
            answer = recommend(BOOK, rule_set.id, scores(*pair), record(t_stage=""))
            for message in (*answer.reasons, *answer.statements, *answer.would_change):
                text = catalogue.render(message)
                assert "⟦" not in text and "{" not in text and "treatment." not in text
            assert answer.recommend is None or catalogue.has(f"recommend.{answer.recommend}")
