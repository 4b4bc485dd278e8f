"""Each requirement on proxies and gateways that concerns status codes or forwarding: shown here, or it says where it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.semantics.forwarding.ways import (
    GATEWAY,
    HOPS,
    NOW,
    PARENT,
    PROXY,
    USERS,
    asked,
    came,
    dropped,
    failed,
    like,
    refused,
    replaced,
    returned,
    section,
    sent,
)

import statuary
from statuary import requirements
from statuary.fields.authentication import format_basic
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.semantics.forwarding import Again, Answer, Cut, Drop, Onward, Tunnel, forward_request, forward_response

Show = Callable[[], None]
SHOWN: dict[str, list[Show]] = {}

GET, OLD_GET = asked(), asked("GET http://a.test/b HTTP/1.0", "Host: a.test")
HEAD, CONNECT = asked("HEAD http://a.test/b"), asked("CONNECT a.test:443")
PUT = asked("PUT http://a.test/b", "Content-Length: 5", "Expect: 100-continue")
RELAY = like(GATEWAY, upgrades=frozenset({"websocket", "tls"}))
SWITCH = asked("GET /b", "Connection: Upgrade", "Upgrade: WebSocket")


def shows(*ids: str) -> Callable[[Show], Show]:
    def add(show: Show) -> Show:
        for id in ids:
            SHOWN.setdefault(id, []).append(show)
        return show

    return add


def value(onward: Onward[Request], name: str) -> str | None:
    return onward.message.fields.get(name)


@shows("rfc9110-5.1-1", "rfc9110-5.3-2", "rfc9110-7.6.1-2", "rfc9110-7.6.1-3", "rfc9110-7.6-1")
def unknown_fields_pass_in_order_and_those_of_the_connection_do_not() -> None:
    lines = ("X: 1", "Y: 2", "Connection: Y", "x: 3", "Keep-Alive: 5")
    for hop in HOPS:
        there = sent(asked("GET http://a.test/", *lines), hop).message.fields
        back = returned(GET, came(200, *lines), hop).message.fields
        for fields in (there, back):
            assert fields.all("x") == ["1", "3"]
            assert {"connection", "y", "keep-alive"}.isdisjoint(fields.names())


@shows("rfc9112-2.3-1", "rfc9110-6.2-s1", "rfc9110-6.2-5")
def the_version_is_its_own() -> None:
    assert sent(OLD_GET).message.version == (1, 1)
    old = Request("GET", "/", authority="a.test", version=(0, 9))
    assert refused(old, GATEWAY).response.status == 505


@shows("rfc9110-6.4.1-s1", "rfc9110-8.6-7", "rfc9112-6.1-7", "rfc9112-6.3-s1", "rfc9110-15.3.6-1")
def what_never_has_content_has_none() -> None:
    for code in (103, 204, 304):
        onward = returned(GET, came(code, "Transfer-Encoding: chunked", "Content-Length: 5", content=b"12345"))
        assert onward.framing == "none"
        assert onward.message.content == b""
        assert "transfer-encoding" not in onward.message.fields
        assert ("content-length" in onward.message.fields) is False
    onward = returned(GET, came(205, "Content-Length: 5", content=b"12345"))
    assert (onward.message.content, onward.message.fields.get("content-length")) == (b"", "0")
    assert returned(HEAD, came(200, content=b"12345")).message.content == b""


@shows("rfc9110-7.6-2")
def loops_end() -> None:
    assert refused(asked("GET http://a.test/", "Via: 1.1 proxy.test")).response.status == 508
    assert refused(asked("GET http://proxy.test:3128/")).response.status == 508


@shows("rfc9110-7.6.2-1", "rfc9110-7.6.2-4", "rfc9110-9.3.7-3")
def forwards_are_counted() -> None:
    for method in ("TRACE", "OPTIONS"):
        assert value(sent(asked(f"{method} http://a.test/b", "Max-Forwards: 2")), "max-forwards") == "1"
        assert value(sent(asked(f"{method} http://a.test/b", "Max-Forwards: 999")), "max-forwards") == "255"
        assert value(sent(asked(f"{method} http://a.test/b")), "max-forwards") is None


@shows("rfc9110-7.6.2-2", "rfc9110-7.6.2-3", "rfc9110-9.3.7-1", "rfc9110-9.3.8-1", "rfc9110-9.3.8-3")
def forwards_end_at_zero() -> None:
    trace = refused(asked("TRACE http://a.test/b", "Max-Forwards: 0", "Cookie: secret", "X: 1")).response
    assert (trace.status, trace.fields.get("content-type")) == (200, "message/http")
    assert b"X: 1" in trace.content
    assert b"secret" not in trace.content
    options = refused(asked("OPTIONS http://a.test/b", "Max-Forwards: 0")).response
    assert options.status == 200
    assert "GET" in options.fields.get("allow", "")


@shows("rfc9110-7.6.3-1", "rfc9110-7.6.3-2", "rfc9110-7.6.3-3", "rfc9110-7.6.3-4", "rfc9110-7.6.3-12")
def via_is_added() -> None:
    lines = ("Via: 1.0 a, 1.1 b",)
    for hop in HOPS:
        assert value(sent(asked("GET http://a.test/", *lines), hop), "via") == f"1.0 a, 1.1 b, 1.1 {hop.name}"
        for code in (103, 200, 404):
            fields = returned(GET, came(code, *lines), hop, (1, 0)).message.fields
            assert fields.get("via") == f"1.0 a, 1.1 b, 1.0 {hop.name}"


@shows("rfc9110-7.6.3-8", "rfc9110-7.6.3-9", "rfc9110-7.6.3-11")
def via_hides_what_is_inside() -> None:
    hop = like(PROXY, hidden=(("desk.corp", "a"), ("door.corp", "b")))
    request = asked("GET http://a.test/", "Via: 1.1 desk.corp:80, 1.1 door.corp")
    assert value(sent(request, hop), "via") == "1.1 a, 1.1 b, 1.1 proxy.test"


@shows("rfc9110-7.7-2", "rfc9110-7.7-3", "rfc9112-3.2.1-1", "rfc9112-3.2.1-2", "rfc9112-3.2.4-2")
def the_target_is_not_changed() -> None:
    onward = sent(asked("GET http://a.test//x/%41/../?q=%2f&&"))
    assert (onward.message.target, onward.message.authority) == ("//x/%41/../?q=%2f&&", "a.test")
    assert sent(asked("GET http://a.test")).message.target == "/"
    assert sent(asked("OPTIONS http://a.test")).message.target == "*"
    assert sent(asked("OPTIONS http://a.test"), PARENT).message.target == "http://a.test"


@shows("rfc9112-3.2.2-3", "rfc9112-3.2.2-4", "rfc9112-3.2.2-6", "rfc9110-7.2-1", "rfc9110-7.2-2")
def host_is_that_of_the_target() -> None:
    request = asked("GET http://b.test/", "X: 1", "Host: a.test")
    assert list(sent(request).message.fields)[:2] == [("Host", "b.test"), ("X", "1")]
    assert sent(request, like(GATEWAY, keeps_host=True)).message.authority == "b.test"


@shows("rfc9110-7.7-4", "rfc9110-7.7-5", "rfc9110-7.7-6", "rfc9110-15.3.4-s1", "rfc9110-8.6-4", "rfc9110-8.6-6")
def transformation() -> None:
    hop, lines = like(PROXY, transforms=True), ("Content-Length: 5", "Last-Modified: x", "Server: o")
    onward = returned(GET, came(200, *lines), hop)
    assert (onward.message.status, onward.transforms) == (203, True)
    assert (onward.message.fields.get("last-modified"), onward.message.fields.get("server")) == ("x", "o")
    assert "content-length" not in returned(HEAD, came(200, *lines), hop).message.fields
    kept = returned(GET, came(200, *lines, "Cache-Control: no-transform"), hop)
    assert (kept.message.status, kept.transforms, kept.message.fields.get("content-length")) == (200, False, "5")
    for code, request in ((200, HEAD), (304, GET)):
        assert returned(request, came(code, *lines)).message.fields.get("content-length") == "5"


@shows("rfc9110-7.8-3", "rfc9110-7.8-4", "rfc9110-7.8-5", "rfc9110-7.8-11", "rfc9110-15.2.2-s1", "rfc9110-7.8-s2")
def a_switch_that_was_offered() -> None:
    assert value(sent(SWITCH, RELAY), "upgrade") == "WebSocket"
    onward = returned(SWITCH, came(101, "Upgrade: websocket", "Connection: Upgrade"), RELAY)
    assert (onward.message.status, onward.framing) == (101, "switched")
    assert (onward.message.fields.get("upgrade"), onward.message.fields.get("connection")) == ("websocket", "Upgrade")
    both = asked("GET /b", "Connection: Upgrade", "Upgrade: tls/1.3, websocket")
    layers = returned(both, came(101, "Upgrade: tls/1.3, websocket"), RELAY)
    assert layers.message.fields.get("upgrade") == "tls/1.3, websocket"


@shows("rfc9110-7.8-6", "rfc9110-7.8-12")
def a_switch_that_was_not() -> None:
    old = asked("GET /b HTTP/1.0", "Connection: Upgrade", "Upgrade: websocket")
    assert "upgrade" not in sent(old, RELAY).message.fields
    for request in (old, asked("GET /b")):
        assert replaced(request, came(101, "Upgrade: websocket"), RELAY).response.status == 502
    assert replaced(SWITCH, came(101, "Upgrade: h2c"), RELAY).response.status == 502


@shows("rfc9110-7.8-8", "rfc9110-15.5.22-s1")
def protocols_of_a_426() -> None:
    fields = returned(GET, came(426, "Upgrade: b, a", "Connection: Upgrade")).message.fields
    assert (fields.get("upgrade"), fields.get("connection")) == ("b, a", "Upgrade")


@shows("rfc9110-7.8-13", "rfc9110-15.2.1-s1", "rfc9110-15-s2", "rfc9110-15.2-4", "rfc9110-10.1.1-13")
def interim_responses_are_forwarded() -> None:
    assert value(sent(PUT), "expect") == "100-continue"
    for code in (100, 102, 103, 150):
        for hop in HOPS:
            assert returned(PUT, came(code), hop).message.status == code
    assert returned(GET, came(100), PROXY).message.status == 100
    both = asked("PUT /b", "Content-Length: 1", "Expect: 100-continue", "Connection: Upgrade", "Upgrade: websocket")
    assert returned(both, came(100), RELAY).message.status == 100
    assert returned(both, came(101, "Upgrade: websocket"), RELAY).message.status == 101


@shows("rfc9110-15.2-1", "rfc9110-10.1.1-7")
def no_interim_responses_to_http_1_0() -> None:
    for hop in HOPS:
        assert isinstance(forward_response(OLD_GET, came(103), hop, NOW), Drop)
    old = asked("PUT http://a.test/ HTTP/1.0", "Host: a.test", "Expect: 100-continue", "Content-Length: 5")
    assert "expect" not in sent(old).message.fields
    assert dropped(old, came(100)).because == "rfc9110-15.2-1"


@shows("rfc9110-10.1.1-1", "rfc9110-10.1.1-10", "rfc9110-10.1.1-14", "rfc9110-15.5.18-s1")
def expectations_that_nobody_meets() -> None:
    old = like(PROXY, next_version=(1, 0))
    answer = refused(PUT, old)
    assert (answer.response.status, answer.closes) == (417, True)
    assert answer.response.fields.get("connection") == "close"
    other = asked("PUT http://a.test/", "Expect: other", "Content-Length: 5")
    assert refused(other, old).response.status == 417
    assert [response.status for response in sent(PUT, like(old, sends_continue=True)).interim] == [100]


@shows("rfc9110-8.6-8", "rfc9110-9.3.6-6", "rfc9110-9.3.6-s1", "rfc9110-9.3.6-7")
def tunnels_have_no_framing() -> None:
    tunnel = forward_request(CONNECT, PROXY, NOW)
    assert isinstance(tunnel, Tunnel)
    assert {"content-length", "transfer-encoding"}.isdisjoint(tunnel.response.fields.names())
    onward = returned(CONNECT, came(200, "Content-Length: 5", "Transfer-Encoding: x"), PARENT)
    assert {"content-length", "transfer-encoding"}.isdisjoint(onward.message.fields.names())
    assert onward.framing == "switched"


@shows("rfc9110-9.3.6-2", "rfc9110-9.3.6-5", "rfc9110-15.5.1-s1")
def tunnels_need_a_port_that_is_known() -> None:
    for authority in ("a.test", "a.test:", "a.test:x", ":443"):
        assert refused(Request("CONNECT", "", authority=authority)).response.status == 400
    assert refused(asked("CONNECT a.test:25")).response.status == 403


@shows("rfc9110-11.4-2", "rfc9110-11.7.1-1", "rfc9110-15.5.8-s1", "rfc9110-11.7.2-1", "rfc9110-11.6.2-1")
def credentials() -> None:
    hop = like(PROXY, access=USERS)
    for lines in ((), ("Proxy-Authorization: Basic x",), ("Proxy-Authorization: x=",)):
        answer = refused(asked("GET http://a.test/", *lines), hop).response
        assert answer.status == 407
        assert answer.fields.get("proxy-authenticate", "").startswith("Basic ")
    right = f"Proxy-Authorization: {format_basic('alice', 'secret')}"
    onward = sent(asked("GET http://a.test/", right, "Authorization: Basic x y"), hop)
    assert (value(onward, "authorization"), value(onward, "proxy-authorization")) == ("Basic x y", None)
    assert value(sent(asked("GET http://a.test/", right), PARENT), "proxy-authorization") == right.partition(": ")[2]


@shows("rfc9110-10.2.1-3", "rfc9110-11.6.1-3", "rfc9110-11.6.1-1")
def what_the_origin_server_says_of_itself() -> None:
    lines = ("Allow: ", "WWW-Authenticate: A x=1, B", "WWW-Authenticate: broken=")
    for code in (401, 405):
        fields = returned(GET, came(code, *lines)).message.fields
        assert [line for line in fields if line[0] in ("Allow", "WWW-Authenticate")] == list(section(*lines))


@shows(
    *("rfc9110-13.2.1-3", "rfc9110-13.2.1-4", "rfc9110-13.2.1-5", "rfc9110-13.1.5-2", "rfc9110-15.4.5-3"),
    *("rfc9110-15.5.13-s1", "rfc9110-14.4-2"),
)
def conditions_are_for_the_origin_server() -> None:
    lines = ('If-Match: "a"', 'If-None-Match: "b"', "If-Range: broken", "Range: pages=1-2", "If-Modified-Since: x")
    for method in ("GET", "OPTIONS", "DELETE"):
        fields = sent(asked(f"{method} http://a.test/b", *lines)).message.fields
        assert set(section(*lines)) <= set(fields)
    for code in (206, 304, 412):
        assert (
            returned(asked("GET http://a.test/", *lines), came(code, "Content-Range: pages 1-2/9")).message.status
            == code
        )


@shows("rfc9110-15-s1")
def codes_out_of_range() -> None:
    for code in (0, 99, 600, 999):
        assert replaced(GET, came(code)).response.status == 502


@shows("rfc9110-15.5.20-2")
def no_421_is_made_by_a_proxy() -> None:
    misdirected = Request("GET", "/", target="https://a.test/", scheme="https", carried_by="http", authority="a.test")
    assert refused(misdirected, GATEWAY).response.status == 421
    assert isinstance(forward_request(misdirected, PROXY, 0), Onward)


@shows("rfc9110-15.5-1", "rfc9110-15.6-1", "rfc9110-15.6.6-1", "rfc9110-10.2.3-s2", "rfc9110-15.6.4-1")
def answers_explain_themselves() -> None:
    away = failed(GET, kind="destination_unavailable")
    assert isinstance(away, Answer)
    assert away.response.fields.get("retry-after") == "10"
    old = refused(Request("GET", "/", authority="a", version=(0, 9)), GATEWAY)
    assert b"HTTP/1.1" in old.response.content
    for answer in (away, old, refused(asked("GET /"))):
        assert b'"temporary"' in answer.response.content
        assert answer.says.encode() in answer.response.content


@shows("rfc9110-15.6.1-s1", "rfc9110-15.6.3-s1", "rfc9110-15.6.4-s1", "rfc9110-15.6.5-s1")
def each_failure_has_its_code() -> None:
    codes = {
        "proxy_internal_error": 500,
        "http_protocol_error": 502,
        "connection_refused": 502,
        "destination_unavailable": 503,
        "connection_read_timeout": 504,
    }
    for kind, code in codes.items():
        answer = failed(GET, kind=kind)
        assert isinstance(answer, Answer)
        assert answer.response.status == code


@shows("rfc9112-3.2-6", "rfc9110-4.2.1-2", "rfc9110-4.2.4-2")
def hosts_that_nobody_has() -> None:
    twice = Fields([("Host", "a"), ("Host", "a")])
    for request in (Request(), Request(authority=""), Request(authority="u@a"), Request(fields=twice, authority="a")):
        assert refused(request, GATEWAY).response.status == 400


@shows(
    *("rfc9112-6.1-9", "rfc9112-6.1-12", "rfc9112-6.1-13", "rfc9112-6.1-14", "rfc9112-6.3-2", "rfc9112-6.3-3"),
    *("rfc9112-6.3-5", "rfc9112-7.1-4", "rfc9110-8.6-12"),
)
def requests_with_ambiguous_framing() -> None:
    for lines, version, code in (
        ([("Transfer-Encoding", "chunked"), ("Content-Length", "5")], (1, 1), 400),
        ([("Transfer-Encoding", "chunked")], (1, 0), 400),
        ([("Transfer-Encoding", "chunked, x")], (1, 1), 400),
        ([("Transfer-Encoding", "x, chunked")], (1, 1), 501),
        ([("Content-Length", "5x")], (1, 1), 400),
        ([("Content-Length", "5"), ("Content-Length", "6")], (1, 1), 400),
    ):
        answer = refused(Request("PUT", "/", Fields(lines), authority="a", version=version), GATEWAY)
        assert (answer.response.status, answer.closes) == (code, True)
        assert answer.response.fields.get("connection") == "close"


@shows("rfc9112-6.3-6", "rfc9110-8.6-11")
def responses_with_ambiguous_framing() -> None:
    for lines in (("Content-Length: x",), ("Content-Length: 5, 6",), ("Content-Length: 4",)):
        assert replaced(GET, came(200, *lines, content=b"12345")).response.status == 502
    both = came(200, "Content-Length: 5", "Transfer-Encoding: chunked")
    assert replaced(GET, both).response.status == 502


@shows("rfc9112-6.1-10", "rfc9112-6.3-10", "rfc9112-6.3-13", "rfc9110-15.5.12-s1", "rfc9110-15.5.14-s1")
def content_that_can_not_go_on() -> None:
    chunked = asked("PUT http://a.test/", "Transfer-Encoding: chunked")
    assert refused(chunked, like(PROXY, next_version=(1, 0))).response.status == 411
    assert refused(PUT, like(PROXY, most_content=4)).response.status == 413


@shows("rfc9110-15.5.14-2", "rfc9112-9.3-3", "rfc9112-9.3-5", "rfc9112-9.6-5", "rfc9112-9.3-7")
def connections_that_end() -> None:
    assert refused(PUT, like(PROXY, most_content=4)).closes
    assert returned(asked("GET http://a.test/", "Connection: close"), came(204)).closes
    kept = asked("GET http://a.test/ HTTP/1.0", "Connection: keep-alive")
    onward = returned(kept, came(204))
    assert (onward.closes, onward.message.fields.get("connection")) == (True, "close")
    for response in (returned(kept, came(200)), returned(GET, came(200, "Content-Length: 0"))):
        assert response.closes == (response.message.fields.get("connection") == "close")


@shows("rfc9112-6.1-11", "rfc9112-6.3-9", "rfc9112-6.2-1", "rfc9112-6.3-12", "rfc9110-8.6-1", "rfc9110-8.6-2")
def framing_is_made_anew() -> None:
    chunked = came(200, "Transfer-Encoding: chunked")
    assert returned(OLD_GET, chunked).framing == "close"
    assert returned(GET, came(200), version=(1, 0)).framing == "chunked"
    assert value(sent(asked("POST http://a.test/")), "content-length") == "0"
    assert value(sent(asked("GET http://a.test/", "Content-Length: 0")), "content-length") is None


@shows("rfc9110-6.5.1-2", "rfc9110-6.5.1-1", "rfc9110-10.1.4-1")
def trailers_stay_trailers() -> None:
    response = came(200, "Transfer-Encoding: chunked", trailers=section("X: 1", "Host: b"))
    onward = returned(GET, response)
    assert (onward.message.trailers, "x" in onward.message.fields) == (section("X: 1"), False)
    asking = sent(asked("GET http://a.test/", "TE: trailers, gzip", "Connection: te")).message.fields
    assert (asking.get("te"), asking.get("connection")) == ("trailers", "TE")


@shows("rfc9110-6.6.1-5")
def date_is_added() -> None:
    assert returned(GET, came(204)).message.fields.get("date") == "Tue, 14 Nov 2023 22:13:20 GMT"


@shows("rfc9110-9.2.2-2", "rfc9110-9.2.2-3", "rfc9112-6.3-8", "rfc9112-8-s2")
def what_fails_late() -> None:
    post = asked("POST http://a.test/", "Content-Length: 5")
    for request, attempts, again in ((GET, 1, True), (GET, 2, False), (post, 1, False)):
        outcome = failed(request, kind="connection_terminated", was_idle=True, attempts=attempts)
        assert isinstance(outcome, Again) == again
    assert isinstance(failed(GET, kind="http_response_incomplete", begun="chunked"), Cut)


ORIGIN = "It is about what an origin server decides; what it said goes on as it came (test_every_code.py)."
WIRE = "It is about octets: wire/ reads them strictly, and writes them."
SHELL = "It is about connections and time: the shell's."
CACHE = "It is about what is stored or combined, which is for semantics/caching.py and preconditions.py."
UNUSED = "It permits something that is not done here."

ELSEWHERE: dict[str, str] = {
    **dict.fromkeys(
        (
            *("rfc9110-7.4-s1", "rfc9110-7.8-10", "rfc9110-9.1-1", "rfc9110-10.1.2-3", "rfc9110-12.5.3-3"),
            *("rfc9110-12.5.3-s1", "rfc9110-14.2-2", "rfc9110-14.2-9", "rfc9110-14.2-10", "rfc9110-14.4-6"),
            *("rfc9110-15.3.1-s2", "rfc9110-15.4.1-1", "rfc9110-15.4.1-3", "rfc9110-15.4.2-1", "rfc9110-15.4.3-1"),
            *("rfc9110-15.4.8-2", "rfc9110-15.4.9-1", "rfc9110-15.5.2-s1", "rfc9110-15.5.7-1", "rfc9110-15.5.10-1"),
            *("rfc9110-15.5.14-3", "rfc9110-15.5.17-s1", "rfc9110-17.15-s1", "rfc9110-13.2.1-2"),
        ),
        ORIGIN,
    ),
    **dict.fromkeys(
        (
            *("rfc9110-13.1.5-6", "rfc9110-13.1.5-s1", "rfc9110-13.1.5-s2", "rfc9110-14.1.2-s1", "rfc9110-14.1.2-s2"),
            *("rfc9110-14.1.2-s3", "rfc9110-14.1.2-s4", "rfc9110-14.1.2-s5", "rfc9110-14.2-s1", "rfc9110-15.3.7-2"),
            *("rfc9110-15.3.7-3", "rfc9110-15.3.7-4", "rfc9110-15.3.7-s1", "rfc9110-15.3.7-s2", "rfc9110-15.3.7.1-1"),
            *("rfc9110-15.3.7.2-1", "rfc9110-15.3.7.2-2", "rfc9110-15.3.7.2-3", "rfc9110-15.3.7.2-4"),
            *("rfc9110-15.3.7.2-6", "rfc9110-15.3.7.2-9", "rfc9110-15.4.5-1", "rfc9110-15.4.5-s1"),
        ),
        CACHE,
    ),
    **dict.fromkeys(
        (
            *("rfc9110-5.4-1", "rfc9110-6.2-4", "rfc9110-15.5.15-s1", "rfc9112-2.2-10", "rfc9112-3-1", "rfc9112-3-2"),
            *("rfc9112-3-3", "rfc9112-3.2-1", "rfc9112-3.2-2", "rfc9112-5.1-1", "rfc9112-5.2-2", "rfc9112-5.2-3"),
            *("rfc9112-7.1.1-s1", "rfc9112-8-1"),
        ),
        WIRE,
    ),
    **dict.fromkeys(
        ("rfc9110-3.3-1", "rfc9110-10.1.1-9", "rfc9110-15.5.9-s1", "rfc9110-15.5.14-1", "rfc9112-9.6-s1"), SHELL
    ),
    **dict.fromkeys(("rfc9110-7.6.3-7", "rfc9110-7.6.3-10", "rfc9110-14.2-5", "rfc9110-14.2-7"), UNUSED),
}


@pytest.mark.parametrize("id", sorted(SHOWN))
def test_it_is_shown(id: str) -> None:
    for show in SHOWN[id]:
        show()


def concerns_forwarding(row: requirements.Requirement) -> bool:
    return (
        row.spec in ("rfc9110", "rfc9112")
        and row.same_as is None
        and row.testable != "no"
        and not {"proxy", "gateway"}.isdisjoint(row.binds)
        and (bool(row.codes) or row.mechanism == "forwarding")
    )


def test_none_is_forgotten() -> None:
    rows = {row.id for row in requirements.all() if concerns_forwarding(row)}
    assert rows - SHOWN.keys() - ELSEWHERE.keys() == set()
    assert SHOWN.keys() & ELSEWHERE.keys() == set()
    assert ELSEWHERE.keys() - rows == set()


def test_what_is_shown_or_cited_is_known() -> None:
    source = Path(next(iter(statuary.__path__))) / "semantics" / "forwarding"
    pattern = re.compile(r"\brfc91(?:10|12)-[0-9.]+-s?[0-9]+\b")
    cited = {id for path in source.glob("*.py") for id in pattern.findall(path.read_text())}
    assert len(cited) > 100
    for id in cited | SHOWN.keys():
        assert requirements.lookup(id).id == id
