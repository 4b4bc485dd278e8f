"""The client: does what the user wants, over as many requests and connections as that takes."""

from __future__ import annotations

import contextlib
import ssl
import zlib
from dataclasses import replace

from .asking import Asking
from .challenges import Answering
from .message import Dropped, Failure, Incomplete, Request, Response, Task, Uri, combined, tokens, uri
from .partial import Partial
from .reading import Reading
from .redirecting import Redirecting
from .repeating import Repeating
from .storing import Storing
from .stream import Deadline, Ended, Stream

Key = tuple[str, str, int, str | None]
"""What a connection is good for: an origin, perhaps through a proxy; or a proxy."""


class Client(Reading, Asking, Redirecting, Repeating, Partial, Answering, Storing):
    """A client for the tasks of one user. A fault is a subclass in which one thing is otherwise."""

    PATIENCE_FOR_100 = 1.0
    """Seconds after which content is sent without 100: RFC 9110 section 10.1.1."""
    MOST_REQUESTS = 50
    REACTIONS: tuple[str, ...] = (
        "after_expectation",
        "after_length",
        "after_challenge",
        "after_redirection",
        "after_misdirection",
        "after_timeout",
        "after_earliness",
        "after_overload",
    )
    """What may follow from a response, in this order; the first one that has a next request counts."""

    def __init__(self, trust: str | None = None) -> None:
        Asking.__init__(self)
        Answering.__init__(self)
        Storing.__init__(self)
        self.idle: dict[Key, Stream] = {}
        self.trust = trust
        self.deadline = Deadline(10.0)

    def obey(self, task: Task, seconds: float) -> tuple[int, bytes | None, str | None]:
        """Status, content, and the URI that it ended at. Raises Failure."""
        self.deadline = Deadline(seconds)
        request, response = self.fetch(self.first_request(task))
        if request.task.resume is not None:
            response = self.resumed(request, response)
        elif task.resume is None:
            response = self.decoded(response)
        return self.told(request, response)

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        """What the user is told."""
        return response.status, response.content, str(request.uri)

    def close(self) -> None:
        """End all connections."""
        for stream in self.idle.values():
            stream.close()
        self.idle.clear()

    # From one request to the next

    def fetch(self, request: Request) -> tuple[Request, Response]:
        """The last request that was made, and the response to it."""
        for _ in range(self.MOST_REQUESTS):
            response = self.answer_to(request)
            following = self.next_request(request, response)
            if following is None:
                return request, response
            request = following
        return request, response

    def next_request(self, request: Request, response: Response) -> Request | None:
        """What follows from a response; None where it is for the user."""
        for name in self.REACTIONS:
            if (following := getattr(self, name)(request, response)) is not None:
                assert isinstance(following, Request)
                return following
        return None

    def answer_to(self, request: Request) -> Response:
        """The response to a request, by the help of what is stored, and put together where it was cut."""
        stored = self.known(request)
        conditional = request if stored is None else self.conditional(request, stored)
        try:
            response = self.exchange(conditional)
        except Incomplete as cut:
            rest = self.after_cut(request, cut.response)
            if rest is None:
                raise
            return self.completed_by(rest, self.exchange(rest))
        if stored is not None and response.status == 304:
            revived = self.revived(stored, response)
            response = self.exchange(request) if revived is None else revived
        self.store(request, response)
        return response

    def conditional(self, request: Request, stored: Response) -> Request:
        """The request that finds out whether what is stored is still good."""
        return replace(request, own=request.own + self.validation_fields(stored))

    # One request and its response

    def exchange(self, request: Request) -> Response:
        """The response to a request, which is repeated once where the connection ended without any."""
        request = self.with_credentials(request)
        stream = self.idle_stream(request) or self.new_stream(request)
        try:
            return self.converse(stream, request)
        except Dropped:
            if not self.may_send_again(request):
                raise
        return self.exchange_again(request)

    def exchange_again(self, request: Request) -> Response:
        """The second and last attempt."""
        return self.converse(self.new_stream(request), request)

    def may_send_again(self, request: Request) -> bool:
        """Whether a request that may have been processed is sent again by itself: RFC 9110 section 9.2.2."""
        return request.is_idempotent

    def with_credentials(self, request: Request) -> Request:
        """Credentials go along where their challenge is known, unless the user has set some."""
        if combined(request.fields, "Authorization") is not None:
            return request
        return replace(request, own=self.without_credentials(request) + self.credential_fields(request))

    def converse(self, stream: Stream, request: Request) -> Response:
        """Send the request and read the response. The connection is kept or closed."""
        is_kept = False
        try:
            response, is_kept = self.conversation(stream, request)
        finally:
            if is_kept:
                self.idle[self.key_of(request)] = stream
            else:
                stream.close()
        return response

    def conversation(self, stream: Stream, request: Request) -> tuple[Response, bool]:
        """The response, and whether the connection can be used again."""
        stream.has_responded = False
        with contextlib.suppress(Ended):  # there may be a response all the same
            stream.send(self.head(request))
        refusal = self.refusal(stream, request) if self.waits_for_100(request) else None
        is_sent = refusal is None and self.send_content(stream, request)
        response = refusal or self.read_final(stream, request)
        self.versions[request.uri.origin] = response.version
        self.read_content(stream, request, response)
        return response, self.is_reusable(stream, request, response, is_sent=is_sent)

    # Content: RFC 9110 section 10.1.1, RFC 9112 section 9.5

    def waits_for_100(self, request: Request) -> bool:
        """Whether the content is held back."""
        return self.sends_expectation(request)

    def refusal(self, stream: Stream, request: Request) -> Response | None:
        """Wait for leave to send the content; a final response means that there is none."""
        while stream.wait(self.PATIENCE_FOR_100):
            response = self.read_head(stream)
            if response.status == 100:
                return None
            if not self.is_interim(response):
                return self.checked_switch(request, response)
            self.skip_interim(stream, request, response)
        return None

    def send_content(self, stream: Stream, request: Request) -> bool:
        """Send the content, unless a response ends the connection. Returns whether all was sent."""
        octets = self.body(request)
        return not octets or stream.send_watching(octets, lambda: self.is_unwanted(stream))

    def is_unwanted(self, stream: Stream) -> bool:
        """Whether a response came that ends the connection: RFC 9112 section 9.5."""
        head, end, _ = bytes(stream.buffer).partition(b"\r\n\r\n")
        return bool(end) and b"\r\nconnection: close" in head.lower()

    # Connections: RFC 9112 section 9

    def is_reusable(self, stream: Stream, request: Request, response: Response, *, is_sent: bool) -> bool:
        """Whether another request may be made on the connection."""
        return is_sent and self.persists(request, response) and self.ends_by_itself(request, response)

    def persists(self, request: Request, response: Response) -> bool:
        """RFC 9112 sections 9.3 and 9.6."""
        options = response.tokens("Connection")
        if response.status == 101 or "close" in options or "close" in tokens(request.fields, "Connection"):
            return False
        if response.version < (1, 1) and response.get("Transfer-Encoding") is not None:
            return False
        if response.get("Transfer-Encoding") is not None and response.get("Content-Length") is not None:
            return False
        return response.status not in (408, 421) and (response.version >= (1, 1) or "keep-alive" in options)

    def ends_by_itself(self, request: Request, response: Response) -> bool:
        """Whether the end of the response is told by something other than that of the connection."""
        names = {name.lower() for name, _ in response.fields}
        return not self.has_content(request, response) or not names.isdisjoint({"content-length", "transfer-encoding"})

    def idle_stream(self, request: Request) -> Stream | None:
        """A connection that was used before, if nothing came on it since: RFC 9112 section 9.2."""
        stream = self.idle.pop(self.key_of(request), None)
        if stream is None:
            return None
        stream.deadline = self.deadline
        is_usable = False
        try:
            is_usable = self.is_usable(stream)
        finally:
            if not is_usable:
                stream.close()
        return stream if is_usable else None

    def is_usable(self, stream: Stream) -> bool:
        """Whether no octets came that nobody asked for."""
        return stream.is_quiet

    def key_of(self, request: Request) -> Key:
        """Which connections are good for a request."""
        if request.task.proxy is not None and request.uri.scheme == "http":
            return (*uri(request.task.proxy).origin, "plain")
        return (*request.uri.origin, request.task.proxy)

    def new_stream(self, request: Request) -> Stream:
        """A new connection to the origin or the proxy. Raises Failure."""
        _, host, port = request.uri.origin if request.task.proxy is None else uri(request.task.proxy).origin
        stream = Stream.connect(host, port, self.deadline)
        try:
            if request.uri.scheme == "https":
                if request.task.proxy is not None:
                    self.open_tunnel(stream, request.uri)
                self.secure(stream, request.uri)
        except BaseException:
            stream.close()
            raise
        return stream

    def secure(self, stream: Stream, target: Uri) -> None:
        """TLS, with a certificate that is trusted and for the host: RFC 9110 section 4.3.4."""
        stream.secure(self.tls(), target.host)

    def tls(self) -> ssl.SSLContext:
        """How TLS is used."""
        context = ssl.create_default_context(cafile=self.trust)
        context.set_alpn_protocols(["http/1.1"])
        return context

    # Tunnels: RFC 9110 section 9.3.6

    def open_tunnel(self, stream: Stream, target: Uri) -> None:
        """Have the proxy connect to host and port. Raises Failure."""
        asked = Request(Task("CONNECT", str(target)), "CONNECT", target, [], None)
        try:
            stream.send(self.tunnel_head(target).encode("ascii"))
            response = self.read_final(stream, asked)
            self.read_tunnel_content(stream, response)
        except Ended:
            raise Failure("the proxy closed the connection") from None
        if not self.is_tunnel(response):
            raise Failure(f"the proxy refused: {response.status}")

    def tunnel_head(self, target: Uri) -> str:
        """The request for a tunnel: RFC 9112 section 3.2.3."""
        authority = f"{target.host}:{target.port}"
        return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: plain/1.0\r\n\r\n"

    def read_tunnel_content(self, stream: Stream, response: Response) -> None:
        """The tunnel begins after the header section, whatever that says."""

    def is_tunnel(self, response: Response) -> bool:
        """Any 2xx, and nothing else, means that there is a tunnel."""
        return 200 <= response.status < 300

    # Content codings: RFC 9110 section 8.4

    def decoded(self, response: Response) -> Response:
        """The response without its content codings, as far as they are known."""
        content = response.content
        for coding in reversed(response.tokens("Content-Encoding")):
            if coding not in self.codings() or not content:
                break
            try:
                content = zlib.decompress(content, wbits=47)
            except zlib.error:
                raise Failure("damaged content", response.status) from None
        return replace(response, content=content)

    def codings(self) -> tuple[str, ...]:
        """Content codings that can be decoded."""
        return ("gzip", "x-gzip", "deflate")
