"""The clients that are checked, and what each needs to be installed: a row for each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SHIPPED = "src/statuary/conformance/clients"


@dataclass(frozen=True, slots=True)
class Subject:
    """A client to be checked.

    name     of its client file, without the ending
    debian   the Debian packages that it needs
    venv     the virtual environment that has it: its requirements are in requirements.txt, or in one with that name
    node     whether it needs the packages in package.json, and its script beside them
    is_ours  whether its client file stands in this folder, and does not ship with Statuary
    """

    name: str
    debian: tuple[str, ...] = ()
    venv: str | None = None
    node: bool = False
    is_ours: bool = False

    @property
    def where(self) -> str:
        """Its client file, from the root of the repository."""
        return f"{'interop/clients' if self.is_ours else SHIPPED}/{self.name}.toml"

    @property
    def file(self) -> Path:
        """Its client file."""
        return HERE.parents[1] / self.where

    @property
    def waivers(self) -> Path | None:
        """The departures of it that are known and explained, if there are any."""
        file = HERE / f"{self.name}-waivers.toml"
        return file if file.exists() else None

    @property
    def requirements(self) -> Path:
        """What its virtual environment has to have."""
        return HERE / ("requirements.txt" if self.venv == "python" else f"requirements-{self.venv}.txt")


SUBJECTS: dict[str, Subject] = {
    subject.name: subject
    for subject in (
        Subject("curl", debian=("curl",)),
        Subject("wget", debian=("wget",)),
        Subject("httpie", venv="python"),
        Subject("requests", venv="python"),
        Subject("urllib3", venv="python"),
        Subject("httpx", venv="python"),
        Subject("aiohttp", venv="python"),
        Subject("http-client", venv="python"),
        Subject("urllib", venv="python"),
        Subject("niquests", venv="niquests"),
        Subject("pycurl", venv="python"),
        Subject("node-fetch", node=True),
        Subject("axios", node=True),
        Subject("got", node=True),
        Subject("chromium", debian=("chromium",), is_ours=True),
        Subject("statuary"),
        Subject("statuary-fetch"),
    )
}
