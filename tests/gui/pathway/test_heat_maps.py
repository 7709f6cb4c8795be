"""Heat maps are offered where a network gives a score, and not where networks give features."""

import pytest

from gui.pathway.heat_maps import gives_heat_maps
from tests.gui.panel_session import new_session
from tests.inference.predictors.test_study_answer import pack_of


@pytest.mark.parametrize(("study", "gives"), [("lagc-response", True), ("gnen-os", False)])
def test_a_pack_of_features_gives_none(study: str, gives: bool, qapp: object) -> None:
    assert gives_heat_maps(new_session(pack_of(study))) is gives
