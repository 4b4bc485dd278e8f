"""The subject file of an intermediary: how it is started, and what it offers that can't be found out from outside.

TOML to a value, with every mistake named; docs/check-gateway.md explains the keys.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from statuary.conformance.intermediary.scenario import Role
from statuary.conformance.subject import Subject, SubjectError, command, known, load, number, table, text

_KEYS = frozenset({"name", "role", "url", "start", "version", "settle", "offers"})
_SWITCHES = ("cache", "modern", "persistent", "tunnel", "upgrade")


def read_subject(path: Path, role: Role, *, url: str | None = None) -> Subject:
    """The subject in a file; ``url`` counts instead of the file's. Raises SubjectError, OSError.

    A fact of which the file says that it doesn't hold is there, and empty.
    """
    return load(path, lambda value: _subject(value, path, role, url))


def _subject(value: Mapping[str, Any], path: Path, role: Role, url: str | None) -> Subject:
    known(value, _KEYS, "the file")
    where = url or text(value, "url")
    if not where:
        raise SubjectError("it has no url, and none was given")
    if text(value, "role") not in ("", role):
        raise SubjectError(f"it is of a {text(value, 'role')}, not of a {role}")
    return Subject(
        name=text(value, "name") or path.stem,
        url=where,
        start=() if url else command(value, "start"),
        version=command(value, "version"),
        settle=number(value, "settle"),
        facts=_offers(table(value, "offers")),
        folder=path.parent,
    )


def _offers(offers: Mapping[str, Any]) -> dict[str, str]:
    known(offers, frozenset({*_SWITCHES, "upstream_patience", "credentials"}), "[offers]")
    facts = {}
    for name in _SWITCHES:
        if name in offers:
            if not isinstance(offers[name], bool):
                raise SubjectError(f"{name} is true or false")
            facts[name] = "yes" if offers[name] else ""
    if "upstream_patience" in offers:
        facts["upstream_patience"] = f"{number(offers, 'upstream_patience'):g}"
    if "credentials" in offers:
        of = table(offers, "credentials")
        known(of, frozenset({"user", "password"}), "credentials")
        facts["credentials"] = _basic(text(of, "user"), text(of, "password"))
        facts["wrong_credentials"] = _basic(text(of, "user"), text(of, "password") + "-not")
    return facts


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
