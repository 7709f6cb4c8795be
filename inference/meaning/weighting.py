"""The weighting of an MR scan: from the sequence's numbers and from its names; doubtful is unknown.

Ranges are those of the textbooks (Bernstein, King and Zhou, Handbook of MRI Pulse Sequences, 2004; McRobbie,
MRI from Picture to Proton, 2017) with gaps between them: a sequence in a gap has no weighting here.
"""

from __future__ import annotations

from typing import Final

from inference.meaning.opinion import Evidence, Opinion, Source, Weighting, agreed, evidence
from inference.meaning.words import weightings_in
from inference.scan import Acquisition

HIGH_FIELD_T: Final = 2.5
"""From here on T1 is about a third longer (Stanisz, MRM 2005;54:507): T1 weighting bears a longer TR."""

T1_SPIN_ECHO_TR_MS: Final = {False: 800.0, True: 1000.0}
T1_TE_MS: Final = 30.0
LONG_TR_MS: Final = 2000.0
T2_TE_MS: Final = 70.0
PD_TE_MS: Final = 40.0
STIR_TI_MS: Final = (100.0, 300.0)
"""Nulls fat: ln 2 × T1 of fat, about 150 ms at 1.5 T and 220 ms at 3 T."""

T1_FLAIR_TI_MS: Final = (500.0, 1300.0)
FLAIR_TI_MS: Final = (1500.0, 3200.0)
"""Nulls cerebrospinal fluid; with fat suppression and at 3 T the longer end."""

FLAIR_TR_MS: Final = 4500.0
SHORT_ECHO_MS: Final = 10.0
T2_STAR_TE_MS: Final = 15.0
_FLAVOURS: Final = {
    "T1": Weighting.T1,
    "T2": Weighting.T2,
    "PROTON_DENSITY": Weighting.PD,
    "DIFFUSION": Weighting.DWI,
    "TRACEW": Weighting.DWI,
    "ADC": Weighting.ADC,
    "STIR": Weighting.STIR,
    "FLUID_ATTENUATED": Weighting.FLAIR,
    "T2_STAR": Weighting.T2_STAR,
}
"""Values of Image Type that name the contrast (PS3.3 C.8.13.3.1.1 and C.8.16.1)."""

_SPECIAL: Final = frozenset({Weighting.ADC, Weighting.DWI})


def weighting_of(acquisition: Acquisition) -> Opinion:
    """One weighting when numbers, image type and names agree; unknown, with all of them, when they do not."""
    if acquisition.modality.strip().upper() != "MR":
        return Opinion()
    listed: list[Evidence] = []
    flavours = {_FLAVOURS[value] for value in acquisition.image_type[2:] if value in _FLAVOURS}
    if Weighting.ADC in flavours:
        flavours.discard(Weighting.DWI)
    listed += [
        evidence("image_type_names", flavour, weighting=f"weighting.{flavour}")
        for flavour in sorted(flavours)
    ]
    is_doubtful = len(flavours) > 1
    for text in (acquisition.series_description, acquisition.protocol_name):
        named = weightings_in(text)
        if named:
            is_doubtful |= len(named) > 1
            listed += [
                evidence("words_weighting", one.value, words=one.words, weighting=f"weighting.{one.value}")
                for one in named
            ]
            break
    said = {one.points_to for one in listed}
    by_numbers = _by_numbers(acquisition)
    if by_numbers is not None and not (said & _SPECIAL and by_numbers.points_to not in _SPECIAL):
        listed.append(by_numbers)
    return agreed(listed, Source.TAGS, is_doubtful=is_doubtful)


def _by_numbers(acquisition: Acquisition) -> Evidence | None:
    """What the sequence's parameters allow to say; evidence without a value where they lie in a gap."""
    technique = acquisition.technique
    name = technique.sequence_name.upper()
    b_value = technique.diffusion_b_value
    if (b_value is not None and b_value > 0) or "EP_B" in name or "EP2D_DIFF" in name:
        return evidence("diffusion_weighted", Weighting.DWI, b="–" if b_value is None else f"{b_value:g}")
    tr, te = acquisition.repetition_time_ms, acquisition.echo_time_ms
    if tr is None or te is None or not (tr > 0 and te > 0):
        return None
    kinds = set(acquisition.scanning_sequence)
    if not kinds:
        return None
    ti = acquisition.inversion_time_ms
    inverted = "IR" in kinds or "MP" in technique.sequence_variant or bool(ti)
    if inverted and ti:
        value = _inverted(kinds, tr, te, ti)
    elif inverted and "GR" not in kinds:
        value = ""
    elif "EP" in kinds:
        value = Weighting.T2_STAR if "SE" not in kinds and te >= T2_STAR_TE_MS else ""
    elif "SE" in kinds and "GR" not in kinds:
        value = _spin_echo(tr, te, acquisition.magnetic_field_t)
    elif "GR" in kinds and "SE" not in kinds:
        value = _gradient_echo(acquisition, tr, te)
    else:
        value = ""
    return evidence(
        "sequence_numbers",
        value,
        kind="\\".join(acquisition.scanning_sequence),
        tr=f"{tr:g}",
        te=f"{te:g}",
        ti="–" if ti is None else f"{ti:g}",
        flip="–" if technique.flip_angle_deg is None else f"{technique.flip_angle_deg:g}",
        field="–" if acquisition.magnetic_field_t is None else f"{acquisition.magnetic_field_t:g}",
    )


def _inverted(kinds: set[str], tr: float, te: float, ti: float) -> str:
    if "GR" in kinds:
        return Weighting.T1 if T1_FLAIR_TI_MS[0] <= ti <= T1_FLAIR_TI_MS[1] and te <= SHORT_ECHO_MS else ""
    if STIR_TI_MS[0] <= ti <= STIR_TI_MS[1] and tr >= LONG_TR_MS:
        return Weighting.STIR
    if FLAIR_TI_MS[0] <= ti <= FLAIR_TI_MS[1] and tr >= FLAIR_TR_MS and te >= T2_TE_MS:
        return Weighting.FLAIR
    if T1_FLAIR_TI_MS[0] <= ti <= T1_FLAIR_TI_MS[1] and te <= PD_TE_MS:
        return Weighting.T1
    return ""


def _spin_echo(tr: float, te: float, field_t: float | None) -> str:
    """Without a field strength the shorter limit holds."""
    if tr <= T1_SPIN_ECHO_TR_MS[field_t is not None and field_t >= HIGH_FIELD_T] and te <= T1_TE_MS:
        return Weighting.T1
    if tr >= LONG_TR_MS and te >= T2_TE_MS:
        return Weighting.T2
    return Weighting.PD if tr >= LONG_TR_MS and te <= PD_TE_MS else ""


def _gradient_echo(acquisition: Acquisition, tr: float, te: float) -> str:
    """Spoiled and short: T1 from a flip of 8° (3-D, TR ≤ 50 ms) or 50° (2-D, TR 50–500 ms) on; long TE: T2*.

    A steady state that is not spoiled mixes T1 and T2 and has no weighting here.
    """
    technique = acquisition.technique
    flip = technique.flip_angle_deg
    spoiled = "SP" in technique.sequence_variant
    if te >= T2_STAR_TE_MS:
        return Weighting.T2_STAR if spoiled or "SS" not in technique.sequence_variant else ""
    if flip is None or te > SHORT_ECHO_MS:
        return ""
    if "SS" in technique.sequence_variant and not spoiled:
        return ""
    if tr <= 50.0:
        return Weighting.T1 if flip >= 8.0 and spoiled else ""
    return Weighting.T1 if tr <= 500.0 and flip >= 50.0 else ""
