"""Fixtures of the core: a tiny real pack."""

import pytest

from inference.packs.load import LoadedPack
from inference.packs.verify import verify_pack
from tests.inference.tiny_pack import write_tiny_pack


@pytest.fixture(scope="session")
def tiny_pack(tmp_path_factory: pytest.TempPathFactory) -> LoadedPack:
    """Demonstration pack whose scores rise with brightness; row 3 of the table on the synthetic case."""
    folder = write_tiny_pack(tmp_path_factory.mktemp("packs") / "npc-residual-tiny", gain=2.0)
    return verify_pack(folder, threads=1)
