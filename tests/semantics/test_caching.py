"""Caching: what may be stored, for how long it is fresh, what it answers, and what invalidates it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.dates import format_http_date
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.caching import (
    Entry,
    Forward,
    Reuse,
    Unsatisfiable,
    Validate,
    cache_key,
    current_age,
    freshness_lifetime,
    invalidated_by,
    is_storable,
    last_resort,
    matches,
    may_serve_stale,
    plan,
    stored_as,
    unvalidated,
    validated,
    with_age,
)

NOW = 1_800_000_000
DAY = 86_400


def fields(text: str) -> Fields:
    lines = [line.partition(": ") for line in text.split(" | ") if line]
    return Fields((name, value) for name, _, value in lines)


def request(text: str = "", method: str = "GET", path: str = "/") -> Request:
    return Request(method, path, fields(text), authority="a.test")


def response(text: str = "", status: int = 200, content: bytes = b"ok") -> Response:
    return Response(
        status, fields(text.format(now=format_http_date(NOW), day_ago=format_http_date(NOW - DAY))), content
    )


def entry(text: str = "", asked: str = "", status: int = 200) -> Entry:
    return Entry(request(asked), response(text, status), NOW, NOW)


@pytest.mark.parametrize(
    ("asked", "method", "status", "said", "private", "shared"),
    [
        ("", "GET", 200, "", True, True),
        ("", "GET", 200, "Cache-Control: max-age=5", True, True),
        ("", "GET", 302, "", False, False),
        ("", "GET", 302, "Cache-Control: max-age=5", True, True),
        ("", "GET", 302, "Expires: {now}", True, True),
        ("", "GET", 404, "", True, True),
        ("", "GET", 500, "", False, False),
        ("", "GET", 599, "Cache-Control: public", True, True),
        ("", "GET", 599, "Cache-Control: max-age=5, must-understand", False, False),
        ("", "GET", 200, "Cache-Control: no-store", False, False),
        ("Cache-Control: no-store", "GET", 200, "", False, False),
        ("", "GET", 200, 'Cache-Control: max-age="', False, False),
        ("", "GET", 200, "Cache-Control: private", True, False),
        ("", "GET", 302, "Cache-Control: private", True, False),
        ("", "GET", 302, "Cache-Control: s-maxage=5", False, True),
        ("Authorization: Basic eA==", "GET", 200, "", True, False),
        ("Authorization: Basic eA==", "GET", 200, "Cache-Control: public", True, True),
        ("Authorization: Basic eA==", "GET", 200, "Cache-Control: max-age=5", True, False),
        ("Authorization: Basic eA==", "GET", 200, "Cache-Control: s-maxage=5", True, True),
        ("", "GET", 206, "Cache-Control: max-age=5", False, False),
        ("", "GET", 304, "Cache-Control: max-age=5", False, False),
        ("", "GET", 103, "Cache-Control: max-age=5", False, False),
        ("", "PUT", 200, "Cache-Control: max-age=5", False, False),
        ("", "X", 200, "Cache-Control: max-age=5", False, False),
        ("", "GET", 200, "Vary: *", False, False),
    ],
)
def test_what_may_be_stored(asked: str, method: str, status: int, said: str, private: bool, shared: bool) -> None:
    one, other = request(asked, method), response(said, status)
    assert is_storable(one, other, shared=False) is private
    assert is_storable(one, other, shared=True) is shared


@pytest.mark.parametrize(
    ("said", "private", "shared"),
    [
        ("Cache-Control: max-age=60", 60, 60),
        ("Cache-Control: max-age=60, s-maxage=5", 60, 5),
        ("Cache-Control: max-age=60 | Expires: {now}", 60, 60),
        ("Cache-Control: max-age=60, max-age=70", 60, 60),
        ("Cache-Control: max-age=x", 0, 0),
        ('Cache-Control: max-age="60"', 60, 60),
        ("Date: {day_ago} | Expires: {now}", DAY, DAY),
        ("Date: {now} | Expires: {day_ago}", 0, 0),
        ("Date: {now} | Expires: 0", 0, 0),
        ("Date: {now} | Last-Modified: {day_ago}", 8640, 8640),
        ("Date: {now} | Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", DAY, DAY),
        ("Date: {now} | Last-Modified: {day_ago} | Cache-Control: max-age=5", 5, 5),
        ("", 0, 0),
        ("Cache-Control: max-age=60 | Age: 5", 60, 60),
        ("Cache-Control: max-age=60 | Age: 5,7", 60, 60),
        # Nobody knows how old it is
        ("Cache-Control: max-age=60 | Age: old", 0, 0),
        ("Cache-Control: max-age=60 | Age: -5", 0, 0),
        ("Cache-Control: max-age=60 | Age: 5;a=b", 0, 0),
        ("Cache-Control: max-age=60 | Age: 5 | Age: 5", 0, 0),
    ],
)
def test_how_long_it_is_fresh(said: str, private: int, shared: int) -> None:
    assert freshness_lifetime(entry(said), shared=False) == private
    assert freshness_lifetime(entry(said), shared=True) == shared


def test_no_heuristics_where_nothing_permits_them() -> None:
    said = "Date: {now} | Last-Modified: {day_ago}"
    assert freshness_lifetime(entry(said, status=302), shared=False) == 0
    assert freshness_lifetime(entry(f"{said} | Cache-Control: public", status=302), shared=False) == 8640


@pytest.mark.parametrize(
    ("said", "requested", "received", "age"),
    [
        ("", 0, 0, 10),
        ("Age: 5", 0, 0, 15),
        ("Age: 5, 7", 0, 0, 15),
        ("Age: old", 0, 0, 10),
        ("Age: 5", -3, 0, 18),
        ("Date: {day_ago}", 0, 0, DAY + 10),
        ("Date: {now} | Age: 5", 0, 0, 15),
    ],
)
def test_how_old_it_is(said: str, requested: int, received: int, age: int) -> None:
    stored = Entry(request(), response(said), NOW + requested, NOW + received)
    assert current_age(stored, NOW + 10) == age


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.text("0123456789x,", max_size=5))
def test_an_age_is_never_negative_and_grows(delay: int, later: int, age: str) -> None:
    stored = Entry(request(), Response(200, Fields([("Age", age)])), NOW - delay, NOW)
    assert 0 <= current_age(stored, NOW + later) <= current_age(stored, NOW + max(0, later) + 1)


@pytest.mark.parametrize(
    ("vary", "asked", "now", "is_it"),
    [
        ("", "Accept: a", "Accept: b", True),
        ("Vary: Accept", "Accept: a", "Accept: a", True),
        ("Vary: accept", "Accept: a, b", "Accept: a ,b", True),
        ("Vary: Accept", "Accept: a", "Accept: b", False),
        ("Vary: Accept", "", "Accept: b", False),
        ("Vary: Accept", "Accept: a", "", False),
        ("Vary: Accept, Cookie", "Accept: a", "Accept: a | Cookie: c=d", False),
        ("Vary: *", "", "", False),
        ("Vary: Accept, *", "", "", False),
    ],
)
def test_vary(vary: str, asked: str, now: str, is_it: bool) -> None:
    assert matches(entry(vary, asked), request(now)) is is_it


def test_target_and_method() -> None:
    stored = entry()
    assert matches(stored, request(method="HEAD"))
    assert not matches(stored, request(method="POST"))
    assert not matches(stored, request(path="/other"))
    assert not matches(Entry(request(method="HEAD"), response(), NOW, NOW), request())


FRESH = 'Cache-Control: max-age=100 | ETag: "1"'


@pytest.mark.parametrize(
    ("said", "asked", "kind"),
    [
        (FRESH, "", Reuse),
        (FRESH, "Cache-Control: no-cache", Validate),
        (FRESH, "Pragma: no-cache", Validate),
        (FRESH, "Pragma: no-cache | Cache-Control: max-age=500", Reuse),
        (FRESH, "Cache-Control: max-age=5", Validate),
        (FRESH, "Cache-Control: max-age=10", Reuse),
        (FRESH, "Cache-Control: min-fresh=90", Reuse),
        (FRESH, "Cache-Control: min-fresh=91", Validate),
        (FRESH, "Cache-Control: only-if-cached", Reuse),
        (FRESH, 'If-Match: "1"', Forward),
        (FRESH, 'If-None-Match: "1" | Cache-Control: no-cache', Forward),
        ('Cache-Control: max-age=5 | ETag: "1"', "", Validate),
        ("Cache-Control: max-age=5", "", Forward),
        ('Cache-Control: max-age=5 | ETag: "1"', "Cache-Control: max-stale", Reuse),
        ('Cache-Control: max-age=5 | ETag: "1"', "Cache-Control: max-stale=5", Reuse),
        ('Cache-Control: max-age=5 | ETag: "1"', "Cache-Control: max-stale=4", Validate),
        ('Cache-Control: max-age=5, must-revalidate | ETag: "1"', "Cache-Control: max-stale", Validate),
        ('Cache-Control: max-age=5, proxy-revalidate | ETag: "1"', "Cache-Control: max-stale", Reuse),
        ('Cache-Control: max-age=100, no-cache | ETag: "1"', "", Validate),
        ('Cache-Control: max-age=100, no-cache="set-cookie" | ETag: "1"', "", Reuse),
        ('Cache-Control: max-age=5 | ETag: "1"', "Cache-Control: only-if-cached", Unsatisfiable),
    ],
)
def test_what_is_done_about_a_request(said: str, asked: str, kind: type) -> None:
    assert isinstance(plan(request(asked), [entry(said)], NOW + 10, shared=False), kind)


def test_a_shared_cache_is_stricter() -> None:
    stale = entry('Cache-Control: max-age=5, proxy-revalidate | ETag: "1"')
    assert isinstance(plan(request("Cache-Control: max-stale"), [stale], NOW + 10, shared=True), Validate)


def test_fields_that_no_cache_names_are_not_used_unasked() -> None:
    stored = entry('Cache-Control: max-age=100, no-cache="X-One, set-cookie" | X-One: 1 | Set-Cookie: a=b | X-Two: 2')
    done = plan(request(), [stored], NOW + 10, shared=True)
    assert isinstance(done, Reuse)
    assert {"x-one", "set-cookie", "x-two"} & {name.lower() for name, _ in done.response.fields} == {"x-two"}
    plain = response("Cache-Control: no-cache | X-One: 1")
    assert unvalidated(plain) is plain


def test_without_anything_stored() -> None:
    assert plan(request(), [], NOW, shared=False) == Forward()
    assert plan(request("Cache-Control: only-if-cached"), [], NOW, shared=False) == Unsatisfiable()
    assert plan(request(method="PUT"), [entry(FRESH)], NOW, shared=False) == Forward()


def test_reuse_has_its_age_and_says_that_it_is_stale() -> None:
    done = plan(
        request("Cache-Control: max-stale"), [entry("Cache-Control: max-age=5 | Age: 1")], NOW + 10, shared=False
    )
    assert isinstance(done, Reuse)
    assert (done.response.fields.get("age"), done.is_stale) == ("11", True)
    assert with_age(response("Age: 9"), 3).fields.all("age") == ["3"]


def test_the_most_recent_counts_and_one_with_vary_before_one_without() -> None:
    old = Entry(request(), response(f"{FRESH} | Date: {{day_ago}}"), NOW, NOW)
    new = Entry(request(), response(f"{FRESH} | Date: {{now}}"), NOW, NOW)
    varied = Entry(request(), response(f"{FRESH} | Vary: Accept | Date: {{day_ago}}"), NOW, NOW)
    for entries, expected in (([old, new], new), ([new, old], new), ([new, varied], varied)):
        done = plan(request("Cache-Control: no-cache"), entries, NOW, shared=False)
        assert isinstance(done, Validate)
        assert done.entry is expected


def test_a_304_makes_it_young_again() -> None:
    old = Entry(request(), response('ETag: "1" | Age: 50 | Cache-Control: max-age=100'), NOW, NOW)
    fresh = validated(old, response('ETag: "1" | Date: {now}', 304), NOW + 200, NOW + 201)
    assert fresh is not None
    assert current_age(fresh, NOW + 201) < 100 + 201
    assert fresh.response.fields.get("age") is None
    assert validated(old, response('ETag: "2"', 304), NOW, NOW) is None
    assert validated(old, response(), NOW, NOW) is None
    undated = validated(old, response('ETag: "1"', 304), NOW + 200, NOW + 201)
    assert undated is not None
    assert current_age(undated, NOW + 201) == 1


def test_what_may_be_served_stale() -> None:
    assert may_serve_stale(entry("Cache-Control: max-age=5"), shared=True)
    assert not may_serve_stale(entry("Cache-Control: max-age=5, must-revalidate"), shared=False)
    assert not may_serve_stale(entry("Cache-Control: s-maxage=5"), shared=True)
    assert may_serve_stale(entry("Cache-Control: s-maxage=5"), shared=False)
    assert not may_serve_stale(Entry(request(), response(), NOW, NOW, is_invalid=True), shared=False)


@pytest.mark.parametrize(
    ("said", "asked", "does"),
    [
        ("Cache-Control: max-age=5, stale-if-error=5", "", True),
        ("Cache-Control: max-age=5, stale-if-error=4", "", False),
        ("Cache-Control: max-age=5, stale-if-error=x", "", False),
        ("Cache-Control: max-age=5", "Cache-Control: stale-if-error=60", True),
        ("Cache-Control: max-age=5, must-revalidate, stale-if-error=60", "", False),
        ("Cache-Control: max-age=5", "", False),
    ],
)
def test_the_last_resort_is_what_stale_if_error_permits(said: str, asked: str, does: bool) -> None:
    stored = entry(said)
    assert last_resort(request(asked), [stored], NOW + 10, shared=True) == (stored if does else None)


def test_nothing_stored_is_no_resort() -> None:
    assert last_resort(request(), [], NOW, shared=True) is None


@pytest.mark.parametrize(
    ("method", "status", "said", "does"),
    [
        ("GET", 200, "Cache-Control: max-age=5", True),
        ("HEAD", 200, "Cache-Control: max-age=5", False),
        ("PUT", 200, "Cache-Control: max-age=5", False),
        ("POST", 200, "Cache-Control: max-age=5 | Content-Location: /", True),
        ("POST", 200, "Expires: {now} | Content-Location: http://a.test/", True),
        ("POST", 200, "Cache-Control: s-maxage=5 | Content-Location: /", True),
        ("POST", 200, "Cache-Control: max-age=5", False),
        ("POST", 200, "Cache-Control: max-age=5 | Content-Location: /other", False),
        ("POST", 200, "Content-Location: /", False),
        ("POST", 200, "Cache-Control: max-age=5, private | Content-Location: /", False),
        ("POST", 201, "Cache-Control: max-age=5 | Content-Location: /", False),
    ],
)
def test_what_a_response_is_stored_as(method: str, status: int, said: str, does: bool) -> None:
    stored = stored_as(request("Accept: */*", method=method), response(said, status), shared=True)
    assert (stored is not None) == does
    if stored is not None:
        assert matches(Entry(stored, response(said), NOW, NOW), request("Accept: */*"))


def test_an_invalid_entry_is_validated_before_use() -> None:
    invalid = Entry(request(), response(FRESH), NOW, NOW, is_invalid=True)
    assert isinstance(plan(request(), [invalid], NOW, shared=False), Validate)


@pytest.mark.parametrize(
    ("method", "status", "said", "uris"),
    [
        ("PUT", 204, "", ["/"]),
        ("X", 200, "", ["/"]),
        ("POST", 303, "Location: /b", ["/", "/b"]),
        ("POST", 201, "Location: http://a.test/c | Content-Location: d", ["/", "/c", "/d"]),
        ("POST", 201, "Location: HTTP://A.Test:80/c | Content-Location: http://a.test?d", ["/", "/c", "/?d"]),
        ("POST", 201, "Location: http://b.test/c", ["/"]),
        ("POST", 201, "Location: https://a.test/c", ["/"]),
        ("PUT", 404, "", []),
        ("PUT", 500, "", []),
        ("GET", 200, "", []),
    ],
)
def test_what_an_unsafe_request_invalidates(method: str, status: int, said: str, uris: list[str]) -> None:
    assert invalidated_by(request(method=method), response(said, status)) == tuple(
        f"http://a.test{uri}" for uri in uris
    )


@pytest.mark.parametrize(
    ("scheme", "authority", "path", "query", "key"),
    [
        ("http", "a.test", "/b", None, "http://a.test/b"),
        ("http", "a.test:80", "/b", "c", "http://a.test/b?c"),  # RFC 9110 section 4.2.3
        ("http", "a.test:", "/b", "", "http://a.test/b?"),
        ("http", "a.test:8080", "", None, "http://a.test:8080/"),
        ("https", "A.test:443", "", "c", "https://a.test/?c"),
        ("https", "a.test:80", "//b", None, "https://a.test:80//b"),
        ("http", "[::1]:80", "/B", None, "http://[::1]/B"),
        ("http", None, "/b", None, "http:///b"),
    ],
)
def test_what_is_stored_is_found_by_the_whole_target_uri(
    scheme: str, authority: str | None, path: str, query: str | None, key: str
) -> None:
    assert cache_key(Request("GET", path, query=query, scheme=scheme, authority=authority)) == key
