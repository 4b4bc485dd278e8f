"""Requests on their way inbound, a table for each chapter."""

from __future__ import annotations

import dataclasses

import pytest
from tests.semantics.forwarding.ways import (
    GATEWAY,
    HOPS,
    NOW,
    PARENT,
    PROXY,
    TUNNEL,
    USERS,
    asked,
    like,
    refused,
    sent,
)

from statuary.fields.authentication import Credentials, format_basic, format_credentials, parse_credentials
from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Response
from statuary.semantics.authentication import Authenticated
from statuary.semantics.forwarding import Hop, Tunnel, forward_request
from statuary.wire.request_writer import format_request

OLD = {"next_version": (1, 0)}


# Connection


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("Connection: close, X-Own", "X-Own: 1", "x-own: 2"), ("connection", "x-own")),
        (("Connection: x-a", "Connection: x-b", "X-A: 1", "X-B: 1"), ("x-a", "x-b")),
        (("Connection: x-a , , a b, x-b", "X-A: 1", "X-B: 1"), ("x-a", "x-b")),
        (("Keep-Alive: timeout=5",), ("keep-alive",)),
        (("Proxy-Connection: keep-alive",), ("proxy-connection",)),
        (("Upgrade: websocket",), ("upgrade",)),
        (
            ("Upgrade: h2c", "HTTP2-Settings: AAMA", "Connection: Upgrade, HTTP2-Settings"),
            ("upgrade", "http2-settings"),
        ),
        (("TE: gzip", "Connection: TE"), ("te",)),
        (("TE: trailers",), ("te",)),  # not named in Connection, so it is not from our client
        (("Connection: Cookie", "Cookie: a=b"), ("cookie",)),
    ],
)
@pytest.mark.parametrize("hop", HOPS, ids=lambda hop: hop.role)
def test_what_is_for_this_hop_ends_here(lines: tuple[str, ...], gone: tuple[str, ...], hop: Hop) -> None:
    onward = sent(asked("GET http://a.test/b", *lines, "X-Other: 1"), hop)
    assert [name for name in (*gone, "connection") if name in onward.message.fields] == []
    assert onward.message.fields.get("x-other") == "1"
    assert "rfc9110-7.6.1-2" in onward.changes


def test_early_data_is_kept_whatever_connection_says() -> None:
    onward = sent(asked("GET http://a.test/b", "Early-Data: 1", "Connection: Early-Data"))
    assert onward.message.fields.get("early-data") == "1"


# Target and Host


