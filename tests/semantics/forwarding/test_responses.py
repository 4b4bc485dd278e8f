"""Responses on their way outbound, a table for each chapter."""

from __future__ import annotations

import pytest
from tests.semantics.forwarding.ways import (
    GATEWAY,
    HOPS,
    NOW,
    PARENT,
    PROXY,
    TUNNEL,
    asked,
    came,
    dropped,
    like,
    replaced,
    returned,
    section,
)

from statuary.fields.dates import format_http_date
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.semantics.forwarding import Hop, forward_response, forward_trailers

GET = asked()
OLD_GET = asked("GET http://a.test/b HTTP/1.0", "Host: a.test")
HEAD = asked("HEAD http://a.test/b")
PUT = asked("PUT http://a.test/b", "Content-Length: 5", "Expect: 100-continue")
CONNECT = asked("CONNECT a.test:443")
SWITCH = asked("GET http://a.test/b", "Connection: Upgrade", "Upgrade: WebSocket, other")
RELAY = like(GATEWAY, upgrades=frozenset({"websocket", "other"}))
OURS = frozenset({"date", "via", "connection", "content-length", "transfer-encoding"})


def test_what_no_rule_names_goes_on_as_it_came() -> None:
    lines = (
        "Server: origin/1.0 (x)",
        "Set-Cookie: a=b; Expires=Thu, 01 Jan 2026 00:00:00 GMT",
        "X-Unknown: \xe9, ,",
        "set-cookie: c=d",
        "Allow: GET",
        'WWW-Authenticate: Basic realm="r", Digest nonce="n"',
        "WWW-Authenticate: Bearer",
        "Date: not a date",
        "Age: 5",
        "Cache-Control: no-transform",
    )
    fields = returned(GET, came(471, *lines, "Content-Length: 0")).message.fields
    kept = [line for line in fields if line[0].lower() not in OURS - {"date"}]
    assert kept == list(section(*lines))


@pytest.mark.parametrize("hop", HOPS, ids=lambda hop: hop.role)
def test_what_is_for_this_hop_ends_here(hop: Hop) -> None:
    response = came(200, "Connection: X-A, close", "X-A: 1", "Keep-Alive: timeout=5", "Upgrade: h2c", "X-B: 1")
    fields = returned(GET, response, hop).message.fields
    assert {"connection", "x-a", "keep-alive", "upgrade"}.isdisjoint(fields.names())
    assert fields.get("x-b") == "1"


@pytest.mark.parametrize(
    ("lines", "now"),
    [((), True), (("Date: Sun, 06 Nov 1994 08:49:37 GMT",), False), (("Date: x", "Connection: Date"), True)],
)
def test_date_is_added_where_it_is_missing(lines: tuple[str, ...], now: bool) -> None:
    dates = returned(GET, came(200, *lines)).message.fields.all("date")
    assert len(dates) == 1
    assert (dates == [format_http_date(NOW)]) is now


@pytest.mark.parametrize(
    ("hop", "via"),
    [
        (PROXY, "1.1 origin, 1.0 proxy.test"),
        (GATEWAY, "1.1 origin, 1.0 gate.test"),
        (like(GATEWAY, via_in_responses=False), "1.1 origin"),
        (like(PROXY, via_in_responses=False), "1.1 origin, 1.0 proxy.test"),
        (like(PROXY, hidden=(("origin", "o"),)), "1.1 o, 1.0 proxy.test"),
    ],
)
def test_via_of_responses(hop: Hop, via: str) -> None:
    assert returned(GET, came(200, "Via: 1.1 origin"), hop, (1, 0)).message.fields.get("via") == via


# Framing


