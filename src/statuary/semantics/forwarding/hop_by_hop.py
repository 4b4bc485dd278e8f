"""Fields that are about one connection and end with it: RFC 9110 section 7.6.1; and what of a trailer section goes on."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from statuary.message.fields import Fields
from statuary.semantics.forwarding.edits import Edit

if TYPE_CHECKING:
    from statuary.semantics.forwarding.passage import Inbound, Outbound

HOP_BY_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"),
        # RFC 7540 section 3.2.1, which belongs to an Upgrade
        "http2-settings",
    }
)
"""Those that are known to need removal, whether or not Connection names them: rfc9110-7.6.1-3."""

# Whoever names it in Connection is wrong, and it is not removed: rfc8470-5.1-3, rfc8470-5.1-4
_NEVER_REMOVED = frozenset({"early-data"})

LONGEST_REMEMBERED = 64
"""Octets of a Connection value that is read once only: nearly all messages have one of the same few."""

_NOTHING: frozenset[str] = frozenset()

# What frames, routes, authenticates, modifies a request, controls or describes content has to come first, and has no meaning
# behind the content: RFC 9110 section 6.5.1
NEVER_TRAILERS = frozenset(
    {
        *(
            "content-length",
            "host",
            "trailer",
            "via",
            "max-forwards",
            "expect",
            "cache-control",
            "pragma",
            "age",
            "date",
        ),
        *("authorization", "www-authenticate", "proxy-authenticate", "proxy-authorization", "cookie", "set-cookie"),
        *("content-encoding", "content-type", "content-range", "content-location", "range", "location", "retry-after"),
        *("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "vary", "warning"),
    }
)

_USUAL = Edit("rfc9110-7.6.1-2", HOP_BY_HOP)


def nominated(fields: Fields) -> frozenset[str]:
    """The names in Connection, lower case. A member that is no token names nothing, and the others still count."""
    value = fields.by_name.get("connection")
    if value is None:
        return _NOTHING
    return _names(value) if len(value) <= LONGEST_REMEMBERED else _names.__wrapped__(value)


@lru_cache(maxsize=256)
def _names(value: str) -> frozenset[str]:
    return frozenset(option.strip(" \t").lower() for option in value.split(",")) - _NEVER_REMOVED


def drop_hop_by_hop(passage: Inbound | Outbound) -> Edit:
    """Connection, what it names, and what is known to be about the connection."""
    return Edit("rfc9110-7.6.1-2", HOP_BY_HOP | passage.nominated) if passage.nominated else _USUAL


def forward_trailers(trailers: Fields, header: Fields) -> Fields:
    """The lines of a trailer section that may go on behind the content, if the framing permits one at all.

    ``header`` is the header section that the message came with, whose Connection counts for its trailers too. They are never
    merged into a header section: rfc9110-6.5.1-2.
    """
    dropped = HOP_BY_HOP | NEVER_TRAILERS | nominated(header) | nominated(trailers)
    return Fields(line for line in trailers if line[0].lower() not in dropped)
