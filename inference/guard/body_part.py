"""Which part of the body a scan shows, as far as its words tell; a doubtful word is no word.

Codes are DICOM's defined terms of Body Part Examined (PS3.16 Annex L), and ``NASOPHARYNX``.
"""

from __future__ import annotations

import re
from typing import Final

BODY_PARTS: Final = (
    "HEADNECK",
    "NASOPHARYNX",
    "HEAD",
    "BRAIN",
    "NECK",
    "CHEST",
    "ABDOMEN",
    "PELVIS",
    "SPINE",
    "EXTREMITY",
    "CHESTABDOMEN",
    "ABDOMENPELVIS",
    "CHESTABDPELVIS",
)
"""Codes that have a name in the catalogue (``body_part.<code in small letters>``)."""

_SYNONYMS: Final = {
    "HEADANDNECK": "HEADNECK",
    "HEADNECK": "HEADNECK",
    "NECKHEAD": "HEADNECK",
    "HN": "HEADNECK",
    "NPC": "NASOPHARYNX",
    "NPX": "NASOPHARYNX",
    "NASOPHARYNGEAL": "NASOPHARYNX",
    "CRANIUM": "HEAD",
    "SKULL": "HEAD",
    "CEREBRUM": "BRAIN",
    "CERVIX": "PELVIS",
    "THORAX": "CHEST",
    "LUNG": "CHEST",
    "LIVER": "ABDOMEN",
    "STOMACH": "ABDOMEN",
    "PANCREAS": "ABDOMEN",
    "THORAXABDOMEN": "CHESTABDOMEN",
    "CHESTABD": "CHESTABDOMEN",
    "ABDPELVIS": "ABDOMENPELVIS",
    "ABDOMENANDPELVIS": "ABDOMENPELVIS",
    "CHESTABDOMENPELVIS": "CHESTABDPELVIS",
    "CAP": "CHESTABDPELVIS",
    "CSPINE": "SPINE",
    "TSPINE": "SPINE",
    "LSPINE": "SPINE",
    "KNEE": "EXTREMITY",
    "SHOULDER": "EXTREMITY",
}

_RUNS: Final = {
    "CHESTABDOMEN": frozenset({"CHEST", "ABDOMEN"}),
    "ABDOMENPELVIS": frozenset({"ABDOMEN", "PELVIS"}),
    "CHESTABDPELVIS": frozenset({"CHEST", "ABDOMEN", "PELVIS"}),
}
"""Codes of one scan that runs through several parts of the trunk."""

_SILENT: Final = ("", "PARTIALBODY", "WHOLEBODY", "UNKNOWN", "OTHER", "NONE", "BODY")

_KEYWORDS: Final = (
    (re.compile(r"鼻咽|\bNASOPHAR\w*|\bNPC\b|\bNPX\b"), "NASOPHARYNX"),
    (re.compile(r"头颈|\bHEAD\W*(AND|&|/|\+)?\W*NECK\b|\bH\W?&\W?N\b"), "HEADNECK"),
    (re.compile(r"颅脑|脑|\bBRAIN\b|\bCEREBR\w*"), "BRAIN"),
    (re.compile(r"胸部|\bCHEST\b|\bTHORAX\b"), "CHEST"),
    (re.compile(r"腹部|\bABDOMEN\b|\bLIVER\b"), "ABDOMEN"),
    (re.compile(r"盆腔|\bPELVIS\b"), "PELVIS"),
    (re.compile(r"颈椎|腰椎|胸椎|\bSPINE\b"), "SPINE"),
)


def canonical_body_part(term: str) -> str:
    """The code that ``term`` means; the term itself, in capital letters, when it is not known."""
    letters = re.sub(r"[^A-Z]", "", term.upper())
    return _SYNONYMS.get(letters, letters)


def body_part_in_words(*descriptions: str) -> str:
    """The code that the descriptions name; empty when they name none, or several."""
    text = " ".join(descriptions).upper().replace("_", " ")
    named = {code for pattern, code in _KEYWORDS if pattern.search(text)}
    return named.pop() if len(named) == 1 else ""


def body_part_of(tag: str, *descriptions: str) -> str:
    """The code from (0018,0015) Body Part Examined; where the tag is silent, from the descriptions.

    Empty when neither says.
    """
    code = canonical_body_part(tag)
    return body_part_in_words(*descriptions) if code in _SILENT else code


def parts_shown(code: str) -> frozenset[str]:
    """The code and, where it names a run through the trunk, every part on the way."""
    return _RUNS.get(code, frozenset()) | {code}


def body_part_text(code: str) -> str:
    """The catalogue id of a code, or the code itself when the catalogue has no name for it."""
    return f"body_part.{code.lower()}" if code in BODY_PARTS else code
