"""Blocks fall onto pages without loss, and a heading never stands alone at the foot."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from reports.paper.blocks import Block, Columns, Gap, Stack, Table
from reports.paper.flow import Heading, Page, Section, SideBySide, paginate
from reports.paper.sheet import Sheet

WIDTH, HEIGHT = 300.0, 200.0
CONTINUED = "{heading}, continued"


@dataclass(frozen=True)
class Brick:
    """A block of one height."""

    name: str
    points: float

    def height(self, width: float) -> float:
        return self.points

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None: ...


def bricks_of(block: Block) -> list[Brick]:
    if isinstance(block, Brick):
        return [block]
    inner = block.blocks if isinstance(block, Stack | Columns) else []
    return [brick for each in inner for brick in bricks_of(each)]


def bricks_on(page: Page) -> list[str]:
    return [brick.name for placed in page.placed for brick in bricks_of(placed.block)]


@given(st.lists(st.floats(5, 150), min_size=1, max_size=40))
def test_every_block_is_placed_once_in_order_and_inside_the_page(heights: list[float]) -> None:
    bricks = [Brick(str(number), height) for number, height in enumerate(heights)]
    pages = paginate([Section("A", bricks)], WIDTH, HEIGHT, CONTINUED)
    assert [name for page in pages for name in bricks_on(page)] == [brick.name for brick in bricks]
    for page in pages:
        ends = [placed.top + placed.block.height(WIDTH) for placed in page.placed]
        starts = [placed.top for placed in page.placed]
        assert max(ends) <= HEIGHT + 1e-6
        assert all(start >= end - 1e-6 for start, end in zip(starts[1:], ends, strict=False))


def test_a_heading_goes_with_its_first_block() -> None:
    pages = paginate([Brick("filler", 185), Section("A", [Brick("first", 30)])], WIDTH, HEIGHT, CONTINUED)
    assert [bricks_on(page) for page in pages] == [["filler"], ["first"]]


def test_a_heading_goes_with_its_first_block_across_a_gap() -> None:
    section = Section("A", [Gap(4), Brick("first", 30)])
    first, second = paginate([Brick("filler", 165), section], WIDTH, HEIGHT, CONTINUED)
    assert bricks_on(first) == ["filler"] and bricks_on(second) == ["first"]
    assert not any(isinstance(placed.block, Stack) for placed in first.placed)


def test_no_page_begins_with_a_gap() -> None:
    first, second = paginate([Gap(7), Brick("all", HEIGHT), Gap(5), Brick("rest", 90)], WIDTH, HEIGHT, "")
    assert [page.placed[0].top for page in (first, second)] == [0.0, 0.0]
    assert len(first.placed) == len(second.placed) == 1


def test_a_section_that_goes_on_repeats_its_heading() -> None:
    pages = paginate([Section("A", [Brick(str(n), 90) for n in range(4)])], WIDTH, HEIGHT, CONTINUED)
    headings = [p.block.text for page in pages[1:] for p in page.placed if isinstance(p.block, Heading)]
    assert headings == ["A, continued"] * (len(pages) - 1)


def test_a_gap_at_the_top_of_a_page_is_dropped() -> None:
    pages = paginate([Gap(50), Brick("a", 10)], WIDTH, HEIGHT, CONTINUED)
    assert pages[0].placed[0].top == 0


def test_sections_stand_beside_each_other_while_they_fit() -> None:
    left, right = [Section("L", [Brick("l", 50)])], [Section("R", [Brick("r", 60)])]
    (page,) = paginate([SideBySide(left, right)], WIDTH, HEIGHT, CONTINUED)
    assert len([placed for placed in page.placed if bricks_of(placed.block)]) == 1
    tall = [Section("R", [Brick(str(number), 60) for number in range(5)])]
    pages = paginate([SideBySide(left, tall)], WIDTH, HEIGHT, CONTINUED)
    assert [name for each in pages for name in bricks_on(each)] == ["l", "0", "1", "2", "3", "4"]


def test_a_table_names_its_columns_again_on_the_next_page_and_never_ends_a_page_with_their_names() -> None:
    table = Table([Brick("head", 20), *(Brick(str(number), 30) for number in range(6))])
    pages = paginate([Section("A", [table])], WIDTH, HEIGHT, CONTINUED)
    assert [bricks_on(page) for page in pages] == [["head", "0", "1", "2", "3", "4"], ["head", "5"]]
    late = paginate([Brick("filler", 140), Section("A", [table])], WIDTH, HEIGHT, CONTINUED)
    assert bricks_on(late[0]) == ["filler"]
