"""What the system holds for a peer that does not read."""

from __future__ import annotations

import asyncio
import socket

from statuary.transport.memory import MemoryTransport
from statuary.transport.send_queue import unacknowledged


class Over(MemoryTransport):
    """A transport over ``socket``, as far as the question goes."""

    def __init__(self, socket: socket.socket) -> None:
        self.socket = socket
        super().__init__(asyncio.Protocol())

    def get_extra_info(self, name: str, default: object = None) -> object:
        return self.socket if name == "socket" else super().get_extra_info(name, default)


def test_it_is_what_the_peer_has_not_read() -> None:
    # Between sockets of one machine nothing is under way: what is not read is still in the queue
    ours, theirs = socket.socketpair()
    with ours, theirs:
        transport = Over(ours)
        assert unacknowledged(transport) == 0
        ours.send(b"x" * 1000)
        first = unacknowledged(transport)
        assert first >= 1000
        ours.send(b"x" * 1000)
        assert unacknowledged(transport) > first
        theirs.recv(1000)
        assert unacknowledged(transport) == first
        theirs.recv(1000)
        assert unacknowledged(transport) == 0


def test_where_the_system_does_not_say_it_is_nothing() -> None:
    closed = socket.socket()
    closed.close()
    assert unacknowledged(Over(closed)) == 0
    assert unacknowledged(MemoryTransport(asyncio.Protocol())) == 0
