"""PUT and DELETE of files. RFC 9110 sections 9.3.4, 9.3.5 and 14.5."""

from __future__ import annotations

import re

from .. import claims
from ..registry import check, check_each
from ..site import HELLO, INDEX, Site

WRITES = ["writes"]


@check_each(
    "writing.put-get",
    "rfc9110-9.3.4-1",
    "rfc9110-15.3.2-s2",
    needs=WRITES,
    rows={
        "text": b"some text\n",
        "empty": b"",
        "binary": bytes(range(256)) * 4,
        "crlf": b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "one-octet": b"x",
        "large": b"0123456789abcdef" * 65_536,
    },
)
def put_then_get(site: Site, content: bytes) -> None:
    """PUT of something new is answered 201, and GET then gives the same octets."""
    target = site.fresh(".bin")
    claims.status(site.ask("PUT", target, content=content), 201)
    claims.content(claims.status(site.ask("GET", target), 200), content)


@check("writing.replace", "rfc9110-9.3.4-2", needs=WRITES)
def replace(site: Site) -> None:
    """PUT over something is answered 200 or 204, and GET gives the new octets alone."""
    target = site.stored(b"a longer content that comes first\n")
    claims.status(site.ask("PUT", target, content=b"shorter\n"), 200, 204)
    claims.content(claims.status(site.ask("GET", target), 200), b"shorter\n")


@check("writing.replace-same", "rfc9110-9.3.4-2", needs=WRITES)
def replace_with_the_same(site: Site) -> None:
    """PUT of the same octets again is a success."""
    target = site.stored(b"same\n")
    claims.status(site.ask("PUT", target, content=b"same\n"), 200, 204)
    claims.content(site.ask("GET", target), b"same\n")


@check("writing.location", "rfc9110-10.2.2-s2", "rfc9110-15.3.2-s1", needs=WRITES)
def location_of_the_new(site: Site) -> None:
    """If a 201 has Location, it names the resource that was made."""
    target = site.fresh()
    location = claims.status(site.ask("PUT", target, content=b"new\n"), 201).field("Location")
    claims.that(location is None or location.endswith(target), f"Location: {location}")


@check("writing.put-validator", "rfc9110-9.3.4-6", needs=WRITES)
def validator_of_what_was_stored(site: Site) -> None:
    """If the answer to PUT has a validator, it is the one that GET gives."""
    target = site.fresh()
    for content in (b"one\n", b"two\n"):
        put = claims.status(site.ask("PUT", target, content=content), *claims.SUCCESS)
        get = claims.status(site.ask("GET", target), 200)
        for name in ("ETag", "Last-Modified"):
            claims.that(put.field(name) in (None, get.field(name)), f"{name} {put.field(name)}, then {get.field(name)}")


@check("writing.new-validator", "rfc9110-8.8.3-1", needs=WRITES)
def new_validator(site: Site) -> None:
    """A strong entity tag changes with the content, even where length and second are the same."""
    target = site.stored(b"aaaa\n")
    tags = []
    for content in (b"aaaa\n", b"bbbb\n", b"cccc\n", b"dddd\n"):
        claims.status(site.ask("PUT", target, content=content), 200, 204)
        tags.append(claims.field(site.ask("GET", target), "ETag"))
    strong = [tag for tag in tags if not tag.startswith("W/")]
    claims.that(len(set(strong)) == len(strong), f"the same strong tag for different content: {tags}")


@check("writing.etag-after-put-works", "rfc9110-13.1.1-s1", needs=WRITES)
def tag_can_be_used(site: Site) -> None:
    """The tag that GET gives after a PUT lets the next PUT through, once."""
    target = site.stored(b"one\n")
    etag = claims.field(site.ask("GET", target), "ETag")
    claims.status(site.ask("PUT", target, f"If-Match: {etag}", content=b"two\n"), 200, 204)
    claims.status(site.ask("PUT", target, f"If-Match: {etag}", content=b"three\n"), 412)
    claims.content(site.ask("GET", target), b"two\n")


