"""The phase of a CT as its pixels show: how bright aorta, liver, kidneys and liver veins are to one another.

Unenhanced blood measures 30 to 50 HU and liver 50 to 65 HU.  In the late arterial phase the aorta rises to
about 300 HU and the liver by no more than 20 to 30 HU; in the portal-venous phase the liver takes its full
50 HU while the aorta has fallen to 120 to 180 HU and the veins are as bright; later both fall together, and
urine turns bright from about three minutes on.  Sources: Bae, Radiology 2010;256:32–61; the phase
definitions of LI-RADS v2018.  Between the ranges below nothing is claimed.
"""

from __future__ import annotations

from typing import Final

from inference.meaning.anatomy import Anatomy
from inference.meaning.opinion import NO, YES, Evidence, Opinion, Phase, Source, evidence

BLOOD_HU: Final = 40.0
LIVER_HU: Final = 55.0
PLAIN_AORTA_HU: Final = 66.0
"""Three standard deviations above unenhanced blood; above it and below 85 HU nothing is claimed."""

ENHANCED_AORTA_HU: Final = 85.0
PLAIN_LIVER_HU: Final = 78.0
PLAIN_KIDNEY_HU: Final = 60.0
ENHANCED_KIDNEY_HU: Final = 95.0
ARTERIAL_AORTA_HU: Final = 200.0
PORTAL_AORTA_HU: Final = 120.0
PORTAL_AORTA_ALONE_HU: Final = 130.0
"""Without kidneys nothing excludes three minutes, when the aorta may still measure 125 HU."""

DELAYED_AORTA_HU: Final = 110.0
ARTERIAL_SHARE: Final = 0.18
"""Largest share of the aorta's enhancement that the liver has taken up in the arterial phase."""

PORTAL_SHARE: Final = (0.25, 0.65)
DELAYED_SHARE: Final = 0.45
VEIN_SHARE: Final = 0.7
"""Liver veins with this share of the aorta's enhancement are filled: no longer arterial."""

CORTEX_LEAD_HU: Final = 60.0
MEDULLA_HU: Final = 120.0
_EXCRETED_CM2: Final = 0.3


def phase_by_pixels(anatomy: Anatomy) -> Opinion:
    """The phase that the organs' HU allow; unknown where they allow none or more than one."""
    listed = list(measured(anatomy))
    phase, reason = _phase(anatomy)
    if reason is not None:
        listed.append(reason)
    return Opinion(phase, Source.PIXELS if phase else Source.NOBODY, tuple(listed))


def contrast_by_pixels(anatomy: Anatomy) -> Opinion:
    """Whether vessels or kidneys are enhanced: yes, no, or unknown."""
    value = _enhancement(anatomy)
    listed = tuple(measured(anatomy))
    return Opinion(value, Source.PIXELS if value else Source.NOBODY, listed)


def measured(anatomy: Anatomy) -> list[Evidence]:
    """One line for every organ that was looked for: HU, pixels and slice, or that it was not found."""
    listed = []
    organs = (("aorta", anatomy.aorta), ("liver", anatomy.liver), ("liver_vessels", anatomy.liver_vessels))
    for name, organ in (*organs, ("spleen", anatomy.spleen)):
        if organ is None:
            if name in ("aorta", "liver"):
                listed.append(evidence("organ_not_found", organ=f"organ.{name}"))
            continue
        listed.append(
            evidence(
                "organ_hu",
                organ=f"organ.{name}",
                hu=round(organ.hu),
                pixels=organ.pixels,
                slice=anatomy.slice_number(organ.middle),
            )
        )
    kidneys = anatomy.kidneys
    if kidneys is None:
        listed.append(evidence("no_kidneys", span=round(anatomy.sample.span_mm)))
    else:
        listed.append(
            evidence(
                "kidneys_hu",
                cortex=round(kidneys.cortex_hu),
                medulla=round(kidneys.medulla_hu),
                pixels=kidneys.pixels,
                slice=anatomy.slice_number(kidneys.middle),
            )
        )
    return listed


