import pytest

from models.phantoms import ceilings, gnen_outcome


def test_the_page_has_a_line_for_every_study_and_cohort(capsys: pytest.CaptureFixture[str]) -> None:
    assert ceilings.main(["--draws", "1500", "--survival-draws", "600", "--seed", "3"]) == 0
    page = capsys.readouterr().out
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")]
    for study, lines in (
        ("CCRT", 1),
        ("IC + CCRT", 1),
        ("LAGC, good", 3),
        ("GC, relapse", 3),
        ("pNEN", 4),
        ("LAGC, surv", 3),
        ("gNEN", 3),
    ):
        assert sum(row[0].startswith(f"| {study}") for row in rows) == lines
    expected = gnen_outcome.survival_ceilings("external", 600, 3)
    assert rows[-1][2:5] == [f"{value:.3f}" for value in (expected.image, expected.clinical, expected.full)]


def test_the_same_seed_gives_the_same_page() -> None:
    assert ceilings.ceilings_page(800, 300, 5) == ceilings.ceilings_page(800, 300, 5)
