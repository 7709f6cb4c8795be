"""The folder in which a study leaves what its run measured, for the page of results and for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from inference.storage import write_atomically

RESULT_JSON: Final = "result.json"


def write_results_folder(out: Path, tables: Mapping[str, str], result: Mapping[str, Any]) -> None:
    """Write tables by file name, and ``result.json`` last."""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        write_atomically(out / name, text.encode())
    write_atomically(out / RESULT_JSON, (json.dumps(result, indent=2) + "\n").encode())
