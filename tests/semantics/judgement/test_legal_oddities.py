"""What looks wrong and is not: none of it may be found at fault. False alarms cost more than a missing check."""

from __future__ import annotations

import re

import pytest

from statuary.semantics.judgement import judge
from statuary.semantics.judgement.examples import read_examples
from statuary.status import PHRASES

DATE = "Date: Mon, 07 Nov 1994 08:49:37 GMT"
PARTS = (
    r"--b\r\nContent-Type: a/b\r\nContent-Range: bytes 0-1/9\r\n\r\nab"
    r"\r\n--b\r\nContent-Type: a/b\r\nContent-Range: bytes 4-4/9\r\n\r\ne\r\n--b--\r\n"
)
TEXT = f"{DATE} | Content-Type: text/plain"

# In each, {D} stands for Date, {T} for Date and Content-Type.
LEGAL = {
    "multipart 206 without Content-Range": "GET / | Range: bytes=0-1, 4-4 => 206 | {D} | Transfer-Encoding: chunked "
    "| Content-Type: multipart/byteranges; boundary=b || " + PARTS,
    "boundary quoted, preamble": "GET / | Range: bytes=0-1, 4-4 => 206 | {D} | Transfer-Encoding: chunked "
    r'| Content-Type: multipart/byteranges; boundary="b" || pre\r\n' + PARTS,
    "ranges coalesced into one part": "GET / | Range: bytes=0-1, 2-4 => 206 | {T} | Content-Length: 5 "
    "| Content-Range: bytes 0-4/9 || abcde",
    "complete length unknown": "GET / | Range: bytes=0-1 => 206 | {T} | Content-Length: 2 | Content-Range: bytes 0-1/* || ab",
    "a suffix of unknown length": "GET / | Range: bytes=-2 => 206 | {T} | Content-Length: 2 "
    "| Content-Range: bytes 3-4/* || ab",
    "Range ignored": "GET / | Range: bytes=0-1 => 200 | {T} | Content-Length: 3 || abc",
    "201 to PUT without Location": "PUT /a | Content-Length: 0 => 201 | {D} | Content-Length: 0",
    "201 to PUT with a validator": 'PUT /a | Content-Length: 0 => 201 | {D} | ETag: "1" | Content-Length: 0',
    "304 without Last-Modified": 'GET / | If-None-Match: "1" => 304 | {D} | ETag: "1"',
    "304 by weak comparison": 'GET / | If-None-Match: W/"1" => 304 | {D} | ETag: "1"',
    "304 to *": "GET / | If-None-Match: * => 304 | {D}",
    "304 by date without a date": "GET / | If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT => 304 | {D}",
    "304 with the length of the 200": 'GET / | If-None-Match: "1" => 304 | {D} | ETag: "1" | Content-Length: 99',
    "HEAD with a length": "HEAD / => 200 | {T} | Content-Length: 99",
    "HEAD chunked": "HEAD / => 200 | {T} | Transfer-Encoding: chunked",
    "HEAD without a length": "HEAD / => 404 | {T}",
    "204 with nothing": "DELETE / => 204 | {D}",
    "204 with an entity tag": 'PUT / | Content-Length: 1 => 204 | {D} | ETag: "1"',
    "205 of length 0": "POST / | Content-Length: 0 => 205 | {D} | Content-Length: 0",
    "205 ended by close": "POST / | Content-Length: 0 => 205 | {D} | Connection: close",
    "405 with an empty Allow": "PUT / | Content-Length: 0 => 405 | {T} | Allow: | Content-Length: 2 || no",
    "405 to GET": "GET / => 405 | {T} | Allow: POST | Content-Length: 2 || no",
    "416 in another unit": "GET / | Range: lines=9-9 => 416 | {T} | Content-Length: 2 || no",
    "416 of nothing": "GET / | Range: bytes=0-0 => 416 | {T} | Content-Range: bytes */0 | Content-Length: 2 || no",
    "426 with more options": "GET / => 426 | {T} | Upgrade: TLS/1.2, HTTP/2.0 | Connection: close, upgrade "
    "| Content-Length: 2 || no",
    "101 with more options": "GET / | Upgrade: WebSocket | Connection: x, Upgrade => 101 "
    "| Upgrade: websocket | Connection: upgrade, x",
    "414": "GET / => 414 | {T} | Content-Length: 2 || no",
    "505": "GET / => 505 | {T} | Content-Length: 4 || HTTP",
    "500 without Date": "GET / => 500 | Content-Type: a/b | Content-Length: 2 || no",
    "100 and 103 without Date": "PUT / | Expect: 100-continue | Content-Length: 1 => 100 => 103 | Link: </a>; rel=preload "
    "=> 200 | {T} | Content-Length: 0",
    "no clock": "GET / => 200 | Content-Type: a/b | Content-Length: 2 || ab",
    "unknown codes": "GET / => 471 | {T} | Content-Length: 2 || no\nGET / => 299 | {T} | Content-Length: 2 || ab"
    "\nGET / => 399 | {T} | Content-Length: 2 || ab\nGET / => 599 | {T} | Content-Length: 2 || no"
    "\nGET / => 199 => 200 | {T} | Content-Length: 2 || ab",
    "If-Match weak, so 412": 'PUT / | If-Match: W/"1" | Content-Length: 1 => 412 | {T} | ETag: W/"1" '
    "| Content-Length: 2 || no",
    "302 relative with a fragment": "GET /a => 302 | {D} | Location: ../b?c#d | Content-Length: 0",
    "301 with percent-encodings": "GET /a => 301 | {D} | Location: /%C3%A9 | Content-Length: 0",
    "redirect to itself with a cookie": "GET /a => 302 | {D} | Location: /a | Set-Cookie: a=b | Content-Length: 0",
    "300 to HEAD": "HEAD /a => 300 | {D}",
    "several Set-Cookie": "GET / => 200 | {T} | Set-Cookie: a=b; Expires=Wed, 09 Jun 2021 10:18:14 GMT | Set-Cookie: c=d "
    "| Content-Length: 2 || ab",
    "lists on several lines": "GET / => 200 | {T} | Vary: A | Vary: B | Cache-Control: no-cache | Cache-Control: private "
    "| Content-Length: 2 || ab",
    "challenges on several lines": 'GET / => 401 | {T} | WWW-Authenticate: Basic realm="a" | WWW-Authenticate: Negotiate '
    '| WWW-Authenticate: Digest realm="a, b", nonce="c==", algorithm=SHA-256 | Content-Length: 2 || no',
    "a token68": "GET / => 401 | {T} | WWW-Authenticate: Negotiate YWJj== | Content-Length: 2 || no",
    "content decoded by the capture": "GET / | Accept-Encoding: gzip => 200 | {T} | Content-Encoding: gzip "
    "| Content-Length: 9 || a longer text",
    "content left out by the capture": "GET / => 404 | {T} | Content-Length: 99",
    "ends with the connection, to HTTP/1.0": "GET / HTTP/1.0 => 200 | {T} || ab",
    "HTTP/2 without lengths": "GET / HTTP/2.0 => 200 | {T} || ab",
    "CONNECT": "CONNECT a:443 => 200 | {D}",
    "OPTIONS of a preflight": "OPTIONS /a => 204 | {D} | Access-Control-Allow-Methods: PUT",
    "a leap second": "GET / => 200 | Date: Sat, 31 Dec 2016 23:59:60 GMT | Content-Type: a/b | Content-Length: 2 || ab",
    "Last-Modified at the same second": "GET / => 200 | {T} | Last-Modified: Mon, 07 Nov 1994 08:49:37 GMT "
    "| Content-Length: 2 || ab",
    "Retry-After as a date": "GET / => 503 | {T} | Retry-After: Mon, 07 Nov 1994 09:49:37 GMT | Content-Length: 4 || busy",
    "425 over TLS is judged by nobody": "GET / | Early-Data: 1 => 425 | {T} | Content-Length: 5 || early",
    "not negotiated: changed in between": 'GET / => 200 | {T} | ETag: "1" | Content-Length: 2 || ab'
    '\nGET / => 200 | {D} | Content-Type: c/d | ETag: "2" | Content-Length: 1 || c\nHEAD / => 200 | {T} | ETag: "3"',
    "weak tags for different content": 'GET / => 200 | {T} | ETag: W/"1" | Content-Length: 2 || ab'
    '\nGET / => 200 | {T} | ETag: W/"1" | Content-Length: 2 || ac',
    "If-None-Match of PUT is about the state before": 'PUT / | If-None-Match: "1" | Content-Length: 1 => 200 | {T} '
    '| ETag: "1" | Content-Length: 2 || ok',
    "412 to GET because of If-Match": 'GET / | If-Match: "0" | If-None-Match: "1" => 412 | {T} | Content-Length: 2 || no',
    "two lengths of a zero-padded number": "GET / => 200 | {T} | Content-Length: 002 || ab",
    "a problem in German": "GET / | Accept-Language: de => 404 | {D} | Content-Type: application/problem+json "
    '| Content-Length: 29 || {"title": "Nicht gefunden!!"}',
    "a problem as text": "GET / => 404 | {D} | Content-Type: application/problem+json | Content-Length: 2 || no",
}


