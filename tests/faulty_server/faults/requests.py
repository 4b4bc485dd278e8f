"""Requests read wrongly up to their content: lines, targets, versions, Host, limits. RFC 9112 sections 2 to 5."""

from __future__ import annotations

import re
from typing import Any

from ..connection import Origin
from ..message import Fields, Refused, Request, Response
from .registry import plant, replaces

# Lines: RFC 9112 sections 2.2, 3 and 5


@replaces("field_section", "cr-ends-line", "rfc9112-2.2-4", "MUST", "CR alone ends a field line")
def _(self: Origin) -> Fields:
    fields: Fields = []
    while line := self.line(431):
        fields += [field for part in line.split(b"\r") if (field := self.field_line(part))]
    return fields


plant(
    "cr-in-value",
    "rfc9112-2.2-4",
    "MUST",
    "CR alone may stand in a field value",
    VALUE=re.compile(rb"[\t\r\x20-\x7e\x80-\xff]*"),
)
plant("control-in-value", "rfc9110-5.5-4", "MUST", "NUL may stand in a field value", VALUE=re.compile(rb"[^\r\n]*"))
plant(
    "name-any", "rfc9112-2.2-10", "SHOULD", "A field name may have any octets but space", TOKEN=re.compile(rb"[^\s:]+")
)


@replaces("field_line", "space-before-colon-taken", "rfc9112-5.1-1", "MUST", "Whitespace before a colon is stripped")
def _(self: Origin, line: bytes) -> tuple[str, str] | None:
    name, colon, value = line.partition(b":")
    return Origin.field_line(self, name.rstrip(b" \t") + colon + value)


@replaces(
    "field_line",
    "space-before-colon-ignored",
    "rfc9112-5.1-1",
    "MUST",
    "A field with whitespace before its colon is ignored",
)
def _(self: Origin, line: bytes) -> tuple[str, str] | None:
    if line.partition(b":")[0].endswith((b" ", b"\t")):
        return None
    return Origin.field_line(self, line)


@replaces("field_line", "tab-before-colon-taken", "rfc9112-5.1-1", "MUST", "A tab before a colon is stripped")
def _(self: Origin, line: bytes) -> tuple[str, str] | None:
    name, colon, value = line.partition(b":")
    return Origin.field_line(self, name.rstrip(b"\t") + colon + value)


@replaces("field_line", "no-colon-ignored", "rfc9112-2.2-10", "SHOULD", "A line without colon is ignored")
def _(self: Origin, line: bytes) -> tuple[str, str] | None:
    return Origin.field_line(self, line) if b":" in line else None


@replaces("field_line", "value-not-stripped", "rfc9110-5.5-1", "MUST", "Whitespace around a field value is part of it")
def _(self: Origin, line: bytes) -> tuple[str, str] | None:
    name, _, value = line.partition(b":")
    field = Origin.field_line(self, line)
    return (name.decode(), value.removeprefix(b" ").decode("latin-1")) if field else None


@replaces("field_line", "name-case", "rfc9110-5.1-1", "MUST", "Field names count only in their usual capitals")
def _(self: Origin, line: bytes) -> tuple[str, str] | None:
    name, value = Origin.field_line(self, line) or ("", "")
    return (name if name == "-".join(part.capitalize() for part in name.split("-")) else f"X-{name}", value)


@replaces("fold", "fold-ignored", "rfc9112-5.2-2", "MUST", "A continuation line is ignored")
def _(self: Origin, fields: Fields, line: bytes) -> None:
    return None


@replaces("fold", "fold-is-a-field", "rfc9112-5.2-2", "MUST", "A continuation line is taken for a field of its own")
def _(self: Origin, fields: Fields, line: bytes) -> None:
    if b":" in line:
        fields.append(self.field_line(line.strip()) or ("", ""))


@replaces(
    "fold",
    "space-after-start-line",
    "rfc9112-2.2-9",
    "MUST",
    "A first line that begins with whitespace is taken for a field",
)
def _(self: Origin, fields: Fields, line: bytes) -> None:
    if not fields and b":" in line:
        fields.append(self.field_line(line.strip()) or ("", ""))
    else:
        Origin.fold(self, fields, line)


