"""The key slices as small multiples: the mask's outline, and below it where the networks looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inference.assessment import Assessment
from inference.case_input import ScanInput
from inference.masks.layer import MaskLayer
from inference.messages.catalogue import Catalogue
from inference.outcome import HeatMap
from inference.prediction import PredictionStatus
from inference.scan import Acquisition
from inference.volume import Volume
from reports.figures.drawing import Line, Rect, Text
from reports.fonts import Face
from reports.key_slices import KEY_SLICE_COUNT, KeySlice, choose_key_slices
from reports.paper.blocks import Block, Gap, Stack, TextBlock
from reports.paper.flow import Section, SideBySide
from reports.paper.sheet import FINE_PRINT, QUIET, SMALL_STRONG, Sheet
from reports.picture_frame import PictureFrame, body_frame
from reports.slice_picture import SlicePicture, display_range, draw_slice
from reports.wording import mask_text, model_name, scan_name, slice_label

PICTURE_ROWS: Final = 400
_TALLEST: Final = 104.0
_FURTHER_PER_ROW: Final = 7
_OF_PAIR: Final = 3
_GUTTER: Final = 6.0
_LETTER_SIZE: Final = 6.4
_LETTER: Final = "#ffffff"
_SCALE_MM: Final = 50.0
_CAVEAT_DROP: Final = 12.0
_CAVEAT_INDENT: Final = 4.0
_NARROWEST_CAVEAT: Final = 60.0


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
    shown = shown_heat_maps(assessment, source.heat_maps)
    compared = compared_slices(key_slices, shown)
    drawn = sorted({*indices, *compared})
    frame = body_frame(source.volume, source.mask, drawn, PICTURE_ROWS)
    painter = _Painter(source, frame, display_range(source.volume, drawn, source.scan))
    first = "report.pictures.mask" if source.mask is not None else "report.pictures.plain"
    captions = [_caption(each, source.volume, catalogue) for each in key_slices]
    outlines = _Multiples(tuple(painter.row(indices, None)), max(len(indices), KEY_SLICE_COUNT))
    rows: list[Block] = [_titled(catalogue.text(first), outlines, captions)]
    if shown:
        groups = [_heat_group(heat_map, compared, painter, catalogue) for heat_map in shown]
        caveat = TextBlock(catalogue.text("report.pictures.caveat"), QUIET)
        rows += [Gap(5), _HeatRow(tuple(groups), caveat)]
    mask = assessment.mask
    remark = mask_text(mask, catalogue) if mask else catalogue.text("report.pictures.no_mask")
    return Section(catalogue.text("report.section.pictures"), rows, remark)


def further_pictures(
    assessment: Assessment, further: Mapping[str, ScanInput], catalogue: Catalogue
) -> list[Section | SideBySide]:
    """A smaller row of outlines on the key slices of each scan beside the first; two scans share a row."""
    if len(further) != 2:
        return [
            _of_further(assessment, name, scan, catalogue, (_FURTHER_PER_ROW, KEY_SLICE_COUNT))
            for name, scan in sorted(further.items())
        ]
    left, right = (
        _of_further(assessment, name, scan, catalogue, (_OF_PAIR, _OF_PAIR))
        for name, scan in sorted(further.items())
    )
    return [SideBySide([left], [right])]


def _of_further(
    assessment: Assessment,
    name: str,
    scan: ScanInput,
    catalogue: Catalogue,
    places_and_most: tuple[int, int],
) -> Section:
    places, most = places_and_most
    key_slices = choose_key_slices(scan.volume, scan.mask)
    outer = max(0, len(key_slices) - most) // 2
    key_slices = key_slices[outer : outer + most]
    indices = [each.index for each in key_slices]
    acquisition = scan.stack.acquisition
    source = PictureSource(scan.volume, scan.mask, (), acquisition)
    frame = body_frame(scan.volume, scan.mask, indices, PICTURE_ROWS)
    painter = _Painter(source, frame, display_range(scan.volume, indices, acquisition))
    outlines = _Multiples(tuple(painter.row(indices, None)), max(places, len(indices)))
    captions = tuple(_caption(each, scan.volume, catalogue) for each in key_slices)
    row = Stack([Gap(3), outlines, Gap(2), _Captions(outlines, captions)])
    title = catalogue.text("report.section.pictures")
    mask = next((one for one in assessment.further_masks if one.scan == name), None)
    remark = mask_text(mask, catalogue) if mask else catalogue.text("report.pictures.no_mask")
    return Section(f"{title} · {scan_name(assessment.study, name, catalogue)}", [row], remark)


def compared_slices(key_slices: Sequence[KeySlice], heat_maps: Sequence[HeatMap]) -> tuple[int, ...]:
    """The slices on which the heat maps of all treatments are laid beside each other.

    As many as leave one place of the row free for the caveat: each map's hottest slice first, then the next
    hottest of any; of slices alike those that are shown above for a reason.
    """
    if not heat_maps:
        return ()
    room = max(1, (KEY_SLICE_COUNT - 1) // len(heat_maps))
    weight = {each.index: 1 + len(each.reasons) for each in key_slices}

    def hottest_first(heat_map: HeatMap) -> list[tuple[float, int, int]]:
        peaks = zip(heat_map.slices, heat_map.values.max(axis=(1, 2)), strict=True)
        return sorted((-float(peak), -weight.get(index, 0), index) for index, peak in peaks)

    orders = [hottest_first(heat_map) for heat_map in heat_maps]
    firsts = [order[0] for order in orders if order]
    others = sorted(place for order in orders for place in order[1:])
    wanted = list(dict.fromkeys(index for _, _, index in (*firsts, *others)))
    return tuple(sorted(wanted[:room]))


def shown_heat_maps(assessment: Assessment, heat_maps: Sequence[HeatMap]) -> tuple[HeatMap, ...]:
    """The maps of what was answered alone: a withheld answer shows nothing of how it came about."""
    answered = {p.name for p in assessment.predictions if p.status is PredictionStatus.ANSWERED}
    return tuple(each for each in heat_maps if each.treatment in answered)


def _caption(key_slice: KeySlice, volume: Volume, catalogue: Catalogue) -> Block:
    label = slice_label(key_slice.index, volume.geometry.shape[0], catalogue)
    reasons = catalogue.text("report.list_separator").join(
        catalogue.render(each) for each in key_slice.reasons
    )
    why = [TextBlock(reasons, FINE_PRINT)] if reasons else []
    return Stack([TextBlock(label, SMALL_STRONG), *why])


def _titled(title: str, pictures: _Multiples, captions: Sequence[Block]) -> Stack:
    row = Stack([pictures, Gap(2), _Captions(pictures, tuple(captions))])
    return Stack([Gap(3), TextBlock(title, SMALL_STRONG), Gap(2), row])


def _heat_group(
    heat_map: HeatMap, indices: Sequence[int], painter: _Painter, catalogue: Catalogue
) -> _HeatGroup:
    name = model_name(heat_map.treatment, catalogue)
    count = painter.source.volume.geometry.shape[0]
    captions = [TextBlock(slice_label(index, count, catalogue), FINE_PRINT) for index in indices]
    told = catalogue.text("report.pictures.heat", treatment=name)
    if not heat_map.values.any():
        told = f"{told} \u00b7 {catalogue.text('gui.viewer.heat.empty')}"
    title = TextBlock(told, SMALL_STRONG)
    pictures = _Multiples(tuple(painter.row(indices, heat_map)), KEY_SLICE_COUNT)
    return _HeatGroup(title, pictures, _Captions(pictures, tuple(captions)))


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
class _Multiples:
    """Pictures of one size beside each other, as wide as if ``places`` of them filled the width."""

    pictures: tuple[SlicePicture, ...]
    places: int

    def size(self, width: float) -> tuple[float, float]:
        """Width and height of each picture."""
        rows, columns = self.pictures[0].rgb.shape[:2]
        each = (width - _GUTTER * (self.places - 1)) / self.places
        height = min(_TALLEST, each * rows / columns)
        return height * columns / rows, height

    def step(self, width: float) -> float:
        """From the left edge of one picture to that of the next; the last ends where the width ends."""
        wide = self.size(width)[0]
        return (width - wide) / (self.places - 1) if self.places > 1 else wide + _GUTTER

    def height(self, width: float) -> float:
        return self.size(width)[1]

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        wide, high = self.size(width)
        for place, picture in enumerate(self.pictures):
            left = x + place * self.step(width)
            sheet.picture(picture.rgb, left, top, wide, high)
            _draw_letters(sheet, picture, left, top, wide, high)
            if place == 0:
                _draw_scale(sheet, picture, left, top, wide, high)


@dataclass(frozen=True, slots=True, eq=False)
class _Captions:
    """Captions under the pictures of a row."""

    pictures: _Multiples
    captions: tuple[Block, ...]

    def height(self, width: float) -> float:
        column = self.pictures.size(width)[0]
        return max(caption.height(column) for caption in self.captions)

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        column = self.pictures.size(width)[0]
        for place, caption in enumerate(self.captions):
            caption.draw(sheet, x + place * self.pictures.step(width), top, column)


@dataclass(frozen=True, slots=True, eq=False)
class _HeatGroup:
    """The heat maps of one treatment under its name."""

    title: TextBlock
    pictures: _Multiples
    captions: _Captions

    def reach(self, width: float) -> float:
        """Width that the group takes, with the gutter after it."""
        return len(self.pictures.pictures) * self.pictures.step(width)

    def height(self, width: float) -> float:
        below = self.pictures.height(width) + self.captions.height(width)
        return self.title.height(self.reach(width)) + 2 + below + 2

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        Stack([self.title, Gap(2), self.pictures, Gap(2), self.captions]).draw(sheet, x, top, width)


@dataclass(frozen=True, slots=True, eq=False)
class _HeatRow:
    """Groups side by side in pictures of the size of the row above, the caveat in the place that is left."""

    groups: tuple[_HeatGroup, ...]
    caveat: TextBlock

    def height(self, width: float) -> float:
        groups = max(group.height(width) for group in self.groups)
        return max(groups, _CAVEAT_DROP + self.caveat.height(self._left(width))) + 4

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        start = x
        for group in self.groups:
            group.draw(sheet, start, top, width)
            start += group.reach(width)
        self.caveat.draw(sheet, start + _CAVEAT_INDENT, top + _CAVEAT_DROP, self._left(width))

    def _left(self, width: float) -> float:
        taken = sum(group.reach(width) for group in self.groups)
        return max(_NARROWEST_CAVEAT, width - taken - _CAVEAT_INDENT)


def _draw_letters(
    sheet: Sheet, picture: SlicePicture, left: float, top: float, wide: float, high: float
) -> None:
    """White letters on black plates at the middle of each edge."""
    west, east, north, south = picture.letters
    places = (
        (west, left + 6, top + high / 2),
        (east, left + wide - 6, top + high / 2),
        (north, left + wide / 2, top + 6),
        (south, left + wide / 2, top + high - 6),
    )
    for letters, x, y in places:
        half = 1.8 + 2.0 * len(letters)
        plate = Rect(x - half, y - 4, 2 * half, 8, fill="#000000", radius=1.5)
        baseline = y + _LETTER_SIZE * 0.36
        sheet.shapes([plate, Text(x, baseline, letters, _LETTER_SIZE, _LETTER, "middle", Face.SEMIBOLD)])


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
