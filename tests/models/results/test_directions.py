"""Sentences on comparisons follow their numbers: when these flip, the sentence does."""

import pytest

from models.results.directions import Direction, beyond_chance, contrast_table, direction, verdict
from models.results.figures import Ablation, Contrast, Paired, Side


def contrast(first, second, published=(0.9, 0.6), p=0.01, cohort="internal"):
    """Arterial against venous phase."""
    difference = None if first is None else first - second
    return Contrast(
        cohort,
        Side("arterial", first, published[0]),
        Side("venous", second, published[1]),
        Paired(difference, None, p),
    )


def ablation(*contrasts):
    return Ablation("Arterial against venous phase", "AUC", contrasts)


def test_a_contrast_is_called_by_the_papers_sign_and_our_test():
    assert direction(contrast(0.8, 0.6)) is Direction.PAPERS
    assert direction(contrast(0.8, 0.6, p=0.4)) is Direction.PAPERS_WITHIN_CHANCE
    assert direction(contrast(0.6, 0.8)) is Direction.OTHER
    assert direction(contrast(0.6, 0.8, p=0.4)) is Direction.OTHER_WITHIN_CHANCE
    assert direction(contrast(0.6, 0.8, published=(0.5, 0.7))) is Direction.PAPERS
    assert direction(contrast(0.7, 0.7001)) is Direction.EQUAL
    assert direction(contrast(0.8, 0.6, published=(0.9, None))) is Direction.NO_COUNTERPART
    assert direction(contrast(None, 0.6)) is Direction.NOT_ESTIMABLE


def test_without_a_test_nothing_is_said_of_chance():
    assert direction(contrast(0.9, 0.5, p=None)) is Direction.PAPERS_UNTESTED
    assert direction(contrast(0.5, 0.9, p=None)) is Direction.OTHER_UNTESTED


@pytest.mark.parametrize(
    ("contrasts", "said"),
    [
        ([contrast(0.8, 0.6), contrast(0.7, 0.6, p=0.3)], "point the way that the paper reports**"),
        (
            [contrast(0.8, 0.6, p=0.2), contrast(0.7, 0.6, p=0.3)],
            "lean the way that the paper reports and do not",
        ),
        (
            [contrast(0.8, 0.6), contrast(0.6, 0.7)],
            "1 points its way (1 at P < 0.05), 1 the other way (1): **the",
        ),
        ([contrast(0.6, 0.8), contrast(0.6, 0.7)], "**the phantoms do not show what the paper reports**"),
        (
            [contrast(0.8, 0.6), contrast(0.6, 0.6)],
            "0 the other way (0), 1 neither way: **the phantoms do not",
        ),
        ([contrast(0.6, 0.6)], "The one comparison that the paper prints too shows no difference here"),
        ([contrast(0.8, 0.6)], "The one comparison that the paper prints too points its way (1 at P < 0.05)"),
        (
            [contrast(0.6, 0.8, p=0.5)],
            "does not point its way (none beyond chance): **the phantoms do not show",
        ),
        ([contrast(0.8, 0.6, published=(None, None))], "The paper prints no counterpart."),
        ([contrast(0.8, 0.6, p=None)], "points its way (untested): **the phantoms lean the way"),
        ([contrast(None, 0.6)], "not estimable on these phantoms"),
    ],
)
def test_the_verdict_flips_with_the_numbers(contrasts, said):
    assert said in verdict(ablation(*contrasts))


def test_the_verdict_counts_who_is_ahead():
    told = verdict(ablation(contrast(0.8, 0.6), contrast(0.5, 0.6), contrast(0.7, 0.6)))
    assert "here arterial is ahead of venous in 2 of 3." in told


def test_the_table_prints_figures_and_marks_small_classes():
    rough = Contrast(
        "external",
        Side("a", 0.8, 0.77),
        Side("b", 0.5, 0.48),
        Paired(0.3, (-0.1, 0.7), 0.0004, is_small=True),
    )
    printed = contrast_table(ablation(rough))
    assert (
        "| external | a 0.800 | b 0.500 | +0.300 (−0.100 to 0.700) | < 0.001 \\* | 0.77 / 0.48 |" in printed
    )
    assert printed.endswith("\\* fewer than 10 in a class: the test is rough.")


def test_tests_are_counted_with_those_below_the_limit():
    assert beyond_chance(
        [ablation(contrast(0.8, 0.6), contrast(0.8, 0.6, p=0.3), contrast(None, 0.6, p=None))]
    ) == (
        2,
        1,
    )
