"""Stored responses: conditions for them, freshening, and parts put together only where they certainly fit."""

from __future__ import annotations

import pytest
from tests.semantics.reaction.attempts import attempt

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.reaction import Deliver, Freshened, GiveUp, Policy, Send, Stored, react
from statuary.semantics.stored_response import combined, freshened, is_current, resuming, validating

MODIFIED = "Sun, 22 Nov 2026 10:00:00 GMT"


def response(status: int, content: bytes = b"", **fields: str) -> Response:
    return Response(status, Fields((name.replace("_", "-"), value) for name, value in fields.items()), content)


def test_a_condition_with_what_validators_there_are() -> None:
    request = Request("GET", "/", Fields([("Accept", "*/*")]))
    both = validating(request, response(200, ETag='"1"', Last_Modified=MODIFIED))
    assert both is not None
    assert both.fields.lines == (("Accept", "*/*"), ("If-None-Match", '"1"'), ("If-Modified-Since", MODIFIED))
    assert validating(request, response(200)) is None
    assert validating(request, response(200, ETag="no tag")) is None


@pytest.mark.parametrize(
    ("stored", "fresh", "is_it"),
    [
        ({"ETag": '"1"'}, {"ETag": '"1"'}, True),
        ({"ETag": '"1"'}, {"ETag": '"2"'}, False),
        ({"ETag": 'W/"1"'}, {"ETag": 'W/"1"'}, True),
        ({"ETag": 'W/"1"'}, {"ETag": '"1"'}, False),
        ({"ETag": '"1"'}, {}, True),
        ({}, {"ETag": '"1"'}, False),
        ({"Last_Modified": MODIFIED}, {"Last_Modified": MODIFIED}, True),
        ({}, {"Last_Modified": MODIFIED}, False),
    ],
)
def test_whether_a_304_is_about_it(stored: dict[str, str], fresh: dict[str, str], is_it: bool) -> None:
    assert is_current(response(200, b"", **stored), response(304, b"", **fresh)) is is_it


def test_freshening_takes_over_all_but_the_length() -> None:
    old = response(200, b"abc", ETag='"1"', Cache_Control="max-age=1", Content_Type="text/plain", X="old", Y="old")
    new = response(304, ETag='"1"', Cache_Control="max-age=9", Content_Type="text/html", Content_Length="0", X="new")
    result = freshened(old, new)
    assert (result.status, result.content) == (200, b"abc")
    assert result.fields.by_name == {
        "content-type": "text/html",
        "y": "old",
        "etag": '"1"',
        "cache-control": "max-age=9",
        "x": "new",
    }


def test_resuming_needs_a_strong_tag_and_a_beginning() -> None:
    request = Request("GET", "/")
    asked = resuming(request, response(200, b"abc", ETag='"1"'))
    assert asked is not None
    assert asked.fields.lines == (("Range", "bytes=3-"), ("If-Range", '"1"'))
    assert resuming(request, response(200, b"abc", ETag='W/"1"')) is None
    assert resuming(request, response(200, b"", ETag='"1"')) is None
    elsewhere = resuming(request, response(200, b"", ETag='"1"'), 3)
    assert elsewhere is not None
    assert elsewhere.fields.get("range") == "bytes=3-"
    assert resuming(request, response(200, b"abc", Last_Modified=MODIFIED)) is None


BEGINNING = response(200, b"abc", ETag='"1"', Content_Length="6")


def test_parts_are_put_together() -> None:
    whole = combined(BEGINNING, response(206, b"def", ETag='"1"', Content_Range="bytes 3-5/6"))
    assert whole is not None
    assert (whole.status, whole.content, whole.fields.get("content-length")) == (200, b"abcdef", "6")
    overlapping = combined(BEGINNING, response(206, b"cdef", ETag='"1"', Content_Range="bytes 2-5/6"))
    assert overlapping is not None
    assert overlapping.content == b"abcdef"
    more = combined(BEGINNING, response(206, b"de", ETag='"1"', Content_Range="bytes 3-4/6"))
    assert more is not None
    assert (more.status, more.content, more.fields.get("content-range")) == (206, b"abcde", "bytes 0-4/6")


