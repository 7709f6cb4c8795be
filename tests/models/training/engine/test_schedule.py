"""The course of the learning rate."""

import pytest

from models.training.engine.schedule import Schedule


@pytest.mark.parametrize(
    ("decay", "step_epochs", "expected"),
    [
        ("constant", None, {0: 1, 299: 1}),
        ("step", 50, {49: 1, 50: 0.1, 149: 0.01, 299: 1e-5}),
        ("step", None, {99: 1, 100: 0.1, 200: 0.01}),
        ("cosine", None, {0: 1, 100: 0.75, 150: 0.5, 300: 0}),
    ],
)
def test_the_rate_falls_as_the_schedule_says(decay, step_epochs, expected):
    schedule = Schedule("adam", 1.0, batch_size=4, epochs=300, decay=decay, step_epochs=step_epochs)
    assert {epoch: schedule.rate(epoch) for epoch in expected} == pytest.approx(expected)


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"batch_size": 0}, {"patience": 0}, {"step_epochs": 0}])
def test_nothing_is_counted_from_zero(wrong):
    with pytest.raises(ValueError, match="counted from one"):
        Schedule(**({"optimiser": "sgd", "learning_rate": 0.1, "batch_size": 1, "epochs": 1} | wrong))
