"""The subject file: what a server is, how it is started, and what it has that can't be found out from outside.

TOML to a value, with every mistake named; docs/check.md explains the keys to who writes one.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from statuary.conformance.requests import facts_of_request

# What may be said of each thing that a subject offers; a path alone is a text
_TABLES: dict[str, frozenset[str]] = {
    "protected": frozenset({"path", "user", "password", "scheme", "token"}),
    "negotiated": frozenset({"path", "types", "languages", "codings"}),
    "upgrade": frozenset({"path", "protocol"}),
    "form": frozenset({"path", "content", "type"}),
    "content_limit": frozenset({"path", "octets", "method"}),
}
_PATHS = frozenset({"file", "large", "directory", "writable"})
_OTHERS = frozenset({"writable_type", "patience"})
_KEYS = frozenset({"name", "url", "start", "version", "settle", "offers", "meets"})


class SubjectError(ValueError):
    """A subject file says something that can't be used. The message says what."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A server to be checked.

    url      where it is; may have ``{port}``, for which a free one is chosen
    start    the command that starts it and stays while it runs; empty if it runs already
    version  the command whose output begins with its name and version
    settle   seconds to wait once it takes connections
    facts    what is told of it, under the names of facts.py
    folder   where its commands run
    """

    name: str
    url: str
    start: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    settle: float = 0.0
    facts: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()


def read_subject(path: Path, *, url: str | None = None) -> Subject:
    """The subject in a file; ``url`` counts instead of the file's. Raises SubjectError, OSError."""
    return load(path, lambda value: _subject(value, path, url))


def load(path: Path, read: Callable[[Mapping[str, Any]], Subject]) -> Subject:
    """What ``read`` makes of a file; its mistakes say which file it is. Raises SubjectError, OSError."""
    try:
        return read(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, SubjectError) as error:
        raise SubjectError(f"{path}: {error}") from None


def _subject(value: Mapping[str, Any], path: Path, url: str | None) -> Subject:
    known(value, _KEYS, "the file")
    where = url or text(value, "url")
    if not where:
        raise SubjectError("it has no url, and none was given")
    return Subject(
        name=text(value, "name") or path.stem,
        url=where,
        start=() if url else command(value, "start"),
        version=command(value, "version"),
        settle=number(value, "settle"),
        facts=facts_told(table(value, "offers"), table(value, "meets")),
        folder=path.parent,
    )


def facts_told(offers: Mapping[str, Any], meets: Mapping[str, Any]) -> dict[str, str]:
    """What the tables [offers] and [meets] tell, as facts. Raises SubjectError."""
    return {**_offers(offers), **_meets(meets)}


def _offers(offers: Mapping[str, Any]) -> dict[str, str]:
    known(offers, _PATHS | _OTHERS | frozenset(_TABLES), "[offers]")
    facts = {name: _path(offers, name) for name in _PATHS if name in offers}
    if "writable" in facts:
        facts["writable"] = facts["writable"].rstrip("/") + "/"
        facts["writable.type"] = text(offers, "writable_type") or "text/plain"
    if "patience" in offers:
        facts["patience"] = f"{number(offers, 'patience'):g}"
    for name, keys in _TABLES.items():
        if name in offers:
            offered = table(offers, name)
            known(offered, keys, name)
            facts |= _FACTS[name](offered)
    return facts


def _protected(of: Mapping[str, Any]) -> dict[str, str]:
    facts = {"protected": _path(of, "path")}
    scheme = text(of, "scheme") or ("Bearer" if "token" in of else "Basic")
    if scheme == "Basic":
        facts["protected.credentials"] = _basic(text(of, "user"), text(of, "password"))
        facts["protected.wrong"] = _basic(text(of, "user"), text(of, "password") + "-not")
    elif scheme == "Bearer":
        facts["protected.credentials"] = f"Bearer {text(of, 'token')}"
        facts["protected.wrong"] = "Bearer statuary-not-a-token"
    if "protected.credentials" in facts:
        name, _, rest = facts["protected.credentials"].partition(" ")
        facts["protected.credentials_lower"] = f"{name.lower()} {rest}"
        facts["protected.credentials_upper"] = f"{name.upper()} {rest}"
    return facts


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _negotiated(of: Mapping[str, Any]) -> dict[str, str]:
    facts = {"negotiated": _path(of, "path")}
    for key, name in (("types", "type"), ("languages", "language"), ("codings", "coding")):
        for number, value in enumerate(_texts(of, key)[:2], 1):
            facts[f"negotiated.{name}{number}"] = value
    return facts


