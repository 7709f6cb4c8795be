import subprocess
import sys
from pathlib import Path

import pytest

from tools import set_up


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every command that set-up would have run."""
    ran: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(set_up.subprocess, "run", run)
    return ran


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment that exists but holds nothing yet, on a machine that lacks nothing."""
    folder = tmp_path / "environment"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    monkeypatch.setattr(set_up, "ENVIRONMENT", folder)
    monkeypatch.setattr(set_up, "missing_system_packages", lambda level: [])
    return folder


def set_up_for(level: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["set_up.py", level])
    return set_up.main()


def test_the_application_installs_without_torch() -> None:
    application = [line.partition("==")[0] for line in set_up.requirements(set_up.EXTRAS["app"])]
    assert "onnxruntime" in application
    assert "torch" not in application
    assert "torch==2.13.0" in set_up.requirements(set_up.EXTRAS["dev"])


def test_a_package_that_two_extras_name_is_asked_for_once() -> None:
    wanted = set_up.requirements(("train", "dev"))
    assert len(wanted) == len(set(wanted))


def test_torch_is_installed_before_everything_else(
    environment: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set_up_for("dev", monkeypatch) == 0
    installs = [command for command in commands if "install" in command]
    assert installs[0][-1] == "torch==2.13.0"
    assert all("--constraint" in command and "--only-binary" in command for command in installs)


def test_the_second_run_does_nothing(
    environment: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up_for("dev", monkeypatch)
    commands.clear()
    assert set_up_for("dev", monkeypatch) == 0
    assert set_up_for("app", monkeypatch) == 0
    assert commands == []


def test_a_changed_lock_installs_again(
    environment: Path, commands: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up_for("app", monkeypatch)
    commands.clear()
    changed = tmp_path / "constraints.txt"
    changed.write_text("numpy==2.4.5\n", encoding="utf-8")
    monkeypatch.setattr(set_up, "CONSTRAINTS", changed)
    set_up_for("app", monkeypatch)
    assert any("install" in command for command in commands)


def test_a_failed_install_leaves_no_trace_of_being_ready(
    environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(23, command)

    monkeypatch.setattr(set_up.subprocess, "run", fail)
    assert set_up_for("app", monkeypatch) == 1
    assert not (environment / ".ready-app").exists()
    assert "pip ended with 23" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="system packages are asked for on Linux alone")
def test_a_library_that_the_linker_does_not_find_is_named_by_its_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(set_up, "QT_LIBRARIES", {"libc.so.6": "libc6", "libnowhere.so.9": "libnowhere9"})
    monkeypatch.setattr(set_up, "TEST_PROGRAMS", {"program-of-nobody": "nobody-utils"})
    monkeypatch.setattr(set_up, "CHINESE_FONT_FILES", ("font-of-nobody*",))
    font = set_up.CHINESE_FONT_PACKAGE
    assert set_up.missing_system_packages("app") == ["libnowhere9", font]
    assert set_up.missing_system_packages("dev") == ["libnowhere9", font, "nobody-utils"]


def test_without_the_right_to_install_the_exact_command_is_printed(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(set_up, "privilege", lambda: None)
    assert not set_up.install_system_packages(["libegl1", "libgl1"])
    assert "sudo apt-get install -y libegl1 libgl1" in capsys.readouterr().out
    assert commands == []
