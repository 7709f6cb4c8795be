"""Values stand at their points; a patient is marked where the total and the outcomes say."""

from __future__ import annotations

import pytest

from inference.messages.catalogue import Catalogue
from inference.statistics.design import Factor, Numeric
from inference.statistics.nomogram import Nomogram, nomogram
from inference.statistics.nomogram_model import BaselineSurvival, NomogramModel
from inference.statistics.reasons import NotEstimable, Reason
from reports.figures.drawing import Circle, Drawing, Line, Polygon, Text
from reports.figures.nomogram_plot import nomogram_plot
from reports.figures.style import PAPER
from tests.reports.figures.panels import texts

MODEL = NomogramModel(
    (Numeric("age"), Factor("stage", ("I", "II"))), (0.04, 1.0), -2.0, BaselineSurvival((36.0,), (0.8,))
)
AGES = (20.0, 45.0, 70.0)


@pytest.fixture
def laid() -> Nomogram:
    made = nomogram(MODEL, {"age": AGES})
    assert isinstance(made, Nomogram)
    return made


def label(drawing: Drawing, text: str, row: int = 0) -> Text:
    return [s for s in drawing.shapes if isinstance(s, Text) and s.text == text and s.anchor == "middle"][row]


def ticks_at(drawing: Drawing, x: float) -> list[Line]:
    return [s for s in drawing.shapes if isinstance(s, Line) and s.x1 == s.x2 == pytest.approx(x)]


def test_values_stand_under_their_points(laid: Nomogram, english: Catalogue) -> None:
    drawing = nomogram_plot(laid, width=511.0, catalogue=english)
    zero, hundred = label(drawing, "0").x, label(drawing, "100").x
    assert label(drawing, "20", 1).x == pytest.approx(zero, abs=8) and ticks_at(drawing, zero)
    assert label(drawing, "70", 1).x == pytest.approx(hundred, abs=8)
    assert label(drawing, "II").x == pytest.approx(zero + (hundred - zero) / 2, abs=2)


def test_a_patient_is_marked_on_every_axis(laid: Nomogram, english: Catalogue) -> None:
    patient = laid.points_of({"age": 45.0, "stage": "II"})
    drawing = nomogram_plot(laid, width=511.0, catalogue=english, patient=patient)
    marks = [s for s in drawing.shapes if isinstance(s, Polygon)]
    zero, hundred = label(drawing, "0").x, label(drawing, "100").x
    middle = (zero + hundred) / 2
    assert [m.points[0][0] for m in marks[:2]] == pytest.approx([middle, middle], abs=2)
    assert marks[2].points[0][0] == pytest.approx(marks[3].points[0][0])
    words = texts(drawing)
    assert words.count("50") >= 2 and "100" in words
    assert f"{100 * patient.outcomes[0]:.0f} %" in words
    drops = [s for s in drawing.shapes if isinstance(s, Line) and s.stroke == PAPER.spread]
    assert len(drops) == 3


def test_a_value_outside_its_axis_is_open_and_said(english: Catalogue) -> None:
    made = nomogram(MODEL, {"age": (20.0, 25.0, 30.0)})
    assert isinstance(made, Nomogram)
    seen = []
    for age in (25.0, 40.0):
        patient = made.points_of({"age": age, "stage": "I"})
        drawing = nomogram_plot(made, width=400.0, catalogue=english, patient=patient)
        open_marks = [s for s in drawing.shapes if isinstance(s, Circle)]
        seen.append((len(open_marks), "Open mark: the value lies outside its axis." in texts(drawing)))
    assert seen == [(0, False), (1, True)]


def test_a_value_beyond_the_sheet_is_an_arrow_at_the_edge(laid: Nomogram, english: Catalogue) -> None:
    beyond = laid.points_of({"age": 140.0, "stage": "II"})
    drawing = nomogram_plot(laid, width=400.0, catalogue=english, patient=beyond)
    for mark in (s for s in drawing.shapes if isinstance(s, Polygon)):
        assert all(0 <= x <= 400 for x, _ in mark.points)


def test_names_and_levels_come_in_the_words_of_the_caller(laid: Nomogram, english: Catalogue) -> None:
    drawing = nomogram_plot(
        laid,
        width=511.0,
        catalogue=english,
        names={"age": "Age (years)"},
        level_names={"stage": {"I": "early", "II": "late"}},
    )
    assert {"Age (years)", "stage", "early", "late"} <= set(texts(drawing))


@pytest.mark.parametrize("width", [220.0, 511.0])
def test_every_level_of_a_factor_is_written(width: float, english: Catalogue) -> None:
    levels = ("no involvement", "one side", "both sides", "beyond the capsule")
    model = NomogramModel((Numeric("age"), Factor("nodes", levels)), (0.05, 0.02, 0.04, 0.06), -2.0)
    made = nomogram(model, {"age": AGES})
    assert isinstance(made, Nomogram)
    assert set(levels) <= set(texts(nomogram_plot(made, width=width, catalogue=english)))


def test_a_nomogram_that_cannot_be_had_says_why(english: Catalogue) -> None:
    drawing = nomogram_plot(NotEstimable(Reason.NO_VARIANCE), width=300.0, catalogue=english)
    assert texts(drawing) == ["not estimable: no variation"]
