"""Words of descriptions that name a phase, contrast or a weighting: whole words, in three languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from inference.meaning.opinion import NO, YES, Phase, Weighting


@dataclass(frozen=True, slots=True)
class Named:
    """A value that a text names, and the words that name it."""

    value: str
    words: str


def _patterns(table: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), value) for value, pattern in table.items())


_START, _END = r"(?<![A-Z0-9])", r"(?![A-Z])"


def _words(latin: str, chinese: str = "") -> str:
    whole = rf"{_START}(?:{latin}){_END}"
    return f"{chinese}|{whole}" if chinese else whole


_PHASES: Final = _patterns(
    {
        Phase.UNENHANCED: _words(
            r"UNENHANCED|NON?[ -]?CONTRAST|NON[ -]?ENHANCED|WITHOUT CONTRAST|W/?O CONTRAST|PRE[ -]?CONTRAST|"
            r"PLAIN|NATIV|NATIVE|NECT|NCCT|OHNE KM|UNENHANCED PHASE",
            r"平扫|非增强|增强前",
        ),
        Phase.ARTERIAL: _words(
            r"(?:LATE |EARLY )?ART(?:ERIAL|ERIELL|ERIELLE|ERIELLER)?(?: PHASE| ?PHASE)?|HAP|ARTERIELLPHASE",
            r"动脉(?:早期|晚期|期)",
        ),
        Phase.PORTAL_VENOUS: _words(
            r"PORTO?[ -]?(?:AL)?[ -]?VEN(?:OUS|OES|ÖS|OSE|OESE|ÖSE)?|PORTAL(?: PHASE)?|PVP|PV|"
            r"VENOUS|VEN|VENÖS|VENOES|PORTALVENÖS|PORTALVENOES",
            r"门脉期?|门静脉期?|静脉期",
        ),
        Phase.DELAYED: _words(
            r"DELAYED|DELAY PHASE|EXCRETORY|UROGRAPHIC|EQUILIBRIUM|LATE PHASE|SPÄTPHASE|SPAETPHASE|SPÄT|"
            r"VERZÖGERT",
            r"延迟期?|排泄期|平衡期",
        ),
    }
)
_NOT_THE_PHASE: Final = re.compile(
    r"PORTAL HYPERTENSION|ART(?:ERY|ERIES|ERIOGRAM|IFACT)\w*|CORONARY ART\w*|PULMONARY (?:ART|VEN)\w*"
)
_ENHANCED: Final = re.compile(
    _words(
        r"POST[ -]?CONTRAST|WITH CONTRAST|W/ ?CONTRAST|CONTRAST[ -]ENHANCED|CECT|ENHANCED|MIT KM|T1W?C|"
        r"GD|GAD|GADO\w*|T1 ?CE|CE|POST GAD\w*|KM",
        r"增强(?!前)",
    )
    + r"|(?<![A-Z0-9])C ?\+|\+ ?(?:C|GD|KM|CE)(?![A-Z])"
)
_PLAIN: Final = re.compile(
    _words(
        r"UNENHANCED|NON?[ -]?CONTRAST|NON[ -]?ENHANCED|WITHOUT CONTRAST|W/?O CONTRAST|PRE[ -]?CONTRAST|"
        r"PRE GAD\w*|PRE GD|PLAIN|NATIV|NATIVE|NECT|NCCT|OHNE KM",
        r"平扫|非增强|增强前",
    )
    + r"|(?<![A-Z0-9])C ?-(?![A-Z0-9])|- ?C(?![A-Z0-9])"
)
_WITHOUT_AND_WITH: Final = re.compile(
    r"W/?O ?(?:&|AND|\+|/) ?W(?![A-HJ-Z])|WITHOUT (?:&|AND|\+) WITH(?![A-Z])|平扫[+＋加及和]增强"
)
_TEST_BOLUS: Final = re.compile(
    r"TEST ?BOLUS|TIMING ?BOLUS|BOLUS ?TRACK\w*|PRE-?MONITORING|MONITORING|SMART ?PREP|CARE ?BOLUS|"
    r"SURE ?START|团注|小剂量|监测"
)
_SPLIT_BOLUS: Final = re.compile(r"SPLIT ?BOLUS|DUAL ?BOLUS|TRI(?:PHASIC|PLE) ?BOLUS|分次注射|双期团注")
_WEIGHTINGS: Final = (
    (re.compile(r"(?<![A-Z])(?:ADC|APPARENT DIFFUSION)(?![A-Z])|表观扩散"), Weighting.ADC),
    (re.compile(r"(?<![A-Z])(?:E?DWI|DIFF|DIFFUSION|TRACEW?)(?![A-Z])|弥散|扩散"), Weighting.DWI),
    (re.compile(r"(?<![A-Z])T1[ _-]?(?:W ?)?FLAIR(?![A-Z])"), Weighting.T1),
    (
        re.compile(r"(?<![A-Z])(?:T2[ _-]?(?:W ?)?)?(?:FLAIR|DARK[ -]?FLUID|TIRM DARK)(?![A-Z])"),
        Weighting.FLAIR,
    ),
    (re.compile(r"(?<![A-Z])(?:T2[ _-]?(?:W ?)?)?(?:STIR|TIRM)(?![A-Z])"), Weighting.STIR),
    (
        re.compile(r"(?<![A-Z])(?:T2 ?\*|T2 ?STAR|SWI|SWAN|GRE? ?T2|HEMO|MERGE|MEDIC|BOLD|FMRI)(?![A-Z])"),
        Weighting.T2_STAR,
    ),
    (re.compile(r"(?<![A-Z])T2(?:W|WI)?(?:TSE|FSE|SE)?(?![0-9*A-Z])(?! ?(?:MAP|RHO))"), Weighting.T2),
    (
        re.compile(
            r"(?<![A-Z])T1(?:W|WI|C|CE|GD|WC)?(?:TSE|FSE|SE)?(?![0-9A-Z])(?! ?(?:MAP|RHO))|"
            r"(?<![A-Z])(?:MP-?RAGE|FSPGR|SPGR|BRAVO|VIBE|LAVA|THRIVE|TFL|FLASH)(?![A-Z])"
        ),
        Weighting.T1,
    ),
    (re.compile(r"(?<![A-Z])(?:PDW?|PROTON DENSITY|PDWI)(?![A-Z])|质子"), Weighting.PD),
)


def normalised(text: str) -> str:
    """Capital letters, full-width forms made narrow, underscores and runs of blanks made one blank."""
    narrow = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s_]+", " ", narrow).strip()


def phases_in(text: str) -> tuple[Named, ...]:
    """Every phase that the text names, each once."""
    cleaned = _NOT_THE_PHASE.sub(" ", normalised(text))
    return tuple(
        Named(value, match.group().strip())
        for pattern, value in _PHASES
        if (match := pattern.search(_without_plain(cleaned) if value != Phase.UNENHANCED else cleaned))
    )


def contrast_in(text: str) -> tuple[Named, ...]:
    """Whether the text says *with* or *without* contrast; both when it says both."""
    cleaned = normalised(text)
    both = _WITHOUT_AND_WITH.search(cleaned)
    if both:
        return Named(NO, both.group().strip()), Named(YES, both.group().strip())
    plain = _PLAIN.search(cleaned)
    enhanced = _ENHANCED.search(_without_plain(cleaned))
    found = [Named(NO, plain.group().strip())] if plain else []
    return (*found, *([Named(YES, enhanced.group().strip())] if enhanced else []))


def weightings_in(text: str) -> tuple[Named, ...]:
    """Every weighting that the text names; a compound (T2 FLAIR) counts once, as the special one."""
    rest = normalised(text)
    found: dict[str, Named] = {}
    for pattern, value in _WEIGHTINGS:
        match = pattern.search(rest)
        if match:
            found.setdefault(value, Named(value, match.group().strip()))
            rest = pattern.sub(" ", rest)
    if Weighting.ADC in found:
        found.pop(Weighting.DWI, None)
    return tuple(found.values())


def mentions_test_bolus(texts: Iterable[str]) -> bool:
    """True for the pictures that time a bolus."""
    return any(_TEST_BOLUS.search(normalised(text)) for text in texts)


def mentions_split_bolus(texts: Iterable[str]) -> bool:
    """True where contrast was given in portions, so that one picture shows several phases."""
    return any(_SPLIT_BOLUS.search(normalised(text)) for text in texts)


def _without_plain(text: str) -> str:
    return _PLAIN.sub(" ", text)
