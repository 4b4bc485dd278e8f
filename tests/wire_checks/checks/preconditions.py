"""Preconditions: each field, their order, and where they do not count. RFC 9110 section 13."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from .. import claims, dates
from ..client import Response
from ..registry import check, check_each
from ..site import HELLO, INDEX, MODIFIED, Site

WRITES = ["writes"]
PAST = "Thu, 01 Jan 1998 00:00:00 GMT"


def validators(site: Site, target: str = "/hello.txt") -> tuple[str, str]:
    """The strong entity tag and the modification date that the file has now."""
    response = claims.status(site.ask("GET", target), 200)
    etag = claims.field(response, "ETag")
    claims.that(etag.startswith('"'), f"a file without a strong entity tag: {etag}")
    return etag, claims.field(response, "Last-Modified")


def filled(site: Site, fields: list[str]) -> list[str]:
    """The field lines with the file's own tag (@E), its characters (@O) and its date (@L) filled in."""
    etag, modified = validators(site)
    return [line.replace("@E", etag).replace("@O", etag.strip('"')).replace("@L", modified) for line in fields]


def not_modified(response: Response) -> None:
    """A 304 carries what the 200 would have carried to guide a cache."""
    claims.status(response, 304)
    claims.field(response, "ETag")
    claims.field(response, "Date")


@check_each(
    "preconditions.if-none-match",
    "rfc9110-13.1.2-1",
    "rfc9110-13.1.2-3",
    "rfc9110-13.1.2-5",
    "rfc9110-13.1.2-s1",
    "rfc9110-8.8.3.2-s1",
    rows={
        "same": (["If-None-Match: @E"], (304,)),
        "weak": (["If-None-Match: W/@E"], (304,)),
        "star": (["If-None-Match: *"], (304,)),
        "other": (['If-None-Match: "other"'], (200,)),
        "weak-other": (['If-None-Match: W/"other"'], (200,)),
        "list-last": (['If-None-Match: "a", "b", @E'], (304,)),
        "list-first": (['If-None-Match: @E, "b"'], (304,)),
        "list-weak": (['If-None-Match: W/"a", W/@E'], (304,)),
        "list-no-spaces": (['If-None-Match: "a","b",@E,"c"'], (304,)),
        "list-tabs": (['If-None-Match: "a"\t,\t@E'], (304,)),
        "list-other": (['If-None-Match: "a", "b"'], (200,)),
        "empty-members": (["If-None-Match: , @E,,"], (304,)),
        "two-lines": (['If-None-Match: "a"', "If-None-Match: @E"], (304,)),
        "comma-inside-another": (['If-None-Match: "a,b", @E'], (304,)),
        "inside-another": (['If-None-Match: "x,@O,y"'], (200,)),
        "inside-quotes-spaces": (['If-None-Match: "x, @O"'], (200,)),
        "longer": (['If-None-Match: "@O0"'], (200,)),
        "prefix": (['If-None-Match: "0@O"'], (200,)),
        "quoted-star": (['If-None-Match: "*"'], (200,)),
        "empty-tag": (['If-None-Match: ""'], (200,)),
        "backslash": (['If-None-Match: "a\\", @E'], (304,)),
        "high-octets": (['If-None-Match: "\xe9\xff", @E'], (304,)),
        "many": (["If-None-Match: " + ", ".join(f'"{number}"' for number in range(200)) + ", @E"], (304,)),
        # No entity tags: ignored, refused, or read leniently where a tag stands plainly in them.
        "unquoted": (["If-None-Match: @O"], (200, 400)),
        "single-quotes": (["If-None-Match: '@O'"], (200, 400)),
        "empty": (["If-None-Match:"], (200, 400)),
        "lower-case-weak": (["If-None-Match: w/@E"], (200, 304, 400)),
        "star-in-list": (['If-None-Match: "a", *'], (200, 304, 400)),
        "unfinished": (['If-None-Match: "@O'], (200, 400)),
    },
)
def if_none_match(site: Site, row: tuple[list[str], tuple[int, ...]]) -> None:
    """If-None-Match is compared weakly, member by member: GET and HEAD are answered 304 on a match, else 200."""
    fields, statuses = row
    for method in ("GET", "HEAD"):
        response = claims.status(site.ask(method, "/hello.txt", *filled(site, fields)), *statuses)
        if response.status == 304:
            not_modified(response)


