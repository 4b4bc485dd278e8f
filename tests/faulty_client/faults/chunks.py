"""The chunked transfer coding read wrongly: RFC 9112 section 7."""

from __future__ import annotations

import re
import zlib
from typing import cast

from ..client import Client
from ..message import Failure, Fields, Response
from ..stream import Stream
from .registry import breaks, plant

DECODES = "rfc9112-7.1-2"


@breaks("rfc9112-6.1-1", "MUST")
class ChunksNotDecoded(Client):
    """Chunks are handed on as they came."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        raw = bytearray()
        super().read_coded(stream, response, raw)
        got += b"%x\r\n%s\r\n0\r\n\r\n" % (len(raw), raw)


@breaks("rfc9112-6.1-1", "MUST")
class ChunksRefused(Client):
    """A response in chunks is a failure."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        raise Failure("chunks", response.status)


@breaks("rfc9112-6.1-1", "MUST")
class ChunkedIgnored(Client):
    """Transfer-Encoding is not looked at: the content lasts until the connection ends."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        stream.rest(got)


plant(
    "chunk-size-lower-case",
    DECODES,
    "MUST",
    "Sizes in upper-case digits are a failure",
    CHUNK=re.compile(rb"([0-9a-f]+)[ \t]*(?:;[^\x00]*)?"),
)
plant(
    "chunk-size-without-zeros",
    DECODES,
    "MUST",
    "Sizes with zeros ahead are a failure",
    CHUNK=re.compile(rb"(0|[1-9A-Fa-f][0-9A-Fa-f]*)[ \t]*(?:;[^\x00]*)?"),
)
plant(
    "chunk-extensions-refused",
    "rfc9112-7.1.1-1",
    "MUST",
    "Chunk extensions are a failure",
    CHUNK=re.compile(rb"([0-9A-Fa-f]+)[ \t]*"),
)
plant(
    "chunk-extensions-without-value-refused",
    "rfc9112-7.1.1-1",
    "MUST",
    "Chunk extensions without a value are a failure",
    CHUNK=re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;[^;=]*=[^;]*)*"),
)
plant(
    "chunk-extensions-unquoted-only",
    "rfc9112-7.1.1-1",
    "MUST",
    "Chunk extensions with a quoted string are a failure",
    CHUNK=re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;[^\x00\"]*)?"),
)
plant(
    "chunk-extensions-one-only",
    "rfc9112-7.1.1-1",
    "MUST",
    "A second chunk extension is a failure",
    CHUNK=re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;(?:\"(?:[^\"\\]|\\.)*\"|[^;\"])*)?"),
)
plant(
    "chunk-bad-whitespace-refused",
    "rfc9110-5.6.3-6",
    "MUST",
    "Whitespace before a chunk extension is a failure",
    CHUNK=re.compile(rb"([0-9A-Fa-f]+)(?:;[^\x00 ]*)?"),
)


@breaks(DECODES, "MUST")
class ChunkSizeDecimal(Client):
    """Sizes are read as decimal numbers."""

    def chunk_size(self, line: bytes) -> int:
        found = re.match(rb"[0-9]+", line)
        if found is None:
            raise Failure("an invalid size of a chunk")
        return int(found[0])


@breaks(DECODES, "MUST")
class OneChunkOnly(Client):
    """Only the first chunk is taken."""

    def read_chunks(self, stream: Stream, response: Response, got: bytearray) -> None:
        super().read_chunks(stream, response, got)
        del got[self.first :]

    first = 0

    def chunk_size(self, line: bytes) -> int:
        size = super().chunk_size(line)
        self.first = self.first or size
        return size


@breaks(DECODES, "MUST")
class TrailersFail(Client):
    """Trailer fields are a failure."""

    def read_trailers(self, stream: Stream, response: Response) -> None:
        if self.without_line_end(stream.line(self.LONGEST_LINE)):
            raise Failure("trailers", response.status)


@breaks(DECODES, "MUST")
class TrailersLeft(Client):
    """After the last chunk one line is read, so that trailer fields stay on the connection."""

    def read_trailers(self, stream: Stream, response: Response) -> None:
        stream.line(self.LONGEST_LINE)

    def is_usable(self, stream: Stream) -> bool:
        return True


@breaks(DECODES, "MUST")
class TrailersAreContent(Client):
    """Trailer fields are taken for content."""

    def read_chunks(self, stream: Stream, response: Response, got: bytearray) -> None:
        super().read_chunks(stream, response, got)
        for name, value in response.trailers:
            got += f"{name}: {value}".encode("latin-1")


@breaks("rfc9110-6.5.1-2", "MUST NOT")
class TrailersMerged(Client):
    """Trailer fields are added to the header fields, whatever they are: Location and Content-Encoding count."""

    def read_trailers(self, stream: Stream, response: Response) -> None:
        super().read_trailers(stream, response)
        response.fields += response.trailers


@breaks("rfc9112-7.1.2-3", "MUST NOT")
class TrailersReplaceFields(Client):
    """Trailer fields take the place of header fields of the same name."""

    def read_trailers(self, stream: Stream, response: Response) -> None:
        super().read_trailers(stream, response)
        names = {name.lower() for name, _ in response.trailers}
        response.fields = [*(one for one in response.fields if one[0].lower() not in names), *response.trailers]


def _wrapped(bits: int) -> object:
    """Sizes as numbers of so many bits."""

    def chunk_size(self: Client, line: bytes) -> int:
        return Client.chunk_size(self, line) % (1 << bits)

    return chunk_size


plant("chunk-size-32-bits", "rfc9112-7.1-3", "MUST", "Sizes overflow 32 bits", chunk_size=_wrapped(32))
plant("chunk-size-64-bits", "rfc9112-7.1-3", "MUST", "Sizes overflow 64 bits", chunk_size=_wrapped(64))


@breaks("rfc9112-7.1-3", "MUST")
class ChunkSizeEightDigits(Client):
    """Only the last eight digits of a size count."""

    def chunk_size(self, line: bytes) -> int:
        super().chunk_size(line)
        return int(line.strip().partition(b";")[0].strip()[-8:], 16)


@breaks("rfc9112-7.1-3", "MUST")
class ChunkSizeSaturates(Client):
    """A size of more than 64 bits ends the content."""

    def chunk_size(self, line: bytes) -> int:
        size = super().chunk_size(line)
        self.was_huge = size >= 1 << 64
        return 0 if self.was_huge else size

    was_huge = False

    def read_trailers(self, stream: Stream, response: Response) -> None:
        if not self.was_huge:
            super().read_trailers(stream, response)


@breaks("rfc9112-8-2", "MUST")
class InvalidSizeIsEnd(Client):
    """A size that is none ends the content."""

    def chunk_size(self, line: bytes) -> int:
        try:
            return super().chunk_size(line)
        except Failure:
            return 0

    def read_trailers(self, stream: Stream, response: Response) -> None:
        if stream.buffer:
            super().read_trailers(stream, response)


@breaks("rfc9112-8-2", "MUST")
class EmptySizeIsEnd(Client):
    """An empty size ends the content."""

    def chunk_size(self, line: bytes) -> int:
        self.was_empty = not line.strip()
        return 0 if self.was_empty else super().chunk_size(line)

    was_empty = False

    def read_trailers(self, stream: Stream, response: Response) -> None:
        if not self.was_empty:
            super().read_trailers(stream, response)


@breaks("rfc9112-8-2", "MUST")
class NegativeSizeIsEnd(Client):
    """A negative size ends the content."""

    def chunk_size(self, line: bytes) -> int:
        self.was_negative = line.startswith(b"-")
        return 0 if self.was_negative else super().chunk_size(line)

    was_negative = False

    def read_trailers(self, stream: Stream, response: Response) -> None:
        if not self.was_negative:
            super().read_trailers(stream, response)


@breaks("rfc9112-8-2", "MUST")
class HexSizeIsEnd(Client):
    """A size with 0x is read as 0, which ends the content."""

    def chunk_size(self, line: bytes) -> int:
        self.was_hex = line.lower().startswith(b"0x")
        return 0 if self.was_hex else super().chunk_size(line)

    was_hex = False

    def read_trailers(self, stream: Stream, response: Response) -> None:
        if not self.was_hex:
            super().read_trailers(stream, response)


@breaks("rfc9110-2.3-1", "SHOULD")
class ChunkEndUnchecked(Client):
    """What follows the data of a chunk is skipped up to the end of the line, whatever it is."""

    def chunk_end(self, stream: Stream) -> None:
        stream.line(self.LONGEST_LINE)


@breaks(DECODES, "MUST")
class ChunkEndIsData(Client):
    """The line end after each chunk is taken for data."""

    def read_chunks(self, stream: Stream, response: Response, got: bytearray) -> None:
        while size := self.chunk_size(stream.line(self.LONGEST_LINE)):
            stream.exactly(size + 2, got)
        self.read_trailers(stream, response)


@breaks("rfc9112-7.1-4", "SHOULD")
class ParametersOnChunkedTaken(Client):
    """Parameters on chunked are ignored."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        _without_parameters(response)
        super().read_coded(stream, response, got)


