from functools import cache

import numpy as np

from models.phantoms.pnen_population import PnenPatient, draw_cohort


@cache
def patients() -> tuple[PnenPatient, ...]:
    return draw_cohort("training", 2_000, 4)


def share(chosen: list[bool]) -> float:
    return float(np.mean(chosen))


def test_the_label_is_open_for_who_was_free_and_followed_too_briefly() -> None:
    for patient in patients():
        expected = (
            True if patient.recurrence_observed else None if patient.recurrence_free_months < 60.0 else False
        )
        assert patient.recurrence_by_60_months is expected


def test_solid_tumours_enhance_more_in_the_arterial_phase() -> None:
    ratio = {
        kind: np.mean([p.ct_ratio_arterial for p in patients() if p.composition == kind])
        for kind in ("solid", "mixed")
    }
    assert ratio["solid"] > ratio["mixed"] + 0.1


def test_ratio_and_relative_enhancement_of_a_phase_agree() -> None:
    arterial = [(p.ct_ratio_arterial, p.relative_enhancement_arterial) for p in patients()]
    assert np.corrcoef(np.array(arterial).T)[0, 1] > 0.7


def test_the_gland_behind_a_dilated_duct_is_more_often_atrophic() -> None:
    by_duct = {
        duct: share([p.pancreas_atrophy == "yes" for p in patients() if p.pancreatic_duct == duct])
        for duct in ("normal", "dilated_or_cut")
    }
    assert by_duct["dilated_or_cut"] > by_duct["normal"] + 0.2


def test_only_tumours_of_the_head_dilate_the_bile_duct() -> None:
    dilated = {p.location for p in patients() if p.bile_duct_dilated == "yes"}
    assert dilated == {"uncinate", "head-neck"}


def test_the_second_hospital_has_six_women_of_eighteen() -> None:
    women = [p.sex == "female" for seed in range(40) for p in draw_cohort("external", None, seed)]
    assert abs(share(women) - 6 / 18) < 0.07
