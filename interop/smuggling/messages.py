"""Messages that recipients have read in more than one way: a list, each a whole stream of octets from one client.

Each begins with a request of its own; others follow it, or are hidden in its content. Who takes the end of a message to be
elsewhere sees another number of requests. ``played`` puts the number of the playing into all targets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

NUMBER = b"number"
HIDDEN = b"GET /number/hidden HTTP/1.1\r\nHost: a\r\n\r\n"
AFTER = b"GET /number/after HTTP/1.1\r\nHost: a\r\n\r\n"


class Message(NamedTuple):
    """A stream of octets, under a name that says what is odd about it."""

    group: str
    name: str
    octets: bytes


def request(
    *lines: bytes, content: bytes = b"", line: bytes = b"POST /number/first HTTP/1.1", host: bool = True
) -> bytes:
    """A request with these field lines as they are, and whatever else is odd about it."""
    section = b"".join(one + b"\r\n" for one in ((b"Host: a", *lines) if host else lines))
    return line + b"\r\n" + section + b"\r\n" + content


def chunked(content: bytes) -> bytes:
    """As one chunk and the last one."""
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)


# Spellings of Transfer-Encoding that some took for chunked and others did not: whole lines
TRANSFER_ENCODINGS: tuple[bytes, ...] = (
    b"Transfer-Encoding: chunked",
    b"transfer-encoding:chunked",
    b"Transfer-Encoding: CHUNKED",
    b"Transfer-Encoding: chunked ",
    b"Transfer-Encoding: chunked\t",
    b"Transfer-Encoding:\tchunked",
    b"Transfer-Encoding:  \t chunked",
    b"Transfer-Encoding : chunked",
    b"Transfer-Encoding\t: chunked",
    b" Transfer-Encoding: chunked",
    b"\tTransfer-Encoding: chunked",
    b"X: x\r\n Transfer-Encoding: chunked",
    b"Transfer-Encoding:\r\n chunked",
    b"Transfer-Encoding:\r\n\tchunked",
    b"Transfer-Encoding:\n chunked",
    b"Transfer-Encoding: chunked\r\n ",
    b"Transfer-Encoding: chunked\r\n , identity",
    b"Transfer-Encoding: identity\r\n , chunked",
    b"Transfer-Encoding: chun\r\n ked",
    b"Transfer-Encoding:\x0bchunked",
    b"Transfer-Encoding:\x0cchunked",
    b"Transfer-Encoding: \x00chunked",
    b"Transfer-Encoding: chunked\x00",
    b"Transfer-Encoding: chun\x00ked",
    b"Transfer-Encoding\x00: chunked",
    b"\x00Transfer-Encoding: chunked",
    b"Transfer-Encoding:\x85chunked",
    b"Transfer-Encoding:\xa0chunked",
    b"Transfer-Encoding: chunked\xa0",
    b"Transfer-Encoding: \xef\xbb\xbfchunked",
    b"Transfer-Encoding: chun\xe2\x84\xaaed",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding: chunkedx",
    b"Transfer-Encoding: chunked chunked",
    b"Transfer-Encoding: x chunked",
    b"Transfer-Encoding: chunke",
    b"Transfer-Encoding: chunked-false",
    b"Transfer-Encoding: cow",
    b"Transfer-Encoding: identity",
    b"Transfer-Encoding:",
    b"Transfer-Encoding: ,",
    b"Transfer-Encoding: ,chunked",
    b"Transfer-Encoding: chunked,",
    b"Transfer-Encoding: , , chunked ,",
    b"Transfer-Encoding: identity, chunked",
    b"Transfer-Encoding: chunked, identity",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: chunked, cow",
    b"Transfer-Encoding: cow, chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: chunked, gzip",
    b"Transfer-Encoding: chunked;",
    b"Transfer-Encoding: chunked;q=1",
    b"Transfer-Encoding: chunked; a=b",
    b'Transfer-Encoding: "chunked"',
    b"Transfer-Encoding: 'chunked'",
    b'Transfer-Encoding: a="chunked", b',
    b"Transfer-Encoding: chunked (comment)",
    b"Transfer-Encoding= chunked",
    b"Transfer-Encoding chunked",
    b"Transfer-Encoding:: chunked",
    b"Transfer_Encoding: chunked",
    b"Transfer Encoding: chunked",
    b"Transfer-Encoding;: chunked",
    b"Xransfer-Encoding: chunked",
    b"TE: chunked",
    b"Content-Encoding: chunked",
    b"X: x\nTransfer-Encoding: chunked",
    b"X: x\rTransfer-Encoding: chunked",
    b"X: x\r\rTransfer-Encoding: chunked",
    b"X: x\x00\r\nTransfer-Encoding: chunked",
    b"X: x\r\n\rTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\rX: x",
    b"Transfer-Encoding: chunked\nX: x",
    b"Transfer-Encoding: chunked\r",
    b"Transfer-Encoding: cow\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: cow",
    b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding:\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding:",
    b"Transfer-Encoding: chunked\r\nTransfer_Encoding: identity",
    b"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
)

# Spellings of Content-Length for a content of five octets
CONTENT_LENGTHS: tuple[bytes, ...] = (
    b"Content-Length: +5",
    b"Content-Length: -5",
    b"Content-Length: -0",
    b"Content-Length: 05",
    b"Content-Length: 00000000000000000000000000005",
    b"Content-Length: 0x5",
    b"Content-Length: 5.0",
    b"Content-Length: 5e0",
    b"Content-Length: 0_5",
    b"Content-Length: 5,",
    b"Content-Length: ,5",
    b"Content-Length: 5,5",
    b"Content-Length: 5, 5",
    b"Content-Length: 5, 0",
    b"Content-Length: 0, 5",
    b"Content-Length: 5 5",
    b"Content-Length: 5 0",
    b"Content-Length: 5;",
    b'Content-Length: "5"',
    b"Content-Length: five",
    b"Content-Length:",
    b"Content-Length: 5\t",
    b"Content-Length:\t5",
    b"Content-Length: \x0b5",
    b"Content-Length: \x0c5",
    b"Content-Length: 5\x0b",
    b"Content-Length: 5\x00",
    b"Content-Length: \x005",
    b"Content-Length: 5\xa0",
    b"Content-Length: \xd9\xa5",
    b"Content-Length: \xef\xbc\x95",
    b"Content-Length: 18446744073709551621",
    b"Content-Length: 4294967301",
    b"Content-Length: 9223372036854775813",
    b"Content-Length: 99999999999999999999999999999999999999999999999",
    b"Content-Length : 5",
    b"Content-Length\t: 5",
    b" Content-Length: 5",
    b"X: x\r\n Content-Length: 5",
    b"Content-Length:\r\n 5",
    b"Content-Length: 5\r\n 0",
    b"Content-Length: 5\r\n ",
    b"Content-Length: 0\r\n 5",
    b"Content-Length\x00: 5",
    b"Content_Length: 5",
    b"Content Length: 5",
    b"Content-Length= 5",
    b"Content-Length:: 5",
    b"X: x\nContent-Length: 5",
    b"X: x\rContent-Length: 5",
    b"X: x\r\n\rContent-Length: 5",
    b"Content-Length: 5\nX: x",
    b"Content-Length: 5\rX: x",
    b"Content-Length: 5\r",
    b"Content-Length: 5\r\nContent-Length: 5",
    b"Content-Length: 5\r\nContent-Length: 0",
    b"Content-Length: 0\r\nContent-Length: 5",
    b"Content-Length: 5\r\nContent-Length:",
    b"Content-Length: 5\r\nContent_Length: 0",
    b"Content-Length: 5\r\nContent-Length : 0",
    b"Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 5",
    b"Connection: Content-Length\r\nContent-Length: 5",
    b"Connection: close, Content-Length\r\nContent-Length: 5",
    b"Connection: keep-alive\r\nConnection: content-length\r\nContent-Length: 5",
)

# What stands where chunks should: all that follows the header section
CHUNKS: tuple[bytes, ...] = (
    b"5\r\nhello\r\n0\r\n\r\n",
    b"05\r\nhello\r\n00\r\n\r\n",
    b"0000000000000005\r\nhello\r\n0\r\n\r\n",
    b"00000000000000005\r\nhello\r\n0\r\n\r\n",
    b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    b"100000005\r\nhello\r\n0\r\n\r\n",
    b"FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
    b"+5\r\nhello\r\n0\r\n\r\n",
    b"-5\r\nhello\r\n0\r\n\r\n",
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"5h\r\nhello\r\n0\r\n\r\n",
    b"0_5\r\nhello\r\n0\r\n\r\n",
    b"5.0\r\nhello\r\n0\r\n\r\n",
    b"5,5\r\nhello\r\n0\r\n\r\n",
    b" 5\r\nhello\r\n0\r\n\r\n",
    b"5 \r\nhello\r\n0\r\n\r\n",
    b"5\t\r\nhello\r\n0\r\n\r\n",
    b"5\x00\r\nhello\r\n0\r\n\r\n",
    b"5\x0b\r\nhello\r\n0\r\n\r\n",
    b"\r\n5\r\nhello\r\n0\r\n\r\n",
    b"\r\nhello\r\n0\r\n\r\n",
    b"5\nhello\r\n0\r\n\r\n",
    b"5\rhello\r\n0\r\n\r\n",
    b"5\r\r\nhello\r\n0\r\n\r\n",
    b"5\n\rhello\r\n0\r\n\r\n",
    b"5\r\nhello\n0\r\n\r\n",
    b"5\r\nhello\r0\r\n\r\n",
    b"5\r\nhello0\r\n\r\n",
    b"5\r\nhelloXX0\r\n\r\n",
    b"5\r\nhello!\r\n0\r\n\r\n",
    b"5\r\nhell\r\n0\r\n\r\n",
    b"5\r\nhello\r\n0\n\n",
    b"5\r\nhello\r\n0\r\n\n",
    b"5\r\nhello\r\n0\n\r\n",
    b"5\r\nhello\r\n0\r\r\n\r\n",
    b"5\r\nhello\r\n0\r\n\r\r\n",
    b"5\r\nhello\r\n0\r\n",
    b"5\r\nhello\r\n0\r\nX",
    b"5\r\nhello\r\n0\r\n ",
    b"5\r\nhello\r\n",
    b"5\r\nhello\r\n\r\n",
    b"5;a\r\nhello\r\n0\r\n\r\n",
    b"5;a=b;c=d\r\nhello\r\n0;e\r\n\r\n",
    b"5 ; a = b\r\nhello\r\n0\r\n\r\n",
    b'5;a="b"\r\nhello\r\n0\r\n\r\n',
    b'5;a="\r\nhello\r\n0\r\n\r\n',
    b'5;a="\r\n"\r\nhello\r\n0\r\n\r\n',
    b"5;\r\nhello\r\n0\r\n\r\n",
    b"5;a\nhello\r\n0\r\n\r\n",
    b"5;\nhello\r\n0\r\n\r\n",
    b"5;a\rhello\r\n0\r\n\r\n",
    b"5;a\x00\r\nhello\r\n0\r\n\r\n",
    b"5;\xff\r\nhello\r\n0\r\n\r\n",
    b"5a;\r\nhello\r\n0\r\n\r\n",
    b"2;\nxx\r\n31\r\n0\r\n\r\n" + HIDDEN,
    b"2;\n10\r\n" + b"x" * 16 + b"\r\n0\r\n\r\n",
    b"0;\n\r\n" + HIDDEN,
    b"0;a\r\n\r\n",
    b"0 \r\n\r\n",
    b"0\t\r\n\r\n",
    b"0x\r\n\r\n",
    b"-0\r\n\r\n",
    b"0\r\nContent-Length: 5\r\n\r\n",
    b"0\r\nContent-Length: 43\r\n\r\n",
    b"0\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"0\r\nHost: b\r\n\r\n",
    b"0\r\nConnection: close\r\n\r\n",
    b"0\r\nConnection: x\r\nX: y\r\n\r\n",
    b"0\r\nX: y\r\n\r\n",
    b"0\r\nX : y\r\n\r\n",
    b"0\r\nX: y\r\n z\r\n\r\n",
    b"0\r\n X: y\r\n\r\n",
    b"0\r\nX: y\n\r\n",
    b"0\r\nX: y\n\n",
    b"0\r\nX: y\rZ: z\r\n\r\n",
    b"0\r\nX: \x00\r\n\r\n",
    b"0\r\nX\r\n\r\n",
    b"0\r\n: y\r\n\r\n",
    b"0\r\n" + HIDDEN,
    b"0\r\nX: y\r\n" + HIDDEN,
)

# Field lines that a head should not have, or that have ended heads early
LINES: tuple[bytes, ...] = (
    b"X : y",
    b"X\t: y",
    b" X: y",
    b"\tX: y",
    b"X: y\r\n z",
    b"X: y\r\n\tz",
    b"X: y\r\n GET /number/hidden HTTP/1.1",
    b"X: y\nZ: z",
    b"X: y\rZ: z",
    b"X: y\r",
    b"X: y\r\n\r",
    b"X: y\n",
    b"X: y\n\nGET /number/hidden HTTP/1.1\r\nHost: a",
    b"X: y\n\r\nGET /number/hidden HTTP/1.1\r\nHost: a",
    b"X: y\r\n\nGET /number/hidden HTTP/1.1\r\nHost: a",
    b"X: y\r\r\n\r\rGET /number/hidden HTTP/1.1\r\nHost: a",
    b"X: y\r\rGET /number/hidden HTTP/1.1\r\rHost: a",
    b"X: \x00",
    b"X: a\x00b",
    b"X\x00: y",
    b"X: \x0b",
    b"X: \x1b[1m",
    b"X: \x7f",
    b"X: \xff\xfe",
    b"X: \xc4\x8d\xc4\x8aHost: b",
    b"X\xff: y",
    b"X",
    b": y",
    b":",
    b"X y",
    b"X(): y",
    b"X,Y: y",
    b'"X": y',
    b"X: " + b"y" * 20_000,
    b"X: " + b"y" * 80_000,
    b"\r\n".join(b"X%d: y" % number for number in range(150)),
    b"\r\n".join(b"X%d: y" % number for number in range(300)),
    b"GET /number/hidden HTTP/1.1",
    b"Content-Length",
    b"Content-Length\r\n: 5",
    b"Connection: Host",
    b"Connection: X-Forwarded-For, Cookie, Authorization",
    b"Connection: close\r\nConnection: keep-alive",
    b"Connection: close, keep-alive",
    b"Connection: \x00close",
    b"Connection: upgrade\r\nUpgrade: websocket",
    b"Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 1\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    b"Connection: Upgrade\r\nUpgrade: TLS/1.0",
    b"Expect: 100-continue",
    b"Expect: 100-Continue, x",
    b"Expect: x",
    b"Expect: 100-continue\r\nExpect: 100-continue",
    b"Trailer: Content-Length",
    b"TE: trailers",
    b"Connection: TE\r\nTE: trailers, chunked",
    b"Max-Forwards: 0",
    b"X-HTTP-Method-Override: HEAD",
)

# Request lines; the head and, where they have some, the content are as usual
REQUEST_LINES: tuple[bytes, ...] = (
    b"GET  /number/first HTTP/1.1",
    b"GET /number/first  HTTP/1.1",
    b"GET\t/number/first\tHTTP/1.1",
    b"GET\x0b/number/first HTTP/1.1",
    b"GET /number/first HTTP/1.1 ",
    b" GET /number/first HTTP/1.1",
    b"GET /number/first HTTP/1.1\r",
    b"GET /number/first",
    b"GET /number/first ",
    b"GET /number/first HTTP/0.9",
    b"GET /number/first HTTP/1.0",
    b"GET /number/first HTTP/1.2",
    b"GET /number/first HTTP/1.10",
    b"GET /number/first HTTP/1.01",
    b"GET /number/first HTTP/01.1",
    b"GET /number/first HTTP/2.0",
    b"GET /number/first http/1.1",
    b"GET /number/first HTTPS/1.1",
    b"GET /number/first HTTP/1,1",
    b"GET /number/first HTTP/1.1x",
    b"GET /number/first X HTTP/1.1",
    b"GET /number/first HTTP/1.1 HTTP/1.1",
    b"GET /number/first HTTP/1.1\nX: y",
    b"GET /number/first HTTP/1.1\rX: y",
    b"GET /number/first\x00 HTTP/1.1",
    b"GET /number/fi\x00rst HTTP/1.1",
    b"GET /number/fi\rrst HTTP/1.1",
    b"GET /number/f%0d%0aX:%20y HTTP/1.1",
    b"GET /number/f%0d%0a%0d%0aGET%20/number/hidden%20HTTP/1.1 HTTP/1.1",
    b"GET /number/f%00 HTTP/1.1",
    b"GET /number/f%zz HTTP/1.1",
    b"GET /number/f\\..\\x HTTP/1.1",
    b"GET /number/../number/x HTTP/1.1",
    b"GET //number/first HTTP/1.1",
    b"GET /number/first#fragment HTTP/1.1",
    b"GET /number/first?a[]=b|c HTTP/1.1",
    b"GET /number/\xc3\xa9 HTTP/1.1",
    b"GET number/first HTTP/1.1",
    b"GET ?/number/first HTTP/1.1",
    b"GET * HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"GET http://a/number/first HTTP/1.1",
    b"GET http://b/number/first HTTP/1.1",
    b"GET http://b:80/number/first HTTP/1.1",
    b"GET http://user@a/number/first HTTP/1.1",
    b"GET http://a@b/number/first HTTP/1.1",
    b"GET http:///number/first HTTP/1.1",
    b"GET http:/number/first HTTP/1.1",
    b"GET https://a/number/first HTTP/1.1",
    b"GET ftp://a/number/first HTTP/1.1",
    b"GET http://a?number HTTP/1.1",
    b"GET a:80 HTTP/1.1",
    b"CONNECT a:80 HTTP/1.1",
    b"CONNECT /number/first HTTP/1.1",
    b"get /number/first HTTP/1.1",
    b"G\x00ET /number/first HTTP/1.1",
    b"GE(T /number/first HTTP/1.1",
    b"PRI * HTTP/2.0",
    b"BREW /number/first HTTP/1.1",
    b"HEAD /number/first HTTP/1.1",
    b"TRACE /number/first HTTP/1.1",
    b"OPTIONS /number/first HTTP/1.1",
    b"DELETE /number/first HTTP/1.1",
    b"\r\nGET /number/first HTTP/1.1",
    b"\r\n\r\nGET /number/first HTTP/1.1",
    b"\nGET /number/first HTTP/1.1",
    b"\rGET /number/first HTTP/1.1",
    b"\x00GET /number/first HTTP/1.1",
    b"HTTP/1.1 200 OK",
)

# Host lines in place of the usual one
HOSTS: tuple[bytes, ...] = (
    b"",
    b"Host:",
    b"Host: a\r\nHost: b",
    b"Host: a\r\nHost: a",
    b"Host: a, b",
    b"Host: a b",
    b"Host : a",
    b"Host: a\r\nHost : b",
    b" Host: a",
    b"X: x\r\n Host: a",
    b"Host: a\r\n b",
    b"Host: a@b",
    b"Host: a/b",
    b"Host: a:80:80",
    b"Host: a:x",
    b"Host: a\x00b",
    b"Host: [::1",
    b"Host: a?b",
    b"Host: a#b",
    b"Host\x00: a",
    b"Host: a\rHost: b",
    b"Host: a\nHost: b",
)


def _both_framings() -> Iterator[Message]:
    """Each spelling of Transfer-Encoding beside a Content-Length, in both orders, and alone."""
    for line in TRANSFER_ENCODINGS:
        content = b"0\r\n\r\n" + HIDDEN
        whole = b"Content-Length: %d" % len(content)
        short = b"Content-Length: 4"
        deceiving = chunked(HIDDEN)
        size = b"Content-Length: %d" % (deceiving.index(b"\r\n") + 2)
        name = line.decode("latin-1")
        yield Message("both framings", f"{name} + length of all", request(whole, line, content=content) + AFTER)
        yield Message("both framings", f"length of all + {name}", request(line, whole, content=content) + AFTER)
        yield Message("both framings", f"{name} + length of the size", request(size, line, content=deceiving) + AFTER)
        yield Message("both framings", f"{name} + short length", request(short, line, content=b"0\r\n\r\n") + AFTER)
        yield Message("Transfer-Encoding", name, request(line, content=chunked(b"hello")) + AFTER)
        yield Message("Transfer-Encoding", f"{name}, and hidden", request(line, content=content) + AFTER)
        kept = b"Connection: keep-alive"
        yield Message("HTTP/1.0", name, request(line, kept, content=chunked(HIDDEN), line=_OLD) + AFTER)
        yield Message("HTTP/1.0", f"{name} + length", request(line, kept, whole, content=content, line=_OLD) + AFTER)


def _lengths() -> Iterator[Message]:
    for line in CONTENT_LENGTHS:
        name = line.decode("latin-1")
        yield Message("Content-Length", name, request(line, content=b"hello") + AFTER)
        yield Message("Content-Length", f"{name}, and a request as content", request(line, content=HIDDEN) + AFTER)
        yield Message("Content-Length", f"{name}, of GET", request(line, content=b"hello", line=_GET) + AFTER)


def _chunks() -> Iterator[Message]:
    for octets in CHUNKS:
        name = octets.decode("latin-1")
        yield Message("chunks", name, request(b"Transfer-Encoding: chunked", content=octets) + AFTER)
        waiting = request(b"Transfer-Encoding: chunked", b"Expect: 100-continue", content=octets)
        yield Message("chunks", f"{name}, expecting 100", waiting + AFTER)


def _heads() -> Iterator[Message]:
    for line in LINES:
        name = line[:80].decode("latin-1")
        yield Message("field lines", name, request(line, line=_GET) + AFTER)
        yield Message(
            "field lines", f"{name}, with content", request(line, b"Content-Length: 5", content=b"hello") + AFTER
        )
        yield Message("field lines", f"{name}, ahead", request(b"Host: a", line, line=_GET, host=False) + AFTER)
        yield Message("field lines", f"{name}, first", request(line, b"Host: a", line=_GET, host=False) + AFTER)
        held = request(line, b"Content-Length: %d" % len(HIDDEN), content=HIDDEN)
        yield Message("field lines", f"{name}, and a request as content", held + AFTER)
    for line in REQUEST_LINES:
        name = line.decode("latin-1")
        yield Message("request lines", name, request(line=line) + AFTER)
        length = b"Content-Length: %d" % len(HIDDEN)
        yield Message("request lines", f"{name}, with content", request(length, line=line, content=HIDDEN) + AFTER)
        coded = request(b"Transfer-Encoding: chunked", line=line, content=chunked(HIDDEN))
        yield Message("request lines", f"{name}, with chunks", coded + AFTER)
    for line in HOSTS:
        lines = (line,) if line else ()
        yield Message("Host", line.decode("latin-1") or "none", request(*lines, line=_GET, host=False) + AFTER)
    for octets in (AFTER.replace(b"\r\n", b"\n"), AFTER.replace(b"\r\n", b"\r"), AFTER.replace(b"\r\n", b"\n\r")):
        yield Message("line ends", repr(octets[-4:]), octets + AFTER)
        yield Message("line ends", f"{octets[-4:]!r}, after another", AFTER + octets + AFTER)


def _sequences() -> Iterator[Message]:
    """Whole requests that follow each other, and what remains of content that was announced otherwise."""
    five = b"Content-Length: 5"
    length = b"Content-Length: %d" % len(HIDDEN)
    get, post = request(line=_GET), request(five, content=b"hello")
    head = request(line=b"HEAD /number/first HTTP/1.1")
    for name, octets in (
        ("three", get + post + AFTER),
        ("HEAD amid others", get + head + post + AFTER),
        ("HEAD with content", request(length, content=HIDDEN, line=b"HEAD /number/first HTTP/1.1") + AFTER),
        ("after close", request(b"Connection: close", line=_GET) + AFTER),
        ("after close and content", request(b"Connection: close", five, content=b"hello") + AFTER),
        ("after HTTP/1.0", request(line=b"GET /number/first HTTP/1.0") + AFTER),
        ("after HTTP/1.0 with content", request(five, content=b"hello", line=b"POST /number/first HTTP/1.0") + AFTER),
        ("HTTP/1.0 content without length", request(content=HIDDEN, line=b"POST /number/first HTTP/1.0") + AFTER),
        ("content without length", request(content=HIDDEN) + AFTER),
        ("more than announced", request(b"Content-Length: 3", content=b"hello") + AFTER),
        ("less than announced", request(b"Content-Length: 7", content=b"hello") + AFTER),
        ("less than announced, to the end", request(b"Content-Length: 700", content=HIDDEN)),
        ("a request as content", request(length, content=HIDDEN) + AFTER),
        ("a request as chunk", request(b"Transfer-Encoding: chunked", content=chunked(HIDDEN)) + AFTER),
        ("answered early", request(length, content=HIDDEN, line=_EARLY) + AFTER),
        ("answered early, chunks", request(b"Transfer-Encoding: chunked", content=chunked(HIDDEN), line=_EARLY) + AFTER),
        ("answered early, much", request(b"Content-Length: 200000", content=_padded(HIDDEN, 200_000), line=_EARLY) + AFTER),
        ("answered early, and cut", request(b"Content-Length: 900", content=HIDDEN, line=_EARLY)),
        ("expecting, with content", request(b"Expect: 100-continue", length, content=HIDDEN) + AFTER),
        ("expecting, without content", request(b"Expect: 100-continue", length) + AFTER),
        ("expecting, answered early", request(b"Expect: 100-continue", length, content=HIDDEN, line=_EARLY) + AFTER),
        ("expecting, early, no content", request(b"Expect: 100-continue", length, line=_EARLY) + AFTER),
        ("expecting, of GET", request(b"Expect: 100-continue", line=_GET) + AFTER),
        ("expecting, of HTTP/1.0", request(b"Expect: 100-continue", five, content=b"hello", line=_OLD) + AFTER),
        ("expecting, length 0", request(b"Expect: 100-continue", b"Content-Length: 0") + AFTER),
        ("CONNECT with content", request(length, content=HIDDEN, line=b"CONNECT a:80 HTTP/1.1") + AFTER),
        ("switching, with content", request(b"Connection: Upgrade", b"Upgrade: websocket", length, content=HIDDEN) + AFTER),
        ("switching, and more", request(b"Connection: Upgrade", b"Upgrade: websocket", line=_GET) + HIDDEN),
        ("length 0 and content", request(b"Content-Length: 0", content=HIDDEN) + AFTER),
        ("empty lines between", get + b"\r\n\r\n" + AFTER),
        ("line feeds between", get + b"\n\n" + AFTER),
        ("an octet between", get + b"\x00" + AFTER),
        ("a space between", get + b" " + AFTER),
        ("CR between", get + b"\r" + AFTER),
    ):  # fmt: skip
        yield Message("sequences", name, octets)


_GET = b"GET /number/first HTTP/1.1"
_OLD = b"POST /number/first HTTP/1.0"
_EARLY = b"POST /number/early HTTP/1.1"


def _padded(octets: bytes, size: int) -> bytes:
    return octets + b"x" * (size - len(octets))


def played(octets: bytes, number: int) -> bytes:
    """With this number in all targets. It has as many digits as its place, so that lengths stay what they are."""
    return octets.replace(NUMBER, b"%06d" % number)


MESSAGES: tuple[Message, ...] = (*_both_framings(), *_lengths(), *_chunks(), *_heads(), *_sequences())
