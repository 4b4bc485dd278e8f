"""What must not get out, in or elsewhere. RFC 9110 section 17, RFC 9112 section 11."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from .. import claims
from ..client import NoAnswer, Response
from ..registry import check, check_each
from ..site import HELLO, HIDDEN, SECRET, Site

TRAVERSAL = {
    "plain": "/../secret.txt",
    "deep": "/../../../../../../../../../../etc/passwd",
    "inside": "/sub/../../secret.txt",
    "inside-deep": "/sub/../listing/../../secret.txt",
    "through-nothing": "/nothing/../../secret.txt",
    "encoded-dots": "/%2e%2e/secret.txt",
    "encoded-dots-capitals": "/%2E%2E/secret.txt",
    "half-encoded": "/.%2e/secret.txt",
    "other-half": "/%2e./secret.txt",
    "encoded-slash": "/..%2fsecret.txt",
    "encoded-both": "/%2e%2e%2fsecret.txt",
    "encoded-inside": "/sub/%2e%2e/%2e%2e/secret.txt",
    "encoded-slash-inside": "/sub%2f..%2f..%2fsecret.txt",
    "double-encoded": "/%252e%252e/secret.txt",
    "double-encoded-slash": "/..%252fsecret.txt",
    "backslash": "/..\\secret.txt",
    "encoded-backslash": "/..%5csecret.txt",
    "encoded-backslashes": "/sub%5c..%5c..%5csecret.txt",
    "four-dots": "/....//secret.txt",
    "overlong": "/%c0%ae%c0%ae/secret.txt",
    "overlong-slash": "/..%c0%afsecret.txt",
    "fullwidth": "/%ef%bc%8e%ef%bc%8e/secret.txt",
    "parameter": "/..;/secret.txt",
    "parameter-inside": "/sub/..;x=y/../secret.txt",
    "double-slash": "//../secret.txt",
    "double-slash-inside": "/sub//..//..//secret.txt",
    "absolute-path": "//etc/passwd",
    "absolute-path-encoded": "/%2fetc%2fpasswd",
    "nul": "/../secret.txt%00.html",
    "nul-inside": "/hello.txt%00/../../secret.txt",
    "dot-segments": "/./.././secret.txt",
    "trailing-dots": "/sub/..%2f../secret.txt",
    "absolute-form": "http://127.0.0.1/../secret.txt",
    "absolute-form-encoded": "http://127.0.0.1/%2e%2e/secret.txt",
    "outside-directory": "/../outside/secret.txt",
    "sibling": "/../site/../secret.txt",
    "utf-16": "/%u002e%u002e/secret.txt",
    "plus": "/+../secret.txt",
    "space": "/%20../secret.txt",
    "tilde": "/~root/secret.txt",
    "proc": "/../../../../../../proc/self/environ",
}


def keeps_secret(response: Response) -> None:
    """Nothing from outside of the root is in the response."""
    shown = response.content + repr(response.fields).encode()
    claims.that(SECRET.strip() not in shown, "a file outside of the root was sent")
    claims.that(b"root:x:0" not in shown and b"root:*:0" not in shown, "/etc/passwd was sent")
    claims.that(b"PATH=" not in shown, "the environment was sent")


@check_each("security.traversal", "rfc9110-15.5.5-s1", rows=TRAVERSAL)
def traversal(site: Site, target: str) -> None:
    """No spelling of a path leads out of the root."""
    response = claims.status(site.ask("GET", target), 301, 302, 307, 308, 400, 403, 404, 421)
    keeps_secret(response)
    if response.status // 100 == 3:
        where = urlsplit(urljoin(f"http://{site.authority}/", claims.field(response, "Location")))
        claims.that(where.netloc == site.authority, f"Location: {response.field('Location')}")


@check_each("security.traversal-write", "rfc9110-15.5.4-s1", rows=TRAVERSAL, needs=["writes"])
def traversal_write(site: Site, target: str) -> None:
    """No spelling of a path lets PUT or DELETE change anything outside of the root."""
    before = _outside(site)
    for method, content in (("DELETE", None), ("PUT", b"overwritten")):
        response = site.ask(
            method, target.replace("secret", "secret" if method == "DELETE" else "planted"), content=content
        )
        keeps_secret(response)
    claims.that(_outside(site) == before, "something outside of the root has changed")


def _outside(site: Site) -> dict[str, bytes]:
    """Everything beside the root, where that can be looked at."""
    if site.root is None:
        return {}
    beside = site.root.parent
    places = [path for path in (*beside.iterdir(), *(beside / "outside").iterdir()) if path.is_file()]
    return {str(path): path.read_bytes() for path in places}


@check_each(
    "security.symlink",
    "rfc9110-15.5.4-s1",
    rows={"file": "/escape.txt", "directory": "/escape/secret.txt", "listing": "/escape/", "no-slash": "/escape"},
    choice=True,
)
def symlink(site: Site, target: str) -> None:
    """A symbolic link does not lead out of the root."""
    for method in ("GET", "HEAD"):
        response = claims.status(site.ask(method, target), 403, 404)
        keeps_secret(response)


@check_each(
    "security.symlink-write",
    "rfc9110-15.5.4-s1",
    rows={"file": "/escape.txt", "through": "/escape/secret.txt", "new": "/escape/new.txt"},
    needs=["writes"],
    choice=True,
)
def symlink_write(site: Site, target: str) -> None:
    """Writing through a symbolic link changes nothing outside of the root."""
    before = _outside(site)
    claims.refusal(site.ask("PUT", target, content=b"overwritten"))
    claims.refusal(site.ask("DELETE", "/escape/secret.txt"))
    claims.that(_outside(site) == before, "something outside of the root has changed")


@check_each(
    "security.dot-file",
    "rfc9110-15.5.5-s1",
    rows={"plain": "/.hidden", "encoded": "/%2ehidden", "segments": "/sub/../.hidden", "git": "/.git/config"},
    choice=True,
)
def dot_file(site: Site, target: str) -> None:
    """A file whose name begins with a dot is not there."""
    response = claims.status(site.ask("GET", target), 301, 308, 400, 403, 404)
    claims.that(HIDDEN.strip() not in response.content, "the hidden file was sent")


@check("security.dot-file-listing", "rfc9110-15.5.5-s1", choice=True)
def dot_file_in_listing(site: Site) -> None:
    """A listing does not name hidden files."""
    claims.that(b".hidden" not in site.ask("GET", "/").content, "the hidden file is listed")


@check("security.dot-file-write", "rfc9110-15.5.4-s1", needs=["writes"], choice=True)
def dot_file_write(site: Site) -> None:
    """A hidden file cannot be made or replaced."""
    claims.refusal(site.ask("PUT", "/.htaccess", content=b"x"))
    claims.refusal(site.ask("PUT", "/.hidden", content=b"x"))
    claims.refusal(site.ask("DELETE", "/.hidden"))


@check_each(
    "security.redirect-elsewhere",
    "rfc9110-10.2.2-s2",
    rows={
        "double-slash": "//sub",
        "host": "//evil.example/../sub",
        "host-encoded": "//evil.example/%2e%2e/sub",
        "triple-slash": "///sub",
        "backslash": "/\\sub",
        "encoded-backslash": "/%5csub",
        "encoded-slash": "/%2fsub",
        "encoded-host": "/%2fevil.example/%2e%2e/sub",
        "dot": "/.//sub",
        "dots": "/..//sub",
        "inside": "/sub/..//sub",
        "absolute": "http://127.0.0.1//sub",
        "scheme": "/http://evil.example/../../sub",
        "userinfo": "//me@evil.example/../sub",
        "tab": "/%09/sub",
        "listing": "//listing",
        "query": "//sub?/../",
        "at": "/@evil.example/../sub",
    },
)
def redirect_elsewhere(site: Site, target: str) -> None:
    """No target makes the server redirect to another host."""
    response = claims.status(site.ask("GET", target), 200, 301, 302, 307, 308, 400, 403, 404, 421)
    location = response.field("Location")
    if location is not None:
        where = urlsplit(urljoin(f"http://{site.authority}/", location))
        own = ("", site.authority, "127.0.0.1")
        claims.that(where.netloc in own and "\\" not in location, f"Location: {location}")


@check_each(
    "security.injection",
    "rfc9112-2.2-10",
    rows={
        "path": "/sub%0d%0aX-Injected:%20yes",
        "directory": "/%0d%0aX-Injected:%20yes/../sub",
        "query": "/sub?%0d%0aX-Injected:%20yes",
        "lf": "/sub%0aX-Injected:%20yes",
        "cr": "/sub%0dX-Injected:%20yes",
        "query-lf": "/sub?a=%0aX-Injected:%20yes",
        "unicode": "/sub?%E5%98%8D%E5%98%8AX-Injected:%20yes",
        "double-encoded": "/sub?%250d%250aX-Injected:%20yes",
        "two-slashes": "//sub/%0d%0aX-Injected:%20yes/..",
        "content": "/sub?%0d%0a%0d%0a<script>alert(1)</script>".replace("<", "%3C").replace(">", "%3E"),
    },
)
def injection(site: Site, target: str) -> None:
    """Encoded line ends in a target never become line ends in the response."""
    response = claims.status(site.ask("GET", target), 200, 301, 302, 307, 308, 400, 403, 404)
    claims.no_field(response, "X-Injected")
    location = response.field("Location") or ""
    claims.that("\r" not in location and "\n" not in location and " " not in location, f"Location: {location!r}")


@check_each(
    "security.markup",
    "rfc9110-15.5-1",
    rows={
        "path": ("/%3Cscript%3Ealert(1)%3C/script%3E", ()),
        "path-quotes": ("/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", ()),
        "query": ("/nothing-here?%3Cscript%3Ealert(1)%3C/script%3E", ()),
        "user-agent": ("/nothing-here", ("User-Agent: <script>alert(1)</script>",)),
        "referer": ("/nothing-here", ("Referer: <script>alert(1)</script>",)),
        "accept": ("/nothing-here", ("Accept: text/html;<script>alert(1)</script>",)),
        "expect": ("/hello.txt", ("Expect: <script>alert(1)</script>",)),
        "host": ("/nothing-here", ("Host: <script>alert(1)</script>",)),
        "coding": ("/hello.txt", ("Transfer-Encoding: <script>alert(1)</script>",)),
        "language": ("/doc.html", ("Accept-Language: <script>alert(1)</script>",)),
    },
)
def markup(site: Site, row: tuple[str, tuple[str, ...]]) -> None:
    """What a request says comes back in no page as markup."""
    target, fields = row
    wants_html = () if any(line.startswith("Accept:") for line in fields) else ("Accept: text/html",)
    response = site.ask("GET", target, *wants_html, *fields)
    if "html" in (response.field("Content-Type") or "").lower():
        claims.that(b"<script>alert" not in response.content, "markup from the request stands in the page")


@check("security.markup-method", "rfc9110-15.5-1")
def markup_method(site: Site) -> None:
    """A malformed request line comes back in no page as markup."""
    response = site.send(b"<script>alert(1)</script> / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n")
    if "html" in (response.field("Content-Type") or "").lower():
        claims.that(b"<script>alert" not in response.content, "markup from the request stands in the page")


@check_each(
    "security.forwarded",
    "rfc9110-10.2.2-s2",
    rows={
        "x-forwarded-host": "X-Forwarded-Host: evil.example",
        "forwarded": "Forwarded: host=evil.example;proto=https",
        "x-original-url": "X-Original-URL: /.hidden",
        "x-rewrite-url": "X-Rewrite-URL: /.hidden",
        "x-host": "X-Host: evil.example",
        "x-forwarded-prefix": "X-Forwarded-Prefix: //evil.example",
    },
)
def forwarded(site: Site, line: str) -> None:
    """Fields that only a trusted gateway may set change nothing."""
    response = site.ask("GET", "/sub", line)
    claims.that("evil.example" not in (response.field("Location") or ""), f"Location: {response.field('Location')}")
    claims.content(claims.status(site.ask("GET", "/hello.txt", line), 200), HELLO)


@check_each(
    "security.odd-path",
    "rfc9110-15.5.5-s1",
    rows={
        "nul": "/hello.txt%00",
        "nul-alone": "/%00",
        "nul-suffix": "/hello.txt%00.html",
        "controls": "/%01%02%1f%7f",
        "line-ends": "/%0d%0a",
        "high": "/%ff%fe%fd",
        "surrogate": "/%ed%a0%80",
        "long-name": "/" + "%41" * 300,
        "many-slashes": "/" * 3000,
        "many-segments": "/a" * 3000,
        "many-dots": "/." * 3000,
        "many-up": "/.." * 2000,
        "percents": "/" + "%25" * 1000,
        "device": "/CON",
        "stream": "/hello.txt::$DATA",
        "glob": "/*.txt",
        "home": "/~/",
        "variable": "/$HOME",
        "pipe": "/%7Cls",
        "format": "/%25s%25n%25d",
        "brace": "/%7B0%7D",
    },
)
def odd_path(site: Site, target: str) -> None:
    """Odd paths are not found or refused, and nothing breaks."""
    response = claims.status(site.ask("GET", target), 200, 301, 308, 400, 403, 404, 414)
    claims.that(response.content != HELLO, "an odd path was taken for hello.txt")
    claims.status(site.ask(), 200)


@check("security.odd-path-write", "rfc9110-15.5.4-s1", needs=["writes"])
def odd_path_write(site: Site) -> None:
    """Names that a file system cannot hold are refused for PUT, without a server error."""
    for target in ("/%00", "/a%00b", "/" + "%41" * 300, "/" + "a/" * 3900 + "b"):
        claims.refusal(site.ask("PUT", target, content=b"x"))


@check("security.nothing-leaks-on-early-end", "rfc9112-8-1")
def nothing_leaks(site: Site) -> None:
    """What one client sent never shows in the answer to another."""
    with site.connect() as connection:
        connection.send(b"GET /left-behind-7f3a HTTP/1.1\r\nHost: a\r\nX-Left: behind-7f3a")
        connection.half_close()
        try:
            connection.read_response()
        except NoAnswer as missing:
            claims.that(missing.end != "open", "neither answered nor closed")
    response = site.ask("GET", "/nothing-here")
    claims.that(b"7f3a" not in response.content + repr(response.fields).encode(), "another client's words")
