"""How much of what was written has not reached the peer: the system's own send queue, which no transport tells of."""

from __future__ import annotations

import asyncio
import fcntl
import sys
import termios

_NOTHING = bytes(4)


def unacknowledged(transport: asyncio.Transport) -> int:
    """Octets that the system holds for the peer, beyond the transport's own buffer; 0 where it doesn't say."""
    socket = transport.get_extra_info("socket")
    if socket is None:
        return 0
    try:
        # For a socket this is what Linux calls SIOCOUTQ
        return int.from_bytes(fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, _NOTHING), sys.byteorder)
    except (OSError, ValueError):
        return 0