@check_each(
    "preconditions.if-match",
    "rfc9110-13.1.1-1",
    "rfc9110-13.1.1-2",
    "rfc9110-13.1.1-3",
    "rfc9110-13.1.1-4",
    "rfc9110-13.1.1-s1",
    "rfc9110-8.8.3.2-s1",
    rows={
        "same": (["If-Match: @E"], (200,)),
        "star": (["If-Match: *"], (200,)),
        "weak": (["If-Match: W/@E"], (412,)),
        "other": (['If-Match: "other"'], (412,)),
        "list-last": (['If-Match: "a", "b", @E'], (200,)),
        "list-first": (["If-Match: @E,W/@E"], (200,)),
        "list-other": (['If-Match: "a", "b", W/@E'], (412,)),
        "empty-members": (["If-Match: ,, @E ,"], (200,)),
        "two-lines": (['If-Match: "a"', "If-Match: @E"], (200,)),
        "comma-inside-another": (['If-Match: "a,b", @E'], (200,)),
        "inside-another": (['If-Match: "x,@O,y"'], (412,)),
        "quoted-star": (['If-Match: "*"'], (412,)),
        "backslash": (['If-Match: "a\\", @E'], (200,)),
        "longer": (['If-Match: "@O0"'], (412,)),
        # No entity tags: refused, or ignored.
        "unquoted": (["If-Match: @O"], (200, 400, 412)),
        "unfinished": (['If-Match: "@O'], (200, 400, 412)),
        "empty": (["If-Match:"], (200, 400, 412)),
    },
)
def if_match(site: Site, row: tuple[list[str], tuple[int, ...]]) -> None:
    """If-Match is compared strongly, member by member: 412 where no member matches."""
    fields, statuses = row
    for method in ("GET", "HEAD"):
        claims.status(site.ask(method, "/hello.txt", *filled(site, fields)), *statuses)


# Each makes a date from that of the last modification.
FORMS: dict[str, Callable[[int], str]] = {"imf-fixdate": dates.imf, "rfc850": dates.rfc850, "asctime": dates.asctime}


@check_each(
    "preconditions.if-modified-since",
    "rfc9110-13.1.3-s1",
    "rfc9110-13.1.3-5",
    "rfc9110-13.1.3-7",
    "rfc9110-5.6.7-1",
    rows={
        f"{name}.{form}": (write, offset, status)
        for form, write in FORMS.items()
        for name, offset, status in (
            ("same", 0, 304),
            ("second-later", 1, 304),
            ("year-later", 365 * 86_400, 304),
            ("second-earlier", -1, 200),
            ("year-earlier", -365 * 86_400, 200),
        )
    },
)
def if_modified_since(site: Site, row: tuple[Callable[[int], str], int, int]) -> None:
    """If-Modified-Since is false from the date of the last modification on: 304, in each form of date."""
    write, offset, status = row
    for method in ("GET", "HEAD"):
        response = site.ask(method, "/hello.txt", f"If-Modified-Since: {write(MODIFIED + offset)}")
        claims.status(response, status)


@check_each(
    "preconditions.if-unmodified-since",
    "rfc9110-13.1.4-s1",
    "rfc9110-13.1.4-5",
    "rfc9110-13.1.4-6",
    "rfc9110-5.6.7-1",
    rows={
        f"{name}.{form}": (write, offset, status)
        for form, write in FORMS.items()
        for name, offset, status in (
            ("same", 0, 200),
            ("second-later", 1, 200),
            ("second-earlier", -1, 412),
            ("year-earlier", -365 * 86_400, 412),
        )
    },
)
def if_unmodified_since(site: Site, row: tuple[Callable[[int], str], int, int]) -> None:
    """If-Unmodified-Since is false before the date of the last modification: 412, in each form of date."""
    write, offset, status = row
    for method in ("GET", "HEAD"):
        response = site.ask(method, "/hello.txt", f"If-Unmodified-Since: {write(MODIFIED + offset)}")
        claims.status(response, status)