@replaces(
    "closes_after",
    "malformed-open",
    "rfc9112-2.2-10",
    "SHOULD",
    "400 to a malformed request leaves the connection open",
)
def _(self: Origin, request: Request | None, response: Response) -> bool:
    return response.status != 400 and Origin.closes_after(self, request, response)


@replaces(
    "octets",
    "malformed-silent",
    "rfc9112-2.2-10",
    "SHOULD",
    "A malformed request gets no answer, the connection is closed",
)
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    return b"" if response.status == 400 and response.closes else Origin.octets(self, request, response)


@replaces("start_line", "empty-line-first", "rfc9112-2.2-7", "SHOULD", "An empty line before a request gets 400")
def _(self: Origin) -> bytes:
    line = self.line(414)
    if not line:
        raise Refused(400, "an empty line", closes=True)
    return line


# The request line: RFC 9112 section 3


@replaces(
    "request_line", "words-by-whitespace", "rfc9112-3.2-2", "SHOULD NOT", "A space in the target is repaired in silence"
)
def _(self: Origin, line: bytes) -> tuple[str, str, tuple[int, int]]:
    method, _, rest = line.partition(b" ")
    target, _, version = rest.rpartition(b" ")
    return Origin.request_line(self, b" ".join((method, target.strip().replace(b" ", b"%20"), version)))


@replaces("resolve", "target-bad-octets", "rfc9112-3.2-1", "SHOULD", "Octets that no target has are served")
def _(self: Origin, request: Request) -> None:
    from urllib.parse import quote

    request.target = quote(request.target.encode("latin-1"), "/-._~!$&'()*+,;=:@?%")
    Origin.resolve(self, request)


@replaces(
    "request_line",
    "http-0.9",
    "rfc9112-2.2-10",
    "SHOULD",
    "A request line without version is answered with content alone",
)
def _(self: Origin, line: bytes) -> tuple[str, str, tuple[int, int]]:
    if line.count(b" ") == 1:
        self.stream.send(b"A page\n")
        raise Refused(400, "", closes=True)
    return Origin.request_line(self, line)


plant(
    "version-any", "rfc9112-2.2-10", "SHOULD", "HTTP/1.10 is a version", VERSION=re.compile(rb"HTTP/([0-9]+)\.([0-9]+)")
)
plant(
    "version-case",
    "rfc9112-2.2-10",
    "SHOULD",
    "http/1.1 is a version",
    VERSION=re.compile(rb"(?i:http)/([0-9])\.([0-9])"),
)


def _speak_2(self: Origin, request: Request | None, response: Response) -> None:
    if request and request.version[0] == 2:
        response.version = "HTTP/2.0"


plant(
    "version-2-served",
    "rfc9110-6.2-5",
    "MUST NOT",
    "A request of version 2.0 is answered with 200 and version 2.0",
    check_version=lambda self, request: None,
    altered=_speak_2,
)


@replaces(
    "check_version",
    "version-2-as-1.1",
    "rfc9110-15.6.6-s1",
    "STATED",
    "A request of version 2.0 is answered 200 as if it were 1.1",
)
def _(self: Origin, request: Request) -> None:
    if request.version[0] == 2:
        request.version = (1, 1)


@replaces("check_version", "minor-refused", "rfc9110-6.2-6", "SHOULD", "HTTP/1.2 gets 505")
def _(self: Origin, request: Request) -> None:
    if request.version not in ((1, 0), (1, 1)):
        raise Refused(505, "HTTP/1.1 and HTTP/1.0 are spoken here", closes=True)


@replaces("octets", "target-long-closed", "rfc9112-3-3", "MUST", "A target that is too long gets no answer")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    return b"" if response.status == 414 else Origin.octets(self, request, response)


@replaces("line", "target-long-400", "rfc9112-3-3", "MUST", "A target that is too long gets 400")
def _(self: Origin, too_long: int) -> bytes:
    return Origin.line(self, 400 if too_long == 414 else too_long)


