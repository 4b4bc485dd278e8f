"""What is asked on a connection and what comes back, in step or not."""

from __future__ import annotations

import asyncio

from tests.conformance.memory_peer import MemoryPeer, ServerSide

from statuary.conformance.conversation import Conversation, Record
from statuary.conformance.requests import compose
from statuary.conformance.scenario import SILENCE

SWITCH = compose("GET /a | Connection: Upgrade | Upgrade: new", {"host": "a.test"})
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: new\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def only_when_more_comes(side: ServerSide) -> None:
    await side.head()
    await side.read(1)
    side.write(SWITCHED)


async def at_once(side: ServerSide) -> None:
    while await side.head():
        side.write(OK)


def test_each_answer_is_kept_with_its_request() -> None:
    async def session() -> None:
        record = Record(lambda: 0.0, 0.0)
        conversation = Conversation("a", await MemoryPeer(at_once).connect(), record)
        for _ in range(2):
            conversation.ask(SWITCH)
            assert (await conversation.answer(60)).status == "200"
        assert [seen.exchange.request.path for _, seen in record.seen] == ["/a", "/a"]

    asyncio.run(session())


def test_what_comes_after_silence_may_belong_to_what_was_asked_before() -> None:
    """A 101 to a request that offers a protocol is right, however late: nobody is blamed for one to another request."""

    async def session() -> None:
        record = Record(lambda: 0.0, 0.0)
        conversation = Conversation("a", await MemoryPeer(only_when_more_comes).connect(), record)
        conversation.ask(SWITCH)
        assert (await conversation.answer(0.01)).status == SILENCE
        conversation.ask_raw(b"GET /b HTTP/1.1\r\nHost: a.test\r\n\r\n", ())
        conversation.send(b"GET /b HTTP/1.1\r\nHost: a.test\r\n\r\n")
        assert (await conversation.answer(60)).status == "101"
        assert not record.seen

    asyncio.run(session())
