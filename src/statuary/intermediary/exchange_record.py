"""What the access log tells of one exchange: the line of an origin server's log, and the next hop's part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statuary.message.request import Request

if TYPE_CHECKING:
    from statuary.intermediary.server import Intermediary


class ExchangeRecord:
    """Filled in as the exchange goes on; ``write`` it once. Times are in seconds.

    ``upstream_time`` is from the choice of the next hop to the beginning of its answer, or to its failure.
    """

    __slots__ = (
        "_began",
        "_intermediary",
        "_peer",
        "_request",
        "_upstream_began",
        "because",
        "is_written",
        "octets",
        "status",
        "upstream",
        "upstream_status",
        "upstream_time",
        "user",
    )

    def __init__(self, intermediary: Intermediary, request: Request, peer: str) -> None:
        self._intermediary = intermediary
        self._request = request
        self._peer = peer
        self._began = self._upstream_began = intermediary.clock.tick()
        self.status = 0
        self.octets = 0
        self.because = ""
        self.user: str | None = None
        self.upstream: str | None = None
        self.upstream_status: int | None = None
        self.upstream_time: float | None = None
        self.is_written = False

    def attempt(self, upstream: str) -> None:
        """A next hop is about to be asked; the one before, if any, is not told of."""
        self.upstream, self.upstream_status, self.upstream_time = upstream, None, None
        self._upstream_began = self._intermediary.clock.tick()

    def answered(self) -> None:
        """It has begun its answer, or failed."""
        self.upstream_time = self._intermediary.clock.tick() - self._upstream_began

    def write(self) -> None:
        self.is_written = True
        intermediary, request = self._intermediary, self._request
        log = intermediary.log
        if log.style == "none":
            return
        line = f"{request.method} {request.target} HTTP/1.{request.version[1]}"
        more = {
            "upstream": self.upstream,
            "upstream_status": self.upstream_status,
            "upstream_time": self.upstream_time,
            "time": intermediary.clock.tick() - self._began,
        }
        log.record(intermediary.seconds, self._peer, self.user, line, self.status, self.octets, self.because, more)
