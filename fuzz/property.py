"""What must hold for any octets on a connection, in any pieces: shared by both fuzzers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.origin_server.connected import WRITABLE, Bench, Peer, Received, Table, page, read_responses
from tests.wire.streams import SMALL, Read, read_all

from statuary.message.request import Request
from statuary.origin_server.settings import Settings
from statuary.semantics.resource import Resource
from statuary.wire.limits import WireLimits

# All that can come of it: anything else, 500 above all, is a finding
EXPECTED = {100, 200, 204, 206, 301, 304, 400, 404, 405, 412, 413, 414, 415, 416, 417, 421, 425, 431, 501, 505}

# Small, so that few octets reach every limit
SETTINGS = Settings(most_discarded=64, most_unsent=256, wire=SMALL)
ROOMY = Settings(wire=WireLimits())


def check(pieces: Sequence[bytes], settings: Settings = SETTINGS) -> None:
    """Play ``pieces`` to a connection and to a reader; AssertionError, or what else is raised, is a finding."""
    octets = b"".join(pieces)
    whole, refused, _ = read_all([octets] if octets else [], settings.wire)
    found, refused_in_pieces, _ = read_all(pieces, settings.wire)
    assert found == whole, "the split matters"
    assert (refused is None) == (refused_in_pieces is None), "whether it is refused depends on the split"
    responses, heads = asyncio.run(_play(pieces, settings))
    final = [response for response in responses if response.status >= 200]
    # One more answer than requests only for a head that is none: content gets no answer of its own
    assert len(final) <= max(heads, len(whole) + 1), "there are more answers than requests"
    told = next((count for count, request in enumerate(whole, 1) if _asks_to_close(request)), len(final))
    assert len(final) <= told, "a request after close is answered"
    said = [response.fields.get("connection") == "close" for response in final]
    assert True not in said[:-1], "something follows close"
    assert True in said or len(final) >= len(whole), "a complete request has no answer"


def _asks_to_close(request: Read) -> bool:
    options = {
        o.strip().lower() for name, value in request.lines if name.lower() == "connection" for o in value.split(",")
    }
    return "close" in options or (request.version == (1, 0) and "keep-alive" not in options)


class Remembering(Table):
    """Knows the methods of the requests that reached it, by which their responses are read."""

    def __init__(self, **resources: Resource) -> None:
        super().__init__(**resources)
        self.methods: list[str] = []

    def resource(self, request: Request, now: int) -> Resource | Awaitable[Resource]:
        self.methods.append(request.method)
        return super().resource(request, now)


async def _play(pieces: Sequence[bytes], settings: Settings) -> tuple[list[Received], int]:
    """The responses, and how many requests reached the site."""
    site = Remembering(**{"": page("root"), "a": page("a" * 300), "c": WRITABLE})
    bench = Bench(site, settings)
    peer = bench.connect(high_water=1000)
    for piece in pieces:
        await _read_on(peer)
        if not peer.closed:
            peer.receive(piece)
    await _read_on(peer)
    if not peer.closed:
        peer.receive_eof()
        await _read_on(peer)
    assert peer.closed, "the connection has no end"
    assert not bench.server.connections
    responses = read_responses(bytes(peer.sent), site.methods)
    assert {response.status for response in responses} <= EXPECTED
    # Only a malformed request that says HEAD, which the site never saw, is answered without the content announced
    cut = [response for response in responses if not response.whole]
    assert cut == [] or (cut == responses[-1:] and not cut[0].content and b"HEAD " in b"".join(pieces))
    return responses, len(site.methods)


async def _read_on(peer: Peer) -> None:
    """Let everything happen that can, the peer reading all it gets."""
    for _ in range(1000):
        await peer.settle()
        if peer.closed or (peer.reading and not peer.get_write_buffer_size()):
            return
        peer.drain()
    raise AssertionError("it goes on for ever")
