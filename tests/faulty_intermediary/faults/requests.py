"""Requests passed on wrongly: targets, Host, loops, Max-Forwards, Via, upgrades. RFC 9110 section 7."""

from __future__ import annotations

from typing import Any

from tests.faulty_server.message import Fields, Refused, Request, combined

from ..forwarding import NAME
from ..intermediary import Intermediary
from .registry import PROXY, plant, replaces

# Targets and Host: RFC 9112 section 3.2


@replaces("onward_target", "path-decoded", "rfc9110-7.7-3", "MUST NOT", "Encoded slashes are decoded", PROXY)
def _(self: Intermediary, request: Request) -> str:
    return Intermediary.onward_target(self, request).replace("%2F", "/").replace("%2f", "/")


@replaces("onward_target", "query-lost", "rfc9110-7.7-3", "MUST NOT", "The query is left out", PROXY)
def _(self: Intermediary, request: Request) -> str:
    return Intermediary.onward_target(self, request).partition("?")[0]


@replaces("onward_target", "slashes-merged", "rfc9110-7.7-3", "MUST NOT", "Double slashes become one", PROXY)
def _(self: Intermediary, request: Request) -> str:
    return Intermediary.onward_target(self, request).replace("//", "/")


@replaces("onward_target", "case-lowered", "rfc9110-7.7-3", "MUST NOT", "The path is put in lower case", PROXY)
def _(self: Intermediary, request: Request) -> str:
    return Intermediary.onward_target(self, request).lower()


@replaces(
    "onward_target", "options-slash", "rfc9112-3.2.4-2", "MUST", "OPTIONS of a server becomes OPTIONS of /", PROXY
)
def _(self: Intermediary, request: Request) -> str:
    return "/" if request.path == "*" else Intermediary.onward_target(self, request)


@replaces("with_host", "host-kept", "rfc9112-3.2.2-3", "MUST", "Host goes on though the target names another", PROXY)
def _(self: Intermediary, request: Request, fields: Fields) -> Fields:
    return fields if combined(fields, "Host") else [("Host", request.authority), *fields]


@replaces("with_host", "host-lost", "rfc9112-3.2-3", "MUST", "No Host is sent")
def _(self: Intermediary, request: Request, fields: Fields) -> Fields:
    return [line for line in fields if line[0].lower() != "host"]


@replaces("with_host", "host-empty", "rfc9112-3.2-4", "MUST", "Host is sent empty")
def _(self: Intermediary, request: Request, fields: Fields) -> Fields:
    return [("Host", ""), *(line for line in fields if line[0].lower() != "host")]


@replaces(
    "with_host",
    "host-of-request-before",
    "rfc9112-3.2-4",
    "MUST",
    "The Host of a connection's first request is sent with all of them",
)
def _(self: Intermediary, request: Request, fields: Fields) -> Fields:
    if not hasattr(self, "first_authority"):
        self.first_authority = request.authority  # type: ignore[attr-defined]
    request.authority = self.first_authority  # type: ignore[attr-defined]
    return Intermediary.with_host(self, request, fields)


@replaces("resolve", "scheme-by-case", "rfc9112-3.2.2-6", "MUST", "A scheme in capitals is refused")
def _(self: Intermediary, request: Request) -> None:
    if request.target.startswith("HTTP:"):
        raise Refused(400, "not a request-target", closes=True)
    Intermediary.resolve(self, request)


@replaces("with_host", "host-twice", "rfc9112-3.2-6", "MUST", "Host is sent twice")
def _(self: Intermediary, request: Request, fields: Fields) -> Fields:
    kept = Intermediary.with_host(self, request, fields)
    return [kept[0], *kept]


@replaces(
    "check_host", "host-unchecked", "rfc9112-3.2-6", "MUST", "Requests without Host, or with several, are passed on"
)
def _(self: Intermediary, request: Request) -> None:
    request.authority = (request.lines("Host") or [""])[0]


@replaces("check_host", "second-host-ignored", "rfc9112-3.2-6", "MUST", "The first of several Host counts")
def _(self: Intermediary, request: Request) -> None:
    hosts = request.lines("Host")
    request.fields = [line for line in request.fields if line[0].lower() != "host" or line[1] is hosts[0]]
    Intermediary.check_host(self, request)


@replaces("check_host", "odd-host", "rfc9112-3.2-6", "MUST", "Host may be anything")
def _(self: Intermediary, request: Request) -> None:
    hosts = request.lines("Host")
    if len(hosts) > 1 or (not hosts and request.version >= (1, 1)):
        raise Refused(400, "one Host is needed", closes=True)
    request.authority = hosts[0] if hosts else ""


