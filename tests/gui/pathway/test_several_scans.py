"""A study of two scans: the user names each, each keeps its mask and facts, and the answer follows both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gui.actions import Actions, needs_segmenter
from gui.clinical.eligibility_list import EligibilityList
from gui.commands.mask_commands import EditMask, draw_mask
from gui.commands.stated_commands import release_finding
from gui.intake.problem_panel import ProblemPanel
from gui.intake.release_form import ReleaseForm, WithdrawButton
from gui.main_window import MainWindow
from gui.pathway.readiness import run_obstacle
from gui.pathway.required_list import RequiredList
from gui.pathway.requirements import requirements
from gui.session import Session
from headless.read_case import AssessRequest, read_case
from inference.case_input import StatedFacts, input_references
from inference.clinical.schema import load_form, parse_value
from inference.dicom.intake import Intake
from inference.findings import Verdict
from inference.jobs import ignore_progress, never_stop
from inference.masks.layer import edit_between
from inference.release import Release
from tests.gui.panel_session import new_session, open_case
from tests.gui.studies import write_study
from tests.inference.synthetic_case import case, mask_layer, tumour_voxels


@pytest.fixture(scope="module")
def two_phases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scans of one patient and one of another, in one folder each."""
    folder = tmp_path_factory.mktemp("phases")
    write_study(folder / "one", series="1")
    write_study(folder / "one", series="2")
    write_study(folder / "other", series="3", patient_id="NPC-000002", name="PHANTOM^OTHER")
    return folder


@pytest.fixture
def both(session: Session, two_phases: Path, qtbot: Any) -> Iterator[tuple[Session, str, str]]:
    """Both scans open for the pathway of two phases, the first looked at; nothing named yet."""
    session.study = "gnen-os"
    session.open_path(two_phases / "one")
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)
    assert session.plan is not None and session.stack is not None
    first = session.stack.stack_id
    (second,) = (one.stack_id for one in session.plan.stacks if one.stack_id != first)
    yield session, first, second


def look(session: Session, stack_id: str, qtbot: Any) -> None:
    session.choose_stack(stack_id)
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)


def use(session: Session, input_id: str, stack_id: str, qtbot: Any) -> None:
    session.use_scan(input_id, stack_id)
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)


def test_no_scan_is_named_by_the_program(both: tuple[Session, str, str]) -> None:
    session, _, _ = both
    assert session.serving == {} and session.case_input is None
    obstacle = requirements(session)[0]
    assert obstacle.verdict is Verdict.REFUSED and obstacle.blocks and obstacle.why is not None
    assert "arterial CT" in session.render(obstacle.why)


def test_the_first_input_is_first_whatever_is_looked_at(both: tuple[Session, str, str], qtbot: Any) -> None:
    session, first, second = both
    use(session, "arterial", second, qtbot)
    use(session, "venous", first, qtbot)
    assert session.is_viewed(first) and not session.is_first_viewed
    made = session.case_input
    assert made is not None and made.stack.stack_id == second
    assert {name: scan.stack.stack_id for name, scan in made.further.items()} == {"venous": first}
    look(session, second, qtbot)
    again = session.case_input
    assert again is not None and again.stack is made.stack and again.volume is made.volume


def test_each_scan_keeps_its_mask_and_its_facts(both: tuple[Session, str, str], qtbot: Any) -> None:
    session, first, second = both
    use(session, "arterial", first, qtbot)
    session.undo_stack.push(draw_mask(session))
    assert session.mask is not None
    after = session.mask.voxels.copy()
    after[2, 3:5, 3:5] = True
    edit = edit_between("edit.paint", session.mask.voxels, after)
    assert edit is not None
    session.undo_stack.push(EditMask(session, edit))
    session.set_stated(StatedFacts(phase="arterial"))
    drawn, volume, case_id = session.mask, session.volume, session.case_id
    use(session, "venous", second, qtbot)
    assert session.mask is None and session.stated.is_empty and session.case_id == case_id
    made = session.case_input
    assert made is not None and made.mask is drawn and made.further["venous"].mask is None
    session.undo_stack.undo()
    assert session.is_viewed(first) and session.volume is volume, "undo shows what it takes back"
    assert session.mask is not None and not session.mask.voxels.any()
    session.choose_stack(second)
    session.undo_stack.redo()
    assert session.is_viewed(first) and np.array_equal(session.mask.voxels, after)
    assert session.stated == StatedFacts(phase="arterial")


