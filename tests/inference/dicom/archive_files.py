"""ZIP archives made to order for tests, and what a refusal of one must look like."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from inference.findings import Verdict
from inference.messages.catalogue import load_catalogue
from inference.scan import Plan
from tests.inference.dicom.dicom_files import write_series


def packed(folder: Path, archive: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(archive, "w", method) as target:
        for path in sorted(folder.rglob("*")):
            target.write(path, path.relative_to(folder))
    return archive


def packed_series(tmp_path: Path, count: int = 4) -> Path:
    write_series(tmp_path / "made" / "DICOM", count)
    return packed(tmp_path / "made", tmp_path / "scan.zip")


def left_out(plan: Plan) -> dict[str, str]:
    return {str(one.fields["file"]): one.code.removeprefix("intake.") for one in plan.skipped}


def wait_until(is_so: Callable[[], bool]) -> None:
    """Removing goes on behind the next source."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def refused_in_one_sentence(plan: Plan, code: str, cache: Path) -> None:
    """The archive is the only thing said, refused twice, in both languages, and nothing is left behind."""
    assert not plan.stacks and left_out(plan) == {"scan.zip": code}
    (found,) = plan.skipped
    assert (found.view, found.answer) == (Verdict.REFUSED, Verdict.REFUSED)
    for language in ("en", "zh_CN"):
        sentence = load_catalogue(language).render(found.message)
        assert "scan.zip" in sentence and "⟦" not in sentence and "\n" not in sentence
    wait_until(lambda: not [name for _, _, names in os.walk(cache) for name in names if name[0] == "0"])
