"""A recommendation is printed with its weight, its limits and its file; a site's own words among them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inference.assessment import Recommendation, RuleFile, RuleOrigin, RuleRow, Strength
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message
from inference.rules.engine import recommend
from reports.report import build_report
from reports.sections.rule_table import rule_table
from reports.summary import summary_lines
from reports.wording import row_conditions, row_recommendation, rule_file_line, strength_line
from tests.inference.rules.study_readings import BOOKS, readings, record_of
from tests.reports import assessments as made
from tests.reports.conftest import flat, page_texts
from tests.reports.test_evidence import texts

NPC = BOOKS["npc-residual"]
SITE = RuleFile("ours.yaml", "1.2.3", "ab" * 32, RuleOrigin.SITE)


def by_rules(low: float = 0.2) -> Recommendation:
    return recommend(NPC, "cautious", readings(NPC, low, 0.1, margin=0.02), record_of("npc-residual"))


def by_site() -> Recommendation:
    """Rules of a site that ask for the stage and recommend in words of its own."""
    ours = RuleRow(1, {"ccrt": "non_residual"}, "site_ours", "ours", {"stage": ("III", "IVa")})
    other = RuleRow(2, {"ic_ccrt": "residual"}, "ibt", "other", {"age": ("≥ 70",)}, is_withheld=True)
    return replace(
        by_rules(),
        table=(ours, other),
        recommend="site_ours",
        strength=Strength.OPTION_TO_DISCUSS,
        statements=(Message("statement.site_agreed"),),
        file=SITE,
        texts={
            "recommend.site_ours": {"en": "As agreed here", "zh_CN": "按本院约定"},
            "recommend.site_ours.short": {"en": "as agreed", "zh_CN": "按约定"},
            "statement.site_agreed": {"en": "Agreed on 2 March.", "zh_CN": "3 月 2 日议定。"},
        },
    )


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_strength_limits_and_file_are_printed(language: str) -> None:
    catalogue = load_catalogue(language)
    given = by_rules()
    assessment = replace(made.answered(), recommendation=given)
    text = flat(
        "".join(
            page_texts(build_report(made.content(assessment, language=language, heat_maps=(), mask=None)))
        )
    )
    for part in (
        strength_line(given, catalogue),
        rule_file_line(given, catalogue),
        *(catalogue.render(each) for each in (*given.not_considered, *given.would_change, *given.statements)),
        catalogue.text("report.rules.row_withheld", recommend="CCRT"),
    ):
        assert part and flat(part) in text, part


@pytest.mark.parametrize(("language", "words"), [("en", "As agreed here"), ("zh_CN", "按本院约定")])
def test_a_sites_own_words_are_printed_in_the_language_of_the_report(language: str, words: str) -> None:
    assessment = replace(made.answered(), recommendation=by_site())
    text = flat(
        "".join(
            page_texts(build_report(made.content(assessment, language=language, heat_maps=(), mask=None)))
        )
    )
    said = assessment.recommendation.texts["statement.site_agreed"][language]
    catalogue = load_catalogue(language)
    for part in (words, said, rule_file_line(assessment.recommendation, catalogue), "III, IVa", "≥ 70"):
        assert flat(part) in text, part
    assert "⟦" not in text


def test_the_summary_says_whose_rules_and_how_strong() -> None:
    lines = "\n".join(
        summary_lines(replace(made.answered(), recommendation=by_site()), made.PHANTOM, load_catalogue("en"))
    )
    for part in (
        "As agreed here (Site rules · Rule set cautious 1.1.0 · row 1 applies)",
        "Option to discuss",
        "Agreed on 2 March.",
        "Not considered: EBV DNA, survival and distant metastasis, performance status and comorbidity.",
        f"Site rules, not those of this program: ours.yaml 1.2.3, SHA-256 {SITE.sha256[:12]}…",
    ):
        assert part in lines


def test_a_row_says_what_it_asks_for_and_that_nothing_is_answered_under_it() -> None:
    catalogue = load_catalogue("en")
    ours, other = by_site().table
    assert row_conditions(ours, catalogue) == "Stage: III, IVa"
    assert row_conditions(other, catalogue) == "Age: ≥ 70"
    assert row_recommendation(other, catalogue) == "an individual decision (IBT) (withheld)"
    assert row_conditions(NPC.rows(NPC.rule_set("published"))[0], catalogue) == ""


def test_nothing_of_the_rule_is_said_of_a_withheld_answer() -> None:
    withheld = by_rules(low=0.42)
    assert strength_line(withheld, load_catalogue("en")) == ""
    lines = summary_lines(
        replace(made.withheld_as_borderline(), recommendation=withheld), made.PHANTOM, load_catalogue("en")
    )
    assert not any("Option to discuss" in line or "Not considered" in line for line in lines)


def test_a_demonstration_on_a_patient_prints_no_treatment_of_the_table() -> None:
    withheld, head = by_rules(low=0.42), load_catalogue("en").text("report.rules.recommend")
    whole, bare = (
        texts(rule_table(replace(withheld, table=table), load_catalogue("en")))
        for table in (withheld.table, ())
    )
    assert head in whole and any("(IBT)" in text for text in whole)
    assert head not in bare and not any("(IBT)" in text for text in bare)
    assert withheld.citation in whole and withheld.citation in bare


def test_a_site_cannot_take_the_place_of_a_text_that_is_there() -> None:
    catalogue = load_catalogue("en").with_texts({"statement.ccrt_not_evidence": {"en": "All is well"}})
    assert "not evidence" in catalogue.text("statement.ccrt_not_evidence")
