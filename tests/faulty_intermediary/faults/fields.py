"""Fields that are kept, lost or changed: RFC 9110 sections 5 and 7.6.1."""

from __future__ import annotations

import time
from email.utils import formatdate

from tests.faulty_server.message import Fields, Request, combined, members

from ..intermediary import Intermediary
from ..upstream import Reply
from .registry import PROXY, plant, replaces


def _as_they_are(self: Intermediary, fields: Fields) -> Fields:
    return fields


plant("nominated-kept", "rfc9110-7.6.1-2", "MUST", "Fields that Connection names go on", without_nominated=_as_they_are)


@replaces(
    "without_nominated",
    "nominated-first-only",
    "rfc9110-7.6.1-2",
    "MUST",
    "Only the first that Connection names is removed",
)
def _(self: Intermediary, fields: Fields) -> Fields:
    named = members(combined(fields, "Connection"))[:1]
    return [line for line in fields if line[0].lower() not in [name.lower() for name in named]]


@replaces(
    "without_nominated",
    "nominated-same-case",
    "rfc9110-7.6.1-2",
    "MUST",
    "What Connection names is compared with its case",
)
def _(self: Intermediary, fields: Fields) -> Fields:
    named = members(combined(fields, "Connection"))
    return [line for line in fields if line[0] not in named or line[0].lower() in ("close", "connection")]


@replaces(
    "without_nominated", "nominated-one-line", "rfc9110-7.6.1-2", "MUST", "Only the first line of Connection counts"
)
def _(self: Intermediary, fields: Fields) -> Fields:
    first = next((value for name, value in fields if name.lower() == "connection"), "")
    named = [name.lower() for name in members(first)]
    return [line for line in fields if line[0].lower() not in named]


@replaces("onward_fields", "connection-kept", "rfc9110-7.6.1-2", "MUST", "Connection itself goes on in requests")
def _(self: Intermediary, request: Request) -> Fields:
    kept = [line for line in request.fields if line[0].lower() == "connection"]
    return [*Intermediary.onward_fields(self, request), *kept]


@replaces("back_fields", "connection-kept-back", "rfc9110-7.6.1-2", "MUST", "Connection itself comes back in responses")
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    kept = [line for line in reply.fields if line[0].lower() == "connection"]
    return [*Intermediary.back_fields(self, request, reply), *kept]


def _keeping(*names: str) -> tuple[str, ...]:
    return tuple(name for name in Intermediary.HOP_BY_HOP if name not in names)


for kept in ("keep-alive", "te", "proxy-connection"):
    plant(f"{kept}-kept", "rfc9110-7.6.1-3", "SHOULD", f"{kept} goes on", HOP_BY_HOP=_keeping(kept))


@replaces(
    "onward_fields", "unknown-lost", "rfc9110-5.1-1", "MUST", "Fields beginning with X- are left out of requests", PROXY
)
def _(self: Intermediary, request: Request) -> Fields:
    return [line for line in Intermediary.onward_fields(self, request) if not line[0].lower().startswith("x-")]


@replaces(
    "back_fields",
    "unknown-lost-back",
    "rfc9110-5.1-1",
    "MUST",
    "Fields beginning with X- are left out of responses",
    PROXY,
)
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    return [line for line in Intermediary.back_fields(self, request, reply) if not line[0].lower().startswith("x-")]


@replaces(
    "onward_fields",
    "lines-reversed",
    "rfc9110-5.3-2",
    "MUST NOT",
    "Lines of one field change their order in requests",
    PROXY,
)
def _(self: Intermediary, request: Request) -> Fields:
    return Intermediary.onward_fields(self, request)[::-1]


@replaces(
    "back_fields",
    "lines-reversed-back",
    "rfc9110-5.3-2",
    "MUST NOT",
    "Lines of one field change their order in responses",
    PROXY,
)
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    return Intermediary.back_fields(self, request, reply)[::-1]


