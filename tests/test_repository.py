"""What holds for the whole tree: size, licence, unsafe calls, unfinished work, and truthful documents."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGEST_FILE = 400
LARGEST_TREE_BYTES = 20 * 1024**2
LARGEST_PACKS_BYTES = 40 * 1000**2
NETWORK = {"socket", "ssl", "http", "ftplib", "smtplib", "xmlrpc", "requests", "httpx", "aiohttp", "urllib3"}
UNPICKLERS = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
APPLICATION = ("gui", "headless", "inference", "models", "reports", "main.py")


@pytest.fixture(scope="module")
def files(repository: Path) -> list[Path]:
    """Every file of the project that git tracks or would track."""
    if not shutil.which("git") or not (repository / ".git").exists():
        pytest.skip("not a git checkout: which files belong to the project is not known")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout
    paths = {repository / name for name in listed.split("\0") if name}
    return sorted(path for path in paths if path.is_file())


@pytest.fixture(scope="module")
def python_sources(files: list[Path]) -> dict[Path, str]:
    """Text of every Python file."""
    return {path: path.read_text(encoding="utf-8") for path in files if path.suffix == ".py"}


def imported_names(node: ast.AST) -> list[str]:
    """Absolute names that one statement imports; none for anything but an import."""
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [f"{node.module}.{name.name}" for name in node.names]
    return []


def unsafe_uses(source: str) -> Iterator[str]:
    """Every place in ``source`` that would execute what it was given: unpickling, eval, a shell."""
    for node in ast.walk(ast.parse(source)):
        yield from (
            f"{getattr(node, 'lineno', 0)}: imports {name}"
            for name in imported_names(node)
            if name.split(".")[0] in UNPICKLERS
        )
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            given = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if called in ("eval", "exec", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load"):
                yield f"{node.lineno}: calls {called}"
            if called in ("torch.load", "torch.save"):
                yield f"{node.lineno}: {called} pickles"
            for word, harmless in (("shell", "False"), ("allow_pickle", "False")):
                if given.get(word, harmless) != harmless:
                    yield f"{node.lineno}: {word}={given[word]}"


def test_nothing_that_was_read_is_ever_executed(python_sources: dict[Path, str]) -> None:
    found = [f"{path.name}:{use}" for path, source in python_sources.items() for use in unsafe_uses(source)]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "def f(x):\n    return eval(x)",
        "subprocess.run(command, shell=True)",
        "numpy.load(path, allow_pickle=True)",
        "torch.load(path, weights_only=True)",
        "torch.save(network.state_dict(), path)",
        "yaml.load(text, Loader=yaml.Loader)",
    ],
)
def test_each_unsafe_use_is_noticed(source: str) -> None:
    assert list(unsafe_uses(source))


def test_safe_uses_are_left_alone() -> None:
    safe = "net.eval()\nnp.load(p, allow_pickle=False)\nrun(c, shell=False)"
    assert not list(unsafe_uses(safe))


def test_the_application_has_no_way_to_the_network(python_sources: dict[Path, str], repository: Path) -> None:
    found = []
    for path, source in python_sources.items():
        if path.relative_to(repository).parts[0] not in APPLICATION:
            continue
        for node in ast.walk(ast.parse(source)):
            names = imported_names(node)
            reaching = [n for n in names if n.split(".")[0] in NETWORK or n.startswith("urllib.request")]
            found += [f"{path.relative_to(repository)} imports {name}" for name in reaching]
    assert not found


def test_no_python_file_outgrows_its_concept(python_sources: dict[Path, str]) -> None:
    lengths = {path.name: source.count("\n") for path, source in python_sources.items()}
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def test_no_unfinished_work_is_left_behind(python_sources: dict[Path, str]) -> None:
    marks = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|NotImplemented" r"Error)\b")
    found = [
        f"{path.name}:{number}"
        for path, source in python_sources.items()
        for number, line in enumerate(source.splitlines(), start=1)
        if marks.search(line)
    ]
    assert not found


def test_no_path_of_somebodys_own_machine_is_written_down(files: list[Path], repository: Path) -> None:
    home = re.compile(rb"/(?:home|root|Users)/\w|[A-Z]:\\\\?Users\\\\?\w")
    # Tests write such paths themselves, to show that no log repeats them.
    texts = [path for path in files if path.relative_to(repository).parts[0] != "tests"]
    found = [path.name for path in texts if b"\0" not in (raw := path.read_bytes()) and home.search(raw)]
    assert not found


def test_the_tree_and_the_packs_in_it_stay_small(files: list[Path], repository: Path) -> None:
    packs = {path for path in files if path.relative_to(repository).parts[0] == "packs"}
    assert sum(path.stat().st_size for path in packs) < LARGEST_PACKS_BYTES
    assert sum(path.stat().st_size for path in files if path not in packs) < LARGEST_TREE_BYTES


def test_the_licence_is_the_one_that_the_project_declares(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (repository / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] == "Apache-2.0"
    assert "Apache License" in text and "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_every_dependency_is_pinned_and_locked_to_the_same_version(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    locked = (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()
    versions = dict(_name_and_version(line) for line in locked if line and not line.startswith("#"))
    pinned = [_name_and_version(line) for group in groups for line in group]
    assert not [(name, version) for name, version in pinned if versions.get(name) != version]


def _name_and_version(line: str) -> tuple[str, str]:
    name, _, version = line.partition("==")
    assert version, f"{line} is not pinned to one version"
    return re.sub(r"[-_.]+", "-", name).lower(), version


def test_links_between_documents_lead_somewhere(files: list[Path], repository: Path) -> None:
    dead = []
    for page in (path for path in files if path.suffix == ".md"):
        for link in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not link.startswith(("http://", "https://", "mailto:")) and not (page.parent / link).exists():
                dead.append(f"{page.relative_to(repository)} -> {link}")
    assert not dead


def test_every_make_command_in_the_documents_exists(files: list[Path], repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    quoted = {
        (path.name, target)
        for path in files
        if path.suffix == ".md"
        for target in re.findall(r"(?:^|`|&& )make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert quoted, "the documents name no command at all"
    assert not {(page, target) for page, target in quoted if target not in targets}


def test_every_decision_gives_its_background_and_consequences(repository: Path) -> None:
    records = sorted((repository / "docs" / "decisions").glob("[0-9]*.md"))
    assert records
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        headings = re.findall(r"^## (.+)$", record.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert headings[:3] == ["Decision", "Background", "Consequences"], record.name


def test_the_changelog_knows_the_version_of_the_project(repository: Path) -> None:
    version = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[(?:Unreleased|{re.escape(version)})\]", changelog, flags=re.MULTILINE)
