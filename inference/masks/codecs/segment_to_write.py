"""What is written of one mask: label, voxels, codes, and who made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from inference.errors import InputError
from inference.masks.codecs.imported import Code
from inference.masks.layer import MaskLayer, MaskOrigin
from inference.messages.catalogue import load_catalogue
from inference.scan import Stack

MORPHOLOGY: Final[Code] = ("49755003", "SCT", "Morphologically Altered Structure")
PRIMARY_NEOPLASM: Final[Code] = ("86049000", "SCT", "Neoplasm, Primary")
AlgorithmType = Literal["MANUAL", "SEMIAUTOMATIC", "AUTOMATIC"]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentToWrite:
    """One segment: label, voxels (slice, row, column), codes, and who made it.

    ``algorithm`` names a model; empty means that a person drew it, or that it came from a file
    (``was_imported``), whose own statement is ``imported_as`` (``AUTOMATIC`` …), empty where it made none.
    """

    label: str
    voxels: NDArray[np.bool_]
    category: Code = MORPHOLOGY
    kind: Code = PRIMARY_NEOPLASM
    algorithm: str = ""
    was_edited: bool = False
    was_imported: bool = False
    imported_as: str = ""

    @classmethod
    def of_layer(cls, layer: MaskLayer) -> SegmentToWrite:
        """A layer under its name, in English, whatever the window speaks: labels go to other systems."""
        english = load_catalogue("en")
        is_model = layer.origin is MaskOrigin.MODEL
        return cls(
            english.template(layer.name) if english.has(layer.name) else layer.name,
            layer.voxels,
            algorithm=layer.maker or layer.name if is_model else "",
            was_edited=layer.is_edited,
            was_imported=layer.origin is MaskOrigin.IMPORTED,
            imported_as=layer.drawn_as,
        )

    @property
    def algorithm_type(self) -> AlgorithmType:
        """DICOM's word for who made it; what a person corrected is semi-automatic (PS3.3 C.8.20.2)."""
        if self.was_imported:
            is_automatic = self.imported_as in ("AUTOMATIC", "SEMIAUTOMATIC")
        else:
            is_automatic = bool(self.algorithm)
        if not is_automatic:
            return "MANUAL"
        is_untouched = not self.was_edited and self.imported_as != "SEMIAUTOMATIC"
        return "AUTOMATIC" if is_untouched else "SEMIAUTOMATIC"

    @property
    def algorithm_name(self) -> str:
        """The model; for an imported automatic mask, that its file does not name one; else empty."""
        if self.algorithm_type == "MANUAL":
            return ""
        return self.algorithm or "Not named by the imported file"

    @property
    def provenance(self) -> str:
        """One English sentence for other systems; a file's name, which may hold a patient's, is left out."""
        if self.was_imported:
            stated = f" ({self.imported_as})" if self.imported_as else ", which does not say who drew it"
            sentence = f"Imported from a file{stated}"
        else:
            sentence = f"Proposed by the model {self.algorithm}" if self.algorithm else "Drawn by a person"
        made_here = not self.was_imported and not self.algorithm
        return sentence + (", edited by a person" if self.was_edited and not made_here else "")


def require_marks(segments: Sequence[SegmentToWrite], stack: Stack) -> None:
    """Stop when there is nothing to write, or something on a slice that the stack lacks.

    Raises
    ------
    InputError
    """
    if not segments or not all(segment.voxels.any() for segment in segments):
        raise InputError("intake.mask.nothing_to_write")
    missing = [index for index, frame in enumerate(stack.frames) if frame is None]
    for segment in segments:
        if segment.voxels.shape != stack.geometry.shape:
            raise ValueError("a mask must be shaped as its stack")
        if segment.voxels[missing].any():
            raise InputError("intake.mask.on_missing_slice")
