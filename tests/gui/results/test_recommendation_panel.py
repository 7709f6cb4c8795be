"""The recommendation stands with its whole rule table, the patient's row, and its sentences."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gui.results.recommendation_panel import RecommendationPanel
from gui.results.rule_table import MARK, RuleTableModel
from gui.session import Session
from gui.theme.tokens import DARK, LIGHT, Tone
from inference.rules.rule_file import rules_of
from tests.gui.contrast import contrast
from tests.inference.synthetic_case import record
from tests.reports.test_recommendation_section import by_site


def panel(session: Session, qtbot: Any) -> RecommendationPanel:
    widget = RecommendationPanel(session)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_before_a_run_there_is_no_recommendation(opened: Session, qtbot: Any) -> None:
    shown = panel(opened, qtbot)
    assert not shown.title.isVisible() and not shown.table.isVisible()
    assert shown.reasons.text()


def test_the_recommendation_never_stands_without_its_sentence(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    assert shown.title.text() == answered.tr("recommend.ccrt")
    assert answered.tr("statement.ccrt_not_evidence") in shown.statements.text()
    assert shown.statements.isVisible()
    assert "50" in shown.would_change.text()
    assert "Hua" in shown.citation.text()
    assert shown.card.property("tone") == "good"


def test_what_rests_on_a_doubtful_score_is_not_green(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    assert answered.outcome is not None
    assessment = answered.outcome.assessment
    first, *others = assessment.predictions
    doubtful = (replace(first, is_borderline=True), *others)
    answered.accept_outcome(
        replace(answered.outcome, assessment=replace(assessment, predictions=doubtful)), 1.0
    )
    assert shown.card.property("tone") == "warn"


def test_the_patients_row_and_no_other_is_marked(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    model = shown.table.rules
    assert model.rowCount() == 4
    marks = [model.index(row, 0).data() for row in range(4)]
    assert marks == [MARK, "", "", ""]
    spoken = model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "This patient" in spoken
    assert "This patient" not in model.index(1, 1).data(Qt.ItemDataRole.AccessibleTextRole)


def test_the_table_is_the_rule_books(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    model = shown.table.rules
    assert answered.pack is not None
    cautious = rules_of(answered.pack.manifest).rule_set("cautious")
    for position, row in enumerate(cautious.rules):
        short = answered.tr(f"recommend.{row.recommend}.short")
        texts = [model.index(position, column).data() for column in (1, 2, 3)]
        assert texts == [
            answered.tr(f"class.{row.when['ccrt']}"),
            answered.tr(f"class.{row.when['ic_ccrt']}"),
            answered.tr("report.rules.row_withheld", recommend=short) if row.withhold else short,
        ]


def test_the_rule_table_is_a_sound_model(answered: Session, qtmodeltester: Any, qapp: object) -> None:
    model = RuleTableModel()
    assert answered.outcome is not None
    model.show_recommendation(answered.outcome.assessment.recommendation, answered.catalogue, tone=Tone.GOOD)
    qtmodeltester.check(model)
    model.show_recommendation(None, answered.catalogue)
    assert model.rowCount() == 0


def test_a_withheld_recommendation_marks_no_row(withheld: Session, qtbot: Any) -> None:
    shown = panel(withheld, qtbot)
    assert shown.title.text() == "Withheld"
    rules = shown.table.rules
    assert {rules.index(row, 0).data() for row in range(rules.rowCount())} == {""}
    assert shown.card.property("tone") == "warn"
    assert shown.reasons.isVisible() and not shown.statements.isVisible()
    assert not shown.would_change.isVisible()


def test_another_rule_set_can_be_chosen_by_name_and_makes_the_answer_stale(
    answered: Session, qtbot: Any
) -> None:
    shown = panel(answered, qtbot)
    names = [shown.rules.rule_set.itemText(index) for index in range(shown.rules.rule_set.count())]
    assert names == ["Cautious 1.1.0", "As published 1.1.0"]
    index = shown.rules.rule_set.findData("published")
    shown.rules.rule_set.setCurrentIndex(index)
    shown.rules.rule_set.activated.emit(index)
    assert answered.rule_set == "published"
    assert not answered.is_current
    assert shown.card.property("stale") is True
    assert shown.title.property("stale") is True
    assert "Cautious" in shown.caption.text()


def test_a_stale_recommendation_has_no_green(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    answered.set_record(record(age="61"))
    assert shown.card.property("tone") == "plain"
    assert shown.statements.property("stale") is True


def test_the_table_is_as_high_as_its_rows_in_a_narrow_column(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    shown.resize(300, 800)
    table = shown.table
    rows = sum(table.rowHeight(row) for row in range(4))
    assert table.height() >= rows + table.horizontalHeader().height()
    assert shown.minimumSizeHint().width() <= 300


def test_the_marked_row_can_be_read_in_every_tone() -> None:
    for tokens in (DARK, LIGHT):
        for tone in (Tone.PLAIN, Tone.GOOD, Tone.WARN):
            assert contrast(tokens.text, tokens.line_of(tone)) >= 4.5


def test_strength_limits_and_rule_file_stand_beside_the_recommendation(answered: Session, qtbot: Any) -> None:
    shown = panel(answered, qtbot)
    assert "Option to discuss" in shown.strength.text() and shown.strength.isVisible()
    assert "Not considered: EBV DNA" in shown.not_considered.text()
    assert "npc-residual.yaml 2.0.0, SHA-256" in shown.citation.text()
    assert not shown.figures.isVisible()


def test_a_sites_rules_are_shown_in_its_own_words_with_what_they_ask_for(
    answered: Session, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = answered.outcome
    assert outcome is not None
    theirs = replace(outcome, assessment=replace(outcome.assessment, recommendation=by_site()))
    monkeypatch.setattr(answered, "outcome", theirs)
    shown = panel(answered, qtbot)
    assert shown.title.text() == "As agreed here" and shown.statements.text() == "Agreed on 2 March."
    assert shown.caption.text().endswith("· Site rules")
    assert "Site rules, not those of this program: ours.yaml 1.2.3" in shown.citation.text()
    model = shown.table.rules
    heads = [model.headerData(k, Qt.Orientation.Horizontal) for k in range(model.columnCount())]
    assert heads == ["", "CCRT", "IC+CCRT", "Asks for", "Recommend"]
    assert [model.index(0, k).data() for k in range(1, 5)] == [
        "Non-residual",
        "",
        "Stage: III, IVa",
        "as agreed",
    ]
    assert shown.card.property("tone") == "plain"
