"""Case and pack in, Assessment out: the way through the house."""

from __future__ import annotations

from dataclasses import replace

from inference.answer import Answer
from inference.assessment import (
    RecommendationStatus,
)
from inference.case_input import CaseInput, StatedFacts, input_references
from inference.clinical.taken_over import statements_of
from inference.errors import InputError
from inference.findings import Verdict
from inference.guard.checks import check_inputs
from inference.inputs.taken_together import findings_by_scan
from inference.jobs import OnProgress, Progress, ShouldStop, ignore_progress, never_stop, stop_if_asked
from inference.masks.layer import MaskLayer
from inference.outcome import HeatMap, Outcome
from inference.packs.load import LoadedPack
from inference.pathways.pathway import load_pathway
from inference.prediction import PredictionStatus
from inference.predictors.asking import ask
from inference.predictors.npc_residual import propose_mask
from inference.release import refuse_idle_releases, released_by
from inference.rules.engine import recommend
from inference.rules.performance import pack_facts
from inference.rules.rule_book import DEFAULT_RULE_SET, RuleBook
from inference.rules.rule_file import rules_of

__all__ = [
    "CaseInput",
    "HeatMap",
    "Outcome",
    "StatedFacts",
    "assess",
    "can_segment",
    "check_inputs",
    "input_references",
    "require_pathway",
    "segment",
]


def require_pathway(pack: LoadedPack) -> None:
    """Refuse a pack whose study this version can show and verify, and not ask.

    Raises
    ------
    InputError
        When nothing says which of the pack's scores answers.
    """
    if pack.manifest.treatments:
        return
    try:
        load_pathway(pack.manifest.study)
    except InputError as error:
        raise InputError("error.study.no_pathway", study=pack.manifest.study, pack=pack.name) from error


def can_segment(pack: LoadedPack) -> bool:
    """True when the pack proposes a mask; else the reader draws or imports one."""
    return any(network.role == "segmenter" for network in pack.manifest.networks)


def segment(
    case: CaseInput,
    pack: LoadedPack,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> MaskLayer:
    """The mask that the pack's segmenter proposes; it is empty where the network finds nothing.

    Raises
    ------
    InputError
        When the pack answers no case, has no segmenter, or the guard refuses the scan for it.
    Cancelled
        Within half a second of being asked to stop.
    """
    require_pathway(pack)
    if not can_segment(pack):
        raise InputError("error.pack.no_segmenter", pack=pack.name)
    for line in check_inputs(replace(case, mask=None), pack):
        if line.verdict is Verdict.REFUSED:
            raise InputError("error.scan.refused", check=line.name, pack=pack.name)
    return propose_mask(case.volume, pack, on_progress=on_progress, should_stop=should_stop)


def assess(
    case: CaseInput,
    pack: LoadedPack,
    *,
    rule_set: str = DEFAULT_RULE_SET,
    rules: RuleBook | None = None,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> Outcome:
    """Answer one case, or say why not: guard, segment where there is no mask, score, read the rules, explain.

    The result is the same for the same input, build, provider, threads and CPU class.  A withheld answer
    carries no number of the patient's and no heat map.  ``rules`` are a site's own; without them those that
    the pack asks for are read.

    Raises
    ------
    InputError
        For a pack that answers no case yet, an unknown rule set, rules or a record of another study, or a
        release of what may not be released or was not found.
    PackError
        When a network of the pack was altered or does not fit the manifest.
    Cancelled
        Within half a second of being asked to stop.
    """
    require_pathway(pack)
    book = rules_of(pack.manifest, rules)
    book.rule_set(rule_set)
    answer = Answer(case, pack, book, rule_set)
    for name, scan, found in findings_by_scan(case):
        unlike_studied = () if name else answer.eligibility.findings
        refuse_idle_releases(scan.stated.releases, (*found, *unlike_studied))

    on_progress(Progress(0, 1, "stage.checking"))
    if (barred := answer.barred()) is not None:
        return barred
    stop_if_asked(should_stop)

    if case.mask is None and can_segment(pack):
        mask = propose_mask(case.volume, pack, on_progress=on_progress, should_stop=should_stop)
        answer = replace(answer, case=replace(case, mask=mask))
        if (barred := answer.barred()) is not None:
            return barred

    asked = ask(answer.case, pack, on_progress, should_stop)
    stop_if_asked(should_stop)
    answer = answer.with_later(asked.guard)
    if asked.reasons:
        return answer.withheld(PredictionStatus.NOT_ESTIMABLE, asked.reasons)
    if (barred := answer.barred()) is not None:
        return barred

    on_progress(Progress(0, 1, "stage.recommending"))
    recommendation = recommend(book, rule_set, asked.readings, case.record, pack_facts(pack))
    if recommendation.status is RecommendationStatus.WITHHELD:
        return answer.withheld(PredictionStatus.WITHHELD, recommendation.reasons)
    releases, unlike = case.stated.releases, answer.eligibility
    of_scans = [
        one
        for _, scan, found in findings_by_scan(case)
        for one in scan.stated.releases
        if one.code in {finding.code for finding in found}
    ]
    released = (*unlike.released(releases), *released_by(of_scans), *statements_of(case.record))
    beside = (*recommendation.statements, *unlike.statements, *released)
    recommendation = replace(recommendation, statements=beside)

    explained = asked.explain(on_progress, should_stop)
    stop_if_asked(should_stop)
    assessment = answer.assessment(explained.predictions, recommendation)
    return Outcome(assessment, answer.case.mask, asked.heat_maps, explained.explanation, asked.readings)
