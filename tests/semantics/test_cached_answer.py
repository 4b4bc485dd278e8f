"""What a stored response answers, and what a HEAD says of it."""

from __future__ import annotations

import pytest

from statuary.fields.dates import format_http_date
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.cached_answer import answering, updated_by_head
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
