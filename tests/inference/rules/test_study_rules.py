"""Every rule of every set of all five studies, just above and just below the cut-off, and every doubt."""

from dataclasses import replace
from itertools import product

import pytest

from inference.assessment import Recommendation, RecommendationStatus, RuleOrigin, Strength
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message
from inference.pathways.pathway import load_pathway
from inference.prediction import Fallback
from inference.rules.engine import ineligible, recommend, withhold
from inference.rules.performance import PackFacts
from inference.rules.reading import CLASS_WORDS
from inference.rules.rule_book import Doubt
from inference.rules.rule_file import load_rule_book
from tests.inference.rules.study_readings import BOOKS, CUTOFF, MARGINS, STUDIES, readings, record_of

ABOVE, BELOW = CUTOFF + 1e-6, CUTOFF - 1e-6
SETS = ("cautious", "published")
EVERY = [
    (study, rule_set, scores)
    for study in STUDIES
    for rule_set in SETS
    for scores in product((ABOVE, CUTOFF, BELOW), repeat=len(BOOKS[study].readings))
]
RECOMMENDED = {
    ("lagc-response", "cautious"): ("nct_surgery", "discuss_response"),
    ("lagc-response", "published"): ("nct_surgery", "weigh_upfront"),
    ("gc-recurrence", "cautious"): ("intensified_follow_up", "standard_follow_up"),
    ("gc-recurrence", "published"): ("intensified_follow_up", "standard_follow_up"),
    ("pnen-recurrence", "cautious"): ("wider_surgery", "follow_up_unchanged"),
    ("pnen-recurrence", "published"): ("wider_surgery", "less_frequent_follow_up"),
    ("gnen-os", "cautious"): ("high_risk_prognosis", "low_risk_prognosis"),
    ("gnen-os", "published"): ("high_risk_prognosis", "low_risk_prognosis"),
}
NPC = {(True, True): "ibt", (True, False): "ic_ccrt", (False, True): "ccrt", (False, False): "ccrt"}


def answer(study: str, rule_set: str, *scores: float, **more: object) -> Recommendation:
    return recommend(BOOKS[study], rule_set, readings(BOOKS[study], *scores, **more), record_of(study))


def ids(messages: tuple[Message, ...]) -> list[str]:
    return [message.id for message in messages]


@pytest.mark.parametrize(("study", "rule_set", "scores"), EVERY)
def test_each_rule_applies_from_its_cut_off_on(study: str, rule_set: str, scores: tuple[float, ...]) -> None:
    given = answer(study, rule_set, *scores)
    sides = tuple(score >= CUTOFF for score in scores)
    if study == "npc-residual" and rule_set == "cautious" and sides == (False, True):
        assert (given.status, given.recommend) == (RecommendationStatus.WITHHELD, None)
        assert ids(given.reasons) == ["rules.withheld.implausible"]
        return
    wanted = NPC[sides] if study == "npc-residual" else RECOMMENDED[study, rule_set][not sides[0]]  # type: ignore[index]
    assert (given.status, given.recommend) == (RecommendationStatus.GIVEN, wanted)
    assert given.row is not None
    row = given.table[given.row - 1]
    assert (row.recommend, row.strength) == (given.recommend, given.strength)
    words = [row.when[asked.name] for asked in BOOKS[study].readings]
    assert words == [asked.words[not side] for asked, side in zip(BOOKS[study].readings, sides, strict=True)]
    assert given.not_considered and row.citation
    assert given.file == BOOKS[study].file and given.file.origin is RuleOrigin.PROJECT


@pytest.mark.parametrize("study", STUDIES)
def test_the_published_rules_doubt_nothing(study: str) -> None:
    count = len(BOOKS[study].readings)
    doubtful = {"margin": 1.0, "fold_scores": (0.0, 1.0), "sensitivity_crossed": True, "guard_warned": True}
    assert answer(study, "published", *[ABOVE] * count, **doubtful).status is RecommendationStatus.GIVEN


DOUBTS: dict[Doubt, dict[str, object]] = {
    "borderline": {"margin": 2e-6},
    "folds_disagree": {"fold_scores": (CUTOFF - 0.1, CUTOFF + 0.1)},
    "sensitivity_crossed": {"sensitivity_crossed": True},
    "guard_warned": {"guard_warned": True},
    "clinical_only": {"fallback": Fallback.CLINICAL_ONLY},
}


