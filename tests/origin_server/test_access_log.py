"""The access log: one line for each response, whatever was in the request, and whoever reads it."""

from __future__ import annotations

import json
import os
import pty
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.origin_server.access_log import MOST_WAITING, AccessLog

from .connected import NOW, Entries

STAMP = "[06/Nov/1994:08:49:37 +0000]"

# host ident authuser [date] "request" status bytes, all that the common format may have in them
COMMON = re.compile(
    r"192\.0\.2\.1 - ([!-~\u0100-\U0010ffff]+) \[06/Nov/1994:08:49:37 \+0000\] "
    r'"((?:[ !#-\[\]-~]|\\.)*)" 200 5'
)


@pytest.mark.parametrize(
    ("line", "user", "expected"),
    [
        ("GET / HTTP/1.1", None, f'- {STAMP} "GET / HTTP/1.1"'),
        ("GET / HTTP/1.1", "ann", f'ann {STAMP} "GET / HTTP/1.1"'),
        ("GET / HTTP/1.1", "a b", rf'a\x20b {STAMP} "GET / HTTP/1.1"'),
        ("GET / HTTP/1.1", 'a"\\\n', rf'a\"\\ {STAMP} "GET / HTTP/1.1"'),
        ("GET / HTTP/1.1", "", f'- {STAMP} "GET / HTTP/1.1"'),
        ("GET / HTTP/1.1", "\n", f'- {STAMP} "GET / HTTP/1.1"'),
        ("GET / HTTP/1.1", "łż", f'łż {STAMP} "GET / HTTP/1.1"'),
        ('GET /" 200 5', None, rf'- {STAMP} "GET /\" 200 5"'),
        ("\\", None, rf'- {STAMP} "\\"'),
        ("\r\n\x00\x1b\x7f\x80\xff", None, rf'- {STAMP} "\x0d\x0a\x00\x1b\x7f\x80\xff"'),
        ("", None, f'- {STAMP} ""'),
    ],
)
def test_a_line_of_the_common_format(line: str, user: str | None, expected: str) -> None:
    entries = Entries()
    entries.log.record(NOW, "192.0.2.1", user, line, 200, 5)
    assert entries.lines() == [f"192.0.2.1 - {expected} 200 5"]


_octets = st.text(st.characters(max_codepoint=0xFF), max_size=30)


@given(line=_octets, user=st.none() | st.text(max_size=8))
def test_nothing_looks_like_another_field_or_line(line: str, user: str | None) -> None:
    entries = Entries()
    entries.log.record(NOW, "192.0.2.1", user, line, 200, 5)
    (written,) = entries.lines()
    assert COMMON.fullmatch(written)
    assert written.isprintable()


@given(line=_octets, user=st.none() | st.text(max_size=8))
def test_json_keeps_everything(line: str, user: str | None) -> None:
    entries = Entries("json")
    entries.log.record(NOW, "192.0.2.1", user, line, 200, 5, "rfc9110-15.3.1")
    (written,) = entries.lines()
    assert written.isascii()
    assert json.loads(written) == {
        "time": "1994-11-06T08:49:37Z",
        "peer": "192.0.2.1",
        "user": user,
        "request": line,
        "status": 200,
        "octets": 5,
        "because": "rfc9110-15.3.1",
    }


def test_the_stamp_goes_with_the_time() -> None:
    entries = Entries()
    for moment in (NOW, NOW, NOW + 1, NOW):
        entries.log.record(moment, "a", None, "", 200, 0)
    assert [line.partition(" +")[0][-2:] for line in entries.lines()] == ["37", "37", "38", "37"]


def test_lines_are_written_when_flushed_or_when_there_are_many() -> None:
    entries = Entries()
    for _ in range(4096):
        entries.log.record(NOW, "a", None, "", 200, 0)
    assert entries.written() == b""
    entries.log.record(NOW, "a", None, "", 200, 0)
    assert entries.written().count(b"\n") == 4097


def test_no_log_is_none() -> None:
    log = AccessLog("none", -1)
    log.record(NOW, "a", None, "", 200, 0)
    log.flush()


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    yield reading, writing
    for descriptor in (reading, writing):
        try:
            os.close(descriptor)
        except OSError:
            continue


def drained(descriptor: int) -> bytes:
    os.set_blocking(descriptor, False)
    found = b""
    try:
        while piece := os.read(descriptor, 1 << 20):
            found += piece
    except BlockingIOError:
        pass
    return found


def test_a_slow_reader_gets_every_line_later(pipe: tuple[int, int]) -> None:
    """Cut wherever the pipe was full, in the midst of a letter too."""
    reading, writing = pipe
    log = AccessLog("common", writing)
    found = b""
    for number in range(3000):
        log.record(NOW, "a", "łżł", str(number), 200, 0)
        log.flush()
    for _ in range(100):
        found += drained(reading)
        log.flush()
    lines = found.decode().splitlines()
    assert [line.split('"')[1] for line in lines] == list(map(str, range(3000)))
    assert all(line.startswith("a - łżł [") for line in lines)


def test_a_reader_that_never_reads_costs_lines_not_memory(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    log = AccessLog("common", writing)
    for _ in range(4):
        for _ in range(4000):
            log.record(NOW, "a", None, "x" * 200, 200, 0)
        log.flush()
    found = drained(reading)
    log.record(NOW, "a", None, "last", 200, 0)
    for _ in range(MOST_WAITING // 4096 + 2):
        log.flush()
        found += drained(reading)
    lines = found.decode().splitlines()
    assert all(re.fullmatch(r'a - - \[[^]]*\] "(x{200}|last)" 200 0', line) for line in lines)
    assert '"last"' in lines[-1]
    assert len(lines) < 16_000


def test_a_reader_that_has_gone_ends_the_log_and_nothing_else(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    log = AccessLog("common", writing)
    os.close(reading)
    log.record(NOW, "a", None, "", 200, 0)
    log.flush()
    assert log.style == "none"
    log.record(NOW, "a", None, "", 200, 0)
    log.flush()


def test_on_a_terminal_lines_are_seen_at_once() -> None:
    ours, terminal = pty.openpty()
    try:
        AccessLog("common", terminal).record(NOW, "a", None, "GET", 200, 0)
        assert os.read(ours, 1000).rstrip() == f'a - - {STAMP} "GET" 200 0'.encode()
    finally:
        os.close(ours)
        os.close(terminal)
