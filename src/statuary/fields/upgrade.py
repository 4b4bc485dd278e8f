"""Upgrade: RFC 9110 section 7.8."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from statuary.fields.grammar import INVALID, TOKEN, Invalid, required_token, split_list


class Protocol(NamedTuple):
    """A protocol to switch to: its name in lower case, as names are compared without case, and its version or None."""

    name: str
    version: str | None = None


# protocol = protocol-name ["/" protocol-version]: RFC 9110 section 7.8
_PROTOCOL = re.compile(rf"({TOKEN})(?:/({TOKEN}))?")


def parse_upgrade(text: str | None) -> tuple[Protocol, ...] | Invalid | None:
    """The protocols of Upgrade in the order they came."""
    if text is None:
        return None
    members = split_list(text)
    matches = [] if members is INVALID else [_PROTOCOL.fullmatch(member) for member in members]
    if members is INVALID or not all(matches):
        return INVALID
    return tuple(Protocol(found[1].lower(), found[2]) for found in matches if found)


def format_upgrade(protocols: Iterable[Protocol]) -> str:
    """The value of Upgrade, names spelled as given. ValueError if a name or version is no token."""
    return ", ".join(
        required_token(name) if version is None else f"{required_token(name)}/{required_token(version)}"
        for name, version in protocols
    )