@pytest.mark.parametrize("doubt", list(DOUBTS))
@pytest.mark.parametrize("study", STUDIES)
def test_the_cautious_rules_withhold_for_each_doubt(study: str, doubt: Doubt) -> None:
    book = BOOKS[study]
    if doubt == "clinical_only" and Fallback.CLINICAL_ONLY not in book.readings[0].instead:
        with pytest.raises(KeyError):
            answer(study, "cautious", *[ABOVE] * len(book.readings), **DOUBTS[doubt])
        return
    read = readings(book, *[ABOVE] * len(book.readings))
    read[0] = readings(book, *[ABOVE] * len(book.readings), **DOUBTS[doubt])[0]
    given = recommend(book, "cautious", read, record_of(study))
    assert ids(given.reasons) == [f"rules.withheld.{doubt}"]
    assert given.reasons[0].fields == {"treatment": read[0].label}
    assert (given.recommend, given.row, given.strength) == (None, None, None)
    assert given == withhold(book, "cautious", given.reasons)
    assert not (given.text or given.statements or given.not_considered or given.would_change)
    assert recommend(book, "published", read, record_of(study)).status is RecommendationStatus.GIVEN


def test_a_margin_is_withheld_only_inside_of_it() -> None:
    for score, status in ((CUTOFF + 0.0201, "given"), (CUTOFF + 0.0199, "withheld"), (0.4102, "withheld")):
        assert answer("lagc-response", "cautious", score, margin=0.02).status == status


@pytest.mark.parametrize("study", [study for study in STUDIES if study != "npc-residual"])
@pytest.mark.parametrize("side", [1, -1])
def test_the_rules_state_a_margin_where_a_pack_states_none(study: str, side: int) -> None:
    book = load_rule_book(study)
    assert MARGINS[study] == (0.1 if study == "gnen-os" else 0.02)
    for share, status in ((0.99, "withheld"), (1.01, "given")):
        read = readings(book, CUTOFF + side * share * MARGINS[study])
        assert recommend(book, "cautious", read, record_of(study)).status == status
        assert recommend(book, "published", read, record_of(study)).status == "given"


def test_an_image_alone_may_answer_and_says_so() -> None:
    given = answer("lagc-response", "cautious", ABOVE, fallback=Fallback.IMAGE_ONLY)
    assert given.recommend == "nct_surgery"
    assert given.reasons == (Message("rules.because.good_response", {"treatment": "score.dl_signature"}),)
    assert Message("statement.fallback.image_only", {"treatment": "score.dl_signature"}) in given.statements


@pytest.mark.parametrize(
    ("doubt", "fallback"), [("image_only", Fallback.IMAGE_ONLY), ("fewer_phases", Fallback.FEWER_PHASES)]
)
def test_a_site_may_doubt_any_answer_that_stands_in(doubt: Doubt, fallback: Fallback) -> None:
    own = BOOKS["lagc-response"]
    (asked,), cautious = own.readings, own.rule_set("cautious")
    stricter = own.model_copy(
        update={
            "readings": (asked.model_copy(update={"instead": {fallback: "dl_signature"}}),),
            "rule_sets": (cautious.model_copy(update={"withhold_when": (doubt,)}),),
        }
    )
    given = recommend(
        stricter, "cautious", readings(stricter, ABOVE, fallback=fallback), record_of("lagc-response")
    )
    assert given.reasons == (Message(f"rules.withheld.{doubt}", {"treatment": "score.dl_signature"}),)


def test_a_poor_response_is_never_an_argument_against_chemotherapy() -> None:
    for rule_set in SETS:
        given = answer("lagc-response", rule_set, BELOW)
        assert "statement.lagc_poor_not_against" in ids(given.statements)
        assert ids(given.not_considered) == [
            "not_considered.perioperative_survival",
            "not_considered.dmmr_msi",
            "not_considered.her2",
            "not_considered.pd_l1",
            "not_considered.staging_laparoscopy",
        ]


