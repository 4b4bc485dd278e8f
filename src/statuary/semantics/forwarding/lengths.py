"""How long the content of a message is, as its own fields tell, or why nobody could be sure (RFC 9112 section 6.3).

Of the message alone: what is done about it is decided in framing.py.
"""

from __future__ import annotations

from typing import NamedTuple

from statuary.fields.content_length import parse_content_length
from statuary.fields.grammar import HUGE, Invalid
from statuary.fields.transfer_codings import parse_transfer_encoding
from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Response, has_content
from statuary.semantics.forwarding.hop import Version


class Fault(NamedTuple):
    """Why nobody could be sure where the content ends. ``status`` is what a request with it is answered with."""

    status: int
    because: str
    says: str


def request_length(request: Request) -> int | Fault | None:
    """Octets of the content of a request: as length_by_fields, and where they say nothing, what is known otherwise."""
    said, known = length_by_fields(request.fields, request.version), request.content_length
    if isinstance(said, Fault):
        return said
    if said is not None and known is not None and said != known:
        return Fault(400, "rfc9110-8.6-11", "Content-Length is not the length of the content.")
    length = known if said is None else said
    if length and request.method in ("TRACE", "CONNECT"):
        return Fault(400, "rfc9110-9.3.8", f"A {request.method} request can't have content.")
    return length


def response_length(method: str, response: Response, version: Version) -> int | Fault | None:
    """Octets of the content of a response to ``method``, UNKNOWN_LENGTH where they are delimited otherwise.

    None for what ends with its header section whatever its fields say: rfc9112-6.3-s1, rfc9110-9.3.6-7.
    """
    if not has_content(method, response.status):
        return None
    said = length_by_fields(response.fields, version, collapses=True)
    if isinstance(said, Fault):
        return said
    if said is not None and said >= 0 and response.content and len(response.content) != said:
        return Fault(502, "rfc9110-8.6-11", "Content-Length is not the length of the content.")
    return UNKNOWN_LENGTH if said is None else said


def length_by_fields(fields: Fields, version: Version, *, collapses: bool = False) -> int | Fault | None:
    """Octets of content as the fields announce them, UNKNOWN_LENGTH where chunked, None where they say nothing.

    ``collapses`` lets equal numbers, in a list or in several lines, stand for one: rfc9110-8.6-13.
    """
    text = fields.by_name.get("content-length")
    if "transfer-encoding" in fields.by_name:
        return _chunked(fields, version)
    if text is None:
        return None
    if collapses and "," in text:
        numbers = {number.strip(" \t") for number in text.split(",")}
        text = numbers.pop() if len(numbers) == 1 else text
    length = parse_content_length(text)
    if isinstance(length, Invalid):
        # rfc9112-6.3-4, rfc9112-6.3-5; never sent on: rfc9110-8.6-12
        return Fault(400, "rfc9112-6.3-5", "Content-Length is not one decimal number.")
    if length is not None and length >= HUGE:
        # Kept with all its digits, or not at all: rfc9110-8.6-10
        return Fault(413, "rfc9110-8.6-10", "Content-Length is larger than anything that is forwarded.")
    return length


def _chunked(fields: Fields, version: Version) -> int | Fault:
    if version < (1, 1):
        return Fault(400, "rfc9112-6.1-14", "HTTP/1.0 has no Transfer-Encoding.")
    if "content-length" in fields:
        # Refused, which rfc9112-6.1-12 allows, rather than mended: rfc9112-6.1-13, rfc9112-6.3-2
        return Fault(400, "rfc9112-6.1-13", "Content-Length and Transfer-Encoding exclude each other.")
    codings = parse_transfer_encoding(fields.get("transfer-encoding"))
    if not codings or codings[-1].name != "chunked" or [c.name for c in codings].count("chunked") > 1:
        return Fault(400, "rfc9112-6.3-3", "The last transfer coding must be chunked, applied once.")
    if codings[-1].parameters:
        return Fault(400, "rfc9112-7.1-4", "The chunked coding has no parameters.")
    if len(codings) > 1:
        return Fault(501, "rfc9112-6.1-9", "No transfer coding but chunked is implemented.")
    return UNKNOWN_LENGTH
