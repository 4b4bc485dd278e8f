"""Responses delimited wrongly, or taken for whole though they are not: RFC 9112 sections 6.3 and 8."""

from __future__ import annotations

import re

from ..client import Client
from ..message import Failure, Incomplete, Request, Response
from ..reading import LENGTHLESS
from ..stream import Ended, Stream
from .registry import breaks, plant

INVALID = "rfc9112-6.3-7"


def _by_pattern(pattern: str, base: int = 10) -> object:
    """Content-Length read with another pattern; whatever fits counts."""

    def content_length(self: Client, response: Response) -> int | None:
        value = response.get("Content-Length")
        found = re.match(pattern, value or "")
        return int(found[1], base) if found else Client.content_length(self, response)

    return content_length


for _name, _pattern, _base, _sentence in (
    ("length-with-sign", r"\+([0-9]+)$", 10, "Content-Length: +5 is read as 5"),
    ("length-with-minus", r"-([0-9]+)$", 10, "Content-Length: -5 is read as 5"),
    ("length-with-rest", r"([0-9]+)[^0-9, \t]", 10, "Content-Length is read up to what is no digit"),
    ("length-in-hex", r"0x([0-9a-f]+)$", 16, "Content-Length: 0x5 is read as hexadecimal"),
    ("length-first-of-several", r"([0-9]+)[ \t]*,", 10, "Of several lengths that differ the first one counts"),
    ("length-last-of-several", r".*,[ \t]*([0-9]+)$", 10, "Of several lengths that differ the last one counts"),
    ("length-with-space", r"([0-9]+) [0-9]", 10, "Content-Length: 5 5 is read as 5"),
    ("length-decimal", r"([0-9]+)\.", 10, "Content-Length: 5.0 is read as 5"),
):
    plant(_name, INVALID, "MUST", _sentence, content_length=_by_pattern(_pattern, _base))


@breaks(INVALID, "MUST")
class InvalidLengthIgnored(Client):
    """An invalid Content-Length counts as none: the content ends with the connection."""

    def content_length(self, response: Response) -> int | None:
        try:
            return super().content_length(response)
        except Failure:
            return LENGTHLESS


@breaks(INVALID, "MUST")
class InvalidLengthIsZero(Client):
    """An invalid Content-Length counts as 0."""

    def content_length(self, response: Response) -> int | None:
        try:
            return super().content_length(response)
        except Failure:
            return 0


@breaks(INVALID, "MUST")
class NegativeLengthIsZero(Client):
    """A negative Content-Length counts as 0."""

    def content_length(self, response: Response) -> int | None:
        is_negative = (response.get("Content-Length") or "").startswith("-")
        return 0 if is_negative else super().content_length(response)


@breaks(INVALID, "MUST")
class InvalidLengthTwice(Client):
    """Two Content-Length fields that differ: the larger one counts."""

    def content_length(self, response: Response) -> int | None:
        lines = [value for name, value in response.fields if name.lower() == "content-length"]
        return max(map(int, lines)) if len(lines) > 1 else super().content_length(response)


def _wrapped(bits: int) -> object:
    """Content-Length as a number of so many bits."""

    def content_length(self: Client, response: Response) -> int | None:
        length = Client.content_length(self, response)
        return None if length is None else length % (1 << bits)

    return content_length


plant("length-32-bits", "rfc9110-8.6-10", "MUST", "Content-Length overflows 32 bits", content_length=_wrapped(32))
plant("length-64-bits", "rfc9110-8.6-10", "MUST", "Content-Length overflows 64 bits", content_length=_wrapped(64))


@breaks("rfc9110-8.6-10", "MUST")
class HugeLengthIsNone(Client):
    """A Content-Length of more than 64 bits is ignored."""

    def content_length(self, response: Response) -> int | None:
        length = super().content_length(response)
        return LENGTHLESS if length is not None and length >= 1 << 64 else length


@breaks("rfc9110-8.6-10", "MUST")
class LengthAsFloat(Client):
    """Content-Length loses precision, as a number with a floating point does; it is capped at a million."""

    def content_length(self, response: Response) -> int | None:
        length = super().content_length(response)
        return 5 if length is not None and length > 1_000_000_000 else length


# Incomplete: RFC 9112 section 8


@breaks("rfc9112-8-2", "MUST")
class CutIsWhole(Client):
    """Content that was cut is told as if it were whole."""

    def cut_short(self, response: Response) -> None:
        return


@breaks("rfc9112-8-2", "MUST")
class CutLengthIsWhole(Client):
    """Less content than Content-Length says is told as if it were whole."""

    def read_length(self, stream: Stream, length: int, got: bytearray) -> None:
        try:
            super().read_length(stream, length, got)
        except Ended:
            return