@pytest.mark.parametrize(
    ("line", "hop", "target", "host"),
    [
        ("GET http://a.test/b?c HTTP/1.1", PROXY, "/b?c", "a.test"),
        ("GET http://a.test:81 HTTP/1.1", PROXY, "/", "a.test:81"),
        ("GET http://A.test/%7e//x/../y? HTTP/1.1", PROXY, "/%7e//x/../y?", "a.test"),
        ("OPTIONS http://a.test HTTP/1.1", PROXY, "*", "a.test"),
        ("OPTIONS http://a.test/ HTTP/1.1", PROXY, "/", "a.test"),
        ("OPTIONS http://a.test?b HTTP/1.1", PROXY, "/?b", "a.test"),
        ("GET http://a.test/b?c HTTP/1.1", PARENT, "http://a.test/b?c", "a.test"),
        ("GET https://a.test/b HTTP/1.1", PARENT, "https://a.test/b", "a.test"),
        ("OPTIONS http://a.test HTTP/1.1", PARENT, "http://a.test", "a.test"),
        ("CONNECT a.test:443 HTTP/1.1", PARENT, "a.test:443", "a.test:443"),
        ("GET /b?c HTTP/1.1", GATEWAY, "/b?c", "inner.test:8080"),
        ("GET http://b.test/b HTTP/1.1", GATEWAY, "/b", "inner.test:8080"),
        ("OPTIONS * HTTP/1.1", GATEWAY, "*", "inner.test:8080"),
        ("GET /b HTTP/1.0", GATEWAY, "/b", "inner.test:8080"),
        ("GET /b HTTP/1.1", like(GATEWAY, keeps_host=True), "/b", "a.test"),
        ("GET http://b.test/b HTTP/1.1", like(GATEWAY, keeps_host=True), "/b", "b.test"),
        ("GET /b HTTP/1.0", like(GATEWAY, keeps_host=True), "/b", "inner.test:8080"),
        ("GET /b HTTP/1.1", like(PROXY, intercepts=True), "/b", "a.test"),
        ("GET /b?c HTTP/1.1", like(GATEWAY, prefix="/x/y"), "/x/y/b?c", "inner.test:8080"),
        ("GET http://b.test HTTP/1.1", like(GATEWAY, prefix="/x"), "/x/", "inner.test:8080"),
        ("OPTIONS * HTTP/1.1", like(GATEWAY, prefix="/x"), "*", "inner.test:8080"),
    ],
)
def test_target_and_host(line: str, hop: Hop, target: str, host: str) -> None:
    onward = sent(asked(line), hop)
    assert onward.message.target == target
    assert onward.message.fields.lines[0] == ("Host", host)
    assert onward.message.fields.all("host") == [host]
    assert onward.message.version == (1, 1)
    start = f"{line.split()[0]} {target} HTTP/1.1\r\nHost: {host}\r\n"
    assert format_request(onward.message).decode().startswith(start)


@pytest.mark.parametrize(
    ("request_", "hop", "status", "because"),
    [
        (asked("GET /b"), PROXY, 400, "rfc9112-3.2.2"),
        (asked("CONNECT a.test:443"), GATEWAY, 501, "rfc9110-9.1-2"),
        (asked("GET ftp://a.test/b"), PROXY, 501, "rfc9110-15.6.2"),
        (Request("GET", "*", authority="a.test"), GATEWAY, 400, "rfc9110-7.1-1"),
        (Request("GET", "/", authority="user@a.test", target="http://user@a.test/"), PROXY, 400, "rfc9112-3.2-6"),
        (Request("GET", "/", target="http:///"), PROXY, 400, "rfc9112-3.2-6"),
        (Request("GET", "/"), GATEWAY, 400, "rfc9112-3.2-6"),
        (Request("GET", "/", Fields([("Host", "a"), ("host", "a")]), authority="a"), GATEWAY, 400, "rfc9112-3.2-6"),
        (Request("CONNECT", "", authority="a.test"), PROXY, 400, "rfc9110-9.3.6-2"),
        (Request("CONNECT", "", authority="a.test:"), PROXY, 400, "rfc9110-9.3.6-2"),
        (Request("CONNECT", "", authority="a.test:0"), PROXY, 400, "rfc9110-9.3.6-2"),
        (Request("GET", "/", version=(0, 9), authority="a"), GATEWAY, 505, "rfc9110-6.2-s1"),
    ],
)
def test_targets_that_lead_nowhere(request_: Request, hop: Hop, status: int, because: str) -> None:
    answer = refused(request_, hop)
    assert (answer.response.status, answer.because) == (status, because)


@pytest.mark.parametrize(
    ("line", "changes", "status"),
    [
        ("GET http://a.test/", {"hosts": frozenset({"a.test"})}, None),
        ("GET http://a.test/", {"hosts": frozenset({"b.test"})}, 403),
        ("GET http://x.a.test/", {"hosts": frozenset({".a.test"})}, None),
        ("GET http://xa.test/", {"hosts": frozenset({".a.test"})}, 403),
        ("GET http://proxy.test:3128/", {}, 508),
        ("GET http://PROXY.test:3128/", {}, 508),
        ("GET http://proxy.test/", {}, None),
        ("GET http://proxy.test/", {"names": frozenset({"proxy.test"})}, 508),
        ("GET http://proxy.test:80/", {"names": frozenset({"proxy.test"})}, 508),
        ("CONNECT a.test:443", {"next_hop": "http://parent.test"}, None),
        ("CONNECT a.test:25", {}, 403),
        ("CONNECT a.test:25", {"tunnel_ports": None, "next_hop": "http://parent.test"}, None),
        ("CONNECT proxy.test:3128", {"tunnel_ports": None}, 508),
    ],
)
def test_where_a_proxy_leads(line: str, changes: dict[str, object], status: int | None) -> None:
    hop = like(PROXY, **changes)
    if status is None:
        sent(asked(line), hop)
    else:
        assert refused(asked(line), hop).response.status == status


