"""docs/results.md says what docs/results/ holds: whoever keeps a run writes the page anew."""

from models.results.home import HOME, REPOSITORY, TABLES, kept_run
from models.results.page import READERS
from models.results.study_section import study_section


def test_every_study_that_can_be_kept_can_be_read():
    assert set(READERS) == set(TABLES)


def test_the_page_holds_the_section_of_every_kept_study():
    page = (REPOSITORY / "docs" / "results.md").read_text(encoding="utf-8")
    missing = [
        f"{study}: {part}"
        for study, (_, read) in READERS.items()
        if (run := kept_run(study, HOME)).is_there
        for part in study_section(read(run), None)
        if part not in page
    ]
    assert not missing, "write docs/results.md anew: make results"