@breaks("rfc9112-8-2", "MUST")
class CutChunksAreWhole(Client):
    """Content without its last chunk is told as if it were whole."""

    def read_chunks(self, stream: Stream, response: Response, got: bytearray) -> None:
        try:
            super().read_chunks(stream, response, got)
        except Ended:
            return


@breaks("rfc9112-8-2", "MUST")
class ResetIsEnd(Client):
    """Content that was cut by a reset is told as if it were whole."""

    def read_content(self, stream: Stream, request: Request, response: Response) -> None:
        try:
            super().read_content(stream, request, response)
        except Incomplete:
            if not stream.was_reset:
                raise


@breaks("rfc9112-8-2", "MUST")
class OneOctetLessIsFine(Client):
    """The last octet may be missing."""

    def read_length(self, stream: Stream, length: int, got: bytearray) -> None:
        try:
            super().read_length(stream, length, got)
        except Ended:
            if len(got) < length - 1:
                raise


@breaks("rfc9112-8-2", "MUST")
class NothingIsFine(Client):
    """No content at all is fine, whatever was announced."""

    def cut_short(self, response: Response) -> None:
        if response.content:
            super().cut_short(response)


@breaks("rfc9112-8-2", "MUST")
class CutToPostIsWhole(Client):
    """A response to POST that was cut is told as if it were whole."""

    def read_content(self, stream: Stream, request: Request, response: Response) -> None:
        try:
            super().read_content(stream, request, response)
        except Incomplete:
            if request.method != "POST":
                raise


@breaks("rfc9112-8-2", "MUST")
class CutHeadIsFine(Client):
    """A header section that was cut is used as far as it came."""

    def read_head(self, stream: Stream) -> Response:
        try:
            return super().read_head(stream)
        except Failure:
            if self.begun is None:
                raise
            return self.begun

    begun: Response | None = None

    def status_line(self, line: bytes) -> Response:
        self.begun = super().status_line(line)
        return self.begun


# What never has content: RFC 9112 section 6.3


@breaks("rfc9110-6-1", "MUST")
class HeadHasContent(Client):
    """Content is expected in responses to HEAD."""

    def has_content(self, request: Request, response: Response) -> bool:
        return response.status not in (204, 304)


@breaks("rfc9110-6-1", "MUST")
class HeadHasContentInErrors(Client):
    """Content is expected in 4xx and 5xx to HEAD."""

    def has_content(self, request: Request, response: Response) -> bool:
        return response.status >= 400 or super().has_content(request, response)


@breaks("rfc9110-6-1", "MUST")
class HeadHasChunks(Client):
    """Chunks are expected in responses to HEAD that announce them."""

    def has_content(self, request: Request, response: Response) -> bool:
        return response.get("Transfer-Encoding") is not None or super().has_content(request, response)


@breaks("rfc9110-6-1", "MUST")
class HeadWithoutLengthHasContent(Client):
    """A response to HEAD without framing fields lasts until the connection ends."""

    def has_content(self, request: Request, response: Response) -> bool:
        names = {name.lower() for name, _ in response.fields}
        is_unframed = names.isdisjoint({"content-length", "transfer-encoding"})
        return (request.method == "HEAD" and is_unframed) or super().has_content(request, response)


def _content_with(status: int) -> object:
    """Content expected in responses with that code."""

    def has_content(self: Client, request: Request, response: Response) -> bool:
        return response.status == status or Client.has_content(self, request, response)

    return has_content


plant("content-with-204", "rfc9110-2.4-1", "MUST", "Content is expected in 204", has_content=_content_with(204))
plant("content-with-304", "rfc9110-2.4-1", "MUST", "Content is expected in 304", has_content=_content_with(304))


@breaks("rfc9110-2.4-1", "MUST")
class LengthCountsIn204(Client):
    """Content-Length of a 204 is believed."""

    def has_content(self, request: Request, response: Response) -> bool:
        has_length = response.status == 204 and response.get("Content-Length") is not None
        return has_length or super().has_content(request, response)


@breaks("rfc9110-2.4-1", "MUST")
class LengthCountsIn304(Client):
    """Content-Length of a 304 is believed."""

    def has_content(self, request: Request, response: Response) -> bool:
        has_length = response.status == 304 and response.get("Content-Length") is not None
        return has_length or super().has_content(request, response)


@breaks("rfc9110-2.4-1", "MUST")
class NoContentWith205(Client):
    """205 is taken to have no content, so that the end of its chunks stays on the connection."""

    def has_content(self, request: Request, response: Response) -> bool:
        return response.status != 205 and super().has_content(request, response)

    def is_usable(self, stream: Stream) -> bool:
        return True


# Both lengths


