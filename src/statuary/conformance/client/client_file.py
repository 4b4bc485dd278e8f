"""The client file: how a client is driven, what it can be told to do, and how it says what came of it.

TOML to a value, with every mistake named; docs/check-client.md explains the keys to who writes one.
"""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from statuary.conformance.client.abilities import ABILITIES

_KEYS = frozenset(
    {"name", "version", "command", "each", "url", "next", "arguments", "tells", "can", "loop", "workers", "environment"}
)
ARGUMENTS = frozenset(
    {"head", "post", "method", "field", "content", "unsized", "expect", "credentials", "proxy", "resume", "trust"}
)
_ABILITIES = {"method": "methods", "field": "fields", "trust": "tls"}
_TELLS = frozenset({"status", "content", "fine"})


class ClientError(ValueError):
    """A client file says something that can't be used. The message says what."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client to be checked, driven by a command for each case, or by a loop that asks for cases.

    command      what starts it for one case; the arguments of its requests follow
    each         arguments of each request, before those that the request asks for
    url          arguments that name the target
    next         arguments between requests; None where a command makes one only
    arguments    what makes it do what: method, field, content, ...
    status       pattern in its output for a status, in group ``status`` or the first; group ``exit`` for a failure's number
    content      whether the content that it got is in the file {output}; or a pattern for it in what the command prints
    fine         exit statuses that are no failure
    can          names of abilities.py
    loop         command that runs the pull protocol instead
    workers      how many of these run at once
    environment  variables
    folder       where it stands
    python       the interpreter that {python} stands for
    """

    name: str
    version: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    url: tuple[str, ...] = ("{url}",)
    next: tuple[str, ...] | None = None
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    status: re.Pattern[str] | None = None
    content: re.Pattern[str] | bool = False
    fine: tuple[int, ...] = (0,)
    can: frozenset[str] = frozenset()
    loop: tuple[str, ...] = ()
    workers: int = 4
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()
    python: str = sys.executable

    @property
    def abilities(self) -> frozenset[str]:
        """What it can be told, and tells."""
        if self.loop:
            return self.can
        found = {_ABILITIES.get(name, name) for name in self.arguments} | self.can
        return frozenset(
            found | ({"several"} if self.next is not None else set()) | ({"tells content"} if self.content else set())
        )

    def is_installed(self) -> bool:
        """Whether the program that its command names can be found."""
        program = (self.loop or self.command)[0]
        return shutil.which(self.placed((program,), {})[0]) is not None

    def placed(self, words: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
        """Arguments with their placeholders replaced."""
        known = {"here": str(self.folder.resolve()), "python": self.python, **values}
        return [_PLACE.sub(lambda found: known.get(found[1], found[0]), word) for word in words]


_PLACE = re.compile(r"\{([a-z_]+)\}")


def shipped() -> Iterator[Path]:
    """The client files that ship with the package."""
    folder = Path(str(resources.files("statuary.conformance"))) / "clients"
    return iter(sorted(folder.glob("*.toml")))


def find_client(name: str) -> Client:
    """The client in a file, or the one of that name which ships. Raises ClientError, OSError."""
    path = Path(name)
    if path.suffix != ".toml":
        known = {one.stem: one for one in shipped()}
        if name not in known:
            raise ClientError(f"no client is called {name!r}; there are {', '.join(known)}, or give a file: NAME.toml")
        path = known[name]
    return read_client(path)


def read_client(path: Path) -> Client:
    """The client in a file. Raises ClientError, OSError."""
    try:
        return _client(tomllib.loads(path.read_text("utf-8")), path)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ClientError) as error:
        raise ClientError(f"{path}: {error}") from None


def _client(value: Mapping[str, Any], path: Path) -> Client:
    _known(value, _KEYS, "the file")
    arguments, tells = _table(value, "arguments"), _table(value, "tells")
    _known(arguments, ARGUMENTS, "[arguments]")
    _known(tells, _TELLS, "[tells]")
    command, loop = _texts(value, "command"), _texts(value, "loop")
    if bool(command) == bool(loop):
        raise ClientError("a client has either a command or a loop")
    can = _texts(value, "can")
    _known(dict.fromkeys(can), frozenset(ABILITIES), "can")
    workers = value.get("workers", 4)
    if not isinstance(workers, int) or not 1 <= workers <= 64:
        raise ClientError("workers is a number from 1 to 64")
    return Client(
        name=str(value.get("name", path.stem)),
        version=_texts(value, "version"),
        command=command,
        each=_texts(value, "each"),
        url=_texts(value, "url") or ("{url}",),
        next=_texts(value, "next") if "next" in value else None,
        arguments={name: _texts(arguments, name) for name in arguments},
        status=_pattern(tells, "status"),
        content=tells["content"] if isinstance(tells.get("content"), bool) else _pattern(tells, "content") or False,
        fine=tuple(tells.get("fine", (0,))),
        can=frozenset(can),
        loop=loop,
        workers=workers,
        environment={name: str(one) for name, one in _table(value, "environment").items()},
        folder=path.parent,
    )


def _pattern(tells: Mapping[str, Any], key: str) -> re.Pattern[str] | None:
    if key not in tells:
        return None
    try:
        pattern = re.compile(str(tells[key]))
    except re.error as error:
        raise ClientError(f"tells.{key} is no pattern: {error}") from None
    if not pattern.groups:
        raise ClientError(f"tells.{key} needs a group for the {key}")
    return pattern


def _known(value: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(set(value) - known)
    if unknown:
        raise ClientError(f"{where} has {unknown[0]!r}; known are {', '.join(sorted(known))}")


def _table(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = value.get(key, {})
    if not isinstance(table, dict):
        raise ClientError(f"{key} is a table")
    return table


def _texts(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    texts = value.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ClientError(f"{key} is a list of texts")
    return tuple(texts)
