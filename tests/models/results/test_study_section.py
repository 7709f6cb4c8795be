"""What a figure means is told from its interval: a wide one settles nothing, whatever its middle."""

import pytest

from models.results.figures import Figure, FigureTable, StudyResults
from models.results.study_section import study_section


def meaning(*figures, headline="fusion"):
    each = FigureTable("relapse", "AUC", headline, figures, "external 14 (10 relapses)")
    parts = study_section(StudyResults("a-study", "A study", "A paper", (each,), ()), None)
    return parts[3]


def figure(value, low, high, *, cohort="external", ceiling=0.84, published=0.77):
    return Figure(cohort, "fusion", value, (low, high), ceiling, published)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (
            figure(0.425, 0.0, 1.0),
            "told neither from chance nor from the best attainable, for so few phantoms settle nothing, "
            "in external (0.425, no better than a coin).",
        ),
        (figure(0.7, 0.45, 0.8), "not told from chance, and short of the best attainable, in external (59%"),
        (figure(0.7, 0.6, 0.8), "better than chance and short of the best attainable in external (59% of"),
        (figure(0.8, 0.6, 0.9), "better than chance, and not told from the best attainable, in external"),
        (
            figure(0.9, 0.86, 0.95),
            "better than the best attainable in the long run in external (0.900,",
        ),
        (figure(0.4, 0.3, 0.45), "worse than chance in external (0.400, no better than a coin)"),
    ],
)
def test_the_interval_decides_what_is_said(one, told):
    assert f"fusion is {told}" in meaning(one)


def test_every_cohort_of_the_answering_model_is_told_and_no_other_model():
    said = meaning(
        figure(0.7, 0.6, 0.8, cohort="training"),
        figure(0.7, 0.6, 0.8, cohort="internal"),
        figure(0.7, 0.4, 0.9),
        Figure("external", "image alone", 0.9, (0.8, 0.99), 0.95, None),
    )
    assert (
        "short of the best attainable in training (59% of the way) and internal (59% of the way); told"
        in said
    )
    assert "image alone" not in said and "are of patients" in said


def test_without_a_ceiling_or_a_published_figure_neither_is_set_beside():
    assert meaning(figure(0.7, 0.6, 0.8, ceiling=None)) == "fusion has no figure to set beside a ceiling."
    assert "The paper prints no figure" in meaning(figure(0.7, 0.6, 0.8, published=None))
