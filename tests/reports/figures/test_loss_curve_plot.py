"""Loss curves."""

from inference.messages.catalogue import load_catalogue
from reports.figures.drawing import Circle, Polyline, Text
from reports.figures.loss_curve_plot import LossPanel, LossSeries, loss_curve_plot

ENGLISH = load_catalogue("en")
RUN = LossSeries("fold 0", ((1, 1.0), (2, 0.6), (3, 0.4)), ((1, 1.1), (2, 0.7), (3, 0.9)))


def shapes_of(kind, *series):
    drawing = loss_curve_plot([LossPanel("network", tuple(series))], width=400, catalogue=ENGLISH)
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


def texts_at(panels, width=540):
    shapes = loss_curve_plot(panels, width=width, catalogue=ENGLISH).shapes
    return {shape.text: shape for shape in shapes if isinstance(shape, Text)}


def test_each_network_has_its_own_panel_and_scale_three_in_a_row():
    def flat(name, loss):
        return LossPanel(name, (LossSeries("", ((1, loss), (2, loss / 2))),))

    panels = [flat("one", 1.0), flat("two", 0.01), flat("three", 5.0), flat("four", 1.0), flat("five", 1.0)]
    texts = texts_at(panels)
    assert texts["one"].y == texts["three"].y < texts["four"].y == texts["five"].y
    assert texts["one"].x < texts["two"].x < texts["three"].x
    lines = [
        shape
        for shape in loss_curve_plot(panels, width=540, catalogue=ENGLISH).shapes
        if isinstance(shape, Polyline)
    ]
    rises = {round(line.points[1][1] - line.points[0][1], 6) for line in lines}
    assert len(lines) == 5 and len(rises) == 1, "every loss that halves looks alike, whatever its size"


def test_a_fold_has_one_colour_in_all_panels_and_one_entry():
    folds = tuple(LossSeries(f"fold {k}", ((1, 1.0), (2, 0.5 + 0.1 * k))) for k in range(2))
    panels = [LossPanel("segmenter", (LossSeries("", ((1, 1.0), (2, 0.5))),)), LossPanel("a", folds)]
    drawing = loss_curve_plot([*panels, LossPanel("b", folds)], width=540, catalogue=ENGLISH)
    colours = [shape.stroke for shape in drawing.shapes if isinstance(shape, Polyline)]
    assert colours[0] == colours[1] == colours[3] and colours[2] == colours[4] != colours[1]
    assert [shape.text for shape in drawing.shapes if isinstance(shape, Text)].count("fold 1") == 1