# Every one of these would be after the last modification, if it were a date.
INVALID_DATES = {
    "word": "tomorrow",
    "empty": "",
    "iso": "2021-01-01T00:00:00Z",
    "seconds": "1700000000",
    "zone": "Fri, 01 Jan 2021 00:00:00 +0000",
    "utc": "Fri, 01 Jan 2021 00:00:00 UTC",
    "no-zone": "Fri, 01 Jan 2021 00:00:00",
    "hour": "Fri, 01 Jan 2021 25:00:00 GMT",
    "minute": "Fri, 01 Jan 2021 00:61:00 GMT",
    "day": "Fri, 32 Jan 2021 00:00:00 GMT",
    "february": "Tue, 30 Feb 2021 00:00:00 GMT",
    "month": "Fri, 01 Foo 2021 00:00:00 GMT",
    "trailing": "Fri, 01 Jan 2021 00:00:00 GMT; length=5",
    "list": "Fri, 01 Jan 2021 00:00:00 GMT, Sat, 02 Jan 2021 00:00:00 GMT",
    "quoted": '"Fri, 01 Jan 2021 00:00:00 GMT"',
    "two-digit-year": "Fri, 01 Jan 21 00:00:00 GMT",
}


@check_each("preconditions.if-modified-since-invalid", "rfc9110-13.1.3-2", rows=INVALID_DATES)
def if_modified_since_invalid(site: Site, value: str) -> None:
    """An If-Modified-Since that is no HTTP-date is ignored."""
    claims.status(site.ask("GET", "/hello.txt", f"If-Modified-Since: {value}"), 200)


@check_each(
    "preconditions.if-unmodified-since-invalid",
    "rfc9110-13.1.4-2",
    rows={name: value.replace("2021", "1999") for name, value in INVALID_DATES.items()},
)
def if_unmodified_since_invalid(site: Site, value: str) -> None:
    """An If-Unmodified-Since that is no HTTP-date is ignored."""
    claims.status(site.ask("GET", "/hello.txt", f"If-Unmodified-Since: {value}"), 200)


@check("preconditions.if-modified-since-lines", "rfc9110-13.1.3-2")
def if_modified_since_twice(site: Site) -> None:
    """If-Modified-Since sent twice is no date, and is ignored."""
    line = f"If-Modified-Since: {dates.imf(MODIFIED)}"
    claims.status(site.ask("GET", "/hello.txt", line, line), 200, 400)


@check("preconditions.if-unmodified-since-lines", "rfc9110-13.1.4-2")
def if_unmodified_since_twice(site: Site) -> None:
    """If-Unmodified-Since sent twice is no date, and is ignored."""
    line = f"If-Unmodified-Since: {PAST}"
    claims.status(site.ask("GET", "/hello.txt", line, line), 200, 400)


@check("preconditions.rfc850-century", "rfc9110-5.6.7-4")
def century(site: Site) -> None:
    """A year of two digits that would be more than fifty years ahead lies in the past."""
    year = (time.gmtime().tm_year + 53) % 100
    # The name of the day in that past year; a reader in the wrong century would find the file unmodified since.
    past = f"{dates.LONG_DAYS[0]}, 02-Mar-{year:02} 00:00:00 GMT"
    for name in dates.LONG_DAYS:
        claims.status(site.ask("GET", "/hello.txt", f"If-Modified-Since: {past.replace('Monday', name)}"), 200)


@check("preconditions.if-modified-since-future", "rfc9110-13.1.3-s1", "rfc9110-13.1.3-4")
def date_in_the_future(site: Site) -> None:
    """If-Modified-Since in the future is compared like any other, or ignored as it once was."""
    claims.status(site.ask("GET", "/hello.txt", f"If-Modified-Since: {dates.imf(4_000_000_000)}"), 200, 304)


@check("preconditions.none-match-wins", "rfc9110-13.1.3-1")
def if_none_match_wins(site: Site) -> None:
    """If-None-Match, where present, leaves If-Modified-Since without effect."""
    etag, modified = validators(site)
    response = site.ask("GET", "/hello.txt", 'If-None-Match: "x"', f"If-Modified-Since: {modified}")
    claims.content(claims.status(response, 200), HELLO)
    claims.status(site.ask("GET", "/hello.txt", f"If-None-Match: {etag}", f"If-Modified-Since: {PAST}"), 304)


