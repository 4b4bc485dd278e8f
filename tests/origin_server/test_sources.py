"""Where content comes from: octets out of memory, files and streams, and a file that is not what it was."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from statuary.message.response import Content, Multipart, Part, Whole
from statuary.origin_server.octets import has_unknown_length, is_long, last_chunk, octets_at_hand, octets_of
from statuary.origin_server.sources import CHUNK, File, Stream, identity_of
from statuary.semantics.resource import Representation

from .connected import in_loop

OCTETS = bytes(range(250)) * 3000


@pytest.fixture
def file(tmp_path: Path) -> File:
    path = tmp_path / "file"
    path.write_bytes(OCTETS)
    return File(str(path), identity_of(os.stat(path)))


async def chunks() -> AsyncIterator[bytes]:
    yield b"one"
    yield b"two"


async def all_of(content: Content) -> bytes:
    return b"".join([piece async for piece in octets_of(content)])


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 0), (0, 9), (5, 5), (0, CHUNK - 1), (0, CHUNK), (CHUNK - 1, CHUNK), (1, 2 * CHUNK), (0, len(OCTETS) - 1)],
)
@in_loop
async def test_a_part_of_a_file(file: File, first: int, last: int) -> None:
    pieces = [piece async for piece in file.octets(first, last)]
    assert b"".join(pieces) == OCTETS[first : last + 1]
    assert all(len(piece) <= CHUNK for piece in pieces)


@in_loop
async def test_no_octets_of_a_file(file: File) -> None:
    assert [piece async for piece in file.octets(0, -1)] == []


def grow(path: str) -> None:
    with open(path, "ab") as there:
        there.write(b"more")


def shrink(path: str) -> None:
    os.truncate(path, 10)


def replace(path: str) -> None:
    Path(path + ".new").write_bytes(OCTETS[::-1])
    os.replace(path + ".new", path)


def rewrite(path: str) -> None:
    times = os.stat(path)
    Path(path).write_bytes(OCTETS[::-1])
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def link(path: str) -> None:
    os.rename(path, path + ".there")
    os.symlink(path + ".there", path)


@pytest.mark.parametrize("change", [grow, shrink, replace, rewrite, link, os.unlink])
@in_loop
async def test_a_file_that_is_not_what_it_was(file: File, change: object) -> None:
    assert callable(change)
    change(file.path)
    with pytest.raises(OSError):  # noqa: PT011 - of whichever kind
        await all_of(Whole(Representation(file, None, len(OCTETS))))


@pytest.mark.parametrize("change", [grow, shrink, rewrite])
@in_loop
async def test_a_file_that_changes_after_its_first_piece(file: File, change: object) -> None:
    assert callable(change)
    pieces = file.octets(0, len(OCTETS) - 1)
    assert await anext(pieces) == OCTETS[:CHUNK]
    change(file.path)
    with pytest.raises(OSError, match="changed"):
        await anext(pieces)


@in_loop
async def test_a_file_that_is_replaced_while_it_is_read_is_read_to_its_end(file: File) -> None:
    """Its name leads elsewhere now; its content is still there, whole."""
    pieces = file.octets(0, len(OCTETS) - 1)
    first = await anext(pieces)
    os.rename(file.path, file.path + ".away")
    with pytest.raises(OSError, match="changed"):
        # Renaming changes its identity: better a broken response than one that might be wrong
        await anext(pieces)
    assert OCTETS.startswith(first)


@in_loop
async def test_each_kind_of_content(file: File) -> None:
    in_memory, on_disk = Representation(b"hello", None, 5), Representation(file, None, len(OCTETS))
    streamed = Representation(Stream(chunks))
    several = Multipart(((b"<1>", Part(in_memory, 1, 2)), (b"<2>", Part(on_disk, 3, 4))), b"<end>")
    rows: list[tuple[Content, bool, bytes]] = [
        (None, False, b""),
        (b"octets", False, b"octets"),
        (Whole(in_memory), False, b"hello"),
        (Part(in_memory, 1, 3), False, b"ell"),
        (Multipart(((b"<1>", Part(in_memory, 1, 2)),), b"<end>"), False, b"<1>el<end>"),
        (Whole(on_disk), True, OCTETS),
        (Part(on_disk, 10, 300), True, OCTETS[10:301]),
        (several, True, b"<1>el<2>" + OCTETS[3:5] + b"<end>"),
        (Whole(streamed), True, b"onetwo"),
    ]
    for content, long, octets in rows:
        assert is_long(content) == long
        assert await all_of(content) == octets
        if not long:
            assert b"".join(octets_at_hand(content)) == octets
        assert has_unknown_length(content) == (content == Whole(streamed))


def test_what_is_no_source() -> None:
    with pytest.raises(TypeError, match="int"):
        octets_at_hand(Whole(Representation(5, None, 5)))


def test_trailers_end_a_chunked_body() -> None:
    with_trailers = Stream(chunks, lambda: (("Sum", "1"), ("Time", "2")))
    assert last_chunk(Whole(Representation(with_trailers))) == b"0\r\nSum: 1\r\nTime: 2\r\n\r\n"
    assert last_chunk(Whole(Representation(Stream(chunks)))) == b"0\r\n\r\n"
    assert last_chunk(b"") == b"0\r\n\r\n"
