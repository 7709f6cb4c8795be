"""The one entry: without an argument the application opens, a subcommand works without a window."""

from __future__ import annotations

import os

# Small matrices: a second BLAS thread only waits for the first, and one thread keeps results equal.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import logging
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from inference.errors import EXIT_ANSWERED, EXIT_CANCELLED, EXIT_INTERNAL, EXIT_WITHHELD, ConciliumError
from inference.messages.catalogue import LANGUAGES, Catalogue, load_catalogue

_log = logging.getLogger("concilium")

INTAKE_READER = "--intake-reader"
"""How a bundle, which has no ``python -m``, starts the process that parses foreign files."""
INTAKE_ARCHIVE = "--intake-archive"
"""As :data:`INTAKE_READER`, for the process that unpacks archives."""
PACK_VERIFIER = "--pack-verifier"
"""As :data:`INTAKE_READER`, for the process that meets a foreign model pack."""
DEIDENTIFY_READER = "--deidentify-reader"
"""As :data:`INTAKE_READER`, for the process that rewrites objects without their patient."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1, 2, 3 or 130 (``inference.errors``)."""
    from inference.logs import start_log
    from inference.paths import ApplicationPaths

    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == [INTAKE_READER]:
        from inference.dicom.readers.worker import main as read_for_intake

        return read_for_intake(given[1:])
    if given[:1] == [INTAKE_ARCHIVE]:
        from inference.dicom.sources.archive_worker import main as unpack_for_intake

        return unpack_for_intake(given[1:])
    if given[:1] == [DEIDENTIFY_READER]:
        from inference.deidentification.worker import main as rewrite_objects

        return rewrite_objects(given[1:])
    if given[:1] == [PACK_VERIFIER]:
        from inference.packs.verify_worker import main as verify_foreign_pack

        return verify_foreign_pack(given[1:])
    if hasattr(sys.stdout, "reconfigure"):  # what a narrow terminal cannot spell becomes "?"
        sys.stdout.reconfigure(errors="replace")
    options = _parser().parse_args(given)
    paths = ApplicationPaths.of_this_user()
    start_log(paths.logs, uuid.uuid4().hex[:8])
    catalogue = load_catalogue(options.language or "en")
    try:
        return int(options.run(options, catalogue))
    except KeyboardInterrupt:
        print(catalogue.text("error.cancelled"), file=sys.stderr)
        return EXIT_CANCELLED
    except BrokenPipeError:  # whoever read the output has seen enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for the exit alone
        return EXIT_CANCELLED
    except ConciliumError as error:
        from headless.terminal import say_error

        _log.warning("refused: %s", error.message.id)
        say_error(error, catalogue)
        return error.exit_code
    except Exception:  # noqa: BLE001 - a user never sees a traceback; the log does
        _log.exception("internal error")
        print(catalogue.text("error.internal"), file=sys.stderr)
        return EXIT_INTERNAL


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Concilium, for tumour boards. Research and teaching; not a medical device.",
    )
    language = argparse.ArgumentParser(add_help=False)
    language.add_argument("--language", choices=sorted(LANGUAGES), help="language of texts and report")
    parser.set_defaults(run=_run_window, language=None, path=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    window = commands.add_parser("open", parents=[language], help="open the window on a scan")
    window.add_argument("path", type=Path, nargs="?")
    window.set_defaults(run=_run_window)

    assess = commands.add_parser("assess", parents=[language], help="answer one scan without a window")
    assess.add_argument("path", type=Path, help="folder or file with one patient's scan")
    assess.add_argument("--study", required=True, help="for instance npc-residual")
    assess.add_argument("--clinical", type=Path, metavar="FILE", help="clinical values: CSV, JSON or FHIR")
    assess.add_argument(
        "--clinical-patient",
        metavar="NAME",
        help="of several patients in --clinical: the identifier in the file, or #2 for the second",
    )
    assess.add_argument(
        "--mask",
        action="append",
        default=[],
        metavar="[INPUT=]SEG.dcm|RTSTRUCT.dcm|NII",
        help="tumour mask of the study's first scan or of a named one; instead of the pack's own",
    )
    assess.add_argument(
        "--scan",
        action="append",
        default=[],
        metavar="INPUT=ID|NUMBER|UID",
        help="which series serves an input of the study, e.g. arterial=3; may be repeated",
    )
    assess.add_argument(
        "--mask-segment", metavar="NAME|NUMBER,…", help="which segments of the mask file are the tumour"
    )
    assess.add_argument("--pack", metavar="ID[@VERSION]", help="model pack; default: the one of the study")
    assess.add_argument("--rule-set", default="cautious", help="cautious (default) or published")
    assess.add_argument("--rules", type=Path, metavar="FILE.yaml", help="your site's own rules for the study")
    assess.add_argument("--explain", action="store_true", help="print what explains the answer, too")
    assess.add_argument("--state-modality", default="", metavar="MR|CT", help="where the file states none")
    assess.add_argument("--state-contrast", choices=("yes", "no"), help="where the file states nothing")
    assess.add_argument("--state-body-part", default="", metavar="CODE", help="where the file states none")
    assess.add_argument(
        "--state-phase",
        choices=("unenhanced", "arterial", "portal_venous", "delayed"),
        default="",
        help="of a CT, where file and pixels are silent or differ",
    )
    assess.add_argument(
        "--release",
        action="append",
        default=[],
        metavar="CODE=REASON",
        help="lift a refusal that may be lifted, with the reason; may be repeated",
    )
    assess.add_argument(
        "--released-by", default="", metavar="NAME", help="who lifts it; needed with --release"
    )
    assess.add_argument("--out", type=Path, required=True, help="folder for the results")
    assess.set_defaults(run=_run_assess)

    decisions = commands.add_parser(
        "decisions", parents=[language], help="list what boards decided here; record what came of it"
    )
    decisions.add_argument("--outcome-of", default="", metavar="DECISION", help="record what came of it")
    decisions.add_argument("--given", default="", help="with --outcome-of: e.g. ccrt or ic_ccrt")
    decisions.add_argument("--actual", default="", help="with --outcome-of: e.g. residual or non_residual")
    decisions.add_argument("--by", default="", metavar="NAME", help="with --outcome-of: who records it")
    decisions.add_argument("--export", type=Path, metavar="FILE.csv", help="write the table for the audit")
    decisions.set_defaults(run=_run_decisions)

    audit = commands.add_parser(
        "audit", parents=[language], help="judge past decisions of physicians and model by the outcome"
    )
    audit.add_argument("source", type=Path, metavar="DECISIONS.csv", help="one patient a row: docs/audit.md")
    audit.add_argument("--out", type=Path, required=True, help="folder for audit.json and audit.pdf")
    audit.add_argument(
        "--row4-physician",
        choices=("wrong", "undeterminable"),
        default="wrong",
        help="a case on which the paper's text and its rule differ; default: wrong, as the text has it",
    )
    audit.add_argument("--synthetic", action="store_true", help="say on every page that nobody here is real")
    audit.set_defaults(run=_run_audit)

    evaluate = commands.add_parser(
        "evaluate", parents=[language], help="judge predictions by what happened, each cohort apart"
    )
    evaluate.add_argument(
        "--predictions",
        type=Path,
        required=True,
        metavar="FILE.csv",
        help="one patient a row: docs/evaluate.md",
    )
    evaluate.add_argument("--kind", choices=("binary", "survival"), required=True, help="what was predicted")
    evaluate.add_argument(
        "--threshold",
        action="append",
        default=[],
        metavar="T|NAME=T",
        help="a score from it on is high; for every model or for the named one; default: locked in training",
    )
    evaluate.add_argument(
        "--horizon", action="append", nargs="+", default=[], metavar="T", help="times to judge at (survival)"
    )
    evaluate.add_argument(
        "--time-unit",
        choices=("days", "weeks", "months", "years"),
        default="",
        help="of the times (survival)",
    )
    evaluate.add_argument("--seed", type=int, default=0, help="of what is resampled; default 0")
    evaluate.add_argument("--out", type=Path, required=True, help="folder for evaluation.json and .pdf")
    evaluate.set_defaults(run=_run_evaluate)

    deidentify = commands.add_parser(
        "deidentify",
        parents=[language],
        help="write objects without their patient; look at the result yourself",
    )
    deidentify.add_argument("source", type=Path, metavar="IN", help="folder or file")
    deidentify.add_argument("out", type=Path, metavar="OUT", help="new or empty folder")
    deidentify.add_argument(
        "--key-map", type=Path, metavar="FILE", help="who is who, encrypted; default: OUT.keymap beside OUT"
    )
    deidentify.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line; else asked")
    deidentify.add_argument(
        "--keep-characteristics", action="store_true", help="age (over 89: 90), sex, height, weight stay"
    )
    deidentify.add_argument(
        "--keep-shifted-dates", action="store_true", help="dates moved by whole days per patient, not removed"
    )
    deidentify.set_defaults(run=_run_deidentify)

    inspect = commands.add_parser("inspect", parents=[language], help="list what a source holds")
    inspect.add_argument("path", type=Path, help="folder, file, DICOMDIR or ZIP archive")
    inspect.add_argument("--json", action="store_true", help="print JSON for other programs")
    inspect.set_defaults(run=_run_inspect)

    phantom = commands.add_parser("phantom", parents=[language], help="write synthetic patients as DICOM")
    phantom.add_argument("study")
    phantom.add_argument("--cohort", default="training", help="training, internal or external")
    phantom.add_argument("--patients", type=int, default=1)
    phantom.add_argument("--seed", type=int, default=0)
    phantom.add_argument("--size", choices=("full", "small"), default="full", help="512² or 128² pixels")
    phantom.add_argument("--out", type=Path, required=True)
    phantom.set_defaults(run=_run_phantom)

    train = commands.add_parser("train", parents=[language], help="train a model pack on a cohort")
    train.add_argument("study", help="for instance npc-residual")
    train.add_argument(
        "--cohort", type=Path, required=True, metavar="DIR", help="cohort.csv, scans and masks"
    )
    train.add_argument("--preset", choices=("demo", "paper"), default="demo", help="default: demo")
    train.add_argument("--out", type=Path, required=True, metavar="PACK", help="folder of the new pack")
    train.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    train.add_argument("--seed", type=int, help="of splits, weights and views; default: the preset's")
    train.add_argument(
        "--init",
        action="append",
        default=[],
        metavar="[NETWORK=]FILE.safetensors",
        help="weights that a network of the study starts from; may be repeated",
    )
    train.add_argument("--resume", action="store_true", help="go on with a training that was cut off")
    train.set_defaults(run=_run_train)

    demo = commands.add_parser("demo", parents=[language], help="a synthetic patient from DICOM to report")
    demo.add_argument("--out", type=Path, default=Path("demo"))
    demo.add_argument("--headless", action="store_true", help="draw the window off-screen into a picture")
    demo.set_defaults(run=_run_demo)

    from headless.pack_commands import add_pack_commands

    pack = commands.add_parser("pack", help="sign, verify, show, install and remove model packs")
    add_pack_commands(pack, language)
    return parser


def _run_window(options: argparse.Namespace, _: Catalogue) -> int:
    if sys.platform == "win32":
        import onnxruntime  # noqa: F401 - its libraries must be found before Qt brings its own
    from gui.application import run_window

    return run_window(options.path, language=options.language)


def _run_assess(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.assess import assess_and_write, releases_from
    from headless.read_case import AssessRequest, by_input
    from inference.case_input import StatedFacts

    contrast = {"yes": True, "no": False, None: None}[options.state_contrast]
    request = AssessRequest(
        source=options.path,
        study=options.study,
        out=options.out,
        clinical=options.clinical,
        clinical_patient=options.clinical_patient,
        masks={name: Path(text) for name, text in by_input(options.mask).items()},
        mask_segment=options.mask_segment,
        scans=by_input(options.scan),
        explain=options.explain,
        pack=options.pack,
        rule_set=options.rule_set,
        rules=options.rules,
        stated=StatedFacts(
            options.state_modality,
            contrast,
            options.state_body_part,
            options.state_phase,
            releases_from(options.release, options.released_by),
        ),
        language=catalogue.language,
    )
    return EXIT_ANSWERED if assess_and_write(request, catalogue) else EXIT_WITHHELD


def _run_decisions(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.decisions import DecisionsRequest, run_decisions

    request = DecisionsRequest(options.outcome_of, options.given, options.actual, options.by, options.export)
    return run_decisions(request, catalogue)


def _run_audit(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.audit import AuditRequest, audit_and_write

    request = AuditRequest(options.source, options.out, options.row4_physician, options.synthetic)
    return audit_and_write(request, catalogue)


def _run_evaluate(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.evaluate import EvaluateRequest, evaluate_and_write

    request = EvaluateRequest(
        source=options.predictions,
        kind=options.kind,
        out=options.out,
        thresholds=tuple(options.threshold),
        horizons=tuple(text for texts in options.horizon for text in texts),
        time_unit=options.time_unit,
        seed=options.seed,
    )
    return evaluate_and_write(request, catalogue)


def _run_deidentify(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.deidentify import DeidentifyRequest, deidentify
    from inference.deidentification.options import DeidentifyOptions

    kept = DeidentifyOptions(options.keep_characteristics, options.keep_shifted_dates)
    request = DeidentifyRequest(options.source, options.out, options.key_map, options.passphrase_file, kept)
    return deidentify(request, catalogue)


def _run_inspect(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.inspect import inspect

    return inspect(options.path, catalogue, as_json=options.json)


def _run_phantom(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.terminal import progress_bar
    from models.phantoms.command import write_cohort

    with progress_bar(catalogue) as on_progress:
        folders = write_cohort(
            options.study,
            cohort=options.cohort,
            patients=options.patients,
            seed=options.seed,
            out=options.out,
            size={"full": 512, "small": 128}[options.size],
            on_progress=on_progress,
            should_stop=lambda: False,
        )
    print(catalogue.text("cli.phantom.written", count=len(folders), folder=str(options.out)))
    for folder in folders:
        print(folder)
    return EXIT_ANSWERED


def _run_train(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.terminal import progress_bar
    from models.training.command import train_and_write

    return train_and_write(options, catalogue, progress_bar(catalogue))


def _run_demo(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.demo import answer_demo_case, has_display, make_demo_case
    from headless.terminal import progress_bar

    with progress_bar(catalogue) as on_progress:
        demo = make_demo_case(options.out, on_progress)
        assessed = answer_demo_case(demo, catalogue, on_progress)
    print(catalogue.text("cli.demo.written", folder=str(options.out)))
    if has_display() and not options.headless:
        from gui.demonstration import show_demonstration

        return show_demonstration(demo.scan, assessed.case.record, options.language or "")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from gui.demonstration import draw_demonstration

    picture = draw_demonstration(
        demo.scan, assessed.case.record, catalogue.language, options.out / ".window-settings.ini"
    )
    picture.save(str(options.out / "window.png"))
    (options.out / ".window-settings.ini").unlink(missing_ok=True)
    return EXIT_ANSWERED


if __name__ == "__main__":
    sys.exit(main())