@pytest.mark.parametrize(
    ("values", "stage", "name"),
    [
        ({"ptnm_stage": "III"}, "clinical.ptnm_stage.III", "clinical.ptnm_stage"),
        ({"yptnm_stage": "II"}, "clinical.yptnm_stage.II", "clinical.yptnm_stage"),
        ({"ptnm_stage": "I", "yptnm_stage": "II"}, "clinical.yptnm_stage.II", "clinical.yptnm_stage"),
    ],
)
def test_a_low_risk_of_relapse_names_the_patients_stage(
    values: dict[str, str], stage: str, name: str
) -> None:
    book = BOOKS["gc-recurrence"]
    given = recommend(book, "cautious", readings(book, BELOW), record_of("gc-recurrence", values))
    (statement,) = given.statements
    assert statement.fields == {"stage": stage, "stage_field": name}
    shown = load_catalogue("en").render(statement)
    assert shown.endswith(
        f"this patient's {name.split('.')[1][:-6].replace('tnm', 'TNM')} is {values.popitem()[1]}."
    )


@pytest.mark.parametrize("rule_set", SETS)
def test_nothing_is_said_of_relapse_before_the_stage_is_known(rule_set: str) -> None:
    book = BOOKS["gc-recurrence"]
    record = record_of("gc-recurrence", {})
    (reason,) = ineligible(book, record)
    assert load_catalogue("en").render(reason) == "Answered only once one of these is known: pTNM, ypTNM"
    assert recommend(book, rule_set, readings(book, ABOVE), record).reasons == (reason,)


def test_a_low_risk_of_recurrence_lengthens_nothing_by_itself() -> None:
    for rule_set in SETS:
        assert ids(answer("pnen-recurrence", rule_set, BELOW).statements) == ["statement.pnen_low_missed"]


def test_survival_of_gastric_nen_is_information_only() -> None:
    for rule_set, score in product(SETS, (ABOVE, BELOW)):
        given = answer("gnen-os", rule_set, score)
        assert given.strength is Strength.INFORMATION_ONLY
        assert ids(given.statements) == ["statement.gnen_prognosis_only"]
    cautious, published = (BOOKS["gnen-os"].rule_set(name) for name in SETS)
    assert cautious.rules == published.rules and cautious.withhold_when != published.withhold_when


@pytest.mark.parametrize("study", STUDIES)
def test_a_demonstration_says_that_it_is_one(study: str) -> None:
    book = BOOKS[study]
    read = readings(book, *[ABOVE] * len(book.readings))
    given = recommend(book, "published", read, record_of(study), PackFacts(is_demonstration=True))
    assert given.statements[-1].id == "statement.phantom"


@pytest.mark.parametrize("study", STUDIES)
def test_other_readings_than_the_rules_ask_for_are_refused(study: str) -> None:
    book = BOOKS[study]
    read = readings(book, *[ABOVE] * len(book.readings))
    for wrong in ([*read, read[0]], read[1:], [replace(read[0], words=("high", "low")), *read[1:]]):
        with pytest.raises(ValueError, match="ask for"):
            recommend(book, "published", wrong, record_of(study))


@pytest.mark.parametrize("study", [study for study in STUDIES if study != "npc-residual"])
def test_the_rules_ask_for_what_the_pathway_lets_answer(study: str) -> None:
    main, *others = load_pathway(study).answers
    (asked,) = BOOKS[study].readings
    assert asked.name == main.score
    assert asked.instead == {Fallback(one.fallback): one.score for one in others if one.fallback}
    assert asked.words == CLASS_WORDS[load_pathway(study).outcome]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_sentence_of_every_answer_is_in_the_catalogue(language: str) -> None:
    catalogue = load_catalogue(language)
    for study, rule_set, scores in EVERY:
        given = answer(study, rule_set, *scores)
        said = (*given.reasons, *given.statements, *given.would_change, *given.text, *given.not_considered)
        for message in said:
            text = catalogue.render(message)
            assert "⟦" not in text and "{" not in text, text
        for row in given.table:
            assert catalogue.has(f"recommend.{row.recommend}") and catalogue.has(f"strength.{row.strength}")
            assert all(catalogue.has(f"class.{word}") for word in row.when.values())
