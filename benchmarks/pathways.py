"""The five pathways from a phantom's DICOM files to the recommendation, with the demonstration packs.

``python -m benchmarks.pathways [STUDY …] [--runs N]`` makes one phantom of each study at the size of a real
scan. In a fresh process for each run the files are read first, as in the window; then are timed the run, the
small changes tried after it, and a second run after one clinical value changed, for which no network should
run again. Printed are medians beside the limits, and the largest memory that the processes held, reading and
all three included. The published rules are read: they withhold no doubtful answer, which would end sooner.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.processes import measure

ROOT: Final = Path(__file__).parents[1]
RULE_SET: Final = "published"
RUN_LIMIT_S: Final = 15.0
AGAIN_LIMIT_S: Final = 0.5
PEAK_LIMIT_MB: Final = 2000.0


@dataclass(frozen=True, slots=True)
class Pathway:
    """Masks by the study's input, empty where the pack's segmenter draws; and the number that is changed."""

    masks: dict[str, str]
    changed: str


PATHWAYS: Final = {
    "npc-residual": Pathway({}, "age"),
    "lagc-response": Pathway({"portal_venous": "portal-venous-seg.dcm"}, "maximum_diameter"),
    "gc-recurrence": Pathway({"portal_venous": "portal-venous-seg.dcm"}, "tumour_length"),
    "pnen-recurrence": Pathway({"arterial": "arterial-seg.dcm", "venous": "portal-venous-seg.dcm"}, "age"),
    "gnen-os": Pathway({"arterial": "arterial-seg.dcm", "venous": "portal-venous-seg.dcm"}, "ki67"),
}


@dataclass(frozen=True, slots=True)
class Seconds:
    """What one process measured of itself."""

    run: float
    small_changes: float
    again: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the exit code says whether every run was answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", nargs="*", metavar="STUDY", default=list(PATHWAYS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--once", nargs=2, type=Path, metavar=("PATIENT", "FIGURES"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if unknown := set(given.studies) - set(PATHWAYS):
        parser.error(f"no pathway of {', '.join(sorted(unknown))}; there are {', '.join(PATHWAYS)}")
    if given.once is not None:
        patient, figures = given.once
        figures.write_text(json.dumps(asdict(_once(given.studies[0], patient))), encoding="utf-8")
        return 0
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {load} before;")
    print(f"phantoms, demonstration packs, rule set {RULE_SET}; medians of {given.runs} fresh processes")
    print(line("", "run, s", "small changes, s", "run again, s", "peak, MB"))
    print(line("limit", f"{RUN_LIMIT_S:g}", "", f"{AGAIN_LIMIT_S:g}", f"{PEAK_LIMIT_MB:g}"))
    failed = [study for study in given.studies if not _print_study(study, given.runs, given.seed)]
    for study in failed:
        print(f"{study}: a run ended without an answer")
    return 1 if failed else 0


def line(name: str, *figures: str) -> str:
    """One line of the table."""
    return f"{name:18s}" + "".join(f"{figure:>19s}" for figure in figures)


def beside(value: float, limit: float | None, decimals: int) -> str:
    """A figure, with a mark where it is beyond its limit."""
    shown = f"{value:.{decimals}f}"
    return f"{shown} > limit" if limit is not None and value > limit else shown


def _print_study(study: str, runs: int, seed: int) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        patient = _phantom(study, seed, folder / "cohort")
        figures = folder / "figures.json"
        command = [sys.executable, "-m", "benchmarks.pathways", study, "--once", str(patient), str(figures)]
        taken: list[Seconds] = []
        peaks_mb: list[float] = []
        for _ in range(runs):
            process = measure(command)
            if process.exit_code:
                return False
            taken.append(Seconds(**json.loads(figures.read_text(encoding="utf-8"))))
            peaks_mb.append(process.peak_mb)
    run, changes, again = (
        statistics.median(getattr(one, name) for one in taken) for name in ("run", "small_changes", "again")
    )
    shown = (
        beside(run, RUN_LIMIT_S, 2),
        beside(changes, None, 2),
        beside(again, AGAIN_LIMIT_S, 2),
        beside(statistics.median(peaks_mb), PEAK_LIMIT_MB, 0),
    )
    print(line(study, *shown), flush=True)
    return True


def _phantom(study: str, seed: int, out: Path) -> Path:
    main_py = [sys.executable, str(ROOT / "main.py")]
    measure([*main_py, "phantom", study, "--patients", "1", "--seed", str(seed), "--out", str(out)])
    return next(path for path in sorted(out.iterdir()) if path.is_dir())


def _once(study: str, patient: Path) -> Seconds:
    from headless.read_case import AssessRequest, read_case
    from headless.read_record import read_record
    from inference.dicom.intake import Intake
    from inference.jobs import ignore_progress, never_stop
    from inference.packs.store import PackStore
    from inference.pipeline import assess
    from inference.varying import vary

    pathway = PATHWAYS[study]
    masks = {name: patient / file for name, file in pathway.masks.items()}
    request = AssessRequest(patient, study, patient, masks=masks, mask_segment="1" if masks else None)
    pack = PackStore.of_this_user().open(study)
    with Intake() as intake:
        plan = intake.scan(patient)
        record = read_record(study, patient / "clinical.json")
        case = read_case(request, record, plan, intake, ignore_progress, never_stop)

    began = time.perf_counter()
    outcome = assess(case, pack, rule_set=RULE_SET)
    answered = time.perf_counter()
    vary(outcome, case, pack)
    varied = time.perf_counter()

    value = case.record.values[pathway.changed]
    assert isinstance(value.canonical, float)
    other = case.record.with_value(replace(value, canonical=value.canonical + 1))
    changed = replace(case, record=other, mask=outcome.mask)
    begun_again = time.perf_counter()
    second = assess(changed, pack, rule_set=RULE_SET)
    ended = time.perf_counter()
    if not (outcome.assessment.is_answered and second.assessment.is_answered):
        raise SystemExit(1)
    return Seconds(answered - began, varied - answered, ended - begun_again)


if __name__ == "__main__":
    sys.exit(main())
