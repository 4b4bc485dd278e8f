"""Responses that fit no grammar: their first line, their line ends, their field lines. RFC 9112 sections 2 to 5."""

from __future__ import annotations

from ..connection import Origin
from ..message import Fields, Request, Response
from .registry import alters, plant, replaces

# The first line and the spelling of fields: RFC 9112 sections 2 to 5


@replaces("status_line", "no-space-after-status", "rfc9112-4-4", "MUST", "The status-line ends with the status code")
def _(self: Origin, response: Response) -> bytes:
    return f"{response.version} {response.status}\r\n".encode()


@replaces("status_line", "status-line-spaces", "rfc9110-2.2-12", "MUST NOT", "Two spaces stand before the status code")
def _(self: Origin, response: Response) -> bytes:
    return Origin.status_line(self, response).replace(b" ", b"  ", 1)


@replaces(
    "status_line", "status-line-small", "rfc9110-2.2-12", "MUST NOT", "The name of the protocol is in small letters"
)
def _(self: Origin, response: Response) -> bytes:
    return Origin.status_line(self, response).replace(b"HTTP", b"http", 1)


@replaces("status_line", "status-of-four-digits", "rfc9110-2.2-12", "MUST NOT", "404 is sent as 4040")
def _(self: Origin, response: Response) -> bytes:
    return Origin.status_line(self, response).replace(b" 404 ", b" 4040 ", 1)


@replaces("status_line", "version-2", "rfc9110-6.2-5", "MUST NOT", "Responses are of version 2.0")
def _(self: Origin, response: Response) -> bytes:
    return Origin.status_line(self, response).replace(b"HTTP/1.1", b"HTTP/2.0", 1)


@replaces(
    "altered",
    "version-of-the-request",
    "rfc9110-6.2-5",
    "MUST NOT",
    "A response is of the version that the request has",
)
def _(self: Origin, request: Request | None, response: Response) -> None:
    if request is not None:
        response.version = f"HTTP/{request.version[0]}.{request.version[1]}"


@replaces("status_line", "version-1.0", "rfc9110-6.2-4", "SHOULD", "Responses are of version 1.0")
def _(self: Origin, response: Response) -> bytes:
    return Origin.status_line(self, response).replace(b"HTTP/1.1", b"HTTP/1.0", 1)


@replaces("head", "lf-lines", "rfc9110-2.2-12", "MUST NOT", "Lines end with LF alone")
def _(self: Origin, response: Response) -> bytes:
    return Origin.head(self, response).replace(b"\r\n", b"\n")


@replaces("head", "lf-after-status", "rfc9110-2.2-12", "MUST NOT", "The status-line ends with LF alone")
def _(self: Origin, response: Response) -> bytes:
    return Origin.head(self, response).replace(b"\r\n", b"\n", 1)


@replaces("field_lines", "bare-cr", "rfc9112-2.2-3", "MUST NOT", "A field value has CR in it")
def _(self: Origin, fields: Fields) -> bytes:
    return Origin.field_lines(self, [*fields, ("Server", "faulty\rserver")])


@replaces("field_lines", "nul-in-field", "rfc9110-2.2-12", "MUST NOT", "A field value has NUL in it")
def _(self: Origin, fields: Fields) -> bytes:
    return Origin.field_lines(self, [*fields, ("Server", "faulty\0server")])


@replaces("field_lines", "folded-field", "rfc9112-5.2-1", "MUST NOT", "A field is folded")
def _(self: Origin, fields: Fields) -> bytes:
    return Origin.field_lines(self, [*fields, ("Server", "faulty\r\n server")])


@replaces("field_lines", "space-before-colon", "rfc9110-2.2-12", "MUST NOT", "A space stands before the colons")
def _(self: Origin, fields: Fields) -> bytes:
    return Origin.field_lines(self, fields).replace(b": ", b" : ")


@replaces("field_lines", "field-without-colon", "rfc9110-2.2-12", "MUST NOT", "A line among the fields has no colon")
def _(self: Origin, fields: Fields) -> bytes:
    return Origin.field_lines(self, fields) + b"Server\r\n"


@replaces("field_lines", "field-name-space", "rfc9110-2.2-12", "MUST NOT", "A field name has a space in it")
def _(self: Origin, fields: Fields) -> bytes:
    return Origin.field_lines(self, [*fields, ("Served By", "a faulty server")])


@replaces("status_line", "space-before-fields", "rfc9112-2.2-8", "MUST NOT", "Whitespace stands before the first field")
def _(self: Origin, response: Response) -> bytes:
    return Origin.status_line(self, response) + b" "


@alters("type-syntax", "rfc9110-2.2-12", "MUST NOT", "Content-Type is no media type")
def _(request: Request, response: Response) -> None:
    if response.get("Content-Type"):
        response.set("Content-Type", "text")


@alters("type-parameter-space", "rfc9110-5.6.3-5", "MUST NOT", "Content-Type has whitespace around the =")
def _(request: Request, response: Response) -> None:
    if response.get("Content-Type"):
        response.set("Content-Type", "text/plain; charset = utf-8")


@alters("vary-syntax", "rfc9110-2.2-12", "MUST NOT", "Vary has a field name in quotes")
def _(request: Request, response: Response) -> None:
    if response.get("Vary"):
        response.set("Vary", '"Accept"')


@alters("host-in-response", "rfc9110-2.2-13", "MUST NOT", "Responses have Host, which only a client may send")
def _(request: Request, response: Response) -> None:
    response.set("Host", "127.0.0.1")


plant(
    "one-chunk-each",
    "rfc9110-2.2-12",
    "MUST NOT",
    "Chunk sizes are decimal",
    in_chunks=lambda self, content, trailers: b"%d\r\n%s\r\n0\r\n\r\n" % (len(content), content),
)
