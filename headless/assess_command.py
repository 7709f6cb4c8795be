"""``main.py assess``: its words, and what they ask for."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from headless.stated_facts import PHASES, stated_facts
from inference.errors import EXIT_ANSWERED, EXIT_WITHHELD
from inference.messages.catalogue import Catalogue


def add_assess_command(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add ``assess``."""
    assess = add("assess", help="answer one scan without a window")
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
    for option, value, about in (
        ("--state-modality", "MR|CT", "where the file states none"),
        ("--state-contrast", "yes|no", "where the file states nothing"),
        ("--state-body-part", "CODE", "where the file states none"),
        ("--state-phase", "|".join(PHASES), "of a CT, where file and pixels are silent or differ"),
    ):
        assess.add_argument(
            option,
            action="append",
            default=[],
            metavar=f"[INPUT=]{value}",
            help=f"of the study's first scan or of a named one, {about}",
        )
    assess.add_argument(
        "--release",
        action="append",
        default=[],
        metavar="[INPUT=]CODE=REASON",
        help="lift a refusal of the study's first scan or of a named one, with the reason; may be repeated",
    )
    assess.add_argument(
        "--released-by", default="", metavar="NAME", help="who lifts it; needed with --release"
    )
    assess.add_argument("--out", type=Path, required=True, help="folder for the results")
    assess.set_defaults(run=_run_assess)


def _run_assess(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from headless.assess import assess_and_write, releases_from
    from headless.read_case import AssessRequest, by_input
    from inference.case_input import StatedFacts
    from inference.inputs.study_inputs import load_study_inputs

    first = load_study_inputs(options.study).inputs[0].id
    stated = stated_facts(
        first,
        modality=options.state_modality,
        contrast=options.state_contrast,
        body_part=options.state_body_part,
        phase=options.state_phase,
    )
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
        stated=stated.pop(first, StatedFacts()),
        further_stated=stated,
        releases=releases_from(options.release, options.released_by),
        language=catalogue.language,
    )
    return EXIT_ANSWERED if assess_and_write(request, catalogue) else EXIT_WITHHELD
