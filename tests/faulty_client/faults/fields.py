"""Lines and fields of responses read wrongly: RFC 9112 sections 2.2, 4 and 5, RFC 9110 section 5."""

from __future__ import annotations

import re

from ..client import Client
from ..message import Failure, Fields, Response, members
from ..stream import Stream
from .registry import breaks, plant

AS_OCTETS = "rfc9112-2.2-1"


def _ends_at(octets: bytes) -> object:
    """Lines that end at other octets as well."""

    def field_section(self: Client, stream: Stream) -> Fields:
        fields: Fields = []
        while line := self.without_line_end(stream.line(self.LONGEST_LINE)):
            for piece in line.split(octets):
                if piece[:1] in (b" ", b"\t"):
                    self.fold(fields, piece)
                else:
                    self.field_line(fields, piece)
        return fields

    return field_section


for _name, _octets, _requirement, _sentence in (
    ("line-ends-at-cr", b"\r", "rfc9112-2.2-4", "A bare CR ends a line"),
    ("line-ends-at-nul", b"\0", "rfc9110-5.5-4", "NUL ends a line"),
    ("line-ends-at-nel", b"\x85", AS_OCTETS, "The octet 0x85 ends a line, as text in Latin-1 has it"),
    ("line-ends-at-separator", b"\xe2\x80\xa8", AS_OCTETS, "A line separator in UTF-8 ends a line"),
    ("line-ends-at-vt", b"\x0b", AS_OCTETS, "A vertical tab ends a line"),
    ("line-ends-at-ff", b"\x0c", AS_OCTETS, "A form feed ends a line"),
    ("line-ends-at-fs", b"\x1c", AS_OCTETS, "A file separator ends a line, as text in Python has it"),
):
    plant(_name, _requirement, "MUST", _sentence, field_section=_ends_at(_octets))


@breaks("rfc9112-2.2-4", "MUST")
class BareCrRemoved(Client):
    """A bare CR is removed, so that the name of a field comes together."""

    def cleaned(self, line: bytes) -> bytes:
        return line.replace(b"\r", b"")


@breaks("rfc9112-2.2-4", "MUST")
class BareCrInValueKept(Client):
    """A bare CR stays in the value and is sent again in the next target."""

    FIELD_LINE = re.compile(Client.FIELD_LINE.pattern, re.DOTALL)

    def cleaned(self, line: bytes) -> bytes:
        return line


@breaks("rfc9110-5.5-4", "MUST")
class NulRemoved(Client):
    """NUL is removed from values."""

    def cleaned(self, line: bytes) -> bytes:
        return line.replace(b"\0", b"").replace(b"\r", b" ")


@breaks("rfc9110-5.5-4", "MUST")
class NulEndsValue(Client):
    """A value ends at NUL, as it does in C."""

    def cleaned(self, line: bytes) -> bytes:
        return line.partition(b"\0")[0].replace(b"\r", b" ")


@breaks(AS_OCTETS, "MUST")
class OnlyUtf8(Client):
    """A field that is no UTF-8 is a failure."""

    def value(self, octets: bytes) -> str:
        try:
            return octets.decode("utf-8")
        except UnicodeDecodeError:
            raise Failure("no UTF-8") from None


@breaks("rfc9110-5.5-3", "SHOULD")
class OnlyAscii(Client):
    """Octets above 127 in a field are a failure."""

    def value(self, octets: bytes) -> str:
        try:
            return octets.decode("ascii")
        except UnicodeDecodeError:
            raise Failure("no ASCII") from None


@breaks(AS_OCTETS, "MUST")
class ReasonMustBeUtf8(Client):
    """A status line that is no UTF-8 is a failure."""

    def status_line(self, line: bytes) -> Response:
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            raise Failure("no UTF-8") from None
        return super().status_line(line)


@breaks("rfc9112-2.2-9", "MUST")
class WhitespaceAheadStripped(Client):
    """Whitespace ahead of the first field is stripped, and the field used."""

    def fold(self, fields: Fields, line: bytes) -> None:
        if fields:
            super().fold(fields, line)
        else:
            self.field_line(fields, line.strip())


@breaks("rfc9112-5.2-4", "MUST")
class FoldIsField(Client):
    """A folded line that looks like a field is taken for one."""

    def fold(self, fields: Fields, line: bytes) -> None:
        if self.FIELD_LINE.fullmatch(line.strip()):
            self.field_line(fields, line.strip())
        else:
            super().fold(fields, line)


@breaks("rfc9112-5.2-4", "MUST")
class FoldDropped(Client):
    """Folded lines are dropped."""

    def fold(self, fields: Fields, line: bytes) -> None:
        if not fields:
            super().fold(fields, line)


@breaks("rfc9112-5.2-4", "MUST")
class FoldRefused(Client):
    """A folded line is a failure."""

    def fold(self, fields: Fields, line: bytes) -> None:
        raise Failure("a folded line")


@breaks("rfc9112-5.2-4", "MUST")
class FoldWithoutSpace(Client):
    """Folded lines are put together without a space between."""

    def fold(self, fields: Fields, line: bytes) -> None:
        if not fields:
            super().fold(fields, line)
        else:
            name, value = fields[-1]
            fields[-1] = name, value + line.decode("latin-1").strip()


@breaks("rfc9112-5.2-4", "MUST")
class FoldByTabRefused(Client):
    """A line folded by a tab is a failure."""

    def fold(self, fields: Fields, line: bytes) -> None:
        if line.startswith(b"\t"):
            raise Failure("a tab ahead of a line")
        super().fold(fields, line)


