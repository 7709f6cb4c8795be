import numpy as np
import pytest

from inference.meaning.opinion import Phase
from models.phantoms.abdomen.anatomy import draw_abdomen
from models.phantoms.abdomen.gastric_lesion import draw_gastric_lesion
from models.phantoms.abdomen.largest_slice import render_tumour
from models.phantoms.abdomen.parameters import EnlargedNodes
from models.phantoms.abdomen.slice_frame import above_diaphragm
from models.phantoms.ct_populations import POPULATIONS
from tests.models.phantoms.abdomen.abdomen_cases import gastric

# Small in the fundus beside the diaphragm; smaller than two 5 mm slices; a small one of diffuse type.
HARDEST = (
    ("gc-recurrence", "training", 187),
    ("gc-recurrence", "training", 582),
    ("gc-recurrence", "training", 613),
    ("gc-recurrence", "training", 1493),
    ("gc-recurrence", "external", 27),
    ("lagc-response", "training", 190),
    ("lagc-response", "external", 59),
    ("gnen-os", "external", 29),
)


@pytest.mark.parametrize(("study", "cohort", "index"), HARDEST)
def test_a_tumour_that_is_hard_to_place_is_seen_and_as_large_as_its_form_says(
    study: str, cohort: str, index: int
) -> None:
    population = POPULATIONS[study]
    case = population.case_of(population.draw_cohort(cohort, index + 1, 0)[index])
    volume, mask = render_tumour(case, Phase.PORTAL_VENOUS, size=256)
    places = volume.geometry.index_to_lps(np.argwhere(mask))
    pixel = volume.geometry.spacing_mm[2]
    asked = case.tumour.long_diameter_mm * case.habitus.scale
    longest = float(np.linalg.norm(places[:, None] - places, axis=-1).max()) + pixel
    assert 0.55 * asked < longest < 1.2 * asked + case.scanner.step_mm


def test_a_tumour_under_the_diaphragm_sits_on_the_wall_that_it_leaves() -> None:
    case = gastric(index=187, site="upper", wall="greater", long_diameter_mm=12.0, nodes=EnlargedNodes())
    abdomen = draw_abdomen(case)
    x, y, z = draw_gastric_lesion(case, abdomen).centre
    assert above_diaphragm(abdomen, np.float32([x]), np.float32([y]), float(z))[0] < 0.0


def test_a_diffuse_tumour_shorter_than_the_stomach_is_wide_takes_one_side_of_the_wall() -> None:
    def lesion(long_diameter_mm: float) -> bool:
        case = gastric(site="middle", borrmann=4, long_diameter_mm=long_diameter_mm)
        return draw_gastric_lesion(case, draw_abdomen(case)).runs_around

    assert [lesion(length) for length in (20.0, 40.0, 90.0)] == [False, False, True]