@pytest.mark.parametrize(
    ("request_", "response", "version", "framing", "length", "coding"),
    [
        (GET, came(200, "Content-Length: 5"), (1, 1), "length", "5", None),
        (GET, came(200, "Content-Length: 5, 5"), (1, 1), "length", "5", None),
        (GET, came(200, "Content-Length: 5", "Content-Length: 5"), (1, 1), "length", "5", None),
        (GET, came(200, "Content-Length: 5"), (1, 0), "length", "5", None),
        (GET, came(200, "Transfer-Encoding: chunked"), (1, 1), "chunked", None, "chunked"),
        (GET, came(200), (1, 1), "chunked", None, "chunked"),
        (GET, came(200), (1, 0), "chunked", None, "chunked"),
        (OLD_GET, came(200), (1, 1), "close", None, None),
        (OLD_GET, came(200, "Transfer-Encoding: chunked"), (1, 1), "close", None, None),
        (OLD_GET, came(200, "Content-Length: 5"), (1, 1), "length", "5", None),
        (GET, came(204, "Content-Length: 5"), (1, 1), "none", None, None),
        (GET, came(204, "Transfer-Encoding: chunked"), (1, 1), "none", None, None),
        (GET, came(304, "Content-Length: 5"), (1, 1), "none", "5", None),
        (GET, came(304, "Transfer-Encoding: gzip"), (1, 0), "none", None, None),
        (HEAD, came(200, "Content-Length: 5"), (1, 1), "none", "5", None),
        (HEAD, came(200, "Content-Length: x"), (1, 1), "none", None, None),
        (HEAD, came(200, "Transfer-Encoding: chunked"), (1, 1), "none", None, None),
        (HEAD, came(204, "Content-Length: 5"), (1, 1), "none", None, None),
        (HEAD, came(205, "Content-Length: 5"), (1, 1), "none", None, None),
        (GET, came(205, "Content-Length: 0"), (1, 1), "length", "0", None),
        (GET, came(103, "Content-Length: 5"), (1, 1), "none", None, None),
        (CONNECT, came(200, "Content-Length: 5", "Transfer-Encoding: chunked"), (1, 1), "switched", None, None),
        (CONNECT, came(299), (1, 0), "switched", None, None),
        (CONNECT, came(403, "Content-Length: 5"), (1, 1), "length", "5", None),
    ],
)
def test_framing_is_made_anew(
    request_: Request, response: object, version: tuple[int, int], framing: str, length: str | None, coding: str | None
) -> None:
    onward = returned(request_, response, PARENT, version)  # type: ignore[arg-type]
    fields = onward.message.fields
    assert (onward.framing, fields.get("content-length"), fields.get("transfer-encoding")) == (framing, length, coding)
    assert not onward.drops_content


@pytest.mark.parametrize("lines", [("Content-Length: 5",), ("Transfer-Encoding: chunked",), ()])
def test_a_205_loses_its_content_and_says_so(lines: tuple[str, ...]) -> None:
    onward = returned(GET, came(205, *lines, content=b"12345" if "Content-Length: 5" in lines else b""))
    assert onward.drops_content
    assert onward.message.content == b""
    assert onward.message.fields.get("content-length") == "0"


@pytest.mark.parametrize(
    ("lines", "version", "because"),
    [
        (("Transfer-Encoding: chunked", "Content-Length: 5"), (1, 1), "rfc9112-6.1-13"),
        (("Transfer-Encoding: chunked",), (1, 0), "rfc9112-6.1-14"),
        (("Transfer-Encoding: gzip, chunked",), (1, 1), "rfc9112-6.1-9"),
        (("Transfer-Encoding: gzip",), (1, 1), "rfc9112-6.3-3"),
        (("Transfer-Encoding: chunked, chunked",), (1, 1), "rfc9112-6.3-3"),
        (("Content-Length: 5", "Content-Length: 6"), (1, 1), "rfc9112-6.3-6"),
        (("Content-Length: 5, 6",), (1, 1), "rfc9112-6.3-6"),
        (("Content-Length: -5",), (1, 1), "rfc9112-6.3-6"),
        (("Content-Length:",), (1, 1), "rfc9112-6.3-6"),
        (("Content-Length: " + "9" * 30,), (1, 1), "rfc9110-8.6-10"),
        (("Content-Length: 4",), (1, 1), "rfc9110-8.6-11"),
    ],
)
@pytest.mark.parametrize("request_", [GET, OLD_GET, CONNECT], ids=["1.1", "1.0", "connect"])
def test_ambiguous_framing_goes_no_further(
    lines: tuple[str, ...], version: tuple[int, int], because: str, request_: Request
) -> None:
    answer = replaced(request_, came(404, *lines, content=b"12345"), PARENT, version)
    assert (answer.response.status, answer.because) == (502, because)
    error = "http_response_transfer_coding" if "Transfer" in lines[0] else "http_protocol_error"
    assert answer.response.fields.get("proxy-status") == f"proxy.test;error={error}"


