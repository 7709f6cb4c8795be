"""What the rules say and why, what must be said with it, and what would change it."""

from __future__ import annotations

from inference.assessment import Assessment, Recommendation, RecommendationStatus
from inference.findings import Verdict
from inference.messages.catalogue import Catalogue
from inference.messages.message import Message
from inference.rules.obligatory import CCRT_STATEMENT
from inference.rules.performance import FIGURES
from reports.figures.style import PAPER
from reports.figures.verdict_mark import verdict_mark
from reports.paper.blocks import Block, Card, Columns, Gap, Mark, Stack, TextBlock
from reports.paper.flow import Section
from reports.paper.sheet import (
    ACCENT_TINT,
    BODY,
    BODY_STRONG,
    HEADLINE,
    HEADLINE_SMALL,
    LABEL,
    QUIET,
    REFUSED_TINT,
    SMALL,
)
from reports.sections.rule_table import rule_table
from reports.wording import (
    all_reasons,
    is_by_site,
    not_considered_line,
    recommendation_name,
    rule_set_name,
    strength_line,
)

_HEADLINE_WIDTH = 190.0
CCRT_SENTENCE = Message(CCRT_STATEMENT)


def recommendation_section(assessment: Assessment, catalogue: Catalogue) -> Section:
    """Beside the table of the rules: the recommendation, or prominently why there is none."""
    recommendation = assessment.recommendation
    catalogue = catalogue.with_texts(recommendation.texts)
    table = [Gap(5), rule_table(recommendation, catalogue)]
    if recommendation.status is RecommendationStatus.GIVEN:
        heading = "report.section.recommendation"
        beside = Stack([*table, *_small_print(recommendation, catalogue)])
        answer = Columns([_given(recommendation, catalogue), beside], (46, 54), 16.0)
        blocks: list[Block] = [Stack([Gap(3), answer])]
    else:
        heading = "report.section.withheld"
        blocks = [*_withheld(assessment, catalogue), Stack(table)]
    return Section(catalogue.text(heading), blocks, rules_line(recommendation, catalogue))


def rules_line(recommendation: Recommendation, catalogue: Catalogue) -> str:
    """Which rule set in which version, and which of its rows; a site's rules are called so."""
    name = _set_in_print(recommendation.rule_set, catalogue)
    line = catalogue.text("report.rules.name", name=name, version=recommendation.rule_version)
    row = "report.rules.no_row" if recommendation.row is None else "report.rules.row"
    parts = [line, catalogue.text(row, row=recommendation.row or 0)]
    if is_by_site(recommendation):
        parts.insert(0, catalogue.text("report.rules.site"))
    return " · ".join(parts)


def _set_in_print(name: str, catalogue: Catalogue) -> str:
    in_print = f"report.rule_set.{name}"
    return catalogue.text(in_print) if catalogue.has(in_print) else rule_set_name(name, catalogue)


def spoken_statements(recommendation: Recommendation) -> tuple[Message, ...]:
    """The sentences that stand beside a recommendation; CCRT is never printed without its own."""
    statements = recommendation.statements
    if recommendation.recommend == "ccrt" and CCRT_SENTENCE.id not in {each.id for each in statements}:
        return (CCRT_SENTENCE, *statements)
    return statements


def _given(recommendation: Recommendation, catalogue: Catalogue) -> Block:
    name = recommendation_name(recommendation.recommend or "", catalogue)
    headline = HEADLINE if HEADLINE.width(name) <= _HEADLINE_WIDTH else HEADLINE_SMALL
    blocks: list[Block] = [TextBlock(name, headline)]
    if strength := strength_line(recommendation, catalogue):
        blocks.append(TextBlock(strength, QUIET))
    blocks.append(Gap(3))
    blocks += [
        TextBlock(catalogue.render(each), BODY) for each in (*recommendation.reasons, *recommendation.text)
    ]
    for statement in spoken_statements(recommendation):
        if statement.id not in FIGURES:
            blocks += [Gap(5), TextBlock(catalogue.render(statement), BODY_STRONG)]
    return Card(Stack(blocks), ACCENT_TINT, PAPER.accent)


def _small_print(recommendation: Recommendation, catalogue: Catalogue) -> list[Block]:
    """What would change it, what was not considered, and how the pack fared in its cohorts."""
    blocks: list[Block] = []
    if recommendation.would_change:
        blocks += [Gap(7), TextBlock(catalogue.text("report.would_change"), LABEL)]
        blocks += [TextBlock(catalogue.render(change), SMALL) for change in recommendation.would_change]
    if left_out := not_considered_line(recommendation, catalogue):
        blocks += [Gap(5), TextBlock(left_out, SMALL)]
    for statement in recommendation.statements:
        if statement.id in FIGURES:
            blocks += [Gap(3), TextBlock(catalogue.render(statement), SMALL)]
    return blocks


def _withheld(assessment: Assessment, catalogue: Catalogue) -> list[Block]:
    """Headline, one band per reason, closing remark: bands of one ground that may fall on two pages."""
    headline = TextBlock(catalogue.text("report.withheld.headline"), HEADLINE.coloured(PAPER.refused))
    head = Columns([Mark(verdict_mark(Verdict.REFUSED, 14), HEADLINE), headline], (1, 34), 7.0)
    reasons = [
        TextBlock(catalogue.render(each), BODY_STRONG, bullet=True) for each in all_reasons(assessment)
    ]
    remark = TextBlock(catalogue.text("report.withheld.no_number"), QUIET)
    first, *others = [_band(head, 8.0), *(_band(reason, 1.5) for reason in reasons), _band(remark, 7.0)]
    return [Stack([Gap(3), first, *others[:1]]), *others[1:]]


def _band(content: Block, room: float) -> Card:
    return Card(content, REFUSED_TINT, PAPER.refused, room=room, radius=0.0)
