"""A passage: one message at one hop, which is what the rules of forwarding are asked about."""

from __future__ import annotations

from dataclasses import dataclass, field

from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.forwarding.hop import Hop, Version
from statuary.semantics.forwarding.hop_by_hop import nominated


@dataclass(frozen=True, slots=True)
class Inbound:
    """A request on its way to the origin server. ``nominated`` is what its Connection field names."""

    request: Request
    hop: Hop
    now: int
    nominated: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nominated", nominated(self.request.fields))


@dataclass(frozen=True, slots=True)
class Outbound:
    """A response on its way to the user agent.

    request  as it came from the client
    version  of the response as it came
    closes   whether the connection to the client is going to end for reasons of its own
    """

    request: Request
    response: Response
    hop: Hop
    now: int
    version: Version
    closes: bool
    nominated: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nominated", nominated(self.response.fields))

    @property
    def is_interim(self) -> bool:
        """Whether a final response is still to come, over HTTP."""
        return 100 <= self.response.status <= 199 and self.response.status != 101

    @property
    def is_tunnel(self) -> bool:
        """Whether it begins a tunnel: any success to CONNECT (rfc9110-9.3.6-s1)."""
        return self.request.method == "CONNECT" and 200 <= self.response.status <= 299
