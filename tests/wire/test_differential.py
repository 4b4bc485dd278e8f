"""Two independent readers as oracles. What both take and agree on, we read as they do, or refuse for a reason named here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from itertools import takewhile

import h11
import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .streams import PIECES, Read, Refused, any_octets, pipelines, read

Message = tuple[str, str, tuple[tuple[str, str], ...], bytes]

# Where we are stricter than both of them, on purpose: requirement or section, and why
STRICTER = {
    "rfc9112-2.2-4": "a lone LF ends no line; what stands between us and the client may read it otherwise",
    "rfc9112-2.2-10": "more empty lines than a faulty client would send",
    "rfc9112-3.2-1": "the target has characters that no URI has, or the request line has other white space",
    "rfc9112-3.2-6": "Host is checked, and wanted once",
    "rfc9112-3.2.4": "the asterisk form is for OPTIONS",
    "rfc9110-9.3.6-2": "CONNECT names a host and a port",
    "rfc9112-5.2-2": "no field is folded",
    "rfc9112-6.1-13": "Content-Length beside Transfer-Encoding",
    "rfc9112-6.1-14": "HTTP/1.0 has no transfer codings",
    "rfc9112-6.3-5": "Content-Length is one number, even where a list repeats it",
    "rfc9112-7.1": "no white space after the size of a chunk, no lone CR or LF about it",
    "rfc9112-6.3-3": "the last transfer coding is chunked",
    "rfc9112-6.1-4": "chunked is applied once",
    "rfc9110-15.6.6": "another major version than 1",
}


def by_h11(octets: bytes) -> list[Message]:
    """The complete requests that h11 reads, up to the first it refuses."""
    messages: list[Message] = []
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(octets)
    connection.receive_data(b"")
    request: h11.Request | None = None
    content = b""
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError:
            return messages
        if isinstance(event, h11.Request):
            request, content = event, b""
        elif isinstance(event, h11.Data):
            content += event.data
        elif isinstance(event, h11.EndOfMessage):
            assert request is not None
            messages.append(
                message(request.method, request.target, [(bytes(n), bytes(v)) for n, v in request.headers], content)
            )
            request = None
        elif event is h11.PAUSED:
            # It wants an answer before it goes on
            try:
                connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
                connection.send(h11.EndOfMessage())
                connection.start_next_cycle()
            except h11.LocalProtocolError:
                return messages
        else:
            return messages


class Collector:
    """Callbacks for httptools, which names them so."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.parser = httptools.HttpRequestParser(self)

    def on_message_begin(self) -> None:
        self.target = b""
        self.lines: list[tuple[bytes, bytes]] = []
        self.content = b""
        self.in_head = True

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_head:
            self.lines.append((name, value))

    def on_headers_complete(self) -> None:
        self.in_head = False
        self.method = self.parser.get_method()

    def on_body(self, body: bytes) -> None:
        self.content += body

    def on_message_complete(self) -> None:
        self.messages.append(message(self.method, self.target, self.lines, self.content))


def by_httptools(octets: bytes) -> list[Message]:
    """The same for httptools, which also ends at CONNECT and at an Upgrade."""
    collector = Collector()
    with contextlib.suppress(httptools.HttpParserError, httptools.HttpParserUpgrade):
        collector.parser.feed_data(octets)
    return collector.messages


def message(method: bytes, target: bytes, lines: list[tuple[bytes, bytes]], content: bytes) -> Message:
    decoded = [(name.decode("latin-1"), value.decode("latin-1").strip(" \t")) for name, value in lines]
    return method.decode(), target.decode("latin-1"), in_common_spelling(decoded), content


def in_common_spelling(lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """As h11 gives them: names in lower case, and that of a transfer coding too."""
    lower = [(name.lower(), value) for name, value in lines]
    return tuple((name, value.lower() if name == "transfer-encoding" else value) for name, value in lower)


def ours(octets: bytes) -> tuple[list[Message], Refused | None]:
    found, refused = read(octets)
    return [as_message(request) for request in found], refused


def as_message(request: Read) -> Message:
    return request.method, request.target, in_common_spelling(request.lines), request.content


@pytest.mark.parametrize("oracle", [by_h11, by_httptools])
@given(stream=pipelines())
def test_valid_requests_are_read_as_others_read_them(
    oracle: Callable[[bytes], list[Message]], stream: tuple[bytes, list[Read]]
) -> None:
    octets, expected = stream
    found = oracle(octets)
    # They may stop early: h11 after HTTP/1.0, httptools at methods it does not know
    assert found == [as_message(request) for request in expected][: len(found)]


def agree(octets: bytes) -> None:
    both = zip(by_h11(octets), by_httptools(octets), strict=False)
    common = [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], both)]
    found, refused = ours(octets)
    assert found[: len(common)] == common[: len(found)]
    if len(found) < len(common):
        assert refused is not None, "they read a request where we wait for more"
        assert refused.because in STRICTER


@given(octets=any_octets)
def test_where_both_oracles_agree_so_do_we_or_we_refuse(octets: bytes) -> None:
    agree(octets)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join))
def test_fields_of_every_kind_in_one_head(fields: bytes) -> None:
    agree(b"PUT / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("octets", "because"),
    [
        (b"\r\n" * 6 + b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "rfc9112-2.2-10"),
        (b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", "rfc9112-3.2-1"),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "rfc9112-3.2-6"),
        (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", "rfc9112-3.2.4"),
        (b"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "rfc9112-6.1-14"),
        (b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0 \r\n\r\n", "rfc9112-7.1"),
    ],
)
def test_reasons_to_be_stricter(octets: bytes, because: str) -> None:
    """Rows that at least one oracle reads as a request."""
    assert by_h11(octets) or by_httptools(octets)
    found, refused = ours(octets)
    assert found == []
    assert refused is not None
    assert refused.because == because
    assert because in STRICTER
