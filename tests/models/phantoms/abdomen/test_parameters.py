import numpy as np
import pytest

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.ct_scanner import COHORTS, STUDIES, scanner_of
from models.phantoms.abdomen.parameters import (
    AbdomenCase,
    GastricTumour,
    HabitusParameters,
    Looks,
    PancreaticTumour,
    PhaseLook,
)

GASTRIC = GastricTumour("lower", "lesser", 3, 50.0, 16.0)
PANCREATIC = PancreaticTumour("tail", "solid", 24.0)


def test_builds_follow_body_mass_and_age() -> None:
    def builds(age: float, bmi: float) -> list[HabitusParameters]:
        rng = np.random.default_rng(0)
        return [HabitusParameters.draw(rng, age_years=age, sex="female", bmi_kg_m2=bmi) for _ in range(50)]

    lean, heavy, old = builds(50, 18), builds(50, 30), builds(80, 18)
    assert np.mean([h.visceral_fat for h in heavy]) > np.mean([h.visceral_fat for h in lean]) + 0.3
    assert np.mean([h.subcutaneous_fat_mm for h in heavy]) > 1.5 * np.mean(
        [h.subcutaneous_fat_mm for h in lean]
    )
    assert np.mean([h.muscle for h in old]) < np.mean([h.muscle for h in lean]) - 0.08


def test_a_phase_without_contrast_shows_the_signal_of_the_shape_and_no_enhancement() -> None:
    looks = Looks(PhaseLook(100.0, 1.0), PhaseLook(70.0, -1.0), shape_from="arterial")
    assert looks.of(Phase.ARTERIAL).enhancement_hu == 100.0
    assert looks.of(Phase.PORTAL_VENOUS).signal == -1.0
    assert (looks.of(Phase.UNENHANCED).enhancement_hu, looks.of(Phase.UNENHANCED).signal) == (0.0, 1.0)


def test_every_study_has_a_scanner_in_every_cohort_and_hospitals_differ() -> None:
    for study in STUDIES:
        sets = [scanner_of(study, cohort) for cohort in COHORTS]
        assert len({s.model for s in sets}) == 3
        assert sets[2].noise_hu > sets[0].noise_hu
    with pytest.raises(ValueError, match="no scanner"):
        scanner_of("npc-residual", "training")


def test_a_study_takes_its_own_kind_of_tumour() -> None:
    build = HabitusParameters()
    AbdomenCase("pnen-recurrence", "training", 0, 0, build, PANCREATIC)
    for study, tumour in (("gnen-os", PANCREATIC), ("pnen-recurrence", GASTRIC)):
        with pytest.raises(ValueError, match="takes a"):
            AbdomenCase(study, "training", 0, 0, build, tumour)


def test_lengths_outside_what_can_be_drawn_are_refused() -> None:
    with pytest.raises(ValueError, match="long diameter"):
        GastricTumour("lower", "lesser", 3, 3.0, 16.0)
    with pytest.raises(ValueError, match="duct"):
        PancreaticTumour("tail", "solid", 24.0, duct_diameter_mm=40.0)
    with pytest.raises(ValueError, match="scale"):
        HabitusParameters(scale=2.0)
