"""What is spoken after 101: WebSocket, of which short messages are echoed. RFC 6455 section 5."""

from __future__ import annotations

import contextlib

from .stream import Ended, Silent, Stream

CLOSE, PING, PONG = 8, 9, 10


def echo(stream: Stream) -> None:
    """Send messages back until the client closes, or says nothing for some seconds."""
    with contextlib.suppress(Silent, Ended):
        while True:
            stream.expect_by(10)
            first, second = stream.take(2)
            length = second & 127
            if length == 126:
                length = int.from_bytes(stream.take(2), "big")
            if not second & 128 or length == 127:
                stream.send(_frame(CLOSE, (1002 if length != 127 else 1009).to_bytes(2, "big")))
                return
            mask = stream.take(4)
            data = bytes(octet ^ mask[at % 4] for at, octet in enumerate(stream.take(length)))
            opcode = first & 15
            if opcode == CLOSE:
                stream.send(_frame(CLOSE, data[:2]))
                return
            if opcode != PONG:
                stream.send(_frame(PONG if opcode == PING else opcode, data))


def _frame(opcode: int, data: bytes) -> bytes:
    length = bytes([len(data)]) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2, "big")
    return bytes([0x80 | opcode]) + length + data
