"""The phase of a CT as its tags say: times, words and the contrast agent."""

from __future__ import annotations

from inference.meaning.contrast_tags import agent_says
from inference.meaning.opinion import NO, YES, Evidence, Opinion, Phase, Source, agreed, evidence
from inference.meaning.timing import timing_evidence
from inference.meaning.words import phases_in
from inference.scan import Acquisition


def phase_by_tags(acquisition: Acquisition) -> Opinion:
    """One phase when times, words and agent do not contradict one another, else unknown with all of them.

    A series' own words count first; its protocol's, which the series of one examination share, only where
    the series names no phase.  A text that names two phases names none, and so does a test bolus, a split
    bolus, or a picture that seems older than its injection.
    """
    listed: list[Evidence] = []
    is_doubtful = False
    for text in (acquisition.series_description, acquisition.protocol_name):
        named = phases_in(text)
        if len(named) == 1:
            listed.append(
                evidence("words_phase", named[0].value, words=named[0].words, phase=f"phase.{named[0].value}")
            )
            break
        if named:
            listed.append(evidence("words_several_phases", words=", ".join(one.words for one in named)))
            is_doubtful = text == acquisition.series_description
            break
    times, forbidden = timing_evidence(acquisition)
    listed += times
    agent = agent_says(acquisition)
    if agent is not None and agent.points_to == NO:
        listed.append(Evidence(agent.message, Phase.UNENHANCED))
    elif agent is not None:
        listed.append(Evidence(agent.message))
    says_plain = any(one.points_to == Phase.UNENHANCED for one in listed)
    contradicted = says_plain and agent is not None and agent.points_to == YES
    return agreed(listed, Source.TAGS, is_doubtful=is_doubtful or forbidden or contradicted)