def _enhancement(anatomy: Anatomy) -> str:
    """Yes or no where blood, liver and kidneys allow one answer.

    A faintly bright aorta needs a bright liver beside it, and none is believed against plain kidneys.
    """
    aorta, liver, kidneys = anatomy.aorta, anatomy.liver, anatomy.kidneys
    if kidneys is not None and kidneys.cortex_hu >= ENHANCED_KIDNEY_HU:
        return YES
    plain_kidneys = kidneys is not None and kidneys.cortex_hu <= PLAIN_KIDNEY_HU
    plain_liver = liver is not None and liver.hu <= PLAIN_LIVER_HU
    if aorta is not None and aorta.hu > PLAIN_AORTA_HU:
        bright = aorta.hu >= PORTAL_AORTA_HU
        both = aorta.hu >= ENHANCED_AORTA_HU and liver is not None and not plain_liver
        return YES if (bright or both) and not plain_kidneys else ""
    if kidneys is not None and not plain_kidneys:
        return ""
    if aorta is not None and (liver is None or plain_liver):
        return NO
    return NO if plain_kidneys and plain_liver else ""


def _phase(anatomy: Anatomy) -> tuple[str, Evidence | None]:
    enhancement = _enhancement(anatomy)
    if enhancement == NO:
        return Phase.UNENHANCED, evidence("nothing_enhanced", Phase.UNENHANCED)
    aorta, liver = anatomy.aorta, anatomy.liver
    if enhancement == YES and _has_excretion(anatomy):
        return _excretion(anatomy)
    if enhancement != YES or aorta is None or aorta.hu < ENHANCED_AORTA_HU:
        return "", None
    blood = aorta.hu - BLOOD_HU
    if liver is None:
        if _is_corticomedullary(anatomy) and aorta.hu >= ARTERIAL_AORTA_HU:
            return Phase.ARTERIAL, evidence("cortex_leads", Phase.ARTERIAL)
        return "", None
    share = (liver.hu - LIVER_HU) / blood
    veins = anatomy.liver_vessels
    filled = veins is not None and veins.hu - BLOOD_HU >= VEIN_SHARE * blood
    candidates = set()
    bright = aorta.hu >= ARTERIAL_AORTA_HU or (aorta.hu >= 150.0 and _is_corticomedullary(anatomy))
    if bright and share <= ARTERIAL_SHARE and not filled:
        candidates.add(Phase.ARTERIAL)
    least = PORTAL_AORTA_HU if anatomy.kidneys is not None else PORTAL_AORTA_ALONE_HU
    if aorta.hu >= least and not _is_corticomedullary(anatomy):
        in_range = PORTAL_SHARE[0] <= share <= PORTAL_SHARE[1]
        fatty = share < PORTAL_SHARE[0] and filled and aorta.hu < ARTERIAL_AORTA_HU
        if in_range or fatty:
            candidates.add(Phase.PORTAL_VENOUS)
    if aorta.hu < DELAYED_AORTA_HU and share >= DELAYED_SHARE:
        candidates.add(Phase.DELAYED)
    phase = candidates.pop() if len(candidates) == 1 else ""
    return phase, evidence(
        "liver_against_aorta", phase, difference=round(aorta.hu - liver.hu), percent=round(100 * share)
    )


def _excretion(anatomy: Anatomy) -> tuple[str, Evidence | None]:
    """Bright urine is late, unless aorta or kidneys contradict: a stone, or a second injection."""
    aorta, kidneys = anatomy.aorta, anatomy.kidneys
    too_early = aorta is not None and aorta.hu >= ARTERIAL_AORTA_HU
    too_faint = kidneys is None or kidneys.cortex_hu < ENHANCED_KIDNEY_HU
    if too_early or too_faint:
        return "", evidence("urine_enhanced_early")
    return Phase.DELAYED, evidence("urine_enhanced", Phase.DELAYED)


def _is_corticomedullary(anatomy: Anatomy) -> bool:
    """Bright rim and dark inside: the kidneys' first minute."""
    kidneys = anatomy.kidneys
    if kidneys is None:
        return False
    return kidneys.cortex_hu - kidneys.medulla_hu >= CORTEX_LEAD_HU and kidneys.medulla_hu <= MEDULLA_HU


def _has_excretion(anatomy: Anatomy) -> bool:
    kidneys = anatomy.kidneys
    return kidneys is not None and kidneys.excreted_pixels * anatomy.sample.pixel_cm2 >= _EXCRETED_CM2
