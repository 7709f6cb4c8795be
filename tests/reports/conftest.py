"""Catalogues in both languages, and reports that several tests read."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

import pytest
from pypdf import PdfReader

from inference.messages.catalogue import Catalogue, load_catalogue
from reports.report import build_report
from tests.reports import assessments

KINDS = {
    "answered": assessments.answered,
    "guard": assessments.withheld_by_guard,
    "borderline": assessments.withheld_as_borderline,
    "not_estimable": assessments.not_estimable,
    "residual": assessments.residual_under_both,
}


@cache
def _pdf(kind: str, language: str) -> bytes:
    return build_report(assessments.content(KINDS[kind](), language=language))


@pytest.fixture
def pdf_of() -> Callable[..., bytes]:
    """The report of one kind of answer in one language, made once."""
    return lambda kind, language="en": _pdf(kind, language)


@pytest.fixture
def english() -> Catalogue:
    return load_catalogue("en")


@pytest.fixture
def chinese() -> Catalogue:
    return load_catalogue("zh_CN")


def page_texts(pdf: bytes) -> list[str]:
    """The text of every page, with odd spaces made plain."""
    return [page.extract_text().replace("\u00a0", " ") for page in PdfReader(io.BytesIO(pdf)).pages]


def flat(text: str) -> str:
    """Text without any white space, so that line breaks do not matter."""
    return "".join(text.split())
