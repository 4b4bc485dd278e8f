"""An attempt: one request as it was sent, and what has come of it so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from statuary.message.request import Request
from statuary.message.response import Response

Failure = Literal["unreachable", "dropped", "timeout", "malformed", "incomplete"]
"""Why there is no whole final response: no connection, so that nothing was sent; the connection ended first; it did not come
in time; what came is no HTTP; the connection ended within its content."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request, as it was sent, and what came of it.

    interim     the interim responses so far
    final       the final response; while ``failure`` is None too, it is still to come
    at          when the last of all that came, in seconds since the epoch
    content     how the content of the request stands: "none", "held" (it waits for 100), "sent"
    proxy       the URI of the proxy that was asked, None where the origin server was, be it through a tunnel
    fragment    of the reference that led to the target, without "#"; None where it has none
    waited      seconds that were waited before it was sent, because of what came before
    is_reused   whether its connection had been used before, so that the peer may have closed it meanwhile
    """

    request: Request
    interim: tuple[Response, ...] = ()
    final: Response | None = None
    failure: Failure | None = None
    at: int = 0
    content: Literal["none", "held", "sent"] = "none"
    proxy: str | None = None
    fragment: str | None = None
    waited: float = 0.0
    is_reused: bool = False

    def answered(self, final: Response, at: int) -> Attempt:
        """With this final response; as dataclasses.replace, which takes its time."""
        return Attempt(
            *(self.request, self.interim, final, self.failure, at),
            *(self.content, self.proxy, self.fragment, self.waited, self.is_reused),
        )
