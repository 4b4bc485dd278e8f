"""Content in pieces: whatever they are, and wherever sending stops, it is sent again from its first octet or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.user_agent.adapters.content import AsyncContent, Content

PIECES = st.lists(st.binary(max_size=8), max_size=8)


@given(PIECES, st.integers(0, 8), st.integers(0, 64))
def test_all_of_it_or_nothing(pieces: list[bytes], sent: int, most: int) -> None:
    content = Content(iter(pieces), most)
    list(islice(content, sent))
    if content.is_replayable:
        assert b"".join(content) == b"".join(pieces)
        assert content.length == len(b"".join(pieces))
        assert content.is_replayable == (content.length <= most)
    else:
        with pytest.raises(ValueError, match="second time"):
            list(content)


@given(PIECES, st.integers(0, 64))
def test_the_same_without_blocking(pieces: list[bytes], most: int) -> None:
    async def source() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async def run() -> None:
        content = AsyncContent(source(), most)
        assert [piece async for piece in content] == pieces
        assert content.length == len(b"".join(pieces))
        assert content.is_replayable == (content.length <= most)
        if content.is_replayable:
            assert [piece async for piece in content] == pieces

    asyncio.run(run())


def test_a_source_that_fails_is_not_sent_as_if_it_had_ended() -> None:
    def source() -> Iterator[bytes]:
        yield b"a"
        raise OSError("no more")

    content = Content(source())
    with pytest.raises(OSError, match="no more"):
        list(content)
    assert not content.is_replayable
    assert content.length is None
