"""Requests that end here: about a proxy itself, and TRACE and OPTIONS that may go no further (RFC 9110 section 7.6.2)."""

from __future__ import annotations

from statuary import methods
from statuary.fields.grammar import Invalid
from statuary.fields.max_forwards import format_max_forwards, parse_max_forwards
from statuary.semantics.decision.answers import Respond
from statuary.semantics.decision.target import asks_for_trace
from statuary.semantics.forwarding.answering import answer, completed
from statuary.semantics.forwarding.edits import Edit
from statuary.semantics.forwarding.outcomes import Answer
from statuary.semantics.forwarding.passage import Inbound
from statuary.semantics.resource import Resource

LIMITED = ("TRACE", "OPTIONS")
"""The methods whose Max-Forwards counts; with others it is a field like any (rfc9110-7.6.2-5)."""

_ANY_RESOURCE = Resource()


def is_about_us(inbound: Inbound) -> bool:
    """Whether a proxy is asked about itself: OPTIONS with the target *, as it came."""
    request, hop = inbound.request, inbound.hop
    return hop.role == "proxy" and not hop.intercepts and request.method == "OPTIONS" and request.target == "*"


def may_it_go_further(inbound: Inbound) -> Answer | None:
    """Max-Forwards, where it has come to 0: answered as the final recipient, rfc9110-7.6.2-2 and rfc9110-7.6.2-3."""
    left = _forwards_left(inbound)
    if isinstance(left, Invalid):
        return answer(inbound, 400, "rfc9110-7.6.2-1", "Max-Forwards is not one number.")
    if left != 0 and not is_about_us(inbound):
        return None
    return _reflect(inbound) if inbound.request.method == "TRACE" else _show_options(inbound)


def _reflect(inbound: Inbound) -> Answer:
    """TRACE: the request as it came, without what is secret (rfc9110-9.3.8-1, rfc9110-9.3.8-3)."""
    told = asks_for_trace(inbound.request, _ANY_RESOURCE, inbound.now)
    assert isinstance(told, Respond)
    content = told.content if isinstance(told.content, bytes) else b""
    return completed(
        inbound, told.status, "rfc9110-7.6.2-3", "Max-Forwards ends the request here.", told.fields, content
    )


def _show_options(inbound: Inbound) -> Answer:
    """OPTIONS: the methods that can be sent through here (rfc9110-9.3.7-1)."""
    known = [m for m in methods.IMPLEMENTABLE if m != "CONNECT" or inbound.hop.role == "proxy"]
    # rfc9110-9.3.7: without content, that is said
    lines = (("Allow", ", ".join(known)), ("Content-Length", "0"))
    return completed(inbound, 200, "rfc9110-7.6.2-3", "The request is answered by this intermediary.", lines, b"")


def count_forward(inbound: Inbound) -> Edit | None:
    """One less, or what is known at most: rfc9110-7.6.2-4. Never where there was none: rfc9110-9.3.7-3."""
    left = _forwards_left(inbound)
    if not left:
        return None
    lower = min(left - 1, inbound.hop.most_forwards)
    return Edit("rfc9110-7.6.2-4", frozenset({"max-forwards"}), (("Max-Forwards", format_max_forwards(lower)),))


def _forwards_left(inbound: Inbound) -> int | Invalid | None:
    if inbound.request.method not in LIMITED:
        return None
    return parse_max_forwards(inbound.request.fields.get("max-forwards"))
