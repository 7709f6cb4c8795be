"""What a specimen is, and what several share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inference.messages.catalogue import Catalogue
from inference.statistics.outcomes import ClassData
from reports.figures.drawing import Drawing
from reports.figures.style import FigureStyle

Make = Callable[[float, FigureStyle, Catalogue], Drawing]


@dataclass(frozen=True, slots=True)
class Specimen:
    """A figure by name; ``make`` draws it for a width, a style and a language."""

    name: str
    make: Make


def words(catalogue: Catalogue, english: str, chinese: str) -> str:
    return chinese if catalogue.language == "zh_CN" else english


def model_names(catalogue: Catalogue) -> tuple[str, str]:
    return words(catalogue, "images and clinic", "影像 + 临床"), words(catalogue, "clinic alone", "仅临床")


def scores_of(count: int, seed: int) -> ClassData:
    chance = np.random.default_rng(seed)
    is_positive = chance.random(count) < 0.35
    scores = 1 / (1 + np.exp(-chance.normal(np.where(is_positive, 0.7, -0.9), 1.1)))
    return ClassData(scores, is_positive)
