"""Requests that are malformed, or have fields that they must not have: RFC 9110, RFC 9112 sections 2, 3 and 6."""

from __future__ import annotations

from typing import Any

from ..client import Client
from ..message import Fields, Request, Response, Task, uri
from .registry import Level, breaks, plant


def _adds(name: str, value: str, *methods: str, first: bool = False) -> object:
    """Another field, in requests with some methods or in all."""

    def completed(self: Client, request: Request, fields: Fields) -> Fields:
        fields = Client.completed(self, request, fields)
        if methods and request.method not in methods:
            return fields
        return [(name, value), *fields] if first else [*fields, (name, value)]

    return completed


_ADDED: tuple[tuple[str, str, Level, str, tuple[Any, ...]], ...] = (
    (
        "te-without-connection",
        "rfc9110-10.1.4-1",
        "MUST",
        "TE is sent, and Connection does not name it",
        ("TE", "trailers"),
    ),
    ("te-chunked", "rfc9112-7.4-1", "MUST NOT", "TE lists chunked", ("TE", "chunked")),
    (
        "upgrade-without-connection",
        "rfc9110-7.8-11",
        "MUST",
        "Upgrade is sent, and Connection does not name it",
        ("Upgrade", "example/1"),
    ),
    (
        "accept-four-decimals",
        "rfc9110-12.4.2-1",
        "MUST NOT",
        "A weight has four decimals",
        ("Accept", "text/html;q=0.1234"),
    ),
    (
        "accept-empty-member",
        "rfc9110-5.6.1.1-1",
        "MUST NOT",
        "Accept has an empty member",
        ("Accept", "text/html,, text/plain"),
    ),
    (
        "accept-q-first",
        "rfc9110-12.5.1-1",
        "SHOULD",
        "A weight comes ahead of other parameters",
        ("Accept", "text/html;q=0.5;level=1"),
    ),
    (
        "accept-bad-whitespace",
        "rfc9110-5.6.3-5",
        "MUST NOT",
        "A parameter has whitespace around its equals sign",
        ("Accept", "text/html; level = 1"),
    ),
    (
        "connection-end-to-end",
        "rfc9110-7.6.1-4",
        "MUST NOT",
        "Connection names Cache-Control",
        ("Connection", "cache-control"),
    ),
    (
        "keep-alive-unnamed",
        "rfc9110-7.6.1-1",
        "MUST",
        "Keep-Alive is sent, and Connection does not name it",
        ("Keep-Alive", "timeout=5"),
    ),
    ("max-age-quoted", "rfc9111-5.2.1.1-1", "MUST NOT", "max-age is quoted", ("Cache-Control", 'max-age="0"')),
    ("max-stale-quoted", "rfc9111-5.2.1.2-1", "MUST NOT", "max-stale is quoted", ("Cache-Control", 'max-stale="5"')),
    ("min-fresh-quoted", "rfc9111-5.2.1.3-1", "MUST NOT", "min-fresh is quoted", ("Cache-Control", 'min-fresh="5"')),
    (
        "date-rfc850",
        "rfc9110-5.6.7-2",
        "MUST",
        "If-Modified-Since has the form of RFC 850",
        ("If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"),
    ),
    (
        "date-asctime",
        "rfc9110-5.6.7-2",
        "MUST",
        "If-Modified-Since has the form of asctime",
        ("If-Modified-Since", "Sun Nov  6 08:49:37 1994"),
    ),
    (
        "date-spaced",
        "rfc9110-5.6.7-3",
        "MUST NOT",
        "A date has two spaces",
        ("If-Modified-Since", "Sun,  06 Nov 1994 08:49:37 GMT"),
    ),
    ("if-range-alone", "rfc9110-13.1.5-1", "MUST NOT", "If-Range is sent without Range", ("If-Range", '"a"', "GET")),
    (
        "tag-unquoted",
        "rfc9110-2.2-12",
        "MUST NOT",
        "If-None-Match has a tag without quotes",
        ("If-None-Match", "abc", "GET"),
    ),
    (
        "max-forwards-words",
        "rfc9110-2.2-12",
        "MUST NOT",
        "Max-Forwards is no number",
        ("Max-Forwards", "ten", "OPTIONS"),
    ),
    ("host-twice", "rfc9110-5.3-3", "MUST NOT", "Host comes twice", ("Host", "example.com")),
    ("user-agent-twice", "rfc9110-5.3-3", "MUST NOT", "User-Agent comes twice", ("User-Agent", "other/1.0")),
    (
        "content-type-twice",
        "rfc9110-5.3-3",
        "MUST NOT",
        "Content-Type comes twice",
        ("Content-Type", "text/plain", "POST"),
    ),
    (
        "identity-coding",
        "rfc9110-8.4-2",
        "SHOULD NOT",
        "Content-Encoding lists identity",
        ("Content-Encoding", "identity", "POST", "PUT"),
    ),
    (
        "both-lengths",
        "rfc9112-6.2-1",
        "MUST NOT",
        "POST has Content-Length and Transfer-Encoding",
        ("Transfer-Encoding", "chunked", "POST"),
    ),
    (
        "chunked-twice",
        "rfc9112-6.1-2",
        "MUST NOT",
        "Chunks are announced twice",
        ("Transfer-Encoding", "chunked, chunked", "POST"),
    ),
    (
        "referer-with-user",
        "rfc9110-10.1.3-1",
        "MUST NOT",
        "Referer has user information",
        ("Referer", "http://alice:secret@example.com/"),
    ),
    (
        "referer-with-fragment",
        "rfc9110-10.1.3-1",
        "MUST NOT",
        "Referer has a fragment",
        ("Referer", "http://example.com/#part"),
    ),
    (
        "referer-https-to-plain",
        "rfc9110-10.1.3-5",
        "MUST NOT",
        "Referer of a secured page is sent unsecured",
        ("Referer", "https://example.com/"),
    ),
    ("field-name-with-space", "rfc9110-2.2-12", "MUST NOT", "The name of a field has a space", ("X Note", "a")),
    ("field-with-control", "rfc9110-2.2-12", "MUST NOT", "A value has a control character", ("X-Note", "a\x01b")),
    ("field-with-cr", "rfc9112-2.2-3", "MUST NOT", "A value has a bare CR", ("X-Note", "a\rb")),
    ("field-folded", "rfc9112-5.2-1", "MUST NOT", "A field is folded", ("X-Note", "a\r\n b")),
    (
        "ranges-descending",
        "rfc9110-14.2-8",
        "SHOULD",
        "Ranges come in descending order",
        ("Range", "bytes=5-6,0-1", "GET"),
    ),
    (
        "ranges-many",
        "rfc9110-14.2-6",
        "SHOULD NOT",
        "Many small ranges are asked for",
        ("Range", "bytes=" + ",".join(f"{n}-{n}" for n in range(40)), "GET"),
    ),
)
for _name, _requirement, _level, _sentence, _field in _ADDED:
    plant(_name, _requirement, _level, _sentence, completed=_adds(*_field))