def test_a_tunnel_is_opened_where_no_proxy_comes_next() -> None:
    tunnel = forward_request(asked("CONNECT a.test:443"), PROXY, NOW)
    assert isinstance(tunnel, Tunnel)
    assert tunnel.authority == "a.test:443"
    assert tunnel.response.status == 200
    assert list(tunnel.response.fields.names()) == ["date"]


def test_a_tunnel_changes_nothing() -> None:
    request = asked("GET /", "Connection: x", "X: 1", "Via: 1.1 tunnel.test")
    assert sent(request, TUNNEL).message is request


# Via and loops


@pytest.mark.parametrize(
    ("line", "lines", "via"),
    [
        ("GET http://a.test/ HTTP/1.1", (), ["1.1 proxy.test"]),
        ("GET http://a.test/ HTTP/1.0", (), ["1.0 proxy.test"]),
        ("GET http://a.test/", ("Via: 1.0 fred", "Via: 1.1 b (c, d)"), ["1.0 fred", "1.1 b (c, d)", "1.1 proxy.test"]),
        ("GET http://a.test/", ("Via: garbage (",), ["garbage (", "1.1 proxy.test"]),
    ],
)
def test_via_grows_by_one(line: str, lines: tuple[str, ...], via: list[str]) -> None:
    assert sent(asked(line, *lines)).message.fields.all("via") == via


def test_via_of_other_versions_and_with_a_comment() -> None:
    request = Request(authority="a.test", target="http://a.test/", version=(2, 0))
    hop = like(PROXY, comment="(statuary)")
    assert sent(request, hop).message.fields.get("via") == "2 proxy.test (statuary)"


@pytest.mark.parametrize(
    ("came", "goes"),
    [
        ("1.1 inner.corp:8080 (x), 1.0 b", "1.1 desk, 1.0 b, 1.1 proxy.test"),
        ("1.1 INNER.corp", "1.1 desk, 1.1 proxy.test"),
        ("1.0 [::1]:80, 1.1 [::1]", "1.0 six, 1.1 six, 1.1 proxy.test"),
        ("1.1 b", "1.1 b, 1.1 proxy.test"),
    ],
)
def test_hosts_behind_a_firewall_are_not_shown(came: str, goes: str) -> None:
    hop = like(PROXY, hidden=(("inner.corp", "desk"), ("[::1]", "six")))
    assert sent(asked("GET http://a.test/", f"Via: {came}"), hop).message.fields.get("via") == goes


@pytest.mark.parametrize(
    ("via", "is_loop"),
    [
        ("1.1 proxy.test", True),
        ("1.0 PROXY.TEST, 1.1 b", True),
        ("1.1 b, 1.1 proxy.test (x)", True),
        ("1.1 b (1.1 proxy.test)", False),
        ("1.1 proxy.test:80", False),
        ("broken (, 1.1 proxy.test", True),
        ("broken (", False),
        (", ,", False),
    ],
)
def test_loops(via: str, is_loop: bool) -> None:
    request = asked("GET http://a.test/", f"Via: {via}")
    if not is_loop:
        sent(request)
        return
    answer = refused(request)
    assert (answer.response.status, answer.because) == (508, "rfc9110-7.6-2")
    assert answer.response.fields.get("proxy-status") == "proxy.test;error=proxy_loop_detected"


