"""Every status code on the wire: octets sent to a real server, and the exact answer to them.

There is a test for each row of the table in the design that an origin server can send. Each looks at the status, at all
fields but Date, at the content, and at what becomes of the connection.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Literal

import pytest

from statuary import status

from ..wire_checks.client import Connection, NoAnswer, Response
from .conftest import Serve, Served

Afterwards = Literal["kept", "closed"]
Expected = Mapping[str, str | re.Pattern[str]]

WEBSOCKET = pytest.mark.skipif(find_spec("wsproto") is None, reason="wsproto is not installed")
FORM = "Content-Type: application/x-www-form-urlencoded"
HELLO = b"Hello. This is a file, and it was found where you asked for it: 200.\n"
ANY = re.compile(r".+")
ETAG = re.compile(r'"[0-9a-f]{24}"')
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")
FILE_FIELDS: Expected = {
    "ETag": ETAG,
    "Last-Modified": DATE,
    "Accept-Ranges": "bytes",
}


def message(served: Served, *lines: str, content: bytes = b"") -> bytes:
    """A request of these lines and a Host, unless its version needs none; Content-Length is up to the lines."""
    first, *fields = lines
    host = [f"Host: {served.authority}"] if first.endswith("HTTP/1.1") else []
    return "\r\n".join([first, *host, *fields, "", ""]).encode() + content


def connect(served: Served) -> Connection:
    return Connection(served.host, served.port, timeout=15)


def exchange(served: Served, *lines: str, content: bytes = b"", then: Afterwards = "kept") -> Response:
    """The final response to a request, the state of its connection checked."""
    return send(served, message(served, *lines, content=content), lines[0].partition(" ")[0], then)


def send(served: Served, octets: bytes, method: str = "GET", then: Afterwards = "kept") -> Response:
    with connect(served) as connection:
        connection.send(octets)
        response = connection.read_response(method)
        check_date(response)
        if then == "closed":
            assert response.says_close
            assert connection.end() == "closed"
        else:
            check_in_step(served, connection, response)
        return response


def check_in_step(served: Served, connection: Connection, response: Response) -> None:
    """Whether the connection goes on where the last message ended."""
    assert not response.says_close
    connection.send(message(served, "OPTIONS * HTTP/1.1"))
    answer = connection.read_response("OPTIONS")
    # Where this host is not served, * is not either
    assert answer.status in (204, response.status if response.status == 421 else 204)


def check_date(response: Response) -> None:
    [date] = response.lines("Date")
    assert DATE.fullmatch(date)


def check_fields(response: Response, *expected: Expected) -> None:
    """All fields but Date and Connection, no more and no less."""
    wanted = {name: value for fields in expected for name, value in fields.items()}
    found = {name: response.field(name) for name, _ in response.fields if name not in ("Date", "Connection")}
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        text = found[name]
        assert text is not None
        assert value.fullmatch(text) if isinstance(value, re.Pattern) else text == value, f"{name}: {text}"


def check_page(response: Response, code: int, *expected: Expected) -> str:
    """A response below 400 without a representation: a small page that names its code."""
    assert response.status == code
    check_fields(
        response,
        {
            "Content-Type": "text/html;charset=utf-8",
            "Content-Language": "en",
            "Content-Length": str(len(response.content)),
        },
        *expected,
    )
    text = response.content.decode()
    assert f"<h1>{code} {status.phrase(code)}</h1>" in text
    return text


def check_problem(response: Response, code: int, *expected: Expected, temporary: bool = False) -> dict[str, object]:
    """An error explains itself, and says whether it is temporary: RFC 9110 sections 15.5 and 15.6."""
    assert response.status == code
    assert response.reason == status.phrase(code)
    check_fields(
        response,
        {
            "Content-Type": "application/problem+json",
            "Content-Language": "en",
            "Content-Length": str(len(response.content)),
            "Vary": "Accept",
        },
        *expected,
    )
    problem: dict[str, object] = json.loads(response.content)
    assert problem["status"] == code
    assert problem["title"] == status.phrase(code)
    assert problem["temporary"] is temporary
    assert str(problem["detail"]).endswith(".")
    return problem


def check_refusal(
    served: Served,
    code: int,
    lines: Sequence[str],
    *expected: Expected,
    content: bytes = b"",
    temporary: bool = False,
    then: Afterwards = "kept",
) -> dict[str, object]:
    """The same request, answered with problem details, with HTML, and to HEAD with nothing."""
    problem = check_problem(exchange(served, *lines, content=content, then=then), code, *expected, temporary=temporary)

    page = exchange(served, *lines, "Accept: text/html, */*;q=0.5", content=content, then=then)
    assert page.status == code
    assert page.field("Content-Type") == "text/html;charset=utf-8"
    assert f"<h1>{code} {status.phrase(code)}</h1>" in page.content.decode()
    assert ("try again later" in page.content.decode()) is temporary

    if lines[0].startswith("GET "):
        head = exchange(served, lines[0].replace("GET", "HEAD", 1), *lines[1:], content=content, then=then)
        assert head.status == code
        assert head.content == b""
        length = {"Content-Length": re.compile("[0-9]+")}
        check_fields(
            head,
            {"Content-Type": "application/problem+json", "Content-Language": "en", "Vary": "Accept", **length},
            *expected,
        )
    return problem


# 1xx


def test_100_continue(exhibit: Served) -> None:
    head = message(exhibit, "POST /forms/answer HTTP/1.1", FORM, "Expect: 100-continue", "Content-Length: 8")
    with connect(exhibit) as connection:
        connection.send(head)
        interim = connection.read_interim("POST")
        assert interim.status == 100
        assert interim.fields == ()
        connection.send(b"name=Ada")
        response = connection.read_response("POST")
        assert response.status == 200
        check_in_step(exhibit, connection, response)


def test_100_is_not_sent_when_the_header_section_decides(exhibit: Served) -> None:
    lines = ("POST /forms/answer HTTP/1.1", "Content-Type: image/png", "Expect: 100-continue", "Content-Length: 8")
    response = exchange(exhibit, *lines, then="closed")
    assert (response.status, response.interim) == (415, ())


def test_100_is_not_sent_when_content_has_come_or_to_http_1_0(exhibit: Served) -> None:
    lines = (FORM, "Expect: 100-continue", "Content-Length: 8")
    come = exchange(exhibit, "POST /forms/answer HTTP/1.1", *lines, content=b"name=Ada")
    old = exchange(exhibit, "POST /forms/answer HTTP/1.0", *lines, content=b"name=Ada", then="closed")
    assert (come.status, come.interim) == (old.status, old.interim) == (200, ())


HANDSHAKE = (
    "GET /echo HTTP/1.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


@WEBSOCKET
def test_101_switching_protocols(exhibit: Served) -> None:
    with connect(exhibit) as connection:
        connection.send(message(exhibit, *HANDSHAKE))
        response = connection.read_response()
        assert response.status == 101
        assert response.members("Connection") == ["upgrade"]
        check_fields(response, {"Upgrade": "websocket", "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="})
        # A text frame and a close frame, masked with zeros: RFC 6455 section 5.2
        connection.send(b"\x81\x82\0\0\0\0Hi", b"\x88\x82\0\0\0\0\x03\xe8")
        assert connection.read_to_end() == b"\x81\x02Hi\x88\x02\x03\xe8"


def test_103_early_hints(exhibit: Served) -> None:
    response = exchange(exhibit, "GET /early-hints.html HTTP/1.1")
    [hints] = response.interim
    assert hints.status == 103
    assert hints.fields == (("Link", "</style.css>; rel=preload; as=style"),)
    assert response.status == 200
    old = exchange(exhibit, "GET /early-hints.html HTTP/1.0", then="closed")
    assert (old.status, old.interim) == (200, ())


# 2xx


def test_200_ok(exhibit: Served) -> None:
    got, head = exchange(exhibit, "GET /hello.txt HTTP/1.1"), exchange(exhibit, "HEAD /hello.txt HTTP/1.1")
    assert (got.status, got.content) == (200, HELLO)
    check_fields(got, FILE_FIELDS, {"Content-Type": "text/plain;charset=utf-8", "Content-Length": str(len(HELLO))})
    assert (head.status, head.content) == (200, b"")
    assert [line for line in head.fields if line[0] != "Date"] == [line for line in got.fields if line[0] != "Date"]


def test_201_created(exhibit: Served) -> None:
    lines = ("PUT /notes/201.txt HTTP/1.1", "Content-Type: text/plain", "Content-Length: 4")
    response = exchange(exhibit, *lines, content=b"new\n")
    assert response.status == 201
    check_fields(response, {"ETag": ETAG, "Last-Modified": DATE, "Content-Length": "0"})
    got = exchange(exhibit, "GET /notes/201.txt HTTP/1.1")
    assert (got.status, got.content, got.field("ETag")) == (200, b"new\n", response.field("ETag"))


def test_201_names_what_a_post_created(serve: Serve) -> None:
    served = serve(
        files={
            "statuary.toml": '[[form]]\npath = "/add"\nanswer = 201\nto = "/added.html"\n',
            "added.html": "Added.",
        }
    )
    response = exchange(served, "POST /add HTTP/1.1", FORM, "Content-Length: 3", content=b"a=b")
    assert (response.status, response.field("Location")) == (201, "/added.html")


def test_202_accepted(serve: Serve) -> None:
    table = '[[drop_box]]\npath = "{}"\nseconds = {}\n'
    served = serve(files={"statuary.toml": table.format("/slow", 3600) + table.format("/quick", 0)})
    lines = ("POST {} HTTP/1.1", "Content-Type: text/plain", "Content-Length: 4")

    slow = exchange(served, lines[0].format("/slow"), *lines[1:], content=b"work")
    monitor = slow.field("Location") or ""
    page = check_page(
        slow, 202, {"Location": ANY, "Link": f'<{monitor}>; rel="monitor"', "Retry-After": re.compile("[0-9]+")}
    )
    assert f'<a href="{monitor}">' in page
    state = exchange(served, f"GET {monitor} HTTP/1.1")
    assert state.status == 200
    assert state.content

    quick = exchange(served, lines[0].format("/quick"), *lines[1:], content=b"work")
    done = exchange(served, f"GET {quick.field('Location')} HTTP/1.1")
    assert done.status == 303
    result = exchange(served, f"GET {done.field('Location')} HTTP/1.1")
    assert result.status == 200


def test_204_no_content(exhibit: Served) -> None:
    response = exchange(exhibit, "POST /forms/quiet HTTP/1.1", FORM, "Content-Length: 8", content=b"vote=yes")
    assert response.status == 204
    check_fields(response)


def test_204_for_a_file_replaced_and_one_deleted(exhibit: Served) -> None:
    put = ("PUT /notes/204.txt HTTP/1.1", "Content-Type: text/plain", "Content-Length: 1")
    assert exchange(exhibit, *put, content=b"1").status == 201
    replaced = exchange(exhibit, *put, content=b"2")
    assert replaced.status == 204
    check_fields(replaced, {"ETag": ETAG, "Last-Modified": DATE})
    deleted = exchange(exhibit, "DELETE /notes/204.txt HTTP/1.1")
    assert deleted.status == 204
    check_fields(deleted)
    assert exchange(exhibit, "GET /notes/204.txt HTTP/1.1").status == 410


def test_204_for_options(exhibit: Served) -> None:
    response = exchange(exhibit, "OPTIONS /hello.txt HTTP/1.1")
    assert response.status == 204
    check_fields(response, {"Allow": "GET, HEAD, OPTIONS", "Accept-Ranges": "bytes"})


def test_205_reset_content(exhibit: Served) -> None:
    response = exchange(exhibit, "POST /forms/entry HTTP/1.1", FORM, "Content-Length: 9", content=b"entry=one")
    assert (response.status, response.content) == (205, b"")
    check_fields(response, {"Content-Length": "0"})


def test_206_partial_content(exhibit: Served) -> None:
    whole = exchange(exhibit, "GET /hello.txt HTTP/1.1")
    response = exchange(exhibit, "GET /hello.txt HTTP/1.1", "Range: bytes=7-10")
    assert (response.status, response.content) == (206, HELLO[7:11])
    check_fields(
        response,
        {name: whole.field(name) or "" for name in ("ETag", "Last-Modified", "Accept-Ranges", "Content-Type")},
        {"Content-Length": "4", "Content-Range": f"bytes 7-10/{len(HELLO)}"},
    )
    last = exchange(exhibit, "GET /hello.txt HTTP/1.1", "Range: bytes=-5", f"If-Range: {whole.field('ETag')}")
    assert (last.status, last.content) == (206, HELLO[-5:])
    other = exchange(exhibit, "GET /hello.txt HTTP/1.1", "Range: bytes=-5", 'If-Range: "other"')
    assert (other.status, other.content) == (200, HELLO)
    assert exchange(exhibit, "HEAD /hello.txt HTTP/1.1", "Range: bytes=-5").status == 200


def test_206_with_several_parts(exhibit: Served) -> None:
    response = exchange(exhibit, "GET /hello.txt HTTP/1.1", "Range: bytes=0-1,-2")
    assert response.status == 206
    media_type, _, boundary = (response.field("Content-Type") or "").partition("; boundary=")
    assert media_type == "multipart/byteranges"
    check_fields(response, FILE_FIELDS, {"Content-Type": ANY, "Content-Length": str(len(response.content))})
    size = len(HELLO)
    part = "--{}\r\nContent-Type: text/plain;charset=utf-8\r\nContent-Range: bytes {}-{}/{}\r\n\r\n{}\r\n"
    expected = (
        part.format(boundary, 0, 1, size, HELLO[:2].decode())
        + part.format(boundary, size - 2, size - 1, size, HELLO[-2:].decode())
        + f"--{boundary}--\r\n"
    )
    assert response.content.decode() == expected


# 3xx


def test_300_multiple_choices(exhibit: Served) -> None:
    response = exchange(exhibit, "GET /planets HTTP/1.1")
    page = check_page(response, 300, {"Vary": "Accept", "Link": ANY})
    for ending, media_type in (("csv", "text/csv"), ("json", "application/json"), ("txt", "text/plain")):
        assert f'<a href="/planets.{ending}">' in page
        assert any(
            line.startswith(f'</planets.{ending}>; rel="alternate"; type="{media_type}')
            for line in response.lines("Link")
        )
    chosen = exchange(exhibit, "GET /planets HTTP/1.1", "Accept: application/json")
    assert chosen.status == 200
    check_fields(
        chosen,
        FILE_FIELDS,
        {
            "Content-Type": "application/json",
            "Content-Length": ANY,
            "Content-Location": "/planets.json",
            "Vary": "Accept",
        },
    )


@pytest.mark.parametrize(
    ("code", "target", "location"),
    [
        (301, "/moved/for-good", "/moved/"),
        (301, "/moved/for-good?a=b", "/moved/?a=b"),
        (301, "/moved", "/moved/"),
        (302, "/moved/for-now", "/moved/"),
        (305, "/moved/behind-a-proxy", "http://proxy.example/"),
        (307, "/moved/for-now-as-is", "/moved/"),
        (308, "/moved/for-good-as-is", "/moved/"),
    ],
)
def test_301_302_305_307_308_redirect(exhibit: Served, code: int, target: str, location: str) -> None:
    page = check_page(exchange(exhibit, f"GET {target} HTTP/1.1"), code, {"Location": location})
    assert f'<a href="{location}">' in page
    head = exchange(exhibit, f"HEAD {target} HTTP/1.1")
    assert (head.status, head.content, head.field("Location")) == (code, b"", location)


def test_303_see_other(exhibit: Served) -> None:
    response = exchange(exhibit, "POST /forms/order HTTP/1.1", FORM, "Content-Length: 9", content=b"tea=green")
    page = check_page(response, 303, {"Location": "/forms/thanks.html"})
    assert '<a href="/forms/thanks.html">' in page
    assert exchange(exhibit, "GET /forms/thanks.html HTTP/1.1").status == 200


def test_304_not_modified(exhibit: Served) -> None:
    found = exchange(exhibit, "GET /planets HTTP/1.1", "Accept: text/csv")
    for condition in (
        "If-None-Match: *",
        f"If-None-Match: {found.field('ETag')}",
        f'If-None-Match: "other", W/{found.field("ETag")}',
        f"If-Modified-Since: {found.field('Last-Modified')}",
    ):
        for method in ("GET", "HEAD"):
            response = exchange(exhibit, f"{method} /planets HTTP/1.1", "Accept: text/csv", condition)
            assert (response.status, response.content) == (304, b"")
            # Those of the 200 that a cache needs, and no more: RFC 9110 section 15.4.5
            check_fields(response, {n: found.field(n) or "" for n in ("ETag", "Content-Location", "Vary")})


# 4xx


@pytest.mark.parametrize(
    "octets",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
        b"POST /forms/answer HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /forms/answer HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /forms/answer HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /forms/answer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /forms/quiet HTTP/1.1\r\nHost: a\r\n"
        + FORM.encode()
        + b"\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n",
    ],
)
def test_400_bad_request(exhibit: Served, octets: bytes) -> None:
    check_problem(send(exhibit, octets, then="closed"), 400)


BASIC = 'Basic realm="the exhibit", charset="UTF-8"'
DIGEST = re.compile(r'Digest realm="the exhibit", qop="auth", algorithm=SHA-256, nonce="([^"]+)"(, stale=true)?')
BEARER = 'Bearer realm="the exhibit"'


def check_challenge(response: Response, bearer: str = BEARER) -> str:
    """The challenges, each on a line of its own; the nonce of the one for Digest."""
    basic, digest, token = response.lines("WWW-Authenticate")
    found = DIGEST.fullmatch(digest)
    assert (basic, token) == (BASIC, bearer)
    assert found
    return found[1]


def test_401_unauthorized(exhibit: Served) -> None:
    check_refusal(exhibit, 401, ["GET /private/ HTTP/1.1"], {"WWW-Authenticate": ANY})
    check_challenge(exchange(exhibit, "GET /private/ HTTP/1.1"))
    for credentials in ("Basic YWxpY2U6Z3Vlc3M=", "Basic ?", "Bearer white-rabbit", "Unknown token"):
        refused = exchange(exhibit, "GET /private/ HTTP/1.1", f"Authorization: {credentials}")
        assert refused.status == 401
        malformed = credentials == "Basic ?"
        check_challenge(refused, BEARER if malformed else f'{BEARER}, error="invalid_token"')
    for credentials in (f"Basic {base64.b64encode(b'alice:wonderland').decode()}", "Bearer down-the-rabbit-hole"):
        assert exchange(exhibit, "GET /private/ HTTP/1.1", f"Authorization: {credentials}").status == 200


def test_401_to_digest(exhibit: Served) -> None:
    nonce = check_challenge(exchange(exhibit, "GET /private/ HTTP/1.1"))

    def answer(count: str, cnonce: str = "c") -> str:
        secret = hashlib.sha256(b"alice:the exhibit:wonderland").hexdigest()
        action = hashlib.sha256(b"GET:/private/").hexdigest()
        proof = hashlib.sha256(f"{secret}:{nonce}:{count}:{cnonce}:auth:{action}".encode()).hexdigest()
        return (
            f'Authorization: Digest username="alice", realm="the exhibit", nonce="{nonce}", uri="/private/", '
            f'algorithm=SHA-256, qop=auth, nc={count}, cnonce="{cnonce}", response="{proof}"'
        )

    assert exchange(exhibit, "GET /private/ HTTP/1.1", answer("00000001")).status == 200
    replayed = exchange(exhibit, "GET /private/ HTTP/1.1", answer("00000001"))
    assert replayed.status == 401
    assert "stale=true" in (replayed.field("WWW-Authenticate") or "")
    assert exchange(exhibit, "GET /private/ HTTP/1.1", answer("00000002")).status == 200
    # Another client that was given the same nonce, within the same second, counts for itself
    assert exchange(exhibit, "GET /private/ HTTP/1.1", answer("00000001", cnonce="d")).status == 200


def test_402_payment_required(exhibit: Served) -> None:
    check_refusal(exhibit, 402, ["GET /encyclopaedia HTTP/1.1"])


def test_403_forbidden(exhibit: Served) -> None:
    check_refusal(exhibit, 403, ["GET /vault HTTP/1.1"])
    bob = base64.b64encode(b"bob:builder").decode()
    check_refusal(exhibit, 403, ["GET /private/ HTTP/1.1", f"Authorization: Basic {bob}"])


def test_404_not_found(exhibit: Served) -> None:
    check_refusal(exhibit, 404, ["GET /nothing-here HTTP/1.1"])


def test_405_method_not_allowed(exhibit: Served) -> None:
    check_refusal(exhibit, 405, ["DELETE /hello.txt HTTP/1.1"], {"Allow": "GET, HEAD, OPTIONS"})
    content = "Content-Length: 4"
    check_refusal(exhibit, 405, ["POST /hello.txt HTTP/1.1", content], {"Allow": "GET, HEAD, OPTIONS"}, content=b"a=b&")
    check_refusal(exhibit, 405, ["GET /forms/quiet HTTP/1.1"], {"Allow": "OPTIONS, POST"})


def test_406_not_acceptable(exhibit: Served) -> None:
    refused = exchange(exhibit, "GET /planets HTTP/1.1", "Accept: image/png")
    problem = check_problem(refused, 406)
    links = problem["links"]
    assert isinstance(links, list)
    assert [link["href"] for link in links] == ["/planets.csv", "/planets.json", "/planets.txt"]


def test_408_request_timeout(exhibit: Served) -> None:
    check_problem(send(exhibit, b"GET / HTTP/1.1\r\n", then="closed"), 408, temporary=True)
    lines = ("POST /forms/quiet HTTP/1.1", FORM, "Content-Length: 100")
    late = exchange(exhibit, *lines, content=b"vote=", then="closed")
    check_problem(late, 408, temporary=True)


def test_408_is_not_sent_to_an_idle_connection(serve: Serve) -> None:
    served = serve("--idle-timeout", "0.5", files={"hello.txt": "Hello"})
    with connect(served) as connection:
        connection.send(message(served, "GET /hello.txt HTTP/1.1"))
        assert connection.read_response().status == 200
        assert connection.end() == "closed"


def test_409_conflict(exhibit: Served) -> None:
    put = ["PUT /notes/welcome.txt/below.txt HTTP/1.1", "Content-Type: text/plain", "Content-Length: 3"]
    check_refusal(exhibit, 409, put, content=b"new")
    form = ["POST /forms/name HTTP/1.1", FORM, "Content-Length: 10"]
    problem = check_refusal(exhibit, 409, form, content=b"name=alice")
    assert problem["detail"] == "This name is taken."


def test_410_gone(exhibit: Served) -> None:
    problem = check_refusal(exhibit, 410, ["GET /last-year HTTP/1.1"])
    assert problem["detail"] == "Last year is over."


def test_411_length_required(exhibit: Served) -> None:
    lines = ["POST /forms/measured HTTP/1.1", FORM]
    check_refusal(exhibit, 411, [*lines, "Transfer-Encoding: chunked"], content=b"3\r\na=b\r\n0\r\n\r\n")
    assert exchange(exhibit, *lines, "Content-Length: 3", content=b"a=b").status == 204


def test_412_precondition_failed(exhibit: Served) -> None:
    check_refusal(exhibit, 412, ["GET /hello.txt HTTP/1.1", 'If-Match: "other"'])
    put = ["PUT /notes/welcome.txt HTTP/1.1", "Content-Type: text/plain", "Content-Length: 3"]
    check_refusal(exhibit, 412, [*put, "If-None-Match: *"], content=b"new")
    check_refusal(exhibit, 412, [*put, "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"], content=b"new")


def test_413_content_too_large(exhibit: Served) -> None:
    lines = ["POST /forms/short HTTP/1.1", FORM]
    content = b"text=" + b"a" * 96
    check_refusal(exhibit, 413, [*lines, "Content-Length: 101"], content=content)
    chunk = b"65\r\n" + content + b"\r\n0\r\n\r\n"
    check_refusal(exhibit, 413, [*lines, "Transfer-Encoding: chunked"], content=chunk)
    assert exchange(exhibit, *lines, "Content-Length: 100", content=content[:100]).status == 204


def test_413_closes_rather_than_read_on_for_long(exhibit: Served) -> None:
    lines = ["POST /forms/short HTTP/1.1", FORM, "Content-Length: 1000000000"]
    check_problem(exchange(exhibit, *lines, then="closed"), 413)


def test_413_with_a_temporary_limit(serve: Serve) -> None:
    limits = '[[limits]]\npath = "/form"\ncontent = 2\nretry_after = 30\n'
    served = serve(files={"statuary.toml": f'{limits}[[form]]\npath = "/form"\n'})
    lines = ["POST /form HTTP/1.1", FORM, "Content-Length: 3"]
    check_refusal(served, 413, lines, {"Retry-After": "30"}, content=b"a=b", temporary=True)


def test_414_uri_too_long(exhibit: Served) -> None:
    check_refusal(exhibit, 414, [f"GET /limits/query.html?{'q' * 41} HTTP/1.1"])
    assert exchange(exhibit, f"GET /limits/query.html?{'q' * 40} HTTP/1.1").status == 200
    check_problem(send(exhibit, b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", then="closed"), 414)


def test_415_unsupported_media_type(exhibit: Served) -> None:
    lines = ["POST /forms/answer HTTP/1.1", "Content-Length: 8"]
    accept: Expected = {"Accept": "application/x-www-form-urlencoded"}
    check_refusal(exhibit, 415, [*lines, "Content-Type: image/png"], accept, content=b"name=Ada")
    check_refusal(exhibit, 415, lines, accept, content=b"name=Ada")
    coded = [*lines, FORM, "Content-Encoding: gzip"]
    check_refusal(exhibit, 415, coded, {"Accept-Encoding": "identity"}, content=b"name=Ada")


def test_416_range_not_satisfiable(exhibit: Served) -> None:
    lines = ["GET /hello.txt HTTP/1.1", f"Range: bytes={len(HELLO)}-"]
    response = exchange(exhibit, *lines)
    check_problem(response, 416, {"Content-Range": f"bytes */{len(HELLO)}"})


def test_417_expectation_failed(exhibit: Served) -> None:
    check_refusal(exhibit, 417, ["GET /hello.txt HTTP/1.1", "Expect: a-miracle"])
    check_refusal(exhibit, 417, ["GET /hello.txt HTTP/1.1", "Expect: 100-continue, a-miracle"])


def test_421_misdirected_request(exhibit: Served, serve: Serve) -> None:
    check_problem(exchange(exhibit, f"GET https://{exhibit.authority}/hello.txt HTTP/1.1"), 421, temporary=True)
    served = serve(files={"statuary.toml": 'authorities = ["example.org"]\n', "hello.txt": "Hello"})
    check_problem(exchange(served, "GET /hello.txt HTTP/1.1"), 421, temporary=True)
    # The host of the target counts, not the Host field: RFC 9112 section 3.2.2
    octets = message(served, "GET http://example.org/hello.txt HTTP/1.1", "Connection: close")
    assert send(served, octets, then="closed").status == 200


def test_422_unprocessable_content(exhibit: Served) -> None:
    lines = ["POST /forms/answer HTTP/1.1", FORM, "Content-Length: 5"]
    check_refusal(exhibit, 422, lines, content=b"name=")
    check_refusal(exhibit, 422, lines, content=b"nom=A")


def test_425_too_early(exhibit: Served) -> None:
    lines = ["POST /forms/answer HTTP/1.1", FORM, "Content-Length: 8", "Early-Data: 1"]
    check_refusal(exhibit, 425, lines, content=b"name=Ada", temporary=True)
    assert exchange(exhibit, "GET /hello.txt HTTP/1.1", "Early-Data: 1").status == 200


@WEBSOCKET
def test_426_upgrade_required(exhibit: Served) -> None:
    check_refusal(exhibit, 426, ["GET /echo HTTP/1.1"], {"Upgrade": "websocket"})
    assert exchange(exhibit, "GET /echo HTTP/1.1").members("Connection") == ["upgrade"]


def test_428_precondition_required(exhibit: Served) -> None:
    put = ["PUT /guarded/minutes.txt HTTP/1.1", "Content-Type: text/plain", "Content-Length: 3"]
    check_refusal(exhibit, 428, put, content=b"new")
    etag = exchange(exhibit, "GET /guarded/minutes.txt HTTP/1.1").field("ETag")
    assert exchange(exhibit, *put, f"If-Match: {etag}", content=b"new").status == 204


def test_429_too_many_requests(serve: Serve) -> None:
    rate = '[[rate]]\npath = "/hello.txt"\nrequests = 1\nseconds = 1000\n'
    served = serve(files={"statuary.toml": rate, "hello.txt": "Hello", "other.txt": "Other"})
    assert exchange(served, "GET /hello.txt HTTP/1.1").status == 200
    check_refusal(
        served, 429, ["GET /hello.txt HTTP/1.1"], {"Retry-After": re.compile("[1-9][0-9]{0,3}")}, temporary=True
    )
    assert exchange(served, "GET /other.txt HTTP/1.1").status == 200


def test_431_request_header_fields_too_large(exhibit: Served) -> None:
    problem = check_refusal(exhibit, 431, ["GET /limits/fields.html HTTP/1.1", f"Cookie: a={'b' * 1000}"])
    assert "Cookie" in str(problem["detail"])
    many = b"GET / HTTP/1.1\r\nHost: a\r\n" + b"Many: fields\r\n" * 10_000
    check_problem(send(exhibit, many + b"\r\n", then="closed"), 431)


def test_451_unavailable_for_legal_reasons(exhibit: Served) -> None:
    link = '<https://censor.example/>; rel="blocked-by"'
    check_refusal(exhibit, 451, ["GET /banned-book HTTP/1.1"], {"Link": link})


# 5xx


def test_500_internal_server_error(exhibit: Served) -> None:
    problem = check_refusal(exhibit, 500, ["GET /broken HTTP/1.1"], temporary=True)
    assert problem.keys() == {"title", "status", "detail", "temporary"}
    assert "Traceback" not in str(problem)


def test_501_not_implemented(exhibit: Served) -> None:
    check_refusal(exhibit, 501, ["BREW /hello.txt HTTP/1.1"])
    lines = ("POST /forms/answer HTTP/1.1", "Transfer-Encoding: gzip, chunked")
    check_problem(exchange(exhibit, *lines, then="closed"), 501)


def test_503_service_unavailable(exhibit: Served) -> None:
    check_refusal(exhibit, 503, ["GET /tea-room/ HTTP/1.1"], {"Retry-After": "3600"}, temporary=True)


def test_503_for_one_connection_too_many(serve: Serve) -> None:
    served = serve("--max-connections", "1", files={"hello.txt": "Hello"})
    with connect(served) as first:
        first.send(message(served, "GET /hello.txt HTTP/1.1"))
        assert first.read_response().status == 200
        with connect(served) as second:
            refused = second.read_response()
            check_problem(refused, 503, {"Retry-After": "5"}, temporary=True)
            assert refused.says_close
            assert second.end() == "closed"


@pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/3.0", "HTTP/0.9"])
def test_505_http_version_not_supported(exhibit: Served, version: str) -> None:
    check_problem(send(exhibit, f"GET / {version}\r\nHost: a\r\n\r\n".encode(), then="closed"), 505)


def test_507_insufficient_storage(exhibit: Served) -> None:
    before = exchange(exhibit, "GET /shelf/short.txt HTTP/1.1")
    put = ["PUT /shelf/short.txt HTTP/1.1", "Content-Type: text/plain"]
    content = b"a" * 2000
    check_refusal(exhibit, 507, [*put, "Content-Length: 2000"], content=content, temporary=True)
    chunk = b"7d0\r\n" + content + b"\r\n0\r\n\r\n"
    check_refusal(exhibit, 507, [*put, "Transfer-Encoding: chunked"], content=chunk, temporary=True)
    after = exchange(exhibit, "GET /shelf/short.txt HTTP/1.1")
    assert (after.content, after.field("ETag")) == (before.content, before.field("ETag"))


# What holds for all of them


def test_nothing_is_said_to_who_says_nothing(exhibit: Served) -> None:
    with connect(exhibit) as connection:
        connection.half_close()
        with pytest.raises(NoAnswer) as silence:
            connection.read_response()
        assert silence.value.end == "closed"
