"""Loss curves."""

from inference.messages.catalogue import load_catalogue
from reports.figures.drawing import Circle, Polyline, Text
from reports.figures.loss_curve_plot import LossSeries, loss_curve_plot

ENGLISH = load_catalogue("en")
RUN = LossSeries("fold 0", ((1, 1.0), (2, 0.6), (3, 0.4)), ((1, 1.1), (2, 0.7), (3, 0.9)))


def shapes_of(kind, *series):
    drawing = loss_curve_plot(series, width=400, catalogue=ENGLISH)
    found = [shape for shape in drawing.shapes if isinstance(shape, kind)]
    return drawing, found


def test_training_is_a_full_line_and_validation_a_dashed_one_that_falls_with_the_loss():
    _, lines = shapes_of(Polyline, RUN)
    (training,) = [line for line in lines if not line.dash]
    (validation,) = [line for line in lines if line.dash]
    assert len(training.points) == len(validation.points) == 3
    heights = [y for _, y in training.points]
    assert heights == sorted(heights)


def test_the_lowest_validation_loss_is_marked_where_it_is():
    drawing, circles = shapes_of(Circle, RUN)
    (validation,) = [s for s in drawing.shapes if isinstance(s, Polyline) and s.dash]
    assert (circles[-1].x, circles[-1].y) == validation.points[1]


def test_losses_that_are_not_numbers_are_left_out():
    broken = LossSeries("fold 0", ((1, 1.0), (2, float("nan")), (3, 0.5)))
    _, lines = shapes_of(Polyline, broken)
    assert [len(line.points) for line in lines] == [2]


def test_without_an_epoch_the_plot_says_so():
    _, texts = shapes_of(Text, LossSeries("fold 0", ()))
    assert any(text.text == ENGLISH.text("figure.no_epoch") for text in texts)


def test_ticks_of_epochs_are_whole_numbers():
    _, texts = shapes_of(Text, RUN)
    labels = {text.text for text in texts}
    assert {"1", "2", "3"} <= labels
    assert "1.5" not in labels
