"""What a file looks like as a representation: octets, type, validators, dates. RFC 9110 sections 6.6 and 8."""

from __future__ import annotations

import os
import time
from urllib.parse import urljoin

from .. import claims, dates
from ..registry import check, check_each
from ..site import BIG, ENGLISH, HELLO, INDEX, MODIFIED, PAGE, PAGE_GZIP, SPACE, UNICODE, Site

PLACES = {
    "text": ("/hello.txt", HELLO, "text/plain"),
    "empty": ("/empty.txt", b"", "text/plain"),
    "binary": ("/big.bin", BIG, ""),
    "page": ("/page.html", PAGE, "text/html"),
    "gzip": ("/page.html.gz", PAGE_GZIP, ""),
    "index": ("/sub/index.html", INDEX, "text/html"),
    "directory": ("/sub/", INDEX, "text/html"),
    "in-listing": ("/listing/one.txt", b"one\n", "text/plain"),
    "space": ("/sp%20ace.txt", SPACE, "text/plain"),
    "unicode": ("/caf%C3%A9.txt", UNICODE, "text/plain"),
    "language": ("/doc.en.html", ENGLISH, "text/html"),
    "future": ("/future.txt", b"from the future\n", "text/plain"),
}


@check_each("representation.file", "rfc9110-9.1-1", "rfc9110-8.3-1", "rfc9110-15.3.1-s2", rows=PLACES)
def file(site: Site, row: tuple[str, bytes, str]) -> None:
    """A file is sent octet by octet, with its media type."""
    target, expected, media_type = row
    response = claims.content(claims.status(site.ask("GET", target), 200), expected)
    if expected and media_type:
        got = claims.field(response, "Content-Type")
        claims.that(got.lower().startswith(media_type), f"Content-Type: {got}")


@check_each("representation.length", "rfc9110-8.6-9", "rfc9112-6.3-9", rows=PLACES)
def length(site: Site, row: tuple[str, bytes, str]) -> None:
    """A file is sent with its length."""
    target, expected, _ = row
    got = claims.status(site.ask("GET", target), 200).field("Content-Length")
    claims.that(got == str(len(expected)), f"Content-Length: {got} of {len(expected)} octets")


@check_each("representation.validators", "rfc9110-8.8.2.1-1", "rfc9110-8.8.3.1-1", "rfc9110-15.3.1-1", rows=PLACES)
def has_validators(site: Site, row: tuple[str, bytes, str]) -> None:
    """A file is sent with an entity tag and the date of its last modification."""
    response = claims.status(site.ask("GET", row[0]), 200)
    claims.field(response, "ETag")
    claims.field(response, "Last-Modified")


@check("representation.last-modified", "rfc9110-8.8.2.1-1", "rfc9110-5.6.7-2")
def last_modified(site: Site) -> None:
    """Last-Modified is the file's own time, in the preferred form."""
    got = claims.field(site.ask(), "Last-Modified")
    claims.that(got == dates.imf(MODIFIED), f"Last-Modified: {got}")


@check("representation.future", "rfc9110-8.8.2.1-3", "rfc9110-8.8.2.1-4")
def future(site: Site) -> None:
    """A file modified in the future is not said to be modified after the message."""
    for method in ("GET", "HEAD"):
        response = claims.status(site.ask(method, "/future.txt"), 200)
        modified, date = response.field("Last-Modified"), dates.parse(claims.field(response, "Date"))
        if modified is not None:
            at = dates.parse(modified)
            claims.that(at is not None and date is not None and at <= date, f"Last-Modified: {modified}")


@check("representation.stable-tag", "rfc9110-8.8.3.1-1")
def stable_tag(site: Site) -> None:
    """The entity tag stays while the file does, for each method and condition."""
    tags = {
        claims.field(site.ask(), "ETag"),
        claims.field(site.ask("HEAD"), "ETag"),
        claims.field(site.ask("GET", "/hello.txt?query"), "ETag"),
        claims.field(site.ask("GET", "/hello.txt", "If-None-Match: *"), "ETag"),
        claims.field(site.ask("GET", "/hello.txt", "Range: bytes=0-1"), "ETag"),
        claims.field(site.ask("GET", "/hello.txt", version="HTTP/1.0"), "ETag"),
    }
    claims.that(len(tags) == 1, f"different tags: {tags}")


