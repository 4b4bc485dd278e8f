"""How long a connection waits for its peer, and what it does then (RFC 9112 section 9.5).

A peer is slow while octets move at some rate at least, and stuck when they do not; whose turn it is depends on the state.
"""

from __future__ import annotations

from enum import Enum

from statuary.origin_server.settings import Settings

# What a connection waits for; each has its own time-out
IDLE = "the next request"
HEAD = "the rest of a header section"
CONTENT = "request content"
WORK = "the site"
DISCARD = "the end of content nobody wants"
LINGER = "the peer to close"
SWITCHED = "nothing: another protocol has taken over"


class Verdict(Enum):
    """What becomes of a connection whose time is looked at."""

    WAIT = "it goes on"
    TIMEOUT = "its request is answered 408"
    CLOSE = "it is closed: nobody is in the middle of anything"
    DROP = "it is dropped: the peer would not read an answer"


class Patience:
    """The time left for one connection. Ticks are seconds of a clock that does not go back; ``moved`` counts octets."""

    __slots__ = ("_moved", "_settings", "_since", "deadline")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._moved = 0
        self._since = 0.0
        self.deadline = 0.0

    def begin(self, state: str, tick: float, moved: int, unsent: bool) -> None:
        """The connection is in ``state`` from now on; ``unsent`` tells of a response still waiting to go."""
        settings = self._settings
        self._moved = moved
        self._since = tick
        if state is IDLE:
            self.deadline = tick + settings.idle_timeout
        elif state is HEAD:
            self.deadline = tick + settings.head_timeout
        elif state is LINGER and not unsent:
            self.deadline = tick + settings.linger_timeout
        else:
            self.deadline = tick + settings.content_timeout

    def judge(self, state: str, tick: float, moved: int, unsent: bool, wanted: bool) -> Verdict:
        """What to do at ``tick``, the deadline being over; ``wanted`` tells that the site waits for content."""
        settings = self._settings
        if wanted or unsent or state is DISCARD:
            if moved - self._moved >= settings.least_rate * settings.content_timeout:
                return self._renew(tick, moved)
            if wanted and not unsent:
                return Verdict.TIMEOUT
            if unsent and tick - self._since < settings.send_timeout:
                # TCP tells late of a slow reader with a large buffer that it has read something
                self.deadline = tick + settings.content_timeout
                return Verdict.WAIT
            return Verdict.DROP
        if state in (WORK, CONTENT):
            # The site may take its time; the peer has nothing to do but wait
            return self._renew(tick, moved)
        return {HEAD: Verdict.TIMEOUT, IDLE: Verdict.CLOSE}.get(state, Verdict.DROP)

    def _renew(self, tick: float, moved: int) -> Verdict:
        self._moved = moved
        self._since = tick
        self.deadline = tick + self._settings.content_timeout
        return Verdict.WAIT
