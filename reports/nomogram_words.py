"""A study's nomogram in words: its axes named by field and score, its levels by the form's choices."""

from __future__ import annotations

from inference.clinical.quantity import unit_id
from inference.clinical.schema import FormSchema, load_form
from inference.messages.catalogue import Catalogue
from inference.predictors.study_nomogram import StudyNomogram
from inference.statistics.reasons import NotEstimable
from reports.figures.drawing import Drawing
from reports.figures.nomogram_plot import nomogram_plot
from reports.figures.style import PAPER, FigureStyle
from reports.prediction_wording import number_text
from reports.wording import text_or_code


def nomogram_drawing(
    drawn: StudyNomogram | NotEstimable,
    study: str,
    width: float,
    catalogue: Catalogue,
    style: FigureStyle = PAPER,
) -> Drawing:
    """The nomogram with the patient's points, ``width`` points wide."""
    if isinstance(drawn, NotEstimable):
        return nomogram_plot(drawn, width=width, catalogue=catalogue, style=style)
    form = load_form(study)
    fields = {field.id for field in form.fields}
    names: dict[str, str] = {}
    levels: dict[str, dict[str, str]] = {}
    values: dict[str, str] = {}
    for axis, own in zip(drawn.nomogram.axes, drawn.patient.variables, strict=True):
        field = drawn.cuts.get(axis.name, axis.name)
        names[axis.name] = _axis_name(axis.name, field, drawn, form if field in fields else None, catalogue)
        if field not in fields and not isinstance(own.value, str):
            values[axis.name] = number_text(own.value, None)
        if axis.is_factor and axis.name not in drawn.cuts:
            levels[axis.name] = {
                str(mark.value): text_or_code(f"clinical.{field}", str(mark.value), catalogue)
                for mark in axis.marks
            }
    return nomogram_plot(
        drawn.nomogram,
        width=width,
        catalogue=catalogue,
        style=style,
        patient=drawn.patient,
        names=names,
        level_names=levels,
        own_values=values,
    )


def _axis_name(
    name: str, field: str, drawn: StudyNomogram, form: FormSchema | None, catalogue: Catalogue
) -> str:
    if form is None:
        label = catalogue.text(f"score.{field}")
        return catalogue.text("nomogram.log_odds", name=label) if name in drawn.log_odds else label
    schema = form.field(field)
    label = catalogue.text(f"clinical.{field}")
    unit = unit_id(schema.units[0].code) if schema.units else ""
    return catalogue.text("nomogram.with_unit", name=label, unit=unit) if unit else label
