"""The servers behind the gateway: a row for each. They note what they see; how is in servers/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from interop.installing import install_debian, install_node, install_python
from interop.subjects import HERE as INTEROP

from statuary.conformance.process import version_of
from statuary.conformance.subject import Subject

HERE = Path(__file__).parent / "servers"


@dataclass(frozen=True, slots=True)
class Origin:
    """A server.

    name     as start.sh knows it
    version  the command that says what it is
    debian   the Debian packages that it needs
    """

    name: str
    version: tuple[str, ...]
    debian: tuple[str, ...] = ()
    python: bool = False
    node: bool = False

    def notes_in(self, folder: Path) -> Subject:
        """How it is started, with what it notes in the file ``seen`` in a folder."""
        start = ("sh", "start.sh", self.name, "{port}", str(folder))
        return Subject(self.name, "http://127.0.0.1:{port}", start, self.version, folder=HERE)

    @property
    def title(self) -> str:
        """Its name and version, once it is installed."""
        return version_of(Subject(self.name, "", version=self.version, folder=HERE)) or self.name

    def install(self, cache: Path, say: Callable[[str], None]) -> None:
        """Raises CannotInstallError."""
        if self.debian:
            install_debian(self.debian, say)
        if self.python:
            install_python(cache / "venv", INTEROP / "requirements.txt", say, with_statuary=True)
        if self.node:
            install_node(cache / "npm", INTEROP / "package.json", say)


_VERSIONS = str(INTEROP / "versions.py")

ORIGINS: dict[str, Origin] = {
    origin.name: origin
    for origin in (
        Origin("nginx", ("sh", "-c", "nginx -v 2>&1 | sed 's,.*: ,,'"), debian=("nginx",)),
        Origin("apache", ("sh", "-c", "(apache2 -v || httpd -v) | sed 's,.*: ,,'"), debian=("apache2-bin",)),
        Origin("uvicorn", ("python", _VERSIONS, "uvicorn", "httptools"), python=True),
        Origin("uvicorn-h11", ("python", _VERSIONS, "uvicorn", "h11"), python=True),
        Origin("node", ("node", "-p", "`Node ${process.versions.node}`"), node=True),
    )
}
