"""A site's rule file is chosen where the rule set is; what is wrong with it is said, and changes nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from gui.results.currency_banner import CurrencyBanner
from gui.results.rules_choice import RulesChoice
from gui.session import Session
from inference.assessment import RuleOrigin
from inference.rules.rule_file import load_rule_book
from tests.gui.panel_session import run

BOLD = """  - id: site_bold
    version: 0.3.0
    withhold_when: [borderline, sensitivity_crossed, guard_warned]
"""
TEXTS = """
texts:
  rule_set.site_bold: {en: As agreed in March, zh_CN: 三月议定}
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, repository: Path) -> Write:
    """A copy of the project's rules of a study, changed as a site might."""

    def written(old: str = "", new: str = "", *, study: str = "npc-residual", more: str = "") -> Path:
        text = (repository / "inference" / "rules" / f"{study}.yaml").read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "our_rules.yaml"
        path.write_text(text.replace(old, new, 1) + more, encoding="utf-8")
        return path

    return written


def with_own_set(write: Write) -> Path:
    """The site's rules with a set of their own beside the two, of the cautious rows."""
    own = write().read_text(encoding="utf-8")
    return write(more=BOLD + own[own.index("    rules:") : own.index("  - id: published")] + TEXTS)


def choice(session: Session, qtbot: Any) -> RulesChoice:
    widget = RulesChoice(session)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def read(session: Session, path: Path, qtbot: Any) -> None:
    with qtbot.waitSignal(session.site_rules.changed, timeout=10_000):
        session.site_rules.read(path)