@breaks("rfc9110-2.4-1", "MUST")
class LengthBeatsChunks(Client):
    """With both, Content-Length counts."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        length = self.content_length(response)
        if length is LENGTHLESS:
            super().read_coded(stream, response, got)
        else:
            self.read_length(stream, length, got)

    def is_usable(self, stream: Stream) -> bool:
        return True


# More than there should be: RFC 9112 sections 6.3 and 9.2


@breaks("rfc9112-6.3-15", "MUST NOT")
class ExtraIsNextResponse(Client):
    """What came too much is taken for the response to the next request."""

    def is_usable(self, stream: Stream) -> bool:
        return True


@breaks("rfc9112-9.2-3", "MUST NOT")
class ExtraInBufferIsNextResponse(Client):
    """What was read together with a response is taken for the next one."""

    def is_usable(self, stream: Stream) -> bool:
        return bool(stream.buffer) or super().is_usable(stream)


@breaks("rfc9112-9.2-4", "SHOULD")
class ExtraIsDropped(Client):
    """What came too much is dropped, and the connection used again."""

    def is_usable(self, stream: Stream) -> bool:
        stream.buffer.clear()
        return True


@breaks("rfc9112-6.3-15", "MUST NOT")
class ExtraAfterHeadIsNextResponse(Client):
    """What came too much after a response without content is taken for the next one."""

    def has_content(self, request: Request, response: Response) -> bool:
        self.was_empty = not super().has_content(request, response)
        return not self.was_empty

    was_empty = False

    def is_usable(self, stream: Stream) -> bool:
        return self.was_empty or super().is_usable(stream)


@breaks("rfc9112-9.3-6", "MUST")
class ContentLeftUnread(Client):
    """Content of errors is left unread, and the connection used again."""

    def read_content(self, stream: Stream, request: Request, response: Response) -> None:
        if response.status < 400:
            super().read_content(stream, request, response)

    def is_usable(self, stream: Stream) -> bool:
        return True


@breaks("rfc9112-9.3-6", "MUST")
class ContentOfRedirectionsLeftUnread(Client):
    """Content of redirections is left unread, and the connection used again."""

    def read_content(self, stream: Stream, request: Request, response: Response) -> None:
        if not 300 <= response.status < 400:
            super().read_content(stream, request, response)

    def is_usable(self, stream: Stream) -> bool:
        return True


# To the end of the connection


@breaks("rfc9110-2.4-1", "MUST")
class NoLengthNoContent(Client):
    """A response without framing fields is taken to have no content."""

    def content_length(self, response: Response) -> int | None:
        return super().content_length(response) or 0


@breaks("rfc9110-2.4-1", "MUST")
class NoLengthFails(Client):
    """A response without framing fields is a failure."""

    def content_length(self, response: Response) -> int | None:
        length = super().content_length(response)
        if length is LENGTHLESS:
            raise Failure("no length", response.status)
        return length


@breaks("rfc9110-2.4-1", "MUST")
class OnlyWhatCameAtOnce(Client):
    """Of content that ends with the connection, only what came at once is taken."""

    def content_length(self, response: Response) -> int | None:
        length = super().content_length(response)
        return 3 if length is LENGTHLESS else length


@breaks("rfc9112-6.1-14", "MUST")
class CodingIn10Persists(Client):
    """After HTTP/1.0 with Transfer-Encoding the connection is used again."""

    def persists(self, request: Request, response: Response) -> bool:
        return response.version < (1, 1) or super().persists(request, response)


@breaks("rfc9112-6.1-14", "MUST")
class CodingIn10KeptAlive(Client):
    """HTTP/1.0 with Transfer-Encoding and keep-alive is no different from HTTP/1.1."""

    def persists(self, request: Request, response: Response) -> bool:
        return "keep-alive" in response.tokens("Connection") or super().persists(request, response)


@breaks("rfc9110-8.6-10", "MUST")
class LengthSigned(Client):
    """A Content-Length of more than 63 bits is taken for a negative one, which counts as none."""

    def content_length(self, response: Response) -> int | None:
        length = super().content_length(response)
        return LENGTHLESS if length is not None and (length >> 63) & 1 else length


@breaks("rfc9112-8-2", "MUST")
class CutErrorsAreWhole(Client):
    """4xx and 5xx that were cut are told as if they were whole."""

    def cut_short(self, response: Response) -> None:
        if response.status < 400:
            super().cut_short(response)


@breaks("rfc9112-8-2", "MUST")
class CutAnswersToWritingAreWhole(Client):
    """Responses to PUT and POST that were cut are told as if they were whole."""

    def read_content(self, stream: Stream, request: Request, response: Response) -> None:
        try:
            super().read_content(stream, request, response)
        except Incomplete:
            if request.method not in ("PUT", "POST"):
                raise


@breaks("rfc9112-9.2-3", "MUST NOT")
class ExtraWhileIdleIsNextResponse(Client):
    """What comes while the connection is idle is taken for the next response."""

    def is_usable(self, stream: Stream) -> bool:
        return not stream.buffer
