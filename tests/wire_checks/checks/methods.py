"""What each method does to a file, apart from writing it. RFC 9110 section 9."""

from __future__ import annotations

from .. import claims
from ..client import Response
from ..registry import check, check_each
from ..site import HELLO, Site

# Fields that differ from one response to the next, or that HEAD may leave out: RFC 9110 section 9.3.2.
MAY_DIFFER = {"date", "content-length", "transfer-encoding", "connection", "keep-alive", "age", "trailer"}


def representation(response: Response) -> dict[str, str]:
    """The fields that HEAD and GET must agree on."""
    return {name: response.field(name) or "" for name, _ in response.fields if name.lower() not in MAY_DIFFER}


@check_each(
    "methods.head",
    "rfc9110-9.3.2-1",
    "rfc9110-9.3.2-2",
    "rfc9110-8.6-4",
    "rfc9112-6.3-s1",
    rows={
        "file": ("/hello.txt", []),
        "large": ("/big.bin", []),
        "empty": ("/empty.txt", []),
        "page": ("/page.html", []),
        "page-gzip": ("/page.html", ["Accept-Encoding: gzip"]),
        "root": ("/", []),
        "index": ("/sub/", []),
        "index-file": ("/sub/index.html", []),
        "listing": ("/listing/", []),
        "redirect": ("/sub", []),
        "missing": ("/nothing-here", []),
        "future": ("/future.txt", []),
        "languages": ("/doc.html", ["Accept-Language: de"]),
        "false-condition": ("/hello.txt", ['If-Match: "nope"']),
        "not-acceptable": ("/hello.txt", ["Accept: image/png"]),
        "expectation": ("/hello.txt", ["Expect: magic"]),
        "dot-file": ("/.hidden", []),
        "outside": ("/escape.txt", []),
    },
)
def head(site: Site, row: tuple[str, list[str]]) -> None:
    """HEAD is answered like GET, field by field, without the content."""
    target, fields = row
    get = site.ask("GET", target, *fields)
    with site.connect() as connection:
        connection.send(site.request("HEAD", target, *fields, "Connection: close"))
        answer = connection.read_response("HEAD")
        claims.closed(connection)
    claims.that(answer.status == get.status, f"HEAD is answered {answer}, GET {get}")
    length = answer.field("Content-Length")
    claims.that(
        length is None or int(length) == len(get.content), f"Content-Length {length} to HEAD, {len(get.content)} octets"
    )
    expected, got = representation(get), representation(answer)
    claims.that(expected == got, f"HEAD has {sorted(got.items())}, GET {sorted(expected.items())}")


@check("methods.head-length", "rfc9110-8.6-9", "rfc9110-9.3.2-2", choice=True)
def head_has_length(site: Site) -> None:
    """HEAD of a file tells its length."""
    claims.that(site.ask("HEAD").field("Content-Length") == str(len(HELLO)), "no or another Content-Length")


@check("methods.head-range", "rfc9110-14.2-2")
def head_ignores_range(site: Site) -> None:
    """Range means nothing to HEAD: the answer is the 200 without content."""
    response = claims.status(site.ask("HEAD", "/big.bin", "Range: bytes=0-9"), 200)
    claims.no_field(response, "Content-Range")


@check("methods.head-unsatisfiable-range", "rfc9110-14.2-2")
def head_ignores_unsatisfiable_range(site: Site) -> None:
    """An unsatisfiable Range means nothing to HEAD either."""
    claims.status(site.ask("HEAD", "/big.bin", "Range: bytes=999999-"), 200)


@check("methods.head-http-1.0", "rfc9110-9.3.2-1")
def head_in_old_version(site: Site) -> None:
    """HEAD of HTTP/1.0 gets no content either."""
    with site.connect() as connection:
        connection.send(b"HEAD /hello.txt HTTP/1.0\r\n\r\n")
        claims.status(connection.read_response("HEAD"), 200)
        claims.closed(connection)


