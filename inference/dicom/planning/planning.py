"""From answers about files to a :class:`Plan`: a pure function, apart from hashing files that collide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from inference.dicom.limits import IntakeLimits
from inference.dicom.people import with_known_birth_dates, with_name_findings
from inference.dicom.pixels.native import extent_sha256
from inference.dicom.planning.concatenations import incomplete_concatenations
from inference.dicom.planning.entries import Entry, Part
from inference.dicom.planning.frame_entries import frames_of
from inference.dicom.planning.grid import in_plane_axes
from inference.dicom.planning.grouping import group_by_series, split_series
from inference.dicom.planning.stacking import build_stack, is_truncated
from inference.dicom.records import ImageRecord
from inference.dicom.verdicts import finding
from inference.findings import Finding
from inference.scan import Plan, Series, SourceFile


def make_plan(
    root: str,
    files: Sequence[SourceFile],
    images: Iterable[tuple[int, ImageRecord]],
    skipped: Sequence[Finding],
    limits: IntakeLimits,
) -> Plan:
    """Group, split, sort and judge.

    Parameters
    ----------
    images
        (index into ``files``, header), in the order of the source.
    skipped
        What is known already about files that are no images.
    """
    passed_over = list(skipped)
    entries: list[Entry] = []
    whole = [Entry(index, files[index].name, record) for index, record in images]
    whole = with_known_birth_dates(whole)
    whole, repeated = _one_file_for_each_instance(whole, files)
    passed_over += repeated
    slanted: dict[str, None] = {}
    for entry in (frame for one in whole for frame in frames_of(one)):
        orientation = entry.record.orientation
        if orientation is not None and in_plane_axes(orientation) is None:
            slanted[entry.file_name] = None
        else:
            entries.append(entry)
    passed_over += [finding("intake.orientation_invalid", file=name) for name in slanted]

    def pixel_digest(entry: Entry) -> str:
        pixels = entry.record.pixels
        if entry.siblings > 1 and not pixels.is_native:
            return f"{entry.file}/{entry.frame}"  # its bytes are not known apart from its siblings'
        return extent_sha256(files[entry.file], pixels.offset, pixels.length)

    series: list[Series] = []
    groups = group_by_series(entries)
    shared_uids = _uids_of_several(groups)
    lacking = incomplete_concatenations(entries)
    for group in groups:
        parts, dropped = split_series(group, pixel_digest)
        passed_over += dropped
        parts = [_with_source_findings(part, shared_uids, lacking) for part in parts]
        stacks = []
        for part in parts:
            stack = build_stack(part, limits)
            if stack is not None:
                stacks.append(stack)
            else:
                cut = dict.fromkeys(one.file_name for one in part.entries if is_truncated(one.record))
                passed_over += [finding("intake.truncated", file=name, slice=1) for name in cut]
        if stacks:
            first = group[0].record
            is_split = len(stacks) > 1 and first.kind == "dicom"
            findings = (finding("intake.split", parts=len(stacks)),) if is_split else ()
            series.append(
                Series(first.series_uid, first.series_description, first.modality, tuple(stacks), findings)
            )
    plan = Plan(root, tuple(files), tuple(with_name_findings(series, entries)), tuple(passed_over))
    if len(plan.patients) > 1:
        plan = replace(plan, findings=(finding("intake.two_patients", count=len(plan.patients)),))
    return plan


def _uids_of_several(groups: Iterable[Sequence[Entry]]) -> dict[str, int]:
    """Series UIDs that stand for several patients or studies, and for how many."""
    owners: dict[str, set[object]] = {}
    for group in groups:
        record = group[0].record
        if record.series_uid:
            owners.setdefault(record.series_uid, set()).add((group[0].person, record.study_uid))
    return {uid: len(those) for uid, those in owners.items() if len(those) > 1}


def _with_source_findings(part: Part, shared_uids: dict[str, int], lacking: dict[str, Finding]) -> Part:
    """Add what only a look at the whole source shows."""
    uids = {entry.record.concatenation_uid for entry in part.entries}
    found = [lacking[uid] for uid in sorted(uids & lacking.keys())]
    count = shared_uids.get(part.entries[0].record.series_uid)
    if count is not None:
        found.append(finding("intake.series_uid_shared", count=count))
    return replace(part, findings=(*part.findings, *found)) if found else part


def _one_file_for_each_instance(
    entries: Sequence[Entry], files: Sequence[SourceFile]
) -> tuple[list[Entry], list[Finding]]:
    """Files of one SOP Instance UID: equal bytes are kept once, different bytes refused all together."""
    by_uid: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.record.sop_uid:
            by_uid.setdefault(entry.record.sop_uid, []).append(entry)
    dropped: set[int] = set()
    findings: list[Finding] = []
    for same in by_uid.values():
        if len(same) == 1:
            continue
        hashes = {extent_sha256(files[entry.file], 0, files[entry.file].size) for entry in same}
        first, *others = same
        if len(hashes) == 1:
            dropped |= {entry.file for entry in others}
            findings += [
                finding("intake.duplicate_file", file=entry.name, other=first.name) for entry in others
            ]
        else:
            dropped |= {entry.file for entry in same}
            findings += [
                finding("intake.duplicate_uid", file=entry.name, other=other.name)
                for entry, other in zip(same, [*others, first], strict=True)
            ]
    return [entry for entry in entries if entry.file not in dropped], findings
