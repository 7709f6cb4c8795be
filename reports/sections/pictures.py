"""The key slices as small multiples: the mask's outline, and below it where the networks looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inference.assessment import Assessment, PredictionStatus
from inference.masks.layer import MaskLayer
from inference.messages.catalogue import Catalogue
from inference.outcome import HeatMap
from inference.scan import Acquisition
from inference.volume import Volume
from reports.figures.drawing import Line, Rect, Text
from reports.fonts import Face
from reports.key_slices import KeySlice, choose_key_slices
from reports.paper.blocks import Block, Gap, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import FINE_PRINT, QUIET, SMALL_STRONG, Sheet
from reports.picture_frame import PictureFrame, body_frame
from reports.slice_picture import SlicePicture, display_range, draw_slice
from reports.wording import mask_text, slice_label, treatment_name

PICTURE_ROWS: Final = 400
_TALLEST: Final = 128.0
_GUTTER: Final = 6.0
_LETTER_SIZE: Final = 6.4
_LETTER: Final = "#ffffff"
_SCALE_MM: Final = 50.0


@dataclass(frozen=True, slots=True, eq=False)
class PictureSource:
    """What the pictures are made from."""

    volume: Volume
    mask: MaskLayer | None
    heat_maps: tuple[HeatMap, ...]
    scan: Acquisition


def pictures_section(assessment: Assessment, source: PictureSource, catalogue: Catalogue) -> Section:
    """A row of outlines, and a row per answered treatment with its heat map."""
    key_slices = choose_key_slices(source.volume, source.mask, assessment.predictions)
    indices = [each.index for each in key_slices]
    frame = body_frame(source.volume, source.mask, indices, PICTURE_ROWS)
    painter = _Painter(source, frame, display_range(source.volume, indices, source.scan))
    first = "report.pictures.mask" if source.mask is not None else "report.pictures.plain"
    captions = [_caption(each, source.volume, catalogue) for each in key_slices]
    rows: list[Block] = [_multiples(catalogue.text(first), painter.row(indices, None), captions)]
    for heat_map in shown_heat_maps(assessment, source.heat_maps):
        name = treatment_name(heat_map.treatment, catalogue)
        title = catalogue.text("report.pictures.heat", treatment=name)
        rows.append(_multiples(title, painter.row(indices, heat_map), None))
    if len(rows) > 1:
        rows.append(TextBlock(catalogue.text("report.pictures.caveat"), QUIET))
    mask = assessment.mask
    remark = mask_text(mask, catalogue) if mask else catalogue.text("report.pictures.no_mask")
    return Section(catalogue.text("report.section.pictures"), rows, remark)


def shown_heat_maps(assessment: Assessment, heat_maps: Sequence[HeatMap]) -> tuple[HeatMap, ...]:
    """The maps of answered treatments alone: a withheld answer shows nothing of how it came about."""
    answered = {p.treatment for p in assessment.predictions if p.status is PredictionStatus.ANSWERED}
    return tuple(each for each in heat_maps if each.treatment in answered)


def _caption(key_slice: KeySlice, volume: Volume, catalogue: Catalogue) -> Block:
    label = slice_label(key_slice.index, volume.geometry.shape[0], catalogue)
    reasons = catalogue.text("report.list_separator").join(
        catalogue.render(each) for each in key_slice.reasons
    )
    return Stack([TextBlock(label, SMALL_STRONG), TextBlock(reasons, FINE_PRINT)])


def _multiples(title: str, pictures: Sequence[SlicePicture], captions: Sequence[Block] | None) -> Stack:
    blocks: list[Block] = [Gap(3), TextBlock(title, SMALL_STRONG), Gap(2)]
    blocks.append(_PictureRow(tuple(pictures)))
    if captions:
        blocks += [Gap(2), _CaptionRow(tuple(pictures), tuple(captions))]
    return Stack([*blocks, Gap(3)])


@dataclass(frozen=True, slots=True, eq=False)
class _Painter:
    source: PictureSource
    frame: PictureFrame
    value_range: tuple[float, float]

    def row(self, indices: Sequence[int], heat_map: HeatMap | None) -> list[SlicePicture]:
        is_inverted = self.source.scan.photometric_interpretation == "MONOCHROME1"
        return [
            draw_slice(
                self.source.volume,
                self.frame,
                index,
                self.value_range,
                mask=self.source.mask,
                heat_map=heat_map,
                is_inverted=is_inverted,
            )
            for index in indices
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _PictureRow:
    """Pictures of one size beside each other, with their letters; the first carries a scale."""

    pictures: tuple[SlicePicture, ...]

    def size(self, width: float) -> tuple[float, float]:
        """Width and height of each picture."""
        rows, columns = self.pictures[0].rgb.shape[:2]
        each = (width - _GUTTER * (len(self.pictures) - 1)) / len(self.pictures)
        height = min(_TALLEST, each * rows / columns)
        return height * columns / rows, height

    def height(self, width: float) -> float:
        return self.size(width)[1]

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        wide, high = self.size(width)
        for place, picture in enumerate(self.pictures):
            left = x + place * (wide + _GUTTER)
            sheet.shapes([Rect(left, top, wide, high, fill="#000000")])
            sheet.picture(picture.rgb, left, top, wide, high)
            _draw_letters(sheet, picture, left, top, wide, high)
            if place == 0:
                _draw_scale(sheet, picture, left, top, wide, high)


@dataclass(frozen=True, slots=True, eq=False)
class _CaptionRow:
    """Captions under the pictures of a row."""

    pictures: tuple[SlicePicture, ...]
    captions: tuple[Block, ...]

    def _column(self, width: float) -> float:
        return _PictureRow(self.pictures).size(width)[0]

    def height(self, width: float) -> float:
        return max(caption.height(self._column(width)) for caption in self.captions)

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        column = self._column(width)
        for place, caption in enumerate(self.captions):
            caption.draw(sheet, x + place * (column + _GUTTER), top, column)


def _draw_letters(
    sheet: Sheet, picture: SlicePicture, left: float, top: float, wide: float, high: float
) -> None:
    west, east, north, south = picture.letters
    middle = top + high / 2 + _LETTER_SIZE * 0.36
    size, face = _LETTER_SIZE, Face.SEMIBOLD
    sheet.shapes(
        [
            Text(left + 3, middle, west, size, _LETTER, "start", face),
            Text(left + wide - 3, middle, east, size, _LETTER, "end", face),
            Text(left + wide / 2, top + size + 1.5, north, size, _LETTER, "middle", face),
            Text(left + wide / 2, top + high - 3, south, size, _LETTER, "middle", face),
        ]
    )


def _draw_scale(
    sheet: Sheet, picture: SlicePicture, left: float, top: float, wide: float, high: float
) -> None:
    """A bar of 5 cm in the lower left corner."""
    length = _SCALE_MM / (picture.pixel_mm * picture.rgb.shape[1]) * wide
    y = top + high - 5
    sheet.shapes(
        [
            Line(left + 4, y, left + 4 + length, y, _LETTER, 1.0),
            Text(left + 4, y - 2.5, "5 cm", _LETTER_SIZE - 0.6, _LETTER),
        ]
    )
