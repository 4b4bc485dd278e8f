"""What is read as what, what is found in it, and what is held back because it was not seen for sure."""

from __future__ import annotations

import gzip
import json

import pytest

from statuary.conformance import linting
from statuary.conformance.linting import Unreadable, examine, read
from statuary.semantics.judgement import Role
from statuary.wire.response_reader import GRAMMAR

TRANSCRIPT = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
DATED = "Date: Sun, 22 Nov 2026 18:00:00 GMT"


def archive(*, status: int, content: object) -> bytes:
    request = {"method": "GET", "url": "https://example.org/", "httpVersion": "h2", "headers": []}
    response = {
        "status": status,
        "httpVersion": "h2",
        "headers": [{"name": "Date", "value": DATED[6:]}],
        "content": content,
    }
    return json.dumps({"log": {"entries": [{"request": request, "response": response}]}}).encode()


ARCHIVE = archive(status=404, content={"size": 3})


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (TRANSCRIPT, 204),
        (gzip.compress(TRANSCRIPT, mtime=0), 204),
        (ARCHIVE, 404),
        (gzip.compress(ARCHIVE, mtime=0), 404),
    ],
)
def test_files_are_recognised_by_content(data: bytes, status: int) -> None:
    (one,), remarks = read(data)
    assert one.exchange.final is not None
    assert (one.exchange.final.status, remarks) == (status, ())


def test_a_file_may_have_several_gzip_members() -> None:
    half = len(TRANSCRIPT) // 2
    assert len(read(gzip.compress(TRANSCRIPT[:half], mtime=0) + gzip.compress(TRANSCRIPT[half:], mtime=0))[0]) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"hello", "neither a request nor a status line"),
        (b"", "no HTTP message"),
        (b"{}", "not a HAR"),
        (b"\x1f\x8bnonsense", "damaged"),
        (gzip.compress(TRANSCRIPT, mtime=0)[:-9], "end too early"),
        (b"a" * 1001, "larger than"),
        (gzip.compress(b"a" * 1001, mtime=0), "larger than"),
        (gzip.compress(b"a" * 999, mtime=0) * 1000, "larger than"),
        (gzip.compress(b"", mtime=0) * 1001, "more than 1000 members"),
    ],
)
def test_what_can_not_be_read_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(data, most=1000)


def test_a_gzip_bomb_is_not_inflated() -> None:
    with pytest.raises(Unreadable, match="larger than 1 MiB"):
        read(gzip.compress(bytes(64 * 1024 * 1024), mtime=0), most=1024 * 1024)


def found(data: bytes, role: Role = "server") -> list[tuple[str, str]]:
    return [(finding.message, finding.requirement) for finding in examine(read(data)[0], role)]


def test_problems_of_the_octets_are_findings_about_whoever_sent_them() -> None:
    request = "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\nA : b\r\n\r\n"
    data = f"{request}HTTP/1.1 204 No Content\r\nC : d\r\n{DATED}\r\n\r\n".encode()
    assert found(data, "server") == [("response", GRAMMAR)]
    assert found(data, "client") == [("request", GRAMMAR)]
    assert {("request", GRAMMAR), ("response", GRAMMAR)} <= set(found(data, "intermediary"))


def test_nothing_is_concluded_from_content_that_was_not_seen() -> None:
    fields = f"{DATED}\r\nContent-Type: text/plain\r\nContent-Length: "
    error = f"GET / HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 404 Not Found\r\n{fields}"
    assert found(f"{error}0\r\n\r\n".encode()) != []
    assert found(f"{error}3\r\n\r\nwhy".encode()) == []
    assert found(archive(status=404, content={"size": 0})) == []


def test_a_request_that_was_made_up_is_not_judged() -> None:
    assert found(b"HTTP/1.1 204 No Content\r\n\r\n", "client") == []


def test_too_large_says_how_much_is_taken() -> None:
    assert linting.too_large(linting.MOST_OCTETS) == "larger than 64 MiB, the most that is read"


@pytest.mark.parametrize(
    "head",
    [
        '206 Partial Content\nETag: "1"\nContent-Range: bytes 100-101/200\nContent-Length: 2\n\nab',
        '206 Partial Content\nETag: "1"\nContent-Type: multipart/byteranges; boundary=x\nContent-Length: 99\n\n',
        "416 Range Not Satisfiable\nContent-Range: bytes */200\nContent-Length: 3\n\nwhy",
        '304 Not Modified\nETag: "1"\n\n',
        "417 Expectation Failed\nContent-Length: 3\n\nwhy",
        "405 Method Not Allowed\nAllow: GET, HEAD, POST, PUT, DELETE\nContent-Length: 3\n\nwhy",
        "201 Created\nContent-Length: 0\n\n",
        "501 Not Implemented\nContent-Length: 3\n\nwhy",
    ],
)
@pytest.mark.parametrize("interim", ["", "HTTP/1.1 100 Continue\n\n"])
def test_a_response_alone_is_not_blamed_for_a_request_nobody_saw(head: str, interim: str) -> None:
    start, _, rest = head.partition("\n")
    typed = "" if "Content-Type" in rest or start.startswith("304") else "Content-Type: text/plain\n"
    text = f"{interim}HTTP/1.1 {start}\n{DATED}\n{typed}{rest}"
    for data in (text.encode(), text.replace("\n", "\r\n").encode()):
        assert found(data) == []
