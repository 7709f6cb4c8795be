"""What the result is not: the standing limits, the pack's own, and what intake noticed about the scan."""

from __future__ import annotations

from inference.assessment import Assessment
from inference.messages.catalogue import Catalogue
from reports.paper.blocks import Block, Gap, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import SMALL
from reports.wording import PACKS_SPEAK, stated_text


def limits_section(assessment: Assessment, catalogue: Catalogue) -> Section:
    """One bullet per limit, each once; of treatments and of folds only where the answer has them."""
    standing = ["report.limit.not_a_device"]
    if any(prediction.treatment for prediction in assessment.predictions):
        standing.append("report.limit.prediction")
    if any(len(prediction.fold_scores) > 1 for prediction in assessment.predictions):
        standing.append("report.limit.folds")
    sentences = [catalogue.text(message_id) for message_id in standing]
    sentences += pack_limits(assessment, catalogue)
    rows: list[Block] = [Gap(2)]
    rows += [TextBlock(sentence, SMALL, bullet=True) for sentence in dict.fromkeys(sentences)]
    return Section(catalogue.text("report.section.limits"), rows)


def pack_limits(assessment: Assessment, catalogue: Catalogue) -> list[str]:
    """The pack's own limits in the report's language; where the pack has none in it, that is said first."""
    translated = assessment.translated_limits.get(catalogue.language)
    if translated is not None:
        return list(translated)
    said = [stated_text(limit, catalogue) for limit in assessment.limits]
    as_written = any(not catalogue.has(limit) for limit in assessment.limits)
    is_foreign = as_written and catalogue.language != PACKS_SPEAK
    return [catalogue.text("report.limit.makers_words"), *said] if is_foreign else said


def findings_section(assessment: Assessment, catalogue: Catalogue) -> Section | None:
    """What intake noticed about the scan; None when there is nothing."""
    if not assessment.findings:
        return None
    rows: list[Block] = [Gap(2)]
    rows += [TextBlock(catalogue.render(each), SMALL, bullet=True) for each in assessment.findings]
    return Section(catalogue.text("report.section.findings"), rows)
