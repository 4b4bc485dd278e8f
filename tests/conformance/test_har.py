"""HTTP archives with the oddities of those who write them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.conformance.har import NotAnArchive, is_archive, read_archive
from statuary.message.request import UNKNOWN_LENGTH
from statuary.wire.transcript import Seen


def entry(
    *,
    url: str = "https://example.org/a?b",
    method: str = "GET",
    version: str = "HTTP/1.1",
    asked: tuple[tuple[str, str], ...] = (),
    status: object = 200,
    fields: tuple[tuple[str, str], ...] = (),
    content: object = None,
    **more: object,
) -> dict[str, Any]:
    return {
        "request": {"method": method, "url": url, "httpVersion": version, "headers": headers(asked)},
        "response": {
            "status": status,
            "httpVersion": version,
            "headers": headers(fields),
            "content": {"size": 0} if content is None else content,
        },
        **more,
    }


def headers(lines: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in lines]


def read(*entries: object) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
    return read_archive(json.dumps({"log": {"version": "1.2", "entries": entries}}).encode())


def only(told: object) -> Seen:
    (one,), remarks = read(told)
    assert remarks == ()
    return one


def test_an_entry_becomes_an_exchange() -> None:
    one = only(entry(asked=(("Accept", "*/*"),), fields=(("Content-Length", "0"),)))
    request, final = one.exchange.request, one.exchange.final
    assert (request.method, request.scheme, request.authority, request.target) == (
        "GET",
        "https",
        "example.org",
        "/a?b",
    )
    assert request.fields.lines == (("Host", "example.org"), ("Accept", "*/*"))
    assert final is not None
    assert (final.status, final.fields.lines, one.is_content_known) == (200, (("Content-Length", "0"),), True)


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ("HTTP/1.0", (1, 0)),
        ("http/1.1", (1, 1)),
        ("h2", (2, 0)),
        ("HTTP/2", (2, 0)),
        ("http/2.0", (2, 0)),
        ("h3-29", (3, 0)),
    ],
)
def test_versions(told: str, version: tuple[int, int]) -> None:
    assert only(entry(version=told)).exchange.request.version == version


def test_an_untold_version_shows_in_the_fields() -> None:
    assert only(entry(version="unknown", fields=(("Connection", "close"),))).exchange.request.version == (1, 1)
    assert only(entry(version="", fields=(("etag", '"1"'),))).exchange.request.version == (2, 0)


def test_pseudo_header_fields_are_no_fields() -> None:
    one = only(
        entry(
            version="",
            asked=((":authority", "example.org"), ("accept", "*/*")),
            fields=((":status", "200"), ("a", "b")),
        )
    )
    assert one.exchange.request.version == (2, 0)
    assert one.exchange.request.fields.lines == (("accept", "*/*"),)
    assert one.exchange.final is not None
    assert one.exchange.final.fields.lines == (("a", "b"),)


def test_values_become_octets() -> None:
    fields = (("Set-Cookie", "a=1\nb=2"), ("X", " snow ☃\x00 "), ("Y", "é"), ("not a name", "x"))
    final = only(entry(fields=fields)).exchange.final
    assert final is not None
    assert final.fields.lines == (
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("X", "snow â\x98\x83"),
        ("Y", "é"),
    )


@pytest.mark.parametrize(
    ("fields", "content", "expected"),
    [
        ((("Content-Length", "2"),), {"size": 2, "text": "ab"}, b"ab"),
        ((("Content-Length", "2"),), {"size": 2, "text": "YWI=", "encoding": "base64"}, b"ab"),
        ((("Content-Length", "0"),), {"size": 0}, b""),
        ((("Content-Length", "2"),), {"size": 2}, None),  # left out
        ((("Content-Length", "1"),), {"size": 1, "text": "é"}, None),  # recoded
        ((("Content-Length", "22"), ("Content-Encoding", "gzip")), {"size": 2, "text": "ab"}, None),  # decoded
        ((), {"size": 2, "text": "ab"}, None),
        ((), {"size": 0}, None),
        ((("Content-Length", "2"),), {"text": "!", "encoding": "base64"}, None),
        ((("Content-Length", "2"),), "nonsense", None),
    ],
)
def test_content_is_relied_on_only_where_it_has_its_octets(
    fields: tuple[tuple[str, str], ...], content: object, expected: bytes | None
) -> None:
    one = only(entry(fields=fields, content=content))
    assert one.exchange.final is not None
    assert (one.exchange.final.content, one.is_content_known) == (expected or b"", expected is not None)


def test_a_304_with_the_stored_content_has_none() -> None:
    one = only(entry(status=304, content={"size": 5, "text": "hello"}))
    assert one.exchange.final is not None
    assert (one.exchange.final.content, one.is_content_known) == (b"", True)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (entry(status=0), "no response came (status 0)"),
        (entry(status="200"), "no response came (status 0)"),
        (entry(url="data:text/plain,x"), "not http or https"),
        (entry(url="chrome-extension://abc/x"), "not http or https"),
        (entry(url="http:///x"), "no method or no URL"),
        (entry(url="http://[x"), "no method or no URL"),
        (entry(method="G T"), "no method or no URL"),
        (entry(_fromCache="disk"), "answered by the browser's cache"),
        ({"request": {}}, "no request or no response in it"),
        (7, "not an object"),
    ],
)
def test_what_is_no_exchange_is_counted(told: object, reason: str) -> None:
    assert read(told, told) == ((), (f"2 of 2 entries left out: {reason}",))


def test_requests_with_content_and_other_methods() -> None:
    told = entry(method="POST", asked=(("Transfer-Encoding", "chunked"),))
    assert only(told).exchange.request.content_length == UNKNOWN_LENGTH
    told = entry(method="POST")
    told["request"]["bodySize"] = 7
    assert only(told).exchange.request.content_length == 7
    connect = only(entry(method="CONNECT", url="https://example.org:443")).exchange.request
    assert (connect.target, connect.path, connect.authority) == ("example.org:443", "", "example.org:443")
    socket = only(entry(url="wss://example.org/chat", status=101)).exchange
    assert socket.final is not None
    assert (socket.request.scheme, socket.final.status) == ("https", 101)
    assert only(entry(status=103)).exchange.final is None


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (b"{", "not valid JSON"),
        (b"{}", "not a HAR"),
        (b'{"log": {"entries": {}}}', "not a HAR"),
        (b'{"a": "\xff"}', "not in UTF-8"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": [' + b"[]," * 3_000_000, "more than 3000000 objects"),
        (b'{"a": ' + b"1" * 10_000 + b"}", "not valid JSON"),
    ],
)
def test_what_is_no_archive_is_refused(octets: bytes, says: str) -> None:
    assert is_archive(octets)
    with pytest.raises(NotAnArchive, match=says):
        read_archive(octets)


def test_an_archive_of_too_many_entries_is_refused() -> None:
    with pytest.raises(NotAnArchive, match="split it"):
        read_archive(b'{"log": {"entries": [' + b"0," * 100_000 + b"0]}}")


def test_host_comes_first_as_archives_sort_the_fields() -> None:
    request = only(entry(asked=(("Accept", "*/*"), ("Host", "example.org")))).exchange.request
    assert request.fields.lines == (("Host", "example.org"), ("Accept", "*/*"))


def test_a_byte_order_mark_is_skipped() -> None:
    octets = b"\xef\xbb\xbf\n" + json.dumps({"log": {"entries": [entry()]}}).encode()
    assert is_archive(octets)
    assert len(read_archive(octets)[0]) == 1


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-1, 700), st.text(max_size=8), st.sampled_from(["GET", "http://a/b"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["method", "url", "httpVersion", "headers", "bodySize", "status", "content", "_fromCache", "text"]
)


@given(
    st.lists(st.fixed_dictionaries({"request": st.dictionaries(KEYS, JSON), "response": st.dictionaries(KEYS, JSON)}))
)
def test_entries_of_any_shape_are_taken_or_left_out(entries: list[Any]) -> None:
    for told in entries:
        told["request"].setdefault("url", "https://example.org/")
    seen, remarks = read(*entries)
    assert len(seen) == len(entries) - sum(int(remark.split()[0]) for remark in remarks)


@given(st.binary(max_size=40))
def test_base64_of_any_octets_is_read_back(octets: bytes) -> None:
    text = base64.b64encode(octets).decode()
    fields = (("Content-Length", str(len(octets))),)
    one = only(entry(fields=fields, content={"size": len(octets), "text": text, "encoding": "base64"}))
    assert one.exchange.final is not None
    assert (one.exchange.final.content, one.is_content_known) == (octets, True)