def test_trailers_go_on_where_the_framing_has_them() -> None:
    response = came(
        200,
        "Transfer-Encoding: chunked",
        "Trailer: X-Sum",
        "Connection: X-Own",
        trailers=section("X-Sum: 1", "X-Own: 2", "Content-Length: 3", "Host: x", "Set-Cookie: a=b", "Upgrade: c"),
    )
    onward = returned(GET, response)
    assert onward.message.trailers == section("X-Sum: 1")
    assert onward.message.fields.get("trailer") == "X-Sum"
    for request, hop in ((OLD_GET, PROXY), (GET, like(PROXY, passes_trailers=False))):
        onward = returned(request, response, hop)
        assert onward.message.trailers is None
        assert "trailer" not in onward.message.fields
        assert "x-sum" not in onward.message.fields  # never merged


def test_trailers_by_themselves() -> None:
    assert forward_trailers(section("A: 1", "B: 2"), section("Connection: b")) == section("A: 1")
    assert forward_trailers(section("A: 1", "Connection: a"), Fields()) == Fields()


# The connection to the client


@pytest.mark.parametrize(
    ("request_", "hop", "response", "connection"),
    [
        (GET, PROXY, came(200, "Content-Length: 0"), None),
        (GET, PROXY, came(200, "Content-Length: 0", "Connection: close"), None),
        (asked("GET http://a.test/", "Connection: close"), PROXY, came(), "close"),
        (asked("GET http://a.test/ HTTP/1.0", "Connection: keep-alive"), PROXY, came(204), "close"),
        (asked("GET /b HTTP/1.0", "Connection: keep-alive"), GATEWAY, came(204), "keep-alive"),
        (asked("GET /b HTTP/1.0", "Connection: keep-alive"), GATEWAY, came(200), "close"),
        (asked("GET /b HTTP/1.0"), GATEWAY, came(204), "close"),
        (GET, PROXY, came(103), None),
    ],
)
def test_whether_the_connection_persists(request_: Request, hop: Hop, response: object, connection: str | None) -> None:
    onward = returned(request_, response, hop)  # type: ignore[arg-type]
    assert onward.message.fields.get("connection") == connection
    assert onward.closes == (connection == "close")


def test_the_shell_may_end_the_connection() -> None:
    onward = forward_response(GET, came(204), PROXY, NOW, closes=True)
    assert onward.message.fields.get("connection") == "close"  # type: ignore[union-attr]


# Interim responses


@pytest.mark.parametrize("status", [100, 102, 103, 104, 199])
def test_interim_responses_are_not_for_http_1_0(status: int) -> None:
    for hop in HOPS:
        assert dropped(OLD_GET, came(status), hop).because == "rfc9110-15.2-1"


@pytest.mark.parametrize("status", [102, 103, 104, 199])
def test_interim_responses_are_passed_on(status: int) -> None:
    for hop in HOPS:
        onward = returned(GET, came(status, "Link: </a>; rel=preload"), hop)
        assert onward.message.status == status
        assert list(onward.message.fields) == [("Link", "</a>; rel=preload"), ("Via", f"1.1 {hop.name}")]
        assert not onward.closes


def test_a_100_that_is_awaited() -> None:
    for hop in HOPS:
        assert returned(PUT, came(100), hop).message.status == 100


