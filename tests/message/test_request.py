from __future__ import annotations

from typing import Any

import pytest

from statuary.message.fields import NO_FIELDS, Fields
from statuary.message.request import UNKNOWN_LENGTH, Request

WHOLE: dict[str, Any] = {
    "method": "PUT",
    "path": "/a",
    "fields": Fields([("A", "b")]),
    "query": "q",
    "scheme": "https",
    "authority": "a:80",
    "version": (1, 0),
    "content_length": 5,
    "target": "https://a:80/a?q",
    "peer": "192.0.2.1",
    "carried_by": "http",
}


@pytest.mark.parametrize(
    ("path", "query", "target"), [("/a", None, "/a"), ("/a", "", "/a?"), ("/a", "b=c", "/a?b=c"), ("*", None, "*")]
)
def test_the_target_is_path_and_query_unless_told(path: str, query: str | None, target: str) -> None:
    assert Request(path=path, query=query).target == target
    assert Request(path=path, query=query, target="http://b/").target == "http://b/"


@pytest.mark.parametrize(("scheme", "carried_by", "expected"), [("https", None, "https"), ("https", "http", "http")])
def test_the_connection_carries_the_scheme_unless_told(scheme: str, carried_by: str | None, expected: str) -> None:
    assert Request(scheme=scheme, carried_by=carried_by).carried_by == expected


def test_a_bare_request() -> None:
    request = Request()
    assert (request.method, request.path, request.query, request.fields) == ("GET", "/", None, NO_FIELDS)
    assert (request.scheme, request.authority, request.version) == ("http", None, (1, 1))
    assert (request.content_length, request.target, request.peer) == (None, "/", None)


@pytest.mark.parametrize("name", WHOLE)
def test_requests_are_equal_in_all_or_not_at_all(name: str) -> None:
    assert Request(**WHOLE) == Request(**WHOLE)
    assert hash(Request(**WHOLE)) == hash(Request(**WHOLE))
    assert getattr(Request(**WHOLE), name) == WHOLE[name]
    without = {other: value for other, value in WHOLE.items() if other != name}
    assert Request(**without) != Request(**WHOLE)


def test_a_request_is_nothing_else() -> None:
    assert Request() != "GET /"
    assert repr(Request("PUT", "/a", Fields([("A", "b")]), query="c")) == "<Request PUT /a?c (('A', 'b'),)>"
    with pytest.raises(AttributeError):
        Request().other = 1  # type: ignore[attr-defined]


def test_an_unknown_length_is_content() -> None:
    assert UNKNOWN_LENGTH
    assert UNKNOWN_LENGTH < 0
