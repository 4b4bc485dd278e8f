"""What a stored response answers, and what a HEAD says of it."""

from __future__ import annotations

import pytest

from statuary.fields.dates import format_http_date
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.cached_answer import answering, part_of, updated_by_head
from statuary.semantics.caching import Entry

NOW = 1_800_000_000
MODIFIED = format_http_date(NOW - 1000)
LINES = [("Date", format_http_date(NOW)), ("ETag", '"a"'), ("Last-Modified", MODIFIED), ("Age", "5"), ("X-Old", "1")]
STORED = Response(200, Fields([*LINES, ("Content-Length", "5")]), b"first")


@pytest.mark.parametrize(
    ("method", "condition", "status", "content"),
    [
        ("GET", {}, 200, b"first"),
        ("HEAD", {}, 200, b""),
        ("GET", {"If-None-Match": '"a"'}, 304, b""),
        ("GET", {"If-None-Match": '"b"'}, 200, b"first"),
        ("GET", {"If-Modified-Since": MODIFIED}, 304, b""),
        ("HEAD", {"If-None-Match": "*"}, 304, b""),
    ],
)
def test_the_requests_own_conditions(method: str, condition: dict[str, str], status: int, content: bytes) -> None:
    answer = answering(Request(method, "/", Fields(condition.items())), STORED, NOW)
    assert (answer.status, answer.content) == (status, content)
    assert "etag" in answer.fields
    assert ("x-old" in answer.fields) == (status == 200)


def test_without_last_modified_date_counts() -> None:
    undated = Response(200, Fields([("Date", format_http_date(NOW - 5))]), b"first")
    for since, status in ((NOW - 5, 304), (NOW - 6, 200)):
        condition = Fields([("If-Modified-Since", format_http_date(since))])
        assert answering(Request("GET", "/", condition), undated, NOW).status == status


@pytest.mark.parametrize(
    ("method", "asked", "status", "content", "span"),
    [
        ("GET", {"Range": "bytes=1-2"}, 206, b"ir", "bytes 1-2/5"),
        ("GET", {"Range": "bytes=3-"}, 206, b"st", "bytes 3-4/5"),
        ("GET", {"Range": "bytes=-2"}, 206, b"st", "bytes 3-4/5"),
        ("GET", {"Range": "bytes=1-2", "If-Range": '"a"'}, 206, b"ir", "bytes 1-2/5"),
        ("GET", {"Range": "bytes=1-2", "If-Range": '"b"'}, 200, b"first", None),
        ("GET", {"Range": "bytes=0-0,2-2"}, 200, b"first", None),
        ("GET", {"Range": "lines=1-2"}, 200, b"first", None),
        ("GET", {"Range": "bytes"}, 200, b"first", None),
        ("GET", {}, 200, b"first", None),
        ("HEAD", {"Range": "bytes=1-2"}, 200, b"first", None),
    ],
)
def test_parts(method: str, asked: dict[str, str], status: int, content: bytes, span: str | None) -> None:
    answer = part_of(Request(method, "/", Fields(asked.items())), STORED, NOW)
    assert (answer.status, answer.content, answer.fields.get("content-range")) == (status, content, span)
    assert answer.fields.all("content-length") == [str(len(content))]
    # Who resumes has it
    assert ("last-modified" in answer.fields) == (status == 200 or "If-Range" not in asked)


def test_a_part_that_is_not_there() -> None:
    answer = part_of(Request("GET", "/", Fields([("Range", "bytes=5-")])), STORED, NOW)
    assert (answer.status, answer.fields.get("content-range")) == (416, "bytes */5")
    assert answer.fields.get("content-length") == str(len(answer.content))


def test_conditions_are_about_a_200() -> None:
    missing = Response(404, Fields(LINES), b"none")
    assert answering(Request("GET", "/", Fields([("If-None-Match", "*")])), missing, NOW) is missing


@pytest.mark.parametrize(
    ("told", "is_same"),
    [
        ({"ETag": '"a"'}, True),
        ({"ETag": '"a"', "Last-Modified": MODIFIED, "Content-Length": "5"}, True),
        ({}, True),
        ({"ETag": '"b"'}, False),
        ({"Last-Modified": format_http_date(NOW)}, False),
        ({"ETag": '"a"', "Content-Length": "6"}, False),
        ({"ETag": '"a"', "Content-Length": "?"}, False),
    ],
)
def test_what_head_says(told: dict[str, str], is_same: bool) -> None:
    entry = Entry(Request(), STORED, NOW, NOW)
    fresh = updated_by_head(entry, Response(200, Fields([*told.items(), ("X-New", "2")])), NOW + 9, NOW + 10)
    assert (fresh is not None) == is_same
    if fresh is not None:
        assert (fresh.received_at, fresh.response.content) == (NOW + 10, b"first")
        assert fresh.response.fields.get("x-new") == "2"
        assert fresh.response.fields.get("content-length") == "5"
        assert "age" not in fresh.response.fields
