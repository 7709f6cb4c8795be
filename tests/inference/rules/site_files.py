"""A site's rule files for tests: the project's own, changed in one place, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from inference.assessment import RuleOrigin
from inference.messages.catalogue import load_catalogue
from inference.rules.rule_file import RuleFileError, parse_rule_book
from tests.inference.rules.study_readings import STUDIES

Rules = dict[str, Any]


def own_text(repository: Path, study: str) -> str:
    return (repository / "inference" / "rules" / f"{study}.yaml").read_text(encoding="utf-8")


def written(text: str) -> bytes:
    return text.encode("utf-8")


def complaints(content: bytes, origin: RuleOrigin = RuleOrigin.SITE) -> list[str]:
    with pytest.raises(RuleFileError) as caught:
        parse_rule_book(content, "ours.yaml", origin)
    english = load_catalogue("en")
    said = [english.render(problem) for problem in caught.value.problems]
    assert not any("⟦" in one or "{" in one for one in said), said
    return said


@cache
def documents(repository: Path) -> dict[str, Rules]:
    return {study: yaml.safe_load(own_text(repository, study)) for study in STUDIES}


def changed(repository: Path, study: str, change: Callable[[Rules], object]) -> bytes:
    rules = deepcopy(documents(repository)[study])
    change(rules)
    return yaml.safe_dump(rules, sort_keys=False, allow_unicode=True).encode()


def rule(rules: Rules, position: int, rule_set: int = 0) -> Rules:
    found: Rules = rules["rule_sets"][rule_set]["rules"][position]
    return found
