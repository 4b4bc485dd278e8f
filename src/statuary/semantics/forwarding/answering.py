"""Answers of the intermediary's own: whole responses, ready to be sent to the client."""

from __future__ import annotations

from statuary.fields.dates import format_http_date
from statuary.fields.proxy_status import ProxyStatusMember, Token, format_proxy_status, token_or_string
from statuary.message.fields import FieldLine, Fields
from statuary.message.response import Response
from statuary.semantics.explanation import explanation
from statuary.semantics.forwarding.hop import Hop
from statuary.semantics.forwarding.outcomes import Answer
from statuary.semantics.forwarding.passage import Inbound, Outbound
from statuary.semantics.forwarding.persistence import connection_options, wants_to_persist


def answer(
    passage: Inbound | Outbound,
    status: int,
    because: str,
    says: str,
    *fields: FieldLine,
    error: str = "http_request_error",
    closes: bool = False,
) -> Answer:
    """A response that explains itself (rfc9110-15.5-1, rfc9110-15.6-1). ``error`` is an error type of RFC 9209."""
    about, content = explanation(status, says, passage.request.fields)
    lines = (*_proxy_status(passage.hop, error), *fields, *about)
    return completed(passage, status, because, says, lines, content, closes=closes)


def completed(
    passage: Inbound | Outbound,
    status: int,
    because: str,
    says: str,
    lines: tuple[FieldLine, ...],
    content: bytes,
    *,
    closes: bool = False,
) -> Answer:
    """The response with what every final response has: Date, and what becomes of the connection."""
    request, hop = passage.request, passage.hop
    # Content that nobody reads may be taken for the next request: rfc9112-9.3-5
    closes = closes or bool(request.content_length) or not wants_to_persist(request, hop)
    options = connection_options(request, closes=closes)
    said: tuple[FieldLine, ...] = (("Connection", ", ".join(options)),) if options else ()
    section = Fields([("Date", format_http_date(passage.now)), *lines, *said])
    return Answer(Response(status, section, b"" if request.method == "HEAD" else content), because, says, closes)


def _proxy_status(hop: Hop, error: str) -> tuple[FieldLine, ...]:
    """What went wrong, in the words of RFC 9209 section 2.3."""
    if hop.proxy_status == "none":
        return ()
    member = ProxyStatusMember(token_or_string(hop.name), (("error", Token(error)),))
    return (("Proxy-Status", format_proxy_status([member])),)
