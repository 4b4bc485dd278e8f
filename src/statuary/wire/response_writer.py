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