@replaces("line", "target-long-500", "rfc9112-3-3", "MUST", "A target that is too long gets 500")
def _(self: Origin, too_long: int) -> bytes:
    return Origin.line(self, 500 if too_long == 414 else too_long)


@replaces("line", "fields-large-500", "rfc9110-5.4-1", "MUST", "Fields that are too large get 500")
def _(self: Origin, too_long: int) -> bytes:
    return Origin.line(self, 500 if too_long == 431 else too_long)


@replaces("octets", "fields-large-closed", "rfc9110-5.4-1", "MUST", "Fields that are too large get no answer")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    return b"" if response.status == 431 else Origin.octets(self, request, response)


@replaces(
    "line",
    "fields-large-cut",
    "rfc9110-5.4-1",
    "MUST",
    "Fields that are too large are left out, and the rest is served",
)
def _(self: Origin, too_long: int) -> bytes:
    if too_long != 431:
        return Origin.line(self, too_long)
    octets = self.without_line_end(self.stream.line(10_000_000))
    return octets if len(octets) < self.LARGEST_LINE else b"X-Cut: 1"


# Host: RFC 9112 section 3.2


def _hosts(taken: str) -> Any:
    def check_host(self: Origin, request: Request) -> None:
        hosts = request.lines("Host")
        if taken == "none" and not hosts:
            return
        if taken in ("first", "last") and len(hosts) > 1:
            request.authority = hosts[0 if taken == "first" else -1]
            return
        if taken == "invalid" and len(hosts) == 1 and not self.HOST.fullmatch(hosts[0]):
            return
        Origin.check_host(self, request)

    return check_host


plant("host-missing", "rfc9112-3.2-6", "MUST", "HTTP/1.1 without Host is served", check_host=_hosts("none"))
plant("host-twice-first", "rfc9112-3.2-6", "MUST", "Of two Host lines the first counts", check_host=_hosts("first"))
plant("host-twice-last", "rfc9112-3.2-6", "MUST", "Of two Host lines the last counts", check_host=_hosts("last"))
plant("host-invalid", "rfc9112-3.2-6", "MUST", "An invalid Host is ignored", check_host=_hosts("invalid"))


@replaces("check_host", "host-missing-404", "rfc9112-3.2-6", "MUST", "HTTP/1.1 without Host gets 404")
def _(self: Origin, request: Request) -> None:
    if not request.lines("Host") and request.version >= (1, 1):
        raise Refused(404, "no such host", closes=True)
    Origin.check_host(self, request)


@replaces(
    "check_host",
    "host-checked-by-1.1-alone",
    "rfc9112-3.2-6",
    "MUST",
    "In HTTP/1.0, Host may come twice and be invalid",
)
def _(self: Origin, request: Request) -> None:
    if request.version >= (1, 1):
        Origin.check_host(self, request)


@replaces(
    "check_host",
    "host-unchecked-with-absolute",
    "rfc9112-3.2-6",
    "MUST",
    "Beside an absolute form, Host may be missing or twice",
)
def _(self: Origin, request: Request) -> None:
    if not request.target.startswith("http:"):
        Origin.check_host(self, request)


@replaces(
    "authority_of",
    "host-above-absolute",
    "rfc9112-3.2.2-5",
    "MUST",
    "Host counts although the target names another authority",
)
def _(self: Origin, request: Request, authority: str) -> str:
    Origin.authority_of(self, request, authority)
    return request.authority


@replaces("authority_of", "absolute-refused", "rfc9112-3.2.2-6", "MUST", "The absolute form gets 400")
def _(self: Origin, request: Request, authority: str) -> str:
    raise Refused(400, "not a path")


@replaces("resolve", "absolute-404", "rfc9112-3.2.2-6", "MUST", "The absolute form is taken for a path")
def _(self: Origin, request: Request) -> None:
    if "://" in request.target:
        request.path = request.target
    else:
        Origin.resolve(self, request)


