"""The summary in the terminal says all that matters, and no number of a withheld answer."""

from __future__ import annotations

import pytest

from inference.messages.catalogue import Catalogue
from reports.summary import summary_lines
from tests.reports.assessments import (
    PHANTOM,
    answered,
    not_estimable,
    withheld_as_borderline,
    withheld_by_guard,
)


def test_an_answer_names_patient_pack_scores_recommendation_and_its_sentence(english: Catalogue) -> None:
    text = "\n".join(summary_lines(answered(), PHANTOM, english))
    for part in (
        "phantom · PHANTOM^NPC-0042",
        "npc-residual-demo 1.0.0",
        "CCRT: 18 % (9–30 % · 5 folds, cut-off 50 %) · Non-residual",
        "Recommendation: CCRT",
        english.text("statement.ccrt_not_evidence"),
        "EBV DNA",
        answered().content_sha256()[:12],
    ):
        assert part in text
    assert "⟦" not in text


@pytest.mark.parametrize("make", [withheld_by_guard, withheld_as_borderline, not_estimable])
def test_a_withheld_answer_gives_reasons_and_no_probability(
    make: type, english: Catalogue, chinese: Catalogue
) -> None:
    for catalogue in (english, chinese):
        lines = summary_lines(make(), PHANTOM, catalogue)
        assert "%" not in "".join(lines)
        assert any(line.startswith("  - ") for line in lines)
        assert "⟦" not in "".join(lines)


def test_refused_and_noted_checks_are_listed(english: Catalogue) -> None:
    text = "\n".join(summary_lines(withheld_by_guard(), PHANTOM, english))
    assert "refused: Slice spacing: 12.00 mm" in text
    assert "note: Contrast: yes (stated by the user)" in text