def test_a_sites_file_is_named_makes_the_answer_stale_and_answers_the_next_run(
    answered: Session, write: Write, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("version: 2.0.0", "version: 2.4.1")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    shown, banner = choice(answered, qtbot), CurrencyBanner(answered)
    qtbot.addWidget(banner)
    assert shown.take_back.isHidden() and shown.file.isHidden() and banner.isHidden()
    with qtbot.waitSignal(answered.site_rules.changed, timeout=10_000):
        qtbot.keyClick(shown.browse, Qt.Key.Key_Space)
    site = answered.site_rules.site
    assert site is not None and site.file.origin is RuleOrigin.SITE
    said = shown.file.text().replace("\u200b", "")
    assert said.startswith("Site rules, not those of this program: our_rules.yaml 2.4.1, SHA-256 ")
    assert site.file.sha256[:12] in said and shown.problems.isHidden()
    assert not answered.is_current and not banner.isHidden() and not banner.recalculate.isHidden()
    run(answered)
    assert answered.is_current and banner.isHidden()
    assert answered.outcome is not None and answered.outcome.assessment.recommendation.file == site.file


def test_an_edited_file_read_again_makes_its_own_answer_stale(
    answered: Session, write: Write, qtbot: Any
) -> None:
    read(answered, write("version: 2.0.0", "version: 2.4.1"), qtbot)
    run(answered)
    assert answered.is_current
    read(answered, write("version: 2.0.0", "version: 2.4.2"), qtbot)
    assert answered.rule_set == "cautious" and not answered.is_current


def test_small_changes_are_read_by_the_sites_rules_too(answered: Session, write: Write, qtbot: Any) -> None:
    read(answered, with_own_set(write), qtbot)
    answered.set_rule_set("site_bold")
    with qtbot.waitSignal(answered.outcome_changed, timeout=10_000):
        answered.run()
    qtbot.waitUntil(lambda: not answered.jobs.variation.is_running, timeout=10_000)
    made, site = answered.outcome, answered.site_rules.site
    assert made is not None and site is not None and answered.is_current
    assert made.assessment.recommendation.file == site.file
    assert all(one.variations for one in made.assessment.predictions)


def test_a_stale_answer_cannot_be_written(
    answered: Session, write: Write, tmp_path: Path, qtbot: Any
) -> None:
    read(answered, write("version: 2.0.0", "version: 2.4.1"), qtbot)
    told: list[Any] = []
    answered.notice_raised.connect(told.append)
    answered.save_report(tmp_path / "r.pdf")
    answered.save_assessment(tmp_path / "a.json")
    assert len(told) == 2 and not list(tmp_path.glob("*.pdf")) and not list(tmp_path.glob("*.json"))


def test_back_to_the_projects_rules_the_former_answer_is_current_again(
    answered: Session, write: Write, qtbot: Any
) -> None:
    shown = choice(answered, qtbot)
    read(answered, write("version: 2.0.0", "version: 2.4.1"), qtbot)
    assert not answered.is_current and not shown.take_back.isHidden()
    shown.take_back.setFocus()
    qtbot.keyClick(shown.take_back, Qt.Key.Key_Space)
    assert answered.site_rules.site is None and answered.is_current
    assert shown.take_back.isHidden() and shown.file.isHidden() and not shown.browse.isHidden()


def test_what_is_wrong_is_said_by_line_and_nothing_changes(
    answered: Session, write: Write, qtbot: Any
) -> None:
    shown = choice(answered, qtbot)
    path = write("withhold_when: [borderline, folds_disagree,", "withhold_when: [")
    line = 1 + path.read_text(encoding="utf-8").splitlines().index(
        "    withhold_when: [ sensitivity_crossed, guard_warned]"
    )
    read(answered, path, qtbot)
    said = shown.problems.text().splitlines()
    assert said[0] == "our_rules.yaml was not taken; the rules stay as they are."
    assert [one.split(":")[0] for one in said[1:]] == [f"Line {line}"] * 2
    assert shown.problems.accessibleName() == shown.problems.text()
    assert answered.site_rules.site is None and answered.is_current
    answered.set_language("zh_CN")
    assert f"第 {line} 行" in shown.problems.text() and "⟦" not in shown.problems.text()
    read(answered, write("version: 2.0.0", "version: 2.4.1"), qtbot)
    assert shown.problems.isHidden()


def test_a_refused_file_leaves_the_sites_rules_that_were_there(
    answered: Session, write: Write, tmp_path: Path, qtbot: Any
) -> None:
    read(answered, write("version: 2.0.0", "version: 2.4.1"), qtbot)
    taken = answered.site_rules.site
    read(answered, tmp_path / "gone.yaml", qtbot)
    assert answered.site_rules.site is taken and answered.site_rules.refused is not None


def test_many_faults_are_counted_not_all_told(answered: Session, write: Write, qtbot: Any) -> None:
    shown = choice(answered, qtbot)
    path = write()
    path.write_text(path.read_text(encoding="utf-8").replace("not_considered.ebv_dna", "not_considered.luck"))
    read(answered, path, qtbot)
    said = shown.problems.text().splitlines()
    assert len(said) == 10 and said[-1] == "… and 8 more."


def test_the_rules_of_another_study_are_refused_in_words(answered: Session, write: Write, qtbot: Any) -> None:
    shown = choice(answered, qtbot)
    read(answered, write(study="lagc-response"), qtbot)
    assert answered.site_rules.site is None
    assert shown.problems.text().splitlines()[1] == (
        "our_rules.yaml holds rules for Locally advanced gastric cancer: response to chemotherapy, "
        "not for the study of this pack."
    )


def test_a_set_that_lets_doubts_pass_says_so_before_the_run_and_beside_the_answer(
    answered: Session, write: Write, qtbot: Any
) -> None:
    shown = choice(answered, qtbot)
    read(answered, with_own_set(write), qtbot)
    assert shown.passed.isHidden() and answered.rule_set == "cautious"
    index = shown.rule_set.findData("site_bold")
    assert shown.rule_set.itemText(index) == "As agreed in March 0.3.0"
    shown.rule_set.activated.emit(index)
    assert "would withhold: networks on both sides of the cut-off." in shown.passed.text()
    run(answered)
    assert answered.outcome is not None
    spoken = [answered.render(one) for one in answered.outcome.assessment.recommendation.statements]
    assert shown.passed.text() in spoken
    answered.site_rules.take_back()
    assert answered.rule_set == "cautious" and shown.passed.isHidden()


def test_another_study_has_its_own_rules(answered: Session, write: Write, qtbot: Any) -> None:
    read(answered, write("version: 2.0.0", "version: 2.4.1"), qtbot)
    answered.choose_study("gnen-os")
    assert answered.site_rules.site is None and answered.site_rules.refused is None
    answered.jobs.shut_down(5.0)


def test_the_projects_rules_are_read_until_a_site_brings_its_own(answered: Session, qtbot: Any) -> None:
    assert answered.site_rules.book == load_rule_book("npc-residual")
    shown = choice(answered, qtbot)
    assert shown.accessibleName() and shown.rule_set.accessibleName()
    assert shown.browse.text() == "A site's rule file…"
