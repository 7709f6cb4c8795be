from inference.messages.catalogue import LANGUAGES, load_catalogue
from inference.statistics.reasons import Fault, NotEstimable, Reason


def test_every_fault_and_every_reason_has_a_sentence_in_every_language() -> None:
    ids = [f"statistics.input.{fault.value}" for fault in Fault]
    ids += [NotEstimable(reason).message.id for reason in Reason]
    missing = [(lang, id_) for lang in LANGUAGES for id_ in ids if not load_catalogue(lang).has(id_)]
    assert not missing