def test_names_in_via_have_no_case() -> None:
    assert refused(asked("GET http://a.test/", "Via: 1.1 proxy.test"), like(PROXY, name="Proxy.Test")).closes is False


# Max-Forwards


@pytest.mark.parametrize(
    ("method", "value", "onward"),
    [
        ("TRACE", "5", "4"),
        ("OPTIONS", "1", "0"),
        ("OPTIONS", "99999", "255"),
        ("OPTIONS", "9" * 30, "255"),
        ("OPTIONS", None, None),
        ("GET", "0", "0"),
        ("GET", "x", "x"),
    ],
)
def test_max_forwards_counts_down(method: str, value: str | None, onward: str | None) -> None:
    lines = () if value is None else (f"Max-Forwards: {value}",)
    assert sent(asked(f"{method} http://a.test/", *lines)).message.fields.get("max-forwards") == onward


@pytest.mark.parametrize("hop", HOPS, ids=lambda hop: hop.role)
def test_options_may_go_no_further(hop: Hop) -> None:
    answer = refused(asked("OPTIONS http://a.test/", "Max-Forwards: 0"), hop)
    assert answer.response.status == 200
    assert answer.response.fields.get("content-length") == "0"
    assert ("CONNECT" in answer.response.fields.get("allow", "")) == (hop.role == "proxy")


def test_trace_may_go_no_further() -> None:
    answer = refused(
        asked("TRACE http://a.test/b", "Max-Forwards: 0", "Cookie: a=b", "X: 1", "Authorization: Basic YQ==")
    )
    assert answer.response.status == 200
    assert answer.response.fields.get("content-type") == "message/http"
    assert answer.response.content == (
        b"TRACE http://a.test/b HTTP/1.1\r\nHost: a.test\r\nMax-Forwards: 0\r\nX: 1\r\n\r\n"
    )


@pytest.mark.parametrize("value", ["x", "-1", "1, 1", ""])
def test_max_forwards_that_can_not_be_read(value: str) -> None:
    assert refused(asked("OPTIONS http://a.test/", f"Max-Forwards: {value}")).response.status == 400


def test_a_proxy_answers_for_itself() -> None:
    answer = refused(asked("OPTIONS *", "Host: proxy.test:3128"))
    assert answer.response.status == 200
    assert not answer.closes


# Credentials


def basic(user: str, password: str) -> str:
    return f"Proxy-Authorization: {format_basic(user, password)}"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ((), 407),
        ((basic("alice", "wrong"),), 407),
        (("Proxy-Authorization: Basic",), 407),
        (("Proxy-Authorization: \x7e\xe9(",), 407),
        (("Authorization: " + format_basic("alice", "secret"),), 407),
        ((basic("bob", "hidden"),), 403),
    ],
)
def test_credentials_that_do_not_suffice(lines: tuple[str, ...], status: int) -> None:
    answer = refused(asked("GET http://a.test/", *lines), like(PROXY, access=USERS))
    assert answer.response.status == status
    challenge = 'Basic realm="proxy", charset="UTF-8"' if status == 407 else None
    assert answer.response.fields.get("proxy-authenticate") == challenge
    assert "www-authenticate" not in answer.response.fields


def test_credentials_are_consumed_and_authorization_is_kept() -> None:
    request = asked("GET http://a.test/", basic("alice", "secret"), "Authorization: Basic YTpi")
    onward = sent(request, like(PROXY, access=USERS))
    assert "proxy-authorization" not in onward.message.fields
    assert onward.message.fields.get("authorization") == "Basic YTpi"
    assert onward.user == Authenticated("alice")


def test_credentials_for_the_next_proxy_are_kept() -> None:
    onward = sent(asked("GET http://a.test/", basic("carol", "x")), PARENT)
    assert parse_credentials(onward.message.fields.get("proxy-authorization")) == parse_credentials(
        format_basic("carol", "x")
    )
    together = like(PARENT, access=USERS)
    assert "proxy-authorization" in sent(asked("GET http://a.test/", basic("alice", "secret")), together).message.fields


