"""The kinds of resource that the decision is walked through, each with what a request for it says besides.

One kind is one reason for a status code, or one that must lead to none. Other tests of the semantics use their resources too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import pytest

from statuary.fields.dates import format_http_date
from statuary.fields.validators import EntityTag
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.semantics.authentication import make_nonce, secret_hash
from statuary.semantics.resource import (
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

NOW = 1_700_000_000
LENGTH = 1000
ETAG = EntityTag("a", weak=False)
MODIFIED = NOW - 86_400

CUSTOM, UNKNOWN = "PURGE", "BREW"
"""A method that only our resources know, and one that nothing knows."""
EVERY = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", CUSTOM)

PAGE = Representation(
    source="page",
    media_type="text/html",
    length=LENGTH,
    etag=ETAG,
    last_modified=MODIFIED,
    location="/page.html",
    fields=(
        ("Cache-Control", "max-age=60"),
        ("Expires", format_http_date(NOW + 60)),
        ("Content-Disposition", "inline"),
    ),
)
ENGLISH = replace(PAGE, source="english", language="en", location="/page.en.html")
GERMAN = replace(PAGE, source="german", language="de", location="/page.de.html", etag=EntityTag("g", weak=False))
ZIPPED = replace(PAGE, source="zipped", coding="gzip", location=None, etag=EntityTag("z", weak=False), length=300)
PICTURE = replace(PAGE, source="picture", media_type="image/png", location="/page.png", etag=EntityTag("p", weak=False))
BARE = Representation(source="bare", length=LENGTH)

Lines = tuple[FieldLine, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource, and the field lines and other attributes that each request for it has; lines may depend on the method."""

    name: str
    resource: Resource
    lines: Lines | Callable[[str], Lines] = ()
    request: tuple[tuple[str, Any], ...] = ()

    def ask(self, method: str, lines: Lines = (), **attributes: Any) -> Request:
        """A request of this kind, with further ``lines``."""
        own = self.lines(method) if callable(self.lines) else self.lines
        return Request(method, fields=Fields(own + lines), **{"path": "/page", **dict(self.request), **attributes})


def page(**reasons: Any) -> Resource:
    """The plain page with every method, but for what ``reasons`` say."""
    return Resource(**{"variants": (PAGE,), "methods": EVERY, **reasons})


def with_content(**rules: Any) -> Resource:
    return page(content=ContentRules(**rules))


USERS = {"alice": User(password="open"), "bob": User(secret_hash=secret_hash("bob", "vault", "sesame"))}
ACCESS = Access(
    realm="vault",
    schemes=("Basic", "Digest", "Bearer"),
    users=USERS,
    tokens={"t0ken": "carol"},
    allowed=frozenset({"alice", "carol"}),
    key=b"a key of the server",
)
BASIC = replace(ACCESS, schemes=("Basic",))
DIGEST = replace(ACCESS, schemes=("Digest",))
BEARER = replace(ACCESS, schemes=("Bearer",))

ALICE = "Basic YWxpY2U6b3Blbg=="
BOB = "Basic Ym9iOnNlc2FtZQ=="


def digest_credentials(
    method: str,
    *,
    name: str = "alice",
    password: str = "open",
    target: str = "/page",
    access: Access = ACCESS,
    made: int = NOW,
    count: str = "00000001",
    **changed: str,
) -> str:
    """An Authorization value as a client computes it (RFC 7616 section 3.4.1); ``changed`` tampers with it afterwards."""
    nonce = make_nonce(access, made)

    def h(text: str) -> str:
        return sha256(text.encode()).hexdigest()

    response = h(f"{h(f'{name}:{access.realm}:{password}')}:{nonce}:{count}:c0ffee:auth:{h(f'{method}:{target}')}")
    parameters = {
        "username": f'"{name}"',
        "realm": f'"{access.realm}"',
        "uri": f'"{target}"',
        "nonce": f'"{nonce}"',
        "algorithm": "SHA-256",
        "nc": count,
        "cnonce": '"c0ffee"',
        "qop": "auth",
        "response": f'"{response}"',
        **changed,
    }
    return "Digest " + ", ".join(f"{name}={value}" for name, value in parameters.items() if value)


def authorized(value: str) -> Lines:
    return (("Authorization", value),)


def right_digest(method: str) -> Lines:
    return authorized(digest_credentials(method))


def wrong_digest(method: str) -> Lines:
    return authorized(digest_credentials(method, password="closed"))


def stale_digest(method: str) -> Lines:
    return authorized(digest_credentials(method, made=NOW - 301))


HANDSHAKE = (
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
)
CHAT = (("Connection", "upgrade"), ("Upgrade", "chat/2"))

LANGUAGES = page(variants=(ENGLISH, GERMAN), varies_by=("Accept-Language",))
CODINGS = page(variants=(PAGE, ZIPPED), varies_by=("Accept-Encoding",))
TYPES = page(variants=(PAGE, PICTURE), varies_by=("Accept",))
CHOICE = replace(LANGUAGES, prefers_choice=True)

