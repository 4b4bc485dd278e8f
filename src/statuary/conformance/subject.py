"""The subject file: what a server is, how it is started, and what it has that can't be found out from outside.

TOML to a value, with every mistake named; docs/check.md explains the keys to who writes one.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping
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
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SubjectError(f"{path}: {error}") from None
    try:
        return _subject(value, path, url)
    except SubjectError as error:
        raise SubjectError(f"{path}: {error}") from None


def _subject(value: Mapping[str, Any], path: Path, url: str | None) -> Subject:
    _known(value, _KEYS, "the file")
    where = url or _text(value, "url")
    if not where:
        raise SubjectError("it has no url, and none was given")
    return Subject(
        name=_text(value, "name") or path.stem,
        url=where,
        start=() if url else _command(value, "start"),
        version=_command(value, "version"),
        settle=_number(value, "settle"),
        facts=facts_told(_table(value, "offers"), _table(value, "meets")),
        folder=path.parent,
    )


def facts_told(offers: Mapping[str, Any], meets: Mapping[str, Any]) -> dict[str, str]:
    """What the tables [offers] and [meets] tell, as facts. Raises SubjectError."""
    return {**_offers(offers), **_meets(meets)}


def _offers(offers: Mapping[str, Any]) -> dict[str, str]:
    _known(offers, _PATHS | _OTHERS | frozenset(_TABLES), "[offers]")
    facts = {name: _path(offers, name) for name in _PATHS if name in offers}
    if "writable" in facts:
        facts["writable"] = facts["writable"].rstrip("/") + "/"
        facts["writable.type"] = _text(offers, "writable_type") or "text/plain"
    if "patience" in offers:
        facts["patience"] = f"{_number(offers, 'patience'):g}"
    for name, keys in _TABLES.items():
        if name in offers:
            table = _table(offers, name)
            _known(table, keys, name)
            facts |= _FACTS[name](table)
    return facts


def _protected(table: Mapping[str, Any]) -> dict[str, str]:
    facts = {"protected": _path(table, "path")}
    scheme = _text(table, "scheme") or ("Bearer" if "token" in table else "Basic")
    if scheme == "Basic":
        facts["protected.credentials"] = _basic(_text(table, "user"), _text(table, "password"))
        facts["protected.wrong"] = _basic(_text(table, "user"), _text(table, "password") + "-not")
    elif scheme == "Bearer":
        facts["protected.credentials"] = f"Bearer {_text(table, 'token')}"
        facts["protected.wrong"] = "Bearer statuary-not-a-token"
    if "protected.credentials" in facts:
        name, _, rest = facts["protected.credentials"].partition(" ")
        facts["protected.credentials_lower"] = f"{name.lower()} {rest}"
        facts["protected.credentials_upper"] = f"{name.upper()} {rest}"
    return facts


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _negotiated(table: Mapping[str, Any]) -> dict[str, str]:
    facts = {"negotiated": _path(table, "path")}
    for key, name in (("types", "type"), ("languages", "language"), ("codings", "coding")):
        for number, value in enumerate(_texts(table, key)[:2], 1):
            facts[f"negotiated.{name}{number}"] = value
    return facts


def _upgrade(table: Mapping[str, Any]) -> dict[str, str]:
    return {"upgrade": _path(table, "path"), "upgrade.protocol": _text(table, "protocol") or "websocket"}


def _form(table: Mapping[str, Any]) -> dict[str, str]:
    return {
        "form": _path(table, "path"),
        "form.content": _text(table, "content"),
        "form.type": _text(table, "type") or "application/x-www-form-urlencoded",
    }


def _content_limit(table: Mapping[str, Any]) -> dict[str, str]:
    octets = table.get("octets")
    if not isinstance(octets, int) or not 0 <= octets < 8_000_000:
        raise SubjectError("content_limit: octets is a number below 8 million")
    return {
        "limited": _path(table, "path"),
        "limited.octets": str(octets),
        "limited.method": _text(table, "method") or "POST",
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


def _known(value: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(set(value) - known)
    if unknown:
        raise SubjectError(f"{where} has the key {unknown[0]!r}; known are {', '.join(sorted(known))}")


def _table(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = value.get(key, {})
    if not isinstance(table, dict):
        raise SubjectError(f"{key} is a table")
    return table


def _text(value: Mapping[str, Any], key: str) -> str:
    text = value.get(key, "")
    if not isinstance(text, str):
        raise SubjectError(f"{key} is a text")
    return text


def _path(value: Mapping[str, Any], key: str) -> str:
    path = _text(value, key)
    if not path.startswith("/") or not path.isascii() or " " in path:
        raise SubjectError(f"{key} is a path that starts with a slash, encoded as in a URL")
    return path


def _texts(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    texts = value.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise SubjectError(f"{key} is a list of texts")
    return tuple(texts)


def _command(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    command = _texts(value, key)
    if key in value and not command:
        raise SubjectError(f"{key} is a command, a list of texts")
    return command


def _number(value: Mapping[str, Any], key: str) -> float:
    number = value.get(key, 0)
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 3600:
        raise SubjectError(f"{key} is a number of seconds")
    return float(number)