@check_each(
    "methods.options",
    "rfc9110-9.3.7-1",
    rows={
        "file": "/hello.txt",
        "page": "/page.html",
        "directory": "/sub/",
        "root": "/",
    },
    choice=True,
)
def options(site: Site, target: str) -> None:
    """OPTIONS succeeds and lists what may be done here."""
    response = claims.status(site.ask("OPTIONS", target), 200, 204)
    allowed = [method.strip() for method in claims.field(response, "Allow").split(",")]
    claims.that({"GET", "HEAD"} <= set(allowed), f"Allow: {allowed}")


@check("methods.options-missing", "rfc9110-9.3.7-1")
def options_on_nothing(site: Site) -> None:
    """OPTIONS where nothing is says what could be done, or that nothing is there."""
    claims.status(site.ask("OPTIONS", "/nothing-here"), 200, 204, 404, 405)


@check("methods.options-server", "rfc9110-9.3.7-1", choice=True)
def options_of_server(site: Site) -> None:
    """OPTIONS * lists the methods of the server."""
    claims.field(claims.status(site.ask("OPTIONS", "*"), 200, 204), "Allow")


@check("methods.options-max-forwards", "rfc9110-9.3.7-1")
def options_max_forwards(site: Site) -> None:
    """Max-Forwards means nothing to an origin server."""
    plain = site.ask("OPTIONS")
    claims.status(site.ask("OPTIONS", "/hello.txt", "Max-Forwards: 0"), plain.status)


@check("methods.options-content", "rfc9112-9.3-5")
def options_with_content(site: Site) -> None:
    """OPTIONS with content is answered, the content being read or the connection closed."""
    with site.connect() as connection:
        connection.send(site.request("OPTIONS", "/hello.txt", "Content-Type: text/plain", content=b"hello"))
        response = claims.status(connection.read_response("OPTIONS"), 200, 204, 400, 405, 413, 415)
        claims.closed_or_in_step(site, connection, response)


@check_each(
    "methods.not-allowed",
    "rfc9110-9.1-4",
    "rfc9110-10.2.1-1",
    "rfc9110-15.5.6-1",
    "rfc9110-15.5.6-s1",
    rows={
        "post": ("POST", "/hello.txt"),
        "post-page": ("POST", "/page.html"),
        "post-directory": ("POST", "/sub/"),
        "post-listing": ("POST", "/listing/"),
    },
    choice=True,
)
def not_allowed(site: Site, row: tuple[str, str]) -> None:
    """A known method that a file does not support is answered 405, with Allow naming those it does."""
    method, target = row
    response = claims.status(site.ask(method, target, content=b"a=b"), 405)
    allowed = {member.strip() for member in claims.field(response, "Allow").split(",")}
    claims.that("GET" in allowed and "HEAD" in allowed, f"Allow: {sorted(allowed)}")
    claims.that(method not in allowed, f"{method} is refused and listed in Allow")


@check("methods.post-without-content", "rfc9110-9.1-4")
def post_without_content(site: Site) -> None:
    """A POST without content is answered like one with content of no length (411 being an answer too)."""
    plain = site.ask("POST", "/hello.txt", content=b"")
    claims.refused(site, site.request("POST"), plain.status, 411, method="POST")


@check("methods.post-range", "rfc9110-14.2-2", "rfc9110-9.3.3-s1")
def post_ignores_range(site: Site) -> None:
    """Neither a range nor a condition on what is cached makes a POST answered 206, 304 or 416."""
    for line in ("Range: bytes=0-9", "Range: bytes=999999-", "If-Modified-Since: Fri, 01 Jan 2021 00:00:00 GMT"):
        response = site.ask("POST", "/hello.txt", line, content=b"a=b")
        claims.that(response.status not in (206, 304, 416), f"answered {response}")


@check("methods.post-missing", "rfc9110-15.5.5-s1")
def post_to_nothing(site: Site) -> None:
    """A POST where nothing is finds nothing, or is not allowed."""
    claims.status(site.ask("POST", "/nothing-here", content=b"a=b"), 404, 405)