plant(
    "whitespace-ahead",
    "rfc9112-2.2-8",
    "MUST NOT",
    "The first field has whitespace ahead",
    host=lambda self, request: [(" Host", request.uri.host_and_port)],
)
plant(
    "whitespace-before-colon",
    "rfc9110-2.2-12",
    "MUST NOT",
    "Fields have whitespace before their colon",
    line=lambda self, name, value: f"{name} : {value}",
)
plant("host-missing", "rfc9110-7.2-1", "MUST", "Host is missing", host=lambda self, request: [])
plant("host-empty", "rfc9112-3.2-4", "MUST", "Host is empty", host=lambda self, request: [("Host", "")])
plant(
    "host-is-uri",
    "rfc9112-3.2-4",
    "MUST",
    "Host has a scheme",
    host=lambda self, request: [("Host", f"http://{request.uri.host_and_port}")],
)
plant(
    "host-another",
    "rfc9112-3.2-4",
    "MUST",
    "Host is localhost, whatever the target is",
    host=lambda self, request: [("Host", "localhost")],
)
plant("http-1.2", "rfc9110-6.2-2", "MUST NOT", "Requests say HTTP/1.2", VERSION="HTTP/1.2")
plant("http-2.0", "rfc9110-6.2-2", "MUST NOT", "Requests say HTTP/2.0", VERSION="HTTP/2.0")
plant("http-1.0", "rfc9110-6.2-1", "SHOULD", "Requests say HTTP/1.0", VERSION="HTTP/1.0")
plant("version-lower-case", "rfc9110-2.2-12", "MUST NOT", "The version is in lower case", VERSION="http/1.1")
plant("user-agent-missing", "rfc9110-10.1.5-1", "SHOULD", "User-Agent is missing", user_agent=lambda self, request: [])
plant(
    "user-agent-invalid",
    "rfc9110-2.2-12",
    "MUST NOT",
    "User-Agent is no list of products",
    user_agent=lambda self, request: [("User-Agent", "(plain")],
)


@breaks("rfc9112-3.2-3", "MUST")
class HostMissingAtProxies(Client):
    """A request through a proxy has no Host."""

    def host(self, request: Request) -> Fields:
        return [] if request.task.proxy is not None else super().host(request)


@breaks("rfc9112-3.2-4", "MUST")
class HostOfProxy(Client):
    """A request through a proxy has the proxy in Host."""

    def host(self, request: Request) -> Fields:
        proxy = request.task.proxy
        return super().host(request) if proxy is None else [("Host", uri(proxy).host_and_port)]


