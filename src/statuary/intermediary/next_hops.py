"""Where requests go: a gateway's next hops, balanced, and left out while they fail; a proxy's, as they are asked for."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Protocol

from statuary.fields.grammar import Invalid
from statuary.fields.host import parse_host
from statuary.message.request import Request
from statuary.semantics.forwarding import FailureKind, Hop
from statuary.user_agent.connecting import Route
from statuary.user_agent.target import PORTS, target_of

# What tells of the server, whatever it was asked
_TELLING: frozenset[FailureKind] = frozenset(
    {
        *("connection_refused", "connection_timeout", "connection_terminated", "connection_read_timeout"),
        *("tls_certificate_error", "tls_protocol_error", "dns_error", "dns_timeout", "destination_ip_unroutable"),
    }
)


@dataclass(slots=True, eq=False)
class NextHop:
    """One server to send requests to, and how it has been doing."""

    hop: Hop
    route: Route
    active: int = 0
    """Requests that are with it now."""
    failures: int = 0
    """In a row."""
    down_for: float = 0.0
    """Seconds for which it was left out the last time, 0 where it has answered since."""
    down_until: float = -math.inf

    @property
    def name(self) -> str:
        """For the log."""
        host = f"[{self.route.host}]" if ":" in self.route.host else self.route.host
        return f"{host}:{self.route.port}"


class NextHops(Protocol):
    """Chooses. ``hop`` is for what is answered without a next hop; ticks are seconds of a clock that does not go back."""

    @property
    def hop(self) -> Hop: ...

    def choose(self, request: Request, tried: Collection[NextHop], tick: float) -> NextHop | None:
        """The next hop to try, None where there is none at the moment."""

    def has_alternative(self, tried: Collection[NextHop], tick: float) -> bool:
        """Whether another could be tried."""

    def succeeded(self, next_hop: NextHop, version: tuple[int, int]) -> None:
        """It has answered, in this version."""

    def failed(self, next_hop: NextHop, kind: FailureKind, tick: float) -> None: ...

    def seconds_down(self, tick: float) -> int | None:
        """Until one can be tried again, where all are down."""


@dataclass(slots=True)
class Upstreams:
    """A gateway's: the one with the least to do, in turn among equals. A single one is never left out: there is no other."""

    all: tuple[NextHop, ...]
    most_failures: int = 3
    down_seconds: float = 1.0
    most_down_seconds: float = 10.0
    _turn: int = field(default=0, init=False)

    @property
    def hop(self) -> Hop:
        return self.all[0].hop

    def choose(self, request: Request, tried: Collection[NextHop], tick: float) -> NextHop | None:
        fit = [one for one in self.all if self._is_up(one, tick)]
        # The same once more, where there is no other: its idle connection was closed
        fit = [one for one in fit if one not in tried] or fit
        if not fit:
            return None
        self._turn += 1
        least = min(one.active for one in fit)
        equal = [one for one in fit if one.active == least]
        return equal[self._turn % len(equal)]

    def has_alternative(self, tried: Collection[NextHop], tick: float) -> bool:
        return any(self._is_up(one, tick) and one not in tried for one in self.all)

    def succeeded(self, next_hop: NextHop, version: tuple[int, int]) -> None:
        next_hop.failures = 0
        next_hop.down_for = 0.0
        next_hop.down_until = -math.inf
        if next_hop.hop.next_version != version:
            # Remembered, since an HTTP/1.0 server can't read chunks: RFC 9112 section 6.1
            next_hop.hop = replace(next_hop.hop, next_version=version)

    def failed(self, next_hop: NextHop, kind: FailureKind, tick: float) -> None:
        # What fails while it is left out had begun before: one death may be the failure of many requests
        if kind not in _TELLING or len(self.all) == 1 or not self._is_up(next_hop, tick):
            return
        next_hop.failures += 1
        if next_hop.failures >= self.most_failures:
            longest = max(self.down_seconds, self.most_down_seconds)
            next_hop.down_for = min(longest, 2 * next_hop.down_for or self.down_seconds)
            next_hop.down_until = tick + next_hop.down_for

    def seconds_down(self, tick: float) -> int | None:
        return max(1, math.ceil(min(one.down_until for one in self.all) - tick))

    def _is_up(self, one: NextHop, tick: float) -> bool:
        return tick >= one.down_until


@dataclass(slots=True)
class AsAsked:
    """A proxy's: the origin of the target URI."""

    hop: Hop

    def choose(self, request: Request, tried: Collection[NextHop], tick: float) -> NextHop | None:
        host = parse_host(request.authority)
        name = "" if host is None or isinstance(host, Invalid) else host.host.strip("[]")
        port = None if host is None or isinstance(host, Invalid) else host.port
        return NextHop(self.hop, Route(request.scheme, name, port or PORTS.get(request.scheme, 80), None))

    def has_alternative(self, tried: Collection[NextHop], tick: float) -> bool:
        return False

    def succeeded(self, next_hop: NextHop, version: tuple[int, int]) -> None:
        """Nothing is remembered of the servers of others."""

    def failed(self, next_hop: NextHop, kind: FailureKind, tick: float) -> None:
        """Nor are they left out."""

    def seconds_down(self, tick: float) -> int | None:
        return None


def upstreams(
    urls: Collection[str], hop: Hop, *, most_failures: int, down_seconds: float, most_down_seconds: float
) -> Upstreams:
    """A gateway's next hops from their URLs; ``hop`` is what they have in common. Raises ValueError."""
    return Upstreams(
        tuple(
            NextHop(replace(hop, next_hop=origin, prefix=prefix), route) for origin, prefix, route in map(_parts, urls)
        ),
        most_failures,
        down_seconds,
        most_down_seconds,
    )


def origin_text(url: str) -> str:
    """The origin of a next hop's URL. Raises ValueError."""
    return _parts(url)[0]


def _parts(url: str) -> tuple[str, str, Route]:
    """Origin, prefix and route."""
    target = target_of(url)
    if target.query is not None or target.fragment is not None or target.userinfo is not None:
        raise ValueError(f"{url} names more than a place on a server: write http://host:port/path")
    route = Route(target.scheme, target.host, target.port, None)
    return f"{target.scheme}://{target.authority}", target.path.rstrip("/"), route
