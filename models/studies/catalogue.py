"""The studies that can be trained: their presets, and how phantoms or a cohort become a pack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from inference.errors import InputError
from inference.packs.manifest import Manifest
from models.cohorts.cohort import Cohort
from models.networks.contract import Classifier, Segmenter
from models.networks.initial_files import InitialFile, by_network
from models.networks.safetensors_file import read_safetensors
from models.packing import gc_recurrence, gnen_os, lagc_response, npc_residual, pnen_recurrence
from models.studies import gnen_os_samples, lagc_response_network, pnen_recurrence_segmenter
from models.studies.gc_recurrence_config import PRESETS as GC_PRESETS
from models.studies.gc_recurrence_network import frozen_network
from models.studies.gnen_os_config import PRESETS as GNEN_PRESETS
from models.studies.lagc_response_config import PRESETS as LAGC_PRESETS
from models.studies.lagc_response_export import handed_on_beside
from models.studies.npc_residual import STUDY as NPC_RESIDUAL
from models.studies.npc_residual_config import PRESETS as NPC_PRESETS
from models.studies.npc_residual_network import bare_networks
from models.studies.pnen_recurrence_config import PRESETS as PNEN_PRESETS
from models.training.engine.run import RunPlace


@dataclass(frozen=True, slots=True)
class TrainableStudy:
    """One protocol.

    ``presets`` are its configurations by name; each has ``seed``, ``threads``, the file that the study's
    network starts from, or None, as ``weights``, and whatever else the study needs.  Where several networks
    may start from files, ``networks`` gives those of a configuration by name, and ``weights`` holds files by
    these names; else ``start`` builds the network with the weights of its file.  ``make_pack`` takes cohort,
    configuration, the place of the runs, a folder for samples and the folder of the pack, which it writes
    whole or not at all; ``leaves`` tells, by the folder of the pack, which file it leaves beside it for
    another study to start from.  ``make_demonstration`` takes the same but a cohort, and trains on phantoms;
    it finds what a study in ``needs`` left beside its samples.
    """

    study: str
    presets: Mapping[str, Any]
    make_pack: Callable[[Cohort, Any, RunPlace, Path, Path], Manifest]
    make_demonstration: Callable[[Any, RunPlace, Path, Path], Manifest]
    needs: tuple[str, ...] = ()
    weights: str = "initial_weights"
    networks: Callable[[Any], Mapping[str, Classifier | Segmenter]] | None = None
    start: Callable[[Any], object] | None = None
    leaves: Callable[[Path], Path] | None = None

    def starting_from(self, config: Any, files: Sequence[InitialFile]) -> Any:
        """The configuration whose networks start from the weights in ``files``.

        Raises
        ------
        InputError
            When a file breaks its format or starts no network of the study, or starts one twice.
        """
        if self.networks is not None:
            return replace(config, **{self.weights: by_network(self.study, files, self.networks(config))})
        if len(files) != 1 or files[0].network is not None:
            raise InputError("error.weights.one_file", study=self.study)
        read_safetensors(files[0].path)
        return replace(config, **{self.weights: files[0].path})

    def try_on(self, config: Any) -> None:
        """Let the network start from the file of the configuration, if it has or needs one.

        Raises
        ------
        InputError
            When the file belongs to another network, or is needed and was not given.
        """
        if self.start is not None:
            self.start(config)

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


STUDIES: Final[Mapping[str, TrainableStudy]] = {
    NPC_RESIDUAL: TrainableStudy(
        NPC_RESIDUAL,
        NPC_PRESETS,
        npc_residual.from_cohort,
        npc_residual.from_phantoms,
        networks=bare_networks,
    ),
    lagc_response.STUDY: TrainableStudy(
        lagc_response.STUDY,
        LAGC_PRESETS,
        lagc_response.from_cohort,
        lagc_response.from_phantoms,
        start=lagc_response_network.untrained_network,
        leaves=handed_on_beside,
    ),
    gc_recurrence.STUDY: TrainableStudy(
        gc_recurrence.STUDY,
        GC_PRESETS,
        gc_recurrence.from_cohort,
        gc_recurrence.from_phantoms,
        needs=(lagc_response.STUDY,),
        weights="backbone",
        start=frozen_network,
    ),
    pnen_recurrence.STUDY: TrainableStudy(
        pnen_recurrence.STUDY,
        PNEN_PRESETS,
        pnen_recurrence.from_cohort,
        pnen_recurrence.from_phantoms,
        start=pnen_recurrence_segmenter.untrained_network,
    ),
    gnen_os.STUDY: TrainableStudy(
        gnen_os.STUDY,
        GNEN_PRESETS,
        gnen_os.from_cohort,
        gnen_os.from_phantoms,
        start=gnen_os_samples.untrained_network,
    ),
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
