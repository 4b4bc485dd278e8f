"""The whole product: each status code, registered or not, by method, versions on both sides, and role."""

from __future__ import annotations

from itertools import product

import pytest
from tests.semantics.forwarding.ways import GATEWAY, NOW, PARENT, PROXY, like

from statuary import methods, status
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Exchange, Response, has_content
from statuary.semantics.forwarding import Answer, Drop, Hop, Onward, forward_request, forward_response
from statuary.semantics.judgement import judge

CODES = (*status.PHRASES, 105, 199, 299, 333, 399, 471, 499, 599)
METHODS = (*methods.IMPLEMENTABLE, "BREW")
VERSIONS = ((1, 0), (1, 1))
UPGRADING = like(GATEWAY, upgrades=frozenset({"websocket"}))
HOPS = {"gateway": UPGRADING, "proxy": PROXY, "proxy behind a proxy": PARENT}

# What the examples leave out, or say where it has no meaning: findings about these are the origin server's
UNSAID = frozenset(
    {
        *("rfc9110-15.4.2-1", "rfc9110-15.4.3-1", "rfc9110-15.4.8-2", "rfc9110-15.4.9-1", "rfc9110-15.4.1-3"),
        *("rfc9110-9.3.7-1", "rfc9110-9.3.8-1", "rfc9110-14.2-2", "rfc9110-13.2.1-5", "rfc8470-5.2-6"),
    }
)
LINES: dict[int, tuple[tuple[str, str], ...]] = {
    101: (("Upgrade", "websocket"), ("Connection", "Upgrade")),
    206: (("Content-Range", "bytes 0-4/9"),),
    304: (("ETag", '"a"'),),
    401: (("WWW-Authenticate", 'Basic realm="r"'),),
    405: (("Allow", "GET"),),
    407: (("Proxy-Authenticate", 'Basic realm="r"'),),
    416: (("Content-Range", "bytes */9"),),
    426: (("Upgrade", "websocket"), ("Connection", "Upgrade")),
    451: (("Link", '<http://b.test/>; rel="blocked-by"'),),
}
MARKS = (("Server", "o"), ("X-Unknown", "1"), ("Set-Cookie", "a=b"), ("Set-Cookie", "c=d"), ("x-unknown", "2"))


def question(method: str, version: tuple[int, int], hop: Hop) -> Request:
    lines = [("Host", "a.test"), ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Expect", "100-continue")]
    conditions = [("Range", "bytes=0-4"), ("If-None-Match", '"a"')]
    content = 5 if method in ("POST", "PUT", "PATCH") else None
    if content is None:
        lines.pop()
    else:
        lines += [("Content-Length", "5"), ("Content-Type", "text/plain")]
    if method == "CONNECT":
        return Request(method, "", Fields(lines[:1]), authority="a.test:443", version=version, target="a.test:443")
    target = "/b" if hop.role == "gateway" else "http://a.test/b"
    return Request(
        method,
        "/b",
        Fields([*lines, *conditions]),
        authority="a.test",
        version=version,
        content_length=content,
        target=target,
    )


def told(code: int, method: str, *, chunked: bool) -> Response:
    """A faultless response: delimited by a length, or chunked."""
    lines = [("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), *LINES.get(code, ()), *MARKS]
    content = b"12345" if has_content(method, code) and code != 205 else b""
    if has_content(method, code):
        lines.append(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(content))))
    if content:
        lines.append(("Content-Type", "text/plain"))
    return Response(code, Fields(lines), content)


@pytest.mark.parametrize("role", HOPS)
@pytest.mark.parametrize("code", CODES)
def test_every_code_is_passed_on(code: int, role: str) -> None:
    hop = HOPS[role]
    for method, version, received, chunked in product(METHODS, VERSIONS, VERSIONS, (False, True)):
        if (method == "CONNECT" and role != "proxy behind a proxy") or (chunked and received < (1, 1)):
            continue
        request = question(method, version, hop)
        response = told(code, method, chunked=chunked)
        outcome = forward_response(request, response, hop, NOW, version=received)
        label = (code, method, version, received, chunked, role)
        if code == 101 and (version < (1, 1) or role != "gateway"):
            assert isinstance(outcome, Answer), label
            assert outcome.response.status == 502, label
            continue
        if 100 <= code <= 199 and code != 101 and version < (1, 1):
            assert isinstance(outcome, Drop), label
            continue
        if code == 100 and role == "gateway" and request.content_length is None:
            assert isinstance(outcome, Drop), label
            continue
        assert isinstance(outcome, Onward), label
        check(request, response, outcome, label)


def check(request: Request, response: Response, onward: Onward[Response], label: object) -> None:
    code, message = response.status, onward.message
    assert message.status == code, label
    # Unknown fields, repeated ones, what is for the user agent: all there, in their order
    assert [line for line in message.fields if line in MARKS] == list(MARKS), label
    for line in LINES.get(code, ()):
        assert line[0] == "Connection" or line in message.fields.lines, label
    assert message.content == response.content, label
    framing = {name for name in ("content-length", "transfer-encoding") if name in message.fields}
    assert len(framing) <= 1, label
    if code < 200 or code == 204 or onward.framing == "switched":
        assert framing == set(), label
    if request.version < (1, 1):
        assert "transfer-encoding" not in message.fields, label
    if onward.framing == "close":
        assert onward.closes, label
    if onward.closes:
        assert "close" in message.fields.get("connection", ""), label


@pytest.mark.parametrize("role", HOPS)
def test_no_finding_above_note(role: str) -> None:
    """judge is the other opinion: about the request that goes in, and the responses that come out."""
    hop, judged = HOPS[role], 0
    for code, method, version, chunked in product(CODES, METHODS, VERSIONS, (False, True)):
        if method == "CONNECT" and role != "proxy behind a proxy":
            continue
        request = question(method, version, hop)
        onward = forward_request(request, hop, NOW)
        assert isinstance(onward, Onward), (method, role)
        outcome = forward_response(request, told(code, method, chunked=chunked), hop, NOW)
        if isinstance(outcome, Drop):
            continue
        message = outcome.message if isinstance(outcome, Onward) else outcome.response
        inward = [f for f in judge([Exchange(onward.message, (), None)], "intermediary") if f.strength != "note"]
        assert inward == [], (method, version, role)
        interim: tuple[Response, ...] = ()
        if 100 <= code <= 199 and code != 101:
            interim, message = (message,), told(404, method, chunked=False)
        elif message.status == 101 and request.content_length is not None:
            interim = (Response(100, Fields([("Via", "1.1 a")])),)
        outward = judge([Exchange(request, interim, message)], "intermediary")
        found = [f for f in outward if f.strength != "note" and f.message != "request" and f.requirement not in UNSAID]
        assert found == [], (code, method, version, role, message)
        judged += 1
    assert judged > 500
