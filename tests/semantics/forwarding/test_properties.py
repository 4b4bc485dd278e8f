"""What holds for any message at any hop."""

from __future__ import annotations

from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.semantics.forwarding.ways import GATEWAY, NOW, PARENT, PROXY, USERS, like

from statuary.fields.content_length import parse_content_length
from statuary.fields.via import parse_via
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.forwarding import (
    HOP_BY_HOP,
    Abandon,
    Again,
    Answer,
    Cut,
    Drop,
    Failure,
    FailureKind,
    Hop,
    Onward,
    Tunnel,
    forward_failure,
    forward_request,
    forward_response,
)
from statuary.wire.request_writer import format_request
from statuary.wire.response_writer import format_head

NAMES = st.sampled_from(
    [
        *("Connection", "connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade", "Via"),
        *(
            "Content-Length",
            "Host",
            "Max-Forwards",
            "Expect",
            "Proxy-Authorization",
            "Authorization",
            "Trailer",
            "Date",
        ),
        *("Location", "Content-Location", "ETag", "Cache-Control", "Proxy-Status", "Set-Cookie", "X-A", "x-a", "X-B"),
        *("HTTP2-Settings", "Early-Data", "Accept", "Vary", "Server"),
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                "0",
                "5",
                "05",
                "5, 5",
                "5, 6",
                "-1",
                "9" * 25,
                "chunked",
                "Chunked",
                "gzip, chunked",
                "chunked, gzip",
            ),
            *(
                "close",
                "keep-alive, X-A",
                "x-b, Via",
                "Upgrade, TE",
                "websocket",
                "h2c, WebSocket/13",
                "trailers",
                "(",
                ",",
            ),
            *("100-continue", "100-Continue, x", "1.1 gate.test", "1.0 fred, 1.1 p (c, (d))", '"a"', 'W/"a"', "a.test"),
            *("http://inner.test:8080/x", "//inner.test:8080", "no-transform", "Basic YWxpY2U6c2VjcmV0", "Digest a=b"),
        ]
    ),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=8),
)
SECTIONS = st.lists(st.tuples(NAMES, VALUES), max_size=7).map(Fields)
VERSIONS = st.sampled_from([(1, 0), (1, 1), (1, 1), (2, 0)])
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "TRACE", "OPTIONS", "CONNECT", "DELETE", "BREW"])
LENGTHS = st.sampled_from([None, None, 0, 5, -1])


@st.composite
def requests(draw: st.DrawFn) -> Request:
    method, fields = draw(METHODS), draw(SECTIONS)
    authority = draw(st.sampled_from(["a.test", "a.test:443", "[::1]:80", "proxy.test:3128", "user@a", "", None]))
    version, length = draw(VERSIONS), draw(LENGTHS)
    if method == "CONNECT":
        return Request(method, "", fields, authority=authority, version=version, target=authority or "")
    path = draw(st.sampled_from(["/", "/a", "*", ""]))
    query = draw(st.sampled_from([None, "", "q=1"])) if path != "*" else None
    target = draw(st.sampled_from([None, f"http://{authority}{path}"]))
    return Request(
        method, path, fields, query=query, authority=authority, version=version, content_length=length, target=target
    )


RESPONSES = st.builds(
    Response,
    st.one_of(st.sampled_from([100, 101, 103, 200, 204, 205, 206, 304, 404, 407, 426, 502]), st.integers(-5, 1000)),
    SECTIONS,
    st.sampled_from([b"", b"", b"12345"]),
    st.one_of(st.none(), SECTIONS),
)
UNKNOWN_VERSION: list[tuple[int, int] | None] = [None, (1, 0), (1, 1)]


