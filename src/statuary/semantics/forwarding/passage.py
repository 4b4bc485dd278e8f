"""A passage: one message at one hop, which is what the rules of forwarding are asked about.

What many rules ask for is found once, when the passage is made. Passages are values by convention, as Request is.
"""

from __future__ import annotations

from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Response
from statuary.semantics.forwarding.hop import Hop, Version
from statuary.semantics.forwarding.hop_by_hop import nominated
from statuary.semantics.forwarding.lengths import Fault, request_length, response_length
from statuary.semantics.forwarding.outcomes import Framing
from statuary.semantics.forwarding.transforming import is_to_be_transformed


class Inbound:
    """A request on its way to the origin server.

    nominated  what its Connection field names
    length     how long its content is, as it came
    framing    how its content is to be delimited for the next hop
    """

    __slots__ = ("framing", "hop", "length", "nominated", "now", "request")

    def __init__(self, request: Request, hop: Hop, now: int) -> None:
        self.request = request
        self.hop = hop
        self.now = now
        self.nominated = nominated(request.fields)
        self.length = request_length(request)
        self.framing = _request_framing(self.length, hop)


class Outbound:
    """A response on its way to the user agent.

    request     as it came from the client
    version     of the response as it came
    closes      whether the connection to the client is going to end for reasons of its own
    nominated   what its Connection field names
    is_interim  whether a final response is still to come, over HTTP
    is_tunnel   whether it begins a tunnel: any success to CONNECT (rfc9110-9.3.6-s1)
    length      how long its content is, as it came
    transforms  whether its content is to be transformed
    framing     how its content is to be delimited for the client
    """

    __slots__ = (
        "closes",
        "framing",
        "hop",
        "is_interim",
        "is_tunnel",
        "length",
        "nominated",
        "now",
        "request",
        "response",
        "transforms",
        "version",
    )

    def __init__(
        self, request: Request, response: Response, hop: Hop, now: int, version: Version, closes: bool
    ) -> None:
        status = response.status
        self.request = request
        self.response = response
        self.hop = hop
        self.now = now
        self.version = version
        self.closes = closes
        self.nominated = nominated(response.fields)
        self.is_interim = 100 <= status <= 199 and status != 101
        self.is_tunnel = request.method == "CONNECT" and 200 <= status <= 299
        self.length = response_length(request.method, response, version)
        self.transforms = hop.transforms and is_to_be_transformed(request, response)
        self.framing = self._framing()

    def _framing(self) -> Framing:
        """How the content is delimited for the client: rfc9112-6.3-9, rfc9112-6.1-11."""
        if self.response.status == 101 or self.is_tunnel:
            return "switched"
        if self.length is None:
            return "none"
        if self.response.status == 205 or (self.length != UNKNOWN_LENGTH and not self.transforms):
            return "length"
        return "chunked" if self.request.version >= (1, 1) else "close"


def _request_framing(length: int | Fault | None, hop: Hop) -> Framing:
    """By its length where that is known: rfc9112-6.3-11."""
    if length == UNKNOWN_LENGTH:
        return "buffered" if hop.is_next_old else "chunked"
    return "length" if length else "none"
