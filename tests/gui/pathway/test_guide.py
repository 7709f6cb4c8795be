"""What is missing next: the mask before the values, and what costs the answer before what costs less."""

from gui.pathway.requirements import FIELD, MASK, next_place
from gui.session import Session
from inference.case_input import CaseInput
from tests.gui.panel_session import new_session, open_case
from tests.inference.predictors.study_cases import record
from tests.inference.predictors.test_study_answer import LAGC, pack_of, scan_of


def session_with(given: CaseInput) -> Session:
    session = new_session(pack_of("lagc-response"))
    session.study = "lagc-response"
    open_case(session, given)
    return session


def test_the_mask_comes_before_the_values_and_those_that_cost_the_answer_first(qapp: object) -> None:
    bare = session_with(scan_of("portal_venous", record("lagc-response")))
    assert next_place(bare) == FIELD + "maximum_diameter"
    bare.set_mask(None)
    assert next_place(bare) == MASK + "portal_venous"
    asked = session_with(scan_of("portal_venous", record("lagc-response", **LAGC)))
    assert next_place(asked).startswith(FIELD), "an open question of whom the study was made from"
