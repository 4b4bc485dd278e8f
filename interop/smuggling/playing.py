"""Playing messages to a gateway in front of a server, and comparing what the gateway sent with what the server saw.

Between the two is a tap. On each connection the requests that were sent, read in the one way beyond doubt, have to be the
requests that the server noted; and no client may get the response to a request that it did not send.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from interop.smuggling.messages import Message, played
from interop.smuggling.reading import Ambiguous, Sent, requests_in
from interop.smuggling.tap import Tapped

AT_ONCE = 16
"""Clients at the same time, each with a message of its own."""
PATIENCE = 20.0
"""Seconds for the whole of a client's connection: the gateway's own limits are far below."""
BETWEEN_PIECES = 0.002
"""Seconds, so that pieces likely arrive as such."""

_TARGET_SEEN = re.compile(rb"^x-target: (?:[A-Z]+ )?([^\r ]*)", re.IGNORECASE | re.MULTILINE)
_FINAL = re.compile(rb"^HTTP/1\.1 ([2-5][0-9][0-9]) ", re.MULTILINE)
_NOTED = re.compile(r"([0-9]+) ([0-9]+) (?:(\S+) (\S+) HTTP/\S+|.*)")


class Noted(NamedTuple):
    """What the server noted. Method and target are empty where it could not read the request."""

    method: str
    target: str
    was_refused: bool


@dataclass(slots=True)
class Tally:
    """What became of the messages, and each disagreement in words."""

    played: int = 0
    forwarded: int = 0
    """Requests sent to the server."""
    refused_there: int = 0
    """Of them, those that the server refused as malformed, and closed the connection on."""
    answered: int = 0
    """Final responses at the clients, the gateway's own among them."""
    disagreements: list[str] = field(default_factory=list)


class Heard(NamedTuple):
    """A message as it was played, and what came back."""

    message: Message
    octets: bytes
    answer: bytes
    has_ended: bool

    @property
    def first(self) -> str:
        """What became of the first request."""
        final = _FINAL.search(self.answer)
        if final is None:
            return "no answer"
        head = self.answer[final.start() : self.answer.find(b"\r\n\r\n", final.start()) + 2]
        return "answered by the server" if _TARGET_SEEN.search(head) else final[1].decode("ascii")


async def play(messages: Sequence[Message], port: int, *, most_pieces: int = 1) -> list[Heard]:
    """Play all to the gateway at this port, numbered in their order, each in one to ``most_pieces`` pieces."""
    left = iter(enumerate(messages))
    heard: list[Heard] = []

    async def some() -> None:
        for number, message in left:
            octets = played(message.octets, number)
            answer, has_ended = await _one(octets, port, pieces=1 + number % most_pieces)
            heard.append(Heard(message, octets, answer, has_ended))

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return heard


async def _one(octets: bytes, port: int, pieces: int) -> tuple[bytes, bool]:
    """All that came back, and whether the gateway ended the connection."""
    incoming, outgoing = await asyncio.open_connection("127.0.0.1", port)
    came = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            sending = asyncio.ensure_future(_send(outgoing, octets, pieces))
            with contextlib.suppress(ConnectionError):
                while piece := await incoming.read(65536):
                    came += piece
            sending.cancel()
            return bytes(came), True
    except TimeoutError:
        return bytes(came), False
    finally:
        outgoing.close()
        with contextlib.suppress(ConnectionError):
            await outgoing.wait_closed()


async def _send(outgoing: asyncio.StreamWriter, octets: bytes, pieces: int) -> None:
    size = len(octets) // pieces + 1
    with contextlib.suppress(ConnectionError):
        for begin in range(0, len(octets), size):
            outgoing.write(octets[begin : begin + size])
            await outgoing.drain()
            await asyncio.sleep(BETWEEN_PIECES if pieces > 1 else 0)
        # Whoever waits for more is told that there is none
        outgoing.write_eof()


def noted_in(file: Path) -> dict[int, list[Noted]]:
    """By the port that the requests came from, in their order."""
    found: defaultdict[int, list[Noted]] = defaultdict(list)
    for line in file.read_text("latin-1").splitlines():
        matched = _NOTED.fullmatch(line)
        # 408 is for a connection on which nothing came
        if matched is not None and matched[2] != "408":
            found[int(matched[1])].append(Noted(matched[3] or "", matched[4] or "", matched[2] == "400"))
    return found


def compare(heard: Iterable[Heard], connections: Iterable[Tapped], noted: Mapping[int, Sequence[Noted]]) -> Tally:
    """What gateway and server made of the messages."""
    tally = Tally()
    for one in heard:
        tally.played += 1
        tally.answered += len(_FINAL.findall(one.answer))
        tally.disagreements += _strangers(one)
    by_port: defaultdict[int, list[Tapped]] = defaultdict(list)
    for tapped in connections:
        by_port[tapped.port].append(tapped)
    for port, all_there in by_port.items():
        seen = list(noted.get(port, ()))
        # A port comes again when the connection is over: the requests of the first are noted before
        for tapped in all_there:
            _compare_connection(tapped, seen, tally)
        if seen:
            tally.disagreements.append(f"seen by the server alone: {seen!r}")
    return tally


def _strangers(heard: Heard) -> list[str]:
    """Responses to requests of others."""
    targets = _TARGET_SEEN.findall(heard.answer)
    name = f"{heard.message.group}: {heard.message.name!r}"
    found = [f"{name} got the response to {target!r}" for target in targets if target[1:] not in heard.octets]
    return found if heard.has_ended else [*found, f"{name}: the connection was left open"]


def _compare_connection(tapped: Tapped, seen: list[Noted], tally: Tally) -> None:
    """Takes what was seen of this connection from the beginning of ``seen``."""
    try:
        sent = requests_in(bytes(tapped.sent))
    except Ambiguous as error:
        tally.disagreements.append(f"ambiguous to the server: {error}")
        seen.clear()
        return
    tally.forwarded += len(sent)
    for one in sent:
        if seen and seen[0][:2] in ((one.method, one.target), ("", "")):
            tally.refused_there += seen[0].was_refused
            del seen[0]
        elif _may_be_unseen(one, sent, tapped):
            continue
        else:
            tally.disagreements.append(f"sent as {one.method} {one.target}, seen as {seen[:1]!r}")


def _may_be_unseen(one: Sent, sent: Sequence[Sent], tapped: Tapped) -> bool:
    """The last on a connection, that was cut, or sent to a server that had just closed: it never answered."""
    return one == sent[-1] and (not one.is_whole or one.begin >= tapped.answered)
