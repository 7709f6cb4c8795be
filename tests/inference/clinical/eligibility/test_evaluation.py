"""Whom the study was made from: met, not met or open, and what a named user may release."""

from datetime import date

import pytest

from inference.clinical.eligibility.evaluation import (
    Answer,
    Eligibility,
    eligibility_of,
    months_later,
)
from inference.clinical.eligibility.questions import Question, StudyEligibility, load_eligibility
from inference.clinical.schema import load_form
from inference.errors import InputError
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message
from inference.release import Release, refuse_idle_releases, releasable_codes
from models.phantoms.ct_population import Population
from models.phantoms.ct_populations import POPULATIONS
from tests.inference.clinical.all_forms import STUDIES, settled

SCANNED = date(2026, 3, 5)
INSIDE = {
    "npc-residual": {
        "t_stage": "T3",
        "n_stage": "N2",
        "m_stage": "M0",
        "previous_treatment": "no",
        "treatment_day": "2026-03-20",
    },
    "lagc-response": {
        "ct_stage": "T3",
        "cn_stage": "N1",
        "cm_stage": "M0",
        "egj_siewert": "not_egj",
        "planned_fluorouracil": "yes",
        "planned_cycles": "3",
        "previous_treatment": "no",
        "other_malignancy": "no",
        "treatment_day": "2026-03-12",
    },
    "gc-recurrence": {
        "resection": "R0",
        "lymphadenectomy": "d2_or_more",
        "m_stage": "M0",
        "ptnm_stage": "II",
        "free_at_two_months": "yes",
        "surgery_day": "2026-03-10",
    },
    "pnen-recurrence": {
        "resection": "R0",
        "m_stage": "M0",
        "men_syndrome": "no",
        "other_malignancy": "no",
        "previous_treatment": "no",
        "surgery_day": "2026-05-10",
    },
    "gnen-os": {
        "age": "60",
        "long_diameter": "20",
        "previous_treatment": "no",
        "other_malignancy": "no",
        "treatment_day": "2026-03-05",
    },
}


def held(study: str, scanned: date | None = SCANNED, **changes: str) -> Eligibility:
    values = {name: text for name, text in {**INSIDE[study], **changes}.items() if text}
    return eligibility_of(settled(study, **values), scanned)


def answers(eligibility: Eligibility) -> dict[str, Answer]:
    return {line.question.id: line.answer for line in eligibility.lines}


def texts(message: Message) -> list[str]:
    said = [load_catalogue(language).render(message) for language in ("en", "zh_CN")]
    assert all("⟦" not in text and "{" not in text and "clinical." not in text for text in said)
    return said


@pytest.mark.parametrize("study", STUDIES)
def test_a_patient_like_the_studied_ones_meets_every_question(study: str) -> None:
    eligibility = held(study)
    assert set(answers(eligibility).values()) == {Answer.MET}
    assert not eligibility.findings and not eligibility.statements


@pytest.mark.parametrize("study", STUDIES)
def test_an_empty_form_leaves_every_question_open_and_says_so(study: str) -> None:
    eligibility = eligibility_of(load_form(study).empty_record(), None)
    assert set(answers(eligibility).values()) == {Answer.OPEN}
    assert not eligibility.findings
    (statement,) = eligibility.statements
    english, _ = texts(statement)
    catalogue = load_catalogue("en")
    for line in eligibility.lines:
        assert catalogue.render(line.required) in english and "eligibility.unknown" in line.said
        assert catalogue.render(line.asked) in texts(line.statement)[0]


def test_a_single_open_question_is_told_in_full() -> None:
    (statement,) = held("gnen-os", age="").statements
    assert statement.id == "statement.eligibility_open" and "18 years" in texts(statement)[0]


@pytest.mark.parametrize(
    ("study", "field", "typed", "said"),
    [
        ("gnen-os", "age", "61", ("61\u00a0years", "61\u00a0岁")),
        ("gnen-os", "long_diameter", "4", ("4\u00a0mm", "4\u00a0mm")),
        ("lagc-response", "planned_cycles", "1", ("1", "1")),
    ],
)
def test_a_number_is_said_with_its_unit_in_words(
    study: str, field: str, typed: str, said: tuple[str, str]
) -> None:
    lines = held(study, **{field: typed}).lines
    line = next(one for one in lines if field in one.question.fields)
    assert tuple(load_catalogue(one).shown(line.said) for one in ("en", "zh_CN")) == said


OUTSIDE = [
    ("npc-residual", {"t_stage": "T1", "n_stage": "N1"}, "eligibility.stage"),
    ("npc-residual", {"m_stage": "M1"}, "eligibility.no_metastasis"),
    ("npc-residual", {"previous_treatment": "yes"}, "eligibility.untreated"),
    ("npc-residual", {"treatment_day": "2026-04-20"}, "inputs.too_long_before"),
    ("npc-residual", {"treatment_day": "2026-03-04"}, "inputs.after_treatment"),
    ("lagc-response", {"ct_stage": "T1", "cn_stage": "N0"}, "eligibility.locally_advanced"),
    ("lagc-response", {"egj_siewert": "II"}, "eligibility.stomach_or_siewert_iii"),
    ("lagc-response", {"planned_fluorouracil": "no"}, "eligibility.fluorouracil"),
    ("lagc-response", {"planned_cycles": "1"}, "eligibility.two_cycles"),
    ("lagc-response", {"treatment_day": "2026-03-13"}, "inputs.too_long_before"),
    ("gc-recurrence", {"resection": "R1"}, "eligibility.resected_r0"),
    ("gc-recurrence", {"lymphadenectomy": "less_than_d2"}, "eligibility.dissected_d2"),
    ("gc-recurrence", {"free_at_two_months": "no"}, "eligibility.free_at_two_months"),
    ("pnen-recurrence", {"resection": "R2"}, "eligibility.resected_r0"),
    ("pnen-recurrence", {"m_stage": "M1"}, "eligibility.no_metastasis"),
    ("pnen-recurrence", {"men_syndrome": "yes"}, "eligibility.no_men"),
    ("pnen-recurrence", {"other_malignancy": "yes"}, "eligibility.single_malignancy"),
    ("pnen-recurrence", {"previous_treatment": "yes"}, "eligibility.untreated"),
    ("pnen-recurrence", {"surgery_day": "2026-03-04"}, "inputs.after_treatment"),
    ("gnen-os", {"age": "17"}, "eligibility.adult"),
    ("gnen-os", {"long_diameter": "4.9"}, "eligibility.large_enough"),
    ("gnen-os", {"previous_treatment": "yes"}, "eligibility.untreated"),
]


