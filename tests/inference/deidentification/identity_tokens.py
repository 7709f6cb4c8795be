"""Identity as it turns up in practice: one token for each place where an object may name its patient."""

from __future__ import annotations

from typing import Final

ROOT: Final = "1.2.826.0.1.3680043.8.498.77"

TOKENS: Final = {
    "family name": "Quillfeather",
    "given name": "Thaddeusina",
    "name in Chinese": "欧阳娜娜",
    "name with umlauts": "Grünewäldchen",
    "patient id": "MRN8842137Q",
    "issuer": "HospIssuerZX",
    "other patient id": "OPID55512",
    "birth date": "19520317",
    "birth time": "041502.773311",
    "age": "093Y",
    "address": "17 Elderberry Crescent",
    "telephone": "+44-20-7946-0911",
    "accession number": "ACC77120934",
    "study id": "STID4471",
    "institution": "Saint Ottoline Infirmary",
    "institution address": "Rue des Lilas 44",
    "station": "SCANHOST07",
    "performing physician": "Vandermolenski",
    "operator": "Brightwaterson",
    "study description": "StudyOfMrsQ",
    "series description": "SeriesForQuillon",
    "protocol name": "ProtoQuillon77",
    "comment": "comment-Xanthippe",
    "history": "history-Peregrina",
    "nested request": "ReqProcQ991",
    "serial number": "DSN-990-771",
    "study date": "20230611",
    "acquisition date and time": "20230612142753.118000",
    "acquisition time": "142754.118001",
    "study UID": f"{ROOT}.1",
    "series UID": f"{ROOT}.2",
    "instance UID": f"{ROOT}.3",
    "frame of reference UID": f"{ROOT}.4",
    "private element": "PrivateQuillon",
    "private sequence": "NestedPrivQuillon",
    "safe private element": "SafeQuillon",
    "private creator": "CreatorQuillon",
    "unknown element": "UnknownTagQuillon",
    "hidden in UN": "HiddenUnQuillon",
    "preamble": "PreambleQuillon",
    "file meta": "AETQUILLON",
    "private file meta": "MetaPrivQuillon",
    "trailing padding": "TrailQuillon",
    "behind the pixels": "TailQuillon",
    "overlay comment": "OverlayQuillon",
    "overlay data": "OverlayBitsQuillon",
    "curve": "CurveQuillon",
    "colour profile": "IccQuillon",
    "file name": "FileQuillon",
    "folder name": "FolderQuillon",
    "code meaning": "MeaningQuillon",
    "private code": "QCODE9917",
    "text in a code string": "quillon",
    "text in a number": "DsQuillon",
    "maker": "Maker of Quillon",
    "region of interest": "RoiQuillon",
    "structure set label": "SetQuillon",
    "segment label": "SegQuillon",
    "segment description": "SegmentTextQuillon",
    "content label": "LabelQuillon",
    "stack": "StackQuillon",
    "lookup table": "LutQuillon",
    "contrast agent": "AgentQuillon",
    "kernel": "KernelQuillon",
    "icon": "IconQuillon",
}

ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "latin-1")


def spellings(token: str) -> set[bytes]:
    """The bytes in which a token may stand."""
    spelled = set()
    for text in (token, token.upper(), token.lower()):
        for encoding in ENCODINGS:
            try:
                spelled.add(text.encode(encoding))
            except UnicodeEncodeError:
                continue
    return spelled


def tokens_in(content: bytes) -> set[str]:
    """Which tokens stand in these bytes, in whatever encoding and case."""
    return {name for name, token in TOKENS.items() if any(spelled in content for spelled in spellings(token))}