@replaces("check_authority", "https-served", "rfc9110-7.4-2", "MUST", "An https target over plain TCP is served")
def _(self: Origin, request: Request) -> None:
    if request.scheme == "https":
        request.scheme = "http"
    Origin.check_authority(self, request)


@replaces("authority_of", "userinfo-taken", "rfc9110-4.2.4-2", "SHOULD", "An absolute form with a password is served")
def _(self: Origin, request: Request, authority: str) -> str:
    return Origin.authority_of(self, request, authority.rpartition("@")[2])


@replaces(
    "check_authority_form", "connect-empty-port", "rfc9110-9.3.6-2", "MUST", "CONNECT with an empty port gets 200"
)
def _(self: Origin, target: str) -> None:
    if target.endswith(":"):
        raise Refused(200, "Connected", closes=True)
    Origin.check_authority_form(self, target)


@replaces(
    "check_authority_form", "connect-bad-port", "rfc9110-9.3.6-2", "MUST", "CONNECT with a port above 65535 gets 200"
)
def _(self: Origin, target: str) -> None:
    if target.endswith((":65536", ":99999")):
        raise Refused(200, "Connected", closes=True)
    Origin.check_authority_form(self, target)


@replaces(
    "check_authority_form", "connect-accepted", "rfc9110-8.6-8", "MUST NOT", "CONNECT gets 200 with Content-Length"
)
def _(self: Origin, target: str) -> None:
    Origin.check_authority_form(self, target)
    raise Refused(200, "Connected", closes=True)


@replaces(
    "check_authority_form", "connect-chunked", "rfc9112-6.1-8", "MUST NOT", "CONNECT gets 200 with Transfer-Encoding"
)
def _(self: Origin, target: str) -> None:
    Origin.check_authority_form(self, target)
    refused = Refused(200, "Connected", closes=True)
    refused.response.chunked = True
    raise refused


@replaces("resolve", "http-without-host", "rfc9110-4.2.1-2", "MUST", "An http URI without host is served")
def _(self: Origin, request: Request) -> None:
    request.target = re.sub(r"^http:///", "/", request.target)
    Origin.resolve(self, request)


@replaces("resolve", "scheme-ignored", "rfc9110-7.4-1", "MUST", "A target of any scheme is served")
def _(self: Origin, request: Request) -> None:
    Origin.resolve(self, request)
    request.scheme = "http"


@replaces(
    "field_line", "octets-as-unicode", "rfc9112-2.2-1", "MUST", "Octets of a field value that are no UTF-8 get 500"
)
def _(self: Origin, line: bytes) -> tuple[str, str] | None:
    try:
        line.decode()
    except UnicodeDecodeError:
        raise Refused(500, "decoding failed", closes=True) from None
    return Origin.field_line(self, line)


@replaces("resolve", "asterisk-for-get", "rfc9112-3.2-2", "SHOULD NOT", "GET of the asterisk gets a file")
def _(self: Origin, request: Request) -> None:
    if request.target == "*" and request.method == "GET":
        request.target = "/file.txt"
    Origin.resolve(self, request)


@replaces("request_line", "no-version-taken", "rfc9112-3.2-2", "SHOULD NOT", "A line without version is taken for 1.1")
def _(self: Origin, line: bytes) -> tuple[str, str, tuple[int, int]]:
    return Origin.request_line(self, line + b" HTTP/1.1" if line.count(b" ") == 1 else line)


@replaces("check_host", "host-in-one-spelling", "rfc9110-9.1-1", "MUST", "Only Host is known, not host or HOST")
def _(self: Origin, request: Request) -> None:
    request.fields = [(name, value) for name, value in request.fields if name == "Host" or name.lower() != "host"]
    Origin.check_host(self, request)


@replaces("field_line", "te-refused", "rfc9110-9.1-1", "MUST", "Any request with TE gets 400")
def _(self: Origin, line: bytes) -> tuple[str, str] | None:
    if line[:3].lower() == b"te:":
        raise Refused(400, "TE is not understood", closes=True)
    return Origin.field_line(self, line)
