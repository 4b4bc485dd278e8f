"""What every response must be like: judged over a sample made for it, and everything else seen so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .. import claims, dates
from ..client import NoAnswer, Response
from ..registry import check
from ..site import Site

TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
QUOTED = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t !-~\x80-\xff])*"'
# media-type = type "/" subtype parameters, RFC 9110 section 8.3.1
MEDIA_TYPE = re.compile(rf"{TOKEN}/{TOKEN}(?:[ \t]*;[ \t]*(?:{TOKEN}=(?:{TOKEN}|{QUOTED}))?)*")
# entity-tag = [ weak ] opaque-tag, RFC 9110 section 8.8.3
ENTITY_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
CONTENT_RANGE = re.compile(rf"{TOKEN} (?:\d+-\d+/(?:\d+|\*)|\*/\d+)")
# URI-reference by its characters, RFC 3986 section 2
URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
# product *( RWS ( product / comment ) ), RFC 9110 section 10.2.4; comments are not looked into
SERVER = re.compile(rf"{TOKEN}(?:/{TOKEN})?(?:[ \t]+(?:{TOKEN}(?:/{TOKEN})?|\([^\r\n]*\)))*")
LISTS = (
    "Allow",
    "Vary",
    "Connection",
    "Content-Encoding",
    "Accept-Ranges",
    "Cache-Control",
    "Accept-Encoding",
    "Trailer",
)
SINGLE = (
    "Date", "Content-Length", "Content-Type", "ETag", "Last-Modified", "Location", "Content-Range", "Retry-After",
    "Server", "Content-Location", "Expires", "Age",
)  # fmt: skip
LEAKS = re.compile(
    rb"Traceback|File \"[^\"]+\", line \d|\.py\b|Errno|site-packages|/usr/lib/|0x[0-9a-f]{8,}|Exception\b"
)


def sample(site: Site) -> list[Response]:
    """Responses of every kind that a directory can give, and all those seen before."""
    asked = [
        site.request(),
        site.request("GET", "/empty.txt"),
        site.request("GET", "/big.bin", "Range: bytes=0-9"),
        site.request("GET", "/big.bin", "Range: bytes=0-9,200000-200009"),
        site.request("GET", "/big.bin", "Range: bytes=999999-"),
        site.request("GET", "/hello.txt", "If-None-Match: *"),
        site.request("GET", "/hello.txt", 'If-Match: "x"'),
        site.request("GET", "/page.html", "Accept-Encoding: gzip"),
        site.request("GET", "/sub"),
        site.request("GET", "/listing/"),
        site.request("GET", "/future.txt"),
        site.request("GET", "/nothing-here"),
        site.request("GET", "/nothing-here", "Accept: text/html"),
        site.request("GET", "/nothing-here", "Accept: application/json"),
        site.request("GET", "/hello.txt", "Expect: magic"),
        site.request("GET", "/hello.txt", "Host: a b"),
        site.request("GET", "/hello.txt", version="HTTP/1.0"),
        site.request("GET", "/hello.txt", version="HTTP/3.0"),
        site.request("GET", "/" + "a" * 100_000),
        site.request("GET", "/hello.txt", "X-Field: " + "a" * 200_000),
        site.request("GET", "/doc.html", "Accept-Language: fr"),
        site.request("HEAD"),
        site.request("HEAD", "/nothing-here"),
        site.request("OPTIONS"),
        site.request("OPTIONS", "*"),
        site.request("POST", "/hello.txt", content=b"a=b"),
        site.request("PUT", "/sub/", content=b"x"),
        site.request("FOO"),
        site.request("TRACE"),
        site.request("POST", "/hello.txt", "Transfer-Encoding: magic, chunked", content=b"0\r\n\r\n"),
        site.request("POST", "/hello.txt", "Content-Length: x"),
        b"nonsense\r\n\r\n",
    ]
    for octets in asked:
        method = octets.split(b" ")[0].decode()
        try:
            site.send(octets, method if method in ("HEAD", "CONNECT") else "GET")
        except NoAnswer:
            # Whether each of these is answered is for other checks to say.
            continue
    return site.seen


def faultless(site: Site, fault: Callable[[Response], str | None]) -> None:
    """No response has the fault; those that have are reported by their requests, the first few of them."""
    faults = [f"{text} ({one.status} to {one.request!r})" for one in sample(site) if (text := fault(one))]
    different = list(dict.fromkeys(faults))
    claims.that(not faults, f"{len(faults)} of {len(site.seen)}: " + "; ".join(different[:3]))


def messages(one: Response) -> Iterator[Response]:
    """The interim responses and the final one."""
    yield from one.interim
    yield one


@check("hygiene.status", "rfc9110-15-s1", "rfc9112-4-4")
def status(site: Site) -> None:
    """Every status code is from 100 to 599 (its line was read strictly, with the space before the phrase)."""
    faultless(site, lambda one: None if 100 <= one.status <= 599 else f"status {one.status}")


@check("hygiene.no-failure", "rfc9110-15.6.1-s1")
def no_failure(site: Site) -> None:
    """Nothing that a client sends makes the server fail with 500."""
    faultless(site, lambda one: "an internal failure" if one.status == 500 else None)


@check("hygiene.version", "rfc9110-6.2-5")
def version(site: Site) -> None:
    """Every response is in a version of HTTP/1."""
    faultless(site, lambda one: None if one.version in ("HTTP/1.1", "HTTP/1.0") else one.version)


@check("hygiene.date", "rfc9110-6.6.1-2", "rfc9110-5.6.7-2", "rfc9110-5.6.7-3", "rfc9110-6.6.1-1")
def date(site: Site) -> None:
    """Every 2xx, 3xx and 4xx has a valid Date in the preferred form that is not in the future."""

    def fault(one: Response) -> str | None:
        value = one.field("Date")
        if value is None:
            return "no Date" if one.status < 500 else None
        at = dates.parse(value)
        if at is None:
            return f"Date: {value}"
        return f"Date in the future: {value}" if at > one.received + 2 else None

    faultless(site, fault)


@check("hygiene.last-modified", "rfc9110-8.8.2.1-3", "rfc9110-5.6.7-2")
def last_modified(site: Site) -> None:
    """Last-Modified is valid and not later than Date."""

    def fault(one: Response) -> str | None:
        value = one.field("Last-Modified")
        if value is None:
            return None
        modified, at = dates.parse(value), dates.parse(one.field("Date") or "")
        return f"Last-Modified: {value}" if modified is None or (at is not None and modified > at) else None

    faultless(site, fault)


@check("hygiene.expires", "rfc9110-5.6.7-2")
def expires(site: Site) -> None:
    """Expires and Retry-After, where sent, are well formed."""

    def fault(one: Response) -> str | None:
        until, after = one.field("Expires"), one.field("Retry-After")
        if until is not None and dates.parse(until) is None and until not in ("0", "-1"):
            return f"Expires: {until}"
        if after is not None and not after.isdigit() and dates.parse(after) is None:
            return f"Retry-After: {after}"
        return None

    faultless(site, fault)


@check("hygiene.etag", "rfc9110-2.2-12", "rfc9110-8.8.3-1")
def etag(site: Site) -> None:
    """An entity tag is quoted, and nothing else stands in ETag."""
    faultless(
        site,
        lambda one: (
            None if (tag := one.field("ETag")) is None or ENTITY_TAG.fullmatch(tag) else f"ETag: {one.field('ETag')}"
        ),
    )


@check("hygiene.singletons", "rfc9110-5.3-3")
def singletons(site: Site) -> None:
    """A field that is no list comes on one line."""
    faultless(
        site, lambda one: next((f"{name}: {one.lines(name)}" for name in SINGLE if len(one.lines(name)) > 1), None)
    )


@check("hygiene.lists", "rfc9110-5.6.1.1-1", "rfc9110-2.2-12")
def lists(site: Site) -> None:
    """A list has no empty members, and its members are tokens (with parameters where the field has them)."""

    def fault(one: Response) -> str | None:
        for name in LISTS:
            for line in one.lines(name):
                if line == "" and name == "Allow":
                    continue
                for member in line.split(","):
                    if re.match(rf"{TOKEN}(?:[=;].*)?$", member.strip()) is None:
                        return f"{name}: {line!r}"
        return None

    faultless(site, fault)


@check("hygiene.connection", "rfc9110-7.6.1-4", "rfc9110-7.6.1-1", "rfc9110-7.8-11")
def connection(site: Site) -> None:
    """Connection names no end-to-end field, and does name Upgrade and Keep-Alive where they are sent."""

    def fault(one: Response) -> str | None:
        named = set(one.members("Connection"))
        if wrong := named & {"content-type", "content-length", "cache-control", "etag", "date", "host", "vary"}:
            return f"Connection: {wrong}"
        if one.field("Upgrade") is not None and "upgrade" not in named:
            return "Upgrade not named in Connection"
        return None

    faultless(site, fault)


@check("hygiene.framing", "rfc9112-6.2-1", "rfc9112-6.3-9", "rfc9112-6.1-4")
def framing(site: Site) -> None:
    """Content has a length or is chunked; where it ends with the connection, close is said."""
    faultless(site, lambda one: "ends by close unsaid" if one.framing == "close" and not one.says_close else None)


@check("hygiene.no-length", "rfc9110-8.6-7", "rfc9112-6.1-7", "rfc9110-15.3.5-s1")
def no_length(site: Site) -> None:
    """A 1xx or 204 has neither Content-Length nor Transfer-Encoding."""

    def fault(one: Response) -> str | None:
        for message in messages(one):
            if message.status < 200 or message.status == 204:
                for name in ("Content-Length", "Transfer-Encoding"):
                    if message.field(name) is not None:
                        return f"{name} in {message.status}"
        return None

    faultless(site, fault)


@check("hygiene.old-version", "rfc9112-6.1-11", "rfc9110-15.2-1")
def old_version(site: Site) -> None:
    """HTTP/1.0 gets no Transfer-Encoding and no interim response."""

    def fault(one: Response) -> str | None:
        if not one.request.endswith("HTTP/1.0"):
            return None
        if one.interim:
            return "an interim response"
        return "Transfer-Encoding" if one.field("Transfer-Encoding") is not None else None

    faultless(site, fault)


@check("hygiene.content-type", "rfc9110-8.3-1", "rfc9110-2.2-12")
def content_type(site: Site) -> None:
    """Content-Type is valid; what the server itself wrote, errors and redirects, always has one."""

    def fault(one: Response) -> str | None:
        value = one.field("Content-Type")
        if value is None:
            return "content without Content-Type" if one.content and one.status >= 300 else None
        return None if MEDIA_TYPE.fullmatch(value) else f"Content-Type: {value}"

    faultless(site, fault)


@check("hygiene.content-encoding", "rfc9110-8.4-2")
def content_encoding(site: Site) -> None:
    """Content-Encoding never lists identity."""
    faultless(site, lambda one: "identity" if "identity" in one.members("Content-Encoding") else None)


@check("hygiene.explained", "rfc9110-15.5-1", "rfc9110-15.6-1")
def explained(site: Site) -> None:
    """Every 4xx and 5xx, HEAD aside, has content that explains it."""
    faultless(
        site, lambda one: "no content" if one.status >= 400 and one.method != "HEAD" and not one.content else None
    )


@check("hygiene.no-internals", "rfc9110-15.6.1-s1")
def no_internals(site: Site) -> None:
    """No error shows what the server is made of, or where its files lie."""
    root = str(site.root).encode() if site.root is not None else None

    def fault(one: Response) -> str | None:
        shown = one.content if one.status >= 300 else b""
        shown += "\n".join(value for _, value in one.fields).encode("latin-1")
        if root is not None and root in shown:
            return "the path of the root"
        match = LEAKS.search(shown)
        return f"{match[0]!r}" if match else None

    faultless(site, fault)


@check(
    "hygiene.required-fields",
    "rfc9110-10.2.1-1",
    "rfc9110-15.5.6-1",
    "rfc9110-15.5.17-1",
    "rfc9110-11.6.1-1",
    "rfc9110-15.5.22-1",
    "rfc9110-7.8-4",
)
def required_fields(site: Site) -> None:
    """A status that demands a field has it."""
    needed = {405: "Allow", 401: "WWW-Authenticate", 407: "Proxy-Authenticate", 426: "Upgrade", 101: "Upgrade"}
    needed |= {
        416: "Content-Range",
        301: "Location",
        302: "Location",
        303: "Location",
        307: "Location",
        308: "Location",
    }
    faultless(
        site,
        lambda one: (
            f"no {needed[one.status]}" if one.status in needed and one.field(needed[one.status]) is None else None
        ),
    )


@check("hygiene.content-range", "rfc9110-15.3.7.1-1", "rfc9110-15.3.7.2-2", "rfc9110-2.2-12")
def content_range(site: Site) -> None:
    """Content-Range stands in 206 and 416 alone, well formed, and never beside multipart."""

    def fault(one: Response) -> str | None:
        value = one.field("Content-Range")
        if value is not None and (one.status not in (206, 416) or not CONTENT_RANGE.fullmatch(value)):
            return f"Content-Range: {value}"
        parts = (one.field("Content-Type") or "").lower().startswith("multipart/byteranges")
        return "neither parts nor Content-Range" if one.status == 206 and (value is None) != parts else None

    faultless(site, fault)


@check("hygiene.location", "rfc9110-2.2-12", "rfc9110-4.2.4-1")
def location(site: Site) -> None:
    """Location and Content-Location are URI references, without userinfo."""

    def fault(one: Response) -> str | None:
        for name in ("Location", "Content-Location"):
            value = one.field(name)
            if value is not None and (not URI_REFERENCE.fullmatch(value) or re.match(r"(?:https?:)?//[^/]*@", value)):
                return f"{name}: {value}"
        return None

    faultless(site, fault)


@check("hygiene.server", "rfc9110-2.2-12")
def server(site: Site) -> None:
    """Server, where sent, names products."""
    faultless(
        site,
        lambda one: (
            f"Server: {value}" if (value := one.field("Server")) is not None and not SERVER.fullmatch(value) else None
        ),
    )


@check("hygiene.not-modified", "rfc9110-15.4.5-s1", "rfc9110-9.3.3-s1")
def only_conditional(site: Site) -> None:
    """304 and 206 answer GET, or HEAD in the case of 304, alone."""

    def fault(one: Response) -> str | None:
        method = one.request.split(" ")[0]
        if one.status == 206 and method not in ("GET", ""):
            return "206"
        return "304" if one.status == 304 and method not in ("GET", "HEAD", "") else None

    faultless(site, fault)


@check("hygiene.request-fields", "rfc9110-2.2-13")
def request_fields(site: Site) -> None:
    """No response has fields that only a request may have."""
    only = (
        "Host",
        "If-Match",
        "If-None-Match",
        "If-Modified-Since",
        "If-Unmodified-Since",
        "If-Range",
        "Range",
        "Expect",
    )
    faultless(site, lambda one: next((name for name in only if one.field(name) is not None), None))


@check("hygiene.trailers", "rfc9110-6.5.1-1")
def trailers(site: Site) -> None:
    """No trailer section carries what frames or routes a message."""
    banned = {
        "content-length",
        "transfer-encoding",
        "host",
        "content-range",
        "content-type",
        "content-encoding",
        "trailer",
    }
    faultless(site, lambda one: next((name for name, _ in one.trailers if name.lower() in banned), None))
