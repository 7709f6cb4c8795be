"""Every command that a document shows whole is one that the program understands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import main


def commands(text: str) -> list[str]:
    """The commands of fenced blocks, with continued lines joined; those in brackets of usage are left out."""
    blocks = re.findall(r"^```\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("python main.py ") and not re.search(r"[\[|]", line)]


def test_the_commands_of_the_documents_are_understood(repository: Path) -> None:
    parser = main._parser()
    shown = [
        (page.name, command)
        for page in (repository / "README.md", *sorted((repository / "docs").rglob("*.md")))
        for command in commands(page.read_text(encoding="utf-8"))
    ]
    studies = {command.split()[3] for page, command in shown if page == "guide.md" and " phantom " in command}
    assert len(studies) == 5
    for page, command in shown:
        words = shlex.split(command.partition(" #")[0])[2:]
        try:
            parser.parse_args(words)
        except SystemExit as error:
            raise AssertionError(f"{page}: {command}") from error
