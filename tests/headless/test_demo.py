"""The demonstration patient gets an answer, whatever pack comes with the application."""

from __future__ import annotations

from pathlib import Path

from headless.demo import answer_demo_case, make_demo_case
from inference.jobs import ignore_progress
from inference.messages.catalogue import load_catalogue


def test_a_first_look_ends_in_an_answer_and_not_in_a_refusal(tmp_path: Path) -> None:
    demo = make_demo_case(tmp_path, ignore_progress)
    answered = answer_demo_case(demo, load_catalogue("en"), ignore_progress)
    assert answered.outcome.assessment.is_answered
    assert {path.name for path in tmp_path.iterdir()} >= {"assessment.json", "report.pdf", "report.png"}
