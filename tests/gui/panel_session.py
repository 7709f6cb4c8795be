"""A real session on a case and a pack of a few kilobytes, in whatever state a panel is to be seen in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gui.session import Session
from inference.case_input import CaseInput
from inference.clock import SeededIds
from inference.packs.load import LoadedPack
from inference.packs.verify import verify_pack
from inference.pipeline import assess
from tests.inference.synthetic_case import case, mask_layer, record
from tests.inference.tiny_pack import write_tiny_pack


class NoIntake:
    """An intake that nobody asks for anything."""

    def start(self) -> None:
        """Nothing to warm up."""

    def close(self) -> None:
        """Nothing to end."""


class OnePack:
    """A store that holds one pack."""

    def __init__(self, pack: LoadedPack) -> None:
        self._pack = pack

    def open(self, study: str, request: str | None) -> LoadedPack:
        """The pack."""
        return self._pack


def tiny_pack(folder: Path, **changes: Any) -> LoadedPack:
    """Write and open a pack; scores are named per treatment (``ccrt=(0.1, 0.2)``)."""
    return verify_pack(write_tiny_pack(folder, **changes), threads=1)


def new_session(pack: LoadedPack, language: str = "en") -> Session:
    """A session that has its pack and nothing else."""
    intake: Any = NoIntake()
    session = Session(intake=intake, packs=OnePack(pack), ids=SeededIds(1), language=language)
    session.accept_pack(pack, None)
    return session


def open_case(session: Session, opened: CaseInput) -> None:
    """Put a case before the session as if it had been read."""
    session.stack, session.identity = opened.stack, opened.stack.identity
    session.record = opened.record
    session.mask = opened.mask
    session.stack_changed.emit()
    session.record_changed.emit()
    session.set_stated(opened.stated)
    session.accept_volume(opened.volume)
    session.mask_changed.emit()


def run(session: Session) -> None:
    """Assess the open case at once, in this thread."""
    opened = session.case_input
    assert opened is not None and session.pack is not None
    site = session.site_rules.site
    session.accept_outcome(assess(opened, session.pack, rule_set=session.rule_set, rules=site), 1.2)


GOOD = {"ccrt": (0.12, 0.18, 0.24), "ic_ccrt": (0.06, 0.11, 0.16)}
BAD = {"ccrt": (0.71, 0.76, 0.84), "ic_ccrt": (0.62, 0.66, 0.75)}
BORDERLINE = {"ccrt": (0.46, 0.49, 0.53), "ic_ccrt": (0.06, 0.11, 0.16)}


@pytest.fixture(scope="session")
def good_pack(tmp_path_factory: pytest.TempPathFactory) -> LoadedPack:
    """A pack that predicts non-residual under both treatments."""
    return tiny_pack(tmp_path_factory.mktemp("good"), scores=GOOD, gain=1.0)


@pytest.fixture(scope="session")
def borderline_pack(tmp_path_factory: pytest.TempPathFactory) -> LoadedPack:
    """A pack whose one treatment stands too near its cut-off."""
    return tiny_pack(tmp_path_factory.mktemp("borderline"), scores=BORDERLINE)


@pytest.fixture
def empty(good_pack: LoadedPack, qapp: object) -> Iterator[Session]:
    """A session before anything is open."""
    session = new_session(good_pack)
    yield session
    session.shut_down()


@pytest.fixture
def opened(empty: Session) -> Session:
    """A case that every check accepts, not yet assessed."""
    open_case(empty, case(mask=mask_layer(), clinical=record(ebv_dna="1200")))
    return empty


@pytest.fixture
def answered(opened: Session) -> Session:
    """Non-residual under both treatments: CCRT is recommended."""
    run(opened)
    assert opened.is_current
    return opened


@pytest.fixture
def stale(answered: Session) -> Session:
    """Answered, and then a clinical value was changed."""
    answered.set_record(record(age="61"))
    return answered


@pytest.fixture
def withheld(borderline_pack: LoadedPack, qapp: object) -> Iterator[Session]:
    """One treatment too near its cut-off."""
    session = new_session(borderline_pack)
    open_case(session, case(mask=mask_layer()))
    run(session)
    yield session
    session.shut_down()
