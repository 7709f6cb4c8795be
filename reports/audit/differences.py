"""Whether the two rates differ, by tests that say what they assume, and who was treated otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from inference.messages.catalogue import Catalogue
from inference.rules.decision_audit import DecisionAudit, TreatmentCount
from inference.statistics.comparisons.paired_proportions import ASSUMES_INDEPENDENCE
from inference.statistics.reasons import NotEstimable
from reports.audit.words import interval_text, p_value_text, points
from reports.paper.blocks import Block, Gap, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import LABEL, SMALL, SMALL_STRONG
from reports.wording import percent


def tests_section(audit: DecisionAudit, catalogue: Catalogue) -> Section:
    """The paired comparison first; the other with what it assumes."""
    blocks: list[Block] = [
        Gap(3),
        TextBlock(catalogue.text("audit.paired"), LABEL),
        *_mcnemar(audit, catalogue),
        *_difference(audit, catalogue),
        Gap(5),
        TextBlock(catalogue.text("audit.unpaired"), LABEL),
        *_pearson(audit, catalogue),
        Gap(5),
        TextBlock(catalogue.text("audit.tests.take_for_granted"), SMALL_STRONG),
    ]
    return Section(catalogue.text("audit.section.tests"), blocks)


def treatment_section(audit: DecisionAudit, catalogue: Catalogue) -> Section:
    """More and less treatment than the model would have given."""
    blocks: list[Block] = [Gap(3)]
    for name, count in (("over", audit.over_treatment), ("under", audit.under_treatment)):
        blocks += [
            TextBlock(catalogue.text(f"audit.treatment.{name}"), LABEL),
            TextBlock(_treated(name, count, catalogue), SMALL),
            Gap(5),
        ]
    blocks.append(TextBlock(catalogue.text("audit.treatment.remark"), SMALL_STRONG))
    return Section(catalogue.text("audit.section.treatment"), blocks)


def _mcnemar(audit: DecisionAudit, catalogue: Catalogue) -> list[Block]:
    pairs, test = audit.pairs, audit.mcnemar
    counts = {"total": pairs.total, "model": pairs.second_only, "physician": pairs.first_only}
    lines = [catalogue.text("audit.paired.counts", **counts)]
    if isinstance(test, NotEstimable):
        lines.append(catalogue.text("audit.mcnemar", result=catalogue.render(test.message)))
    else:
        lines.append(catalogue.text("audit.mcnemar", result=p_value_text(test.p_value, catalogue)))
        lines += _flags(test.flags, catalogue)
    return [TextBlock(line, SMALL) for line in lines]


def _difference(audit: DecisionAudit, catalogue: Catalogue) -> list[Block]:
    found = audit.difference
    if isinstance(found, NotEstimable):
        line = catalogue.text("audit.difference.none", result=catalogue.render(found.message))
        return [TextBlock(line, SMALL)]
    low, high = found.interval or (-1.0, 1.0)
    line = catalogue.text(
        "audit.difference",
        value=points(found.value),
        level=f"{100 * found.level:g}",
        low=points(low),
        high=points(high),
        method=catalogue.text(f"statistics.method.{found.method}"),
    )
    return [TextBlock(line, SMALL)]


def _pearson(audit: DecisionAudit, catalogue: Catalogue) -> list[Block]:
    test = audit.pearson
    if isinstance(test, NotEstimable):
        line = catalogue.text("audit.pearson.none", result=catalogue.render(test.message))
        return [TextBlock(line, SMALL)]
    statistic, p_value = f"{test.statistic:.2f}", p_value_text(test.p_value, catalogue)
    lines = [
        catalogue.text("audit.pearson", statistic=statistic, df=test.degrees_of_freedom, p=p_value),
        catalogue.text("audit.pearson.assumes"),
        *_flags([flag for flag in test.flags if flag != ASSUMES_INDEPENDENCE], catalogue),
    ]
    return [TextBlock(line, SMALL) for line in lines]


def _flags(flags: Sequence[str], catalogue: Catalogue) -> list[str]:
    return [
        catalogue.text("audit.caution", caution=catalogue.text(f"statistics.flag.{flag}")) for flag in flags
    ]


def _treated(name: str, count: TreatmentCount, catalogue: Catalogue) -> str:
    found = count.rate
    if isinstance(found, NotEstimable):
        return catalogue.text(f"audit.treatment.{name}.nobody")
    return catalogue.text(
        f"audit.treatment.{name}.count",
        count=count.patients,
        given=count.given,
        percent=percent(found.value, catalogue, 1),
        interval=interval_text(found, catalogue),
        residual=count.with_residual,
    )