def test_a_malformed_digest_is_no_digest() -> None:
    digest = like(PROXY, access=dataclasses.replace(USERS, schemes=("Digest",), key=b"k"))
    shown = format_credentials(Credentials("Digest", None, (("username", "alice"),)))
    answer = refused(asked("CONNECT a.test:443", f"Proxy-Authorization: {shown}"), digest)
    assert answer.response.status == 407
    assert answer.response.fields.get("proxy-authenticate", "").startswith("Digest ")


# Expect

WITH_CONTENT = ("Content-Length: 5",)


@pytest.mark.parametrize(
    ("line", "lines", "changes", "onward"),
    [
        ("PUT http://a.test/", ("Expect: 100-continue", *WITH_CONTENT), {}, "100-continue"),
        ("PUT http://a.test/", ("Expect: 100-Continue", "Transfer-Encoding: chunked"), {}, "100-Continue"),
        ("PUT http://a.test/", ("Expect: 100-continue, x", *WITH_CONTENT), {}, "100-continue, x"),
        ("PUT http://a.test/", ("Expect: x", *WITH_CONTENT), {}, "x"),
        ("PUT http://a.test/", ("Expect: (", *WITH_CONTENT), {}, "("),
        ("PUT http://a.test/ HTTP/1.0", ("Expect: 100-continue", *WITH_CONTENT), {}, None),
        ("PUT http://a.test/ HTTP/1.0", ("Expect: 100-continue, x", *WITH_CONTENT), {}, "x"),
        ("PUT http://a.test/ HTTP/1.0", ("Expect: 100-continue", *WITH_CONTENT), OLD, None),
        ("GET http://a.test/", ("Expect: 100-continue",), {}, None),
        ("PUT http://a.test/", ("Expect: 100-continue", "Content-Length: 0"), {}, None),
        ("PUT http://a.test/", ("Expect: 100-continue", *WITH_CONTENT), {**OLD, "sends_continue": True}, None),
    ],
)
def test_expect_is_passed_on_where_something_can_come_of_it(
    line: str, lines: tuple[str, ...], changes: dict[str, object], onward: str | None
) -> None:
    assert sent(asked(line, *lines), like(PROXY, **changes)).message.fields.get("expect") == onward


@pytest.mark.parametrize(
    ("expect", "changes"),
    [
        ("100-continue", {}),
        ("x", {}),
        ("100-continue, x", {"sends_continue": True}),
        ("(", {"sends_continue": True}),
    ],
)
def test_a_next_hop_of_http_1_0_meets_no_expectations(expect: str, changes: dict[str, object]) -> None:
    hop = like(PROXY, **OLD, **changes)
    answer = refused(asked("PUT http://a.test/", f"Expect: {expect}", *WITH_CONTENT), hop)
    assert (answer.response.status, answer.closes) == (417, True)


def test_100_in_the_place_of_the_next_hop() -> None:
    hop = like(PROXY, **OLD, sends_continue=True)
    assert sent(asked("PUT http://a.test/", "Expect: 100-continue", *WITH_CONTENT), hop).interim == (
        Response(100, Fields()),
    )
    assert sent(asked("PUT http://a.test/", *WITH_CONTENT), hop).interim == ()
    assert sent(asked("PUT http://a.test/", "Expect: 100-continue", *WITH_CONTENT)).interim == ()


# Upgrade and TE


