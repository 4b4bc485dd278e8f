"""Connections to next hops: addresses resolved and permitted, TLS, and what failed in the words of RFC 9209."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

from statuary.semantics.forwarding import FailureKind
from statuary.user_agent.connecting import Route
from statuary.user_agent.connection import Connection
from statuary.user_agent.errors import ConnectionFailed
from statuary.user_agent.timeouts import Timeouts
from statuary.wire.limits import WireLimits

AnyProtocol = TypeVar("AnyProtocol", bound=asyncio.Protocol)

_KINDS: dict[str, FailureKind] = {
    "timeout": "connection_read_timeout",
    "dropped": "connection_terminated",
    "incomplete": "http_response_incomplete",
    "malformed": "http_protocol_error",
    "unreachable": "connection_limit_reached",
}


class NotConnected(ConnectionFailed):
    """There is no connection. ``failure`` says why."""

    def __init__(self, failure: FailureKind, says: str) -> None:
        super().__init__("unreachable", says)
        self.failure = failure


def kind_of(error: ConnectionFailed) -> FailureKind:
    """What forwarding calls a failure of a connection."""
    return error.failure if isinstance(error, NotConnected) else _KINDS[error.kind]


class NextHopConnection(Connection):
    """A user agent's connection, which can be handed over to whoever speaks on it after HTTP."""

    def hand_over(self, protocol: asyncio.Protocol) -> tuple[asyncio.Transport, bytes]:
        """The transport, which ``protocol`` hears from now on, and what has come on it already."""
        assert self._transport is not None
        self._transport.set_protocol(protocol)
        return self._transport, b"".join(self._pieces)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come."""
        return self._failure is not None


class NextHopConnector:
    """Opens connections. ``permits`` is asked about each address before it is connected to: None permits all."""

    def __init__(
        self,
        timeouts: Timeouts,
        limits: WireLimits,
        *,
        permits: Callable[[str], bool] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._timeouts = timeouts
        self._limits = limits
        self._permits = permits
        self._tls = tls

    async def open(self, route: Route) -> Connection:
        """A connection for HTTP. Raises NotConnected."""
        loop = asyncio.get_running_loop()
        context = self._context() if route.scheme == "https" else None
        _, connection = await self.connect(
            lambda: NextHopConnection(loop, self._limits), route.host, route.port, tls=context
        )
        return connection

    async def connect(
        self, factory: Callable[[], AnyProtocol], host: str, port: int, *, tls: ssl.SSLContext | None = None
    ) -> tuple[asyncio.Transport, AnyProtocol]:
        """A connection to whatever is there, at the first address that takes one. Raises NotConnected."""
        try:
            async with asyncio.timeout(self._timeouts.connect):
                addresses = await self._resolve(host, port)
        except TimeoutError:
            raise NotConnected("dns_timeout", f"{host} could not be resolved in time.") from None
        # Looked at once it is resolved: a name can lead anywhere
        permitted = [one for one in addresses if self._permits is None or self._permits(one)]
        if not permitted:
            raise NotConnected("destination_ip_prohibited", f"{host} has an address that is not gone to.")
        failure: Exception = OSError()
        for address in permitted:
            try:
                async with asyncio.timeout(self._timeouts.connect):
                    transport, protocol = await asyncio.get_running_loop().create_connection(
                        factory,
                        address,
                        port,
                        ssl=tls,
                        server_hostname=host if tls is not None else None,
                        ssl_handshake_timeout=self._timeouts.tls if tls is not None else None,
                    )
                    return transport, protocol
            except OSError as error:  # TimeoutError and ssl.SSLError are among them
                failure = error
        raise _not_connected(failure, f"{host} port {port}")

    async def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NotConnected("dns_error", f"{host}: {error}") from None
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls


def _not_connected(error: Exception, where: str) -> NotConnected:
    kind: FailureKind
    if isinstance(error, ssl.SSLCertVerificationError):
        kind = "tls_certificate_error"
    elif isinstance(error, ssl.SSLError):
        kind = "tls_protocol_error"
    elif isinstance(error, TimeoutError | ConnectionAbortedError):
        # The latter is how a handshake ends that takes too long
        kind = "connection_timeout"
    elif isinstance(error, OSError) and error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        kind = "destination_ip_unroutable"
    else:
        kind = "connection_refused"
    return NotConnected(kind, f"{where}: {error or type(error).__name__}")


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet at large: not private, loopback, link-local, nor one in disguise."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inside = _embedded(found) if isinstance(found, ipaddress.IPv6Address) else None
    if inside is not None:
        found = inside
    return found.is_global and not found.is_multicast and not found.is_reserved and not found.is_unspecified


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
