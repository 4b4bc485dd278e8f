"""Fields that are missing, wrong, or where they don't belong in a response; and its first line."""

from __future__ import annotations

import time

from ..answering import http_date
from ..connection import Origin
from ..message import Request, Response
from .registry import alters, replaces

# Date: RFC 9110 section 6.6.1


@alters("no-date", "rfc9110-6.6.1-2", "MUST", "No response has Date")
def _(request: Request, response: Response) -> None:
    response.drop("Date")


@alters("no-date-200", "rfc9110-6.6.1-2", "MUST", "200 has no Date")
def _(request: Request, response: Response) -> None:
    if response.status == 200:
        response.drop("Date")


@alters("no-date-304", "rfc9110-15.4.5-1", "MUST", "304 has no Date")
def _(request: Request, response: Response) -> None:
    if response.status == 304:
        response.drop("Date")


@alters("no-date-3xx", "rfc9110-6.6.1-2", "MUST", "Redirections have no Date")
def _(request: Request, response: Response) -> None:
    if response.status in (301, 302, 303, 307, 308):
        response.drop("Date")


@alters("no-date-404", "rfc9110-6.6.1-2", "MUST", "404 has no Date")
def _(request: Request, response: Response) -> None:
    if response.status == 404:
        response.drop("Date")


@alters("no-date-206", "rfc9110-15.3.7-2", "MUST", "206 has no Date")
def _(request: Request, response: Response) -> None:
    if response.status == 206:
        response.drop("Date")


@alters("date-rfc850", "rfc9110-5.6.7-2", "MUST", "Date is in the form of RFC 850")
def _(request: Request, response: Response) -> None:
    response.set("Date", time.strftime("%A, %d-%b-%y %H:%M:%S GMT", time.gmtime()))


@alters("date-asctime", "rfc9110-5.6.7-2", "MUST", "Date is in the form of asctime")
def _(request: Request, response: Response) -> None:
    response.set("Date", time.asctime(time.gmtime()))


@alters("date-utc", "rfc9110-5.6.7-2", "MUST", "Date says UTC in place of GMT")
def _(request: Request, response: Response) -> None:
    response.set("Date", http_date(time.time()).replace("GMT", "UTC"))


@alters("date-offset", "rfc9110-5.6.7-2", "MUST", "Last-Modified has the offset +0000")
def _(request: Request, response: Response) -> None:
    if modified := response.get("Last-Modified"):
        response.set("Last-Modified", modified.replace("GMT", "+0000"))


@alters("date-spaces", "rfc9110-5.6.7-3", "MUST NOT", "There are two spaces in Date")
def _(request: Request, response: Response) -> None:
    response.set("Date", (response.get("Date") or "").replace(", ", ",  "))


@alters("date-wrong-day", "rfc9110-2.2-12", "MUST NOT", "The day of the week in Date is not in the grammar")
def _(request: Request, response: Response) -> None:
    response.set("Date", "Xyz" + (response.get("Date") or "")[3:])


@alters("date-twice", "rfc9110-5.3-3", "MUST NOT", "Date comes twice")
def _(request: Request, response: Response) -> None:
    response.fields.append(("Date", response.get("Date") or ""))


@alters("modified-later-than-date", "rfc9110-8.8.2.1-3", "MUST NOT", "Last-Modified is an hour ahead of Date")
def _(request: Request, response: Response) -> None:
    if response.get("Last-Modified"):
        response.set("Last-Modified", http_date(time.time() + 3600))


# Validators: RFC 9110 section 8.8


@alters("no-etag", "rfc9110-8.8.3.1-1", "SHOULD", "No response has an entity tag, though If-None-Match works")
def _(request: Request, response: Response) -> None:
    response.drop("ETag")


@alters(
    "no-last-modified", "rfc9110-8.8.2.1-1", "SHOULD", "No response has Last-Modified, though If-Modified-Since works"
)
def _(request: Request, response: Response) -> None:
    response.drop("Last-Modified")


@alters("validators-only-in-head", "rfc9110-15.3.1-1", "SHOULD", "200 to GET has no validators, that to HEAD has")
def _(request: Request, response: Response) -> None:
    if request.method == "GET" and response.status == 200:
        response.drop("ETag", "Last-Modified")


@alters("etag-unquoted", "rfc9110-2.2-12", "MUST NOT", "The entity tag has no quotes")
def _(request: Request, response: Response) -> None:
    if etag := response.get("ETag"):
        response.set("ETag", etag.replace('"', ""))