@check("preconditions.match-wins", "rfc9110-13.1.4-1")
def if_match_wins(site: Site) -> None:
    """If-Match, where present, leaves If-Unmodified-Since without effect."""
    etag, modified = validators(site)
    claims.status(site.ask("GET", "/hello.txt", f"If-Match: {etag}", f"If-Unmodified-Since: {PAST}"), 200)
    claims.status(site.ask("GET", "/hello.txt", 'If-Match: "x"', f"If-Unmodified-Since: {modified}"), 412)


# The table of section 13.2.2: each field absent, true or false of the file as it is.
STATES: dict[str, dict[bool | None, str | None]] = {
    "If-Match": {None: None, True: "@E", False: '"x"'},
    "If-Unmodified-Since": {None: None, True: "@L", False: PAST},
    "If-None-Match": {None: None, True: '"x"', False: "@E"},
    "If-Modified-Since": {None: None, True: PAST, False: "@L"},
}


def by_the_table(match: bool | None, unmodified: bool | None, none: bool | None, modified: bool | None) -> int:
    """The status for GET and HEAD, by the six steps."""
    if match is False or (match is None and unmodified is False):
        return 412
    if none is False or (none is None and modified is False):
        return 304
    return 200


@check_each(
    "preconditions.order",
    "rfc9110-13.2.2-1",
    "rfc9110-13.2.2-s1",
    "rfc9110-13.2.2-s2",
    "rfc9110-13.2.2-s3",
    "rfc9110-13.2.2-s4",
    rows={
        f"{method.lower()}-{match}-{unmodified}".replace("None", "absent").lower(): (method, match, unmodified)
        for method in ("GET", "HEAD")
        for match in (None, True, False)
        for unmodified in (None, True, False)
    },
)
def order(site: Site, row: tuple[str, bool | None, bool | None]) -> None:
    """If-Match, If-Unmodified-Since (in the name), If-None-Match and If-Modified-Since are judged in their order."""
    method, match, unmodified = row
    for none, modified in itertools.product((None, True, False), repeat=2):
        states = dict(zip(STATES, (match, unmodified, none, modified), strict=True))
        values = {name: STATES[name][state] for name, state in states.items()}
        # The order of the lines must not matter, so they come against the order of the steps.
        lines = [f"{name}: {value}" for name, value in reversed(values.items()) if value is not None]
        response = site.ask(method, "/hello.txt", *filled(site, lines))
        expected = by_the_table(match, unmodified, none, modified)
        claims.that(response.status == expected, f"answered {response} instead of {expected} to {values}")


@check_each(
    "preconditions.write",
    "rfc9110-13.1.1-3",
    "rfc9110-13.1.2-4",
    "rfc9110-13.1.2-5",
    "rfc9110-13.1.4-6",
    "rfc9110-13.2.2-s1",
    "rfc9110-15.5.13-s1",
    needs=WRITES,
    rows={
        f"{name}.{method.lower()}": (method, lines, holds)
        for method in ("PUT", "DELETE")
        for name, lines, holds in (
            ("match", ["If-Match: @E"], True),
            ("match-star", ["If-Match: *"], True),
            ("match-list", ['If-Match: "a,b", @E'], True),
            ("match-weak", ["If-Match: W/@E"], False),
            ("match-other", ['If-Match: "x"'], False),
            ("none-match", ["If-None-Match: @E"], False),
            ("none-match-weak", ["If-None-Match: W/@E"], False),
            ("none-match-star", ["If-None-Match: *"], False),
            ("none-match-list", ['If-None-Match: "a,b", @E'], False),
            ("none-match-other", ['If-None-Match: "x"'], True),
            ("unmodified", ["If-Unmodified-Since: @L"], True),
            ("unmodified-not", [f"If-Unmodified-Since: {PAST}"], False),
            ("unmodified-invalid", ["If-Unmodified-Since: yesterday"], True),
            ("modified-ignored", ["If-Modified-Since: @L"], True),
            ("match-over-unmodified", ["If-Match: @E", f"If-Unmodified-Since: {PAST}"], True),
            ("match-then-none-match", ["If-Match: @E", "If-None-Match: @E"], False),
            ("unmodified-then-none-match", ["If-Unmodified-Since: @L", "If-None-Match: *"], False),
        )
    },
)
def write(site: Site, row: tuple[str, list[str], bool]) -> None:
    """PUT and DELETE whose condition is false are answered 412 and change nothing; else they are done."""
    method, lines, holds = row
    target = site.stored(b"before\n")
    etag, modified = validators(site, target)
    fields = [line.replace("@E", etag).replace("@L", modified) for line in lines]
    response = site.ask(method, target, *fields, content=b"after\n" if method == "PUT" else None)
    after = site.ask("GET", target)
    if not holds:
        claims.status(response, 412)
        claims.content(claims.status(after, 200), b"before\n")
        claims.that(after.field("ETag") == etag, "refused, and yet the entity tag changed")
    elif method == "PUT":
        claims.status(response, 200, 204)
        claims.content(claims.status(after, 200), b"after\n")
    else:
        claims.status(response, 200, 202, 204)
        claims.status(after, 404, 410)


