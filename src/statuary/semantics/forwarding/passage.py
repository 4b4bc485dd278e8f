"""A passage: one message at one hop, which is what the rules of forwarding are asked about."""

from __future__ import annotations

from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.forwarding.hop import Hop, Version
from statuary.semantics.forwarding.hop_by_hop import nominated
from statuary.semantics.forwarding.lengths import request_length, response_length


class Inbound:
    """A request on its way to the origin server.

    ``nominated`` is what its Connection field names, ``length`` how long its content is. A value by convention, as Request
    is: many rules ask for either, for each request, and both are found once.
    """

    __slots__ = ("hop", "length", "nominated", "now", "request")

    def __init__(self, request: Request, hop: Hop, now: int) -> None:
        self.request = request
        self.hop = hop
        self.now = now
        self.nominated = nominated(request.fields)
        self.length = request_length(request)


class Outbound:
    """A response on its way to the user agent.

    request     as it came from the client
    version     of the response as it came
    closes      whether the connection to the client is going to end for reasons of its own
    nominated   what its Connection field names
    is_interim  whether a final response is still to come, over HTTP
    is_tunnel   whether it begins a tunnel: any success to CONNECT (rfc9110-9.3.6-s1)
    length      how long its content is
    """

    __slots__ = (
        "closes",
        "hop",
        "is_interim",
        "is_tunnel",
        "length",
        "nominated",
        "now",
        "request",
        "response",
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
