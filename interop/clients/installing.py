"""Installing the clients into a cache folder, and the way in which the checker finds them there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from interop.clients.subjects import HERE, Subject
from interop.installing import CannotInstallError, install_debian, install_node, install_python

_SCRIPTS = "scripts"


def install(subjects: Iterable[Subject], cache: Path, say: Callable[[str], None]) -> dict[str, str]:
    """Install the clients; for each that can't be, the reason."""
    reasons: dict[str, str] = {}
    for subject in subjects:
        try:
            if subject.debian:
                install_debian(subject.debian, say)
            if subject.venv is not None:
                install_python(cache / subject.venv, subject.requirements, say)
            if subject.node:
                install_node(cache / "npm", HERE / "package.json", say)
        except CannotInstallError as error:
            reasons[subject.name] = str(error)
    return reasons


def environment(cache: Path) -> dict[str, str]:
    """The environment in which commands find what was installed, or what is there anyway."""
    places = [str(cache / "python" / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    return {**os.environ, "PATH": os.pathsep.join(places), "NODE_PATH": str(cache / "npm" / "node_modules")}


def arguments(subject: Subject, cache: Path) -> list[str]:
    """What tells the checker which client to check."""
    told = ["client", str(_beside_modules(subject, cache) if subject.node else subject.file)]
    return told if subject.venv is None else [*told, "--python", str(cache / subject.venv / "bin" / "python")]


def _beside_modules(subject: Subject, cache: Path) -> Path:
    """Its client file, in a copy of the folder: Node looks for modules near the script that imports them."""
    folder = cache / "npm" / _SCRIPTS
    shutil.copytree(subject.file.parent, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return folder / subject.file.name