@pytest.mark.parametrize(
    ("study", "changes", "code"), OUTSIDE, ids=[f"{study}-{code}" for study, _, code in OUTSIDE]
)
def test_a_patient_outside_is_refused_until_a_named_user_releases(
    study: str, changes: dict[str, str], code: str
) -> None:
    eligibility = held(study, **changes)
    (refusal,) = eligibility.findings
    assert refusal.code == code and releasable_codes(eligibility.findings) == (code,)
    assert texts(refusal.message) and texts(refusal.advice)
    (barrier,) = eligibility.barriers(())
    assert barrier == refusal.message
    release = Release(code, "Dr Ng", "the board knows")
    assert eligibility.barriers((release,)) == ()
    refuse_idle_releases((release,), eligibility.findings)


def test_a_release_of_what_was_not_refused_is_idle() -> None:
    with pytest.raises(InputError):
        refuse_idle_releases((Release("eligibility.adult", "Dr Ng", "why"),), held("gnen-os").findings)


@pytest.mark.parametrize(
    ("ct_stage", "cn_stage", "answer"),
    [
        ("T1", "N1", Answer.MET),
        ("T2", "", Answer.MET),
        ("", "N2", Answer.OPEN),
        ("T1", "", Answer.OPEN),
        ("T1", "N0", Answer.NOT_MET),
    ],
)
def test_a_question_of_two_fields_is_open_only_while_an_answer_could_change_it(
    ct_stage: str, cn_stage: str, answer: Answer
) -> None:
    made = held("lagc-response", ct_stage=ct_stage, cn_stage=cn_stage)
    assert answers(made)["locally_advanced"] is answer


def test_siewert_iii_is_taken_and_conversion_therapy_is_noted() -> None:
    made = held("lagc-response", egj_siewert="III", cm_stage="M1")
    assert not made.findings
    (note,) = made.statements
    assert note.id == "eligibility.note.conversion" and "111" in texts(note)[0]


def test_the_papers_contradiction_on_metastasis_is_said() -> None:
    made = held("gnen-os", m_stage="M1")
    assert not made.findings and [one.id for one in made.statements] == [
        "eligibility.note.metastasis_studied"
    ]
    assert "35" in texts(made.statements[0])[1]


def test_either_stage_of_the_specimen_answers_whether_it_is_known() -> None:
    assert answers(held("gc-recurrence", ptnm_stage="", yptnm_stage="I"))["stage_known"] is Answer.MET
    assert answers(held("gc-recurrence", ptnm_stage=""))["stage_known"] is Answer.OPEN


@pytest.mark.parametrize(
    ("seen", "answer"), [("2026-05-09", Answer.OPEN), ("2026-05-10", Answer.MET), ("", Answer.MET)]
)
def test_nobody_is_free_at_two_months_who_was_not_seen_so_long(seen: str, answer: Answer) -> None:
    assert answers(held("gc-recurrence", follow_up_day=seen))["free_at_two_months"] is answer


def test_months_end_where_the_month_ends() -> None:
    assert months_later(date(2025, 12, 31), 2) == date(2026, 2, 28)
    assert months_later(date(2026, 3, 10), 2) == date(2026, 5, 10)


def test_without_the_day_of_the_scan_its_time_is_open() -> None:
    made = held("lagc-response", scanned=None)
    assert answers(made)["scan_in_time"] is Answer.OPEN and made.lines[-1].said == "2026-03-12"


@pytest.mark.parametrize("population", POPULATIONS.values(), ids=lambda population: str(population.study))
def test_what_a_synthetic_study_asked_of_everybody_meets_its_questions(population: Population) -> None:
    study, enrolment = population.study, population.enrolment
    questions = load_eligibility(study).questions
    asked = {name for question in questions for name in question.fields}
    assert set(enrolment) <= asked
    made = answers(eligibility_of(settled(study, **enrolment), None))
    alone = [
        question.id
        for question in questions
        if set(question.fields) and set(question.fields) <= set(enrolment)
    ]
    assert alone and all(made[name] is Answer.MET for name in alone)


def test_a_question_the_form_cannot_answer_is_refused() -> None:
    whole = load_eligibility("gnen-os")
    bad = Question(id="stage", source="x", met_when=({"stage": ("III",)},))
    with pytest.raises(ValueError, match="cannot answer"):
        StudyEligibility.model_validate({**whole.model_dump(), "questions": [bad.model_dump()]})
    with pytest.raises(ValueError, match="in one way"):
        Question(id="stage", source="x")
    with pytest.raises(InputError):
        load_eligibility("../gnen-os")


def test_every_question_names_its_source() -> None:
    for study in STUDIES:
        eligibility = load_eligibility(study)
        assert eligibility.citation and all(question.source for question in eligibility.questions)