def test_a_scan_that_is_no_longer_used_leaves_the_case(both: tuple[Session, str, str], qtbot: Any) -> None:
    session, first, second = both
    use(session, "arterial", first, qtbot)
    use(session, "venous", second, qtbot)
    session.stop_using("venous")
    made = session.case_input
    assert made is not None and not made.further
    use(session, "venous", first, qtbot)
    assert session.serving == {"venous": first}, "one scan is one phase"


def test_a_scan_that_was_not_read_whole_is_missing_and_said(
    both: tuple[Session, str, str], qtbot: Any
) -> None:
    session, first, second = both
    use(session, "arterial", first, qtbot)
    session.use_scan("venous", second)
    session.choose_stack(first)
    qtbot.waitUntil(lambda: session.intake_job is None, timeout=20_000)
    if session.case_input is None:
        assert any(one.why is not None and one.why.id.endswith(".unread") for one in requirements(session))
    look(session, second, qtbot)
    assert session.case_input is not None


def test_another_patients_scan_never_gets_in(
    both: tuple[Session, str, str], two_phases: Path, qtbot: Any
) -> None:
    session, first, _ = both
    use(session, "arterial", first, qtbot)
    session.use_scan("venous", "not-of-this-patient")
    assert session.serving == {"arterial": first}
    session.open_path(two_phases / "other")
    qtbot.waitUntil(
        lambda: session.volume is not None and session.stack is not None and session.stack.stack_id != first,
        timeout=20_000,
    )
    assert session.serving == {} and session.scan(first) is None and session.case_input is None


def test_a_change_of_the_scan_that_is_not_looked_at_makes_the_answer_stale(answered: Session) -> None:
    assert answered.stack is not None
    answered.serving = {"t1c": answered.stack.stack_id}
    other = replace(answered.stack, stack_id="other")
    answered._put_aside()
    answered._take_up(other)
    assert answered.is_current and not answered.heat_maps, "maps lie on the other grid"
    smaller = tumour_voxels()
    smaller[4] = False
    answered.set_mask(mask_layer(smaller), answered.serving["t1c"])
    assert answered.mask is None and not answered.is_current


class NoSegmenter:
    """A pack that proposes no mask."""

    def __init__(self, pack: Any) -> None:
        kept = tuple(one for one in pack.manifest.networks if one.role != "segmenter")
        self.manifest = pack.manifest.model_copy(update={"networks": kept, "treatments": ()})
        self.name = pack.name


def test_a_pack_without_a_segmenter_says_so(good_pack: Any, qapp: object) -> None:
    session = new_session(good_pack)
    open_case(session, case())
    assert needs_segmenter(session) == ""
    session.pack = NoSegmenter(good_pack)  # type: ignore[assignment]
    actions = Actions(session)
    assert not actions["segment"].isEnabled() and "proposes no mask" in actions["segment"].toolTip()
    assert actions["draw"].isEnabled() and actions["import_mask"].isEnabled()
    session.shut_down()


def test_without_a_mask_the_cuboid_pathway_cannot_run(good_pack: Any, qapp: object) -> None:
    session = new_session(good_pack)
    session.study = "pnen-recurrence"
    session.record = record_of("pnen-recurrence")
    opened = case()
    open_case(session, replace(opened, record=session.record))
    session.pack = NoSegmenter(good_pack)  # type: ignore[assignment]
    session.serving = {"arterial": opened.stack.stack_id}
    told = run_obstacle(session)
    assert told is not None and told.id == "panel.required.mask.none"
    session.set_mask(mask_layer())
    assert run_obstacle(session) is None
    session.shut_down()


def record_of(study: str) -> Any:
    return load_form(study).empty_record()


def test_what_is_required_is_listed_with_its_reason(opened: Session) -> None:
    shown = RequiredList(opened)
    lines = [line for line in shown.lines if not line.isHidden()]
    assert "T1-weighted MR with contrast" in lines[0].what.text()
    assert any(line.mark.verdict is Verdict.NOTE and line.why.text() for line in lines), "open questions"
    assert all(line.accessibleName() for line in lines)


