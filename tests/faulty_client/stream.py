"""A connection as octets that come and go, with the time that there is for all of it."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time
from collections.abc import Callable

from .message import Failure


class Ended(Exception):  # noqa: N818
    """There are no more octets; whether the connection was reset rather than closed."""

    def __init__(self, *, is_reset: bool = False) -> None:
        super().__init__("reset" if is_reset else "closed")
        self.is_reset = is_reset


class Deadline:
    """The moment at which the time for a task is over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left. Raises Failure once there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise Failure("the time is over")
        return left


class Stream:
    """The octets of a connection. Methods that read raise Ended where there are no more."""

    def __init__(self, own: socket.socket, deadline: Deadline) -> None:
        self.deadline = deadline
        self.buffer = bytearray()
        self.has_responded = False
        self.was_reset = False
        self._socket = own

    @classmethod
    def connect(cls, host: str, port: int, deadline: Deadline) -> Stream:
        """A new connection. Raises Failure."""
        try:
            own = socket.create_connection((host.strip("[]"), port), timeout=deadline.left)
        except OSError as error:
            raise Failure(f"no connection: {error}") from error
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(own, deadline)

    def secure(self, context: ssl.SSLContext, name: str) -> None:
        """From now on all octets are those of TLS. Raises Failure."""
        try:
            self._socket = context.wrap_socket(self._socket, server_hostname=name)
        except OSError as error:
            self.close()
            raise Failure(f"no TLS: {error}") from error

    def send(self, octets: bytes) -> None:
        """Send all of it. Raises Ended."""
        self._socket.settimeout(self.deadline.left)
        try:
            self._socket.sendall(octets)
        except TimeoutError:
            raise Failure("the time is over") from None
        except OSError:
            raise Ended(is_reset=True) from None

    def send_watching(self, octets: bytes, is_enough: Callable[[], bool]) -> bool:
        """Send octets until something that has come says that it is enough. Returns whether all were sent."""
        view = memoryview(octets)
        if isinstance(self._socket, ssl.SSLSocket):
            self.send(octets)
            return True
        self._socket.settimeout(self.deadline.left)
        watched = [self._socket]
        while view:
            readable, writable, _ = select.select(watched, [self._socket], [], self.deadline.left)
            if readable:
                with contextlib.suppress(OSError):
                    piece = self._socket.recv(65536)
                    self.buffer += piece
                    watched = watched if piece else []
                if is_enough():
                    return False
            if writable:
                try:
                    view = view[self._socket.send(view[:65536]) :]
                except OSError:
                    return False
        return True

    def wait(self, seconds: float) -> bool:
        """Whether octets come within that time, or the connection ends."""
        if self.buffer:
            return True
        ready, _, _ = select.select([self._socket], [], [], min(seconds, self.deadline.left))
        return bool(ready)

    def _more(self) -> None:
        self._socket.settimeout(self.deadline.left)
        try:
            piece = self._socket.recv(65536)
        except TimeoutError:
            raise Failure("the time is over") from None
        except OSError:
            self.was_reset = True
            raise Ended(is_reset=True) from None
        if not piece:
            raise Ended
        self.has_responded = True
        self.buffer += piece

    def line(self, most: int) -> bytes:
        """A line with its end. Raises Failure where it is too long."""
        while (end := self.buffer.find(b"\n")) < 0:
            if len(self.buffer) > most:
                raise Failure("a line is too long")
            self._more()
        line = bytes(self.buffer[: end + 1])
        del self.buffer[: end + 1]
        return line

    def exactly(self, length: int, got: bytearray) -> None:
        """Append so many octets to what was got."""
        while length:
            if not self.buffer:
                self._more()
            piece = self.buffer[:length]
            del self.buffer[: len(piece)]
            got += piece
            length -= len(piece)

    def rest(self, got: bytearray) -> None:
        """Append all octets until the connection is closed. Raises Ended where it is reset."""
        while True:
            got += self.buffer
            self.buffer.clear()
            try:
                self._more()
            except Ended as ended:
                if ended.is_reset:
                    raise
                return

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has come that nobody asked for, nor the end."""
        if self.buffer:
            return False
        self._socket.setblocking(False)
        try:
            self._socket.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Be done with it; TLS is ended as it has to be: RFC 9112 section 9.8."""
        with contextlib.suppress(OSError, ValueError):
            if isinstance(self._socket, ssl.SSLSocket):
                self._socket.settimeout(0.1)
                self._socket.unwrap()
        self._socket.close()
