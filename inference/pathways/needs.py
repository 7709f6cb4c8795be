"""The clinical values that a pack's scores need, in the order in which its pathway lets them answer."""

from __future__ import annotations

from collections.abc import Iterable

from inference.clinical.missing_costs import PathwayNeeds, ScoreNeeds
from inference.packs.manifest import Manifest
from inference.pathways.pathway import load_pathway


def needs_of(manifest: Manifest) -> PathwayNeeds:
    """What the scores of a pack need; nothing for a pack whose networks answer by treatment."""
    if manifest.treatments:
        return PathwayNeeds()
    pathway = load_pathway(manifest.study)
    own, inside = _terms(manifest)
    replaced = {one.by: one.field for one in pathway.replacements}
    held = {score.name for score in manifest.scores}

    def fields(score: str) -> frozenset[str]:
        return own.get(score, frozenset()).union(*(fields(name) for name in inside.get(score, ())))

    def needs(scores: Iterable[str]) -> tuple[ScoreNeeds, ...]:
        return tuple(ScoreNeeds(name, fields(name)) for name in scores if name in held)

    return PathwayNeeds(
        needs(one.score for one in pathway.answers),
        needs(one.score for one in pathway.beside),
        (*pathway.needed_first, *(by for by, field in replaced.items() if field in pathway.needed_first)),
    )


def _terms(manifest: Manifest) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """By score: the fields of its own terms, and the scores that it reads."""
    own = {model.name: model.clinical_fields for model in manifest.linear_models}
    inside = {model.name: model.scores_needed for model in manifest.linear_models}
    for machine in manifest.support_vector_machines:
        terms = frozenset(term.field for term in machine.terms)
        own[machine.name] = own.get(machine.name, frozenset()) | terms
    return own, inside
