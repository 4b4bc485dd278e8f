"""Expect: passed on, answered here, or dropped where nothing can come of it (RFC 9110 section 10.1.1)."""

from __future__ import annotations

from statuary.fields.expect import Expectation, format_expect, parse_expect
from statuary.fields.grammar import Invalid
from statuary.message.fields import NO_FIELDS
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.forwarding.answering import answer
from statuary.semantics.forwarding.edits import Edit
from statuary.semantics.forwarding.outcomes import Answer
from statuary.semantics.forwarding.passage import Inbound

_CONTINUE = Expectation("100-continue")


def expects_continue(request: Request) -> bool:
    """Whether the client waits for a 100: not by HTTP/1.0 (rfc9110-10.1.1-7), nor without content (rfc9110-10.1.1-2)."""
    expectations = parse_expect(request.fields.get("expect")) or ()
    return _CONTINUE in expectations and request.version >= (1, 1) and bool(request.content_length)


def can_expectations_be_met(inbound: Inbound) -> Answer | None:
    """417 where the next hop knows no expectations: RFC 9110 section 15.5.18."""
    if not inbound.hop.is_next_old or "expect" not in inbound.request.fields:
        return None
    expectations = parse_expect(inbound.request.fields.get("expect"))
    others = isinstance(expectations, Invalid) or any(one != _CONTINUE for one in expectations or ())
    if not others and (inbound.hop.sends_continue or not expects_continue(inbound.request)):
        return None
    return answer(inbound, 417, "rfc9110-15.5.18-s1", "The next server knows no expectations.")


def continue_in_its_place(inbound: Inbound) -> tuple[Response, ...]:
    """100 at once, where the next hop can't send one: rfc9110-10.1.1-14."""
    if inbound.hop.is_next_old and inbound.hop.sends_continue and expects_continue(inbound.request):
        return (Response(100, NO_FIELDS),)
    return ()


def drop_vain_expectation(inbound: Inbound) -> Edit | None:
    """100-continue goes on only where the client waits for it and the next hop can send it: rfc9110-10.1.1-13."""
    expectations = parse_expect(inbound.request.fields.by_name.get("expect"))
    if not expectations or _CONTINUE not in expectations:
        return None
    if expects_continue(inbound.request) and not inbound.hop.is_next_old:
        return None
    others = [one for one in expectations if one != _CONTINUE]
    kept = (("Expect", format_expect(others)),) if others else ()
    return Edit("rfc9110-10.1.1-2", frozenset({"expect"}), kept)