@check_each(
    "methods.patch",
    "rfc9110-9.1-4",
    "rfc5789-2.2-2",
    "rfc5789-2-7",
    rows={"json": "application/json-patch+json", "diff": "text/x-diff", "none": ""},
)
def patch(site: Site, media_type: str) -> None:
    """PATCH is refused: 405 with Allow, 415 with Accept-Patch, or 501; and the file stays as it is."""
    fields = [f"Content-Type: {media_type}"] if media_type else []
    response = claims.status(site.ask("PATCH", "/hello.txt", *fields, content=b"[]"), 405, 415, 501)
    if response.status == 405:
        claims.that("PATCH" not in claims.field(response, "Allow"), "PATCH is refused and listed in Allow")
    if response.status == 415:
        claims.field(response, "Accept-Patch")
    claims.content(site.ask(), HELLO)


@check("methods.patch-missing", "rfc5789-2.2-s2")
def patch_nothing(site: Site) -> None:
    """PATCH where nothing is creates nothing."""
    target = site.fresh()
    claims.status(site.ask("PATCH", target, content=b"[]"), 404, 405, 415, 501)
    claims.status(site.ask("GET", target), 404)


@check("methods.trace", "rfc9110-9.3.8-1", "rfc9110-9.3.8-3")
def trace(site: Site) -> None:
    """TRACE is refused, or reflects the request without what is secret in it."""
    response = site.ask("TRACE", "/hello.txt", "Authorization: Basic c2VjcmV0OnNlY3JldA==", "Cookie: id=s3cr3t")
    claims.status(response, 200, 403, 405, 501)
    claims.that(b"s3cr3t" not in response.content, "the cookie is reflected")
    claims.that(b"c2VjcmV0OnNlY3JldA" not in response.content, "the credentials are reflected")
    if response.status == 200:
        claims.that("message/http" in claims.field(response, "Content-Type"), "not labelled message/http")


@check("methods.trace-off", "rfc9110-15.5.6-1", choice=True)
def trace_is_off(site: Site) -> None:
    """TRACE is off: 405, and not among those allowed (501 where it is not known at all)."""
    response = claims.status(site.ask("TRACE"), 405, 501)
    if response.status == 405:
        claims.that("TRACE" not in claims.field(response, "Allow"), "TRACE is refused and listed in Allow")


@check("methods.trace-content", "rfc9112-9.3-5")
def trace_with_content(site: Site) -> None:
    """TRACE with content, which no client may send, does not get the connection out of step."""
    with site.connect() as connection:
        connection.send(site.request("TRACE", "/hello.txt", content=b"hello"))
        claims.closed_or_in_step(site, connection, connection.read_response("TRACE"))


@check_each(
    "methods.known-elsewhere",
    "rfc9110-9.1-3",
    "rfc9110-9.1-4",
    rows={name.lower(): name for name in ("PROPFIND", "MKCOL", "LOCK", "COPY", "SEARCH", "LINK", "PURGE", "QUERY")},
)
def known_elsewhere(site: Site, method: str) -> None:
    """A registered method that the server lacks is answered 501, or 405 with Allow."""
    response = claims.status(site.ask(method), 405, 501)
    if response.status == 405:
        claims.field(response, "Allow")


@check("methods.override", "rfc9110-5.1-2")
def no_override(site: Site) -> None:
    """No field changes the method."""
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        claims.content(claims.status(site.ask("GET", "/hello.txt", f"{name}: DELETE"), 200), HELLO)
    claims.content(claims.status(site.ask("GET", "/hello.txt?_method=DELETE"), 200), HELLO)


@check_each(
    "methods.missing",
    "rfc9110-15.5.5-s1",
    rows={
        "file": "/nothing-here",
        "in-directory": "/sub/nothing-here.html",
        "in-nothing": "/nothing/here",
        "below-a-file": "/hello.txt/below",
        "slash-after-file": "/hello.txt/",
        "favicon": "/favicon.ico",
    },
)
def missing(site: Site, target: str) -> None:
    """Where nothing is, GET and HEAD are answered 404 (a slash after a file may be redirected)."""
    accepted = (404, 301, 308) if target.endswith("/") else (404,)
    claims.status(site.ask("GET", target), *accepted)
    claims.status(site.ask("HEAD", target), *accepted)


@check("methods.delete-missing", "rfc9110-15.5.5-s1", needs=["writes"])
def delete_nothing(site: Site) -> None:
    """DELETE where nothing is finds nothing, or has nothing to do."""
    claims.status(site.ask("DELETE", site.fresh()), 404, 410, 204)
