"""What becomes of a response: questions that may end it here, then the changes to its header section, each list in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from statuary.fields.dates import format_http_date
from statuary.fields.proxy_status import ProxyStatusMember, format_proxy_status, token_or_string
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.forwarding import framing, interim, locations, transforming, upgrading, via
from statuary.semantics.forwarding.answering import answer
from statuary.semantics.forwarding.edits import Edit, apply
from statuary.semantics.forwarding.hop import Hop, Version
from statuary.semantics.forwarding.hop_by_hop import drop_hop_by_hop, forward_trailers
from statuary.semantics.forwarding.outcomes import Answer, Drop, Onward
from statuary.semantics.forwarding.passage import Outbound
from statuary.semantics.forwarding.persistence import connection_options, wants_to_persist

Question: TypeAlias = Callable[[Outbound], "Answer | Drop | None"]
Change: TypeAlias = Callable[[Outbound], "Edit | None"]


def is_code_in_range(outbound: Outbound) -> Answer | None:
    """502 in place of what is no status code: rfc9110-15-s1."""
    if 100 <= outbound.response.status <= 599:
        return None
    says = "The next server's status code is outside the range from 100 to 599."
    return answer(outbound, 502, "rfc9110-15-s1", says, error="http_protocol_error")


def add_date(outbound: Outbound) -> Edit | None:
    """Date, where a final response came without: rfc9110-6.6.1-5. One that is there is never changed."""
    there = "date" in outbound.response.fields and "date" not in outbound.nominated
    if outbound.is_interim or there:
        return None
    return Edit("rfc9110-6.6.1-5", add=(("Date", format_http_date(outbound.now)),))


def add_proxy_status(outbound: Outbound) -> Edit | None:
    """What came, where all responses are to tell it: RFC 9209 section 2.1.4. The members that were there stay."""
    hop, response = outbound.hop, outbound.response
    if hop.proxy_status != "all" or outbound.is_interim:
        return None
    member = ProxyStatusMember(token_or_string(hop.name), (("received-status", response.status),))
    return Edit("rfc9209-2.1.4", add=(("Proxy-Status", format_proxy_status([member])),))


def say_what_becomes_of_the_connection(outbound: Outbound) -> Edit | None:
    """Connection: close or keep-alive in a final response, for this hop alone: rfc9112-9.3-3, rfc9112-9.6-5."""
    if outbound.is_interim or outbound.framing == "switched":
        return None
    options = connection_options(outbound.request, closes=ends_connection(outbound))
    return Edit("rfc9112-9.3-3", options=options) if options else None


def ends_connection(outbound: Outbound) -> bool:
    """Whether the connection to the client ends with the response. After a switch it is none of HTTP's."""
    if outbound.is_interim or outbound.framing == "switched":
        return False
    # A 408 says that a request did not arrive, and what of it still does can't be waited for: RFC 9110 section 15.5.9
    is_late = outbound.response.status == 408
    return (
        outbound.closes
        or is_late
        or outbound.framing == "close"
        or not wants_to_persist(outbound.request, outbound.hop)
    )


QUESTIONS: tuple[Question, ...] = (
    is_code_in_range,  # 502
    upgrading.was_switch_offered,  # 502
    interim.can_client_take_it,
    interim.is_it_awaited,
    interim.was_it_sent_already,
    framing.is_response_framing_clear,  # 502
)
"""The first that has an answer ends it: the response goes no further."""

CHANGES: tuple[Change, ...] = (
    drop_hop_by_hop,
    locations.map_location,
    locations.map_content_location,
    transforming.mark_transformation,
    add_date,
    via.add_via_to_response,
    add_proxy_status,
    framing.frame_response,
    upgrading.tell_protocols,
    say_what_becomes_of_the_connection,
)
"""All that is changed in a header section. All else goes on as it came: unknown fields, Server, Allow, challenges, each
Set-Cookie in its own line (rfc9110-5.1-1, rfc9110-5.3-2, rfc9110-10.2.1-3, rfc9110-11.6.1-3)."""


def forward_response(
    request: Request, response: Response, hop: Hop, now: int, *, version: Version = (1, 1), closes: bool = False
) -> Onward[Response] | Answer | Drop:
    """What the client gets for a response that came from the next hop, interim or final.

    ``request`` is as it came from the client, ``version`` that of the response, ``now`` in seconds since the epoch;
    ``closes`` says that the client's connection is going to end for reasons of its own. Total: it never raises.
    """
    if hop.role == "tunnel":
        return Onward(response, "switched")
    outbound = Outbound(request, response, hop, now, version, closes)
    for question in QUESTIONS:
        ended = question(outbound)
        if ended is not None:
            return ended
    edits = [edit for change in CHANGES if (edit := change(outbound)) is not None]
    fields = apply(response.fields, edits)
    delimited = outbound.framing
    has_content = delimited not in ("none", "switched") and response.status != 205
    trailers = None
    if response.trailers is not None and delimited == "chunked" and hop.passes_trailers:
        trailers = forward_trailers(response.trailers, response.fields)
    message = Response(
        transforming.next_status(outbound), fields, response.content if has_content else b"", trailers or None
    )
    return Onward(
        message,
        delimited,
        tuple(edit.because for edit in edits),
        closes=ends_connection(outbound),
        drops_content=framing.drops_content(outbound),
        transforms=has_content and outbound.transforms,
    )
