"""What the command line states of each scan of a study."""

import pytest

from headless.stated_facts import stated_facts
from inference.case_input import StatedFacts
from inference.errors import InputError
from inference.messages.catalogue import LANGUAGES, load_catalogue


def stated(**given):
    nothing = {"modality": [], "contrast": [], "body_part": [], "phase": []}
    return stated_facts("arterial", **nothing | given)


def test_a_fact_is_about_the_first_scan_or_about_the_named_one():
    facts = stated(modality=["CT"], contrast=["yes", "venous=no"], phase=["venous=portal_venous"])
    assert facts == {
        "arterial": StatedFacts("CT", True),
        "venous": StatedFacts(contrast_enhanced=False, phase="portal_venous"),
    }
    assert stated(body_part=["ABDOMEN"]) == stated(body_part=["arterial=ABDOMEN"])
    assert stated() == {}


@pytest.mark.parametrize(
    "given",
    [{"contrast": ["yes", "arterial=no"]}, {"phase": ["venous=arterial", "venous=delayed"]}],
    ids=["without-and-with-its-name", "twice-by-name"],
)
def test_a_fact_is_stated_once(given):
    with pytest.raises(InputError) as refused:
        stated(**given)
    assert refused.value.message.id == "error.scan.named_twice"


@pytest.mark.parametrize(
    ("given", "option"),
    [({"contrast": ["venous=perhaps"]}, "--state-contrast"), ({"phase": ["early"]}, "--state-phase")],
    ids=["contrast", "phase"],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_that_a_fact_cannot_have_is_refused_with_those_it_can(given, option, language):
    with pytest.raises(InputError) as refused:
        stated(**given)
    said = load_catalogue(language).render(refused.value.message)
    assert option in said and ("yes, no" in said or "portal_venous" in said)