@pytest.mark.parametrize(
    ("etag", "content_range", "content"),
    [
        ('"2"', "bytes 3-5/6", b"def"),
        ('W/"1"', "bytes 3-5/6", b"def"),
        ("", "bytes 3-5/6", b"def"),
        ('"1"', "bytes 4-5/6", b"ef"),
        ('"1"', "bytes 3-5/6", b"de"),
        ('"1"', "items 3-5/6", b"def"),
        ('"1"', "bytes */6", b""),
        ('"1"', "nonsense", b"def"),
    ],
)
def test_what_does_not_fit_is_not_put_together(etag: str, content_range: str, content: bytes) -> None:
    assert combined(BEGINNING, response(206, content, ETag=etag, Content_Range=content_range)) is None


URI = "http://a.test/"
HERE = Stored(URI, response(200, b"abc", ETag='"1"'), 0)
PART = Stored(URI, BEGINNING, 0, is_complete=False)


def test_304_gives_what_is_stored_and_remembers_it_fresh() -> None:
    done = react([attempt('GET / | If-None-Match: "1" => 304 | ETag: "1" | Age: 0')], Policy(stored=HERE))
    assert isinstance(done, Deliver)
    assert (done.response.status, done.response.content, done.response.fields.get("age")) == (200, b"abc", "0")
    assert done.remember == (Freshened(URI, done.response),)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ('GET / | If-None-Match: "1" => 304 | ETag: "2"', HERE),
        ('GET / | If-None-Match: "1" => 304 | ETag: "1"', PART),
        ('GET /other | If-None-Match: "1" => 304 | ETag: "1"', HERE),
        ('GET / | Range: bytes=3- | If-Range: "1" => 206 | ETag: "2" | Content-Range: bytes 3-5/6 || def', PART),
        ("GET / | Range: bytes=3- => 416 | Content-Range: bytes */3", PART),
    ],
)
def test_what_is_of_no_use_is_asked_for_again_without_condition(text: str, stored: Stored) -> None:
    done = react([attempt(text)], Policy(stored=stored))
    assert isinstance(done, Send)
    assert len(done.request.fields) == 0
    unasked = attempt('GET / => 304 | ETag: "9"')
    assert isinstance(react([attempt(text), unasked], Policy(stored=stored)), GiveUp)


def test_a_part_that_fits_is_put_to_the_beginning() -> None:
    text = 'GET / | Range: bytes=3- | If-Range: "1" => 206 | ETag: "1" | Content-Range: bytes 3-5/6 || def'
    done = react([attempt(text)], Policy(stored=PART))
    assert isinstance(done, Deliver)
    assert (done.response.status, done.response.content) == (200, b"abcdef")


@pytest.mark.parametrize(
    ("etag", "span", "fits"),
    [
        ('"1"', "bytes 3-5/6", True),
        ('"1"', "bytes 3-4/*", True),
        ('"1"', "bytes 2-5/6", False),
        ('"1"', "bytes */6", False),
        ('"1"', "lines 3-5/6", False),
        ('"2"', "bytes 3-5/6", False),
        ('W/"1"', "bytes 3-5/6", False),
    ],
)
def test_a_beginning_that_is_elsewhere_is_gone_on_with_there(etag: str, span: str, fits: bool) -> None:
    stored = Stored(URI, response(200, b"", ETag='"1"'), 0, is_complete=False, elsewhere=3)
    part = attempt(f'GET / | Range: bytes=3- | If-Range: "1" => 206 | ETag: {etag} | Content-Range: {span} || def')
    done = react([part], Policy(stored=stored))
    assert isinstance(done, Deliver if fits else Send)
    assert not isinstance(done, Deliver) or done.response is part.final


def test_a_200_instead_of_a_part_is_the_whole() -> None:
    done = react([attempt('GET / | Range: bytes=3- | If-Range: "1" => 200 || abcdef')], Policy(stored=PART))
    assert isinstance(done, Deliver)
    assert done.response.content == b"abcdef"
