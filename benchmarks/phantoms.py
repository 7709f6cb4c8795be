"""How long a phase of the abdomen phantom takes on one core: 60 slices of 512², and six slices of a case.

Run: ``python -m benchmarks.phantoms``. Processor time, so that other programs hardly count.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.abdomen_volume import render_slices
from models.phantoms.ct_populations import POPULATIONS

SLICES, FEW = 60, 6


def seconds(study: str, index: int, slices: Sequence[int]) -> float:
    """Processor seconds to draw a patient's anatomy and render slices of it."""
    population = POPULATIONS[study]
    case = population.case_of(population.draw_cohort("training", index + 1, 0)[index])
    start = time.process_time()
    render_slices(case, Phase.ARTERIAL, slices)
    return time.process_time() - start


def main() -> None:
    """Print a line for every study."""
    for study, population in POPULATIONS.items():
        seconds(study, 0, (20,))
        case = population.case_of(population.draw_cohort("training", 1, 0)[0])
        step = (case.scanner.slices - 1) / (SLICES - 1)
        whole = seconds(study, 1, [round(k * step) for k in range(SLICES)])
        few = seconds(study, 2, range(18, 18 + FEW))
        print(f"{study:16} {SLICES} slices {whole:5.2f} s   {FEW} slices {few:5.2f} s")


if __name__ == "__main__":
    main()