@st.composite
def hops(draw: st.DrawFn) -> Hop:
    hop = draw(st.sampled_from([GATEWAY, PROXY, PARENT]))
    booleans = ("keeps_host", "intercepts", "consumes_credentials", "buffers", "sends_continue", "passes_trailers")
    changes: dict[str, object] = {name: draw(st.booleans()) for name in booleans}
    changes |= {name: draw(st.booleans()) for name in ("maps_locations", "via_in_responses", "transforms")}
    changes["next_version"] = draw(st.sampled_from(UNKNOWN_VERSION))
    changes["upgrades"] = draw(st.sampled_from([frozenset(), frozenset({"websocket"})]))
    changes["hidden"] = draw(st.sampled_from([(), (("fred", "x"),)]))
    changes["proxy_status"] = draw(st.sampled_from(["none", "failures", "all"]))
    changes["access"] = draw(st.sampled_from([None, USERS])) if hop.role == "proxy" else None
    changes["most_content"] = draw(st.sampled_from([None, 3]))
    changes["tunnel_ports"] = None
    changes["tells"] = draw(st.sampled_from([frozenset(), frozenset({"forwarded", "x-forwarded"})]))
    changes["trusts_told"] = draw(st.booleans())
    changes["prefix"] = draw(st.sampled_from(["", "/p"])) if hop.role == "gateway" else ""
    return like(hop, **changes)


UNTOUCHED = frozenset({"authorization", "set-cookie", "x-a", "x-b", "accept", "vary", "server", "early-data"})


def options(fields: Fields) -> set[str]:
    return {option.strip().lower() for option in fields.get("connection", "").split(",") if option.strip()}


def check_section(before: Fields, after: Fields, hop: Hop, *, adds_via: bool) -> None:
    """What holds for header sections in both directions."""
    # No field of the connection passes, but those that are this hop's own, and these are named
    own = options(after)
    assert own <= {"close", "keep-alive", "upgrade", "te"}
    for name in HOP_BY_HOP - {"connection", "transfer-encoding"}:
        assert name not in after or name in own
    assert after.get("transfer-encoding", "chunked") == "chunked"
    # Nor what Connection named
    named = options(before) - {"early-data"}
    assert not (named & UNTOUCHED) & set(after.names())
    # What nobody names goes on as it came, in its order
    kept = UNTOUCHED - named
    assert [line for line in after if line[0].lower() in kept] == [line for line in before if line[0].lower() in kept]
    # Via grows by one
    old = "" if "via" in named else before.get("via", "")
    if hop.hidden and parse_via(old):
        assert len(parse_via(after.get("via")) or ()) == len(parse_via(old) or ()) + adds_via
    else:
        assert len(after.all("via")) == (0 if "via" in named else len(before.all("via"))) + adds_via
        assert after.get("via", "").startswith(old)
    # One length at most, and it can be read
    assert not ("content-length" in after and "transfer-encoding" in after)
    assert len(after.all("content-length")) <= 1
    assert "content-length" not in after or isinstance(parse_content_length(after.get("content-length")), int)
    assert len(after.all("connection")) <= 1


def check_answer(answer: Answer) -> None:
    fields = answer.response.fields
    assert 200 <= answer.response.status <= 599
    assert answer.response.status != 421  # rfc9110-15.5.20-2
    assert {"date", "content-length"} <= set(fields.names())
    assert ("proxy-authenticate" in fields) == (answer.response.status == 407)
    assert ("close" in options(fields)) == answer.closes
    assert "transfer-encoding" not in fields
    assert answer.response.content == b"" or len(answer.response.content) == int(fields.get("content-length", ""))
    format_head(answer.response.status, fields.lines)


@settings(max_examples=200)
@given(requests(), hops())
def test_any_request(request: Request, hop: Hop) -> None:
    outcome = forward_request(request, hop, NOW)
    if isinstance(outcome, Answer):
        check_answer(outcome)
        return
    if isinstance(outcome, Tunnel):
        assert request.method == "CONNECT"
        return
    message = outcome.message
    check_section(request.fields, message.fields, hop, adds_via=True)
    assert message.fields.lines[0][0] == "Host"
    assert len(message.fields.all("host")) == 1
    assert message.version == (1, 1)
    if hop.is_next_old:
        assert {"transfer-encoding", "te", "upgrade"}.isdisjoint(message.fields.names())
    if outcome.framing == "buffered":
        assert hop.buffers
        message = message.with_fields(message.fields, content_length=5)
    assert format_request(message).endswith(b"\r\n\r\n")
    assert forward_request(request, hop, NOW) == outcome