@breaks("rfc9110-7.2-1", "MUST")
class HostMissingInPost(Client):
    """POST has no Host."""

    def host(self, request: Request) -> Fields:
        return [] if request.method == "POST" else super().host(request)


@breaks("rfc9110-7.2-1", "MUST")
class HostMissingAfterRedirection(Client):
    """Redirected requests have no Host."""

    def host(self, request: Request) -> Fields:
        return [] if request.visited else super().host(request)


@breaks("rfc9110-7.2-2", "SHOULD")
class HostLast(Client):
    """Host is the last field."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        fields = super().completed(request, fields)
        return [*(one for one in fields if one[0] != "Host"), *(one for one in fields if one[0] == "Host")]


# Targets: RFC 9112 section 3.2


@breaks("rfc9112-3.2.2-1", "MUST")
class OriginFormToProxies(Client):
    """A proxy is sent path and query only."""

    def absolute_form(self, request: Request) -> str:
        return self.origin_form(request)


@breaks("rfc9112-3.2.1-1", "MUST")
class AbsoluteFormToOrigins(Client):
    """An origin server is sent the absolute form."""

    def origin_form(self, request: Request) -> str:
        return f"{request.uri.scheme}://{request.uri.host_and_port}{super().origin_form(request)}"

    def absolute_form(self, request: Request) -> str:
        return self.origin_form(request)


@breaks("rfc9112-3.2.1-2", "MUST")
class EmptyPathSent(Client):
    """An empty path is sent as it is, with the query alone."""

    def origin_form(self, request: Request) -> str:
        return request.uri.target or "?"


@breaks("rfc9112-3.2.4-1", "MUST")
class ServerWideOptionsOfRoot(Client):
    """OPTIONS for the whole server asks for the root."""

    def target(self, request: Request) -> str:
        return self.origin_form(request)


@breaks("rfc9110-7.1-1", "MUST NOT")
class AsteriskWithGet(Client):
    """The root is asked for with an asterisk."""

    def origin_form(self, request: Request) -> str:
        target = super().origin_form(request)
        return "*" if target == "/" else target


@breaks("rfc9110-7.1-1", "MUST NOT")
class AuthorityFormWithGet(Client):
    """GET has the authority as its target."""

    def origin_form(self, request: Request) -> str:
        return request.uri.host_and_port if request.method == "GET" else super().origin_form(request)


@breaks("rfc9110-4.2.4-1", "MUST NOT")
class UserInformationInTarget(Client):
    """A proxy is sent user information in the target."""

    def absolute_form(self, request: Request) -> str:
        return super().absolute_form(request).replace("://", "://alice:secret@")


@breaks("rfc9110-2.2-12", "MUST NOT")
class TargetUnescaped(Client):
    """A quotation mark is sent in the query."""

    def origin_form(self, request: Request) -> str:
        return super().origin_form(request) + '?"quoted"'


@breaks("rfc9112-3-4", "RECOMMENDED")
class TargetCut(Client):
    """A target of more than 4000 octets is cut."""

    def origin_form(self, request: Request) -> str:
        return super().origin_form(request)[:4000]


# Content: RFC 9110 sections 8.6 and 9.3, RFC 9112 section 6


@breaks("rfc9110-8.6-1", "SHOULD")
class NoLengthOfEmptyPost(Client):
    """POST and PUT without content have no Content-Length."""

    EXPECTING_CONTENT = ()


@breaks("rfc9110-8.6-1", "SHOULD")
class NoLengthOfEmptyPut(Client):
    """PUT without content has no Content-Length."""

    EXPECTING_CONTENT = ("POST",)


@breaks("rfc9110-8.6-2", "SHOULD NOT")
class LengthOfNothing(Client):
    """GET has Content-Length: 0."""

    EXPECTING_CONTENT = ("POST", "PUT", "PATCH", "GET")


@breaks("rfc9112-6.3-11", "SHOULD")
class ChunksAlways(Client):
    """Content is sent in chunks though its length is known."""

    def first_request(self, task: Task) -> Request:
        request = super().first_request(task)
        request.chunked = request.content is not None
        return request


@breaks("rfc9112-6.3-12", "MUST")
class NoFraming(Client):
    """Content is sent without Content-Length."""

    def framing_fields(self, request: Request) -> Fields:
        return [] if request.content is not None else super().framing_fields(request)


@breaks("rfc9112-6.3-12", "MUST")
class LengthTooSmall(Client):
    """Content-Length is too small by one."""

    def framing_fields(self, request: Request) -> Fields:
        fields = super().framing_fields(request)
        return [("Content-Length", str(len(request.content) - 1))] if request.content else fields


@breaks("rfc9112-6.3-12", "MUST")
class LengthTooLarge(Client):
    """Content-Length is too large by one."""

    def framing_fields(self, request: Request) -> Fields:
        fields = super().framing_fields(request)
        return [("Content-Length", str(len(request.content) + 1))] if request.content else fields


@breaks("rfc9112-6.3-12", "MUST")
class LengthInvalid(Client):
    """Content-Length has a unit."""

    def framing_fields(self, request: Request) -> Fields:
        fields = super().framing_fields(request)
        return [("Content-Length", f"{len(request.content)} bytes")] if request.content else fields


@breaks("rfc9112-6.1-3", "MUST")
class OtherCodingLast(Client):
    """A request with chunks lists another coding after chunked."""

    def framing_fields(self, request: Request) -> Fields:
        return [(name, value.replace("chunked", "chunked, gzip")) for name, value in super().framing_fields(request)]


@breaks("rfc9112-6.3-12", "MUST")
class ChunksUnannounced(Client):
    """Content of unknown length is sent as it is, without chunks, though they are announced."""

    def body(self, request: Request) -> bytes:
        return request.content or b""


@breaks("rfc9112-6.3-12", "MUST")
class LastChunkMissing(Client):
    """The last chunk is not sent."""

    def body(self, request: Request) -> bytes:
        return super().body(request).removesuffix(b"0\r\n\r\n") if request.chunked else super().body(request)


@breaks("rfc9112-6.3-12", "MUST")
class ChunkSizesDecimal(Client):
    """Sizes of chunks are sent in decimal digits, and are too large by that."""

    def body(self, request: Request) -> bytes:
        content = request.content or b""
        return b"%d\r\n%s\r\n0\r\n\r\n" % (len(content) + 10, content) if request.chunked else content


@breaks("rfc9112-6.1-10", "MUST NOT")
class ChunksIn10(Client):
    """Requests say HTTP/1.0, and their content comes in chunks."""

    VERSION = "HTTP/1.0"


@breaks("rfc9112-2.2-5", "MUST NOT")
class LineAfterContent(Client):
    """After the content of POST there is another line end."""

    def body(self, request: Request) -> bytes:
        octets = super().body(request)
        return octets + b"\r\n" if octets else octets


@breaks("rfc9112-2.2-5", "MUST NOT")
class LineAheadOfRequest(Client):
    """Ahead of each request there is a line end."""

    def head(self, request: Request) -> bytes:
        return b"\r\n" + super().head(request)


@breaks("rfc9112-2.2-5", "MUST NOT")
class LineAfterGet(Client):
    """After a request without content there is another line end."""

    def head(self, request: Request) -> bytes:
        return super().head(request) + (b"" if request.content else b"\r\n")


@breaks("rfc9110-2.2-12", "MUST NOT")
class LinesEndInLf(Client):
    """Lines end in LF alone."""

    def head(self, request: Request) -> bytes:
        return super().head(request).replace(b"\r\n", b"\n")


@breaks("rfc9110-9.3.8-4", "MUST NOT")
class ContentInTrace(Client):
    """TRACE has content."""

    def chosen_content(self, task: Task) -> bytes | None:
        return b"trace" if task.method == "TRACE" else super().chosen_content(task)


@breaks("rfc9110-9.3.7-4", "MUST")
class OptionsContentUnlabelled(Client):
    """The Content-Type of OPTIONS is not sent."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        is_left_out = request.method == "OPTIONS"
        return [
            one for one in super().completed(request, fields) if not is_left_out or one[0].lower() != "content-type"
        ]


