"""``docs/results.md`` from kept runs, packs, and the nasopharyngeal pack at the board."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from models.markdown import table
from models.results.directions import SIGNIFICANT_BELOW, beyond_chance
from models.results.figures import StudyResults
from models.results.gc_recurrence import gc_results
from models.results.gnen_os import gnen_results
from models.results.home import KeptRun, kept_run
from models.results.lagc_response import lagc_results
from models.results.markdown import counted
from models.results.npc_residual import npc_results
from models.results.pack_facts import PackFacts, size_table
from models.results.permuted_section import PERMUTED_JSON, Permuted, permuted_section
from models.results.picture import PICTURE
from models.results.pnen_recurrence import pnen_results
from models.results.reading import read_document
from models.results.study_section import SUMMARY_HEADS, missing_section, study_section, summary_rows
from models.training.engine.history import CURVES_PNG

READERS: Final[Mapping[str, tuple[str, Callable[[KeptRun], StudyResults]]]] = {
    "npc-residual": ("Nasopharyngeal carcinoma: residual tumour after radiotherapy", npc_results),
    "lagc-response": ("Locally advanced gastric cancer: response to neoadjuvant chemotherapy", lagc_results),
    "gc-recurrence": ("Gastric cancer: recurrence after radical gastrectomy", gc_results),
    "pnen-recurrence": ("Pancreatic neuroendocrine neoplasm: recurrence after resection", pnen_results),
    "gnen-os": ("Gastric neuroendocrine neoplasm: overall survival", gnen_results),
}
"""By study: the title, and what reads its kept run."""

PICTURES: Final = (
    (
        "images/phantom-npc.png",
        "Phantoms of the nasopharynx: twelve levels of one head, one tumour under rising signal",
    ),
    ("images/phantom-ct.png", "Phantoms of the abdomen"),
)

_HOW: Final = (
    "**How this page is made.** `make packs` trains the five studies on synthetic cohorts, for hours, and "
    "keeps what each run measured in `docs/results/<study>/`: figures (`result.json`), scores of every "
    "phantom, loss curves. `make results` writes this page in minutes and trains nothing. *Read* from the "
    "kept runs: areas, C-indices, their intervals, Dice, ceilings, published figures, the habits of the "
    "public code, permuted outcomes, training times. *Computed anew*: every paired test, and a check that "
    "areas and C-indices follow from the kept scores; the section on the nasopharyngeal pack at the board, "
    "whose networks score freshly rendered phantoms; the sizes of packs; every sentence that compares."
)
_READING: Final = (
    "**How to read it.** Intervals are 95 %; where a class has fewer than 10 they come from the exact "
    "bootstrap and are as wide as so few deserve. *At best* is the AUC or C-index of a reader who knows "
    "exactly what the phantoms' image and form tell (`python -m models.phantoms.ceilings`); *of the way* is "
    "the share of the distance from 0.5 to it. The paper's figures are of patients and are printed beside "
    "ours, never as a target. Which of two models the phantoms favour was built into them "
    "(`docs/phantoms.md`): an ablation here shows that the software finds what was planted, and discovers "
    "nothing about patients."
)


def results_page(home: Path, packs: Sequence[PackFacts], board: Sequence[str]) -> str:
    """The whole page; ``board`` are the paragraphs on the nasopharyngeal pack, if there is one."""
    found = read_kept(home)
    parts = [
        "# Results on synthetic phantoms",
        "**Synthetic data throughout. These figures show what the software does on phantoms whose signal "
        "this project planted; they say nothing about patients.**",
        _HOW,
        _READING,
        "## At a glance",
        _summary(found),
    ]
    for study, (title, _) in READERS.items():
        if study in found:
            has_curves = kept_run(study, home).has_curves
            curves = f"results/{study}/{CURVES_PNG}" if has_curves else None
            parts += study_section(found[study], curves)
        else:
            parts += missing_section(study, title)
    parts += [
        *_multiplicity(found),
        *permuted_section(
            _permuted(home), [each for one in found.values() for each in one.dealt_out], tuple(READERS)
        ),
        *board,
        "## Training times and sizes of packs",
        "*Of the demonstration packs, which were trained on synthetic phantoms.*",
        size_table(tuple(packs), {s: found[s].minutes if s in found else None for s in READERS}),
        *_pictures(home.parent),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def read_kept(home: Path) -> dict[str, StudyResults]:
    """Every study whose run has been kept, in the order of the page.

    Raises
    ------
    ResultDocumentError, TableError
        When a document or table does not fit.
    """
    runs = {study: kept_run(study, home) for study in READERS}
    return {study: READERS[study][1](run) for study, run in runs.items() if run.is_there}


def _summary(found: Mapping[str, StudyResults]) -> str:
    rows = [row for one in found.values() for row in summary_rows(one)]
    missing = [study for study in READERS if study not in found]
    told = f"\n\nNot kept yet: {', '.join(f'`{study}`' for study in missing)}." if missing else ""
    if not rows:
        return "**No study has been kept yet.**"
    caption = "**Synthetic phantoms, not patients: the model that answers each study's question.**"
    picture = f"![The same as a forest plot](images/{PICTURE})"
    return f"{caption}\n\n{table(SUMMARY_HEADS, rows)}\n\n{picture}{told}"


def _multiplicity(found: Mapping[str, StudyResults]) -> list[str]:
    made, below = beyond_chance([each for one in found.values() for each in one.ablations])
    if not made:
        return []
    return [
        "## How many tests this page makes",
        f"{counted(made, 'paired test', 'paired tests')}, unadjusted, {below} with P < {SIGNIFICANT_BELOW}; "
        f"if no two models differed, about {made * SIGNIFICANT_BELOW:.1f} would be. Tests of out-of-fold "
        f"scores take these as independent of each other, which they are not: P is somewhat too small in "
        f"training cohorts.",
    ]


def _pictures(documents: Path) -> list[str]:
    links = [f"- [{told}]({place})" for place, told in PICTURES if (documents / place).is_file()]
    return ["## Pictures of phantoms", "\n".join(links)] if links else []


def _permuted(home: Path) -> Permuted | None:
    path = home / PERMUTED_JSON
    return read_document(Permuted, path) if path.is_file() else None
