"""``python -m models.make_packs``: train on synthetic cohorts, evaluate, write the demonstration packs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from models.packing.driver import PackPlace, make_all, make_alone
from models.packing.origin import REPOSITORY
from models.studies.catalogue import STUDIES


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of ``make packs``; every pack that could not be made counts into the exit code."""
    parser = argparse.ArgumentParser(prog="python -m models.make_packs", description=__doc__)
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=f"of {', '.join(STUDIES)}; default: all")
    parser.add_argument("--jobs", type=int, default=2, help="packs made at a time, each on one core")
    parser.add_argument("--preset", default="demo")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "packs", help="folder of packs")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "build" / "packs", help="kept between runs")
    parser.add_argument("--alone", action="store_true", help="one study, in this process")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.studies) - set(STUDIES))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    place = PackPlace(given.out.absolute(), given.work.absolute(), given.preset)
    if given.alone:
        return make_alone(given.studies[0], place)
    return make_all(given.studies or tuple(STUDIES), place, given.jobs, command=_child)


def _child(study: str, place: PackPlace) -> list[str]:
    places = ["--preset", place.preset, "--out", str(place.out), "--work", str(place.work)]
    return [sys.executable, "-m", "models.make_packs", study, "--alone", *places]


if __name__ == "__main__":
    raise SystemExit(main())
