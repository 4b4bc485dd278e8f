"""The subjects, and what each needs to be installed: one row a folder beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Subject:
    """A server to be checked.

    name    of its folder, which has its subject.toml, unless ``told`` is another file
    debian  the Debian packages that it needs
    python  whether it needs the distributions in requirements.txt
    node    whether it needs the packages in package.json
    """

    name: str
    debian: tuple[str, ...] = ()
    python: bool = False
    node: bool = False
    told: Path | None = None

    @property
    def file(self) -> Path:
        """What the checker is told of it."""
        return self.told or HERE / self.name / "subject.toml"

    @property
    def where(self) -> str:
        """That file, from the root of the repository."""
        return self.file.relative_to(HERE.parent).as_posix()

    @property
    def waivers(self) -> Path | None:
        """The deviations of it that are known and explained, if there are any."""
        file = HERE / self.name / "waivers.toml"
        return file if file.exists() else None


SUBJECTS: dict[str, Subject] = {
    subject.name: subject
    for subject in (
        Subject("nginx", debian=("nginx",)),
        # Without the package apache2, which would start a service
        Subject("apache", debian=("apache2-bin",)),
        Subject("lighttpd", debian=("lighttpd", "lighttpd-mod-webdav", "lighttpd-mod-deflate", "lighttpd-modules-lua")),
        Subject("caddy", debian=("caddy",)),
        Subject("uvicorn", python=True),
        Subject("granian", python=True),
        Subject("aiohttp", python=True),
        Subject("node", node=True),
        Subject("express", node=True),
        Subject("statuary-exhibit", told=HERE.parent / "src/statuary/conformance/exhibit.toml"),
        Subject("statuary-directory", python=True),
    )
}
