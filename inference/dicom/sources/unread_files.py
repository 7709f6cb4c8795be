"""Files that were listed and then could not be read: a source that went away, or slices that may be lacking.

A stack whose last slices could not be read looks complete, for no gap shows; so it says that it may not be.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from inference.dicom.research.research_names import is_research_file, may_be_pair
from inference.dicom.verdicts import finding
from inference.errors import InputError
from inference.findings import Finding
from inference.scan import Plan, SourceFile, Stack

_UNREADABLE: Final = "intake.unreadable"
_UNREAD: Final = frozenset(
    (
        _UNREADABLE,
        "intake.zip_member_damaged",
        "intake.zip_member_bomb",
        "intake.malformed",
        "intake.nesting",
        "intake.length_beyond_file",
        "intake.deflate_bomb",
        "intake.syntax_mismatch",
        "intake.syntax_unsupported",
        "intake.no_pixels",
        "intake.bits_impossible",
        "intake.dimensions_unsupported",
        "intake.orientation_invalid",
        "intake.truncated",
        "intake.duplicate_uid",
        "intake.reader_died",
        "intake.reader_too_slow",
    )
)
"""What is said of files that may have been slices of a stack beside them."""
_EMPTY: Final = "intake.empty_file"
_CUT_OFF: Final = "intake.too_many_files"


def refuse_a_source_that_went_away(
    root: str, files: Sequence[SourceFile], skipped: Sequence[Finding]
) -> None:
    """Stop when a file could not be read and the whole source is not there any more.

    One file that vanished alone is merely passed over.

    Raises
    ------
    InputError
        ``intake.file_gone``, naming the first file that could not be read.
    """
    unread = next((str(one.fields["file"]) for one in skipped if one.code == _UNREADABLE), None)
    if unread is None:
        return
    try:
        with os.scandir(root):
            pass
    except OSError as error:
        raise InputError("intake.file_gone", file=unread) from error
    if files and not any(map(_is_there, files)):
        raise InputError("intake.file_gone", file=unread)


def with_unread_neighbours(plan: Plan) -> Plan:
    """``plan`` with a finding on every stack whose folder holds files that could not be read.

    A stack that is one object of many frames knows its own frames and lacks none.
    """
    by_folder: dict[str, list[str]] = {}
    suffixes = {PurePosixPath(file.name).suffix for file in plan.files if file.size} - {""}
    for one in plan.skipped:
        name = str(one.fields.get("file", ""))
        if is_research_file(name) or may_be_pair(name):
            continue  # never a slice of a series
        if one.code in _UNREAD or (one.code == _EMPTY and PurePosixPath(name).suffix in suffixes):
            by_folder.setdefault(_folder(name), []).append(name)
    cut_off = next((str(one.fields["file"]) for one in plan.skipped if one.code == _CUT_OFF), None)
    if not by_folder and cut_off is None:
        return plan

    def marked(stack: Stack) -> Stack:
        files = {frame.file for frame in stack.frames if frame is not None}
        is_one_object = len(files) == 1 and stack.slice_count > 1
        folders = set() if is_one_object else {_folder(plan.files[file].name) for file in files}
        unread = [name for folder in sorted(folders) for name in by_folder.get(folder, ())]
        findings = []
        if unread:
            findings.append(finding("intake.may_be_incomplete", file=unread[0], count=len(unread)))
        if cut_off is not None:
            findings.append(finding("intake.source_cut_off", file=cut_off))
        return replace(stack, findings=(*stack.findings, *findings)) if findings else stack

    series = tuple(replace(one, stacks=tuple(map(marked, one.stacks))) for one in plan.series)
    return replace(plan, series=series)


def _is_there(file: SourceFile) -> bool:
    return os.path.lexists(file.path)


def _folder(name: str) -> str:
    return str(PurePosixPath(name).parent)
