"""The judgements about ranges: what a 206 sends beside what was asked for and what the whole is."""

from __future__ import annotations

import pytest

from statuary.conformance.judgements import JUDGEMENTS, Sight
from statuary.message.fields import Fields
from statuary.message.response import Response

WHOLE = "0123456789" * 3
FACTS = {"file": "/f", "file.content": WHOLE, "file.type": "text/plain"}


def part(first: int, last: int, *, octets: str | None = None, length: str = "30", type: str = "text/plain") -> str:
    """One part of several."""
    said = f"--b\r\nContent-Type: {type}\r\nContent-Range: bytes {first}-{last}/{length}\r\n\r\n"
    return f"{said}{WHOLE[first : last + 1] if octets is None else octets}\r\n"


def several(*parts: str) -> Response:
    """A response of several parts."""
    content = ("".join(parts) + "--b--\r\n").encode("latin-1")
    return Response(206, Fields([("Content-Type", "multipart/byteranges; boundary=b")]), content)


def one(content_range: str, content: str) -> Response:
    """A response of one part."""
    return Response(206, Fields([("Content-Type", "text/plain"), ("Content-Range", content_range)]), content.encode())


def judged(name: str, asked: str, response: Response) -> bool:
    """Whether a judgement finds nothing wrong."""
    sent = f"GET /f HTTP/1.1\r\nHost: a\r\nRange: {asked}\r\n\r\n".encode()
    return JUDGEMENTS[name](Sight(response, (), FACTS, sent, 0)) is None


TWO = several(part(0, 4), part(10, 14))


@pytest.mark.parametrize(
    ("name", "asked", "response", "holds"),
    [
        ("parts_are_what_they_say", "bytes=0-4", one("bytes 0-4/30", "01234"), True),
        ("parts_are_what_they_say", "bytes=0-4", one("bytes 0-4/*", "01234"), True),
        ("parts_are_what_they_say", "bytes=0-4", one("bytes 0-4/30", "12345"), False),
        ("parts_are_what_they_say", "bytes=0-4", one("bytes 0-4/31", "01234"), False),
        ("parts_are_what_they_say", "bytes=0-4", one("bytes 0-5/30", "01234"), False),
        ("parts_are_what_they_say", "bytes=0-4", one("lines 0-4/30", "01234"), False),
        ("parts_are_what_they_say", "bytes=40-", one("bytes */30", ""), False),
        ("parts_are_what_they_say", "bytes=0-4,10-14", TWO, True),
        ("parts_are_what_they_say", "bytes=0-4,10-14", several(part(0, 4), part(10, 14, octets="x" * 5)), False),
        ("parts_are_what_they_say", "bytes=0-4,10-14", several(part(0, 4), "--b\r\n\r\nrest\r\n"), False),
        ("parts_are_what_they_say", "bytes=0-4,10-14", several(), False),
        ("parts_are_all_that_was_asked", "bytes=0-4,10-14", TWO, True),
        ("parts_are_all_that_was_asked", "bytes=0-4,10-14,99-", TWO, True),
        ("parts_are_all_that_was_asked", "bytes=0-4,-5", TWO, False),
        ("parts_are_all_that_was_asked", "bytes=0-4,10-15", TWO, False),
        ("parts_are_all_that_was_asked", "bytes=0-4,3-9", one("bytes 0-9/30", WHOLE[:10]), True),
        ("parts_are_nothing_else", "bytes=0-4,10-14", TWO, True),
        ("parts_are_nothing_else", "bytes=0-4,10-14", one("bytes 0-14/30", WHOLE[:15]), True),
        ("parts_are_nothing_else", "bytes=0-4,10-14", one("bytes 0-29/30", WHOLE), False),
        ("parts_are_nothing_else", "bytes=-5", one("bytes 25-29/30", WHOLE[25:]), True),
        ("parts_come_in_the_order_asked", "bytes=0-4,10-14", TWO, True),
        ("parts_come_in_the_order_asked", "bytes=10-14,0-4", TWO, False),
        ("parts_come_in_the_order_asked", "bytes=20-,0-4,3-8", several(part(20, 29), part(0, 8)), True),
        ("parts_have_the_type_of_the_whole", "bytes=0-4,10-14", TWO, True),
        ("parts_have_the_type_of_the_whole", "bytes=0-4,10-14", several(part(0, 4), part(10, 14, type="a/b")), False),
        ("is_not_much_larger_than_the_whole", "bytes=0-4", one("bytes 0-4/30", "01234"), True),
        ("is_not_much_larger_than_the_whole", "bytes=0-4", one("bytes 0-4/30", "0" * 2000), False),
    ],
)
def test_judgements_of_parts(name: str, asked: str, response: Response, holds: bool) -> None:
    assert judged(name, asked, response) is holds


@pytest.mark.parametrize(
    ("method", "holds"), [("POST", True), ("PATCH", True), ("BREW", True), ("GET", False), ("OPTIONS", False)]
)
def test_method_is_not_safe(method: str, holds: bool) -> None:
    sight = Sight(TWO, (), FACTS, f"{method} /f HTTP/1.1\r\nHost: a\r\n\r\n".encode(), 0)
    assert (JUDGEMENTS["method_is_not_safe"](sight) is None) is holds


def test_the_whole_may_have_been_kept() -> None:
    facts = {"whole": "abc", "new": "/n"}
    sent = b"GET /n HTTP/1.1\r\nHost: a\r\nRange: bytes=1-\r\n\r\n"
    sight = Sight(one("bytes 1-2/3", "bc"), (), facts, sent, 0)
    assert all(JUDGEMENTS[name](sight) is None for name in ("parts_are_what_they_say", "parts_are_all_that_was_asked"))
    assert JUDGEMENTS["parts_are_what_they_say"](Sight(one("bytes 1-2/3", "bc"), (), {}, sent, 0)) is not None