plant(
    "whitespace-around-values-kept",
    "rfc9110-5.5-1",
    "MUST",
    "Whitespace around values is part of them",
    FIELD_LINE=re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?(.*)", re.DOTALL),
)
plant(
    "whitespace-after-values-kept",
    "rfc9110-5.5-1",
    "MUST",
    "Whitespace after values is part of them",
    FIELD_LINE=re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*)", re.DOTALL),
)
plant(
    "space-after-colon-required",
    "rfc9110-5.5-1",
    "MUST",
    "A field without a space after its colon is a failure",
    FIELD_LINE=re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]+(.*?)[ \t]*", re.DOTALL),
)
plant(
    "tab-is-no-whitespace",
    "rfc9110-5.5-1",
    "MUST",
    "A tab around a value is part of it",
    FIELD_LINE=re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+): *(.*?) *", re.DOTALL),
)


@breaks("rfc9110-5.1-2", "SHOULD")
class UnknownFieldsFail(Client):
    """A field that isn't known is a failure."""

    KNOWN = frozenset(
        [
            "date",
            "content-length",
            "transfer-encoding",
            "content-type",
            "connection",
            "location",
            "link",
            "server",
            "www-authenticate",
            "retry-after",
            "etag",
            "last-modified",
            "cache-control",
            "content-range",
            "content-encoding",
            "accept-ranges",
            "allow",
            "proxy-authenticate",
            "upgrade",
            "content-location",
            "vary",
            "keep-alive",
            "via",
            "trailer",
        ]
    )

    def field_line(self, fields: Fields, line: bytes) -> None:
        super().field_line(fields, line)
        if fields[-1][0].lower() not in self.KNOWN:
            raise Failure(f"an unknown field {fields[-1][0]}")


plant("thirty-fields-at-most", "rfc9110-5.1-2", "SHOULD", "More than thirty fields are a failure", MOST_FIELDS=30)


@breaks("rfc9110-5.6.1.2-1", "MUST")
class EmptyMembersKept(Client):
    """An empty member in Connection makes it unknown."""

    def persists(self, request: object, response: Response) -> bool:
        value = response.get("Connection")
        if value is not None and len(members(value)) != len(value.split(",")):
            return True
        return super().persists(request, response)  # type: ignore[arg-type]


# The status line: RFC 9112 section 4


@breaks("rfc9112-4-3", "SHOULD")
class ReasonCounts(Client):
    """A reason phrase Not Found makes it a failure, whatever the code is."""

    def status_line(self, line: bytes) -> Response:
        response = super().status_line(line)
        if response.reason == "Not Found" and response.status < 400:
            response.status = 404
        return response


@breaks("rfc9112-4-3", "SHOULD")
class ReasonRequired(Client):
    """An empty reason phrase is a failure."""

    def status_line(self, line: bytes) -> Response:
        response = super().status_line(line)
        if not response.reason:
            raise Failure("no reason phrase")
        return response


@breaks("rfc9112-4-3", "SHOULD")
class LongReasonFails(Client):
    """A reason phrase of more than a hundred characters is a failure."""

    def status_line(self, line: bytes) -> Response:
        if len(line) > 120:
            raise Failure("too long a reason phrase")
        return super().status_line(line)


@breaks("rfc9112-4-3", "SHOULD")
class LastNumberIsCode(Client):
    """The last number of three digits in the status line is taken for the code."""

    def status_line(self, line: bytes) -> Response:
        response = super().status_line(line)
        response.status = int(re.findall(rb"\b[0-9]{3}\b", line)[-1])
        return response


@breaks("rfc9110-6.2-6", "SHOULD")
class HigherMinorRefused(Client):
    """A minor version above 1 is a failure."""

    def status_line(self, line: bytes) -> Response:
        response = super().status_line(line)
        if response.version > (1, 1):
            raise Failure("an unknown version")
        return response


@breaks("rfc9110-6.2-6", "SHOULD")
class Http10Refused(Client):
    """HTTP/1.0 is a failure."""

    def status_line(self, line: bytes) -> Response:
        response = super().status_line(line)
        if response.version < (1, 1):
            raise Failure("an old version")
        return response


@breaks("rfc9110-2.3-2", "MUST")
class ShortFieldsOnly(Client):
    """A field of more than 500 octets is a failure, though targets longer than that are sent."""

    def field_line(self, fields: Fields, line: bytes) -> None:
        if len(line) > 500:
            raise Failure("too long a field")
        super().field_line(fields, line)


@breaks("rfc9110-4.1-1", "RECOMMENDED")
class LocationsUpTo4000(Client):
    """A field of more than 4000 octets is a failure."""

    def field_line(self, fields: Fields, line: bytes) -> None:
        if len(line) > 4000:
            raise Failure("too long a field")
        super().field_line(fields, line)


@breaks("rfc9110-2.4-1", "MUST")
class FieldNamesHaveCase(Client):
    """The names of fields are compared with their case."""

    def field_line(self, fields: Fields, line: bytes) -> None:
        super().field_line(fields, line)
        name, value = fields[-1]
        if name != "-".join(word.capitalize() for word in name.split("-")) and name not in ("ETag", "WWW-Authenticate"):
            fields[-1] = f"Unknown-{name}", value


@breaks("rfc9112-2.2-9", "MUST")
class TabAheadStripped(Client):
    """A tab ahead of the first field is stripped, and the field used."""

    def fold(self, fields: Fields, line: bytes) -> None:
        if not fields and line.startswith(b"\t"):
            self.field_line(fields, line.strip())
        else:
            super().fold(fields, line)
