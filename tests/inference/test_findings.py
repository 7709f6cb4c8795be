"""The worst of several verdicts wins, and a finding speaks through the catalogue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.findings import Finding, Verdict, worst_answer, worst_view
from inference.messages.catalogue import load_catalogue
from inference.messages.message import Message

verdicts = st.sampled_from(list(Verdict))


@given(st.lists(st.tuples(verdicts, verdicts)))
def test_the_worst_wins_for_viewing_and_for_answering_apart(pairs: list[tuple[Verdict, Verdict]]) -> None:
    findings = [Finding("a", view, answer) for view, answer in pairs]
    assert worst_view(findings) == max([view for view, _ in pairs], default=Verdict.FINE)
    assert worst_answer(findings) == max([answer for _, answer in pairs], default=Verdict.FINE)


def test_a_finding_names_its_sentence_and_its_advice() -> None:
    finding = Finding("geometry.gap", Verdict.NOTE, Verdict.REFUSED, {"gap_mm": 10.0})
    assert finding.message == Message("finding.geometry.gap", {"gap_mm": 10.0})
    assert finding.advice == Message("finding.geometry.gap.do", {"gap_mm": 10.0})


def test_what_a_result_carries_names_no_file() -> None:
    finding = Finding(
        "intake.truncated", Verdict.NOTE, Verdict.REFUSED, {"file": "Muster_Erika.dcm", "slice": 3}
    )
    assert finding.message.fields["file"] == "Muster_Erika.dcm"
    assert finding.message_without_files == Message(
        "finding.intake.truncated", {"file": "fact.one_file", "slice": 3}
    )


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_gap_between_named_files_is_told_without_them(language: str) -> None:
    files = {"before": "Muster_Erika_1.dcm", "after": "Muster_Erika_3.dcm"}
    fields = {"slice": 1, "gap_mm": 10.0, "spacing_mm": 5.0, "missing": 1} | files
    gap = Finding("intake.gap", Verdict.NOTE, Verdict.REFUSED, fields)
    said = load_catalogue(language).render(gap.message_without_files)
    assert "Muster" not in said and "10.0 mm" in said and "fact." not in said
