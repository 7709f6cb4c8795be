import pytest

from inference.meaning.anatomy import find_anatomy
from inference.meaning.axial_sample import take_sample
from inference.meaning.body_part_pixels import body_part_by_pixels
from inference.meaning.opinion import Phase
from inference.meaning.phase_pixels import phase_by_pixels
from models.phantoms.abdomen.abdomen_volume import render_slices, volume_geometry
from models.phantoms.abdomen.parameters import PHASES, AbdomenCase
from tests.models.phantoms.abdomen.abdomen_cases import gastric, pancreatic


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(
    "case", [gastric(), gastric("external", 3), pancreatic(index=1)], ids=["g", "ge", "p"]
)
def test_the_recogniser_takes_every_phase_for_itself_and_the_part_for_an_abdomen(
    case: AbdomenCase, phase: Phase
) -> None:
    geometry = volume_geometry(case.scanner, 256)
    sample = take_sample(
        geometry, range(case.scanner.slices), lambda k: render_slices(case, phase, (k,), size=256)[0][0]
    )
    assert sample is not None
    anatomy = find_anatomy(sample)
    assert phase_by_pixels(anatomy).value == phase
    assert body_part_by_pixels(anatomy).value == "ABDOMEN"
