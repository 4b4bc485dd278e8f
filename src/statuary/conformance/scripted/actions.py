"""What the scripted server does when a request comes: actions in one-line notation, and the octets of a response.

    100                                     an interim response, sent as soon as the request's header section is there
    200 | ETag: "a" || content              a final response, sent when the request's content has come
    HTTP/1.0 200 Fine | Date: -             with a version and a reason phrase, without Date
    + octets                                octets as they are (Latin-1), such as the rest of a content
    content                                 wait for the request's content
    continue                                100, if the request waits for it
    early                                   don't wait for the request's content before the final response
    pause 0.3                               wait so many seconds
    close, half-close, reset                end the connection, or say that nothing more will come
    tunnel                                  after a CONNECT, pass octets to the origin that it names
    stay                                    leave the connection open although the response says otherwise

Date is added, and Content-Length to final responses that may have content and have no framing: ``Date: -`` and
``Content-Length: -`` leave them out. Content after a framing field is sent as it stands, so chunks are written out. A final
response ends the connection where it says so, or where nothing else ends its content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from statuary import status
from statuary.conformance.template import fill
from statuary.message.fields import FieldLine, Fields
from statuary.message.response import Response

_RESPONSE = re.compile(r"(?:(HTTP/\d\.\d) )?(\d{3})(?: ([^|]*?))?((?: \| .*)?)", re.DOTALL)
_PAUSE = re.compile(r"pause (\d+(?:\.\d+)?)")
LONGEST_PAUSE = 8.0
_PLAIN = frozenset({"content", "continue", "early", "close", "half-close", "reset", "stay", "tunnel"})


@dataclass(frozen=True, slots=True)
class Say:
    """A response to be sent."""

    version: str
    status: int
    reason: str | None
    lines: tuple[FieldLine, ...]
    content: str | None

    @property
    def is_interim(self) -> bool:
        """Whether another response follows: RFC 9110 section 15.2; a 101 ends what HTTP has to say."""
        return 100 <= self.status < 200 and self.status != 101


@dataclass(frozen=True, slots=True)
class Octets:
    """Octets to be sent."""

    text: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds in which nothing is sent."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Do:
    """One of the actions that are a word."""

    what: str


Action = Say | Octets | Pause | Do


def read_action(text: str) -> Action:
    """The action of a text in the notation. Raises ValueError."""
    if text.startswith("+"):
        return Octets(text[1:].removeprefix(" ") if text.startswith("+ ") else text[1:])
    if text in _PLAIN:
        return Do(text)
    if pause := _PAUSE.fullmatch(text):
        if float(pause[1]) > LONGEST_PAUSE:
            raise ValueError(f"a pause is at most {LONGEST_PAUSE:g} seconds")
        return Pause(float(pause[1]))
    head, found, content = text.partition(" || ")
    if text.endswith(" ||"):
        head, found, content = text[:-3], " || ", ""
    response = _RESPONSE.fullmatch(head)
    if response is None:
        raise ValueError(f"not an action: {text[:80]!r}")
    version, code, reason, lines = response.groups()
    fields = tuple(_field(line) for line in lines.split(" | ")[1:])
    return Say(version or "HTTP/1.1", int(code), reason, fields, content if found else None)


def _field(line: str) -> FieldLine:
    name, colon, value = line.partition(":")
    if not colon or not name:
        raise ValueError(f"not a field line: {line[:80]!r}")
    return name, value.strip(" ")


@dataclass(frozen=True, slots=True)
class Composed:
    """A response as octets and as a value; whether the connection ends with it."""

    octets: bytes
    response: Response
    closes: bool


def compose(say: Say, method: str, facts: dict[str, str], more: tuple[FieldLine, ...] = ()) -> Composed:
    """The response to a request with that method. Raises template.Missing."""
    content = fill(say.content, facts).encode("latin-1") if say.content is not None else b""
    lines = [(fill(name, facts), fill(value, facts)) for name, value in say.lines] + list(more)
    names = {name.lower() for name, _ in lines}
    takes_content = say.status >= 200 and say.status not in (204, 304)
    if not say.is_interim and "date" not in names:
        lines.insert(0, ("Date", facts["now"]))
    is_framed = not names.isdisjoint({"content-length", "transfer-encoding"})
    is_tunnel = method == "CONNECT" and 200 <= say.status < 300
    if takes_content and not is_framed and not is_tunnel:
        lines.append(("Content-Length", str(len(content))))
    left_out = {name.lower() for name, value in lines if value == "-"} & {"date", "content-length"}
    lines = [line for line in lines if line[0].lower() not in left_out]
    reason = status.phrase(say.status) if say.reason is None else say.reason
    if method == "HEAD":
        content = b""
    head = f"{say.version} {say.status} {reason}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines)
    fields = Fields(lines)
    ends = "close" in fields.get("connection", "").lower() or (
        takes_content and "content-length" in left_out and method != "HEAD" and not is_tunnel
    )
    if say.version == "HTTP/1.0" and "keep-alive" not in fields.get("connection", "").lower():
        ends = True
    response = Response(say.status, fields, content)
    return Composed(f"{head}\r\n".encode("latin-1") + content, response, ends and not say.is_interim)
