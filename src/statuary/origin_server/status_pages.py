"""A page for every status code: the server that people test their clients with.

/status/N answers a plain GET with N wherever that is legal. Where it is not, the page says which request gets it, and that
request to the same page does get it. Wherever a Resource can have a reason for N it has it here, and decide does the rest;
all other codes are simulated.
"""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import Any

from statuary import status as statuses
from statuary.fields.grammar import Invalid, split_list
from statuary.fields.validators import EntityTag
from statuary.message.request import Request
from statuary.origin_server.path_patterns import Names, PathPattern
from statuary.origin_server.paths import path_of
from statuary.origin_server.site import RequestContent
from statuary.semantics.decision.outcome import Created, Done, Outcome, Unprocessable
from statuary.semantics.resource import (
    DEFAULT_METHODS,
    Access,
    ContentRules,
    Gone,
    LegalBlock,
    Moved,
    Payment,
    Representation,
    Resource,
    Simulated,
    TooManyRequests,
    Unavailable,
    Upgrade,
    User,
)

_CODE = re.compile(r"[1-5][0-9]{2}")

MOST_CONTENT = 1024 * 1024

# The day RFC 9110 was published, since something has to be the last change
WRITTEN = 1654473600

DONE = Done()
WITH_POST = (*DEFAULT_METHODS, "POST")
WITH_PUT = (*DEFAULT_METHODS, "PUT")


@dataclass(frozen=True, slots=True)
class Row:
    """What is special about one code.

    ``reason`` holds the attributes of the Resource. ``command`` gets the code where a plain GET does not, with {url} for
    the page; ``why_not`` says why that is so, and stands without a command where no request to this server gets it.
    """

    reason: Mapping[str, Any] = field(default_factory=dict)
    command: str | None = None
    why_not: str | None = None
    outcome: Outcome = DONE
    also: tuple[Representation, ...] = ()
    """Further variants of the page."""

    @property
    def is_plain(self) -> bool:
        """Whether a plain GET gets the code."""
        return self.why_not is None


