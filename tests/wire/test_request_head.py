"""Request lines, header sections and framing: what each malformed one is answered with, and what each valid one means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.request_head import parse_request_head

from .streams import tokens

LIMITS = WireLimits()
HOST = b"Host: a.example\r\n"


def parse(line: bytes, section: bytes = HOST) -> Request:
    return parse_request_head(line, section, LIMITS)[0]


def refusal(line: bytes, section: bytes = HOST) -> tuple[int, str]:
    with pytest.raises(MalformedMessage) as raised:
        parse(line, section)
    assert raised.value.detail
    return raised.value.status, raised.value.because


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # method SP request-target SP HTTP-version and nothing else, RFC 9112 section 3: none of the white space that
        # section 3-1 would let a recipient take
        (b"", (400, "rfc9112-3.2-1")),
        (b"GET", (400, "rfc9112-3.2-1")),
        (b"GET /", (400, "rfc9112-3.2-1")),  # HTTP/0.9
        (b"GET / HTTP/1.1 ", (400, "rfc9112-3.2-1")),
        (b" GET / HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET  / HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /  HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET\t/\tHTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET / a HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /\rHTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /\nX: y HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /\x0b HTTP/1.1", (400, "rfc9112-3.2-1")),
        # method = token, RFC 9110 section 9.1
        (b"G@T / HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET: / HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"G\xc9T / HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"\0 / HTTP/1.1", (400, "rfc9112-3.2-1")),
        # HTTP-version = "HTTP/" DIGIT "." DIGIT, RFC 9112 section 2.3; its letters have a case
        (b"GET / HTTP/1", (400, "rfc9112-3.2-1")),
        (b"GET / HTTP/1.", (400, "rfc9112-3.2-1")),
        (b"GET / HTTP/1.10", (400, "rfc9112-3.2-1")),
        (b"GET / HTTP/11.1", (400, "rfc9112-3.2-1")),
        (b"GET / http/1.1", (400, "rfc9112-3.2-1")),
        (b"GET / HTTP/1,1", (400, "rfc9112-3.2-1")),
        (b"GET / HTTP/\xb2.1", (400, "rfc9112-3.2-1")),  # a digit to str.isdigit only
        (b"GET / ICY/1.1", (400, "rfc9112-3.2-1")),
        (b"GET / HTTP/0.9", (505, "rfc9110-15.6.6")),
        (b"GET / HTTP/2.0", (505, "rfc9110-15.6.6")),
        (b"GET / HTTP/9.9", (505, "rfc9110-15.6.6")),
        (b"PRI * HTTP/2.0", (505, "rfc9110-15.6.6")),
        # request-target, RFC 9112 section 3.2
        (b"GET a HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET a.example/ HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET ?a HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /a#b HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /\xe9 HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /\x7f HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /% HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /%4 HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /%4g HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET /?%zz HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"PUT /{ HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET //{ HTTP/1.1", (400, "rfc9112-3.2-1")),  # encoded, it would be a Location with another authority
        (b"GET http:/a HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET http://a.example/{ HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET mailto:a@b HTTP/1.1", (400, "rfc9112-3.2-1")),
        (b"GET http:///a HTTP/1.1", (400, "rfc9112-3.2-6")),
        (b"GET http://u:p@a.example/ HTTP/1.1", (400, "rfc9112-3.2-6")),
        (b"GET http://a:70000/ HTTP/1.1", (400, "rfc9112-3.2-6")),
        (b"GET http://[::1/ HTTP/1.1", (400, "rfc9112-3.2-6")),
        (b"GET * HTTP/1.1", (400, "rfc9112-3.2.4")),
        (b"PUT * HTTP/1.1", (400, "rfc9112-3.2.4")),
        (b"CONNECT a.example HTTP/1.1", (400, "rfc9110-9.3.6-2")),
        (b"CONNECT http://a.example HTTP/1.1", (400, "rfc9110-9.3.6-2")),
        (b"CONNECT [::1] HTTP/1.1", (400, "rfc9110-9.3.6-2")),
        # Longer than any request line taken: 3-4
        (b"GET /" + b"a" * 17_000 + b" HTTP/1.1", (414, "rfc9112-3-3")),
        (b"G" * 17_000 + b" / HTTP/1.1", (414, "rfc9112-3-3")),
    ],
)
def test_a_malformed_request_line_is_refused(line: bytes, expected: tuple[int, str]) -> None:
    assert refusal(line) == expected


@pytest.mark.parametrize(
    ("target", "location"),
    [
        (b"/a{b}", "/a%7Bb%7D"),
        (b'/"<>\\^`|[]', "/%22%3C%3E%5C%5E%60%7C%5B%5D"),
        (b"/a?b=`", "/a?b=%60"),
        (b"/%7b{", "/%7b%7B"),  # what is encoded already stays as it is
    ],
)
@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
def test_a_target_in_need_of_encoding_is_redirected_to(method: bytes, target: bytes, location: str) -> None:
    with pytest.raises(MalformedMessage) as raised:
        parse(method + b" " + target + b" HTTP/1.1")
    assert (raised.value.status, raised.value.location) == (301, location)
    assert parse(b"GET " + location.encode() + b" HTTP/1.1").target == location


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        # Exactly one valid Host, rfc9112-3.2-6
        (b"", (400, "rfc9112-3.2-6")),
        (b"Accept: */*\r\n", (400, "rfc9112-3.2-6")),
        (HOST + HOST, (400, "rfc9112-3.2-6")),
        (HOST + b"host: b.example\r\n", (400, "rfc9112-3.2-6")),
        (b"Host:\r\nHost:\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: a.example\r\nHost:\r\n", (400, "rfc9112-3.2-6")),
        (b"Host:\r\n", (400, "rfc9112-3.2-6")),  # an http URI has a host: RFC 9110 section 4.2.1
        (b"Host: a.example, b.example\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: a b\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: u@a.example\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: http://a.example\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: a.example/\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: a.example:port\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: a.example:99999\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: a:1:2\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: [::1\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: ::1\r\n", (400, "rfc9112-3.2-6")),
        (b"Host: \xe9.example\r\n", (400, "rfc9112-3.2-6")),
        (b'Host: "a"\r\n', (400, "rfc9112-3.2-6")),
        # Field lines, RFC 9112 section 5
        (HOST + b"A : b\r\n", (400, "rfc9112-5.1-1")),
        (HOST + b"A\t: b\r\n", (400, "rfc9112-5.1-1")),
        (b"Host : a.example\r\n", (400, "rfc9112-5.1-1")),
        (HOST + b"Transfer-Encoding : chunked\r\n", (400, "rfc9112-5.1-1")),
        (HOST + b" b\r\n", (400, "rfc9112-5.2-2")),
        (HOST + b"\tb\r\n", (400, "rfc9112-5.2-2")),
        (b" Host: a.example\r\n", (400, "rfc9112-5.2-2")),  # rfc9112-2.2-9: between request line and first field
        (HOST + b" \r\n", (400, "rfc9112-5.2-2")),
        (HOST + b"A\r\n", (400, "rfc9112-5")),
        (HOST + b": b\r\n", (400, "rfc9110-5.1")),
        (HOST + b"A B: c\r\n", (400, "rfc9110-5.1")),
        (HOST + b"A(: b\r\n", (400, "rfc9110-5.1")),
        (HOST + b'"A": b\r\n', (400, "rfc9110-5.1")),
        (HOST + b"\xe9: b\r\n", (400, "rfc9110-5.1")),
        (HOST + b"A\0: b\r\n", (400, "rfc9110-5.1")),
        (HOST + b"\x0bA: b\r\n", (400, "rfc9110-5.1")),
        (HOST + b"A: \0\r\n", (400, "rfc9110-5.5-4")),
        (HOST + b"A: b\x01\r\n", (400, "rfc9110-5.5-4")),
        (HOST + b"A: b\x7f\r\n", (400, "rfc9110-5.5-4")),
        (HOST + b"A: \x0b\r\n", (400, "rfc9110-5.5-4")),
        # A lone CR or LF is neither a line end (rfc9112-2.2-2) nor part of a value (rfc9112-2.2-4)
        (HOST + b"A: b\nC: d\r\n", (400, "rfc9112-2.2-4")),
        (HOST + b"A: b\rC: d\r\n", (400, "rfc9112-2.2-4")),
        (HOST + b"A: b\r\r\n", (400, "rfc9112-2.2-4")),
        (b"Host: a.example\n", (400, "rfc9112-2.2-4")),
        # More lines than are taken
        (HOST + b"A: b\r\n" * 200, (431, "rfc9110-5.4-1")),
    ],
)
def test_a_malformed_header_section_is_refused(section: bytes, expected: tuple[int, str]) -> None:
    assert refusal(b"GET / HTTP/1.1", section) == expected


CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("version", "framing", "expected"),
    [
        # Content-Length = 1*DIGIT, and one of it: RFC 9112 section 6.3, RFC 9110 section 8.6
        (b"1.1", b"Content-Length:\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: -1\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: +1\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: 1.0\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: 0x1\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: 1_0\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: 1 0\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: \xb2\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: 1, 2\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: 1, 1\r\n", (400, "rfc9112-6.3-5")),  # rfc9110-8.6-13 would let us take it
        (b"1.1", b"Content-Length: 1\r\nContent-Length: 1\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: 1\r\nContent-Length: 2\r\n", (400, "rfc9112-6.3-5")),
        (b"1.1", b"Content-Length: 1\r\ncontent-length:\r\n", (400, "rfc9112-6.3-5")),
        (b"1.0", b"Content-Length: a\r\n", (400, "rfc9112-6.3-5")),
        # Transfer-Encoding: chunked, once, last, and nothing else that we would have to decode
        (b"1.1", b"Transfer-Encoding:\r\n", (400, "rfc9112-6.3-3")),
        (b"1.1", b"Transfer-Encoding: ,\r\n", (400, "rfc9112-6.3-3")),
        (b"1.1", b"Transfer-Encoding: gzip\r\n", (400, "rfc9112-6.3-3")),
        (b"1.1", b"Transfer-Encoding: identity\r\n", (400, "rfc9112-6.3-3")),
        (b"1.1", b"Transfer-Encoding: chunked, gzip\r\n", (400, "rfc9112-6.3-3")),
        (b"1.1", b"Transfer-Encoding: chunked, identity\r\n", (400, "rfc9112-6.3-3")),
        (b"1.1", b"Transfer-Encoding: xchunked\r\n", (400, "rfc9112-6.3-3")),
        (b"1.1", b"Transfer-Encoding: chunke\r\n", (400, "rfc9112-6.3-3")),
        (b"1.1", b"Transfer-Encoding: chunked;a=b\r\n", (400, "rfc9112-6.3-3")),  # rfc9112-7.1-4
        (b"1.1", b'Transfer-Encoding: "chunked"\r\n', (400, "rfc9112-6.3-3")),
        (b"1.1", b"Transfer-Encoding: \xa0chunked\r\n", (400, "rfc9112-6.3-3")),
        (b"1.1", b"Transfer-Encoding: \x0bchunked\r\n", (400, "rfc9110-5.5-4")),
        (b"1.1", CHUNKED + b"Transfer-Encoding: identity\r\n", (400, "rfc9112-6.3-3")),
        (b"1.1", CHUNKED + CHUNKED, (400, "rfc9112-6.1-4")),
        (b"1.1", b"Transfer-Encoding: chunked, chunked\r\n", (400, "rfc9112-6.1-4")),
        (b"1.1", b"Transfer-Encoding: gzip, chunked\r\n", (501, "rfc9112-6.1-9")),
        (b"1.1", b"Transfer-Encoding: identity, chunked\r\n", (501, "rfc9112-6.1-9")),
        (b"1.1", b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", (501, "rfc9112-6.1-9")),
        # Both at once is how requests are smuggled
        (b"1.1", CHUNKED + b"Content-Length: 3\r\n", (400, "rfc9112-6.1-13")),
        (b"1.1", b"Content-Length: 0\r\n" + CHUNKED, (400, "rfc9112-6.1-13")),
        (b"1.1", b"Content-Length: a\r\n" + CHUNKED, (400, "rfc9112-6.1-13")),
        (b"1.0", CHUNKED, (400, "rfc9112-6.1-14")),
        (b"1.0", CHUNKED + b"Content-Length: 3\r\n", (400, "rfc9112-6.1-14")),
        (b"1.0", b"Transfer-Encoding: gzip\r\n", (400, "rfc9112-6.1-14")),
    ],
)
@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_faulty_framing_is_refused(method: bytes, version: bytes, framing: bytes, expected: tuple[int, str]) -> None:
    assert refusal(method + b" / HTTP/" + version, HOST + framing) == expected


@pytest.mark.parametrize(
    ("framing", "length"),
    [
        (b"", None),
        (b"Content-Length: 0\r\n", 0),
        (b"Content-Length: 5\r\n", 5),
        (b"content-length:5\r\n", 5),
        (b"CONTENT-LENGTH: \t005 \r\n", 5),
        (b"Content-Length: " + b"9" * 5000 + b"\r\n", 10**18),  # no overflow: rfc9110-8.6-11
        (CHUNKED, UNKNOWN_LENGTH),
        (b"transfer-encoding:CHUNKED\r\n", UNKNOWN_LENGTH),
        (b"Transfer-Encoding: , chunked ,\r\n", UNKNOWN_LENGTH),  # empty members are skipped: RFC 9110 section 5.6.1.2
        (b"Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n", UNKNOWN_LENGTH),
        (b"Content-Lengths: 5\r\n", None),
    ],
)
def test_the_length_of_content(framing: bytes, length: int | None) -> None:
    assert parse(b"POST / HTTP/1.1", HOST + framing).content_length == length


@pytest.mark.parametrize(
    ("line", "path", "query", "authority", "scheme"),
    [
        (b"GET / HTTP/1.1", "/", None, "a.example", "http"),
        (b"GET /? HTTP/1.1", "/", "", "a.example", "http"),
        (b"GET /a/b?c=/d?e HTTP/1.1", "/a/b", "c=/d?e", "a.example", "http"),
        (b"GET /%2F%00?%ff HTTP/1.1", "/%2F%00", "%ff", "a.example", "http"),
        (b"GET //b.example/ HTTP/1.1", "//b.example/", None, "a.example", "http"),
        (b"GET /a?b[c]=d HTTP/1.1", "/a", "b[c]=d", "a.example", "http"),
        (b"GET /http://b.example HTTP/1.1", "/http://b.example", None, "a.example", "http"),
        (b"GET http://b.example HTTP/1.1", "/", None, "b.example", "http"),  # rfc9112-3.2.2-5
        (b"GET http://B.example:81/c?d HTTP/1.1", "/c", "d", "b.example:81", "http"),
        (b"GET http://b.example?d HTTP/1.1", "/", "d", "b.example", "http"),
        (b"GET HTTPS://b.example/ HTTP/1.1", "/", None, "b.example", "https"),
        (b"GET http://[::1]:8080/ HTTP/1.1", "/", None, "[::1]:8080", "http"),
        (b"OPTIONS * HTTP/1.1", "*", None, "a.example", "http"),
        (b"OPTIONS http://b.example HTTP/1.1", "*", None, "b.example", "http"),  # rfc9112-3.2.4-2
        (b"OPTIONS http://b.example/ HTTP/1.1", "/", None, "b.example", "http"),
        (b"OPTIONS http://b.example?c HTTP/1.1", "/", "c", "b.example", "http"),
        (b"CONNECT b.example:443 HTTP/1.1", "", None, "b.example:443", "http"),
        (b"CONNECT [::1]:443 HTTP/1.1", "", None, "[::1]:443", "http"),
    ],
)
def test_the_target_uri(line: bytes, path: str, query: str | None, authority: str, scheme: str) -> None:
    request = parse(line)
    assert (request.path, request.query, request.authority, request.scheme) == (path, query, authority, scheme)
    assert request.target.encode() == line.split(b" ")[1]


@pytest.mark.parametrize(
    ("version", "expected"), [(b"1.0", (1, 0)), (b"1.1", (1, 1)), (b"1.2", (1, 2)), (b"1.9", (1, 9))]
)
def test_versions_of_our_major_version_are_read(version: bytes, expected: tuple[int, int]) -> None:
    assert parse(b"GET / HTTP/" + version).version == expected


def test_http_1_0_needs_no_host_but_a_valid_one_if_any() -> None:
    assert parse(b"GET / HTTP/1.0", b"").authority is None
    assert refusal(b"GET / HTTP/1.0", b"Host: a b\r\n") == (400, "rfc9112-3.2-6")
    assert refusal(b"GET / HTTP/1.0", HOST + HOST) == (400, "rfc9112-3.2-6")
    assert refusal(b"GET / HTTP/1.2", b"") == (400, "rfc9112-3.2-6")


@given(method=tokens)
def test_any_token_is_a_method_with_its_case(method: str) -> None:
    # Whether it is implemented is for decide: rfc9112-3-2. CONNECT alone has its own form of target.
    target = "/" if method != "CONNECT" else "a:1"
    assert parse(f"{method} {target} HTTP/1.1".encode()).method == method


def test_a_request_line_of_8000_octets_is_taken() -> None:
    # rfc9112-3-4
    line = b"GET /" + b"a" * (8000 - len(b"GET / HTTP/1.1")) + b" HTTP/1.1"
    assert len(parse(line).path) == 7987


def attempt(octets: bytes, section: bytes = HOST) -> Request | MalformedMessage:
    try:
        return parse(octets, section)
    except MalformedMessage as error:
        return error


@given(octets=st.binary(max_size=40), section=st.binary(max_size=40))
def test_nothing_but_a_malformed_message_is_raised(octets: bytes, section: bytes) -> None:
    match attempt(octets, section):
        case Request() as request:
            assert request.version >= (1, 0)
        case MalformedMessage() as error:
            assert error.status in (301, 400, 414, 431, 501, 505)
            # What goes into our own response holds nothing that could break out of a field line
            assert (error.location or "").isascii()
            assert (error.location or "").isprintable()


@given(target=st.text(st.characters(max_codepoint=0xFF), max_size=20))
def test_a_target_is_taken_as_it_is_or_not_at_all(target: str) -> None:
    # rfc9112-3.2-2: never repaired
    match attempt(f"GET {target} HTTP/1.1".encode("latin-1")):
        case Request() as request:
            assert request.target == target
        case MalformedMessage(location=str() as location):
            assert parse(f"GET {location} HTTP/1.1".encode()).target == location