def test_the_list_of_inputs_names_what_each_scan_is_used_for(
    window: MainWindow, two_phases: Path, qtbot: Any
) -> None:
    session = window.session
    session.open_path(two_phases / "one")
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)
    session.choose_study("gnen-os")
    qtbot.waitUntil(lambda: len(session.inputs.matches) == 2, timeout=10_000)
    listed = window.checklist.inputs
    assert session.stack is not None
    session.use_scan("arterial", session.stack.stack_id)
    texts = [line.pick.text() for line in listed.lines]
    assert "in use" in texts and not listed.lines[texts.index("in use")].leave.isHidden()
    listed.lines[texts.index("in use")].leave.click()
    assert session.serving == {}


def test_scans_far_apart_are_told_beside_the_first_and_may_be_released(
    both: tuple[Session, str, str], monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    session, first, second = both
    days = {first: date(2026, 1, 1), second: date(2026, 6, 1)}
    monkeypatch.setattr("inference.inputs.taken_together.date_of", lambda stack: days[stack.stack_id])
    panel = ProblemPanel(session)
    qtbot.addWidget(panel)
    use(session, "venous", second, qtbot)
    use(session, "arterial", first, qtbot)
    assert [form._code for form in panel.findChildren(ReleaseForm)] == ["inputs.dates_apart"]
    session.undo_stack.push(release_finding(session, Release("inputs.dates_apart", "Dr. Lin", "Seen.")))
    assert session.case_input is not None and session.case_input.stated.releases
    assert not panel.findChildren(ReleaseForm) and panel.findChildren(WithdrawButton)


def test_a_release_on_a_further_scan_is_the_command_lines_own(
    session: Session, tmp_path: Path, qtbot: Any
) -> None:
    write_study(tmp_path / "scans", series="1")
    write_study(tmp_path / "scans", series="2", without=(9,))
    session.study = "gnen-os"
    session.open_path(tmp_path / "scans")
    qtbot.waitUntil(lambda: session.volume is not None and session.intake_job is None, timeout=20_000)
    assert session.plan is not None
    whole, broken = sorted(session.plan.stacks, key=lambda one: -one.slice_count)
    use(session, "arterial", whole.stack_id, qtbot)
    use(session, "venous", broken.stack_id, qtbot)
    release = Release("intake.gap", "Dr. Lin", "It lies below the neck.")
    session.undo_stack.push(release_finding(session, release))
    picked = {"arterial": whole.stack_id, "venous": broken.stack_id}
    request = AssessRequest(
        tmp_path / "scans", "gnen-os", tmp_path, scans=picked, releases={"venous": (release,)}
    )
    late = StatedFacts(phase="portal_venous")
    with Intake() as intake:
        plan = intake.scan(request.source)
        read = read_case(request, session.record, plan, intake, ignore_progress, never_stop)
        more = replace(request, further_stated={"venous": late})
        stated = read_case(more, session.record, plan, intake, ignore_progress, never_stop)
    shown = session.case_input
    assert shown is not None and shown.further["venous"].stated.releases == (release,)
    assert input_references(shown) == input_references(read)
    assert not shown.stated.releases and not read.stated.releases
    assert stated.further["venous"].stated == replace(late, releases=(release,))
    assert stated.stated == StatedFacts()


def test_what_concerns_the_patient_is_released_on_the_first_scan_whichever_is_looked_at(
    both: tuple[Session, str, str], qtbot: Any
) -> None:
    session, first, second = both
    form = load_form("gnen-os")
    session.set_record(session.record.with_value(parse_value(form.field("previous_treatment"), "yes")))
    shown = EligibilityList(session)
    qtbot.addWidget(shown)
    assert not shown.findChildren(ReleaseForm), "nothing yet serves as the first scan"
    use(session, "arterial", first, qtbot)
    use(session, "venous", second, qtbot)
    asked = shown.findChild(ReleaseForm)
    assert isinstance(asked, ReleaseForm) and session.is_viewed(second)
    asked.name.setText("Dr. Lin")
    asked.reason.setText("A biopsy alone.")
    asked.release_button.click()
    qtbot.waitUntil(lambda: bool(shown.findChildren(WithdrawButton)))
    made = session.case_input
    assert made is not None and [one.code for one in made.stated.releases] == ["eligibility.untreated"]
    assert not made.further["venous"].stated.releases
    session.set_record(session.record.with_value(parse_value(form.field("previous_treatment"), "no")))
    assert session.case_input is not None and not session.case_input.stated.releases, "it lifts nothing now"
