"""What decide sends, judge finds faultless: two answers to the same RFCs that share nothing but the facts."""

from __future__ import annotations

from itertools import product

import pytest

from statuary.fields.dates import format_http_date
from statuary.message.fields import Fields
from statuary.message.response import Content, Exchange, Multipart, Part, Response, Whole
from statuary.semantics.decision import Respond, decide
from statuary.semantics.judgement import judge
from statuary.wire.response_writer import connection_lines

from .kinds import EVERY, KINDS, LENGTH, MODIFIED, NOW, VERSIONS, Kind, Lines, by_name

CONDITIONS: tuple[Lines, ...] = (
    (),
    (("If-None-Match", '"a"'),),
    (("If-None-Match", '"x"'),),
    (("If-Match", '"a"'),),
    (("If-Match", '"x"'),),
    (("If-Modified-Since", format_http_date(MODIFIED)),),
    (("If-Unmodified-Since", format_http_date(MODIFIED - 1)),),
    (("Range", "bytes=0-9"),),
    (("Range", "bytes=0-9,20-29"),),
    (("Range", f"bytes={LENGTH}-"),),
    (("Range", "bytes=0-9"), ("If-Range", '"a"')),
    (("Range", "bytes=0-9"), ("If-Range", '"x"')),
    (("Accept-Encoding", "gzip"),),
    (("Accept-Encoding", "identity;q=0"),),
    (("Accept", "text/html"),),
)

# What a site leaves unsaid, decide can't say: findings about these are the site's
UNSAID = {
    "legal block": {"rfc7725-4-1"},
    "no validators": {"rfc9110-8.3-1"},
    "only a weak etag": {"rfc9110-8.3-1"},
    "only an etag": {"rfc9110-8.3-1"},
    "only a date": {"rfc9110-8.3-1"},
    "no media type": {"rfc9110-8.3-1"},
    "fields of the resource for caches": {"rfc9110-8.3-1"},
}


def octets(content: Content) -> bytes:
    match content:
        case None:
            return b""
        case bytes():
            return content
        case Whole(of):
            return b"x" * (7 if of.length is None else of.length)
        case Part(_, first, last):
            return b"x" * (last - first + 1)
        case Multipart(parts, end):
            return b"".join(head + octets(part) for head, part in parts) + end


def as_sent(answer: Respond, version: tuple[int, int]) -> Response:
    """The response with what the connection adds to it."""
    chunked = isinstance(answer.content, Whole) and answer.content.of.length is None and version >= (1, 1)
    added = connection_lines(answer.status, version, stays=True, chunked=chunked).decode().splitlines()
    lines = [("Date", format_http_date(NOW)), *(tuple(line.split(": ", 1)) for line in added), *answer.fields]
    return Response(answer.status, Fields(lines), octets(answer.content))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", by_name(KINDS))
def test_no_finding_above_note(kind: Kind) -> None:
    judged = 0
    for method, lines, version in product(EVERY, CONDITIONS, VERSIONS):
        request = kind.ask(method, (("Host", "a"), *lines), version=version, authority="a")
        answer = decide(request, kind.resource, NOW)
        if isinstance(answer, Respond):
            exchange = Exchange(request, answer.interim, as_sent(answer, version))
            found = [finding for finding in judge([exchange], "server") if finding.strength != "note"]
            assert [f for f in found if f.requirement not in UNSAID.get(kind.name, ())] == [], (method, lines, answer)
            judged += 1
    assert judged
