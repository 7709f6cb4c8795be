"""Words for what an inspection found, shared by its page and its JSON."""

from __future__ import annotations

from typing import Final

from headless.inspection import InspectedStack
from inference.dicom.syntaxes import syntax_name
from inference.findings import Verdict
from inference.guard.body_part import body_part_text
from inference.inputs.matching import Availability
from inference.inputs.reasons import Fit
from inference.meaning.opinion import Opinion
from inference.meaning.understanding import Meaning
from inference.messages.catalogue import Catalogue

AVAILABILITY_WORDS: Final = {
    Availability.ONE: "one",
    Availability.SEVERAL: "several",
    Availability.TO_CONFIRM: "to_confirm",
    Availability.MISSING: "missing",
}
FIT_WORDS: Final = {Fit.GREEN: "green", Fit.AMBER: "amber", Fit.RED: "red"}
VERDICT_WORDS: Final = {Verdict.FINE: "fine", Verdict.NOTE: "note", Verdict.REFUSED: "refused"}
_RESEARCH_NAMES: Final = {"nifti": "NIfTI", "nrrd": "NRRD"}
_YES_NO: Final = {"yes": "fact.yes", "no": "fact.no"}


def encoding_name(one: InspectedStack) -> str:
    """The transfer syntax by name, or the research format."""
    known = _RESEARCH_NAMES.get(one.first_frame.kind)
    return known or syntax_name(one.stack.acquisition.transfer_syntax_uid)


def opinions_of(meaning: Meaning) -> tuple[tuple[str, Opinion], ...]:
    """The opinions that a scan of its modality has, by name, in the order of interest."""
    named: list[tuple[str, Opinion]] = []
    if meaning.modality.value == "CT":
        named.append(("phase", meaning.phase))
    if meaning.modality.value == "MR":
        named.append(("weighting", meaning.weighting))
    return (*named, ("contrast", meaning.contrast), ("body_part", meaning.body_part))


def opinion_value(name: str, opinion: Opinion, catalogue: Catalogue) -> str:
    """What an opinion says, in words."""
    if not opinion.is_known:
        return catalogue.text("inspect.unknown")
    if name == "body_part":
        return catalogue.text("inspect.value", value=body_part_text(opinion.value))
    if name == "contrast":
        return catalogue.text(_YES_NO[opinion.value])
    return catalogue.text(f"{name}.{opinion.value}")
