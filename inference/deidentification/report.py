"""The report that lies beside the objects: counts, options, and what was held back; no name of a file."""

from __future__ import annotations

import json
from typing import Final

from inference.clock import Clock
from inference.deidentification.run import RunResult
from inference.messages.catalogue import Catalogue
from inference.messages.message import Message
from inference.version import NAME, VERSION

FORMAT: Final = "concilium-deidentification-1"
_NO_NAME: Final = "…"


def report_document(result: RunResult, catalogue: Catalogue, clock: Clock) -> bytes:
    """JSON, UTF-8.

    Files that were held back are named by their number in the sorted source, for a file's name may be a
    patient's; the terminal shows the names.
    """
    document = {
        "format": FORMAT,
        "software": f"{NAME} {VERSION}",
        "created": clock.now().isoformat(timespec="seconds"),
        "profile": "DICOM PS3.15 Annex E, Basic Application Level Confidentiality Profile",
        "options": [meaning for _, meaning in result.options.method_codes],
        "objects": result.written,
        "patients": [{"pseudonym": name, "objects": count} for name, count in sorted(result.objects.items())],
        "attributes": {"removed": result.removed, "emptied": result.emptied, "replaced": result.replaced},
        "held_back": [
            {
                "file": held.number,
                "reason": held.reason,
                "text": catalogue.render(_nameless(held.message)),
            }
            for held in result.held_back
        ],
        "note": catalogue.text("deid.note"),
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8") + b"\n"


def _nameless(message: Message) -> Message:
    """The message with its numbers and without its words, one of which may be the name of a file."""
    fields = {name: _NO_NAME if isinstance(value, str) else value for name, value in message.fields.items()}
    return Message(message.id, fields)
