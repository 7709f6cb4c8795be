"""What the page says of a study, whatever the study: tables of figures, contrasts, and remarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from models.results.reading import Interval

Measure = Literal["AUC", "C-index"]

CHANCE: Final = 0.5
"""AUC and C-index of a score that knows nothing."""

STANDARD_ERRORS: Final = 3.0
"""How far from chance a model may lie that was taught dealt-out outcomes."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One model in one cohort.

    ``value`` is None where nothing can be estimated.  ``ceiling`` is the best attainable by what the model is
    given; ``published`` the paper's figure, in patients.  ``note`` says what the cohort's name does not.
    """

    cohort: str
    model: str
    value: float | None
    interval: Interval
    ceiling: float | None
    published: float | None
    published_interval: Interval = None
    note: str = ""

    @property
    def share_of_attainable(self) -> float | None:
        """How much of the way from chance to the ceiling the model goes."""
        if self.value is None or self.ceiling is None or self.ceiling <= CHANCE:
            return None
        return (self.value - CHANCE) / (self.ceiling - CHANCE)


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Figures of one outcome.

    ``headline`` is the model that answers the study's question; ``sizes`` tells phantoms and events by
    cohort; ``outcome`` tells the tables of a study apart.
    """

    caption: str
    measure: Measure
    headline: str
    figures: tuple[Figure, ...]
    sizes: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Paired:
    """First less second on the same phantoms, or ``reason`` why there is no test.

    ``is_small``: a class has fewer than 10, too few for the test's standard error.
    """

    difference: float | None = None
    interval: Interval = None
    p_value: float | None = None
    reason: str = ""
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One of two things that are compared: its name, our figure, the paper's."""

    name: str
    value: float | None
    published: float | None


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two models, phases or units on the same phantoms of a cohort."""

    cohort: str
    first: Side
    second: Side
    paired: Paired


@dataclass(frozen=True, slots=True)
class Ablation:
    """A question that the paper asks by comparing models, and the contrasts that answer it here.

    ``sides`` names what all contrasts have in common, where their models have names of their own.
    """

    question: str
    measure: str
    contrasts: tuple[Contrast, ...]
    sides: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DealtOut:
    """What a model earns in the mean over permutations of the outcomes."""

    study: str
    model: str
    measure: Measure
    mean: float
    standard_error: float
    permutations: int

    @property
    def is_chance(self) -> bool:
        """Whether one half lies within three standard errors."""
        return abs(self.mean - CHANCE) <= STANDARD_ERRORS * self.standard_error


@dataclass(frozen=True, slots=True)
class StudyResults:
    """Everything the page says of one study.

    ``segmentation`` and ``further`` are paragraphs or tables in Markdown, made from numbers; ``dealt_out`` is
    there where the run itself learnt from dealt-out outcomes.
    """

    study: str
    title: str
    source: str
    tables: tuple[FigureTable, ...]
    ablations: tuple[Ablation, ...]
    segmentation: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    dealt_out: tuple[DealtOut, ...] = ()
    minutes: float | None = None
