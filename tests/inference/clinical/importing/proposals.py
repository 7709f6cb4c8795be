"""What the tests of the imports ask of a proposal."""

from inference.clinical.importing.proposal import ImportProposal
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message


def values(proposal: ImportProposal) -> dict[str, object]:
    """Accepted values, or the reason why one is missing, by field."""
    return {
        one.value.field_id: one.value.missing.value if one.value.missing else one.value.canonical
        for one in proposal.accepted
    }


def reasons(proposal: ImportProposal) -> dict[str, str]:
    """Message ids of refusals by field."""
    return {one.field_id: one.reason.id for one in proposal.refused}


def said(message: Message) -> list[str]:
    """The sentence in each language, whole."""
    texts = [load_catalogue(language).render(message) for language in ("en", "zh_CN")]
    assert all(
        "⟦" not in text and "{" not in text and "clinical." not in text.replace("clinical.json", "")
        for text in texts
    )
    return texts
