"""How often the guard notes a fitting phantom: counted where a network saw it, and said where none can."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import guard_rates
from inference.paths import HOME_VARIABLE
from models.phantoms.command import write_cohort
from tests.inference.tiny_clouds import knowing_all
from tests.inference.tiny_pack import write_tiny_pack


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("phantom") / "cohort"
    write_cohort(
        "npc-residual",
        cohort="training",
        patients=1,
        seed=91,
        out=out,
        size=128,
        on_progress=lambda _: None,
        should_stop=lambda: False,
    )
    return next(path for path in sorted(out.iterdir()) if path.is_dir())


@pytest.mark.parametrize(
    ("clouds", "told"),
    [
        (knowing_all(100.0, ccrt=0.0, ic_ccrt=0.0), ["1", "0.000", "0.000"]),
        (knowing_all(0.001, ccrt=99.0), ["1", "1.000", "1.000"]),
        ({}, []),
    ],
    ids=["fits", "refused", "without a cohort"],
)
def test_a_pack_of_treatments_is_counted_by_its_worst_line(
    clouds: dict[str, object],
    told: list[str],
    phantom: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.setattr("inference.packs.store.BUNDLED_PACKS", tmp_path / "none")
    monkeypatch.setattr(guard_rates, "_phantoms", lambda *_: [phantom])
    write_tiny_pack(tmp_path / "data" / "packs" / "npc-residual-tiny", **clouds)  # type: ignore[arg-type]
    assert guard_rates.main(["npc-residual", "--patients", "1"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    figures = [word for word in last.split() if word[0].isdigit()]
    assert figures[:2] + figures[4:5] == told
    assert ("no network's cohort is known" in last) is not told
