"""What the result is not: the standing limits, the pack's own, and what intake noticed about the scan."""

from __future__ import annotations

from inference.assessment import Assessment
from inference.messages.catalogue import Catalogue
from reports.paper.blocks import Block, Gap, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import SMALL
from reports.wording import stated_text


def limits_section(assessment: Assessment, catalogue: Catalogue) -> Section:
    """One bullet per limit, each once; of treatments and of folds only where the answer has them."""
    standing = ["report.limit.not_a_device"]
    if any(prediction.treatment for prediction in assessment.predictions):
        standing.append("report.limit.prediction")
    if any(len(prediction.fold_scores) > 1 for prediction in assessment.predictions):
        standing.append("report.limit.folds")
    sentences = [catalogue.text(message_id) for message_id in standing]
    sentences += [stated_text(limit, catalogue) for limit in assessment.limits]
    rows: list[Block] = [Gap(2)]
    rows += [TextBlock(sentence, SMALL, bullet=True) for sentence in dict.fromkeys(sentences)]
    return Section(catalogue.text("report.section.limits"), rows)


def findings_section(assessment: Assessment, catalogue: Catalogue) -> Section | None:
    """What intake noticed about the scan; None when there is nothing."""
    if not assessment.findings:
        return None
    rows: list[Block] = [Gap(2)]
    rows += [TextBlock(catalogue.render(each), SMALL, bullet=True) for each in assessment.findings]
    return Section(catalogue.text("report.section.findings"), rows)
