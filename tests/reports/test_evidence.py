"""Published counts are worded with their interval, and never as the patient's risk."""

from __future__ import annotations

import pytest

from inference.clinical.record import ClinicalRecord
from inference.clinical.schema import load_form, parse_value
from inference.evidence.for_patient import evidence_for
from inference.evidence.published_tables import published_tables
from inference.messages.catalogue import Catalogue, load_catalogue
from reports.evidence_wording import (
    described_lines,
    evidence_caveat,
    evidence_rows,
    missing_line,
    performance_lines,
    ratio_rows,
)
from reports.paper.blocks import Block, Card, Columns, Row, Stack, TextBlock
from reports.sections.evidence import evidence_section
from tests.inference.synthetic_case import record

STUDIES = ("npc-residual", "lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os")


def recorded(study: str, **values: str) -> ClinicalRecord:
    form = load_form(study)
    filled = form.empty_record()
    for field_id, text in values.items():
        filled = filled.with_value(parse_value(form.field(field_id), text))
    return filled


def rows_of(study: str, catalogue: Catalogue, **values: str) -> dict[str, list[tuple[str, str, str]]]:
    evidence = evidence_for(published_tables(study), recorded(study, **values))
    rows = evidence_rows(evidence, load_form(study), catalogue)
    return {row.factor: [(cell.group, cell.counts, cell.share) for cell in row.cells] for row in rows}


def texts(block: Block) -> list[str]:
    match block:
        case TextBlock():
            return [block.text]
        case Stack() | Columns():
            return [text for one in block.blocks for text in texts(one)]
        case Row():
            return texts(block.cells)
        case Card():
            return texts(block.content)
        case _:
            return []


def test_the_paper_s_counts_of_stage_iva_stand_with_their_interval(english: Catalogue) -> None:
    rows = rows_of("npc-residual", english, t_stage="T4", n_stage="N1", stage="IVa")
    assert rows["Stage: IVa"] == [
        ("after CCRT", "49 of 68", "72 % (95 % CI 60–81)"),
        ("after IC + CCRT", "42 of 94", "45 % (95 % CI 35–55)"),
    ]


def test_of_few_patients_no_percentage_is_given(english: Catalogue) -> None:
    rows = rows_of("gc-recurrence", english, location="whole")
    cells = next(iter(rows.values()))
    assert [counts for _, counts, _ in cells] == ["11 of 35", "3 of 20", "1 of 2"]
    assert cells[2][2] == "" and cells[0][2]


def test_a_number_is_worded_as_the_paper_s_bound(english: Catalogue, chinese: Catalogue) -> None:
    assert list(rows_of("lagc-response", english, maximum_diameter="5.1")) == [
        "Maximum diameter: more than 5 cm"
    ]
    assert list(rows_of("lagc-response", english, maximum_diameter="5")) == ["Maximum diameter: at most 5 cm"]
    (chinese_row,) = rows_of("lagc-response", chinese, maximum_diameter="5.1")
    assert ">5 cm" in chinese_row


def test_rows_that_do_not_make_up_the_cohort_are_flagged(english: Catalogue) -> None:
    evidence = evidence_for(published_tables("lagc-response"), recorded("lagc-response", bmi="20"))
    (row,) = evidence_rows(evidence, load_form("lagc-response"), english)
    assert row.cells[0].note == "the rows of this factor make up 656 of 664 patients"
    assert [cell.note for cell in row.cells[1:]] == ["", ""]


def test_a_ratio_names_its_unit_or_says_that_none_is_stated(english: Catalogue) -> None:
    gnen = evidence_for(published_tables("gnen-os"), recorded("gnen-os", ki67="30", m_stage="M1"))
    found = {row.factor: row for row in ratio_rows(gnen, load_form("gnen-os"), english)}
    assert any("per 1 %" in factor for factor in found)
    (of_m1,) = [row for factor, row in found.items() if "M1" in factor]
    assert of_m1.figure == "4.59 (95 % CI 2.21–7.33)" and of_m1.note
    lagc = evidence_for(published_tables("lagc-response"), recorded("lagc-response", age="60"))
    (of_age,) = ratio_rows(lagc, load_form("lagc-response"), english)
    assert "unit not stated" in of_age.factor


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("study", STUDIES)
def test_every_row_of_every_paper_can_be_worded(study: str, language: str) -> None:
    catalogue, form, tables = load_catalogue(language), load_form(study), published_tables(study)
    said: list[str] = []
    for field in form.fields:
        for code in field.choices:
            evidence = evidence_for(tables, recorded(study, **{field.id: code}))
            for row in evidence_rows(evidence, form, catalogue):
                said += [row.factor, row.outcome, *(cell.sentence for cell in row.cells)]
            said += [row.factor for row in ratio_rows(evidence, form, catalogue)]
    assert said and not any("⟦" in text or "{" in text or "evidence." in text for text in said)


def test_a_description_and_the_paper_s_own_performance_stand_by_cohort(english: Catalogue) -> None:
    evidence = evidence_for(published_tables("gnen-os"), recorded("gnen-os", grade="MiNEN", ki67="30"))
    (grade,) = described_lines(evidence, load_form("gnen-os"), english)
    for text in ("MiNEN", "training cohort 38 of 76", "internal", "15 of 32", "30 of 54"):
        assert text in grade
    assert any("0.77 (0.66–0.89)" in line for line in performance_lines(evidence, english))
    printed = [
        text for block in evidence_section("gnen-os", evidence, english).blocks for text in texts(block)
    ]
    assert grade in printed and set(performance_lines(evidence, english)) <= set(printed)
    other = evidence_for(published_tables("npc-residual"), record())
    assert not described_lines(other, load_form("npc-residual"), english)
    assert not performance_lines(other, english)


def test_the_section_ends_with_what_the_counts_are_not(english: Catalogue) -> None:
    evidence = evidence_for(published_tables("npc-residual"), record())
    section = evidence_section("npc-residual", evidence, english)
    last = texts(section.blocks[-1])
    assert evidence_caveat(english) in last and evidence.citation in last
    assert "41 of 104" in " ".join(last)


def test_nothing_recorded_is_said_and_names_what_is_published(english: Catalogue) -> None:
    evidence = evidence_for(published_tables("npc-residual"), recorded("npc-residual"))
    section = evidence_section("npc-residual", evidence, english)
    assert texts(section.blocks[0])[0] == english.text("evidence.none")
    assert "Sex" in missing_line(evidence, english)