@breaks("rfc9110-2.2-12", "MUST NOT")
class MethodInLowerCase(Client):
    """Methods are sent in lower case."""

    def request_line(self, request: Request) -> str:
        return f"{request.method.lower()} {self.target(request)} {self.VERSION}"


@breaks("rfc9110-2.2-12", "MUST NOT")
class RequestLineWithSpaces(Client):
    """The request line has two spaces before the version."""

    def request_line(self, request: Request) -> str:
        return super().request_line(request).replace(" HTTP", "  HTTP")


@breaks("rfc9112-6.1-10", "MUST NOT")
class ChunksToOldServers(Client):
    """Chunks are sent even to a server that is known to speak HTTP/1.0."""

    def speaks_1_1(self, request: Request) -> bool:
        return True


@breaks("rfc9110-6.2-1", "SHOULD")
class OldVersionAfterError(Client):
    """After an error the version is HTTP/1.0."""

    def next_request(self, request: Request, response: Response) -> Request | None:
        if response.status >= 300:
            self.VERSION = "HTTP/1.0"
        return super().next_request(request, response)


@breaks("rfc9110-4.2.1-1", "MUST NOT")
class HostlessTarget(Client):
    """A proxy is sent an http URI without host."""

    def absolute_form(self, request: Request) -> str:
        return f"http://{self.origin_form(request)}"