@check_each(
    "writing.content-range",
    "rfc9110-14.5-1",
    needs=WRITES,
    rows={
        "part": "bytes 0-4/10",
        "whole": "bytes 0-4/5",
        "unknown-length": "bytes 0-4/*",
        "unsatisfied": "bytes */5",
        "invalid": "nonsense",
        "other-unit": "lines 0-4/5",
    },
)
def content_range(site: Site, value: str) -> None:
    """PUT with Content-Range is answered 400 where parts cannot be put (or the part is put by a server that can)."""
    target = site.stored(b"0123456789")
    response = site.ask("PUT", target, f"Content-Range: {value}", content=b"abcde")
    accepted = (200, 204, 400) if value == "bytes 0-4/10" else (400,)
    claims.status(response, *accepted)
    expected = b"0123456789" if response.status == 400 else b"abcde56789"
    claims.content(claims.status(site.ask("GET", target), 200), expected)


@check("writing.content-range-new", "rfc9110-14.5-1", needs=WRITES)
def content_range_of_nothing(site: Site) -> None:
    """PUT of a part of what does not exist makes nothing."""
    target = site.fresh()
    claims.status(site.ask("PUT", target, "Content-Range: bytes 5-9/10", content=b"abcde"), 400)
    claims.status(site.ask("GET", target), 404)


@check("writing.content-range-get", "rfc9110-14.4-3")
def content_range_of_get(site: Site) -> None:
    """Content-Range in a GET means nothing."""
    claims.content(claims.status(site.ask("GET", "/hello.txt", "Content-Range: bytes 0-4/10"), 200), HELLO)


@check("writing.range", "rfc9110-14.2-2", needs=WRITES)
def range_of_put(site: Site) -> None:
    """Range means nothing to PUT: the whole content is put."""
    target = site.stored(b"0123456789")
    claims.status(site.ask("PUT", target, "Range: bytes=0-2", content=b"abcde"), 200, 204)
    claims.content(site.ask("GET", target), b"abcde")


@check("writing.range-delete", "rfc9110-14.2-2", needs=WRITES)
def range_of_delete(site: Site) -> None:
    """Range means nothing to DELETE: the whole file goes."""
    target = site.stored()
    claims.status(site.ask("DELETE", target, "Range: bytes=0-2"), 200, 202, 204)
    claims.status(site.ask("GET", target), 404, 410)


@check("writing.content-location", "rfc9110-8.7-2", "rfc9110-8.7-4", needs=WRITES)
def content_location(site: Site) -> None:
    """Content-Location in a PUT does not change what is written."""
    target, other = site.fresh(), site.fresh()
    claims.status(site.ask("PUT", target, f"Content-Location: {other}", content=b"here\n"), 201)
    claims.content(claims.status(site.ask("GET", target), 200), b"here\n")
    claims.status(site.ask("GET", other), 404)


@check("writing.unknown-fields", "rfc9110-9.3.4-5", needs=WRITES)
def unknown_fields_are_not_stored(site: Site) -> None:
    """Unknown fields of a PUT, in header or trailers, do not come back with the file."""
    target = site.fresh()
    coded = b"4\r\nabcd\r\n0\r\nX-Stored: trailer\r\n\r\n"
    fields = ("X-Stored: header", "Transfer-Encoding: chunked")
    claims.status(site.ask("PUT", target, *fields, content=coded), 201)
    claims.no_field(site.ask("GET", target), "X-Stored")


@check("writing.content-encoding", "rfc9110-8.4-3", "rfc9110-12.5.3-s1", needs=WRITES)
def content_encoding(site: Site) -> None:
    """PUT of coded content is refused with 415 and Accept-Encoding, or what is stored is served with its coding."""
    target = site.fresh()
    response = site.ask("PUT", target, "Content-Encoding: x-unheard-of", content=b"coded")
    if claims.status(response, 201, 400, 415, 501).status == 415:
        claims.field(response, "Accept-Encoding")


@check_each(
    "writing.directory",
    "rfc9110-15.5.10-s1",
    needs=WRITES,
    rows={"slash": "/sub/", "no-slash": "/sub", "root": "/", "listing": "/listing/"},
)
def put_on_directory(site: Site, target: str) -> None:
    """PUT on a directory is refused or redirected, and the directory stays."""
    response = site.ask("PUT", target, content=b"not a directory\n")
    claims.status(response, 301, 307, 308, 400, 403, 404, 405, 409)
    claims.content(claims.status(site.ask("GET", "/sub/index.html"), 200), INDEX)


