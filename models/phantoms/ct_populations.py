"""The synthetic populations of the four CT studies, by study."""

from __future__ import annotations

from models.phantoms import gc_population, gnen_population, lagc_population, pnen_population
from models.phantoms.ct_cases import gc_case, gnen_case, lagc_case, pnen_case
from models.phantoms.ct_population import Population

POPULATIONS = {
    population.study: population
    for population in (
        Population(
            lagc_population.STUDY,
            lagc_population.COHORT_SIZES,
            lagc_population.draw_cohort,
            lagc_population.FORM,
            lagc_population.OBSERVED,
            lagc_population.TRUTH,
            lagc_case,
            lagc_population.ENROLMENT,
        ),
        Population(
            gc_population.STUDY,
            gc_population.COHORT_SIZES,
            gc_population.draw_cohort,
            gc_population.FORM,
            gc_population.OBSERVED,
            gc_population.TRUTH,
            gc_case,
            gc_population.ENROLMENT,
        ),
        Population(
            pnen_population.STUDY,
            pnen_population.COHORT_SIZES,
            pnen_population.draw_cohort,
            pnen_population.FORM,
            pnen_population.OBSERVED,
            pnen_population.TRUTH,
            pnen_case,
            pnen_population.ENROLMENT,
        ),
        Population(
            gnen_population.STUDY,
            gnen_population.COHORT_SIZES,
            gnen_population.draw_cohort,
            gnen_population.FORM,
            gnen_population.OBSERVED,
            gnen_population.TRUTH,
            gnen_case,
            gnen_population.ENROLMENT,
        ),
    )
}
