"""``python -m models.results``: write docs/results.md, or keep what a training run measured.

``python -m models.results keep STUDY RUN`` copies the results in the folder RUN to ``docs/results/STUDY``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from inference.errors import ConciliumError
from inference.messages.catalogue import load_catalogue
from inference.packs.manifest import MANIFEST_FILE
from inference.packs.verify import verify_pack
from inference.storage import write_atomically
from inference.tables.csv_table import TableError
from models.held_back import ask_board
from models.phantoms.npc_population import draw_cohort
from models.results.board_sections import board_sections
from models.results.home import HOME, REPOSITORY, TABLES, keep_run
from models.results.pack_facts import pack_facts
from models.results.page import read_kept, results_page
from models.results.picture import PICTURE, glance_png

PACKS = REPOSITORY / "packs"
BOARD_PACK = PACKS / "npc-residual-demo"
COHORT, PATIENTS, SEED = "internal", 60, 77


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of ``make results``."""
    parser = argparse.ArgumentParser(prog="python -m models.results", description=__doc__)
    parser.add_argument(
        "--board-patients", type=int, default=PATIENTS, help="phantoms that the NPC pack answers"
    )
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs" / "results.md")
    commands = parser.add_subparsers(dest="command")
    keep = commands.add_parser("keep", help="keep the results of a training run")
    keep.add_argument("study", choices=sorted(TABLES))
    keep.add_argument("run", type=Path)
    given = parser.parse_args(arguments)
    english = load_catalogue("en")
    try:
        if given.command == "keep":
            keep_run(given.study, given.run)
        else:
            page = results_page(HOME, pack_facts(PACKS), _board(given.board_patients))
            write_atomically(given.out, page.encode())
            found = read_kept(HOME)
            if found:
                picture = glance_png(found.values(), english)
                write_atomically(given.out.parent / "images" / PICTURE, picture)
            sys.stdout.write(page)
    except TableError as error:
        sys.stderr.writelines(english.render(each) + "\n" for each in error.problems)
        return error.exit_code
    except ConciliumError as error:
        sys.stderr.write(english.render(error.message) + "\n")
        return error.exit_code
    return 0


def _board(patients: int) -> list[str]:
    if not (BOARD_PACK / MANIFEST_FILE).is_file():
        return []
    pack = verify_pack(BOARD_PACK, self_test=True)
    answers = []
    for answer in ask_board(draw_cohort(COHORT, patients, SEED), pack):
        answers.append(answer)
        sys.stderr.write(f"{len(answers)}/{patients}\n")
    return board_sections(answers, pack, COHORT, SEED)


if __name__ == "__main__":
    raise SystemExit(main())
