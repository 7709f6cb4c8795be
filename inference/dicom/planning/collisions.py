"""Pictures at one place: repetitions are dropped, others told apart by the tag that explains them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.dicom.headers.tags import DIMENSIONS
from inference.dicom.planning.entries import Entry, Part, places_along_normal
from inference.dicom.planning.grid import EVEN_RESIDUAL
from inference.dicom.verdicts import finding
from inference.findings import Finding

Digest = Callable[[Entry], str]
Places = list[list[Entry]]

_MOST_TAGS_TOGETHER: Final = 3
_FEWEST_OF_A_PASS: Final = 3
_ALMOST: Final = 0.25
"""Slices nearer than this part of the step within a pass lie almost at one place."""
_TIMES: Final = (
    "TriggerTime",
    "AcquisitionTime",
    "FrameReferenceDateTime",
    "TemporalPositionTimeOffset",
)
"""Tags that may differ from slice to slice within one pass: their order at each place counts as well."""

_IN_PLANE: Final = "ImagePositionPatient"
_WHOLE_TYPE: Final = "ImageType (1, 2)"
_IN_PLANE_STEPS_PER_MM: Final = 100


def apart_where_positions_collide(
    entries: Sequence[Entry], digest: Digest
) -> tuple[list[Part], list[Finding]]:
    """One part when every place is taken once, else one for each value of what explains the collision.

    ``digest`` hashes a frame's pixels; it is asked only where two frames lie at one place.

    Returns
    -------
    parts
        In the order of the explaining values; where nothing explains, as many as lie at one place,
        each with ``intake.collision``.
    dropped
        A finding for each frame left out because another at its place has the same pixels.
    """
    places = places_along_normal(list(entries))
    if _are_taken_once(places):
        return _interlaced(_flat(places)) or [Part(tuple(entries))], []
    hashed = _Hashes(digest)
    if _hold_whole_passes(places, hashed):
        explained = _explained(places)
        if explained:
            return explained, []
    once, repeated = _without_repetitions(places, hashed, with_tags=False)
    if _are_taken_once(once):
        return [Part(tuple(_flat(once)))], repeated
    # Blank slices of two phases have equal pixels: only what equals in its tags too is a repetition here.
    distinct, same = _without_repetitions(places, hashed, with_tags=True)
    explained = _explained(distinct)
    if explained:
        return explained, same
    deepest = max(map(len, once))
    unexplained = finding("intake.collision", places=sum(len(place) > 1 for place in once))
    layers = [tuple(place[rank] for place in once if len(place) > rank) for rank in range(deepest)]
    return [Part(layer, (unexplained,)) for layer in layers], repeated


def _are_taken_once(places: Places) -> bool:
    return all(len(place) == 1 for place in places)


def _interlaced(entries: list[Entry]) -> list[Part]:
    """Parts by the first tag that makes even passes of slices that lie almost on one another; else none.

    Two passes whose tables stood a little apart do not collide, and fit no common grid either.
    ``entries`` are sorted along the normal.
    """
    axes = entries[0].axes
    if axes is None or not entries[0].is_placed or len(entries) < 2 * _FEWEST_OF_A_PASS:
        return []
    along = np.array([e.record.position for e in entries], np.float64) @ np.cross(axes[0], axes[1])
    distances = np.diff(along)
    if distances.min() >= _ALMOST * distances.max():
        return []
    for name, values in _signs(entries):
        codes, texts = _codes(values)
        passes = [along[codes == code] for code in range(len(texts))]
        if len(passes) < 2 or min(map(len, passes)) < _FEWEST_OF_A_PASS:
            continue
        steps = [np.diff(one) for one in passes]
        begins, ends = [one[0] for one in passes], [one[-1] for one in passes]
        if (
            distances.min() < _ALMOST * min(one.min() for one in steps)
            and max(begins) < min(ends)
            and all(one.max() - one.min() <= EVEN_RESIDUAL * one.max() for one in steps)
        ):
            return _parts(entries, codes, name, [texts[code] for code in codes])
    return []


def _hold_whole_passes(places: Places, hashes: _Hashes) -> bool:
    """True when every place holds as many pictures, and those of the middle one differ.

    Such a series has several passes; hashing all its pixels to look for repetitions would cost seconds.
    """
    middle = places[len(places) // 2]
    if any(len(place) != len(middle) for place in places):
        return False
    return len({hashes.of(entry) for entry in middle}) == len(middle)


def _flat(places: Places) -> list[Entry]:
    return [entry for place in places for entry in place]


class _Hashes:
    """Digests of pixels, each computed once."""

    def __init__(self, digest: Digest) -> None:
        self._digest = digest
        self._known: dict[tuple[int, int], str] = {}

    def of(self, entry: Entry) -> str:
        """The digest of one frame."""
        key = (entry.file, entry.frame)
        if key not in self._known:
            self._known[key] = self._digest(entry)
        return self._known[key]


def _without_repetitions(places: Places, hashes: _Hashes, *, with_tags: bool) -> tuple[Places, list[Finding]]:
    """Drop a frame whose pixels (and, ``with_tags``, whose dimensions) are those of another at its place."""
    kept: Places = []
    dropped: list[Finding] = []
    for place in places:
        if len(place) == 1:
            kept.append(place)
            continue
        seen: dict[object, Entry] = {}
        for entry in place:
            rescale = (entry.record.slope, entry.record.intercept)
            key = (hashes.of(entry), rescale, entry.record.dimensions if with_tags else ())
            if key in seen:
                dropped.append(finding("intake.same_pixels", file=entry.name, other=seen[key].name))
            else:
                seen[key] = entry
        kept.append(list(seen.values()))
    return kept, dropped


def _explained(places: Places) -> list[Part]:
    """Parts by the first tag, or tags together, that tell all pictures at each place apart; else none."""
    entries = _flat(places)
    place_of = np.repeat(np.arange(len(places)), [len(place) for place in places])
    deepest = max(map(len, places))
    signs = {name: _codes(values) for name, values in _signs(entries)}
    varying = [name for name, (codes, _) in signs.items() if codes.max() > 0]
    for together in range(1, _MOST_TAGS_TOGETHER + 1):
        for names in combinations(varying, together):
            codes = np.stack([signs[name][0] for name in names], axis=1)
            _, group_of = np.unique(codes, axis=0, return_inverse=True)
            group_of = group_of.reshape(-1)
            count = int(group_of.max()) + 1
            has_time = any(name in _TIMES for name in names)
            if count != deepest if has_time else count * 2 > len(entries) and len(places) > 1:
                continue
            if _tells_apart(place_of, group_of):
                texts = [
                    [signs[name][1][code] for name, code in zip(names, row, strict=True)] for row in codes
                ]
                return _parts(entries, group_of, ", ".join(names), [", ".join(row) for row in texts])
    for name in _TIMES:
        ranks = _ranks(places, name) if name in varying else None
        if ranks is not None:
            return _parts(entries, ranks, name, [f"{rank + 1} / {deepest}" for rank in ranks])
    return []


def _tells_apart(place_of: NDArray[np.intp], group_of: NDArray[np.intp]) -> bool:
    both = place_of * (int(group_of.max()) + 1) + group_of
    return len(np.unique(both)) == len(both)


def _signs(entries: list[Entry]) -> Iterator[tuple[str, list[str]]]:
    """Each tag that may explain, with its value for every entry."""
    dimensions = [dict(entry.record.dimensions) for entry in entries]
    for name in DIMENSIONS:
        values = [_plain(known.get(name, "")) for known in dimensions]
        if name == "ImageType":
            yield name, ["\\".join(value.split("\\")[2:]) for value in values]
        elif any(values):
            yield name, values
    yield _WHOLE_TYPE, [known.get("ImageType", "") for known in dimensions]
    axes = entries[0].axes
    if axes is not None and entries[0].is_placed:
        positions = np.array([entry.record.position for entry in entries], dtype=np.float64)
        steps = np.rint(positions @ axes.T * _IN_PLANE_STEPS_PER_MM).astype(np.int64)
        yield _IN_PLANE, [f"{row / _IN_PLANE_STEPS_PER_MM:g}, {column / _IN_PLANE_STEPS_PER_MM:g} mm"
                          for row, column in steps]  # fmt: skip


def _plain(text: str) -> str:
    """Numbers in one spelling: 2.50 is 2.5."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value:.10g}" if abs(value) < 1e10 else text