def test_a_100_that_nobody_awaits() -> None:
    # rfc9110-15.2-4 binds proxies alone, which did not ask for it
    assert returned(GET, came(100), PROXY).message.status == 100
    assert dropped(GET, came(100), GATEWAY).because == "rfc9110-15.2.1-s3"


def test_a_100_that_was_sent_already() -> None:
    hop = like(PROXY, next_version=(1, 0), sends_continue=True)
    assert dropped(PUT, came(100), hop).because == "rfc9110-15.2-4"
    assert returned(GET, came(100), hop).message.status == 100


# Upgrade


def test_a_switch_that_was_offered() -> None:
    onward = returned(SWITCH, came(101, "Upgrade: websocket", "Connection: upgrade", "Sec-X: 1"), RELAY)
    assert onward.framing == "switched"
    assert onward.message.fields.get("upgrade") == "websocket"
    assert onward.message.fields.get("connection") == "Upgrade"
    assert onward.message.fields.get("sec-x") == "1"


@pytest.mark.parametrize(
    ("request_", "lines", "hop"),
    [
        (GET, ("Upgrade: websocket",), RELAY),
        (SWITCH, ("Upgrade: h2c",), RELAY),
        (SWITCH, ("Upgrade: websocket, h2c",), RELAY),
        (SWITCH, (), RELAY),
        (SWITCH, ("Upgrade: a b",), RELAY),
        (SWITCH, ("Upgrade: websocket",), GATEWAY),
        (OLD_GET, ("Upgrade: websocket",), RELAY),
        (asked("GET / HTTP/1.0", "Connection: Upgrade", "Upgrade: websocket"), ("Upgrade: websocket",), RELAY),
    ],
)
def test_a_switch_that_was_not_offered(request_: Request, lines: tuple[str, ...], hop: Hop) -> None:
    answer = replaced(request_, came(101, *lines), hop)
    assert (answer.response.status, answer.because) == (502, "rfc9110-7.8-6")
    assert "http_upgrade_failed" in answer.response.fields.get("proxy-status", "")


def test_a_426_names_its_protocols_still() -> None:
    fields = returned(GET, came(426, "Upgrade: TLS/1.3, h2c", "Connection: Upgrade")).message.fields
    assert (fields.get("upgrade"), fields.get("connection")) == ("TLS/1.3, h2c", "Upgrade")


# Status codes


@pytest.mark.parametrize("status", [0, 99, 600, 999, -1])
def test_what_is_no_status_code(status: int) -> None:
    answer = replaced(GET, came(status))
    assert (answer.response.status, answer.because) == (502, "rfc9110-15-s1")


# Locations


