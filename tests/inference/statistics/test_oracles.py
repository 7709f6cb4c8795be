import re
from pathlib import Path

import pytest

from tests.inference.statistics.oracles import COMMITTED, Oracle, oracles

SPLITS = ("dev", "val")
SURVIVAL = {"km", "logrank", "cox", "step_aic", "zph", "cindex", "nomogram_cox", "lasso_cox"} | {
    f"{name}_{split}" for name in ("auc_t", "brier", "calibration", "dca_surv") for split in SPLITS
}
BINARY = {"logistic", "step_aic", "nomogram_lrm", "tests"} | {
    f"{name}_{split}"
    for name in ("roc", "at_thresholds", "hosmer_lemeshow", "calibration", "dca")
    for split in SPLITS
}


@pytest.mark.parametrize(
    ("kind", "sections"), [("survival", SURVIVAL), ("binary", BINARY), ("icc", {"two_readers"})]
)
def test_sets_of_every_kind_are_at_hand_with_every_section(kind, sections: set[str]) -> None:
    at_hand: list[Oracle] = [parameter.values[0] for parameter in oracles(kind)]
    sets = [oracle for oracle in at_hand if oracle.folder.parent == COMMITTED]
    assert sets
    for oracle in sets:
        assert sections <= set(oracle.golden), oracle.name
        assert not [name for name in sections if "error" in oracle.golden[name]]


@pytest.mark.parametrize("section", sorted(SURVIVAL | BINARY | {"psych"}))
def test_a_test_reads_every_section(section: str) -> None:
    by_split = re.sub(r"_(dev|val)$", "_{split}", section)
    sources = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py")]
    readers = [text for text in sources if "SURVIVAL =" not in text]
    assert any(f'"{section}"' in text or f'"{by_split}"' in text for text in readers)