@check("preconditions.create-only", "rfc9110-13.1.2-s1", needs=WRITES)
def create_only(site: Site) -> None:
    """If-None-Match: * lets a PUT create, and not replace."""
    target = site.fresh()
    claims.status(site.ask("PUT", target, "If-None-Match: *", content=b"one\n"), 201)
    claims.status(site.ask("PUT", target, "If-None-Match: *", content=b"two\n"), 412)
    claims.content(site.ask("GET", target), b"one\n")


@check_each(
    "preconditions.replace-only",
    "rfc9110-13.1.1-s1",
    needs=WRITES,
    rows={"star": "If-Match: *", "tag": 'If-Match: "x"'},
)
def replace_only(site: Site, line: str) -> None:
    """If-Match lets a PUT replace, and not create."""
    target = site.fresh()
    claims.status(site.ask("PUT", target, line, content=b"new\n"), 412)
    claims.status(site.ask("GET", target), 404)


@check("preconditions.put-new-unmodified", "rfc9110-13.1.4-3", needs=WRITES)
def unmodified_without_date(site: Site) -> None:
    """If-Unmodified-Since does not keep a PUT from creating: there is no date to compare with."""
    claims.status(site.ask("PUT", site.fresh(), f"If-Unmodified-Since: {PAST}", content=b"new\n"), 201)


CONDITIONS = {
    "match": 'If-Match: "x"',
    "match-star": "If-Match: *",
    "none-match": "If-None-Match: *",
    "unmodified": f"If-Unmodified-Since: {PAST}",
    "modified": f"If-Modified-Since: {dates.imf(1_900_000_000)}",
}


@check_each("preconditions.not-on-options", "rfc9110-13.2.1-5", rows=CONDITIONS)
def not_on_options(site: Site, line: str) -> None:
    """Preconditions mean nothing to OPTIONS and TRACE."""
    for method in ("OPTIONS", "TRACE"):
        claims.status(site.ask(method, "/hello.txt", line), site.ask(method).status)


@check_each(
    "preconditions.not-on-errors",
    "rfc9110-13.2.1-1",
    "rfc9110-13.2.1-2",
    rows={
        f"{name}.{condition}": (method, target, line)
        for name, method, target in (
            ("404", "GET", "/nothing-here"),
            ("404-head", "HEAD", "/nothing-here"),
            ("405", "POST", "/hello.txt"),
            ("501", "FOO", "/hello.txt"),
        )
        for condition, line in CONDITIONS.items()
    },
)
def not_on_errors(site: Site, row: tuple[str, str, str]) -> None:
    """A request that fails without its preconditions fails the same way with them."""
    method, target, line = row
    plain = site.ask(method, target)
    if plain.status >= 400:
        claims.status(site.ask(method, target, line), plain.status)


@check_each("preconditions.not-on-redirects", "rfc9110-13.2.1-2", rows=CONDITIONS)
def not_on_redirects(site: Site, line: str) -> None:
    """A request that is redirected without its preconditions is redirected with them."""
    plain = site.ask("GET", "/sub")
    if plain.status // 100 == 3:
        claims.status(site.ask("GET", "/sub", line), plain.status)


@check_each("preconditions.not-on-bad-requests", "rfc9110-13.2.1-1", rows=CONDITIONS)
def not_on_bad_requests(site: Site, line: str) -> None:
    """A malformed request is malformed whatever its preconditions."""
    claims.refused(site, site.request("GET", "/hello.txt", "Host: a b", line), 400)