# What exists, and how it is represented
EXISTING = (
    Kind("plain page", page()),
    Kind("read-only page", page(methods=("GET", "HEAD", "OPTIONS"))),
    Kind("page with fields of the resource", page(fields=(("X-Frame-Options", "DENY"), ("Set-Cookie", "a=b")))),
    Kind("no validators", page(variants=(BARE,))),
    Kind("only a weak etag", page(variants=(replace(BARE, etag=EntityTag("a", weak=True)),))),
    Kind("only an etag", page(variants=(replace(BARE, etag=ETAG),))),
    Kind("only a date", page(variants=(replace(BARE, last_modified=MODIFIED),))),
    Kind("a date of this very second", page(variants=(replace(PAGE, etag=None, last_modified=NOW),))),
    Kind("length unknown", page(variants=(replace(PAGE, length=None),))),
    Kind("no ranges", page(variants=(replace(PAGE, has_ranges=False),))),
    Kind("empty", page(variants=(replace(PAGE, length=0),))),
    Kind("no media type", page(variants=(replace(PAGE, media_type=None),))),
    Kind("a form", page(variants=())),
    Kind("a form that varies", page(variants=(), varies_by=("Cookie",))),
    Kind("languages, none asked", LANGUAGES),
    Kind("languages, one asked", LANGUAGES, (("Accept-Language", "de"),)),
    Kind("languages, neither asked", LANGUAGES, (("Accept-Language", "fr"),)),
    Kind("codings, none asked", CODINGS),
    Kind("codings, one asked", CODINGS, (("Accept-Encoding", "gzip"),)),
    Kind("codings, neither asked", CODINGS, (("Accept-Encoding", "identity;q=0"),)),
    Kind("types, none asked", TYPES),
    Kind("types, one asked", TYPES, (("Accept", "image/*"),)),
    Kind("types, neither asked", TYPES, (("Accept", "audio/*"),)),
    Kind("types, asked by a browser", TYPES, (("Accept", "text/html;q=0, application/json;q=0.1"),)),
    Kind("types, preference invalid", TYPES, (("Accept", "audio"),)),
    Kind("one coding, not asked", page(variants=(ZIPPED,)), (("Accept-Encoding", "br"),)),
    Kind("a choice", CHOICE),
    Kind("a choice, made", CHOICE, (("Accept-Language", "en"),)),
    Kind("a choice, for a browser", CHOICE, (("Accept", "text/html"),)),
    Kind(
        "a choice of quoted types",
        page(
            variants=tuple(replace(v, media_type='text/html; charset="utf-8"') for v in (ENGLISH, GERMAN)),
            prefers_choice=True,
        ),
    ),
    Kind(
        "fields of the resource for caches",
        page(
            variants=(replace(BARE, etag=ETAG),),
            fields=(("Vary", "Origin"), ("cache-control", "no-cache"), ("X-A", "b")),
        ),
    ),
    Kind("hints", page(hints=("</a.css>; rel=preload", "</b.js>; rel=preload"))),
    Kind("patchable", page(accept_patch=("application/merge-patch+json",))),
    Kind("traced with secrets", page(), (("Cookie", "a=b"), ("X-Other", "c"))),
)

# What is not, or not here
MISSING = (
    Kind("missing", Resource(exists=False)),
    Kind("missing, methods known", Resource(exists=False, methods=EVERY)),
    Kind("missing, creatable", Resource(exists=False, methods=EVERY, creatable_by=("PUT", "PATCH"))),
    Kind("gone", Resource(exists=False, methods=EVERY, gone=Gone())),
    Kind("gone, creatable", Resource(exists=False, methods=EVERY, gone=Gone("Sold."), creatable_by=("PUT",))),
    *(Kind(f"moved {status}", page(moved=Moved(status, "/new"))) for status in (301, 302, 303, 305, 307, 308)),
    Kind("moved with query", page(moved=Moved(301, "/new#part")), request=(("query", "a=b"),)),
    Kind("moved for reads", page(moved=Moved(302, "http://other/", methods=frozenset({"GET", "HEAD"})))),
    Kind("asterisk", page(fields=(("X-A", "b"),)), request=(("path", "*"),)),
)

# Who asks
ACCESSES = (
    *(
        Kind(f"{access.schemes}, {name}", page(access=access), lines)
        for access in (BASIC, DIGEST, BEARER, ACCESS)
        for name, lines in (
            ("no credentials", ()),
            ("right Basic", authorized(ALICE)),
            ("wrong Basic", authorized("Basic YWxpY2U6Y2xvc2Vk")),
            ("insufficient Basic", authorized(BOB)),
            ("right Digest", right_digest),
            ("wrong Digest", wrong_digest),
            ("stale Digest", stale_digest),
            ("right Bearer", authorized("Bearer t0ken")),
            ("wrong Bearer", authorized("Bearer other")),
            ("unknown scheme", authorized("Mutual a=b")),
            ("malformed", authorized("Basic , ,")),
        )
    ),
    Kind("access for changes", page(access=replace(BASIC, methods=frozenset({"PUT", "DELETE"})))),
    Kind("forbidden", page(forbidden="")),
    Kind("legal block", page(legal_block=LegalBlock())),
    Kind("legal block by somebody", page(legal_block=LegalBlock("https://court.example/", "By order."))),
    Kind("payment", page(payment=Payment("Ten cents."))),
)

