"""What the audit cannot show."""

from __future__ import annotations

from typing import Final

from inference.messages.catalogue import Catalogue
from inference.rules.decision_audit import DecisionAudit
from inference.rules.rule_book import RESIDUAL
from reports.paper.blocks import Block, Gap, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import SMALL

_MANY: Final = 200


def limits_section(audit: DecisionAudit, catalogue: Catalogue) -> Section:
    """One bullet for each limit; those that hang on numbers carry them."""
    rows: list[Block] = [Gap(2)]
    rows += [TextBlock(sentence, SMALL, bullet=True) for sentence in _sentences(audit, catalogue)]
    return Section(catalogue.text("audit.section.limits"), rows)


def _sentences(audit: DecisionAudit, catalogue: Catalogue) -> list[str]:
    residual = sum(each.decision.actual == RESIDUAL for each in audit.judged)
    sentences = [
        catalogue.text("audit.limit.not_randomised"),
        catalogue.text("audit.limit.left_out", residual=residual, patients=audit.patients),
        catalogue.text("audit.limit.not_necessary"),
        catalogue.text("audit.limit.word"),
        catalogue.text("audit.limit.trained"),
        *_small_numbers(audit, catalogue),
    ]
    if audit.synthetic:
        sentences.append(
            catalogue.text("audit.limit.synthetic", count=audit.synthetic, patients=audit.patients)
        )
    return sentences


def _small_numbers(audit: DecisionAudit, catalogue: Catalogue) -> list[str]:
    sizes = (audit.as_judged.physician.determinable, audit.as_judged.model.determinable)
    if not 0 < min(sizes) < _MANY:
        return []
    physician, model = (f"{100 / size:.1f}" for size in sizes)
    return [catalogue.text("audit.limit.one_patient", physician=physician, model=model)]
