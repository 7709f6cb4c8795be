"""Plans made of nothing but words: as many patients, studies and series as a test wants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gui.session import Session
from inference.cases.identity import PatientIdentity
from inference.findings import Finding
from inference.scan import Acquisition, Plan, Series, Stack
from inference.technique import Technique
from tests.inference.synthetic_case import PHANTOM, stack


def one_stack(
    stack_id: str,
    *,
    name: str = "Ax T1 +C",
    number: int | None = None,
    study: str = "1.2",
    date: str = "2020-04-21",
    identity: PatientIdentity = PHANTOM,
    findings: tuple[Finding, ...] = (),
    technique: Technique | None = None,
    **acquisition: Any,
) -> Stack:
    """A stack with the words that a list shows."""
    made = Acquisition(
        modality="MR",
        series_description=name,
        series_number=number,
        study_date=date,
        technique=technique or Technique(),
    )
    return replace(
        stack(),
        stack_id=stack_id,
        identity=identity,
        study_uid=study,
        series_uid=f"{study}.{stack_id}",
        acquisition=replace(made, **acquisition),
        findings=findings,
    )


def plan_of(
    *series: Iterable[Stack], findings: tuple[Finding, ...] = (), skipped: tuple[Finding, ...] = ()
) -> Plan:
    """A plan in which each argument is the stacks of one series."""
    made = []
    for one in series:
        stacks = tuple(one)
        first = stacks[0]
        made.append(Series(first.series_uid, first.acquisition.series_description, "MR", stacks))
    return Plan("/nowhere", (), tuple(made), skipped, findings)


def show(session: Session, plan: Plan) -> None:
    """Put a plan before the session without opening any of its stacks."""
    session.plan = plan
    session.patient = plan.patients[0] if len(plan.patients) == 1 else None
    session.plan_changed.emit()
