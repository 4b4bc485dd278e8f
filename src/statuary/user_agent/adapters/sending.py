"""Between a client's requests and ours: what was sent, as a value; and the header section of what is sent next."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from statuary.message.fields import FieldLine, Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.semantics.reaction import Send
from statuary.semantics.target_uri import origin_of, uri_of

# Host and framing are the sender's: RFC 9110 sections 7.2, 8.6; RFC 9112 section 6
_OF_THE_SENDER = frozenset({"host", "content-length", "transfer-encoding", "cookie"})
# Their content has a meaning, so that none is announced too: RFC 9110 section 8.6
_ANNOUNCE_NONE = ("POST", "PUT", "PATCH")


def request_of(method: str, url: str, lines: Iterable[FieldLine]) -> Request:
    """What a client sends to that URL, userinfo and fragment left out."""
    fields, parts = Fields(lines), urlsplit(url)
    length = fields.get("content-length")
    announced = int(length) if length is not None and length.isascii() and length.isdigit() else None
    return Request(
        method,
        parts.path or "/",
        fields,
        query=parts.query if "?" in url.partition("#")[0] else None,
        scheme=parts.scheme.lower(),
        authority=parts.netloc.rpartition("@")[2].lower(),
        content_length=UNKNOWN_LENGTH if "transfer-encoding" in fields else announced,
    )


def is_same_origin(one: Request, other: Request) -> bool:
    """Whether both go to one origin: RFC 9110 section 4.3.1."""
    return origin_of(uri_of(one)) == origin_of(uri_of(other))


def url_of(send: Send) -> str:
    """Where it goes, with the fragment of the reference that led there."""
    return uri_of(send.request) + ("" if send.fragment is None else f"#{send.fragment}")


def lines_of(send: Send, before: Request, cookie: str | None, length: int | None) -> list[FieldLine]:
    """The header section of the next request; Host is in it only where the user had set it for that origin.

    ``length`` is that of the content: None for none, UNKNOWN_LENGTH for chunks.
    """
    lines = [line for line in send.request.fields if line[0].lower() not in _OF_THE_SENDER]
    host = before.fields.get("host")
    if host is not None and is_same_origin(send.request, before):
        lines.insert(0, ("Host", host))
    if cookie is not None:
        lines.append(("Cookie", cookie))
    if length == UNKNOWN_LENGTH:
        lines.append(("Transfer-Encoding", "chunked"))
    elif length is not None or send.request.method in _ANNOUNCE_NONE:
        lines.append(("Content-Length", str(length or 0)))
    return lines
