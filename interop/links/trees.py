"""The documentation that links are compared on: the HTML that Debian ships, and the sources that it was made from."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from interop.installing import CannotInstallError, install_debian

_DJANGO = "3.2.25"


@dataclass(frozen=True, slots=True)
class Tree:
    """One documentation: its HTML, its sources, and what of it is which package of what version."""

    name: str
    package: str
    html: Path
    sources: Path
    read_as: str
    origin: str = ""

    @property
    def version(self) -> str:
        """That of the package."""
        command = ["dpkg-query", "-W", "-f", "${Version}", self.package]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours

    def pages(self) -> list[Path]:
        """The HTML files."""
        return sorted(self.html.rglob("*.html"))


def trees(cache: Path) -> tuple[Tree, ...]:
    """Those that are compared; their sources are kept in the cache."""
    python, django = Path("/usr/share/doc/python3.11/html"), Path("/usr/share/doc/python-django-doc/html")
    return (
        Tree("CPython", "python3.11-doc", python, python / "_sources", "*.rst.txt=restructuredtext", "in the package"),
        Tree(
            "Django",
            "python-django-doc",
            django,
            cache / f"Django-{_DJANGO}" / "docs",
            "*.txt=restructuredtext",
            f"of Django {_DJANGO} on PyPI",
        ),
    )


def install(cache: Path, say: Callable[[str], None]) -> tuple[Tree, ...]:
    """The trees, all of them there. Raises CannotInstallError."""
    found = trees(cache)
    install_debian(tuple(one.package for one in found), say)
    if not found[1].sources.is_dir():
        folder = cache / "downloads"
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--no-binary",
            ":all:",
            "-d",
            str(folder),
        ]
        say(" ".join([*command, f"Django=={_DJANGO}"]))
        if subprocess.run([*command, f"Django=={_DJANGO}"], check=False).returncode:  # noqa: S603 - ours
            raise CannotInstallError(f"Django {_DJANGO} can't be downloaded")
        (archive,) = (
            one for one in folder.iterdir() if re.fullmatch(rf"(?i)django-{re.escape(_DJANGO)}\.tar\.gz", one.name)
        )
        with tarfile.open(archive) as opened:
            opened.extractall(cache, filter="data")
    return found
