"""The notation in which rules write their examples: an exchange on one line, the next exchange on the next.

    GET /a HTTP/1.0 | Host: a || content => 100 => 200 | ETag: "1" || content || Trailer-Field: x

A request, then its responses. Lines of a header section are separated by `` | ``; after `` || `` comes the content, in
which ``\\r``, ``\\n`` are line ends, and after a second one the trailer section. The version is 1.1 unless told otherwise.
"""

from __future__ import annotations

from statuary.fields.content_length import parse_content_length
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Exchange, Response


def read_examples(text: str) -> tuple[Exchange, ...]:
    """The exchanges of an example. ValueError if it can't be read."""
    return tuple(_exchange(line) for line in text.strip().split("\n"))


def _exchange(line: str) -> Exchange:
    request, *responses = line.split(" => ")
    read = [_response(response) for response in responses]
    final = read.pop() if read and (read[-1].status >= 200 or read[-1].status in (0, 101)) else None
    return Exchange(_request(request), tuple(read), final)


def _request(text: str) -> Request:
    (start, lines), content, _ = _parts(text)
    method, target, *version = start.split(" ")
    fields = Fields(lines)
    path, mark, query = target.partition("?")
    length = parse_content_length(fields.get("content-length")) or (len(content) if content else None)
    if fields.get("transfer-encoding") is not None:
        length = UNKNOWN_LENGTH
    major, minor = version[0].removeprefix("HTTP/").split(".") if version else ("1", "1")
    authority = target if method == "CONNECT" else fields.get("host")
    return Request(
        method,
        "" if method == "CONNECT" else path,
        fields,
        query=query if mark else None,
        authority=authority,
        version=(int(major), int(minor)),
        content_length=length,
        target=target,
    )


def _response(text: str) -> Response:
    (start, lines), content, trailers = _parts(text)
    return Response(int(start), Fields(lines), content, trailers)


def _parts(text: str) -> tuple[tuple[str, list[FieldLine]], bytes, Fields | None]:
    head, *rest = text.split(" || ")
    start, *lines = head.split(" | ")
    content = rest[0].replace("\\r", "\r").replace("\\n", "\n").encode("latin-1") if rest else b""
    trailers = Fields([_field(line) for line in rest[1].split(" | ")]) if rest[1:] else None
    return (start.strip(), [_field(line) for line in lines]), content, trailers


def _field(line: str) -> FieldLine:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()
