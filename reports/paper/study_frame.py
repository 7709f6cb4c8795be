"""The frame of a paper about many patients: what it is about, each fact under its label."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inference.messages.catalogue import Catalogue
from inference.version import NAME, VERSION
from reports.paper.blocks import Columns, Stack, TextBlock
from reports.paper.frame import PageFrame
from reports.paper.sheet import BODY_STRONG, LABEL
from reports.wording import moment


def study_frame(
    *,
    kind: str,
    facts: Sequence[tuple[str, str]],
    shares: tuple[float, ...],
    banner: str,
    content_sha256: str,
    created_at: datetime,
    catalogue: Catalogue,
) -> PageFrame:
    """``facts`` are labels with their values, ``shares`` their widths."""
    cells = [Stack([TextBlock(label, LABEL), TextBlock(value, BODY_STRONG)]) for label, value in facts]
    return PageFrame(
        kind=kind,
        remark=moment(created_at),
        facts=Columns(cells, shares),
        banner=banner,
        made_by=f"{NAME} {VERSION}",
        content_sha256=content_sha256,
        catalogue=catalogue,
    )
