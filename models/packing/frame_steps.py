"""How a region's slices reach one size, as the steps of a pack tell it."""

from __future__ import annotations

from inference.packs.phases import CropBox, Pad, Resize
from inference.preprocessing.settings import FrameSettings


def crop_box(margin_mm: float, frame: FrameSettings) -> CropBox:
    """The box about the mask; filled to a square where the frame asks for one."""
    return CropBox(margin_mm=margin_mm, to_square=frame.framing == "squared")


def to_size(frame: FrameSettings) -> Resize | Pad:
    """The last step."""
    if frame.framing == "padded":
        return Pad(rows=frame.rows, columns=frame.columns)
    return Resize(rows=frame.rows, columns=frame.columns)
