"""Lines break where they may, fit their width, and lose no character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reports.fonts import Face
from reports.typesetting import printable, text_width, wrap

SIZE = 9.0


def test_words_stay_whole_while_they_fit() -> None:
    lines = wrap("not evidence that induction chemotherapy can be omitted", 120, SIZE)
    assert len(lines) > 1
    assert " ".join(lines) == "not evidence that induction chemotherapy can be omitted"


def test_chinese_breaks_between_ideographs_but_not_before_punctuation() -> None:
    text = "预测同步放化疗后无残留；这不能作为可以省略诱导化疗的证据。" * 3
    for width in range(40, 160, 3):
        lines = wrap(text, width, SIZE)
        assert "".join(lines) == text
        assert not any(line[0] in "，。；：）" for line in lines)


def test_a_number_keeps_what_hangs_on_it_by_a_hyphen() -> None:
    for width in range(30, 160, 3):
        for line in wrap("Low risk; 1-year survival 84 %; 2-year survival 71 %; signet-ring", width, SIZE):
            assert not line.endswith(("1-", "2-"))


def test_a_word_longer_than_the_line_is_cut() -> None:
    lines = wrap("A" * 64, 100, SIZE)
    assert "".join(lines) == "A" * 64
    assert all(text_width(line, SIZE) <= 100 for line in lines)


@given(st.text(alphabet=st.sampled_from("ab c-/王晓东，。（）1%· "), max_size=60), st.floats(30, 200))
def test_no_line_is_wider_than_asked_and_nothing_is_lost(text: str, width: float) -> None:
    lines = wrap(text, width, SIZE)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(text_width(line, SIZE) <= width + 1e-6 for line in lines)


def test_a_character_that_no_font_has_stays_traceable() -> None:
    assert printable("王𠮷") == "王[U+20BB7]"


def test_control_characters_and_odd_spaces_do_not_reach_the_paper() -> None:
    assert printable("a\u2009b\u200bc\x07d\u00a0e") == "a bcd\u00a0e"


def test_heavier_faces_are_wider() -> None:
    assert text_width("CCRT", SIZE, Face.BOLD) > text_width("CCRT", SIZE, Face.REGULAR)