@check("representation.strong-tag", "rfc9110-8.8.3-1", choice=True)
def strong_tag(site: Site) -> None:
    """The entity tag of a file is strong."""
    claims.that(claims.field(site.ask(), "ETag").startswith('"'), "weak")


@check("representation.tag-follows-content", "rfc9110-8.8.3-1", choice=True)
def tag_follows_content(site: Site) -> None:
    """A file changed on the disk, to the same length and time, has another strong tag (where that can be seen)."""
    if site.root is None:
        return
    path = site.root / "changing.txt"
    tags = []
    for content in (b"first\n", b"other\n"):
        replacement = path.with_name("changing.new")
        replacement.write_bytes(content)
        os.utime(replacement, (MODIFIED, MODIFIED))
        replacement.replace(path)
        response = claims.content(claims.status(site.ask("GET", "/changing.txt"), 200), content)
        tags.append(claims.field(response, "ETag"))
    path.unlink()
    claims.that(tags[0] != tags[1] or tags[0].startswith("W/"), f"both contents have {tags[0]}")


@check("representation.date", "rfc9110-6.6.1-2", "rfc9110-6.6.1-1", "rfc9110-5.6.7-2")
def date(site: Site) -> None:
    """Date is the time of the message, to a few seconds."""
    for response in (site.ask(), site.ask("GET", "/nothing-here"), site.ask("OPTIONS")):
        at = dates.parse(claims.field(response, "Date"))
        claims.that(at is not None and abs(at - time.time()) < 30, f"Date: {response.field('Date')}")


@check_each("representation.redirect", "rfc9110-15.4.2-1", "rfc9110-10.2.2-s2", rows={"plain": "", "query": "?a=b&c"})
def directory_redirect(site: Site, query: str) -> None:
    """A directory without its slash is redirected to where it is, with the query (or served, or not found)."""
    response = claims.status(site.ask("GET", "/sub" + query), 200, 301, 302, 303, 307, 308, 404)
    if response.status // 100 == 3:
        base = f"http://{site.authority}/sub{query}"
        there = urljoin(base, claims.field(response, "Location"))
        claims.that(there == f"http://{site.authority}/sub/{query}", f"Location: {response.field('Location')}")
        claims.content(claims.status(site.ask("GET", "/sub/" + query), 200), INDEX)


@check("representation.redirected", "rfc9110-15.4.9-s2", choice=True)
def directory_is_redirected(site: Site) -> None:
    """A directory without its slash is redirected."""
    claims.status(site.ask("GET", "/sub"), 301, 302, 307, 308)


@check("representation.listing", "rfc9110-15.3.1-s2")
def listing(site: Site) -> None:
    """A directory without an index is listed, or refused."""
    response = claims.status(site.ask("GET", "/listing/"), 200, 403, 404)
    if response.status == 200:
        claims.that(b"one.txt" in response.content and b"two.txt" in response.content, "files are missing in the list")


@check("representation.listing-encoded", "rfc9110-2.2-12")
def listing_is_encoded(site: Site) -> None:
    """If the root is listed, its links are encoded as URIs have to be."""
    response = site.ask("GET", "/")
    if response.status == 200 and b"hello.txt" in response.content:
        claims.that(b'href="sp ace' not in response.content, "a link with a space")


@check("representation.http-1.0", "rfc9110-6.2-4", "rfc9110-6.2-5")
def old_version(site: Site) -> None:
    """A file is sent to HTTP/1.0 too, in the server's own version."""
    response = claims.content(claims.status(site.ask(version="HTTP/1.0"), 200), HELLO)
    claims.that(response.version in ("HTTP/1.1", "HTTP/1.0"), response.version)


@check("representation.own-version", "rfc9112-2.3-3", choice=True)
def own_version(site: Site) -> None:
    """The response names the server's highest version, also to HTTP/1.0."""
    for version in ("HTTP/1.0", "HTTP/1.1"):
        claims.that(site.ask(version=version).version == "HTTP/1.1", f"another version to {version}")
