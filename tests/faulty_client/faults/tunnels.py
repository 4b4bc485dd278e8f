"""TLS and tunnels: RFC 9110 sections 4.3.4 and 9.3.6."""

from __future__ import annotations

import re
import ssl

from ..client import Client
from ..message import Failure, Request, Response, Task, Uri, uri
from ..stream import Stream
from .registry import breaks, plant

FRAMED = "rfc9110-9.3.6-7"


@breaks("rfc9110-4.3.4-1", "MUST")
class CertificateUnchecked(Client):
    """Certificates are not checked."""

    def tls(self) -> ssl.SSLContext:
        context = super().tls()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


@breaks("rfc9110-4.3.4-1", "MUST")
class HostOfCertificateUnchecked(Client):
    """The host of a certificate is not checked."""

    def tls(self) -> ssl.SSLContext:
        context = super().tls()
        context.check_hostname = False
        return context


@breaks("rfc9110-4.2.2-3", "MUST")
class PlainWhereTlsFails(Client):
    """Where TLS fails, the request is made without."""

    def new_stream(self, request: Request) -> Stream:
        try:
            return super().new_stream(request)
        except Failure:
            return Stream.connect(request.uri.host, request.uri.port, self.deadline)


@breaks(FRAMED, "MUST")
class TunnelHasContent(Client):
    """Content is expected in the answer to CONNECT."""

    def read_tunnel_content(self, stream: Stream, response: Response) -> None:
        asked = Request(Task("GET", ""), "GET", Uri(None, None, ""), [], None)
        if response.get("Content-Length") is not None or response.get("Transfer-Encoding") is not None:
            self.read_content(stream, asked, response)


@breaks(FRAMED, "MUST")
class TunnelHasLength(Client):
    """Content-Length of the answer to CONNECT is believed."""

    def read_tunnel_content(self, stream: Stream, response: Response) -> None:
        stream.exactly(self.content_length(response) or 0, bytearray())


@breaks(FRAMED, "MUST")
class TunnelHasChunks(Client):
    """Chunks are expected in the answer to CONNECT."""

    def read_tunnel_content(self, stream: Stream, response: Response) -> None:
        if response.get("Transfer-Encoding") is not None:
            self.read_coded(stream, response, bytearray())


@breaks("rfc9112-6.3-1", "MUST")
class FramedTunnelRefused(Client):
    """An answer to CONNECT with Content-Length or Transfer-Encoding is a failure."""

    def read_tunnel_content(self, stream: Stream, response: Response) -> None:
        if response.get("Content-Length") is not None or response.get("Transfer-Encoding") is not None:
            raise Failure("a tunnel with content")


@breaks("rfc9110-2.4-1", "MUST")
class RefusalIsAnswer(Client):
    """Where the proxy refuses a tunnel, the request is sent to it unsecured."""

    def is_tunnel(self, response: Response) -> bool:
        self.is_refused = not super().is_tunnel(response)
        return True

    is_refused = False

    def secure(self, stream: Stream, target: Uri) -> None:
        if not self.is_refused:
            super().secure(stream, target)


@breaks("rfc9110-9.3.6-1", "MUST")
class TunnelWithoutPort(Client):
    """CONNECT has no port in its target."""

    def tunnel_head(self, target: Uri) -> str:
        return re.sub(r"^(CONNECT [^ :]+):\d+", r"\1", super().tunnel_head(target))


@breaks("rfc9112-3.2.3-1", "MUST")
class TunnelToUri(Client):
    """CONNECT has a URI as its target."""

    def tunnel_head(self, target: Uri) -> str:
        return super().tunnel_head(target).replace("CONNECT ", "CONNECT https://", 1)


@breaks("rfc9112-3.2.3-1", "MUST")
class TunnelWithPath(Client):
    """CONNECT has a path in its target."""

    def tunnel_head(self, target: Uri) -> str:
        return super().tunnel_head(target).replace(" HTTP/1.1", "/ HTTP/1.1", 1)


@breaks("rfc9110-7.2-1", "MUST")
class TunnelWithoutHost(Client):
    """CONNECT has no Host."""

    def tunnel_head(self, target: Uri) -> str:
        return re.sub(r"Host: .*\r\n", "", super().tunnel_head(target))


@breaks("rfc9110-9.3.6-1", "MUST")
class NoTunnel(Client):
    """An https URI is asked for at the proxy itself, unsecured."""

    def new_stream(self, request: Request) -> Stream:
        if request.task.proxy is None:
            return super().new_stream(request)
        proxy = uri(request.task.proxy)
        return Stream.connect(proxy.host, proxy.port, self.deadline)


@breaks("rfc9110-9.3.6-7", "MUST")
class OnlyConnectionEstablished(Client):
    """A tunnel is opened only by a 200 with the reason phrase Connection established."""

    def is_tunnel(self, response: Response) -> bool:
        return response.status == 200 and response.reason == "Connection established"


plant(
    "only-200-opens-tunnels",
    "rfc9110-15-1",
    "MUST",
    "Only 200 opens a tunnel, no other 2xx",
    is_tunnel=lambda self, response: response.status == 200,
)
