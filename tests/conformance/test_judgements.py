"""Judgements that scenarios name: each on answers that pass it, and on answers that don't."""

from __future__ import annotations

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
