"""Cox regression against R, against a plain twin, and on data that give no answer."""

import pytest

from inference.statistics.design import design_of
from inference.statistics.regression.cox import fit_cox
from tests.inference.statistics.cox_tables import assert_fit
from tests.inference.statistics.oracles import Oracle, oracles


@pytest.mark.parametrize("oracle", oracles("survival"))
def test_multivariable_fits_are_those_of_r(oracle: Oracle) -> None:
    golden = oracle.section("cox")
    data, design = oracle.survival("dev"), design_of(oracle.table("dev"), oracle.terms())
    assert_fit(fit_cox(data, design), golden["multivariable_efron"], "efron")
    assert_fit(fit_cox(data, design, ties="breslow"), golden["multivariable_breslow"], "breslow")
