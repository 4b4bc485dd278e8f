"""A request as it came to the scripted server, octet by octet, and what was said to it."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from statuary.conformance.requests import request_value
from statuary.message.fields import Fields
from statuary.message.response import Exchange, Response
from statuary.wire.response_reader import Problem, read_fields
from statuary.wire.transcript import Seen

GARBAGE = "?"
"""The method of octets that are no request."""

_REQUEST_LINE = re.compile(
    r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]+([!-~\x80-\xff]+)[ \t]+HTTP/([0-9])\.([0-9])[ \t]*", re.IGNORECASE
)
_STRICTLY = re.compile(r"[^ \t]+ [^ \t]+ HTTP/[0-9]\.[0-9]\r")


@dataclass(slots=True)
class Received:
    """A request as it came, and what was said to it.

    origin      the origin that it came to
    method      "?" where the octets are no request
    target      as it came
    octets      its header section with the request line
    connection  number of its connection, from 1 in the order of their first requests
    prefix      what begins the path of all requests of a play and is no part of the scenario
    scheme      of the origin
    at          when it came, in seconds
    answered    when the server said something for the last time
    content     so far, decoded if it is chunked
    trailers    of its content
    is_whole    whether all its content has come
    held        whether none of its content had come when the server first said something; None without content
    """

    origin: str
    method: str
    target: str
    version: str
    fields: Fields
    octets: bytes
    problems: list[Problem]
    connection: int = 0
    prefix: str = ""
    scheme: str = "http"
    at: float = 0.0
    answered: float = 0.0
    content: bytes = b""
    trailers: Fields | None = None
    is_whole: bool = False
    held: bool | None = None
    interim: list[Response] = field(default_factory=list)
    final: Response | None = None

    @property
    def path(self) -> str:
        """The path of its target, whatever its form, without the prefix."""
        if self.method == "CONNECT":
            return self.target
        path = self.target
        if self.target.startswith("/"):
            path = self.target.partition("?")[0].partition("#")[0]
        else:
            with contextlib.suppress(ValueError):
                path = urlsplit(self.target).path or "/"
        return path.removeprefix(self.prefix) if self.prefix else path

    @property
    def place(self) -> str:
        """Its path as scenarios write it: with the origin's name, unless that is a."""
        return self.path if self.origin == "a" or self.method == "CONNECT" else f"{self.origin}{self.path}"

    @property
    def announces_content(self) -> bool:
        """Whether content follows its header section: RFC 9112 section 6.3."""
        return "transfer-encoding" in self.fields or self.fields.get("content-length", "0").strip() != "0"

    @property
    def expects(self) -> bool:
        """Whether it waits for 100: RFC 9110 section 10.1.1."""
        return "100-continue" in self.fields.get("expect", "").lower()

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for 100 and has not got it, which is not for HTTP/1.0."""
        return self.expects and self.version != "HTTP/1.0" and all(one.status != 100 for one in self.interim)

    @property
    def sent(self) -> str:
        """How much of its content came."""
        return "whole" if self.is_whole else "part" if self.content else "none"

    def seen(self) -> Seen | None:
        """The exchange for judge; None where the octets are no request."""
        if self.method == GARBAGE:
            return None
        request = request_value(self.method, self.target, self.version, self.fields, self.content, self.scheme)
        return Seen(Exchange(request, tuple(self.interim), self.final), tuple(self.problems))


HEAD_END = re.compile(rb"\r?\n\r?\n")
"""Where a header section ends; LF alone is taken, so that the request can be looked at, and held against it."""
EMPTY_LINE = Problem("request", "rfc9112-2.2-5", "There is an empty line before or after the request.")


def read_head(head: bytes, origin: str) -> Received:
    """The request whose header section these octets are, or octets that are none."""
    line, _, section = head.decode("latin-1").partition("\n")
    found = _REQUEST_LINE.fullmatch(line.removesuffix("\r")) if HEAD_END.search(head, len(head) - 4) else None
    if found is None:
        return Received(origin, GARBAGE, "", "HTTP/1.1", Fields(), head, [])
    method, target, major, minor = found.groups()
    fields, problems = read_fields(section.removesuffix("\n").removesuffix("\r"), "request")
    if not _STRICTLY.fullmatch(line):
        problems.insert(0, Problem("request", "rfc9110-2.2-12", "The request line is not as its grammar has it."))
    version = f"HTTP/{major}.{minor}"
    return Received(origin, method, target, version, fields, head, problems)
