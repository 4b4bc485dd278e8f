"""The usual exchange: what was forwarded a moment ago on a connection, and may be forwarded so once more.

Who polls sends the same octets over and over, and gets the same. forward_request and forward_response are pure: for the
same values they need not be asked again, nor their answers written out anew.
"""

from __future__ import annotations

from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.forwarding import Answer, Drop, Hop, Onward, Tunnel, forward_request, forward_response
from statuary.wire.field_section import format_fields
from statuary.wire.request_writer import format_complete
from statuary.wire.response_writer import status_line

LONGEST_REMEMBERED = 4096
"""Octets of a head that is kept, as long as the connection is open."""


class Usual:
    """The last request of one client's connection, and for each next hop that got it, the last response to it.

    Messages count as the same where they are the same object: the readers give one for the same octets.
    """

    __slots__ = ("_known", "_request")

    def __init__(self) -> None:
        self._request: Request | None = None
        self._known: dict[int, _Passage] = {}

    def request(self, request: Request, hop: Hop, now: int) -> tuple[Onward[Request] | Answer | Tunnel, bytes | None]:
        """What forward_request says, and its head as octets, where no content follows."""
        if request is not self._request:
            self._request = request
            self._known.clear()
        known = self._known.get(id(hop))
        if known is not None:
            return known.onward, known.head
        onward, head = request_onward(request, hop, now)
        # Credentials are looked at each time: they are good for a while, or once
        if (
            isinstance(onward, Onward)
            and head is not None
            and hop.access is None
            and not onward.interim
            and len(head) <= LONGEST_REMEMBERED
        ):
            self._known[id(hop)] = _Passage(hop, onward, head)
        return onward, head

    def response(
        self,
        request: Request,
        response: Response,
        hop: Hop,
        now: int,
        version: tuple[int, int],
        closes: bool,
    ) -> tuple[Onward[Response] | Answer | Drop, bytes]:
        """What forward_response says, and its head as octets, where there is one to pass on."""
        known = self._known.get(id(hop)) if request is self._request else None
        if (
            known is not None
            and known.response is response
            and known.now == now
            and known.version == version
            and known.back is not None
            and not closes
        ):
            return known.back, known.octets
        back = forward_response(request, response, hop, now, version=version, closes=closes)
        if not isinstance(back, Onward):
            return back, b""
        octets = head_of(back.message)
        if known is not None and not closes and len(octets) <= LONGEST_REMEMBERED:
            known.response, known.now, known.version, known.back, known.octets = response, now, version, back, octets
        return back, octets


def request_onward(request: Request, hop: Hop, now: int) -> tuple[Onward[Request] | Answer | Tunnel, bytes | None]:
    """What forward_request says of a request that will hardly come again, and its head, where no content follows."""
    onward = forward_request(request, hop, now)
    if not isinstance(onward, Onward) or onward.framing != "none":
        return onward, None
    return onward, format_complete(onward.message)


def head_of(response: Response) -> bytes:
    """The head of a response that will hardly come again."""
    return b"%b%b\r\n" % (status_line(response.status), format_fields(response.fields.lines))


class _Passage:
    """One request to one next hop, and back. It holds its hop, so that no other can have the same id."""

    __slots__ = ("back", "head", "hop", "now", "octets", "onward", "response", "version")

    def __init__(self, hop: Hop, onward: Onward[Request], head: bytes) -> None:
        self.hop = hop
        self.onward = onward
        self.head = head
        self.response: Response | None = None
        self.now = 0
        self.version = (1, 1)
        self.back: Onward[Response] | None = None
        self.octets = b""
