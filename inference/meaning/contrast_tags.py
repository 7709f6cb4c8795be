"""Was contrast given, as the tags say: the agent, its route, the words, the injection's times."""

from __future__ import annotations

import re
from typing import Final

from inference.meaning.opinion import NO, YES, Evidence, Opinion, Source, agreed, evidence
from inference.meaning.timing import seconds_of
from inference.meaning.words import contrast_in
from inference.scan import Acquisition

_NO_AGENT: Final = frozenset({"NO", "NONE", "NOCONTRAST", "WITHOUT", "N", "0", "NIL", "OHNE", "无", "否"})
_BY_MOUTH: Final = re.compile(r"\b(ORAL|PO|RECTAL|WATER)\b|口服|灌肠")
_INTO_A_VEIN: Final = re.compile(r"\b(IV|I\.V\.?|INTRAVENOUS|INTRAVENEOUS|VENOUS|VEIN)\b|静脉")


def agent_says(acquisition: Acquisition) -> Evidence | None:
    """What (0018,0010) says; None when it is absent or empty, which means nothing either way.

    An agent that went by mouth alone says nothing about vessels.
    """
    written = acquisition.contrast_agent.strip()
    letters = "".join(character for character in written.upper() if character.isalnum())
    if not letters:
        return None
    if letters in _NO_AGENT:
        return evidence("agent_denied", NO, agent=written)
    route = acquisition.technique.contrast_route.upper()
    if _BY_MOUTH.search(route) and not _INTO_A_VEIN.search(route):
        return evidence("agent_by_mouth", agent=written, route=acquisition.technique.contrast_route)
    return evidence("agent_named", YES, agent=written)


def contrast_by_tags(acquisition: Acquisition) -> Opinion:
    """Yes, no or unknown; tags that contradict one another are unknown."""
    listed: list[Evidence] = []
    agent = agent_says(acquisition)
    if agent is not None:
        listed.append(agent)
    for text in (acquisition.series_description, acquisition.protocol_name):
        named = contrast_in(text)
        if len(named) == 1:
            listed.append(evidence(f"words_contrast_{named[0].value}", named[0].value, words=named[0].words))
            break
        if named:
            break
    technique = acquisition.technique
    if seconds_of(technique.contrast_start_time) is not None and technique.contrast_volume_ml:
        listed.append(evidence("injection_recorded", YES, volume=f"{technique.contrast_volume_ml:g}"))
    return agreed(listed, Source.TAGS)
