"""A document as JSON: finite numbers or the code of why there is none, and a hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inference.statistics.estimate import Estimate
from inference.statistics.reasons import NotEstimable

Json = dict[str, Any]


def number(value: Estimate | NotEstimable) -> Json:
    """An estimate with its error, limits, method and flags."""
    if isinstance(value, NotEstimable):
        return not_estimable(value)
    return {
        "value": value.value,
        "standard_error": value.standard_error,
        "lower": value.lower,
        "upper": value.upper,
        "level": value.level,
        "method": value.method,
        "flags": list(value.flags),
    }


def not_estimable(value: NotEstimable) -> Json:
    """The code of the reason."""
    return {"not_estimable": value.reason.value}


def content_sha256(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical, compact form of the document."""
    compact = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(compact.encode()).hexdigest()


def encode_document(name: str, document: Json, created_at: datetime) -> bytes:
    """The file as indented UTF-8 JSON: the document under ``name``, its hash, and when it was written."""
    whole = {
        name: document,
        "content_sha256": content_sha256(document),
        "created_at": created_at.isoformat(),
    }
    text = json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()
