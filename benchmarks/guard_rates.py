"""How often the guard calls a fitting scan unlike the cohort: its false flags, counted on fresh phantoms.

``python -m benchmarks.guard_rates [STUDY …] [--patients N] [--seed S]`` draws phantoms of the training
population that no pack has seen, at the size of a real scan, and asks each demonstration pack for its answer.
The guard's limits come from a law that holds for normal features (``inference/guard/feature_distance.py``);
networks' features are so only roughly, and this is what that costs.  Where several networks see a phantom,
it counts as noted or refused when one of them does so.  Synthetic phantoms, not patients.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.pathways import PATHWAYS, ROOT, RULE_SET, line
from inference.findings import Verdict

AT_A_TIME: Final = 10
STUDIES: Final = tuple(PATHWAYS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each study: phantoms asked, noted or refused, and refused, with 95 % intervals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", nargs="*", metavar="STUDY", default=list(STUDIES))
    parser.add_argument("--patients", type=int, default=40)
    parser.add_argument("--seed", type=int, default=91, help="no pack was trained with it")
    given = parser.parse_args(arguments)
    if unknown := set(given.studies) - set(STUDIES):
        parser.error(f"no pathway of {', '.join(sorted(unknown))}; there are {', '.join(STUDIES)}")
    print(f"fresh phantoms of the training population, seed {given.seed}; demonstration packs; synthetic")
    print(line("", "phantoms", "noted or refused", "95 %", "refused", "95 %"))
    for study in given.studies:
        verdicts = list(_verdicts(study, given.patients, given.seed))
        if not verdicts:
            print(line(study, "no network's cohort is known to the pack"), flush=True)
            continue
        flagged = sum(verdict > Verdict.FINE for verdict in verdicts)
        refused = sum(verdict is Verdict.REFUSED for verdict in verdicts)
        shown = (str(len(verdicts)), *_share(flagged, len(verdicts)), *_share(refused, len(verdicts)))
        print(line(study, *shown), flush=True)
    return 0


def _share(count: int, of: int) -> tuple[str, str]:
    from inference.statistics.proportion import wilson_interval

    low, high = wilson_interval(count, of)
    return f"{count / of:.3f}", f"{low:.3f} to {high:.3f}"


def _verdicts(study: str, patients: int, seed: int) -> Iterator[Verdict]:
    """The worst verdict on the features of each phantom that a network saw; none where the pack knows no
    cohort.
    """
    from headless.read_case import AssessRequest, read_case
    from headless.read_record import read_record
    from inference.dicom.intake import Intake
    from inference.guard.feature_distance import is_distance
    from inference.jobs import ignore_progress, never_stop
    from inference.packs.store import PackStore
    from inference.packs.study_models import read_reference
    from inference.pipeline import assess

    pack = PackStore.of_this_user().open(study)
    if not read_reference(pack).features:
        return
    with Intake() as intake:
        for patient in _phantoms(study, patients, seed):
            masks = {name: patient / file for name, file in PATHWAYS[study].masks.items()}
            segment = "1" if masks else None
            request = AssessRequest(patient, study, patient, masks=masks, mask_segment=segment)
            plan = intake.scan(patient)
            record = read_record(study, patient / "clinical.json")
            case = read_case(request, record, plan, intake, ignore_progress, never_stop)
            guard = assess(case, pack, rule_set=RULE_SET).assessment.guard
            seen = [entry.verdict for entry in guard if is_distance(entry)]
            yield from [max(seen)] if seen else []


def _phantoms(study: str, patients: int, seed: int) -> Iterator[Path]:
    """Folders of phantoms, a few at a time: those of the next seed take the place of those before."""
    for begun in range(0, patients, AT_A_TIME):
        count = min(AT_A_TIME, patients - begun)
        with tempfile.TemporaryDirectory() as scratch:
            command = [sys.executable, str(ROOT / "main.py"), "phantom", study, "--patients", str(count)]
            subprocess.run(
                [*command, "--seed", str(seed + begun), "--out", scratch],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            yield from (path for path in sorted(Path(scratch).iterdir()) if path.is_dir())


if __name__ == "__main__":
    sys.exit(main())