@check("preconditions.delete-nothing", "rfc9110-13.2.1-2", needs=WRITES)
def delete_of_nothing(site: Site) -> None:
    """DELETE where nothing is gives the same answer with If-Match, unless without it there was nothing to fail."""
    target = site.fresh()
    plain = site.ask("DELETE", target)
    accepted = (412, 204) if plain.status == 204 else (plain.status,)
    claims.status(site.ask("DELETE", target, "If-Match: *"), *accepted)


@check_each(
    "preconditions.304-fields",
    "rfc9110-15.4.5-1",
    "rfc9110-15.4.5-2",
    "rfc9110-8.6-6",
    "rfc9110-15.4.5-s1",
    rows={
        "plain": ("/hello.txt", []),
        "variant": ("/page.html", ["Accept-Encoding: gzip"]),
        "variant-uncoded": ("/page.html", []),
        "language": ("/doc.html", ["Accept-Language: de"]),
        "index": ("/sub/", []),
        "empty": ("/empty.txt", []),
    },
)
def fields_of_not_modified(site: Site, row: tuple[str, list[str]]) -> None:
    """A 304 has the fields that guide caches, as the 200 has them, and no others about the representation."""
    target, fields = row
    full = site.ask("GET", target, *fields)
    if full.status != 200:
        return
    etag = full.field("ETag")
    condition = f"If-None-Match: {etag}" if etag else f"If-Modified-Since: {claims.field(full, 'Last-Modified')}"
    with site.connect() as connection:
        connection.send(site.request("GET", target, *fields, condition))
        response = claims.status(connection.read_response(), 304)
        claims.closed_or_in_step(site, connection, response)
    for name in ("ETag", "Vary", "Cache-Control", "Content-Location", "Expires"):
        claims.that(
            response.field(name) == full.field(name), f"{name}: {response.field(name)}, 200: {full.field(name)}"
        )
    claims.no_field(response, "Content-Range", "Transfer-Encoding")
    length = response.field("Content-Length")
    claims.that(length in (None, str(len(full.content))), f"Content-Length {length}, 200 has {len(full.content)}")


@check("preconditions.304-lean", "rfc9110-15.4.5-2", choice=True)
def lean_not_modified(site: Site) -> None:
    """A 304 does not describe content that it does not have."""
    response = claims.status(site.ask("GET", "/hello.txt", "If-None-Match: *"), 304)
    claims.no_field(response, "Content-Type", "Content-Encoding", "Content-Language")


@check("preconditions.variants", "rfc9110-13.1.2-s1", "rfc9110-8.8.3-1", needs=["precompressed"])
def tag_of_another_variant(site: Site) -> None:
    """The tag of one variant is no match where another is selected."""
    plain = claims.field(site.ask("GET", "/page.html"), "ETag")
    coded = claims.field(site.ask("GET", "/page.html", "Accept-Encoding: gzip"), "ETag")
    claims.that(plain != coded, f"both variants have {plain}")
    gzip = "Accept-Encoding: gzip"
    claims.status(site.ask("GET", "/page.html", gzip, f"If-None-Match: {plain}"), 200)
    claims.status(site.ask("GET", "/page.html", f"If-None-Match: {coded}"), 200)
    claims.status(site.ask("GET", "/page.html", gzip, f"If-None-Match: {coded}"), 304)
    claims.status(site.ask("GET", "/page.html", gzip, f"If-Match: {plain}"), 412)


@check("preconditions.future-file", "rfc9110-8.8.2.1-4", "rfc9110-13.1.3-s1")
def file_from_the_future(site: Site) -> None:
    """A file modified in the future has its tag, and conditions on that work."""
    etag = claims.field(claims.status(site.ask("GET", "/future.txt"), 200), "ETag")
    claims.status(site.ask("GET", "/future.txt", f"If-None-Match: {etag}"), 304)
    claims.status(site.ask("GET", "/future.txt", f"If-Modified-Since: {PAST}"), 200)
    claims.status(site.ask("GET", "/future.txt", f"If-Unmodified-Since: {PAST}"), 412)


@check("preconditions.directory-index", "rfc9110-13.1.2-5")
def on_an_index(site: Site) -> None:
    """Preconditions count for a directory's index as for its file."""
    full = site.ask("GET", "/sub/")
    claims.content(claims.status(full, 200), INDEX)
    claims.status(site.ask("GET", "/sub/", f"If-None-Match: {claims.field(full, 'ETag')}"), 304)
    claims.status(site.ask("GET", "/sub/", 'If-Match: "x"'), 412)