@pytest.mark.parametrize("example", LEGAL.values(), ids=LEGAL)
def test_a_legal_oddity_is_no_fault_of_the_server(example: str) -> None:
    with_host = re.sub(r"^\S+ \S+(?: HTTP/\S+)?", r"\g<0> | Host: a", example, flags=re.MULTILINE)
    seen = read_examples(with_host.replace("{D}", DATE).replace("{T}", TEXT))
    assert [finding for finding in judge(seen, "server") if finding.strength != "note"] == []


# What each code cannot go without, beside Date and content
NEEDED = {
    201: "Location: /a",
    206: "Content-Range: bytes 0-1/9",
    **dict.fromkeys((300, 301, 302, 303, 305, 307, 308), "Location: /b"),
    401: 'WWW-Authenticate: Basic realm="a"',
    405: "Allow: POST",
    407: 'Proxy-Authenticate: Basic realm="a"',
    408: "Connection: close",
    416: "Content-Range: bytes */9",
    426: "Upgrade: a | Connection: upgrade",
    451: "Link: </>; rel=blocked-by",
    503: "Retry-After: 120",
}
ASKED = {206: "Range: bytes=0-1", 226: "A-IM: a", 416: "Range: bytes=9-", 425: "Early-Data: 1", 406: "Accept: a/b"}


