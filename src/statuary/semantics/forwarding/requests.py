"""What becomes of a request: questions that may end it here, then the changes to its header section, each list in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from statuary.message.request import Request
from statuary.semantics.authentication import Authenticated
from statuary.semantics.forwarding import (
    credentials,
    expecting,
    final_recipient,
    framing,
    routing,
    telling,
    upgrading,
    via,
)
from statuary.semantics.forwarding.edits import Edit, apply
from statuary.semantics.forwarding.hop import Hop
from statuary.semantics.forwarding.hop_by_hop import drop_hop_by_hop
from statuary.semantics.forwarding.outcomes import Answer, Onward, Tunnel
from statuary.semantics.forwarding.passage import Inbound

Question: TypeAlias = Callable[[Inbound], "Answer | Tunnel | None"]
Change: TypeAlias = Callable[[Inbound], "Edit | None"]

QUESTIONS: tuple[Question, ...] = (
    routing.is_version_known,  # 505
    framing.is_request_framing_clear,  # 400 413 501
    routing.is_target_clear,  # 400 501
    routing.is_scheme_reachable,  # 501
    routing.is_connection_secured,  # 421
    routing.does_it_stay_below,  # 400
    credentials.are_credentials_sufficient,  # 407 403
    via.has_it_not_been_here,  # 508
    routing.is_it_elsewhere,  # 508
    routing.may_it_go_there,  # 403
    final_recipient.may_it_go_further,  # 200 400
    framing.is_content_within_limit,  # 413
    framing.can_content_be_framed,  # 411
    expecting.can_expectations_be_met,  # 417
    routing.open_tunnel,
)
"""The first that has an answer ends it: the request goes no further."""

CHANGES: tuple[Change, ...] = (
    drop_hop_by_hop,
    routing.replace_host,
    credentials.consume_credentials,
    final_recipient.count_forward,
    expecting.drop_vain_expectation,
    via.add_via_to_request,
    telling.drop_what_clients_told,
    telling.tell_forwarded,
    telling.tell_x_forwarded,
    upgrading.offer_upgrade,
    upgrading.accept_trailers,
    framing.frame_request,
)
"""All that is changed in a header section. All else goes on as it came: unknown fields, Authorization, Cookie, Range and all
conditions, which are for the origin server (rfc9110-5.1-1, rfc9110-11.6.2-1, rfc9110-13.2.1-3, rfc9110-13.2.1-4)."""


def forward_request(request: Request, hop: Hop, now: int) -> Onward[Request] | Answer | Tunnel:
    """What is sent to the next hop for a request, or what the client is answered. ``now`` is in seconds since the epoch.

    Total: it never raises.
    """
    if hop.role == "tunnel":
        return Onward(request, "switched")
    inbound = Inbound(request, hop, now)
    for question in QUESTIONS:
        ended = question(inbound)
        if ended is not None:
            return ended
    edits = [edit for change in CHANGES if (edit := change(inbound)) is not None]
    shown = credentials.shown_credentials(inbound)
    return Onward(
        _message(inbound, edits),
        inbound.framing,
        tuple(edit.because for edit in edits),
        interim=expecting.continue_in_its_place(inbound),
        user=shown if isinstance(shown, Authenticated) else None,
    )


def _message(inbound: Inbound, edits: list[Edit]) -> Request:
    request = inbound.request
    return Request(
        request.method,
        routing.next_path(inbound),
        apply(request.fields, edits, routing.host_line(inbound)),
        query=request.query,
        scheme=routing.next_scheme(inbound),
        authority=routing.next_authority(inbound),
        # Its own, whatever the client's: rfc9112-2.3-1, rfc9110-6.2-1
        version=(1, 1),
        content_length=framing.next_length(inbound),
        target=routing.next_target(inbound),
        peer=request.peer,
    )