@alters("etag-small-w", "rfc9110-2.2-12", "MUST NOT", "Weak entity tags begin with a small w")
def _(request: Request, response: Response) -> None:
    if etag := response.get("ETag"):
        response.set("ETag", f"w/{etag.removeprefix('W/')}")


@alters("etag-twice", "rfc9110-5.3-3", "MUST NOT", "Two lines have an entity tag each")
def _(request: Request, response: Response) -> None:
    if response.get("ETag"):
        response.fields.append(("ETag", '"another"'))


@alters("etag-random", "rfc9110-8.8.3-1", "MUST", "Each response has another strong entity tag")
def _(request: Request, response: Response) -> None:
    if response.get("ETag"):
        response.set("ETag", f'"{time.monotonic_ns()}"')


# Methods and what is allowed: RFC 9110 sections 10.2.1 and 15.5.6


@alters("no-allow", "rfc9110-10.2.1-1", "MUST", "405 has no Allow")
def _(request: Request, response: Response) -> None:
    if response.status == 405:
        response.drop("Allow")


@alters("allow-commas", "rfc9110-5.6.1.1-1", "MUST NOT", "Allow has an empty member")
def _(request: Request, response: Response) -> None:
    if allow := response.get("Allow"):
        response.set("Allow", allow.replace(", ", ", , ", 1))


@alters("allow-spaces", "rfc9110-2.2-12", "MUST NOT", "Allow lists methods with spaces between them")
def _(request: Request, response: Response) -> None:
    if allow := response.get("Allow"):
        response.set("Allow", allow.replace(",", ""))


@alters("allow-lists-the-refused", "rfc9110-15.5.6-1", "MUST", "Allow of a 405 lists the method that it refuses")
def _(request: Request, response: Response) -> None:
    if response.status == 405:
        response.set("Allow", f"GET, HEAD, {request.method}")


@alters("options-without-allow", "rfc9110-9.3.7-1", "SHOULD", "A success of OPTIONS doesn't say what is supported")
def _(request: Request, response: Response) -> None:
    if request.method == "OPTIONS":
        response.drop("Allow")


# Challenges: RFC 9110 sections 11.6.1 and 15.5.2


@alters("no-challenge", "rfc9110-11.6.1-1", "MUST", "401 has no WWW-Authenticate")
def _(request: Request, response: Response) -> None:
    if response.status == 401:
        response.drop("WWW-Authenticate")


@alters("empty-challenge", "rfc9110-11.6.1-1", "MUST", "WWW-Authenticate of 401 is empty")
def _(request: Request, response: Response) -> None:
    if response.status == 401:
        response.set("WWW-Authenticate", "")


@alters("proxy-challenge", "rfc9110-15.5.2-1", "MUST", "401 has Proxy-Authenticate in place of WWW-Authenticate")
def _(request: Request, response: Response) -> None:
    if response.status == 401:
        response.drop("WWW-Authenticate")
        response.set("Proxy-Authenticate", 'Basic realm="wonderland"')


@alters("challenge-syntax", "rfc9110-2.2-12", "MUST NOT", "The quotes of the realm are never closed")
def _(request: Request, response: Response) -> None:
    if response.status == 401:
        response.set("WWW-Authenticate", 'Basic realm="wonderland')


# Upgrade: RFC 9110 sections 7.8, 15.2.2 and 15.5.22


@alters("426-without-upgrade", "rfc9110-7.8-8", "MUST", "426 has no Upgrade")
def _(request: Request, response: Response) -> None:
    if response.status == 426:
        response.drop("Upgrade")


@alters("upgrade-not-in-connection", "rfc9110-7.6.1-1", "MUST", "426 has Upgrade, which Connection doesn't name")
def _(request: Request, response: Response) -> None:
    if response.status == 426:
        response.drop("Connection")


@alters("connection-names-etag", "rfc9110-7.6.1-4", "MUST NOT", "Connection names Cache-Control")
def _(request: Request, response: Response) -> None:
    value = response.get("Connection")
    response.set("Connection", f"{value}, Cache-Control" if value else "Cache-Control")


# Redirections: RFC 9110 section 15.4

for _status, _id in ((301, "15.4.2-1"), (302, "15.4.3-1"), (307, "15.4.8-2"), (308, "15.4.9-1"), (300, "15.4.1-1")):

    def _no_location(request: Request, response: Response, status: int = _status) -> None:
        if response.status == status:
            response.drop("Location")

    alters(f"{_status}-without-location", f"rfc9110-{_id}", "SHOULD", f"{_status} has no Location")(_no_location)