@pytest.mark.parametrize("code", [code for code in PHRASES if code >= 200 and code not in (204, 205, 226, 304, 511)])
def test_each_code_can_be_sent_without_fault(code: int) -> None:
    asked = ASKED.get(code, "Accept: */*")
    media_type = "application/xml" if code == 207 else "text/plain"
    fields = f"{DATE} | Content-Type: {media_type} | Content-Length: 2 | {NEEDED.get(code, 'Server: a')}"
    seen = read_examples(f"GET /a | Host: a | {asked} => {code} | {fields} || ab")
    assert [finding for finding in judge(seen, "server") if finding.strength != "note"] == []


@pytest.mark.parametrize(
    "example",
    [
        "GET / | Host: a | User-Agent: b/1 | Accept: */* => 200",
        "GET / HTTP/1.0 | User-Agent: b/1 => 200",
        "OPTIONS * | Host: a | User-Agent: b/1 => 200",
        "CONNECT a:443 | Host: a:443 | User-Agent: b/1 => 200",
        "GET http://a/b | Host: a | User-Agent: b/1 => 200",
        'GET / | Host: [::1]:80 | User-Agent: b/1 | If-None-Match: W/"a", "b,c" => 304',
        'PUT / | Host: a | User-Agent: b/1 | If-Match: W/"a" | Content-Type: a/b | Content-Length: 2 => 412',
        "POST / | Host: a | User-Agent: b/1 | Content-Type: a/b | Transfer-Encoding: chunked | Trailer: x => 200",
        "POST / | Host: a | User-Agent: b/1 | Content-Length: 0 => 200",
        "GET / | Host: a | User-Agent: b/1 | Accept-Encoding: => 200",
        "BREW /pot | Host: a | User-Agent: b/1 => 418",
        "GET /?a=[b] | Host: a | User-Agent: b/1 | Range: bytes=0-1, -5 => 206",
    ],
)
def test_a_legal_request_is_no_fault_of_the_client(example: str) -> None:
    assert [finding for finding in judge(read_examples(example), "client") if finding.strength != "note"] == []