@pytest.mark.parametrize(
    ("value", "goes"),
    [
        ("http://inner.test:8080/a?b#c", "http://a.test/a?b#c"),
        ("HTTP://INNER.test:8080", "http://a.test"),
        ("//inner.test:8080/a", "http://a.test/a"),
        ("http://inner.test/a", "http://inner.test/a"),
        ("https://inner.test:8080/a", "https://inner.test:8080/a"),
        ("http://inner.test:8080.evil.test/", "http://inner.test:8080.evil.test/"),
        ("http://user@inner.test:8080/", "http://a.test/"),
        ("http://other.test/?u=http://inner.test:8080/", "http://other.test/?u=http://inner.test:8080/"),
        ("http://[", "http://["),
        ("/a", "/a"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("name", ["Location", "Content-Location"])
def test_locations_of_a_gateway(name: str, value: str, goes: str) -> None:
    response = came(201, f"{name}: {value}")
    hop = like(GATEWAY, maps_locations=True)
    assert returned(GET, response, hop).message.fields.get(name.lower()) == goes
    for other in (GATEWAY, PROXY, like(PARENT, maps_locations=True)):
        assert returned(GET, response, other).message.fields.get(name.lower()) == value


@pytest.mark.parametrize(
    ("value", "goes"),
    [
        ("http://inner.test:8080/x/b?c#d", "http://a.test/b?c#d"),
        ("http://inner.test:8080/x", "http://a.test/"),
        ("http://inner.test:8080/x?c", "http://a.test/?c"),
        ("/x/b", "/b"),
        ("/x", "/"),
        # Beside the prefix there is nothing that clients could ask for
        ("http://inner.test:8080/b", "http://inner.test:8080/b"),
        ("http://inner.test:8080/xy", "http://inner.test:8080/xy"),
        ("/b", "/b"),
        ("/xy", "/xy"),
        ("b", "b"),
        ("", ""),
    ],
)
def test_locations_of_a_gateway_with_a_prefix(value: str, goes: str) -> None:
    hop = like(GATEWAY, maps_locations=True, prefix="/x")
    assert returned(GET, came(201, f"Location: {value}"), hop).message.fields.get("location") == goes


def test_locations_that_are_not_mapped() -> None:
    hop = like(GATEWAY, maps_locations=True)
    twice = ("Location: http://inner.test:8080/a", "Location: http://inner.test:8080/b")
    assert len(returned(GET, came(301, *twice), hop).message.fields.all("location")) == 2
    unnamed = asked("GET /b HTTP/1.0")
    assert returned(unnamed, came(301, twice[0]), hop).message.fields.get("location") == twice[0][10:]


# Transformations


@pytest.mark.parametrize(
    ("request_", "response", "status", "transforms"),
    [
        (GET, came(200), 203, True),
        (HEAD, came(200), 203, False),
        (GET, came(201), 201, False),
        (GET, came(206), 206, False),
        (GET, came(404), 404, False),
        (GET, came(304), 304, False),
        (GET, came(200, "Cache-Control: max-age=5, No-Transform"), 200, False),
        (GET, came(200, 'Cache-Control: "no-transform'), 200, False),
        (asked("GET http://a.test/", "Cache-Control: no-transform"), came(200), 200, False),
        (CONNECT, came(200), 200, False),
    ],
)
def test_what_is_transformed_is_marked(request_: Request, response: object, status: int, transforms: bool) -> None:
    hop = like(PARENT, transforms=True)
    onward = returned(request_, response, hop)  # type: ignore[arg-type]
    assert (onward.message.status, onward.transforms) == (status, transforms)
    assert returned(request_, response, PARENT).message.status == response.status  # type: ignore[arg-type, attr-defined]


@pytest.mark.parametrize(("etag", "goes"), [('"a"', 'W/"a"'), ('W/"a"', 'W/"a"'), ("broken", None), (None, None)])
def test_what_told_of_the_octets_goes(etag: str | None, goes: str | None) -> None:
    lines = ("Content-Length: 5", "Accept-Ranges: bytes", "Content-Digest: x", "Content-Type: a/b")
    response = came(200, *lines, *(() if etag is None else (f"ETag: {etag}",)), content=b"12345")
    onward = returned(GET, response, like(PROXY, transforms=True))
    fields = onward.message.fields
    assert (fields.get("etag"), fields.get("content-type")) == (goes, "a/b")
    assert {"content-length", "accept-ranges", "content-digest"}.isdisjoint(fields.names())
    assert onward.framing == "chunked"
    assert "content-length" not in returned(HEAD, response, like(PROXY, transforms=True)).message.fields


# Proxy-Status


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("all", "inner;error=dns_error, proxy.test;received-status=503"),
        ("failures", "inner;error=dns_error"),
        ("none", "inner;error=dns_error"),
    ],
)
def test_proxy_status(told: str, value: str) -> None:
    response = came(503, "Proxy-Status: inner;error=dns_error")
    assert returned(GET, response, like(PROXY, proxy_status=told)).message.fields.get("proxy-status") == value
    assert "proxy-status" not in returned(GET, came(103), like(PROXY, proxy_status="all")).message.fields


def test_no_proxy_status_at_all() -> None:
    assert "proxy-status" not in replaced(GET, came(600), like(PROXY, proxy_status="none")).response.fields


def test_a_tunnel_changes_nothing() -> None:
    response = came(200, "Connection: X", "X: 1")
    assert returned(GET, response, TUNNEL).message is response