def rows(base: str) -> dict[int, Row]:
    """The codes of which there is something to say, for pages below the path ``base``. 1xx go ahead of a 200."""
    found = f"{base}200"
    another = f"{base}203"
    # Legal to a GET is what no section of the RFCs ties to something in the request that a plain GET lacks. 202, 204 and
    # 205 are not tied to a method (RFC 9110 sections 15.3.3, 15.3.5 and 15.3.6), and 201 to what the request asked for:
    # a safe one asks for no new resource (15.3.2 and 9.2.1).
    table = {
        101: Row(
            {"upgrade": Upgrade(("websocket",), required=True)},
            "curl -i -N --http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' "
            "-H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' {url}",
            "It needs an Upgrade; until then it is 426.",
        ),
        103: Row({"hints": (f"<{found}>; rel=preload; as=document",)}),
        200: Row({}),
        201: Row({"methods": WITH_POST}, "curl -i -d x {url}", "A GET creates nothing.", Created(found)),
        202: Row(
            _simulated(
                202, ("Link", f'<{found}>; rel="monitor"'), ("Retry-After", "1"), links=((found, "state of the work"),)
            )
        ),
        204: Row({"variants": ()}),
        206: Row({}, "curl -i -r 0-9 {url}", "It needs a Range."),
        207: Row(_simulated(207, content=_xml(_MULTISTATUS.format(href=html.escape(found))))),
        226: Row({}, "curl -i -H 'A-IM: gzip' {url}", "It needs an A-IM, for an instance manipulation."),
        300: Row({"variants": (_choice(found), _choice(another)), "prefers_choice": True}),
        **{status: Row({"moved": Moved(status, found)}) for status in (301, 302, 303, 307, 308)},
        304: Row({}, "curl -i -H 'If-None-Match: \"304\"' {url}", "It needs a condition that turns out false."),
        305: Row({"moved": Moved(305, "http://proxy.invalid:3128/", keeps_query=False)}),
        306: Row(why_not="It was given up before it was ever used, and is reserved."),
        401: Row({"access": Access("Status pages", users={"alice": User("wonderland")})}),
        402: Row({"payment": Payment()}),
        403: Row({"forbidden": ""}),
        404: Row({"exists": False}),
        405: Row({"methods": ("OPTIONS",), "variants": ()}),
        406: Row(
            {"varies_by": ("Accept",)},
            "curl -i -H 'Accept: image/png' {url}",
            "It needs an Accept that nothing here satisfies.",
            also=(_plain(406),),
        ),
        407: Row(why_not="It comes from a proxy, and this server is none."),
        408: Row(
            command="(printf 'GET {path} HTTP/1.1\\r\\nHost: HOST\\r\\n'; sleep 30) | nc HOST PORT",
            why_not="It is for a request that does not arrive as a whole. Send a part of one, and wait.",
        ),
        409: Row(
            {"methods": WITH_POST, "conflict": "This resource is in a state in which nothing can be changed."},
            "curl -i -d x {url}",
            "A GET changes nothing that could conflict.",
        ),
        410: Row({"gone": Gone()}),
        411: Row(
            {"methods": WITH_POST, "content": ContentRules(most=MOST_CONTENT, needs_length=True)},
            "curl -i -H 'Transfer-Encoding: chunked' -d x {url}",
            "It needs content of a length not told.",
        ),
        412: Row({}, "curl -i -H 'If-Match: \"other\"' {url}", "It needs a condition that turns out false."),
        413: Row(
            {"methods": WITH_POST, "content": ContentRules(most=10)},
            "curl -i -d 'more than ten octets' {url}",
            "It needs content, more than ten octets.",
        ),
        414: Row({"longest_query": 100}, f"curl -i '{{url}}?{'q' * 101}'", "It needs a query of over 100 octets."),
        415: Row(
            {"methods": WITH_POST, "content": ContentRules(most=MOST_CONTENT, media_types=("text/plain",))},
            "curl -i -H 'Content-Type: image/png' -d x {url}",
            "It needs content that is not text/plain.",
        ),
        416: Row({}, "curl -i -r 100000- {url}", "It needs a Range beyond the end."),
        417: Row({}, "curl -i -H 'Expect: miracles' {url}", "It needs an expectation that can't be met."),
        421: Row({"authorities": frozenset({"elsewhere.invalid"})}),
        422: Row(
            {"methods": WITH_POST},
            "curl -i -d x {url}",
            "It needs content that makes no sense.",
            Unprocessable("Whatever this is, it makes no sense here."),
        ),
        423: Row(
            _simulated(423, methods=("PUT",), content=_xml(_LOCKED.format(href=html.escape(f"{base}423"))))
            | {"methods": WITH_PUT},
            "curl -i -X PUT -d x {url}",
            "A lock keeps nobody from reading.",
        ),
        425: Row(
            {"refuses_early_data": True}, "curl -i -H 'Early-Data: 1' {url}", "It is for what comes as TLS early data."
        ),
        426: Row({"upgrade": Upgrade(("websocket",), required=True)}),
        428: Row(
            {"methods": WITH_PUT, "needs_precondition": True},
            "curl -i -X PUT -d x {url}",
            "It is for changes without a condition.",
        ),
        429: Row({"too_many": TooManyRequests(1)}),
        431: Row(
            {"largest_fields": 4000},
            "curl -i -H \"X-Large: $(printf '%05000d' 0)\" {url}",
            "It needs more than 4000 octets of header fields.",
        ),
        451: Row({"legal_block": LegalBlock("https://court.invalid/")}),
        501: Row({}, "curl -i -X BREW {url}", "GET is a method that this server implements."),
        503: Row({"unavailable": Unavailable(1)}),
        505: Row(_simulated(505, detail="HTTP/1.1 is refused on this page, though not on the others.")),
        507: Row(
            {"methods": WITH_PUT, "free_octets": 0}, "curl -i -X PUT -d x {url}", "It needs something to be stored."
        ),
        511: Row(_simulated(511, links=((found, "Log in to the network"),))),
    }
    if find_spec("wsproto") is None:
        # Nothing is offered that could not be spoken
        missing = "It needs the library wsproto: pip install 'statuary[websocket]'."
        table[101] = table[426] = Row(why_not=missing)
    return table


def _simulated(
    status: int,
    *fields: tuple[str, str],
    detail: str | None = None,
    content: Representation | None = None,
    links: tuple[tuple[str, str], ...] = (),
    methods: tuple[str, ...] = ("GET", "HEAD"),
) -> dict[str, Any]:
    said = f"{statuses.lookup(status).meaning} It was asked for, and there is no other reason."
    return {"simulated": Simulated(status, detail if detail is not None else said, fields, content, links, methods)}


_MULTISTATUS = """<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="DAV:">
<D:response><D:href>{href}</D:href><D:status>HTTP/1.1 200 OK</D:status></D:response>
</D:multistatus>
"""