@settings(max_examples=200)
@given(requests(), hops())
def test_forwarding_twice_is_stable(request: Request, hop: Hop) -> None:
    once = forward_request(request, hop, NOW)
    if not isinstance(once, Onward) or once.framing == "buffered":
        return
    # By itself, it would be a loop
    again = forward_request(once.message, like(hop, intercepts=True, access=None), NOW)
    assert isinstance(again, Answer)
    # By another, nothing changes but what counts the way
    other = like(hop, name="other.test", intercepts=True, access=None, keeps_host=True, prefix="", tells=frozenset())
    if hop.role == "gateway":
        other = like(other, next_hop=hop.next_hop)
    twice = forward_request(once.message, other, NOW)
    if isinstance(twice, Answer):
        assert once.message.fields.get("max-forwards") == "0"
        return
    assert isinstance(twice, Onward)

    def without_counts(onward: Onward[Request]) -> list[tuple[str, str]]:
        lines = onward.message.fields
        counted = ("via", "max-forwards", "proxy-authorization")
        return sorted(line for line in lines if line[0].lower() not in counted)

    assert without_counts(twice) == without_counts(once)
    assert (twice.framing, twice.message.target) == (once.framing, once.message.target)


@settings(max_examples=200)
@given(requests(), RESPONSES, hops(), st.sampled_from([(1, 0), (1, 1)]), st.booleans())
def test_any_response(request: Request, response: Response, hop: Hop, version: tuple[int, int], closes: bool) -> None:
    outcome = forward_response(request, response, hop, NOW, version=version, closes=closes)
    if isinstance(outcome, Answer):
        check_answer(outcome)
        assert outcome.response.status == 502
        return
    if isinstance(outcome, Drop):
        assert 100 <= response.status <= 199
        return
    message = outcome.message
    check_section(response.fields, message.fields, hop, adds_via=hop.role == "proxy" or hop.via_in_responses)
    is_interim = message.status < 200 and message.status != 101
    assert message.status == response.status or (message.status, response.status) == (203, 200)
    assert is_interim or "date" in message.fields
    assert ("close" in options(message.fields)) == outcome.closes
    if request.version < (1, 1):
        assert message.status >= 200
        assert outcome.framing != "chunked"
    if outcome.framing == "close":
        assert outcome.closes
    assert (outcome.framing == "chunked") == ("transfer-encoding" in message.fields)
    assert outcome.framing != "length" or "content-length" in message.fields
    if message.trailers is not None:
        assert outcome.framing == "chunked"
        assert HOP_BY_HOP.isdisjoint(message.trailers.names())
        assert options(response.fields).isdisjoint(message.trailers.names())
    format_head(message.status, message.fields.lines)


@settings(max_examples=200)
@given(requests(), RESPONSES, hops())
def test_responses_forwarded_twice_are_stable(request: Request, response: Response, hop: Hop) -> None:
    once = forward_response(request, response, hop, NOW)
    if not isinstance(once, Onward):
        return
    # What came chunked, or until the end of the connection, has its content at hand here, whose length is not told
    plain = Response(once.message.status, once.message.fields, once.message.content, once.message.trailers)
    other = like(hop, name="other.test", proxy_status="none")
    sent_on = (1, 1) if once.framing == "chunked" else (1, 0)
    twice = forward_response(request, plain, other, NOW, version=sent_on)
    assert isinstance(twice, Onward)
    assert (twice.message.status, twice.framing) == (once.message.status, once.framing)
    assert twice.message.trailers == once.message.trailers

    def without_via(fields: Fields) -> list[tuple[str, str]]:
        return sorted(line for line in fields if line[0].lower() != "via")

    assert without_via(twice.message.fields) == without_via(once.message.fields)


FAILURES = st.builds(
    Failure,
    st.sampled_from(get_args(FailureKind)),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, None, "length", "chunked", "close", "switched"]),
)


@given(requests(), FAILURES, hops())
def test_any_failure(request: Request, failure: Failure, hop: Hop) -> None:
    outcome = forward_failure(request, failure, hop, NOW)
    assert isinstance(outcome, Answer | Again | Cut | Abandon)
    if isinstance(outcome, Answer):
        check_answer(outcome)
        assert outcome.response.status in (500, 502, 503, 504)
        assert failure.begun is None
    if isinstance(outcome, Again):
        assert failure.begun is None
        assert failure.attempts < hop.most_attempts
        if request.method in ("POST", "BREW", "CONNECT"):
            assert outcome.elsewhere
            assert failure.kind != "connection_terminated"
