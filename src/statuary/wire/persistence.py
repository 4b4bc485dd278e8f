"""Whether a connection persists after an exchange, as far as the request says (RFC 9112 section 9.3)."""

from __future__ import annotations

from functools import lru_cache

from statuary.fields.grammar import Invalid, parse_tokens
from statuary.message.fields import Fields

LONGEST_REMEMBERED = 64
"""Octets of a Connection value that is read once only: nearly all clients send one of the same few."""


def wants_to_persist(fields: Fields, version: tuple[int, int]) -> bool:
    """Whether the client can and wants to send another request. A Connection field that can't be read wants nothing."""
    connection = fields.by_name.get("connection")
    if connection is None:
        return version >= (1, 1)
    options = _read(connection) if len(connection) <= LONGEST_REMEMBERED else parse_tokens(connection)
    if not isinstance(options, tuple):
        return False
    return "close" not in options and (version >= (1, 1) or "keep-alive" in options)


@lru_cache(maxsize=256)
def _read(connection: str) -> tuple[str, ...] | Invalid | None:
    return parse_tokens(connection)
