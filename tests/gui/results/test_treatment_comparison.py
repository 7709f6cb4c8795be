"""The comparison shows the numbers of the Assessment, or no number at all."""

import re
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from gui.results.prediction_lines import tone_of
from gui.results.treatment_comparison import TreatmentComparison
from gui.session import Session
from gui.theme.tokens import Tone
from inference.prediction import PredictionStatus
from reports import prediction_wording, wording
from tests.gui.panel_session import BAD, new_session, open_case, run, tiny_pack
from tests.inference.synthetic_case import case, mask_layer, record


def comparison(session: Session, qtbot: Any) -> TreatmentComparison:
    widget = TreatmentComparison(session)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def words(widget: TreatmentComparison) -> str:
    labels = [found for found in widget.findChildren(QLabel) if found.isVisible()]
    return "\n".join(f"{found.text()} {found.toolTip()} {found.accessibleName()}" for found in labels)


def test_nothing_open_says_what_comes_next(empty: Session, qtbot: Any) -> None:
    shown = comparison(empty, qtbot)
    assert shown.hint.isVisible() and "Open a study" in shown.hint.text()
    assert not shown.columns


def test_a_ready_case_says_run(opened: Session, qtbot: Any) -> None:
    assert "Run the assessment" in comparison(opened, qtbot).hint.text()


def test_the_numbers_are_those_that_are_printed(answered: Session, qtbot: Any) -> None:
    shown = comparison(answered, qtbot)
    assert answered.outcome is not None
    predictions = answered.outcome.assessment.predictions
    assert list(shown.columns) == [prediction.treatment for prediction in predictions] == ["ccrt", "ic_ccrt"]
    for prediction in predictions:
        column = shown.columns[prediction.treatment]
        assert column.score.text() == prediction_wording.score_text(prediction, answered.catalogue)
        assert re.search(r"\d %", column.score.text())
        assert column.range.text() == prediction_wording.fold_range(prediction, answered.catalogue) != ""
        assert prediction_wording.verdict_word(prediction, answered.catalogue) in column.verdict.text()
        assert column.score.property("tone") == "good"
        assert column.bar.accessibleName()
    assert not shown.hint.isVisible() and not shown.recalculate.isVisible()


def test_numbers_of_a_demonstration_pack_say_so_beside_them(answered: Session, qtbot: Any) -> None:
    shown = comparison(answered, qtbot)
    assert shown.origin.isVisible() and "synthetic" in shown.origin.text()


def test_a_withheld_answer_shows_no_number_and_every_reason(withheld: Session, qtbot: Any) -> None:
    shown = comparison(withheld, qtbot)
    assert withheld.outcome is not None
    for column in shown.columns.values():
        assert column.score.text() == "withheld"
        assert not column.range.isVisible() and not column.verdict.isVisible()
    assert not re.search(r"\d", words(shown))
    for reason in wording.all_reasons(withheld.outcome.assessment):
        assert withheld.render(reason) in shown.reasons.text()


def test_a_stale_answer_is_grey_and_offers_to_recalculate(answered: Session, qtbot: Any) -> None:
    shown = comparison(answered, qtbot)
    assert not shown.columns["ccrt"].score.property("stale")
    answered.set_record(record(age="61"))
    for column in shown.columns.values():
        assert column.score.property("stale") is True
        assert column.bar._is_stale
    assert shown.card.property("stale") is True
    assert shown.recalculate.isVisible() and shown.recalculate.isEnabled()
    assert shown.stale_note.text()


def test_recalculating_makes_it_current_again(stale: Session, qtbot: Any) -> None:
    shown = comparison(stale, qtbot)
    with qtbot.waitSignal(stale.outcome_changed, timeout=10_000):
        shown.recalculate.click()
    qtbot.waitUntil(lambda: not shown.recalculate.isVisible())
    assert not shown.columns["ccrt"].score.property("stale")


def test_going_back_to_the_same_inputs_makes_the_answer_current(answered: Session, qtbot: Any) -> None:
    shown = comparison(answered, qtbot)
    former = answered.record
    answered.set_record(record(age="61"))
    answered.set_record(former)
    assert not shown.recalculate.isVisible()


def test_residual_is_red_and_says_so_in_a_word(tmp_path: Any, qtbot: Any) -> None:
    session = new_session(tiny_pack(tmp_path / "pack", scores=BAD))
    open_case(session, case(mask=mask_layer()))
    run(session)
    shown = comparison(session, qtbot)
    assert shown.columns["ccrt"].score.property("tone") == "bad"
    assert shown.columns["ccrt"].verdict.text().startswith("◆")
    session.shut_down()


def test_what_is_withheld_or_borderline_is_amber(answered: Session, withheld: Session) -> None:
    assert answered.outcome is not None and withheld.outcome is not None
    assert tone_of(answered.outcome.assessment.predictions[0]) is Tone.GOOD
    hidden = withheld.outcome.assessment.predictions[0]
    assert hidden.status is PredictionStatus.WITHHELD and tone_of(hidden) is Tone.WARN


@pytest.mark.parametrize("width", [300, 340])
def test_it_fits_a_narrow_column_in_both_languages(width: int, answered: Session, qtbot: Any) -> None:
    shown = comparison(answered, qtbot)
    for language in ("en", "zh_CN"):
        answered.set_language(language)
        assert shown.minimumSizeHint().width() <= width
