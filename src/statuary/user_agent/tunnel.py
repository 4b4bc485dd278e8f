"""Tunnels: CONNECT at a proxy, its challenge answered, then TLS with the origin server inside (RFC 9110 section 9.3.6)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.semantics.reaction import Attempt, GiveUp, Policy, Reaction, Send, react
from statuary.user_agent.connecting import Connector, Route
from statuary.user_agent.connection import Connection
from statuary.user_agent.errors import ConnectionFailed
from statuary.user_agent.memory import Remembered
from statuary.user_agent.timeouts import Timeouts
from statuary.wire.request_writer import format_request


class TunnelRefused(ConnectionFailed):
    """The proxy answered, and there is no tunnel. ``refusal`` shows what it said."""

    def __init__(self, refusal: GiveUp) -> None:
        super().__init__("unreachable", refusal.says, is_final=True)
        self.refusal = refusal


async def open_tunnel(
    route: Route,
    connector: Connector,
    timeouts: Timeouts,
    policy: Policy,
    remembered: Remembered,
    now: Callable[[], float],
    lines: tuple[FieldLine, ...] = (),
) -> Connection:
    """A connection to the origin of the route, through its proxy, with TLS. Raises ConnectionFailed."""
    assert route.proxy is not None
    host = f"[{route.host}]" if ":" in route.host else route.host
    authority = f"{host}:{route.port}"  # with its port in any case: rfc9112-3.2.3
    request = Request("CONNECT", "", Fields(lines), scheme="http", authority=authority, target=authority)
    known = remembered.spaces.credentials(request, policy.logins, proxy=route.proxy)
    if known is not None:
        request = request.with_fields(Fields([*lines, ("Proxy-Authorization", known)]))
    attempts: list[Attempt] = []
    connection = await connector.open(route)
    try:
        while True:
            attempt = await _ask(connection, request, route.proxy, timeouts, now)
            attempts.append(attempt)
            assert attempt.final is not None
            remembered.spaces.note(attempts, policy.logins)
            if 200 <= attempt.final.status <= 299:
                await connector.secure(connection, route.host, route.port)
                return connection
            reaction = react(attempts, replace(policy, cnonce=secrets.token_hex(8)))
            if not isinstance(reaction, Send) or attempt.final.status != 407:
                raise TunnelRefused(_refusal(attempt, reaction))
            request = reaction.request
            if not connection.is_reusable:
                connection.close()
                connection = await connector.open(route)
    except BaseException:
        connection.close()
        raise


async def _ask(
    connection: Connection, request: Request, proxy: str, timeouts: Timeouts, now: Callable[[], float]
) -> Attempt:
    connection.begin("CONNECT")
    connection.write(format_request(request))
    response = await connection.next_response(timeouts.first_octet)
    while response.status // 100 == 1:
        response = await connection.next_response(timeouts.first_octet)
    content = b""
    if not 200 <= response.status <= 299:
        while len(content) < 64 * 1024 and (piece := await connection.read(timeouts.between_octets)):
            content += piece
    return Attempt(request, final=replace(response, content=content), at=int(now()), proxy=proxy)


def _refusal(attempt: Attempt, reaction: Reaction) -> GiveUp:
    assert attempt.final is not None
    says = f"The proxy gave a {attempt.final.status} instead of a tunnel. {reaction.says}"
    return GiveUp(reaction.because, says, attempt.final)