# Via and loops: RFC 9110 section 7.6.3

plant(
    "no-via-in-requests",
    "rfc9110-7.6.3-2",
    "MUST",
    "Requests get no Via",
    onward_fields=lambda self, request: [
        line for line in Intermediary.onward_fields(self, request) if line[0] != "Via" or not line[1].endswith(NAME)
    ],
)


@replaces("with_via", "via-doubled", "rfc9110-7.6.3-1", "MUST", "This hop stands twice in Via")
def _(self: Intermediary, fields: Fields, version: tuple[int, int]) -> Fields:
    return [*fields, ("Via", f"{self.via(version)}, {self.via(version)}")]


@replaces("with_via", "via-replaced", "rfc9110-7.6.3-1", "MUST", "Via of those before is thrown away")
def _(self: Intermediary, fields: Fields, version: tuple[int, int]) -> Fields:
    return [*(line for line in fields if line[0].lower() != "via"), ("Via", self.via(version))]


@replaces("with_via", "via-in-front", "rfc9110-7.6.3-1", "MUST", "This hop stands before those before it in Via")
def _(self: Intermediary, fields: Fields, version: tuple[int, int]) -> Fields:
    return [("Via", self.via(version)), *fields]


@replaces("via", "via-without-version", "rfc9110-7.6.3-1", "MUST", "The member of Via has no version")
def _(self: Intermediary, version: tuple[int, int]) -> str:
    return NAME


@replaces("via", "via-own-version", "rfc9110-7.6.3-1", "MUST", "Via has our version, not that of the message")
def _(self: Intermediary, version: tuple[int, int]) -> str:
    return f"1.1 {NAME}"


# Max-Forwards: RFC 9110 section 7.6.2


def _as_it_is(self: Intermediary, request: Request, fields: Fields) -> Fields:
    return fields


plant("max-forwards-kept", "rfc9110-7.6.2-4", "MUST", "Max-Forwards goes on as it is", with_fewer_forwards=_as_it_is)


@replaces("with_fewer_forwards", "max-forwards-lost", "rfc9110-7.6.2-4", "MUST", "Max-Forwards is left out")
def _(self: Intermediary, request: Request, fields: Fields) -> Fields:
    return [line for line in fields if line[0].lower() != "max-forwards"]


@replaces("with_fewer_forwards", "max-forwards-less-two", "rfc9110-7.6.2-4", "MUST", "Max-Forwards is two less")
def _(self: Intermediary, request: Request, fields: Fields) -> Fields:
    value = request.get("Max-Forwards")
    if request.method not in ("TRACE", "OPTIONS") or value is None or not value.isdecimal():
        return fields
    less = str(max(0, int(value) - 2))
    return [(name, less if name.lower() == "max-forwards" else value) for name, value in fields]


@replaces(
    "with_fewer_forwards", "max-forwards-added", "rfc9110-9.3.7-3", "MUST NOT", "OPTIONS gets Max-Forwards", PROXY
)
def _(self: Intermediary, request: Request, fields: Fields) -> Fields:
    if request.method == "OPTIONS" and request.get("Max-Forwards") is None:
        return [*fields, ("Max-Forwards", "10")]
    return Intermediary.with_fewer_forwards(self, request, fields)


plant(
    "max-forwards-zero-passed",
    "rfc9110-7.6.2-2",
    "MUST NOT",
    "Max-Forwards 0 goes on",
    is_final=lambda self, request: False,
    with_fewer_forwards=_as_it_is,
)


@replaces(
    "is_final", "max-forwards-zero-options-passed", "rfc9110-7.6.2-2", "MUST NOT", "OPTIONS with Max-Forwards 0 goes on"
)
def _(self: Intermediary, request: Request) -> bool:
    return request.method == "TRACE" and Intermediary.is_final(self, request)


@replaces("is_final", "max-forwards-for-get", "rfc9110-7.6.2-1", "MUST", "Max-Forwards 1 already ends at this hop")
def _(self: Intermediary, request: Request) -> bool:
    return request.method in ("TRACE", "OPTIONS") and request.get("Max-Forwards") in ("0", "1")


@replaces("final_answer", "max-forwards-zero-502", "rfc9110-7.6.2-3", "MUST", "Max-Forwards 0 is answered 502")
def _(self: Intermediary, request: Request) -> Any:
    raise Refused(502, "no more forwards")


