"""Prepare this machine: virtual environment, pinned packages, and the system libraries that Qt needs.

Run by ``make`` with any Python 3.11 or 3.12 and the standard library alone. What was done is remembered in
the environment under a digest of what was asked for, so that a second run ends at once.
"""

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
CONSTRAINTS = ROOT / "constraints.txt"
EXTRAS = {"app": (), "dev": ("train", "dev")}

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""Shared library that Qt opens, and the Debian or Ubuntu package that brings it."""

TEST_PROGRAMS = {
    "git": "git",
    "pdftotext": "poppler-utils",
    "Xvfb": "xvfb",
    "xauth": "xauth",
    "dcmdump": "dcmtk",
    "dciodvfy": "dicom3tools",
}
"""Programs that some tests hold our files against; those tests are skipped where one is absent."""

CHINESE_FONT_PACKAGE = "fonts-wqy-microhei"
CHINESE_FONT_FILES = ("*CJK*", "wqy-*", "uming*", "DroidSansFallback*", "SourceHan*")
"""The Chinese interface is a row of boxes without one of these."""

PARTS_ONE_BY_ONE = ("torch",)
"""Installed ahead of the rest: pip then takes a CPU build where the machine offers one."""


def requirements(extras: tuple[str, ...]) -> list[str]:
    """Pinned requirements of the application and of ``extras``, as pyproject.toml states them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return list(dict.fromkeys(wanted))


def digest_of(wanted: list[str]) -> str:
    """Digest of everything that decides what an environment holds."""
    locked = CONSTRAINTS.read_text(encoding="utf-8") if CONSTRAINTS.exists() else ""
    system = [*QT_LIBRARIES, *TEST_PROGRAMS, CHINESE_FONT_PACKAGE]
    parts = [sys.version, str(ENVIRONMENT), locked, *wanted, *system]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_loadable(library: str) -> bool:
    """Whether the dynamic linker finds ``library``."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_chinese_font() -> bool:
    """Whether one of the usual Chinese fonts is installed where fontconfig looks."""
    places = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    return any(next(place.rglob(name), None) for place in places for name in CHINESE_FONT_FILES)


def missing_system_packages(level: str) -> list[str]:
    """Debian packages of what Qt, and at level ``dev`` the tests, do not find on this machine."""
    missing = [package for library, package in QT_LIBRARIES.items() if not is_loadable(library)]
    if not has_chinese_font():
        missing.append(CHINESE_FONT_PACKAGE)
    if level == "dev":
        missing += [package for program, package in TEST_PROGRAMS.items() if not shutil.which(program)]
    return missing


def privilege() -> list[str] | None:
    """Words that make a command an administrator's, or None where nobody may without being asked."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def install_system_packages(packages: list[str]) -> bool:
    """Install Debian packages, or print the command that would; True when all of them are in place."""
    if not packages:
        return True
    by_hand = f"sudo apt-get install -y {' '.join(packages)}"
    prefix = privilege() if shutil.which("apt-get") else None
    if prefix is None:
        print(f"Missing on this machine (Debian names): {' '.join(packages)}\nPlease run:  {by_hand}")
        return False
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    # Through env: sudo drops the caller's environment.
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    steps = ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages])
    if any(subprocess.run(step, stdout=subprocess.DEVNULL).returncode for step in steps):
        print(f"The system packages could not be installed. Please run:  {by_hand}")
        return False
    return True


def create_environment() -> None:
    """Create the virtual environment, with Debian's separate venv package where it is wanting."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not install_system_packages([package]):
            raise SystemExit(f"Python's venv module is not complete: {package} is missing.") from None
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)


def install(wanted: list[str]) -> None:
    """Install pinned requirements into the environment, every dependency at its locked version."""
    pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    command = [*pip, "install", "-qq", "--only-binary", ":all:"]
    if CONSTRAINTS.exists():
        command += ["--constraint", str(CONSTRAINTS)]
    first = [line for line in wanted if line.partition("==")[0] in PARTS_ONE_BY_ONE]
    rest = [line for line in wanted if line not in first]
    for batch in (first, rest):
        if batch:
            print(f"Installing {len(batch)} pinned packages and what they need …", flush=True)
            subprocess.run([*command, *batch], check=True)
    subprocess.run([*pip, "check"], check=True)


def main() -> int:
    """Bring the machine to the level that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("level", choices=EXTRAS, help="app: what the application needs; dev: the checks too")
    level = parser.parse_args().level
    wanted = requirements(EXTRAS[level])
    digest, stamp = digest_of(wanted), ENVIRONMENT / f".ready-{level}"
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return 0
    if sys.platform == "linux":
        install_system_packages(missing_system_packages(level))
    if not (ENVIRONMENT / "bin" / "python").exists():
        create_environment()
    try:
        install(wanted)
    except subprocess.CalledProcessError as failure:
        print(f"Setting up stopped: pip ended with {failure.returncode}; its own words stand above.")
        return 1
    stamp.write_text(digest, encoding="ascii")
    if level == "dev":  # the application is ready with it
        (ENVIRONMENT / ".ready-app").write_text(digest_of(requirements(EXTRAS["app"])), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