@check("writing.no-parent", "rfc9110-15.5.10-s1", needs=WRITES)
def put_without_parent(site: Site) -> None:
    """PUT into a directory that does not exist is refused, or makes it."""
    target = site.fresh("") + "/new.txt"
    if claims.status(site.ask("PUT", target, content=b"new\n"), 201, 403, 404, 409).status == 201:
        claims.content(claims.status(site.ask("GET", target), 200), b"new\n")


@check("writing.below-a-file", "rfc9110-15.5.10-s1", needs=WRITES)
def put_below_a_file(site: Site) -> None:
    """PUT below something that is no directory is refused."""
    claims.status(site.ask("PUT", "/hello.txt/new.txt", content=b"new\n"), 400, 403, 404, 405, 409)
    claims.content(site.ask(), HELLO)


@check("writing.name-too-long", "rfc9110-15.5.10-s1", needs=WRITES)
def put_with_long_name(site: Site) -> None:
    """PUT under a name that no file can have is refused, without a server error."""
    claims.refusal(site.ask("PUT", "/" + "n" * 300, content=b"new\n"))


@check("writing.new-directory-name", "rfc9110-15.5.10-s1", needs=WRITES)
def put_with_trailing_slash(site: Site) -> None:
    """PUT to a name that ends with a slash makes no file of that name."""
    target = site.fresh("")
    claims.refusal(site.ask("PUT", target + "/", content=b"new\n"), 201, 301, 308)
    claims.status(site.ask("GET", target), 301, 308, 404)


@check("writing.unicode-name", "rfc9110-9.3.4-1", needs=WRITES)
def put_with_unicode_name(site: Site) -> None:
    """PUT under an encoded name is found under the same name."""
    target = site.fresh("-%E2%82%AC%20%2B.txt")
    claims.status(site.ask("PUT", target, content=b"euro\n"), 201)
    claims.content(claims.status(site.ask("GET", target.replace("%E2", "%e2")), 200), b"euro\n")


@check("writing.content-type", "rfc9110-9.3.4-3", "rfc9110-8.3-1", needs=WRITES)
def content_type(site: Site) -> None:
    """PUT with a Content-Type that fits the name is stored and served with one."""
    target = site.fresh(".html")
    claims.status(site.ask("PUT", target, "Content-Type: text/html", content=b"<p>new</p>\n"), 201)
    claims.that("text/html" in claims.field(site.ask("GET", target), "Content-Type"), "not served as text/html")


@check("writing.delete", "rfc9110-9.3.5-1", "rfc9110-15.5.5-s1", needs=WRITES)
def delete(site: Site) -> None:
    """DELETE takes a file away; GET, HEAD and a second DELETE find nothing."""
    target = site.stored()
    claims.status(site.ask("DELETE", target), 200, 202, 204)
    claims.status(site.ask("GET", target), 404, 410)
    claims.status(site.ask("HEAD", target), 404, 410)
    claims.status(site.ask("DELETE", target), 404, 410, 204)


@check("writing.delete-then-put", "rfc9110-9.3.4-1", needs=WRITES)
def delete_then_put(site: Site) -> None:
    """What was deleted can be made anew, with 201."""
    target = site.stored(b"old\n")
    claims.status(site.ask("DELETE", target), 200, 204)
    claims.status(site.ask("PUT", target, content=b"new\n"), 201)
    claims.content(site.ask("GET", target), b"new\n")


@check("writing.delete-content", "rfc9112-9.3-5", needs=WRITES)
def delete_with_content(site: Site) -> None:
    """DELETE with content is done or refused, and the connection stays in step."""
    target = site.stored()
    with site.connect() as connection:
        connection.send(site.request("DELETE", target, content=b"hello"))
        response = claims.status(connection.read_response("DELETE"), 200, 202, 204, 400, 413, 415)
        claims.closed_or_in_step(site, connection, response)


