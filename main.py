"""The one entry: without an argument the application opens, a subcommand works without a window."""

from __future__ import annotations

import os

# Small matrices: a second BLAS thread only waits for the first, and one thread keeps results equal.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import logging
import sys
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from inference.errors import EXIT_ANSWERED, EXIT_CANCELLED, EXIT_INTERNAL, ConciliumError
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
    from headless.assess_command import add_assess_command
    from headless.judging_commands import add_judging_commands
    from headless.pack_commands import add_pack_commands
    from headless.source_commands import add_source_commands

    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Concilium, for tumour boards. Research and teaching; not a medical device.",
    )
    language = argparse.ArgumentParser(add_help=False)
    language.add_argument("--language", choices=sorted(LANGUAGES), help="language of texts and report")
    parser.set_defaults(run=_run_window, language=None, path=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    add = partial(commands.add_parser, parents=[language])

    window = add("open", help="open the window on a scan")
    window.add_argument("path", type=Path, nargs="?")
    window.set_defaults(run=_run_window)
    add_assess_command(add)
    add_judging_commands(add)
    add_source_commands(add)
    _add_cohort_commands(add)
    demo = add("demo", help="a synthetic patient from DICOM to report")
    demo.add_argument("--out", type=Path, default=Path("demo"))
    demo.add_argument("--headless", action="store_true", help="draw the window off-screen into a picture")
    demo.set_defaults(run=_run_demo)
    pack = commands.add_parser("pack", help="sign, verify, show, install and remove model packs")
    add_pack_commands(pack, language)
    return parser


def _add_cohort_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    phantom = add("phantom", help="write synthetic patients as DICOM")
    phantom.add_argument("study")
    phantom.add_argument("--cohort", default="training", help="training, internal or external")
    phantom.add_argument("--patients", type=int, default=1)
    phantom.add_argument("--seed", type=int, default=0)
    phantom.add_argument("--size", choices=("full", "small"), default="full", help="512² or 128² pixels")
    phantom.add_argument("--out", type=Path, required=True)
    phantom.set_defaults(run=_run_phantom)

    train = add("train", help="train a model pack on a cohort")
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


def _run_window(options: argparse.Namespace, _: Catalogue) -> int:
    if sys.platform == "win32":
        import onnxruntime  # noqa: F401 - its libraries must be found before Qt brings its own
    from gui.application import run_window

    return run_window(options.path, language=options.language)


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