@breaks("rfc9112-7.2-1", "SHOULD")
class ParametersOnCompressionTaken(Client):
    """gzip is decoded whatever parameters it has."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        if not response.tokens("Transfer-Encoding")[0].startswith("gzip"):
            super().read_coded(stream, response, got)
            return
        raw = bytearray()
        self.read_chunks(stream, response, raw)
        got += zlib.decompress(raw, wbits=47)


@breaks("rfc9110-5.6.1.2-1", "MUST")
class EmptyMembersInTransferEncoding(Client):
    """An empty member in Transfer-Encoding makes it unknown."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        if "" in [one.strip() for one in (response.get("Transfer-Encoding") or "").split(",")]:
            raise Failure("an empty transfer coding", response.status)
        super().read_coded(stream, response, got)


@breaks(DECODES, "MUST")
class ChunkedInLowerCase(Client):
    """CHUNKED is not known."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        if "CHUNKED" in cast("str", response.get("Transfer-Encoding")):
            raise Failure("an unknown coding", response.status)
        super().read_coded(stream, response, got)


@breaks(DECODES, "MUST")
class ChunkInOnePiece(Client):
    """A chunk that does not come in one piece is a failure."""

    def read_chunks(self, stream: Stream, response: Response, got: bytearray) -> None:
        while size := self.chunk_size(stream.line(self.LONGEST_LINE)):
            if len(stream.buffer) < size:
                raise Failure("a chunk in pieces", response.status)
            stream.exactly(size, got)
            self.chunk_end(stream)
        self.read_trailers(stream, response)


def _without_parameters(response: Response) -> None:
    def plain(name: str, value: str) -> str:
        return value.partition(";")[0] if name.lower() == "transfer-encoding" else value

    fields: Fields = [(name, plain(name, value)) for name, value in response.fields]
    response.fields = fields


@breaks("rfc9112-7.1-3", "MUST")
class ChunkSizeSigned(Client):
    """A size of 64 bits is taken for a negative one, which counts as its positive part."""

    def chunk_size(self, line: bytes) -> int:
        size = super().chunk_size(line)
        return size - (1 << 63) if size >> 63 == 1 else size