def _upgrade(of: Mapping[str, Any]) -> dict[str, str]:
    return {"upgrade": _path(of, "path"), "upgrade.protocol": text(of, "protocol") or "websocket"}


def _form(of: Mapping[str, Any]) -> dict[str, str]:
    return {
        "form": _path(of, "path"),
        "form.content": text(of, "content"),
        "form.type": text(of, "type") or "application/x-www-form-urlencoded",
    }


def _content_limit(of: Mapping[str, Any]) -> dict[str, str]:
    octets = of.get("octets")
    if not isinstance(octets, int) or not 0 <= octets < 8_000_000:
        raise SubjectError("content_limit: octets is a number below 8 million")
    return {
        "limited": _path(of, "path"),
        "limited.octets": str(octets),
        "limited.method": text(of, "method") or "POST",
    }


_FACTS = {
    "protected": _protected,
    "negotiated": _negotiated,
    "upgrade": _upgrade,
    "form": _form,
    "content_limit": _content_limit,
}


def _meets(meets: Mapping[str, Any]) -> dict[str, str]:
    facts = {}
    for code, request in meets.items():
        if not (code.isdigit() and len(code) == 3 and "1" <= code[0] <= "5"):
            raise SubjectError(f"[meets]: {code!r} is no status code")
        if not isinstance(request, str):
            raise SubjectError(f'[meets]: {code} is a request such as "GET /path | Field: value"')
        try:
            facts_of_request(request)
        except ValueError as error:
            raise SubjectError(f"[meets]: {code}: {error}") from None
        facts[f"meets.{code}"] = request
        if request.startswith("GET ") and " || " not in request:
            facts[f"meets.{code}.head"] = request.replace("GET ", "HEAD ", 1)
            if " | " not in request:
                facts[f"meets.{code}.target"] = request.split(" ")[1]
    return facts


def known(value: Mapping[str, Any], keys: frozenset[str], where: str) -> None:
    """Find out whether all keys are known. Raises SubjectError."""
    unknown = sorted(set(value) - keys)
    if unknown:
        raise SubjectError(f"{where} has the key {unknown[0]!r}; known are {', '.join(sorted(keys))}")


def table(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A table, empty where there is none. Raises SubjectError."""
    found = value.get(key, {})
    if not isinstance(found, dict):
        raise SubjectError(f"{key} is a table")
    return found


def text(value: Mapping[str, Any], key: str) -> str:
    """A text, empty where there is none. Raises SubjectError."""
    found = value.get(key, "")
    if not isinstance(found, str):
        raise SubjectError(f"{key} is a text")
    return found


def _path(value: Mapping[str, Any], key: str) -> str:
    path = text(value, key)
    if not path.startswith("/") or not path.isascii() or " " in path:
        raise SubjectError(f"{key} is a path that starts with a slash, encoded as in a URL")
    return path


def _texts(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    texts = value.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise SubjectError(f"{key} is a list of texts")
    return tuple(texts)


def command(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The words of a command. Raises SubjectError."""
    words = _texts(value, key)
    if key in value and not words:
        raise SubjectError(f"{key} is a command, a list of texts")
    return words


def number(value: Mapping[str, Any], key: str) -> float:
    """Seconds, 0 where there are none. Raises SubjectError."""
    found = value.get(key, 0)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 3600:
        raise SubjectError(f"{key} is a number of seconds")
    return float(found)
