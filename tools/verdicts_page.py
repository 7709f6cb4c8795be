"""The page of all verdicts, written from the table and the catalogue: ``make verdicts``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from inference.dicom.verdicts import SECTIONS, Rule
from inference.findings import Verdict
from inference.messages.catalogue import Catalogue, load_catalogue

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "verdicts.md"

_TITLES: Final = {
    "files": "Files",
    "identity": "Identity",
    "geometry": "Geometry",
    "kind": "What the picture is",
    "pixels": "Pixels",
    "bytes": "Bytes",
    "meaning": "What the scan shows",
    "dates": "When the scans were taken",
    "together": "Scans that are read together",
    "masks": "Masks",
    "written": "What is written",
}
_WORDS: Final = {Verdict.FINE: "fine", Verdict.NOTE: "note", Verdict.REFUSED: "**refused**"}
_HEAD: Final = """# Every finding, and what follows from it

Written by `make verdicts` from the table that the application uses (`inference/dicom/verdicts.py`) and its
texts; this page is not changed by hand.

Whatever is odd about a scan is told as a *finding* with two verdicts: may it be **viewed**, and may a model
pack **answer** for it. When several apply, the worst wins. *Fine* says nothing, a *note* is printed in the
report, *refused* stops that use. A refusal with a dagger † can be released by a named user with a reason.
Words in braces are filled in from the scan.
"""


def page_text() -> str:
    """The page in English, as Markdown."""
    catalogue = load_catalogue("en")
    parts = [_HEAD]
    for name, rules in SECTIONS.items():
        parts.append(f"## {_TITLES[name]}\n")
        parts.append("| finding | view | answer | what to do |\n| --- | --- | --- | --- |")
        parts += [_row(catalogue, code, rule) for code, rule in rules.items()]
        parts.append("")
    return "\n".join(parts)


def _row(catalogue: Catalogue, code: str, rule: Rule) -> str:
    said = f"finding.{code}" if catalogue.has(f"finding.{code}") else code
    advice = f"finding.{code}.do"
    todo = catalogue.template(advice) if catalogue.has(advice) else ""
    answer = _WORDS[rule.answer] + (" †" if rule.releasable else "")
    return f"| {_plain(catalogue.template(said))} | {_WORDS[rule.view]} | {answer} | {_plain(todo)} |"


def _plain(text: str) -> str:
    """A text that does not end its cell."""
    return text.replace("|", "\\|")


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page_text(), encoding="utf-8")
    print(PAGE.name)


if __name__ == "__main__":
    main()
