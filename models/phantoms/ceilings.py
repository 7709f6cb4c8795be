"""``python -m models.phantoms.ceilings``: what could be attained at best in the synthetic cohorts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from models.phantoms import gc_outcome, gnen_outcome, lagc_outcome, npc_outcome, pnen_outcome
from models.phantoms.ct_population import COHORTS, Ceilings

DRAWS, SURVIVAL_DRAWS = 400_000, 20_000


def ceilings_page(draws: int = DRAWS, survival_draws: int = SURVIVAL_DRAWS, seed: int = 0) -> str:
    """Tables of AUC, the nasopharynx first, and one of C; a line per study and cohort."""
    areas: list[tuple[str, str, Ceilings]] = []
    for cohort in COHORTS:
        areas.append(("LAGC, good response", cohort, lagc_outcome.response_ceilings(cohort, draws, seed)))
    for cohort in COHORTS:
        areas.append(("GC, relapse", cohort, gc_outcome.relapse_ceilings(cohort, draws, seed)))
    for cohort in ("training", "external"):
        both = pnen_outcome.recurrence_ceilings(cohort, draws, seed)
        areas.append(("pNEN, recurrence, arterial phase", cohort, both.arterial))
        areas.append(("pNEN, recurrence, venous phase", cohort, both.venous))
    concordances: list[tuple[str, str, Ceilings]] = []
    for cohort in COHORTS:
        found = lagc_outcome.survival_ceilings(cohort, survival_draws, seed)
        concordances.append(("LAGC, survival after NCT", cohort, found))
    for cohort in COHORTS:
        concordances.append(
            ("gNEN, survival", cohort, gnen_outcome.survival_ceilings(cohort, survival_draws, seed))
        )
    signature = ", ".join(f"{gc_outcome.signature_ceiling(cohort, draws, seed):.3f}" for cohort in COHORTS)
    return "\n\n".join(
        [
            _npc_table(draws, seed),
            _table("AUC", areas),
            f"GC, the five values of the published clinical signature: {signature}.",
            _table("C", concordances),
        ]
    )


def _npc_table(draws: int, seed: int) -> str:
    lines = ["| AUC at best, nasopharynx | latent | image and form |", "| --- " * 3 + "|"]
    regimens: tuple[tuple[npc_outcome.Regimen, str], ...] = (("ccrt", "CCRT"), ("ic_ccrt", "IC + CCRT"))
    for regimen, name in regimens:
        found = npc_outcome.bayes_ceiling(regimen, draws, seed)
        lines.append(f"| {name} | {found.auc_latent:.3f} | {found.auc_attainable:.3f} |")
    return "\n".join(lines)


def _table(measure: str, rows: Sequence[tuple[str, str, Ceilings]]) -> str:
    lines = [
        f"| {measure} at best | cohort | image | form | image and form | latent |",
        "| --- " * 6 + "|",
    ]
    lines += [
        f"| {name} | {cohort} | {c.image:.3f} | {c.clinical:.3f} | {c.full:.3f} | {c.latent:.3f} |"
        for name, cohort, c in rows
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--survival-draws", type=int, default=SURVIVAL_DRAWS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    print(ceilings_page(options.draws, options.survival_draws, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
