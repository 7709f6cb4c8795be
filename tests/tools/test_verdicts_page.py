from inference.dicom.verdicts import RULES, SECTIONS
from inference.messages.catalogue import LANGUAGES, load_catalogue
from tools.verdicts_page import PAGE, page_text


def test_the_page_of_verdicts_is_the_table_that_is_used() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_text(), "run `make verdicts`"


def test_every_rule_stands_in_one_section_and_has_a_text_in_both_languages() -> None:
    assert sum(map(len, SECTIONS.values())) == len(RULES)
    for language in LANGUAGES:
        catalogue = load_catalogue(language)
        assert not [code for code in RULES if not (catalogue.has(f"finding.{code}") or catalogue.has(code))]


def test_no_row_breaks_its_table() -> None:
    rows = [line for line in page_text().splitlines() if line.startswith("| ")]
    assert len(rows) > len(RULES) and {row.replace("\\|", "").count("|") for row in rows} == {5}