@replaces("back_fields", "set-cookie-merged", "rfc9110-5.1-1", "MUST", "Lines of Set-Cookie are put into one")
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    fields = Intermediary.back_fields(self, request, reply)
    value = combined(fields, "Set-Cookie")
    rest = [line for line in fields if line[0].lower() != "set-cookie"]
    return [*rest, ("Set-Cookie", value)] if value else rest


def _back_without(*names: str) -> object:
    def back_fields(self: Intermediary, request: Request, reply: Reply) -> Fields:
        return [line for line in Intermediary.back_fields(self, request, reply) if line[0].lower() not in names]

    return back_fields


plant("no-via-in-responses", "rfc9110-7.6.3-1", "MUST", "Responses get no Via", PROXY, back_fields=_back_without("via"))
plant("etag-lost", "rfc9110-7.7-6", "SHOULD NOT", "ETag is left out", PROXY, back_fields=_back_without("etag"))
plant(
    "www-authenticate-lost",
    "rfc9110-11.6.1-3",
    "MUST NOT",
    "WWW-Authenticate is left out",
    PROXY,
    back_fields=_back_without("www-authenticate"),
)
plant("allow-lost", "rfc9110-10.2.1-3", "MUST NOT", "Allow is left out", PROXY, back_fields=_back_without("allow"))
plant(
    "content-range-lost",
    "rfc9110-14.4-2",
    "SHOULD",
    "Content-Range is left out",
    PROXY,
    back_fields=_back_without("content-range"),
)


@replaces("back_fields", "allow-changed", "rfc9110-10.2.1-3", "MUST NOT", "Allow gets another method", PROXY)
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    fields = Intermediary.back_fields(self, request, reply)
    return [(name, f"{value}, PATCH" if name.lower() == "allow" else value) for name, value in fields]


@replaces("back_fields", "vary-star", "rfc9110-12.5.5-1", "MUST NOT", "Vary becomes *", PROXY)
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    fields = Intermediary.back_fields(self, request, reply)
    return [(name, "*" if name.lower() == "vary" else value) for name, value in fields]


@replaces("back_fields", "etag-weakened", "rfc9110-7.7-6", "SHOULD NOT", "ETag becomes weak", PROXY)
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    fields = Intermediary.back_fields(self, request, reply)
    weak = [(name, f"W/{value}") for name, value in fields if name.lower() == "etag" and not value.startswith("W/")]
    return [*(line for line in fields if line[0].lower() != "etag"), *weak] if weak else fields


@replaces(
    "back_fields", "date-replaced", "rfc9110-7.7-6", "SHOULD NOT", "Date is replaced by the time of passing on", PROXY
)
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    fields = Intermediary.back_fields(self, request, reply)
    return [(name, "Sun, 06 Nov 1994 08:49:37 GMT" if name == "Date" else value) for name, value in fields]


@replaces("with_date", "no-date", "rfc9110-6.6.1-5", "MUST", "A response without Date gets none")
def _(self: Intermediary, reply: Reply, fields: Fields) -> Fields:
    return fields


@replaces("with_date", "date-of-another-zone", "rfc9110-6.6.1-5", "MUST", "The Date that is added is of another zone")
def _(self: Intermediary, reply: Reply, fields: Fields) -> Fields:
    if reply.status < 200 or combined(fields, "Date") is not None:
        return fields
    return [("Date", formatdate(time.time() + 7200, usegmt=True)), *fields]


@replaces(
    "back_fields", "via-of-responses-1.0", "rfc9110-7.6.3-1", "MUST", "Via of responses always has version 1.0", PROXY
)
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    reply.minor, minor = 0, reply.minor
    try:
        return Intermediary.back_fields(self, request, reply)
    finally:
        reply.minor = minor


@replaces("back_fields", "accept-in-415-lost", "rfc9110-5.1-1", "MUST", "Accept is left out of responses", PROXY)
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    return [line for line in Intermediary.back_fields(self, request, reply) if line[0].lower() != "accept"]
