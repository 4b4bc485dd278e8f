"""The intermediaries: what each can be, how it is started, and what it needs to be installed: a row for each folder."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from interop.installing import CannotInstallError, environment, install_debian, install_python

from statuary.conformance.process import version_of
from statuary.conformance.subject import Subject as Started

HERE = Path(__file__).parent

Mode = Literal["gateway", "cache", "proxy", "caching-proxy"]
"""A gateway that stores nothing, one that stores what it may, a forward proxy that stores nothing, or one that does."""


@dataclass(frozen=True, slots=True)
class Intermediary:
    """A program that forwards.

    name    of its folder, which has start.sh, and a subject file for each mode
    modes   what it can be
    debian  the Debian packages that it needs
    python  whether it needs the distributions in requirements.txt
    """

    name: str
    modes: tuple[Mode, ...] = ("gateway",)
    debian: tuple[str, ...] = ()
    python: bool = False

    def file(self, mode: Mode) -> Path:
        """What the checker is told of it."""
        return HERE / self.name / f"{mode}.toml"

    def waivers(self, mode: Mode) -> Path | None:
        """The departures of it that are known and explained, if there are any."""
        file = HERE / self.name / f"{mode}-waivers.toml"
        return file if file.exists() else None

    def in_front_of(self, port: int, mode: Mode) -> Started:
        """How it is started in front of the server at a port of this machine."""
        start = ("sh", "start.sh", mode, "{port}", str(port), "{work}")
        return Started(self.name, "http://127.0.0.1:{port}", start, folder=HERE / self.name)

    @property
    def title(self) -> str:
        """Its name and version, once it is installed."""
        told = tomllib.loads(self.file("gateway").read_text("utf-8"))
        subject = Started(told["name"], "", version=tuple(told["version"]), folder=HERE / self.name)
        return version_of(subject) or subject.name


INTERMEDIARIES: dict[str, Intermediary] = {
    one.name: one
    for one in (
        Intermediary("nginx", ("gateway", "cache"), debian=("nginx",)),
        Intermediary("apache", ("gateway", "proxy"), debian=("apache2-bin",)),
        Intermediary("haproxy", debian=("haproxy",)),
        Intermediary("varnish", ("gateway", "cache"), debian=("varnish",)),
        Intermediary("squid", ("gateway", "cache", "proxy", "caching-proxy"), debian=("squid",)),
        Intermediary("traffic-server", ("gateway", "cache", "proxy", "caching-proxy"), debian=("trafficserver",)),
        Intermediary("caddy", debian=("caddy",)),
        Intermediary("mitmproxy", ("gateway", "proxy"), python=True),
        Intermediary("statuary", ("gateway", "cache", "proxy", "caching-proxy")),
    )
}


def install(chosen: Iterable[Intermediary], cache: Path, say: Callable[[str], None]) -> dict[str, str]:
    """Install what they need; for each that can't have it, the reason."""
    reasons: dict[str, str] = {}
    for one in chosen:
        try:
            if one.debian:
                install_debian(one.debian, say)
            if one.python:
                install_python(cache / "mitmproxy", HERE / "requirements.txt", say)
        except CannotInstallError as error:
            reasons[one.name] = str(error)
    return reasons


def find_installed(cache: Path) -> None:
    """From now on, what this program starts finds what was installed."""
    found = environment(cache)
    os.environ["NODE_PATH"] = found["NODE_PATH"]
    os.environ["PATH"] = os.pathsep.join((found["PATH"], str(cache / "mitmproxy" / "bin")))
