"""The studies that can be trained: their presets, and how a cohort becomes a pack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inference.errors import InputError
from inference.packs.manifest import Manifest
from models.cohorts.cohort import Cohort
from models.make_packs import HOSPITAL_LIMITS, PackWords, put_pack
from models.studies.npc_residual import STUDY as NPC_RESIDUAL
from models.studies.npc_residual import train_on
from models.studies.npc_residual_cohort import groups_of, source_of
from models.studies.npc_residual_config import PRESETS as NPC_PRESETS
from models.studies.npc_residual_config import NpcResidualConfig
from models.training.engine.run import RunPlace
from models.training.samples import Workshop


@dataclass(frozen=True, slots=True)
class TrainableStudy:
    """One protocol.

    ``presets`` are its configurations by name; each has ``seed``, ``threads`` and whatever else the study
    needs.  ``make_pack`` takes cohort, configuration, the place of the runs, a folder for samples and the
    folder of the pack, which it writes whole or not at all.
    """

    study: str
    presets: Mapping[str, Any]
    make_pack: Callable[[Cohort, Any, RunPlace, Path, Path], Manifest]

    def preset(self, name: str) -> Any:
        """The configuration called ``name``.

        Raises
        ------
        InputError
            When the study has none of that name.
        """
        if name not in self.presets:
            known = ", ".join(self.presets)
            raise InputError("error.training.preset", study=self.study, preset=name, known=known)
        return self.presets[name]


def _npc_residual(
    cohort: Cohort, config: NpcResidualConfig, place: RunPlace, samples: Path, out: Path
) -> Manifest:
    groups = groups_of(cohort, config)
    workshop = Workshop(samples, workers=0, source=source_of(cohort))
    trained = train_on(config, groups, workshop, place)
    kind = "synthetic" if cohort.is_synthetic else "hospital"
    words = PackWords(
        id=_pack_id(out),
        title=f"Residual nasopharyngeal carcinoma after radiotherapy: trained on a {kind} cohort",
        intended_use="Patients like those of its cohort, once the hospital has validated and signed it.",
        kind="synthetic" if cohort.is_synthetic else "hospital",
        description=f"A cohort of {len(cohort.table)} patients; the hash of its table is {cohort.sha256}.",
        limits=HOSPITAL_LIMITS,
        command=f"main.py train {NPC_RESIDUAL}",
    )
    return put_pack(trained, out, words)


def _pack_id(out: Path) -> str:
    """The folder's name as an id of packs."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in out.name.lower())
    return "-".join(part for part in plain.split("-") if part) or NPC_RESIDUAL


STUDIES: Final[Mapping[str, TrainableStudy]] = {
    NPC_RESIDUAL: TrainableStudy(NPC_RESIDUAL, NPC_PRESETS, _npc_residual),
}


def trainable(study: str) -> TrainableStudy:
    """The protocol of ``study``.

    Raises
    ------
    InputError
        When there is none.
    """
    if study not in STUDIES:
        raise InputError("error.training.study", study=study, known=", ".join(STUDIES))
    return STUDIES[study]
