"""Hops and messages to try forwarding with. Requests are read by wire/, as those that are forwarded in earnest."""

from __future__ import annotations

import dataclasses
from typing import Any

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.forwarding import (
    Answer,
    Drop,
    Failure,
    Hop,
    Onward,
    forward_failure,
    forward_request,
    forward_response,
)
from statuary.semantics.forwarding.failures import Outcome
from statuary.semantics.resource import Access, User
from statuary.wire.limits import WireLimits
from statuary.wire.request_head import parse_request_head

NOW = 1_700_000_000
GATEWAY = Hop("gateway", "gate.test", next_hop="http://inner.test:8080")
PROXY = Hop("proxy", "proxy.test", names=frozenset({"proxy.test:3128"}))
PARENT = dataclasses.replace(PROXY, next_hop="http://parent.test:3128", consumes_credentials=False)
TUNNEL = Hop("tunnel", "tunnel.test")
HOPS = (GATEWAY, PROXY, PARENT)

USERS = Access("proxy", users={"alice": User("secret"), "bob": User("hidden")}, allowed=frozenset({"alice"}))


def like(hop: Hop, **changes: Any) -> Hop:
    return dataclasses.replace(hop, **changes)


def asked(line: str = "GET http://a.test/b HTTP/1.1", *lines: str) -> Request:
    """A request as it is read: without a version it is HTTP/1.1, without Host it has that of a.test."""
    if " HTTP/" not in line:
        line += " HTTP/1.1"
    if line.endswith("1.1") and not any(one.lower().startswith("host:") for one in lines):
        lines = ("Host: a.test", *lines)
    section = "".join(f"{one}\r\n" for one in lines)
    return parse_request_head(line.encode("latin-1"), section.encode("latin-1"), WireLimits())[0]


def section(*lines: str) -> Fields:
    return Fields((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))


def came(status: int = 200, *lines: str, content: bytes = b"", trailers: Fields | None = None) -> Response:
    return Response(status, section(*lines), content, trailers)


def sent(request: Request, hop: Hop = PROXY) -> Onward[Request]:
    """What is forwarded, where it is."""
    onward = forward_request(request, hop, NOW)
    assert isinstance(onward, Onward), onward
    return onward


def refused(request: Request, hop: Hop = PROXY) -> Answer:
    answer = forward_request(request, hop, NOW)
    assert isinstance(answer, Answer), answer
    return answer


def returned(
    request: Request, response: Response, hop: Hop = PROXY, version: tuple[int, int] = (1, 1)
) -> Onward[Response]:
    """What the client gets, where it gets what came."""
    onward = forward_response(request, response, hop, NOW, version=version)
    assert isinstance(onward, Onward), onward
    return onward


def replaced(request: Request, response: Response, hop: Hop = PROXY, version: tuple[int, int] = (1, 1)) -> Answer:
    answer = forward_response(request, response, hop, NOW, version=version)
    assert isinstance(answer, Answer), answer
    return answer


def dropped(request: Request, response: Response, hop: Hop = PROXY) -> Drop:
    drop = forward_response(request, response, hop, NOW)
    assert isinstance(drop, Drop), drop
    return drop


def failed(request: Request, hop: Hop = PROXY, **failure: Any) -> Outcome:
    return forward_failure(request, Failure(**failure), hop, NOW)
