"""What every test may rely on: an off-screen Qt, folders of its own, no network, and the imaging data."""

import gc
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "2")

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "::1", "localhost"}

# Same examples on every machine and every run: a red test can be repeated as it was.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, max_examples=50)
settings.load_profile("repeatable")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[object]:
    """Put modules and tests out of the collector's sight; every test of the window looks for all garbage.

    With the whole suite collected that look takes 0.4 s, without what cannot be garbage 0.01 s.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real imaging data; tests that need it are skipped where it is absent.

    ``CONCILIUM_DATA`` names it; otherwise ``shared/data`` in or beside the checkout is taken. Read only.
    """
    configured = os.environ.get("CONCILIUM_DATA")
    places = [REPOSITORY / "shared" / "data", REPOSITORY.parent / "shared" / "data"]
    candidates = [Path(configured)] if configured else places
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    pytest.skip("no imaging data: set CONCILIUM_DATA to the folder that holds it")


@pytest.fixture(scope="session", autouse=True)
def _own_user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Send settings, cases and packs to a temporary home, so that no test meets the developer's own."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("DATA", "CONFIG", "CACHE", "STATE"):
            folder = home / kind.lower()
            folder.mkdir()
            patch.setenv(f"XDG_{kind}_HOME", str(folder))
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine: the application promises to make none."""
    connect = socket.socket.connect

    def connect_locally(self: socket.socket, address: object) -> None:
        leaves = self.family in (socket.AF_INET, socket.AF_INET6)
        if leaves and not (isinstance(address, tuple) and address[0] in LOOPBACK):
            pytest.fail(f"a test tried to reach {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_locally)
        yield


@pytest.fixture(autouse=True)
def forget_kept(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """No test is served from what another one's networks read; what it returns forgets within a test."""
    from inference.predictors import treatments_kept
    from inference.predictors.feature_cache import FeatureCache

    def forget() -> None:
        for name in ("SCORED", "SHARES"):
            monkeypatch.setattr(treatments_kept, name, FeatureCache())

    forget()
    return forget
