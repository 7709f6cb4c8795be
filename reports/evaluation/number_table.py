"""A table of numbers: measures down, models across, cautions under the numbers to which they belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inference.messages.catalogue import Catalogue
from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable
from reports.evaluation.words import DECIMALS, flag_texts, model_name
from reports.figures.scale import estimate_text
from reports.figures.style import PAPER
from reports.paper.blocks import Block, Columns, Gap, Row, Stack, TextBlock
from reports.paper.sheet import FINE_PRINT, NOTE_INK, SMALL, SMALL_STRONG

MOST_MODELS: Final = 4
"""Models beside each other; more stand in a further table."""

_LABEL_SHARE: Final = 1.25
_GUTTER: Final = 7.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A number or a sentence; ``remarks`` in small print below, ``cautions`` in the colour of a note."""

    text: str
    remarks: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    is_number: bool = True


NO_CELL: Final = Cell("–", is_number=False)
"""In the place of what a model does not predict."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row: what is measured, how its interval was made, and a cell for each model."""

    label: str
    remark: str
    cells: tuple[Cell, ...]


def estimate_cell(
    value: Estimate | NotEstimable | None,
    catalogue: Catalogue,
    decimals: int = DECIMALS,
    remarks: tuple[str, ...] = (),
) -> Cell:
    """The number with its interval and flags; a number without an interval says so."""
    if value is None:
        return NO_CELL
    if isinstance(value, NotEstimable):
        return Cell(catalogue.render(value.message), remarks, is_number=False)
    if value.interval is None:
        remarks = (catalogue.text("evaluate.no_interval"), *remarks)
    return Cell(estimate_text(value, catalogue, decimals), remarks, flag_texts(value.flags, catalogue))


def measure(
    label: str,
    values: Sequence[Estimate | NotEstimable | None],
    catalogue: Catalogue,
    decimals: int = DECIMALS,
    remarks: Sequence[tuple[str, ...]] = (),
) -> Measure:
    """A row of estimates; the method stands once where all share it, else under each number."""
    methods = [value.method if isinstance(value, Estimate) and value.interval else "" for value in values]
    shared = {method for method in methods if method}
    words = {method: catalogue.text(f"statistics.method.{method}") for method in shared}
    is_shared = len(shared) == 1
    cells = tuple(
        estimate_cell(
            value,
            catalogue,
            decimals,
            (*(() if is_shared or not method else (words[method],)), *(remarks[place] if remarks else ())),
        )
        for place, (value, method) in enumerate(zip(values, methods, strict=True))
    )
    return Measure(label, words[shared.pop()] if is_shared else "", cells)


def number_table(models: Sequence[str], measures: Sequence[Measure], catalogue: Catalogue) -> list[Block]:
    """One table for each handful of models; each stays together."""
    blocks: list[Block] = []
    for first in range(0, len(models), MOST_MODELS):
        shown = slice(first, first + MOST_MODELS)
        names = [model_name(name, catalogue) for name in models[shown]]
        rows = [_row(each, each.cells[shown]) for each in measures]
        blocks.append(Stack([Gap(4), _head(names), *rows]))
    return blocks


def _head(names: Sequence[str]) -> Block:
    heads = [TextBlock("", SMALL), *(TextBlock(name, SMALL_STRONG) for name in names)]
    return Row(Columns(heads, _shares(len(names)), _GUTTER), 1.8, inset=2.0)


def _row(each: Measure, cells: Sequence[Cell]) -> Block:
    label: list[Block] = [TextBlock(each.label, SMALL)]
    if each.remark:
        label.append(TextBlock(each.remark, FINE_PRINT))
    blocks = [Stack(label), *(_cell(cell) for cell in cells)]
    return Row(Columns(blocks, _shares(len(cells)), _GUTTER), 1.8, inset=2.0)


def _cell(cell: Cell) -> Block:
    style = SMALL_STRONG if cell.is_number else SMALL.coloured(PAPER.quiet)
    lines: list[Block] = [TextBlock(cell.text, style)]
    lines += [TextBlock(remark, FINE_PRINT) for remark in cell.remarks]
    lines += [TextBlock(caution, FINE_PRINT.coloured(NOTE_INK)) for caution in cell.cautions]
    return Stack(lines)


def _shares(models: int) -> list[float]:
    """Few models do not spread over the whole sheet."""
    return [_LABEL_SHARE, *([1.0] * models)] if models > 1 else [_LABEL_SHARE, 2.0]