# How the service is doing, and what it takes
SERVICE = (
    Kind("unavailable", page(unavailable=Unavailable())),
    Kind("unavailable for a while", page(unavailable=Unavailable(120, "Cleaning."))),
    Kind("too many", page(too_many=TooManyRequests())),
    Kind("too many for a while", page(too_many=TooManyRequests(30))),
    Kind("authority served", page(authorities=frozenset({"a.example"})), request=(("authority", "a.example:80"),)),
    Kind("authority not served", page(authorities=frozenset({"a.example"})), request=(("authority", "b.example"),)),
    Kind("scheme not carried", page(), request=(("scheme", "https"), ("carried_by", "http"))),
    Kind("scheme not served", page(scheme="http"), request=(("scheme", "https"),)),
    Kind("scheme of a secured connection", page(), request=(("scheme", "https"),)),
    Kind("early data", page(), (("Early-Data", "1"),)),
    Kind("early data refused", page(refuses_early_data=True), (("Early-Data", "1"),)),
    Kind("query too long", page(longest_query=4), request=(("query", "12345"),)),
    Kind("query short enough", page(longest_query=4), request=(("query", "1234"),)),
    Kind("a field too large", page(largest_fields=900), (("X-A", "a" * 1000),)),
    Kind("fields too large", page(largest_fields=900), tuple((f"X-{n}", "a" * 100) for n in range(10))),
    Kind("upgrade optional, not asked", page(upgrade=Upgrade(("websocket",)))),
    Kind("upgrade optional", page(upgrade=Upgrade(("websocket",))), HANDSHAKE),
    Kind("upgrade optional, another", page(upgrade=Upgrade(("websocket",))), CHAT),
    Kind("upgrade with a bad handshake", page(upgrade=Upgrade(("websocket",))), HANDSHAKE[:3]),
    Kind("upgrade required, not asked", page(upgrade=Upgrade(("chat/2",), required=True))),
    Kind("upgrade required", page(upgrade=Upgrade(("chat/2", "websocket"), required=True)), CHAT),
    Kind("upgrade required of changes", page(upgrade=Upgrade(("chat/2",), required=True, methods=("PUT", "POST")))),
    Kind("length needed", with_content(needs_length=True)),
    Kind("small content", with_content(most=9)),
    Kind("small content for a while", with_content(most=9, retry_after=60)),
    Kind("text only", with_content(media_types=("text/*",))),
    Kind("text only, sent", with_content(media_types=("text/*",)), (("Content-Type", "text/plain;charset=utf-8"),)),
    Kind("gzip taken, br sent", with_content(codings=("gzip",)), (("Content-Encoding", "br"),)),
    Kind("gzip taken and sent", with_content(codings=("gzip",)), (("Content-Encoding", "GZip, identity"),)),
    Kind("patch of another type", page(accept_patch=("text/x-diff",)), (("Content-Type", "text/plain"),)),
    Kind("a part to store", page(), (("Content-Range", "bytes 0-9/20"),)),
    Kind("conflict", page(conflict="It is checked out.")),
    Kind("full storage", page(free_octets=9)),
    Kind("precondition required", page(needs_precondition=True)),
    Kind(
        "precondition required to create",
        Resource(exists=False, methods=EVERY, creatable_by=("PUT",), needs_precondition=True),
    ),
    Kind("tunnel", page(methods=(*EVERY, "CONNECT"))),
    Kind("no methods", page(methods=())),
)

# What is only pretended
SIMULATED = (
    Kind("simulated 404", page(simulated=Simulated(404, "As you wished."))),
    Kind("simulated 503", page(simulated=Simulated(503, "As you wished.", (("Retry-After", "1"),)))),
    Kind("simulated 302", page(simulated=Simulated(302, "Over there.", (("Location", "/b"),), links=(("/b", "b"),)))),
    Kind("simulated 204", page(simulated=Simulated(204))),
    Kind("simulated 205", page(simulated=Simulated(205))),
    Kind("simulated 200", page(simulated=Simulated(200, content=PICTURE), fields=(("X-A", "b"),))),
    Kind("simulated 103", page(simulated=Simulated(103, fields=(("Link", "</a.css>; rel=preload"),)))),
    Kind("simulated 103 and nothing after it", page(variants=(), simulated=Simulated(103))),
)

KINDS: tuple[Kind, ...] = EXISTING + MISSING + ACCESSES + SERVICE + SIMULATED


def by_name(kinds: tuple[Kind, ...]) -> list[object]:
    return [pytest.param(kind, id=kind.name) for kind in kinds]


EXPECTATIONS: tuple[Lines, ...] = ((), (("Expect", "100-continue"),), (("Expect", "tea"),))
VERSIONS = ((1, 1), (1, 0))
