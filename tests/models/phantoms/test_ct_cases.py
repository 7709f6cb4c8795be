from dataclasses import replace

import numpy as np
import pytest

from models.phantoms import gc_population, gnen_population, lagc_population, pnen_population
from models.phantoms.abdomen.parameters import GastricTumour, PancreaticTumour
from models.phantoms.ct_cases import gc_case, gnen_case, lagc_case, pnen_case


def gastric(tumour: object) -> GastricTumour:
    assert isinstance(tumour, GastricTumour)
    return tumour


def test_a_resistant_stomach_cancer_looks_aggressive() -> None:
    patient = lagc_population.draw_cohort("training", 1)[0]
    looks = gastric(lagc_case(patient).tumour).looks
    assert looks.portal_venous.signal == looks.arterial.signal == -patient.image_signal_i


def test_only_the_signal_changes_with_the_image_signal() -> None:
    patient = gc_population.draw_cohort("training", 1)[0]
    one, other = gc_case(patient), gc_case(replace(patient, image_signal_i=2.5, latent_s=9.0))
    assert one.habitus == other.habitus
    assert gastric(other.tumour).looks.portal_venous.signal == 2.5
    assert replace(gastric(one.tumour), looks=gastric(other.tumour).looks) == other.tumour


def test_gastric_tumours_take_size_site_and_depth_from_the_form() -> None:
    for patient in lagc_population.draw_cohort("internal", 60):
        tumour = gastric(lagc_case(patient).tumour)
        assert tumour.long_diameter_mm == pytest.approx(10.0 * patient.maximum_diameter_cm)
        assert tumour.thickness_mm == patient.wall_thickness_mm
        assert tumour.site == patient.location
        assert f"T{tumour.ct_stage}" == patient.ct_stage
        assert (tumour.nodes.count == 0) == (patient.cn_stage == "N0")


def test_phases_of_a_neuroendocrine_tumour_carry_their_own_signals() -> None:
    for patient in gnen_population.draw_cohort("external", 30):
        looks = gastric(gnen_case(patient).tumour).looks
        assert looks.arterial.signal == patient.arterial_signal_i
        assert looks.portal_venous.signal == patient.venous_signal_i
        assert looks.arterial.confounder == looks.portal_venous.confounder


def test_no_neuroendocrine_tumour_is_too_small_to_be_cut_by_a_slice() -> None:
    patients = gnen_population.draw_cohort("training", 400)
    assert min(p.long_diameter_mm for p in patients) < 8.0
    assert min(gastric(gnen_case(p).tumour).long_diameter_mm for p in patients) == 12.0


def test_both_phases_of_a_pancreatic_tumour_look_equally_varied() -> None:
    tumours = [pnen_case(p).tumour for p in pnen_population.draw_cohort("training", 400)]
    spread = [
        np.std([look.signal for look in looks])
        for looks in zip(*((t.looks.arterial, t.looks.portal_venous) for t in tumours), strict=True)
    ]
    assert spread[0] == pytest.approx(spread[1], rel=0.15)


def test_a_pancreatic_tumour_follows_its_findings() -> None:
    for patient in pnen_population.draw_cohort("training", 80):
        tumour = pnen_case(patient).tumour
        assert isinstance(tumour, PancreaticTumour)
        assert tumour.calcified == (patient.calcification == "yes")
        assert (tumour.duct_diameter_mm > 3.0) == (patient.pancreatic_duct == "dilated_or_cut")
        assert (tumour.boundary_mm > 2.0) == (patient.boundary == "unclear")
        assert (tumour.nodes.count > 0) == (patient.node_morphology != "normal")
    bright, dark = (
        pnen_case(replace(patient, ct_ratio_arterial=ratio)).tumour.looks.arterial.enhancement_hu
        for ratio in (1.4, 0.7)
    )
    assert bright > dark + 15.0
