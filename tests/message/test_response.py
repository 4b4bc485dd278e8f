from __future__ import annotations

import dataclasses
from itertools import product

import pytest

from statuary import methods
from statuary.message.fields import NO_FIELDS, Fields
from statuary.message.request import Request
from statuary.message.response import Exchange, Multipart, Part, Response, Whole, has_content
from statuary.semantics.resource import Representation

PAGE = Representation(source="page", length=1000)


def test_every_status_by_every_method() -> None:
    # RFC 9110 section 6.4.1, each reason for no content by itself
    for method, status in product((*methods.IMPLEMENTABLE, "BREW"), range(100, 600)):
        reasons = (
            method == "HEAD",
            status // 100 == 1,
            status in {204, 304},
            method == "CONNECT" and status // 100 == 2,
        )
        assert has_content(method, status) is not any(reasons)


@pytest.mark.parametrize(
    ("parts", "end", "length"),
    [
        ((), b"--x--\r\n", 7),
        (((b"--x\r\n\r\n", Part(PAGE, 0, 0)),), b"\r\n--x--\r\n", 7 + 1 + 9),
        (((b"--x\r\n\r\n", Part(PAGE, 0, 9)), (b"\r\n--x\r\n\r\n", Part(PAGE, 20, 24))), b"", 7 + 10 + 9 + 5),
    ],
)
def test_a_multipart_counts_all_its_octets(parts: tuple[tuple[bytes, Part], ...], end: bytes, length: int) -> None:
    assert Multipart(parts, end).length == length


def test_they_are_values() -> None:
    response = Response(200, Fields([("A", "b")]), b"c")
    assert response == Response(200, Fields([("A", "b")]), b"c")
    assert response != dataclasses.replace(response, trailers=NO_FIELDS)
    assert Exchange(Request(), (), response) == Exchange(Request(), (), response)
    assert (Whole(PAGE), Part(PAGE, 0, 1)) == (Whole(PAGE), Part(PAGE, 0, 1))
    with pytest.raises(dataclasses.FrozenInstanceError):
        response.status = 404  # type: ignore[misc]
