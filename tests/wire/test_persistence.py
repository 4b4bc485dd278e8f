"""Persistence of a connection, and the field lines that say so (RFC 9112 section 9.3)."""

import pytest

from statuary.message.fields import Fields
from statuary.wire.persistence import wants_to_persist
from statuary.wire.response_writer import connection_lines


@pytest.mark.parametrize(
    ("lines", "version", "persists"),
    [
        ([], (1, 1), True),
        ([], (1, 0), False),
        ([("Connection", "close")], (1, 1), False),
        ([("Connection", "Close")], (1, 1), False),
        ([("Connection", "keep-alive")], (1, 0), True),
        ([("Connection", "x, keep-alive")], (1, 0), True),
        ([("Connection", "keep-alive"), ("Connection", "close")], (1, 1), False),
        ([("Connection", "keep-alive, close")], (1, 0), False),
        ([("Connection", "")], (1, 1), True),
        ([("Connection", "a b")], (1, 1), False),  # can't be read, so nothing is promised
        ([], (1, 2), True),
    ],
)
def test_what_the_request_wants(lines: list[tuple[str, str]], version: tuple[int, int], persists: bool) -> None:
    assert wants_to_persist(Fields(lines), version) is persists


@pytest.mark.parametrize(
    ("code", "version", "stays", "chunked", "lines"),
    [
        (200, (1, 1), True, False, b""),
        (200, (1, 1), False, False, b"Connection: close\r\n"),
        (200, (1, 0), True, False, b"Connection: keep-alive\r\n"),
        (200, (1, 1), True, True, b"Transfer-Encoding: chunked\r\n"),
        (200, (1, 1), False, True, b"Connection: close\r\nTransfer-Encoding: chunked\r\n"),
        (101, (1, 1), True, False, b"Connection: Upgrade\r\n"),
        (101, (1, 1), False, False, b"Connection: Upgrade\r\n"),
        (426, (1, 1), True, False, b"Connection: Upgrade\r\n"),
        (426, (1, 1), False, False, b"Connection: close, Upgrade\r\n"),
    ],
)
def test_what_the_response_says(code: int, version: tuple[int, int], stays: bool, chunked: bool, lines: bytes) -> None:
    assert connection_lines(code, version, stays=stays, chunked=chunked) == lines