def _codes(values: list[str]) -> tuple[NDArray[np.intp], list[str]]:
    """An integer for each value, in the order of the values, and the values in that order."""
    distinct = sorted(set(values), key=_sort_key)
    known = {value: code for code, value in enumerate(distinct)}
    return np.array([known[value] for value in values], dtype=np.intp), distinct


def _sort_key(text: str) -> tuple[int, float, str]:
    try:
        return 0, float(text), ""
    except ValueError:
        return 1, 0.0, text


def _ranks(places: Places, name: str) -> NDArray[np.intp] | None:
    """The order of each entry in time at its place; None unless all places hold as many different times."""
    ranks: list[int] = []
    for place in places:
        times = [_sort_key(dict(entry.record.dimensions).get(name, "")) for entry in place]
        if len(place) != len(places[0]) or len(set(times)) != len(times) or any(kind for kind, *_ in times):
            return None
        order = sorted(times)
        ranks += [order.index(time) for time in times]
    return np.array(ranks, dtype=np.intp)


def _parts(entries: list[Entry], group_of: NDArray[np.intp], tag: str, values: Sequence[str]) -> list[Part]:
    groups: dict[int, list[Entry]] = {}
    shown: dict[int, str] = {}
    for entry, group, value in zip(entries, group_of.tolist(), values, strict=True):
        groups.setdefault(group, []).append(entry)
        shown[group] = value.strip(", ") or "–"
    return [
        Part(tuple(groups[group]), (finding("intake.split_by", tag=tag, value=shown[group]),))
        for group in sorted(groups)
    ]
