"""What is not HTTP any more: a tunnel that CONNECT asked for, or a connection that has switched protocols."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from statuary.intermediary.connecting import NextHopConnection
from statuary.intermediary.exchange_record import ExchangeRecord
from statuary.intermediary.relay import End, Relay
from statuary.intermediary.usual import head_of
from statuary.message.response import Response
from statuary.user_agent.connecting import Route
from statuary.user_agent.connection import Connection

if TYPE_CHECKING:
    from statuary.intermediary.client_connection import ClientConnection
    from statuary.intermediary.server import Intermediary


def switch(
    intermediary: Intermediary,
    client: ClientConnection,
    record: ExchangeRecord,
    response: Response,
    connection: Connection,
) -> None:
    """101, or the success of CONNECT at another proxy: from here on, octets are relayed."""
    assert isinstance(connection, NextHopConnection)
    far = End()
    far.has_ended = connection.has_ended
    far.transport, early = connection.hand_over(far)
    route, pool = connection.key, intermediary.pool
    connection.key = None  # The relay has it now

    def over() -> None:
        connection.key = route
        connection.must_close = True
        pool.give(connection)

    _relay(intermediary, client, record, response, far, early, over)


async def open_tunnel(
    intermediary: Intermediary, client: ClientConnection, record: ExchangeRecord, response: Response, route: Route
) -> None:
    """To the host and port asked for, if they are there. Raises ConnectionFailed."""
    try:
        _, far = await intermediary.connector.connect(End, route.host, route.port)
    finally:
        record.answered()
    _relay(intermediary, client, record, response, far, b"", None)


def _relay(
    intermediary: Intermediary,
    client: ClientConnection,
    record: ExchangeRecord,
    response: Response,
    far: End,
    early: bytes,
    over: Callable[[], None] | None,
) -> None:
    # It is told of when all is over
    record.status, record.is_written = response.status, True

    def done(octets: int) -> None:
        record.octets = octets
        record.write()
        if over is not None:
            over()

    client.put_head(head_of(response))
    is_full = client.is_full
    end, rest = client.hand_over()
    Relay(end, far, intermediary.intermediary_settings.tunnel_idle, done).start(rest, early)
    if is_full and far.transport is not None:
        far.transport.pause_reading()