_LOCKED = """<?xml version="1.0" encoding="utf-8"?>
<D:error xmlns:D="DAV:"><D:lock-token-submitted><D:href>{href}</D:href></D:lock-token-submitted></D:error>
"""

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}}
pre{{white-space:pre-wrap;overflow-wrap:anywhere}}td{{vertical-align:top;padding:.2rem 1rem .2rem 0}}
@media(prefers-color-scheme:dark){{body{{color:#ddd;background:#181818}}a{{color:#8bf}}}}</style>
<h1>{title}</h1>
{said}
</html>
"""


def _xml(text: str) -> Representation:
    content = text.encode()
    return Representation(content, "application/xml;charset=utf-8", len(content), has_ranges=False)


def _title(code: int) -> str:
    return f"{code} {statuses.phrase(code)}".rstrip()


def _html(title: str, said: Iterable[str], tag: str, **more: Any) -> Representation:
    content = _PAGE.format(title=html.escape(title), said="\n".join(said)).encode()
    return Representation(
        content, "text/html;charset=utf-8", len(content), EntityTag(tag, weak=False), last_modified=WRITTEN, **more
    )


def _page_of(code: int, *said: str) -> Representation:
    return _html(_title(code), (f"<p>{html.escape(statuses.lookup(code).meaning)}", *said), str(code))


def _plain(code: int) -> Representation:
    content = f"{_title(code)}\n{statuses.lookup(code).meaning}\n".encode()
    tag = EntityTag(f"{code}-plain", weak=False)
    return Representation(content, "text/plain;charset=utf-8", len(content), tag, last_modified=WRITTEN, preference=999)


def _choice(location: str) -> Representation:
    return _html("One of the choices", ("<p>There is another.",), "choice", location=location)


class StatusPages:
    """The pages below the directory that ``pattern`` names."""

    def __init__(self, pattern: PathPattern) -> None:
        self.pattern = pattern
        self._base = path_of([*pattern.names, ""])
        self._rows = rows(self._base)
        self._pages: dict[int, Resource] = {}
        self._index: Resource | None = None
        self._delta: Resource | None = None

    def resource(self, request: Request, rest: Names) -> Resource:
        """The page that ``rest`` names."""
        if rest == ():
            return Resource(moved=Moved(301, self._base))
        if rest == ("",):
            if self._index is None:
                self._index = Resource(variants=(self._list(),))
            return self._index
        if len(rest) > 1 or not _CODE.fullmatch(rest[0]):
            return Resource(exists=False)
        code = int(rest[0])
        # In no row, since it depends on the request: the one code that tells of an instance manipulation
        if code == 226 and accepts_gzip_manipulation(request):
            return self._manipulated()
        if code not in self._pages:
            self._pages[code] = self._page(code)
        return self._pages[code]

    async def perform(self, request: Request, rest: Names, content: RequestContent) -> Outcome:
        """What came of a POST or PUT that nothing was against: the outcome of the page, and nothing is changed."""
        async for _ in content:
            pass
        row = self._rows.get(int(rest[0]))
        return row.outcome if row is not None else Done()

    def _page(self, code: int) -> Resource:
        row = self._rows.get(code) or Row(_simulated(code))
        variants = (_page_of(code, *self._said(code, row)), *row.also)
        return replace(Resource(variants=variants, content=ContentRules(most=MOST_CONTENT)), **row.reason)

    def _said(self, code: int, row: Row) -> Iterable[str]:
        if row.why_not is not None:
            yield f"<p>A plain GET does not get {code}. {html.escape(row.why_not)}"
        if row.command is not None:
            yield f"<p>This does:\n<pre>{html.escape(self._command(code, row.command))}</pre>"
        yield '<p><a href="./">All status codes</a>'

    def _command(self, code: int, command: str) -> str:
        path = f"{self._base}{code}"
        return command.format(url=f"http://HOST:PORT{path}", path=path)

    def _list(self) -> Representation:
        said = [
            "<p>Each of these pages answers a plain GET with its code, or says which request gets it. "
            "Codes that nobody has registered, such as 471, have pages too.",
            "<table>",
        ]
        for code in statuses.PHRASES:
            row = self._rows.get(code)
            told = "" if row is None or row.why_not is None else html.escape(row.why_not)
            said.append(f'<tr><td><a href="{code}">{html.escape(_title(code))}</a><td>{told}')
        return _html("Every status code", (*said, "</table>"), "index")

    def _manipulated(self) -> Resource:
        """The page for 226 as gzip makes it; validators stay those of the page itself (RFC 3229 section 10.4.1)."""
        if self._delta is None:
            page = self._page(226).variants[0]
            assert isinstance(page.source, bytes)
            packed = gzip.compress(page.source, mtime=0)
            content = replace(page, source=packed, length=len(packed), has_ranges=False)
            fields = (("IM", "gzip"), ("Vary", "A-IM"))
            self._delta = Resource(variants=(page,), simulated=Simulated(226, "", fields, content))
        return self._delta


def accepts_gzip_manipulation(request: Request) -> bool:
    """Whether A-IM lists gzip, without refusing it by a weight of nothing (RFC 3229 section 10.5.3)."""
    members = split_list(request.fields.get("a-im", "").lower())
    if isinstance(members, Invalid):
        return False
    names = {
        name.strip() for name, _, weight in (member.partition(";") for member in members) if not _is_nothing(weight)
    }
    return "gzip" in names


def _is_nothing(weight: str) -> bool:
    return re.fullmatch(r"\s*q=0(?:\.0*)?\s*", weight) is not None
