"""The arrows of the house: who may import whom, at the top of a file or inside a function alike."""

import ast
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("gui", "headless", "inference", "models", "reports")
QT = ("PySide6", "shiboken6", "pyqtgraph")
LEARNING = ("torch", "torchvision", "onnxscript", "sklearn")

FORBIDDEN = {
    "inference": ("gui", "headless", "reports", "models", "main", *QT, *LEARNING),
    "reports": ("gui", "headless", "models", "main", *QT, *LEARNING),
    "models": ("gui", "headless", "main", *QT),
    "models/__init__.py": LEARNING,  # runs whenever the phantoms are asked for
    "models/phantoms": LEARNING,
    "gui": ("models", "headless", "main", *LEARNING),
    "headless": ("main", *QT, *LEARNING),
    "main.py": LEARNING,
}
"""Place in the tree -> modules that nothing below it imports (architecture.md)."""


def imports_of(source: str, package: str) -> Iterator[tuple[int, str]]:
    """Line and absolute name of everything ``source``, a module in ``package``, imports anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)
        elif isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            named = node.args[0]
            if called in ("import_module", "__import__") and isinstance(named, ast.Constant):
                yield node.lineno, str(named.value)


def python_files(place: Path) -> list[Path]:
    """Every Python file at or below ``place``."""
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def broken_arrows(root: Path) -> list[str]:
    """Every import below ``root`` that FORBIDDEN rules out, as ``file:line imports name``."""
    broken = []
    for place, forbidden in FORBIDDEN.items():
        for file in python_files(root / place):
            package = ".".join(file.relative_to(root).parent.parts)
            for line, name in imports_of(file.read_text(encoding="utf-8"), package):
                if any(name == other or name.startswith(f"{other}.") for other in forbidden):
                    broken.append(f"{file.relative_to(root).as_posix()}:{line} imports {name}")
    return broken


def small_house(root: Path, repository: Path) -> None:
    """Build empty packages with the real contracts in ``root``."""
    for package in (*PACKAGES, "models/phantoms"):
        (root / package).mkdir(parents=True)
        (root / package / "__init__.py").touch()
    shutil.copy(repository / "pyproject.toml", root)


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the import contracts of ``root``'s pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(root), "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=120)


def test_import_contracts_hold(repository: Path) -> None:
    result = lint_imports(repository)
    assert result.returncode == 0, result.stdout + result.stderr


def test_arrows_hold_for_lazy_imports_too(repository: Path) -> None:
    assert not broken_arrows(repository)


def test_main_brings_in_the_window_and_the_models_only_when_asked(repository: Path) -> None:
    tree = ast.parse((repository / "main.py").read_text(encoding="utf-8"))
    at_start = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [name for node in at_start for _, name in imports_of(ast.unparse(node), "")]
    assert not [name for name in names if name.split(".")[0] in ("gui", "headless", "models", "reports", *QT)]


BREAKS = [
    ("inference/rules.py", "import PySide6.QtCore"),
    ("inference/rules.py", "from reports import page"),
    ("reports/page.py", "from gui import window"),
    ("models/export.py", "from gui import window"),
    ("gui/window.py", "from models import export"),
    ("gui/window.py", "import torch"),
    ("headless/demo.py", "from PySide6 import QtCore"),
    ("models/phantoms/volume.py", "import torch"),
]


@pytest.mark.parametrize(("file", "statement"), BREAKS)
def test_a_lazy_import_against_an_arrow_is_found(
    file: str, statement: str, tmp_path: Path, repository: Path
) -> None:
    small_house(tmp_path, repository)
    for module in ("gui/window.py", "reports/page.py", "models/export.py"):
        (tmp_path / module).touch()
    assert not broken_arrows(tmp_path)
    (tmp_path / file).write_text(f"def draw():\n    {statement}\n", encoding="utf-8")
    assert [found.split(" ")[0] for found in broken_arrows(tmp_path)] == [f"{file}:2"]


def test_import_contracts_find_a_broken_arrow(tmp_path: Path, repository: Path) -> None:
    small_house(tmp_path, repository)
    assert lint_imports(tmp_path).returncode == 0
    (tmp_path / "inference/rules.py").write_text("def f():\n    import PySide6\n", encoding="utf-8")
    (tmp_path / "models/export.py").write_text("def f():\n    import gui\n", encoding="utf-8")
    (tmp_path / "models/phantoms/volume.py").write_text("import torch\n", encoding="utf-8")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert "3 broken" in result.stdout


def test_a_relative_import_is_read_as_the_absolute_one() -> None:
    assert list(imports_of("from ..dicom import codec", "inference.masks")) == [(1, "inference.dicom.codec")]
    assert list(imports_of("from . import journal", "inference.masks")) == [(1, "inference.masks.journal")]


def declared_distributions(repository: Path, *extras: str) -> set[str]:
    """Names of the distributions that pyproject.toml pins for the application and ``extras``."""
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = project["dependencies"] + [
        line for extra in extras for line in project["optional-dependencies"][extra]
    ]
    return {line.partition("==")[0].lower().replace("_", "-") for line in pinned}


@pytest.mark.parametrize(
    ("places", "extras"),
    [(("inference", "reports", "gui", "headless", "main.py"), ()), (("models",), ("train",))],
    ids=["application", "training"],
)
def test_every_package_that_is_imported_is_pinned(
    places: tuple[str, ...], extras: tuple[str, ...], repository: Path
) -> None:
    declared = declared_distributions(repository, *extras)
    providers = importlib.metadata.packages_distributions()
    own = {*PACKAGES, "main", *sys.stdlib_module_names}
    unpinned = set()
    for place in places:
        for file in python_files(repository / place):
            package = ".".join(file.relative_to(repository).parent.parts)
            for line, name in imports_of(file.read_text(encoding="utf-8"), package):
                top = name.split(".")[0]
                brought_by = {provider.lower().replace("_", "-") for provider in providers.get(top, [])}
                if top not in own and not brought_by & declared:
                    unpinned.add(f"{file.relative_to(repository).as_posix()}:{line} imports {name}")
    assert not unpinned