# Upgrades: RFC 9110 section 7.8


@replaces(
    "asks_for_upgrade", "upgrade-of-1.0", "rfc9110-7.8-12", "MUST", "Upgrade of a client of HTTP/1.0 is passed on"
)
def _(self: Intermediary, request: Request) -> bool:
    return "upgrade" in request.tokens("Connection") and bool(request.get("Upgrade"))


@replaces(
    "with_upgrade", "upgrade-unnamed", "rfc9110-7.8-11", "MUST", "Upgrade is passed on without the connection option"
)
def _(self: Intermediary, request: Request, fields: Fields) -> Fields:
    value = request.get("Upgrade")
    return [*fields, ("Upgrade", value)] if value else fields


# Expect: RFC 9110 section 10.1.1


@replaces(
    "onward_fields",
    "expect-lost",
    "rfc9110-10.1.1-13",
    "MUST",
    "Expect is left out, and content waited for in vain",
    PROXY,
)
def _(self: Intermediary, request: Request) -> Fields:
    return [line for line in Intermediary.onward_fields(self, request) if line[0].lower() != "expect"]


plant(
    "expect-not-waited-for",
    "rfc9110-10.1.1-13",
    "MUST",
    "Content that the client holds back is waited for before anything is sent on",
    PROXY,
    waits=lambda self, request: False,
)

# Methods and conditions


@replaces("onward_head", "delete-as-post", "rfc9110-7.7-6", "SHOULD NOT", "DELETE is sent on as POST")
def _(self: Intermediary, request: Request) -> bytes:
    head = Intermediary.onward_head(self, request)
    return b"POST" + head[6:] if request.method == "DELETE" else head


@replaces("onward_head", "method-upper", "rfc9110-7.7-6", "SHOULD NOT", "Methods are put in upper case")
def _(self: Intermediary, request: Request) -> bytes:
    head = Intermediary.onward_head(self, request)
    method, space, rest = head.partition(b" ")
    return method.upper() + space + rest


@replaces("onward_head", "head-as-get", "rfc9110-9.3.2-2", "SHOULD", "HEAD is sent on as OPTIONS")
def _(self: Intermediary, request: Request) -> bytes:
    head = Intermediary.onward_head(self, request)
    return b"OPTIONS" + head[4:] if request.method == "HEAD" else head


@replaces("onward_head", "version-as-it-came", "rfc9112-2.3-1", "MUST", "The version of the client is sent on")
def _(self: Intermediary, request: Request) -> bytes:
    version = f"HTTP/{request.version[0]}.{request.version[1]}\r\n".encode()
    return Intermediary.onward_head(self, request).replace(b"HTTP/1.1\r\n", version, 1)


def _without(*names: str) -> Any:
    def onward_fields(self: Intermediary, request: Request) -> Fields:
        return [line for line in Intermediary.onward_fields(self, request) if line[0].lower() not in names]

    return onward_fields


plant(
    "conditions-lost",
    "rfc9110-13.2.1-4",
    "MUST",
    "Conditions are left out",
    onward_fields=_without("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"),
)
plant("if-match-lost", "rfc9110-13.2.1-4", "MUST", "If-Match is left out", onward_fields=_without("if-match"))
plant("range-lost", "rfc9110-5.1-1", "MUST", "Range is left out", PROXY, onward_fields=_without("range"))
plant(
    "authorization-lost",
    "rfc9110-11.6.2-1",
    "MUST NOT",
    "Authorization is left out",
    PROXY,
    onward_fields=_without("authorization"),
)
plant(
    "put-range-lost",
    "rfc9110-5.1-1",
    "MUST",
    "Content-Range of a PUT is left out",
    PROXY,
    onward_fields=_without("content-range"),
)
plant("forwarded-lost", "rfc9110-5.1-1", "MUST", "Forwarded is left out", PROXY, onward_fields=_without("forwarded"))
plant("referer-lost", "rfc9110-10.1.3-6", "SHOULD NOT", "Referer is left out", onward_fields=_without("referer"))


@replaces("exchange", "conditions-evaluated", "rfc9110-13.2.1-3", "MUST NOT", "If-None-Match: * is answered 304 here")
def _(self: Intermediary, request: Request, address: Any) -> bool:
    if request.get("If-None-Match") == "*" and request.method == "GET":
        raise Refused(412, "there is something")
    return Intermediary.exchange(self, request, address)
