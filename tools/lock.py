"""Write constraints.txt: the exact version of every package that a fresh development environment holds."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.set_up import CONSTRAINTS, EXTRAS, requirements

HEADER = """\
# Exact versions of everything in a fresh environment with the extras train and dev.
# Written by `make lock`; change pyproject.toml, not this file.
"""


def freeze(wanted: list[str]) -> list[str]:
    """Install ``wanted`` into a new environment and list what came, one ``name==version`` a line."""
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [python, "-m", "pip", "--disable-pip-version-check"]
        torch = [line for line in wanted if line.startswith("torch==")]
        for batch in (torch, wanted):
            subprocess.run([*pip, "install", "-qq", "--only-binary", ":all:", *batch], check=True)
        listed = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout
    # "+cpu" and its like name a build of the same version; another machine may need another build.
    return [line.partition("+")[0] for line in listed.splitlines() if "==" in line]


def main() -> None:
    """Replace constraints.txt."""
    locked = freeze(requirements(EXTRAS["dev"]))
    CONSTRAINTS.write_text(HEADER + "\n".join(locked) + "\n", encoding="utf-8")
    print(f"{CONSTRAINTS.name}: {len(locked)} packages")


if __name__ == "__main__":
    main()
