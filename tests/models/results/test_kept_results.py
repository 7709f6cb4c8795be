"""docs/results.md says what docs/results/ holds: whoever keeps a run writes the page anew."""

import json

import pytest

from models.phantoms import gc_outcome, gnen_outcome, lagc_outcome, npc_outcome, pnen_outcome
from models.results.home import HOME, REPOSITORY, TABLES, kept_run
from models.results.page import READERS
from models.results.permuted_section import PERMUTED_JSON, Permuted
from models.results.reading import read_document
from models.results.study_section import study_section

CEILING_DRAWS = 10_000


def test_every_study_that_can_be_kept_can_be_read():
    assert set(READERS) == set(TABLES)


def test_the_page_holds_the_section_of_every_kept_study():
    page = (REPOSITORY / "docs" / "results.md").read_text(encoding="utf-8")
    missing = [
        f"{study}: {part}"
        for study, (_, read) in READERS.items()
        if (run := kept_run(study, HOME)).is_there
        for part in study_section(read(run), None)
        if part not in page
    ]
    assert not missing, "write docs/results.md anew: make results"


def test_every_studys_protocol_earned_chance_on_dealt_out_outcomes():
    found = read_document(Permuted, HOME / PERMUTED_JSON).studies
    assert set(found) == set(READERS)
    for study, permuted in found.items():
        pooled = [one.pooled(study, name) for name, one in permuted.models.items()]
        assert pooled and all(one.permutations >= 20 for one in pooled)
        assert not [one for one in pooled if not one.is_chance]
        assert all(one.standard_error < 0.03 for one in pooled), "too rough to prove anything"


def present_ceilings():
    """What the generator allows now to the headline of each study, by a path into its kept document."""
    yield (
        ("npc-residual", "treatments", "ccrt", "ceilings", "generator", "attainable"),
        (npc_outcome.bayes_ceiling("ccrt", CEILING_DRAWS).auc_attainable),
    )
    yield (
        ("lagc-response", "response", "external", "models", "dlcs", "ceiling"),
        (lagc_outcome.response_ceilings("external", CEILING_DRAWS).full),
    )
    yield ("lagc-response", "os", "ceiling"), lagc_outcome.survival_ceilings("training").full
    yield (
        ("gc-recurrence", "cohorts", "external", "models", "dlfs", "ceiling"),
        (gc_outcome.relapse_ceilings("external", CEILING_DRAWS).full),
    )
    yield (
        ("pnen-recurrence", "ceilings", "training", "population", "arterial"),
        (pnen_outcome.recurrence_ceilings("training", CEILING_DRAWS).arterial.image),
    )
    yield (
        ("gnen-os", "cohorts", "training", "models", "combined", "ceiling"),
        (gnen_outcome.survival_ceilings("training").full),
    )


def test_kept_ceilings_are_those_of_the_present_phantoms():
    for (study, *path), present in present_ceilings():
        kept = json.loads((HOME / study / "result.json").read_text(encoding="utf-8"))
        for part in path:
            kept = kept[part]
        assert kept == pytest.approx(present, abs=0.012), (study, path)
