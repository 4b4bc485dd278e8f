"""How much of a message a recipient takes before it refuses (RFC 9110 sections 2.3 and 17.5)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WireLimits:
    """Octets and counts. The defaults take the 8000 octets of request line that RFC 9112 section 3 recommends, and more.

    ``field_section`` bounds a header section together with its request line.
    """

    request_line: int = 16 * 1024
    field_section: int = 64 * 1024
    field_lines: int = 200
    leading_empty_lines: int = 4
    chunk_line: int = 4 * 1024
    chunk_extensions: int = 64 * 1024
    trailer_section: int = 16 * 1024
