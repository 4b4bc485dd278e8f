"""Installing what subjects need, or saying what would have to be done.

Debian packages through apt-get where that is allowed; everything from PyPI and npm goes into a cache folder of our own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from interop.subjects import HERE, Subject

REPOSITORY = HERE.parent
NODE_PROGRAMS = ("node", "npm")
NODE_PACKAGES = ("nodejs", "npm")


class CannotInstallError(Exception):
    """Something can't be installed; the message says what and what to do."""


def cache_folder() -> Path:
    """Where what is installed from PyPI and npm is kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "statuary-interop"


def environment(cache: Path) -> dict[str, str]:
    """The environment in which subjects find what was installed for them, or what is there anyway."""
    places = [str(cache / "venv" / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"]
    return {**os.environ, "PATH": os.pathsep.join(places), "NODE_PATH": str(cache / "npm" / "node_modules")}


def install(subjects: Iterable[Subject], cache: Path, say: Callable[[str], None]) -> dict[str, str]:
    """Install what the subjects need; for each that can't have it, the reason."""
    reasons: dict[str, str] = {}
    for subject in subjects:
        try:
            if subject.debian:
                install_debian(subject.debian, say)
            if subject.python:
                install_python(cache / "venv", HERE / "requirements.txt", say, with_statuary=True)
            if subject.node:
                install_node(cache / "npm", HERE / "package.json", say)
        except CannotInstallError as error:
            reasons[subject.name] = str(error)
    return reasons


def install_debian(packages: tuple[str, ...], say: Callable[[str], None]) -> None:
    """Install these Debian packages. Raises CannotInstallError."""
    missing = [package for package in packages if not _is_debian_package_there(package)]
    if not missing:
        return
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
    if shutil.which("apt-get") is None:
        raise CannotInstallError(f"it needs what Debian has as {', '.join(missing)}, and there is no apt-get here")
    if os.geteuid() != 0:
        raise CannotInstallError(f"not root; please run: sudo {' '.join(command)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-q"], say, quiet)
    _run(command, say, quiet)


def _is_debian_package_there(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    command = ["dpkg-query", "-W", "-f", "${Status}", package]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - names of our own
    return asked.stdout.endswith("ok installed")


def install_python(venv: Path, wanted: Path, say: Callable[[str], None], *, with_statuary: bool = False) -> None:
    """Install what a file of requirements names into a virtual environment. Raises CannotInstallError."""
    stamp = venv.with_name(f"{venv.name}-installed")
    if _is_newer(stamp, wanted, REPOSITORY / "pyproject.toml") if with_statuary else _is_newer(stamp, wanted):
        return
    venv.parent.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", str(venv)], say)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    _run([*pip, "-r", str(wanted), *(["-e", f"{REPOSITORY}[all]"] if with_statuary else [])], say)
    stamp.touch()


def install_node(folder: Path, wanted: Path, say: Callable[[str], None]) -> None:
    """Install Node, and what a package.json names into a folder. Raises CannotInstallError."""
    if any(shutil.which(program) is None for program in NODE_PROGRAMS):
        install_debian(NODE_PACKAGES, say)
    stamp = folder.with_name(f"{folder.name}-installed")
    if _is_newer(stamp, wanted):
        return
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(wanted, folder)
    options = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel", "error"]
    _run(["npm", "install", "--prefix", str(folder), *options], say)
    stamp.touch()


def _is_newer(stamp: Path, *files: Path) -> bool:
    return stamp.exists() and all(file.stat().st_mtime <= stamp.stat().st_mtime for file in files)


def _run(command: list[str], say: Callable[[str], None], environment: Mapping[str, str] | None = None) -> None:
    say(" ".join(command))
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 - likewise
    if done.returncode:
        raise CannotInstallError(f"this failed: {' '.join(command)}")