@pytest.mark.parametrize(
    ("line", "lines", "changes", "onward"),
    [
        ("GET /", ("Connection: Upgrade", "Upgrade: WebSocket"), {}, "WebSocket"),
        ("GET /", ("Connection: keep-alive, upgrade", "Upgrade: h2c, websocket/13"), {}, "websocket/13"),
        ("GET /", ("Connection: Upgrade", "Upgrade: h2c"), {}, None),
        ("GET /", ("Upgrade: websocket",), {}, None),
        ("GET /", ("Connection: Upgrade", "Upgrade: websocket"), {"upgrades": frozenset()}, None),
        ("GET /", ("Connection: Upgrade", "Upgrade: websocket"), OLD, None),
        ("GET /", ("Connection: Upgrade", "Upgrade: a b"), {}, None),
        ("GET / HTTP/1.0", ("Connection: Upgrade", "Upgrade: websocket"), {}, None),
    ],
)
def test_upgrade(line: str, lines: tuple[str, ...], changes: dict[str, object], onward: str | None) -> None:
    hop = like(GATEWAY, **{"upgrades": frozenset({"websocket"}), **changes})
    fields = sent(asked(line, *lines), hop).message.fields
    assert fields.get("upgrade") == onward
    assert fields.get("connection") == ("Upgrade" if onward else None)


@pytest.mark.parametrize(
    ("te", "changes", "onward"),
    [
        ("trailers", {}, "trailers"),
        ("gzip, Trailers;q=0.5", {}, "trailers"),
        ("gzip", {}, None),
        ("trailers", {"passes_trailers": False}, None),
        ("trailers", OLD, None),
        ("(", {}, None),
    ],
)
def test_te(te: str, changes: dict[str, object], onward: str | None) -> None:
    fields = sent(asked("GET /", f"TE: {te}", "Connection: TE"), like(GATEWAY, **changes)).message.fields
    assert (fields.get("te"), fields.get("connection")) == (onward, onward and "TE")


# Framing


@pytest.mark.parametrize(
    ("line", "lines", "changes", "framing", "length", "coding"),
    [
        ("POST /", ("Content-Length: 5",), {}, "length", "5", None),
        ("POST /", ("Content-Length: 005",), {}, "length", "5", None),
        ("POST /", ("Content-Length: 0",), {}, "none", "0", None),
        ("POST /", (), {}, "none", "0", None),
        ("POST / HTTP/1.0", (), {}, "none", "0", None),
        ("GET /", (), {}, "none", None, None),
        ("GET /", ("Content-Length: 0",), {}, "none", None, None),
        ("GET /", ("Content-Length: 3",), {}, "length", "3", None),
        ("TRACE /", ("Content-Length: 0",), {}, "none", None, None),
        ("BREW /", (), {}, "none", None, None),
        ("BREW /", ("Content-Length: 0",), {}, "none", "0", None),
        ("POST /", ("Transfer-Encoding: Chunked",), {}, "chunked", None, "chunked"),
        ("POST /", ("Transfer-Encoding: chunked",), {**OLD, "buffers": True}, "buffered", None, None),
        ("POST /", ("Content-Length: 5",), OLD, "length", "5", None),
        ("POST /", ("Content-Length: 5",), {"most_content": 5}, "length", "5", None),
    ],
)
def test_framing_is_made_anew(
    line: str, lines: tuple[str, ...], changes: dict[str, object], framing: str, length: str | None, coding: str | None
) -> None:
    onward = sent(asked(line, *lines), like(GATEWAY, **changes))
    assert onward.framing == framing
    assert onward.message.fields.get("content-length") == length
    assert onward.message.fields.get("transfer-encoding") == coding
    known = int(length) if length is not None else None
    assert onward.message.content_length == (UNKNOWN_LENGTH if framing in ("chunked", "buffered") else known)


def made(method: str, *lines: tuple[str, str], **more: object) -> Request:
    """A request that wire/ would have refused."""
    return Request(method, "/", Fields(lines), authority="a.test", **more)  # type: ignore[arg-type]


CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize(
    ("request_", "changes", "status", "because"),
    [
        (made("POST", CHUNKED, ("Content-Length", "5")), {}, 400, "rfc9112-6.1-13"),
        (made("POST", CHUNKED, version=(1, 0)), {}, 400, "rfc9112-6.1-14"),
        (made("POST", ("Transfer-Encoding", "gzip")), {}, 400, "rfc9112-6.3-3"),
        (made("POST", ("Transfer-Encoding", "chunked, gzip")), {}, 400, "rfc9112-6.3-3"),
        (made("POST", CHUNKED, CHUNKED), {}, 400, "rfc9112-6.3-3"),
        (made("POST", ("Transfer-Encoding", "")), {}, 400, "rfc9112-6.3-3"),
        (made("POST", ("Transfer-Encoding", "\x0bchunked")), {}, 400, "rfc9112-6.3-3"),
        (made("POST", ("Transfer-Encoding", "xchunked")), {}, 400, "rfc9112-6.3-3"),
        (made("POST", ("Transfer-Encoding", "chunked;a=b")), {}, 400, "rfc9112-7.1-4"),
        (made("POST", ("Transfer-Encoding", "gzip, chunked")), {}, 501, "rfc9112-6.1-9"),
        (made("POST", ("Content-Length", "5, 5")), {}, 400, "rfc9112-6.3-5"),
        (made("POST", ("Content-Length", "5"), ("Content-Length", "6")), {}, 400, "rfc9112-6.3-5"),
        (made("POST", ("Content-Length", "+5")), {}, 400, "rfc9112-6.3-5"),
        (made("POST", ("Content-Length", "")), {}, 400, "rfc9112-6.3-5"),
        (made("POST", ("Content-Length", "9" * 30)), {}, 413, "rfc9110-8.6-10"),
        (made("POST", ("Content-Length", "5"), content_length=6), {}, 400, "rfc9110-8.6-11"),
        (made("TRACE", ("Content-Length", "5")), {}, 400, "rfc9110-9.3.8"),
        (made("POST", CHUNKED), OLD, 411, "rfc9112-6.3-10"),
        (made("POST", ("Content-Length", "6")), {"most_content": 5}, 413, "rfc9110-15.5.14-s1"),
    ],
)
def test_ambiguous_framing_goes_no_further(
    request_: Request, changes: dict[str, object], status: int, because: str
) -> None:
    answer = refused(request_, like(GATEWAY, **changes))
    assert (answer.response.status, answer.because) == (status, because)
    if status == 400:
        assert answer.closes
        assert answer.response.fields.get("connection") == "close"


@pytest.mark.parametrize(
    ("lines", "changes", "kept"),
    [
        (("Transfer-Encoding: chunked",), {}, "Digest"),
        (("Transfer-Encoding: chunked",), {"passes_trailers": False}, None),
        (("Transfer-Encoding: chunked",), {**OLD, "buffers": True}, None),
        (("Content-Length: 5",), {}, None),
    ],
)
def test_trailer_stays_only_ahead_of_trailers(
    lines: tuple[str, ...], changes: dict[str, object], kept: str | None
) -> None:
    onward = sent(asked("POST /", *lines, "Trailer: Digest"), like(GATEWAY, **changes))
    assert onward.message.fields.get("trailer") == kept


# The hop itself


@pytest.mark.parametrize(
    "make",
    [
        lambda: Hop("gateway", "a"),
        lambda: Hop("gateway", "a b", next_hop="http://a"),
        lambda: Hop("gateway", "a", next_hop="ftp://a"),
        lambda: Hop("gateway", "a", next_hop="http://"),
        lambda: Hop("gateway", "a", next_hop="http://a/b"),
        lambda: Hop("gateway", "a", next_hop="http://a", access=USERS),
        lambda: Hop("proxy", "a", comment="b"),
        lambda: Hop("proxy", "a", hidden=(("b", "c d"),)),
        lambda: Hop("proxy", "a", most_forwards=-1),
    ],
)
def test_hops_that_can_not_be(make: object) -> None:
    with pytest.raises(ValueError, match=r"not a|needs a next hop|only a proxy|not negative"):
        make()  # type: ignore[operator]
