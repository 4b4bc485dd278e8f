"""Responses to bytes (RFC 9112 sections 4 to 7), for a server."""

from __future__ import annotations

from functools import lru_cache

from statuary import status
from statuary.message.fields import FieldLine
from statuary.wire.field_section import format_field_lines


@lru_cache(maxsize=1024)
def status_line(code: int) -> bytes:
    """The status line with its CRLF. The version is ours whatever the request's was: rfc9110-6.2-4."""
    # The space after the code stands even without a reason phrase: RFC 9112 section 4
    return f"HTTP/1.1 {code} {status.phrase(code)}\r\n".encode("latin-1")


def format_head(code: int, fields: tuple[FieldLine, ...], connection: bytes = b"") -> bytes:
    """The head of a response, up to and with its empty line.

    ``connection`` holds finished field lines that belong to this connection or moment (Date, Connection,
    Transfer-Encoding), apart from ``fields`` so that those can be remembered.
    """
    return b"%b%b%b\r\n" % (status_line(code), connection, format_field_lines(fields))


def connection_lines(code: int, version: tuple[int, int], *, stays: bool, chunked: bool) -> bytes:
    """Connection and Transfer-Encoding of a response to a request of ``version``, as finished field lines.

    ``stays`` tells whether the connection persists after it.
    """
    if stays and version >= (1, 1) and not chunked and code not in (101, 426):
        return b""
    options = []
    if not stays and code != 101:
        options.append("close")  # rfc9112-9.3-3
    elif version < (1, 1):
        options.append("keep-alive")
    if code in (101, 426):
        options.append("Upgrade")  # Whoever sends Upgrade names it here: rfc9110-7.8-11
    lines = f"Connection: {', '.join(options)}\r\n" if options else ""
    return (lines + ("Transfer-Encoding: chunked\r\n" if chunked else "")).encode()
