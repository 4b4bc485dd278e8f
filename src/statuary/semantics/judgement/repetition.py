"""Several responses for one target: HEAD beside GET, 304 and 206 beside 200, one entity tag for one content.

Two responses are compared only where the same representation was selected: requests alike in what selects one, and the
same validator. Anything else may have changed in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from statuary.fields.content_length import parse_content_length
from statuary.fields.grammar import parse_tokens
from statuary.fields.ranges import parse_content_range
from statuary.fields.validators import EntityTag, parse_entity_tag, strongly_equal, weakly_equal
from statuary.semantics.judgement.content import is_coded
from statuary.semantics.judgement.rule import Chapter, Seen

chapter = Chapter()

_SELECTING = ("accept", "accept-encoding", "accept-language", "accept-charset", "cookie", "authorization", "prefer")
# Fields that HEAD, 304 or 206 repeat where the 200 has them: RFC 9110 sections 9.3.2, 15.4.5, 15.3.7
_OF_HEAD = ("content-type", "content-encoding", "content-language", "etag", "last-modified", "vary", "cache-control")
_OF_304_AND_206 = ("content-location", "date", "etag", "vary", "cache-control", "expires")
# How far back a response to compare with is looked for, lest long captures take long
_WINDOW = 8

_V = 'Vary: A | ETag: "1"'


def _selection(seen: Seen) -> tuple[str | None, ...]:
    get = seen.request.fields.by_name.get
    return tuple(get(name) for name in _SELECTING)


def _tag(seen: Seen) -> EntityTag | None:
    tag = parse_entity_tag(seen.get("etag"))
    return tag if isinstance(tag, EntityTag) else None


def _is_same_state(a: Seen, b: Seen) -> bool:
    one, other = _tag(a), _tag(b)
    if one is not None and other is not None:
        return weakly_equal(one, other)
    return one is None and other is None and _same_date(a, b)


def _same_date(a: Seen, b: Seen) -> bool:
    modified = a.get("last-modified")
    return modified is not None and modified == b.get("last-modified")


def _same_tag(a: Seen, b: Seen) -> bool:
    one, other = _tag(a), _tag(b)
    return one is not None and other is not None and strongly_equal(one, other)


def _pairs(seen: Sequence[Seen], status: int, methods: tuple[str, ...]) -> Iterator[tuple[int, Seen, Seen]]:
    """Each response of that status and method, with the nearest 200 to GET around it for a request like its own."""
    for place, one in enumerate(seen):
        if one.status != status or one.method not in methods:
            continue
        for other in (*reversed(seen[max(0, place - _WINDOW) : place]), *seen[place + 1 : place + 1 + _WINDOW]):
            if other.status == 200 and other.method == "GET" and _selection(other) == _selection(one):
                yield place, one, other
                break


def _lost(one: Seen, whole: Seen, names: Iterable[str]) -> str | None:
    return next((name for name in names if name in whole.fields and name not in one.fields), None)


@chapter.sequence_rule(
    "rfc9110-9.3.2-2",
    passes=[f"GET / => 200 | {_V} || a\nHEAD / => 200 | {_V}"],
    fails=[f'GET / => 200 | {_V} || a\nHEAD / => 200 | ETag: "1"'],
)
def head_is_like_get(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    for place, head, get in _pairs(seen, 200, ("HEAD",)):
        lost = _lost(head, get, _OF_HEAD)
        if lost is not None and (_is_same_state(head, get) or lost in ("etag", "last-modified")):
            yield place, f"HEAD without {lost}, which GET has"


@chapter.sequence_rule(
    "rfc9110-8.6-4",
    passes=[
        'GET / => 200 | ETag: "1" | Content-Length: 1 || a\nHEAD / => 200 | ETag: "1" | Content-Length: 1',
        'GET / => 200 | ETag: "1" | Content-Length: 1 || a\nHEAD / => 200 | ETag: "2" | Content-Length: 2',
    ],
    fails=[
        'GET / => 200 | ETag: "1" | Content-Length: 1 || a\nHEAD / => 200 | ETag: "1" | Content-Length: 0',
        "GET / => 200 | Last-Modified: a | Content-Length: 1 || a\nHEAD / => 200 | Last-Modified: a | Content-Length: 0",
    ],
)
def head_has_the_length_of_get(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    for place, head, get in _pairs(seen, 200, ("HEAD",)):
        one, other = (parse_content_length(response.get("content-length")) for response in (head, get))
        if isinstance(one, int) and isinstance(other, int) and one != other and _is_same_state(head, get):
            yield place, f"Content-Length is {one} for HEAD, and {other} for GET"


@chapter.sequence_rule(
    "rfc9110-8.6-6",
    passes=['GET / => 200 | ETag: "1" | Content-Length: 1 || a\nGET / | If-None-Match: "1" => 304 | ETag: "1"'],
    fails=[
        'GET / => 200 | ETag: "1" | Content-Length: 1 || a\n'
        'GET / | If-None-Match: "1" => 304 | ETag: "1" | Content-Length: 0'
    ],
)
def not_modified_has_the_length_of_the_whole(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    for place, short, whole in _pairs(seen, 304, ("GET", "HEAD")):
        one, other = (parse_content_length(response.get("content-length")) for response in (short, whole))
        if isinstance(one, int) and isinstance(other, int) and one != other and _is_same_state(short, whole):
            yield place, f"Content-Length is {one} in the 304, and {other} in the 200"


@chapter.sequence_rule(
    "rfc9110-15.4.5-1",
    passes=[f'GET / => 200 | {_V} || a\nGET / | If-None-Match: "1" => 304 | {_V}'],
    fails=[
        f'GET / => 200 | {_V} || a\nGET / | If-None-Match: "1" => 304 | ETag: "1"',
        'GET / => 200 | ETag: "1" | Last-Modified: a || a\nGET / | If-Modified-Since: a => 304 | Last-Modified: a',
    ],
)
def not_modified_keeps_fields(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    for place, short, whole in _pairs(seen, 304, ("GET", "HEAD")):
        lost = _lost(short, whole, _OF_304_AND_206)
        if lost is not None and (_is_same_state(short, whole) or (lost == "etag" and _same_date(short, whole))):
            yield place, f"304 without {lost}, which the 200 has"


@chapter.sequence_rule(
    "rfc9110-15.3.7-2",
    passes=[f"GET / => 200 | {_V} || ab\nGET / | Range: bytes=0-0 => 206 | {_V} | Content-Range: bytes 0-0/2 || a"],
    fails=[
        f'GET / => 200 | {_V} || ab\nGET / | Range: bytes=0-0 => 206 | ETag: "1" | Content-Range: bytes 0-0/2 || a',
        'GET / => 200 | ETag: "1" || ab\nGET / | Range: bytes=0-0 => 206 | Content-Range: bytes 0-0/2 || a',
    ],
)
def partial_keeps_fields(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    for place, part, whole in _pairs(seen, 206, ("GET",)):
        lost = _lost(part, whole, _OF_304_AND_206)
        if lost is not None and (lost == "etag" or _is_same_state(part, whole)):
            yield place, f"206 without {lost}, which the 200 has"


@chapter.sequence_rule(
    "rfc9110-15.3.7.1-1",
    passes=[
        'GET / => 200 | ETag: "1" || abc\nGET / | Range: bytes=1-1 => 206 | ETag: "1" | Content-Range: bytes 1-1/3 || b'
    ],
    fails=[
        'GET / => 200 | ETag: "1" || abc\nGET / | Range: bytes=1-1 => 206 | ETag: "1" | Content-Range: bytes 1-1/3 || a',
        'GET / => 200 | ETag: "1" || abc\nGET / | Range: bytes=1-1 => 206 | ETag: "1" | Content-Range: bytes 1-1/9 || b',
    ],
)
def partial_is_part_of_the_whole(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    for place, part, whole in _pairs(seen, 206, ("GET",)):
        sent = parse_content_range(part.get("content-range"))
        if not sent or sent.unit != "bytes" or sent.first is None or sent.last is None or not whole.content:
            continue
        if not _same_tag(part, whole) or is_coded(part) or is_coded(whole):
            continue
        if parse_content_length(whole.get("content-length")) not in (None, len(whole.content)):
            continue
        if sent.length is not None and sent.length != len(whole.content):
            yield (
                place,
                f"Content-Range tells a length of {sent.length}; the 200 with that ETag has {len(whole.content)}",
            )
        elif part.content and part.content != whole.content[sent.first : sent.last + 1]:
            yield place, "the octets of the 206 are not those of the 200 with that ETag at that place"


@chapter.sequence_rule(
    "rfc9110-8.8.3-1",
    passes=[
        'GET / => 200 | ETag: "1" || a\nGET / => 200 | ETag: "2" || b',
        'GET / => 200 | ETag: W/"1" || a\nGET / => 200 | ETag: W/"1" || b',
    ],
    fails=['GET / => 200 | ETag: "1" || a\nGET / => 200 | ETag: "1" || b'],
)
def one_strong_tag_for_one_content(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    for place, one, other in _pairs(seen, 200, ("GET",)):
        if not _same_tag(one, other) or not one.content or not other.content:
            continue
        if one.get("content-encoding") == other.get("content-encoding") and one.content != other.content:
            yield place, "different content with the same strong ETag"


@chapter.sequence_rule(
    "rfc9110-8.8.3-1",
    passes=[
        'GET / | Accept-Encoding: gzip => 200 | ETag: "1-gzip" | Content-Encoding: gzip || a\nGET / => 200 | ETag: "1" || b',
        'GET / | Accept-Encoding: gzip => 200 | ETag: W/"1" | Content-Encoding: gzip || a\nGET / => 200 | ETag: W/"1" || b',
    ],
    fails=[
        'GET / | Accept-Encoding: gzip => 200 | ETag: "1" | Content-Encoding: gzip || a\nGET / => 200 | ETag: "1" || b',
    ],
)
def one_strong_tag_for_one_coding(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    # A coding makes another representation, with other octets: section 8.8.3.3
    wholes = [(place, one) for place, one in enumerate(seen) if one.status == 200 and one.method in ("GET", "HEAD")]
    for (_, before), (place, one) in pairwise(wholes):
        if before.get("content-encoding") != one.get("content-encoding") and _same_tag(before, one):
            yield place, "the same strong ETag for two content codings"


@chapter.sequence_rule(
    "rfc9110-12.5.5-3",
    passes=[
        "GET / | Accept: a/b => 200 | Vary: Accept | Content-Type: a/b || a\n"
        "GET / | Accept: c/d => 200 | Vary: Accept | Content-Type: c/d || c"
    ],
    fails=[
        "GET / | Accept: a/b => 200 | Content-Type: a/b || a\nGET / | Accept: c/d => 200 | Content-Type: c/d || c",
        "GET / => 200 | Content-Type: a/b || a\n"
        "GET / | Accept-Encoding: gzip => 200 | Content-Type: a/b | Content-Encoding: gzip || c",
    ],
)
def selection_shows_in_vary(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    reads = [(place, one) for place, one in enumerate(seen) if one.status == 200 and one.method in ("GET", "HEAD")]
    for (_, before), (place, one) in pairwise(reads):
        for asked, answered in (
            ("accept", "content-type"),
            ("accept-encoding", "content-encoding"),
            ("accept-language", "content-language"),
        ):
            others = [name for name in _SELECTING if name != asked]
            if before.get(answered) == one.get(answered) or before.asked(asked) == one.asked(asked):
                continue
            varies = set(parse_tokens(one.get("vary")) or ())
            if "*" in varies or asked in varies or any(before.asked(name) != one.asked(name) for name in others):
                continue
            if "no-store" not in (one.get("cache-control") or ""):
                yield place, f"{answered} follows {asked}, and Vary does not name it"


@chapter.sequence_rule(
    "rfc9110-15.3.7-4",
    passes=[
        'GET / => 200 | ETag: "1" | Content-Type: a/b || ab\n'
        'GET / | Range: bytes=0-0 | If-Range: "1" => 206 | ETag: "1" | Content-Range: bytes 0-0/2 || a'
    ],
    fails=[
        'GET / => 200 | ETag: "1" | Content-Type: a/b || ab\n'
        'GET / | Range: bytes=0-0 => 206 | ETag: "1" | Content-Range: bytes 0-0/2 || a'
    ],
)
def partial_keeps_metadata(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    for place, part, whole in _pairs(seen, 206, ("GET",)):
        lost = _lost(part, whole, ("content-type", "content-encoding", "content-language", "last-modified"))
        if lost is not None and part.asked("if-range") is None and _is_same_state(part, whole):
            yield place, f"206 without {lost}, which the 200 has"


@chapter.sequence_rule(
    "rfc9110-15.3.1-1",
    passes=['GET / => 200 | ETag: "1" || ab\nHEAD / => 200 | ETag: "1"'],
    fails=['GET / => 200 || ab\nHEAD / => 200 | ETag: "1"'],
)
def validators_come_with_the_whole(seen: Sequence[Seen]) -> Iterator[tuple[int, str]]:
    for place, head, get in _pairs(seen, 200, ("HEAD",)):
        lost = _lost(get, head, ("etag", "last-modified"))
        if lost is not None:
            yield place, f"HEAD has {lost}, and GET has not"
