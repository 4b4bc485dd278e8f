"""Opening connections: to an origin server, or to a proxy, with TLS where the scheme wants it."""

from __future__ import annotations

import asyncio
import functools
import os
import socket
import ssl
from typing import Any, NamedTuple

from statuary.user_agent.connection import Connection
from statuary.user_agent.errors import ConnectionFailed
from statuary.user_agent.target import target_of
from statuary.user_agent.timeouts import Timeouts
from statuary.wire.limits import WireLimits


class Route(NamedTuple):
    """Where a request goes: an origin, straight or through a proxy (its URI, an origin). Connections of one are alike."""

    scheme: str
    host: str
    port: int
    proxy: str | None

    @property
    def is_tunnelled(self) -> bool:
        """Whether a proxy passes octets on without reading them: RFC 9110 section 9.3.6."""
        return self.proxy is not None and self.scheme == "https"


class Connector:
    """Opens connections as one user agent does: its certificates, its time limits, its ``addresses``.

    ``addresses`` says where to connect to instead of a host and port, as tests and trials want it; names, Host and
    certificates stay those of the URL.
    """

    def __init__(
        self,
        timeouts: Timeouts,
        limits: WireLimits,
        *,
        verify: bool = True,
        tls: ssl.SSLContext | None = None,
        addresses: dict[tuple[str, int], tuple[str, int]] | None = None,
    ) -> None:
        self._timeouts = timeouts
        self._limits = limits
        self._verify = verify
        self._given = tls
        self._addresses = addresses or {}

    async def open(self, route: Route) -> Connection:
        """A connection for this route; a tunnel is still to be asked for, and TLS inside it. Raises ConnectionFailed."""
        if route.proxy is None:
            return await self._open(route.scheme, route.host, route.port)
        proxy = target_of(route.proxy)
        return await self._open(proxy.scheme, proxy.host, proxy.port)

    async def secure(self, connection: Connection, host: str, port: int) -> None:
        """TLS on an open connection. Raises ConnectionFailed."""
        try:
            await connection.start_tls(self._tls, host, self._timeouts.tls)
        except (OSError, TimeoutError) as error:
            connection.close()
            raise _unreachable(error, host, port, "the TLS handshake took too long") from None
        except BaseException:
            connection.close()
            raise

    async def _open(self, scheme: str, host: str, port: int) -> Connection:
        loop = asyncio.get_running_loop()
        to_host, to_port = self._addresses.get((host, port), (host, port))
        try:
            async with asyncio.timeout(self._timeouts.connect):
                _, connection = await loop.create_connection(
                    lambda: Connection(loop, self._limits), to_host, to_port, **_racing(loop)
                )
        except (OSError, UnicodeError) as error:  # TimeoutError is one, too
            raise _unreachable(error, host, port, "no connection in time") from None
        if scheme == "https":
            await self.secure(connection, host, port)
        return connection

    @functools.cached_property
    def _tls(self) -> ssl.SSLContext:
        context = self._given
        if context is None:
            context = ssl.create_default_context()
            context.set_alpn_protocols(["http/1.1"])
            if not self._verify:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
        return context


def _racing(loop: asyncio.AbstractEventLoop) -> dict[str, Any]:
    """Several addresses are tried at once (RFC 8305), where the loop can do that; uvloop can't."""
    return {"happy_eyeballs_delay": 0.25} if isinstance(loop, asyncio.BaseEventLoop) else {}


def _unreachable(error: Exception, host: str, port: int, overdue: str) -> ConnectionFailed:
    where = f"{host} port {port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConnectionFailed(
            "unreachable", f"{where}: its certificate is not trusted: {error.verify_message}", is_final=True
        )
    if isinstance(error, ssl.SSLError):
        return ConnectionFailed(
            "unreachable", f"{where}: no TLS: {error.reason or 'the handshake failed'}", is_final=True
        )
    if isinstance(error, socket.gaierror):
        is_final = error.errno != socket.EAI_AGAIN
        return ConnectionFailed("unreachable", f"{host}: {error.strerror or 'no such host'}", is_final=is_final)
    if isinstance(error, TimeoutError):
        return ConnectionFailed("unreachable", f"{where}: {overdue}")
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        # What asyncio says instead repeats the address
        return ConnectionFailed("unreachable", f"{where}: {os.strerror(error.errno)}")
    return ConnectionFailed("unreachable", f"{where}: {error or type(error).__name__}")
