"""``main.py assess``: one scan in, Assessment, report and segmentation out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from headless.read_case import AssessRequest, read_case
from headless.read_record import ImportRefusedError, read_record, read_record_for
from headless.terminal import progress_bar, say_problems
from inference.case_input import CaseInput
from inference.cases.identity import CaseIdentity
from inference.clinical.days import birth_day, refuse_impossible_days
from inference.clinical.eligibility.evaluation import eligibility_of
from inference.clinical.schema import load_form
from inference.clock import Clock, IdSource, SystemClock, SystemIds
from inference.dicom.intake import Intake
from inference.dicom.remembered.keeper import Keeper
from inference.errors import InputError
from inference.inputs.scan_dates import date_of
from inference.inputs.taken_together import findings_by_scan
from inference.jobs import OnProgress, ShouldStop, ignore_progress, never_stop
from inference.messages.catalogue import Catalogue
from inference.messages.message import Message
from inference.outcome import Outcome
from inference.packs.store import PackStore
from inference.pipeline import assess, require_pathway
from inference.release import Release, releasable_codes
from inference.rules.rule_file import RuleFileError, read_site_rules, rules_of
from inference.scan import Plan
from inference.storage import prepare_folder, write_all_or_none
from inference.tables.csv_table import TableError
from inference.varying import vary

RESULT_FILES = ("assessment.json", "report.pdf", "segmentation.dcm")


@dataclass(frozen=True, slots=True, eq=False)
class AssessedCase:
    """The answer with all that a report or a window needs beside it.

    ``notes`` say how the clinical values were read; they may name patients and stand in no result.
    """

    identity: CaseIdentity
    plan: Plan
    case: CaseInput
    outcome: Outcome
    notes: tuple[Message, ...] = ()


def run_assessment(
    request: AssessRequest,
    *,
    packs: PackStore,
    ids: IdSource,
    clock: Clock,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> AssessedCase:
    """Read everything the request names, then answer; nothing is written.

    Raises
    ------
    ConciliumError
        When any input cannot be used; the message says which and why.
    """
    prepare_folder(request.out)
    patient = request.clinical_patient
    record = read_record(request.study, request.clinical, patient=patient, awaits_scan=True)
    rules = None if request.rules is None else read_site_rules(request.rules)
    pack = packs.open(request.study, request.pack)
    require_pathway(pack)
    rules_of(pack.manifest, rules).rule_set(request.rule_set)
    with Intake(keeper=Keeper.of_this_user()) as intake:
        plan = intake.scan(request.source, on_progress, should_stop)
        case = read_case(request, record, plan, intake, on_progress, should_stop)
    given = case.stated.releases
    read = read_record_for(case.stack, request.study, request.clinical, patient=patient, releases=given)
    record = read.record
    left = case.stated if read.released is None else case.stated.without_releases({read.released.code})
    case = replace(case, record=record, stated=left)
    born = birth_day(case.stack.identity)
    refuse_impossible_days(load_form(request.study), record, today=clock.now().date(), born=born)
    outcome = assess(
        case,
        pack,
        rule_set=request.rule_set,
        rules=rules,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    outcome = vary(outcome, case, pack, rules=rules, on_progress=on_progress, should_stop=should_stop)
    return AssessedCase(CaseIdentity(ids.new_id(), case.stack.identity), plan, case, outcome, read.notes)


def releases_from(given: Sequence[str], by: str) -> dict[str, tuple[Release, ...]]:
    """What ``--release [INPUT=]CODE=REASON`` and ``--released-by NAME`` say, by the input that is named.

    A code has a point in it, an input has none; a release without an input stands under an empty name.

    Raises
    ------
    InputError
        When the form is another, when name or reason is missing, or when a name releases nothing.
    """
    releases: dict[str, tuple[Release, ...]] = {}
    for text in given:
        first, _, rest = text.partition("=")
        scan = first.strip() if first.strip().isidentifier() else ""
        code, is_told, reason = (rest if scan else text).partition("=")
        if not is_told or not code.strip():
            raise InputError("error.release.form", given=text)
        releases[scan] = (*releases.get(scan, ()), Release(code.strip(), by, reason))
    if by and not releases:
        raise InputError("error.release.nothing_released")
    return releases


def write_results(
    assessed: AssessedCase, request: AssessRequest, *, clock: Clock, ids: IdSource
) -> dict[str, str]:
    """Write ``assessment.json``, ``report.pdf`` and ``segmentation.dcm`` whole, or none of them.

    A file that this answer does not have is not left over from an earlier one.  Returns, for each file that
    was *not* written, the message id of the reason.
    """
    from inference.evidence.for_patient import evidence_for
    from inference.evidence.published_tables import published_tables
    from inference.masks.codecs.references import can_be_referred_to
    from inference.masks.codecs.seg import encode_segmentation
    from reports.assessment_file import encode_assessment
    from reports.report import ReportContent, build_report

    identity, case, outcome = assessed.identity, assessed.case, assessed.outcome
    moment = clock.now()
    content: dict[str, Callable[[], bytes]] = {
        "assessment.json": lambda: encode_assessment(outcome.assessment, identity, moment)
    }
    left_out: dict[str, str] = {}
    if identity.patient.is_known:
        report = ReportContent(
            assessment=outcome.assessment,
            identity=identity.patient,
            case_id=identity.case_id,
            volume=case.volume,
            mask=outcome.mask,
            heat_maps=outcome.heat_maps,
            language=request.language,
            created_at=moment,
            scan=case.stack.acquisition,
            explanation=outcome.explanation,
            evidence=evidence_for(published_tables(request.study), case.record),
            further=case.further,
        )
        content["report.pdf"] = lambda: build_report(report)
    else:
        left_out["report.pdf"] = left_out["segmentation.dcm"] = "cli.left_out.identity"
    mask = outcome.mask
    if "segmentation.dcm" not in left_out:
        if mask is None or not mask.voxels.any():
            left_out["segmentation.dcm"] = "cli.left_out.no_mask"
        elif any(frame is None and mask.voxels[k].any() for k, frame in enumerate(case.stack.frames)):
            left_out["segmentation.dcm"] = "cli.left_out.missing_slice"
        elif not can_be_referred_to(case.stack):
            left_out["segmentation.dcm"] = "cli.left_out.not_dicom"
        else:
            content["segmentation.dcm"] = lambda: encode_segmentation(mask, case.stack, clock=clock, ids=ids)
    write_all_or_none(request.out, {name: make() for name, make in content.items()}, discard=left_out)
    return left_out


def assess_and_write(request: AssessRequest, catalogue: Catalogue) -> bool:
    """The command: answer, write, and print a summary; True when the answer stands, False when withheld."""
    from inference.masks.codecs.references import what_is_minted
    from reports.explained_summary import explained_lines
    from reports.summary import summary_lines

    clock, ids = SystemClock(), SystemIds()
    packs = PackStore.of_this_user()
    with progress_bar(catalogue) as on_progress:
        try:
            assessed = run_assessment(request, packs=packs, ids=ids, clock=clock, on_progress=on_progress)
        except ImportRefusedError as error:
            for one in error.refused:
                place, reason = catalogue.render(one.entry.place), catalogue.render(one.reason)
                print(catalogue.text("error.import.at", place=place, reason=reason), file=sys.stderr)
            raise
        except (RuleFileError, TableError) as error:
            say_problems(error, catalogue)
            raise
        left_out = write_results(assessed, request, clock=clock, ids=ids)
    outcome = assessed.outcome
    for line in summary_lines(outcome.assessment, assessed.identity.patient, catalogue):
        print(line)
    if request.explain:
        for line in explained_lines(outcome.assessment, outcome.explanation, catalogue):
            print(line)
    for note in assessed.notes:
        print(catalogue.render(note))
    case = assessed.case
    unlike = eligibility_of(case.record, date_of(case.stack)).findings
    for scan, read, found in findings_by_scan(case):
        for code in releasable_codes(found if scan else (*found, *unlike)):
            if all(one.code != code for one in read.stated.releases):
                print(catalogue.text("cli.may_be_released", code=f"{scan}={code}" if scan else code))
    for name in RESULT_FILES:
        if name in left_out:
            print(catalogue.text("cli.not_written", file=name, reason=catalogue.text(left_out[name])))
        else:
            print(catalogue.text("cli.written", file=str(request.out / name)))
    if "segmentation.dcm" not in left_out:
        for told in what_is_minted(assessed.case.stack):
            print(catalogue.render(told.message))
    return assessed.outcome.assessment.is_answered