@alters("location-space", "rfc9110-2.2-12", "MUST NOT", "Location has a space in it")
def _(request: Request, response: Response) -> None:
    if location := response.get("Location"):
        response.set("Location", f"{location} or so")


@alters("location-without-host", "rfc9110-4.2.1-1", "MUST NOT", "Location is an http URI without host")
def _(request: Request, response: Response) -> None:
    if location := response.get("Location"):
        response.set("Location", f"http://{location}")


@alters("location-userinfo", "rfc9110-4.2.4-1", "MUST NOT", "Location has a password in it")
def _(request: Request, response: Response) -> None:
    if location := response.get("Location"):
        response.set("Location", f"http://alice:wonderland@127.0.0.1{location}")


@alters("location-twice", "rfc9110-5.3-3", "MUST NOT", "Location comes twice")
def _(request: Request, response: Response) -> None:
    if location := response.get("Location"):
        response.fields.append(("Location", location))


@replaces(
    "location",
    "header-injection",
    "rfc9110-2.2-12",
    "MUST NOT",
    "A redirection decodes %0d%0a of the query into Location",
)
def _(self: Origin, request: Request, path: str) -> str:
    from urllib.parse import unquote

    return f"{path}?{unquote(request.query)}" if request.query else path


# Framing fields: RFC 9110 section 8.6, RFC 9112 section 6


@alters("204-length", "rfc9110-8.6-7", "MUST NOT", "204 has Content-Length: 0")
def _(request: Request, response: Response) -> None:
    if response.status == 204:
        response.set("Content-Length", "0")


@alters("204-coding", "rfc9112-6.1-7", "MUST NOT", "204 has Transfer-Encoding")
def _(request: Request, response: Response) -> None:
    if response.status == 204:
        response.set("Transfer-Encoding", "chunked")


@alters("head-length-zero", "rfc9110-8.6-4", "MUST NOT", "Content-Length is always 0 in answers to HEAD")
def _(request: Request, response: Response) -> None:
    if request.method == "HEAD" and response.get("Content-Length"):
        response.set("Content-Length", "0")


@alters("head-length-more", "rfc9110-8.6-4", "MUST NOT", "Content-Length is 1 more in answers to HEAD")
def _(request: Request, response: Response) -> None:
    if request.method == "HEAD" and response.get("Content-Length"):
        response.set("Content-Length", str(len(response.content) + 1))


@alters("304-length-zero", "rfc9110-8.6-6", "MUST NOT", "304 has Content-Length: 0")
def _(request: Request, response: Response) -> None:
    if response.status == 304:
        response.set("Content-Length", "0")


@alters("304-length-more", "rfc9110-8.6-6", "MUST NOT", "304 has a Content-Length that no 200 has")
def _(request: Request, response: Response) -> None:
    if response.status == 304:
        response.set("Content-Length", "123456")


@alters("length-and-chunked", "rfc9112-6.2-1", "MUST NOT", "Chunked responses have Content-Length as well")
def _(request: Request, response: Response) -> None:
    if response.chunked:
        response.set("Content-Length", str(len(response.content)))


@alters(
    "length-more",
    "rfc9112-6.3-s5",
    "STATED",
    "Content-Length of 200 is 1 more than there is, and the connection stays open",
)
def _(request: Request, response: Response) -> None:
    if response.status == 200 and not response.chunked:
        response.set("Content-Length", str(len(response.content) + 1))


@alters("length-less", "rfc9112-6.3-s5", "STATED", "Content-Length of 200 is 1 less than there is")
def _(request: Request, response: Response) -> None:
    if response.status == 200 and not response.chunked and response.content:
        response.set("Content-Length", str(len(response.content) - 1))


@alters("length-twice", "rfc9110-5.3-3", "MUST NOT", "Two lines of Content-Length disagree")
def _(request: Request, response: Response) -> None:
    if response.get("Content-Length"):
        response.fields.append(("Content-Length", str(len(response.content) + 7)))


@alters("length-of-404", "rfc9112-6.3-s5", "STATED", "Content-Length of 404 is 5 more than there is")
def _(request: Request, response: Response) -> None:
    if response.status == 404:
        response.set("Content-Length", str(len(response.content) + 5))


@alters("length-sign", "rfc9110-2.2-12", "MUST NOT", "Content-Length has a plus sign")
def _(request: Request, response: Response) -> None:
    if length := response.get("Content-Length"):
        response.set("Content-Length", f"+{length}")


