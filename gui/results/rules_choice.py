"""Which rules are read: a set by its name, of the project's file or of one that the site wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.clinical.calm_combo_box import CalmComboBox
from gui.feedback.text import breakable, label, say
from gui.theme.tokens import GRID_PX, Tone
from inference.messages.catalogue import Catalogue
from inference.rules.engine import doubts_passed
from inference.rules.rule_book import RuleBook
from reports.wording import file_line, rule_set_name

if TYPE_CHECKING:
    from gui.session import Session
    from gui.site_rules import RefusedRules

_MOST_PROBLEMS: Final = 8


class RulesChoice(QWidget):
    """The set, the file that it stands in where that is the site's, and what is wrong with a refused one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.caption = label("muted", self)
        self.rule_set = CalmComboBox(self)
        self.rule_set.activated.connect(self._on_rule_set_chosen)
        self.caption.setBuddy(self.rule_set)
        self.file = label("annotation", self, wraps=True)
        self.passed = label("small", self, wraps=True)
        self.problems = label("small", self, wraps=True)
        self.browse = QPushButton(self)
        self.browse.clicked.connect(self._on_browse)
        self.take_back = QPushButton(self)
        self.take_back.clicked.connect(self._on_take_back)
        sets, files = QHBoxLayout(), QHBoxLayout()
        for row in (sets, files):
            row.setSpacing(2 * GRID_PX)
        sets.addWidget(self.caption)
        sets.addWidget(self.rule_set, 1)
        for button in (self.browse, self.take_back):
            button.setProperty("role", "link")
            files.addWidget(button)
        files.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        column.addLayout(sets)
        for shown in (self.file, self.passed):
            column.addWidget(shown)
        column.addLayout(files)
        column.addWidget(self.problems)
        for signal in (
            session.rule_set_changed,
            session.pack_changed,
            session.language_changed,
            session.site_rules.changed,
        ):
            signal.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        session, tr = self._session, self._session.tr
        rules = session.site_rules
        self.caption.setText(tr("panel.rules.set"))
        for named in (self, self.rule_set):
            named.setAccessibleName(self.caption.text())
        self.browse.setText(tr("panel.rules.browse"))
        self.browse.setToolTip(tr("panel.rules.browse.tip"))
        self.take_back.setText(tr("panel.rules.take_back"))
        self.take_back.setVisible(rules.site is not None)
        self._offer_sets(rules.book)
        site = rules.site
        say(self.file, "" if site is None else breakable(file_line(site.file, session.catalogue)), Tone.WARN)
        say(self.problems, "" if rules.refused is None else self._told(rules.refused), Tone.BAD)
        self.problems.setAccessibleName(self.problems.text())

    def _offer_sets(self, book: RuleBook | None) -> None:
        session = self._session
        self.rule_set.clear()
        if book is None:
            self.rule_set.addItem(rule_set_name(session.rule_set, session.catalogue), session.rule_set)
            say(self.passed, "")
            return
        catalogue = session.catalogue.with_texts(book.texts)
        for each in book.rule_sets:
            self.rule_set.addItem(f"{rule_set_name(each.id, catalogue)} {each.version}", each.id)
        self.rule_set.setCurrentIndex(self.rule_set.findData(session.rule_set))
        self.rule_set.setToolTip(self._meaning(catalogue))
        passed = doubts_passed(book, book.rule_set(session.rule_set))
        say(self.passed, "" if passed is None else catalogue.render(passed), Tone.WARN)

    def _meaning(self, catalogue: Catalogue) -> str:
        """A set that the site named has no meaning of the project's."""
        name = f"rule_set.{self._session.rule_set}.meaning"
        return catalogue.text(name) if catalogue.has(name) else ""

    def _told(self, refused: RefusedRules) -> str:
        session = self._session
        lines = [session.tr("panel.rules.refused", file=refused.file)]
        lines += [session.render(problem) for problem in refused.problems[:_MOST_PROBLEMS]]
        if (more := len(refused.problems) - _MOST_PROBLEMS) > 0:
            lines.append(session.tr("panel.rules.refused.more", count=more))
        return "\n".join(lines)

    def _on_rule_set_chosen(self, index: int) -> None:
        self._session.set_rule_set(str(self.rule_set.itemData(index)))

    def _on_browse(self) -> None:
        title = self._session.tr("panel.rules.browse.tip")
        name, _ = QFileDialog.getOpenFileName(self, title, "", "YAML (*.yaml *.yml)")
        if name:
            self._session.site_rules.read(Path(name))

    def _on_take_back(self) -> None:
        self.browse.setFocus()
        self._session.site_rules.take_back()
