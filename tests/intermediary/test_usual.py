"""What is remembered of the exchange before is what forwarding would say anew, octet for octet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statuary.intermediary.usual import LONGEST_REMEMBERED, Usual
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.forwarding import Answer, Drop, Hop, Onward, forward_request, forward_response
from statuary.semantics.resource import Access, User
from statuary.wire.request_writer import format_request
from statuary.wire.response_writer import format_head

GATEWAY = Hop("gateway", "gate.test", next_hop="http://inner.test", upgrades=frozenset({"websocket"}))
HOPS = (GATEWAY, Hop("gateway", "gate.test", next_hop="http://other.test", prefix="/p", next_version=(1, 0)))
REQUESTS = (
    Request("GET", "/", Fields([("Host", "a.test")]), authority="a.test"),
    Request("GET", "/b", Fields([("Host", "a.test"), ("Connection", "close")]), authority="a.test"),
    Request("HEAD", "/", Fields([("Host", "b.test"), ("Via", "1.1 x")]), authority="b.test", query="q"),
    Request("GET", "/", Fields([("Host", "a.test")]), authority="a.test", version=(1, 0)),
    Request("POST", "/", Fields([("Host", "a.test"), ("Content-Length", "2")]), authority="a.test", content_length=2),
    Request("GET", "/", Fields([("Host", "a.test"), ("Via", "1.1 gate.test")]), authority="a.test"),
    Request("TRACE", "/", Fields([("Host", "a.test"), ("Max-Forwards", "0")]), authority="a.test"),
)
RESPONSES = (
    Response(200, Fields([("Content-Length", "2")])),
    Response(200, Fields([("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Transfer-Encoding", "chunked")])),
    Response(103, Fields([("Link", "</a>")])),
    Response(204, Fields([("Set-Cookie", "a=b"), ("Set-Cookie", "c=d")])),
    Response(101, Fields([("Upgrade", "websocket")])),
    Response(999, Fields([])),
)

TURNS = st.tuples(
    st.sampled_from(REQUESTS),
    st.sampled_from(HOPS),
    st.sampled_from(RESPONSES),
    st.sampled_from([1_000, 1_001]),
    st.sampled_from([(1, 0), (1, 1)]),
    st.booleans(),
)


@given(st.lists(TURNS, max_size=12))
def test_it_is_as_if_nothing_were_remembered(
    turns: list[tuple[Request, Hop, Response, int, tuple[int, int], bool]],
) -> None:
    usual = Usual()
    for request, hop, response, now, version, closes in turns:
        onward, head = usual.request(request, hop, now)
        assert onward == forward_request(request, hop, now)
        if isinstance(onward, Onward) and onward.framing == "none":
            assert head == format_request(onward.message)
        else:
            assert head is None
        back, octets = usual.response(request, response, hop, now, version, closes)
        assert back == forward_response(request, response, hop, now, version=version, closes=closes)
        if isinstance(back, Answer | Drop):
            assert octets == b""
        else:
            assert octets == format_head(back.message.status, back.message.fields.lines)


def test_the_same_again_is_the_same_object() -> None:
    usual, request, response = Usual(), REQUESTS[0], RESPONSES[0]
    first = usual.request(request, GATEWAY, 0), usual.response(request, response, GATEWAY, 0, (1, 1), False)
    again = usual.request(request, GATEWAY, 5), usual.response(request, response, GATEWAY, 0, (1, 1), False)
    assert first[0][0] is again[0][0]
    assert first[1][0] is again[1][0]
    # Another second: the Date that is added is another
    later, _ = usual.response(request, response, GATEWAY, 1, (1, 1), False)
    assert later is not first[1][0]


def test_who_has_to_show_credentials_shows_them_each_time() -> None:
    hop = Hop("proxy", "proxy.test", access=Access("proxy", ("Basic",), {"alice": User("secret")}))
    fields = Fields([("Host", "a.test"), ("Proxy-Authorization", "Basic YWxpY2U6c2VjcmV0")])
    request = Request("GET", "/", fields, authority="a.test", target="http://a.test/")
    usual = Usual()
    onward, _ = usual.request(request, hop, 0)
    assert isinstance(onward, Onward)
    assert usual.request(request, hop, 0)[0] is not onward


def test_what_is_large_is_not_kept() -> None:
    usual = Usual()
    large = Fields([("Host", "a.test"), ("X", "x" * LONGEST_REMEMBERED)])
    request = Request("GET", "/", large, authority="a.test")
    onward, _ = usual.request(request, GATEWAY, 0)
    assert usual.request(request, GATEWAY, 0)[0] is not onward