@alters("no-length", "rfc9112-6.3-9", "SHOULD", "Content has neither length nor chunks, and the connection stays open")
def _(request: Request, response: Response) -> None:
    response.drop("Content-Length")


# Content that explains: RFC 9110 sections 15.5 and 15.6


@alters("4xx-without-content", "rfc9110-15.5-1", "SHOULD", "4xx has no content")
def _(request: Request, response: Response) -> None:
    if 400 <= response.status < 500:
        response.content = b""
        response.set("Content-Length", "0")


@alters("5xx-without-content", "rfc9110-15.6-1", "SHOULD", "5xx has no content")
def _(request: Request, response: Response) -> None:
    if response.status >= 500:
        response.content = b""
        response.set("Content-Length", "0")


@alters("406-without-list", "rfc9110-15.5.7-1", "SHOULD", "406 has no content")
def _(request: Request, response: Response) -> None:
    if response.status == 406:
        response.content = b""
        response.set("Content-Length", "0")


@alters("409-without-content", "rfc9110-15.5.10-1", "SHOULD", "409 has no content")
def _(request: Request, response: Response) -> None:
    if response.status == 409:
        response.content = b""
        response.set("Content-Length", "0")


@alters("300-without-list", "rfc9110-15.4.1-3", "SHOULD", "300 lists no choices")
def _(request: Request, response: Response) -> None:
    if response.status == 300:
        response.content = b""
        response.set("Content-Length", "0")


@replaces("altered", "505-without-content", "rfc9110-15.6.6-1", "SHOULD", "505 doesn't say what is spoken here")
def _(self: Origin, request: Request | None, response: Response) -> None:
    if response.status == 505:
        response.content = b""
        response.set("Content-Length", "0")


@alters("205-content", "rfc9110-15.3.6-1", "MUST NOT", "205 has content")
def _(request: Request, response: Response) -> None:
    if response.status == 205:
        response.content = b"Cleared\n"
        response.set("Content-Length", "8")


@replaces("complete", "205-chunked", "rfc9110-15.3.6-1", "MUST NOT", "205 has content in chunks")
def _(self: Origin, request: Request | None, response: Response, closes: bool) -> None:
    if response.status == 205:
        response.content, response.chunked = b"Cleared\n", True
    Origin.complete(self, request, response, closes)


@alters("415-accept-encoding", "rfc9110-12.5.3-3", "MUST NOT", "415 for the media type has Accept-Encoding")
def _(request: Request, response: Response) -> None:
    if response.status == 415 and not request.get("Content-Encoding"):
        response.set("Accept-Encoding", "gzip")


@alters("416-without-length", "rfc9110-14.4-6", "SHOULD", "416 has no Content-Range")
def _(request: Request, response: Response) -> None:
    if response.status == 416:
        response.drop("Content-Range")


@alters("416-range-syntax", "rfc9110-2.2-12", "MUST NOT", "Content-Range of 416 has a range and no length")
def _(request: Request, response: Response) -> None:
    if response.status == 416:
        response.set("Content-Range", "bytes */*")


@alters("retry-after-syntax", "rfc9110-2.2-12", "MUST NOT", "Retry-After is neither a number nor a date")
def _(request: Request, response: Response) -> None:
    if response.get("Retry-After"):
        response.set("Retry-After", "two minutes")


@alters("challenge-realm-twice", "rfc9110-11.2-1", "MUST", "A challenge has two realms")
def _(request: Request, response: Response) -> None:
    if response.status == 401:
        response.set("WWW-Authenticate", 'Basic realm="wonderland", realm="looking-glass"')


@alters("challenge-realm-token", "rfc9110-11.5-2", "MUST", "The realm has no quotes")
def _(request: Request, response: Response) -> None:
    if response.status == 401:
        response.set("WWW-Authenticate", "Basic realm=wonderland")


@alters("basic-without-realm", "rfc7617-2-1", "MUST", "The challenge of Basic has no realm")
def _(request: Request, response: Response) -> None:
    if response.get("WWW-Authenticate"):
        response.set("WWW-Authenticate", 'Basic charset="UTF-8"')


@alters("location-open-bracket", "rfc9110-2.2-12", "MUST NOT", "Location has a bracket that is not closed")
def _(request: Request, response: Response) -> None:
    if location := response.get("Location"):
        response.set("Location", f"http://[::1{location}" if location.startswith("/") else "http://[::1/")


@alters("accept-no-subtype", "rfc9110-2.2-12", "MUST NOT", "Accept of a 415 names half a media type")
def _(request: Request, response: Response) -> None:
    if response.get("Accept"):
        response.set("Accept", "text")
