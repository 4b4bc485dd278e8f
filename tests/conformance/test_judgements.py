"""Judgements that scenarios name: each on answers that pass it, and on answers that don't."""

from __future__ import annotations

import gzip
import zlib

import pytest

from statuary.conformance.judgements import JUDGEMENTS, Sight
from statuary.message.fields import Fields
from statuary.message.response import Response

NOW = 1_783_944_000
SENT = b"POST /file HTTP/1.1\r\nHost: a.test\r\n\r\n"
ON_TIME, LATE, MUCH_LATER = (
    "Mon, 13 Jul 2026 12:00:00 GMT",
    "Mon, 13 Jul 2026 12:09:00 GMT",
    "Mon, 13 Jul 2026 13:00:00 GMT",
)


def judged(name: str, status: int, **fields: str) -> str | None:
    lines = [(field.replace("_", "-"), value) for field, value in fields.items()]
    return JUDGEMENTS[name](Sight(Response(status, Fields(lines)), (), {"get": "404"}, SENT, NOW))


@pytest.mark.parametrize(
    ("name", "status", "fields"),
    [
        ("names_the_method_in_allow", 405, {"allow": "GET, POST"}),
        ("names_the_method_in_allow", 405, {"allow": "POST"}),
        ("names_get_in_allow", 405, {"allow": "HEAD,GET"}),
        ("has_the_status_of_get", 404, {}),
        ("date_is_about_now", 200, {"date": ON_TIME}),
        ("date_is_about_now", 200, {"date": LATE}),
        ("date_is_about_now", 200, {}),
        ("last_modified_is_about_now", 200, {"last_modified": LATE}),
        ("last_modified_is_not_in_the_future", 200, {"last_modified": ON_TIME, "date": ON_TIME}),
        ("last_modified_is_not_in_the_future", 200, {"last_modified": LATE}),
    ],
)
def test_nothing_wrong(name: str, status: int, fields: dict[str, str]) -> None:
    assert judged(name, status, **fields) is None


@pytest.mark.parametrize(
    ("name", "status", "fields"),
    [
        ("names_the_method_in_allow", 405, {"allow": "GET, POSTS"}),
        ("names_the_method_in_allow", 405, {"allow": "post"}),
        ("names_the_method_in_allow", 405, {}),
        ("names_get_in_allow", 405, {"allow": "get, HEAD"}),
        ("names_get_in_allow", 405, {"allow": ""}),
        ("has_the_status_of_get", 200, {}),
        ("date_is_about_now", 200, {"date": MUCH_LATER}),
        ("last_modified_is_about_now", 200, {"last_modified": MUCH_LATER}),
        ("last_modified_is_about_now", 200, {"last_modified": "yesterday"}),
        ("last_modified_is_about_now", 200, {}),
        ("last_modified_is_not_in_the_future", 200, {"last_modified": LATE, "date": ON_TIME}),
    ],
)
def test_something_wrong(name: str, status: int, fields: dict[str, str]) -> None:
    assert judged(name, status, **fields) is not None


@pytest.mark.parametrize(
    ("name", "version", "holds"),
    [
        ("has_version_1_1", (1, 1), True),
        ("has_version_1_1", (1, 0), False),
        ("has_version_1_1", (2, 0), False),
        ("has_version_1_1", None, False),
        ("has_version_1", (1, 1), True),
        ("has_version_1", (1, 0), True),
        ("has_version_1", (1, 2), False),
        ("has_version_1", (2, 0), False),
        ("has_another_version", (1, 2), True),
        ("has_another_version", (0, 9), True),
        ("has_another_version", (1, 1), False),
        ("has_another_version", (1, 0), False),
    ],
)
def test_versions(name: str, version: tuple[int, int] | None, holds: bool) -> None:
    sight = Sight(Response(200, Fields([])), (), {}, SENT, NOW, version)
    assert (JUDGEMENTS[name](sight) is None) is holds


@pytest.mark.parametrize(
    ("name", "fact", "value", "holds"),
    [
        ("the_connection_is_secured", "scheme", "https", True),
        ("the_connection_is_secured", "scheme", "http", False),
        ("the_limit_is_a_megabyte_or_more", "limited.octets", "1000000", True),
        ("the_limit_is_a_megabyte_or_more", "limited.octets", "999999", False),
    ],
)
def test_what_is_known_of_the_subject(name: str, fact: str, value: str, holds: bool) -> None:
    sight = Sight(Response(200, Fields([])), (), {fact: value}, SENT, NOW)
    assert (JUDGEMENTS[name](sight) is None) is holds


def test_gzip_is_told_from_what_is_only_called_so() -> None:
    sight = Sight(Response(200, Fields([]), gzip.compress(b"Hello")), (), {}, SENT, NOW)
    assert JUDGEMENTS["content_is_gzip"](sight) is None
    for content in (b"Hello", zlib.compress(b"Hello")):
        sight = Sight(Response(200, Fields([]), content), (), {}, SENT, NOW)
        assert JUDGEMENTS["content_is_gzip"](sight) == "the content is no gzip"