# Collections may be deleted where WebDAV is spoken: leave the check out there.
@check_each(
    "writing.delete-directory",
    "rfc9110-15.5.4-s1",
    needs=["writes", "directories-stay"],
    rows={"root": "/", "filled": "/listing/"},
    choice=True,
)
def delete_directory(site: Site, target: str) -> None:
    """DELETE does not take a filled directory away."""
    claims.status(site.ask("DELETE", target), 400, 403, 404, 405, 409)
    claims.status(site.ask("GET", "/listing/one.txt"), 200)


@check("writing.allow", "rfc9110-9.3.7-1", "rfc9110-15.5.6-1", needs=WRITES)
def allow_lists_writing(site: Site) -> None:
    """Where PUT and DELETE work, Allow says so."""
    target = site.stored()
    allowed = claims.field(site.ask("OPTIONS", target), "Allow")
    claims.that(re.search(r"\bPUT\b", allowed) is not None and "DELETE" in allowed, f"Allow: {allowed}")
    allowed = claims.field(claims.status(site.ask("POST", target, content=b""), 405), "Allow")
    claims.that("PUT" in allowed and "DELETE" in allowed, f"Allow: {allowed}")


@check("writing.incomplete", "rfc9112-6.3-8", needs=WRITES)
def incomplete(site: Site) -> None:
    """A PUT that ends before its content is complete changes nothing."""
    target = site.stored(b"the content before\n")
    for length in (5, 0):
        with site.connect() as connection:
            connection.send(site.request("PUT", target, "Content-Length: 50") + b"x" * length)
            connection.half_close()
            connection.read_to_end()
    claims.content(claims.status(site.ask("GET", target), 200), b"the content before\n")


@check("writing.aborted", "rfc9112-6.3-8", needs=WRITES)
def aborted(site: Site) -> None:
    """A PUT whose client goes away with a reset changes nothing."""
    target = site.stored(b"the content before\n")
    with site.connect() as connection:
        connection.send(site.request("PUT", target, "Content-Length: 500000") + b"x" * 200_000)
        connection.reset()
    claims.content(claims.status(site.ask("GET", target), 200), b"the content before\n")


@check("writing.while-incomplete", "rfc9112-6.3-8", needs=WRITES)
def while_incomplete(site: Site) -> None:
    """While a PUT is still coming, readers see the content before."""
    target = site.stored(b"the content before\n")
    with site.connect() as connection:
        connection.send(site.request("PUT", target, "Content-Length: 20") + b"0123456789")
        claims.content(claims.status(site.ask("GET", target), 200), b"the content before\n")
        connection.send(b"abcdefghij")
        claims.status(connection.read_response("PUT"), 200, 204)
    claims.content(site.ask("GET", target), b"0123456789abcdefghij")


@check("writing.http-1.0", "rfc9110-9.3.4-1", needs=WRITES)
def put_in_old_version(site: Site) -> None:
    """PUT works in HTTP/1.0 too."""
    target = site.fresh()
    claims.status(site.ask("PUT", target, content=b"old version\n", version="HTTP/1.0"), 201)
    claims.content(site.ask("GET", target), b"old version\n")


@check("writing.no-length", "rfc9112-6.3-s6", "rfc9112-6.3-10", needs=WRITES)
def put_without_length(site: Site) -> None:
    """PUT without framing has no content: an empty file is made, or a length asked for."""
    claims.refused(site, site.request("PUT", site.fresh()), 201, 400, 411, method="PUT")


@check("writing.success-without-content", "rfc9110-15.3.5-s1", "rfc9110-8.6-7", needs=WRITES)
def success_without_content(site: Site) -> None:
    """A 204 to PUT or DELETE ends with its header section."""
    target = site.stored()
    for method, content in (("PUT", b"new\n"), ("DELETE", None)):
        with site.connect() as connection:
            connection.send(site.request(method, target, content=content))
            response = connection.read_response(method)
            if claims.status(response, 200, 204).status == 204:
                claims.no_field(response, "Content-Length", "Transfer-Encoding")
            claims.closed_or_in_step(site, connection, response)
