"""Forwarding: how an intermediary passes on a request, each response to it, and the want of one.

``forward_request``, ``forward_response`` and ``forward_failure`` are all that others need, with ``forward_trailers`` for what
follows the content. Each is a list of questions that may end the message's way here, and a list of changes to its header
section; what no rule names goes on as it came. Pure: the shell connects, sends, waits, and does what the value says.
"""

from __future__ import annotations

from statuary.semantics.forwarding.failures import Failure, FailureKind, forward_failure
from statuary.semantics.forwarding.hop import Hop
from statuary.semantics.forwarding.hop_by_hop import HOP_BY_HOP, forward_trailers
from statuary.semantics.forwarding.outcomes import Abandon, Again, Answer, Cut, Drop, Framing, Onward, Tunnel
from statuary.semantics.forwarding.requests import forward_request
from statuary.semantics.forwarding.responses import forward_response

__all__ = [
    "HOP_BY_HOP",
    "Abandon",
    "Again",
    "Answer",
    "Cut",
    "Drop",
    "Failure",
    "FailureKind",
    "Framing",
    "Hop",
    "Onward",
    "Tunnel",
    "forward_failure",
    "forward_request",
    "forward_response",
    "forward_trailers",
]
