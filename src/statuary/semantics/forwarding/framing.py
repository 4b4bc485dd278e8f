"""Framing, read once more and made anew: what is ambiguous goes no further, in neither direction (RFC 9112 section 6).

The reader of wire/ has refused most of it before. It is asked again here since a message may come from elsewhere, and because
two opinions about where a message ends are what smuggling is made of.
"""

from __future__ import annotations

from statuary import methods
from statuary.message.fields import FieldLine
from statuary.message.response import has_content
from statuary.semantics.forwarding.answering import answer
from statuary.semantics.forwarding.edits import Edit
from statuary.semantics.forwarding.hop import Hop
from statuary.semantics.forwarding.lengths import Fault, length_by_fields
from statuary.semantics.forwarding.outcomes import Answer
from statuary.semantics.forwarding.passage import Inbound, Outbound

_FRAMING_FIELDS = frozenset({"content-length", "transfer-encoding"})
_WITH_TRAILER = frozenset({*_FRAMING_FIELDS, "trailer"})
_UNFRAMED = Edit("rfc9112-6.3-12", _WITH_TRAILER)
_CHUNKED: tuple[FieldLine, ...] = (("Transfer-Encoding", "chunked"),)


def _ahead_of_trailers(hop: Hop) -> frozenset[str]:
    """What goes where a trailer section can follow: Trailer stays, if trailers are forwarded."""
    return _FRAMING_FIELDS if hop.passes_trailers else _WITH_TRAILER


# Requests


def is_request_framing_clear(inbound: Inbound) -> Answer | None:
    """400 for content whose end is uncertain, 501 for unknown codings: rfc9112-6.3-3, rfc9112-6.3-5, rfc9112-6.1-9."""
    length = inbound.length
    if not isinstance(length, Fault):
        return None
    return answer(inbound, length.status, length.because, length.says, closes=True)


def length_of(inbound: Inbound) -> int | None:
    """Octets of its content, where its framing is clear."""
    length = inbound.length
    assert not isinstance(length, Fault)
    return length


def is_content_within_limit(inbound: Inbound) -> Answer | None:
    """413 for more than is forwarded: rfc9110-15.5.14-s1. What turns out to be more is for the shell."""
    length, most = length_of(inbound), inbound.hop.most_content
    if length is None or most is None or length <= most:
        return None
    return answer(inbound, 413, "rfc9110-15.5.14-s1", f"No more than {most} octets of content are forwarded.")


def can_content_be_framed(inbound: Inbound) -> Answer | None:
    """411 where the next hop needs a length and there is none: rfc9112-6.1-10, rfc9112-6.3-13, rfc9112-6.3-10."""
    if inbound.framing != "buffered" or inbound.hop.buffers:
        return None
    return answer(inbound, 411, "rfc9112-6.3-10", "The next server needs to know the length of the content beforehand.")


def next_length(inbound: Inbound) -> int | None:
    """The length of the content as the forwarded request has it: 0 only where it is said, rfc9110-8.6-1, rfc9110-8.6-2."""
    length, method = length_of(inbound), methods.lookup(inbound.request.method)
    if length:
        return length
    if method is None:
        return length
    return 0 if method.content == "defined" else None


def frame_request(inbound: Inbound) -> Edit:
    """One of both fields, or none: rfc9112-6.2-1, rfc9112-6.3-12. Trailer only where a trailer section can follow."""
    if inbound.framing == "chunked":
        return Edit("rfc9112-6.3-12", _ahead_of_trailers(inbound.hop), _CHUNKED)
    length = next_length(inbound)
    if length is None or length < 0:
        return _UNFRAMED
    return Edit("rfc9112-6.3-12", _WITH_TRAILER, (("Content-Length", str(length)),))


# Responses


def is_response_framing_clear(outbound: Outbound) -> Answer | None:
    """502 in place of a response whose end is uncertain: rfc9112-6.3-6, rfc9112-6.1-14."""
    length = outbound.length
    if not isinstance(length, Fault):
        return None
    says = f"The next server's response can't be delimited. {length.says}"
    error = (
        "http_response_transfer_coding" if "transfer-encoding" in outbound.response.fields else "http_protocol_error"
    )
    because = "rfc9112-6.3-6" if length.because == "rfc9112-6.3-5" else length.because
    return answer(outbound, 502, because, says, error=error)


def drops_content(outbound: Outbound) -> bool:
    """Whether content came that the status code doesn't have: a 205, whose framing still ends it (rfc9110-15.3.6-1)."""
    return outbound.response.status == 205 and outbound.length not in (None, 0)


def frame_response(outbound: Outbound) -> Edit:
    """Content-Length and Transfer-Encoding as they are for the client; Trailer only where a trailer section can follow."""
    if outbound.framing == "chunked":
        return Edit("rfc9112-6.3-9", _ahead_of_trailers(outbound.hop), _CHUNKED)
    if outbound.framing == "length":
        length = 0 if outbound.response.status == 205 else outbound.length
        return Edit("rfc9112-6.3-9", _WITH_TRAILER, (("Content-Length", str(length)),))
    return Edit("rfc9112-6.3-s1", _WITH_TRAILER, _hint(outbound))


def _hint(outbound: Outbound) -> tuple[FieldLine, ...]:
    """Content-Length where it tells of another response: to HEAD (rfc9110-8.6-3) and in a 304 (rfc9110-8.6-5).

    Nowhere else without content: rfc9110-8.6-7, rfc9110-8.6-8. Nor after transforming, which changes it: rfc9110-8.6-4.
    """
    status = outbound.response.status
    tells = status == 304 or (outbound.request.method == "HEAD" and has_content("GET", status) and status != 205)
    length = length_by_fields(outbound.response.fields, (1, 1), collapses=True)
    if not tells or isinstance(length, Fault) or length is None or length < 0 or outbound.transforms:
        return ()
    return (("Content-Length", str(length)),)
