"""Where a pack was made: the commit, the versions, the machine."""

from __future__ import annotations

import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from models.export import OPSET

REPOSITORY = Path(__file__).resolve().parents[2]
_LIBRARIES = ("numpy", "onnx", "onnxruntime", "scipy", "torch")


def created_with(seed: int, threads: int, command: str) -> dict[str, str]:
    """For the manifest: what to install and to call for the same pack."""
    return {
        "command": command,
        "git": git_revision(),
        "opset": str(OPSET),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "seed": str(seed),
        "threads": str(threads),
        **{name: version(name) for name in _LIBRARIES},
    }


def git_revision() -> str:
    """The commit that the training code was at, with ``+`` when models/ or inference/ held changes."""
    revision = _git("rev-parse", "HEAD") or "unknown"
    return revision + ("+" if _git("status", "--porcelain", "--", "models", "inference") else "")


def moment_of_code() -> datetime:
    """When the commit was made, so that the same code writes the same files; now where there is none."""
    stamp = _git("log", "-1", "--format=%cI")
    return datetime.fromisoformat(stamp) if stamp else datetime.now(UTC)


def _git(*arguments: str) -> str:
    """What git answers about this project; nothing where there is no git or no repository."""
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run(
        [git, "--no-optional-locks", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()
