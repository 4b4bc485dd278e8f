"""The spelling of fields: each within its grammar, on one line where it is no list, no empty members (RFC 9110 section 5).

What a field should hold is read by its parser in ``fields``; here is only which parser that is. Dates are in dates,
challenges in authentication.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from statuary.fields.allow import parse_allow
from statuary.fields.authentication import parse_credentials
from statuary.fields.cache_control import parse_cache_control
from statuary.fields.content_length import parse_content_length
from statuary.fields.expect import parse_expect
from statuary.fields.grammar import COMMENT, INVALID, RWS, TOKEN, is_token, parse_digits, parse_tokens, split_list
from statuary.fields.links import parse_links
from statuary.fields.media_types import parse_media_type
from statuary.fields.negotiation import parse_accept, parse_accept_encoding, parse_accept_language
from statuary.fields.ranges import parse_accept_ranges, parse_content_range, parse_range
from statuary.fields.retry_after import parse_retry_after
from statuary.fields.transfer_codings import parse_te, parse_transfer_encoding
from statuary.fields.upgrade import parse_upgrade
from statuary.fields.validators import parse_entity_tag, parse_entity_tags, parse_if_range
from statuary.fields.via import parse_via
from statuary.semantics.judgement.quoting import without_quoted_or_bracketed
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()

Parser = Callable[[str], object]

# product = token ["/" product-version], Server and User-Agent = product *( RWS ( product / comment ) ): RFC 9110 sections
# 10.1.5 and 10.2.4
_PRODUCT = rf"{TOKEN}(?:/{TOKEN})?"
_products = re.compile(rf"{_PRODUCT}(?:{RWS}(?:{_PRODUCT}|{COMMENT}))*+")
# The shape of a Language-Tag, whatever is registered: RFC 5646 section 2.1
_language_tag = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*+")


def _parse_products(text: str) -> object:
    return text if _products.fullmatch(text) else INVALID


def _parse_languages(text: str) -> object:
    members = split_list(text)
    return members if members is not INVALID and all(map(_language_tag.fullmatch, members)) else INVALID


def _parse_media_types(text: str) -> object:
    members = split_list(text)
    return members if members is not INVALID and all(map(parse_media_type, members)) else INVALID


# A server has few of them
_media_type = lru_cache(maxsize=256)(parse_media_type)

# Field, parser, what is right, what is wrong
_RESPONSE_FIELDS: tuple[tuple[str, Parser, str, str], ...] = (
    ("Content-Length", parse_content_length, "5", "5, 5"),
    ("Content-Type", _media_type, 'text/html; charset="utf-8"', "text"),
    ("Content-Encoding", parse_tokens, "gzip", "gzip;q=1"),
    ("Content-Range", parse_content_range, "bytes 0-1/*", "bytes 0-9/9"),
    ("Accept-Ranges", parse_accept_ranges, "none", "bytes=0-1"),
    ("ETag", parse_entity_tag, 'W/"a"', "a"),
    ("Allow", parse_allow, "GET, HEAD", "GET HEAD"),
    ("Vary", parse_tokens, "Accept, *", "Accept;q=1"),
    ("Retry-After", lambda text: parse_retry_after(text, 0), "120", "2m"),
    ("Cache-Control", parse_cache_control, 'max-age=5, a="b"', "max-age:5"),
    ("Age", parse_digits, "5", "-1"),
    ("Via", parse_via, "1.1 a (b)", "a"),
    ("Upgrade", parse_upgrade, "websocket, a/2", "a b"),
    ("Connection", parse_tokens, "close", "close;"),
    ("Trailer", parse_tokens, "Digest", "a b"),
    ("Transfer-Encoding", parse_transfer_encoding, "gzip, chunked", "chunked chunked"),
    ("Content-Language", _parse_languages, "de, en-GB, zh-Hant-TW, x-own", "de_DE"),
    ("Server", _parse_products, "a/1 (b; (c)) d", "a(b)"),
    ("Accept", parse_accept, "text/plain;q=0.5, image/*", "text"),
    ("Accept-Encoding", parse_accept_encoding, "gzip, identity;q=0", "gzip;q=2"),
    ("Accept-Patch", _parse_media_types, "text/example;charset=utf-8, a/b", "text"),
    ("Link", parse_links, '</a,b>; rel="next"; x, <c>', "/a; rel=next"),
)
_REQUEST_FIELDS: tuple[tuple[str, Parser, str, str], ...] = (
    ("Content-Length", parse_content_length, "5", "+5"),
    ("Content-Type", _media_type, "text/html", "text/"),
    ("Range", parse_range, "bytes=0-1, -2", "bytes=2-1"),
    ("If-Match", parse_entity_tags, '"a", "b"', "a"),
    ("If-None-Match", parse_entity_tags, "*", '*, "a"'),
    ("If-Range", lambda text: parse_if_range(text, 0), '"a"', "a"),
    ("Accept", parse_accept, "text/*;q=0.5, */*", "text"),
    ("Accept-Encoding", parse_accept_encoding, "gzip, *;q=0", "gzip;q=2"),
    ("Accept-Language", parse_accept_language, "de, en-GB;q=0.5", "de;q=x"),
    ("Authorization", parse_credentials, "Basic YTpi", "=="),
    ("Expect", parse_expect, "100-continue", "a b"),
    ("TE", parse_te, "trailers, gzip;q=0.5", "gzip;q=5"),
    ("Max-Forwards", parse_digits, "0", "-1"),
    ("Via", parse_via, "1.1 a", "a"),
    ("Upgrade", parse_upgrade, "a/2", "a/2/3"),
    ("Connection", parse_tokens, "close", "a b"),
    ("Cache-Control", parse_cache_control, "no-cache", "no-cache="),
    ("Transfer-Encoding", parse_transfer_encoding, "chunked", "a b"),
    ("Content-Encoding", parse_tokens, "gzip", "gzip;q=1"),
    ("Content-Language", _parse_languages, "de", "de_DE"),
    ("Proxy-Authorization", parse_credentials, "Basic YTpi", "=="),
    ("Trailer", parse_tokens, "Digest", "a b"),
    ("User-Agent", _parse_products, "Mozilla/5.0 (a; b) c/1", "a/1, b/2"),
    ("Early-Data", lambda text: text == "1" or INVALID, "1", "0"),
)


def _register(on: str, field: str, parse: Parser, right: str, wrong: str) -> None:
    name = field.lower()

    def can_be_read(seen: Seen) -> str | None:
        value = seen.fields[name]
        if parse(value) is not INVALID:
            return None
        return f"{field} is outside its grammar: {shown(value)}"

    template = f"POST / | {field}: %s => 200" if on == "request" else f"GET / => 200 | {field}: %s"
    chapter.rule("rfc9110-2.2-12", on=on, present=[name], passes=[template % right], fails=[template % wrong])(
        can_be_read
    )


for _row in _RESPONSE_FIELDS:
    _register("response", *_row)
for _row in _REQUEST_FIELDS:
    _register("request", *_row)


# max-age, s-maxage and their like are seconds: RFC 9111 section 1.2.2
_seconds = re.compile(
    r'(?:^|[ ,\t])(?:max-age|s-maxage|min-fresh|stale-[a-z-]+)=(?![0-9]+(?:[ \t,]|$)|")', re.IGNORECASE
)


@chapter.rule(
    "rfc9110-2.2-12",
    on="request response",
    present=["cache-control"],
    passes=["GET / => 200 | Cache-Control: max-age=5, stale-if-error=3"],
    fails=["GET / => 200 | Cache-Control: max-age=-1", "GET / => 200 | Cache-Control: max-age=1h, public"],
)
def seconds_are_digits(seen: Seen) -> str | None:
    value = seen.get("cache-control") or ""
    return f"Cache-Control has a number of seconds that is none: {shown(value)}" if _seconds.search(value) else None


# Fields that are not lists, so that more than one line of them can't be combined: RFC 9110 section 5.3
_SINGLE = frozenset(
    {
        *("content-length", "content-type", "content-range", "content-location", "etag", "last-modified", "date"),
        *("expires", "age", "location", "retry-after", "server", "host", "user-agent", "referer", "from"),
        *("authorization", "proxy-authorization", "max-forwards", "if-modified-since", "if-unmodified-since"),
        *("if-range", "range"),
    }
)
_LISTS = frozenset(
    {
        *("allow", "vary", "connection", "upgrade", "trailer", "transfer-encoding", "content-encoding", "via"),
        *("content-language", "accept-ranges", "cache-control", "www-authenticate", "proxy-authenticate", "te"),
        *("accept", "accept-encoding", "accept-language", "if-match", "if-none-match", "expect", "link"),
        "range",
    }
)
# Defined for requests alone: RFC 9110 sections 7.2, 7.6.2, 10.1, 11.6.2, 11.7.2, 13.1, 14.2. Accept and its like are not
_OF_CLIENTS = frozenset(
    {
        *("host", "max-forwards", "expect", "te", "user-agent", "authorization", "proxy-authorization", "range"),
        *("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"),
    }
)
_empty_member = re.compile(r"^[ \t]*,|,[ \t]*,|,[ \t]*$")
# Most names come again and again
_is_name = lru_cache(maxsize=512)(is_token)
_control = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@chapter.rule(
    "rfc9110-5.3-3",
    on="request interim response",
    passes=["GET / => 200 | Set-Cookie: a=b | Set-Cookie: c=d | Vary: A | Vary: B"],
    fails=[
        "GET / => 200 | Content-Type: a/b | Content-Type: a/b",
        "GET / | Range: bytes=0-1 | Range: bytes=0-1 => 200",
    ],
)
def one_line_each(seen: Seen) -> str | None:
    if len(seen.section.lines) == len(seen.fields):
        return None
    for name in _SINGLE.intersection(seen.fields):
        if len(seen.section.all(name)) > 1:
            return f"{name} is on several lines, though it is no list"
    return None


@chapter.rule(
    "rfc9110-2.2-13",
    on="interim response",
    present=_OF_CLIENTS,
    passes=["GET / | Range: bytes=0-1 => 200 | Accept: a/b | Accept-Encoding: gzip"],
    fails=[
        "GET / => 200 | Host: a.test",
        "GET / => 103 | If-None-Match: * => 200",
        "POST / => 200 | Authorization: Bearer a",
    ],
)
def fields_are_not_those_of_clients(seen: Seen) -> str | None:
    return f"A response has {min(_OF_CLIENTS.intersection(seen.fields))}, which only requests have"


@chapter.rule(
    "rfc9110-5.6.1.1-1",
    on="request interim response",
    present=_LISTS,
    passes=["GET / => 200 | Allow: | Vary: A, B", 'GET / | If-None-Match: "a,,b" => 200'],
    fails=[
        "GET / => 200 | Vary: A,,B",
        "GET / => 200 | Allow: GET,",
        "GET / | Accept: ,a/b => 200",
        "GET / | Range: bytes=0-1,,4-5 => 200",
    ],
)
def no_empty_members(seen: Seen) -> str | None:
    for name in _LISTS.intersection(seen.fields):
        value = seen.fields[name]
        if (
            "," in value
            and len(seen.section.all(name)) == 1
            and _empty_member.search(without_quoted_or_bracketed(value))
        ):
            return f"{name} has an empty member"
    return None


@chapter.rule(
    "rfc9110-2.2-12",
    on="request interim response",
    passes=["GET / => 200 | X-A: b\tc é"],
    fails=["GET / => 200 | X A: b", "GET / => 200 | X-A: b\x00c"],
)
def field_lines_are_well_formed(seen: Seen) -> str | None:
    if not all(map(_is_name, seen.fields)):
        found = next(name for name in seen.fields if not is_token(name))
        return f"a field name that is no token: {shown(found)}"
    # Nearly all are printable, which one look at all of them together tells
    if not "".join(seen.fields.values()).isprintable():
        for name, value in seen.section.lines:
            if _control.search(value):
                return f"a control character in the value of {shown(name)}"
    return None
