"""Dealt-out outcomes are judged against one half, and a leak is not talked away."""

import pytest

from models.results.figures import DealtOut
from models.results.permuted_section import Permuted, PermutedModel, PermutedStudy, permuted_section

CHANCE, LEAK = (0.48, 0.53, 0.5, 0.47, 0.52), (0.64, 0.66, 0.65, 0.63, 0.67)


def permuted(**areas):
    models = {name: PermutedModel(measure="AUC", areas=values) for name, values in areas.items()}
    return Permuted(studies={"gnen-os": PermutedStudy(setting="60 phantoms, 3 folds", models=models)})


def test_chance_is_within_three_standard_errors():
    text = "\n".join(permuted_section(permuted(dl=CHANCE), (), ("gnen-os", "npc-residual")))
    assert "| `gnen-os` | dl | AUC 0.500 ± 0.011 | 5 | yes |" in text
    assert "All 1 lie within 3 standard errors" in text
    assert "Not permuted: `npc-residual`." in text


def test_a_leak_is_printed_in_bold():
    text = "\n".join(permuted_section(permuted(dl=CHANCE, clinical=LEAK), (), ("gnen-os",)))
    assert "| **no** |" in text and "**1 of 2 lie further than 3 standard errors from 0.5.**" in text


def test_a_studys_own_run_counts_too():
    own = DealtOut("npc-residual", "CCRT, last epoch", "AUC", 0.52, 0.02, 5)
    text = "\n".join(permuted_section(None, (own,), ("npc-residual",)))
    assert "| `npc-residual` | CCRT, last epoch | AUC 0.520 ± 0.020 | 5 | yes |" in text
    assert "Not permuted" not in text


def test_without_a_document_there_are_no_figures():
    assert permuted_section(None, (), ("gnen-os",))[1] == "**No figures.** Not permuted: `gnen-os`."


def test_the_standard_error_is_that_of_the_mean():
    pooled = PermutedModel(measure="AUC", areas=CHANCE).pooled("gnen-os", "dl")
    assert pooled.standard_error == pytest.approx(0.0255 / 5**0.5, abs=1e-4)
