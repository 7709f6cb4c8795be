"""Rule books read from files: the project's own by name, a site's from a path that the user gives.

A site's file is read strictly: size, UTF-8, YAML without anchors or a key twice, the book's form, and every
check of :mod:`inference.rules.checks` and :mod:`inference.rules.owed`; each problem names its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from inference.assessment import RuleFile, RuleOrigin
from inference.errors import InputError, PackError
from inference.messages.message import Message
from inference.packs.manifest import Manifest
from inference.rules.checks import Place, Problem, problems_of
from inference.rules.owed import breaches
from inference.rules.rule_book import RuleBook

LARGEST_BYTES: Final = 128 * 1024
_DEEPEST: Final = 16


class RuleFileError(InputError):
    """A rule file that cannot be used; ``problems`` lists everything that is wrong with it."""

    def __init__(self, file: str, problems: Iterable[Message]) -> None:
        self.problems = tuple(problems)
        super().__init__("error.rules.file.problems", file=file, count=len(self.problems))


@cache
def load_rule_book(name: str) -> RuleBook:
    """The project's rules called ``name``, from ``inference/rules/<name>.yaml``.

    Raises
    ------
    PackError
        When a pack asks for rules that this version does not have.
    """
    known = {
        entry.name.removesuffix(".yaml"): entry
        for entry in resources.files("inference.rules").iterdir()
        if entry.name.endswith(".yaml")
    }
    if name not in known:
        raise PackError("error.rules.unknown_book", name=name, allowed=", ".join(sorted(known)))
    return parse_rule_book(known[name].read_bytes(), f"{name}.yaml", RuleOrigin.PROJECT)


def read_site_rules(path: Path) -> RuleBook:
    """The rules that a site wrote for one study.

    Raises
    ------
    InputError
        When the file cannot be read.
    RuleFileError
        With everything that is wrong with it.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            most = LARGEST_BYTES // 1024
            raise RuleFileError(path.name, [Message("error.rules.file.too_large", {"most": most})])
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError("error.input.not_found", file=path.name) from error
    except OSError as error:
        raise InputError("error.input.unreadable", file=path.name) from error
    return parse_rule_book(content, path.name, RuleOrigin.SITE)


def parse_rule_book(content: bytes, file: str, origin: RuleOrigin) -> RuleBook:
    """The book in ``content``.

    Raises
    ------
    RuleFileError
        With everything that is wrong with it.
    """
    document, lines = _parse(content, file)
    try:
        reference = RuleFile(file, str(document.get("version")), sha256(content).hexdigest(), origin)
        if "file" in document:
            raise _error(file, lines, [Problem(("file",), "unknown_key", {"name": "file"})])
        book = RuleBook.model_validate(document | {"file": reference})
        own = None if origin is RuleOrigin.PROJECT else load_rule_book(book.study)
    except ValidationError as error:
        raise _error(file, lines, _of_form(error)) from error
    except PackError as error:
        raise RuleFileError(file, [error.message]) from error
    problems = [*problems_of(book), *(() if own is None else breaches(book, own))]
    if problems:
        raise _error(file, lines, problems)
    return book


def require_study(site: RuleBook, study: str) -> None:
    """Refuse a site's rules for another study.

    Raises
    ------
    InputError
        When they are.
    """
    if site.study != study:
        raise InputError("error.rules.other_study", file=site.file.name, study=f"pathway.{site.study}")


def rules_of(manifest: Manifest, site: RuleBook | None = None) -> RuleBook:
    """The rules that a pack asks for, or a site's for the same study.

    Raises
    ------
    PackError
        When there are none of that name, or they read other treatments or scores than the pack gives.
    InputError
        When the site's rules are for another study.
    """
    if site is not None:
        require_study(site, manifest.study)
    book = site or load_rule_book(manifest.rules)
    asked = {reading.name for reading in book.readings}
    treatments = {reading.name for reading in book.readings if reading.kind == "treatment"}
    scores = {threshold.score for threshold in manifest.score_thresholds}
    if treatments != set(manifest.treatments) or asked - treatments - scores or book.study != manifest.study:
        raise PackError("error.rules.treatments", name=manifest.rules, pack=manifest.id)
    return book


def _error(file: str, lines: Mapping[Place, int], problems: Iterable[Problem]) -> RuleFileError:
    placed = [(_line_of(problem.place, lines), problem) for problem in problems]
    return RuleFileError(
        file, [problem.at(line) for line, problem in sorted(placed, key=lambda pair: pair[0])]
    )


def _line_of(place: Place, lines: Mapping[Place, int]) -> int:
    """The line of the nearest part above ``place`` that stands in the file."""
    return next((lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in lines), 1)


class _AnchorError(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Loader(yaml.SafeLoader):
    """The safe loader without anchors, which let a small file grow without end, and without depth."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None) is not None:
            raise _AnchorError(event.start_mark.line + 1)
        if self.depth == _DEEPEST:
            raise yaml.MarkedYAMLError(problem="too deep", problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _parse(content: bytes, file: str) -> tuple[dict[str, Any], dict[Place, int]]:
    try:
        loader = _Loader(content.decode("utf-8-sig"))
        try:
            root = loader.get_single_node()
            lines = {} if root is None else dict(_lines_of(root, (), file))
            document = None if root is None else loader.construct_document(root)
        finally:
            loader.dispose()
    except UnicodeDecodeError as error:
        raise RuleFileError(file, [Message("error.rules.file.not_utf8")]) from error
    except _AnchorError as error:
        raise RuleFileError(file, [Message("error.rules.file.anchor", {"line": error.line})]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = {"line": mark.line + 1, "column": mark.column + 1} if mark else {"line": 1, "column": 1}
        raise RuleFileError(file, [Message("error.rules.file.not_yaml", place)]) from error
    except (yaml.YAMLError, ValueError) as error:
        place = {"line": 1, "column": 1}
        raise RuleFileError(file, [Message("error.rules.file.not_yaml", place)]) from error
    if not isinstance(document, dict):
        raise RuleFileError(file, [Message("error.rules.file.not_rules")])
    return document, lines


def _lines_of(node: yaml.Node, place: Place, file: str) -> Iterator[tuple[Place, int]]:
    """The line of every part of the file, counted from 1."""
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise RuleFileError(file, [Message("error.rules.file.not_yaml", {"line": line, "column": 1})])
            if key.value in seen:
                fields = {"line": line, "name": key.value}
                raise RuleFileError(file, [Message("error.rules.file.twice", fields)])
            seen.add(key.value)
            yield from _lines_of(value, (*place, key.value), file)
            yield (*place, key.value), line
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _lines_of(value, (*place, position), file)


def _of_form(error: ValidationError) -> Iterator[Problem]:
    for found in error.errors(include_url=False):
        place = tuple(part for part in found["loc"] if part != "[key]")
        name = ".".join(str(part) for part in place)
        if found["type"] == "extra_forbidden":
            yield Problem(place, "unknown_key", {"name": name})
        elif found["type"] == "missing":
            yield Problem(place, "missing", {"name": name})
        elif found["type"] in ("literal_error", "enum"):
            allowed = str(found["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
            yield Problem(place, "unknown", {"name": f"{name} {found['input']!s:.40}", "allowed": allowed})
        else:
            yield Problem(place, "wrong_value", {"name": name, "value": f"{found['input']!s:.40}"})
