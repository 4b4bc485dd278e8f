"""What a gateway or proxy may do in another way than the plain one: a checker has to report nothing of it.

python -m tests.faulty_intermediary.choices [NAME...]     # what is reported of some, or of all
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.faulty_server.message import Fields, Refused, Request, Response, explained
from tests.faulty_server.stream import Ended, Stream

from .faults.registry import BOTH, GATEWAY, Role
from .intermediary import Intermediary
from .upstream import Address, Reply

Kind = TypeVar("Kind", bound=type[Intermediary])


@dataclass(frozen=True)
class Choice:
    """One thing that is done in another way, and may be.

    name       how it is asked for
    permitted  the section that leaves it open
    sentence   what the intermediary does
    kind       its class with the choice made
    roles      the roles in which it may
    warned     requirements, SHOULD-level at most, that may be reported all the same, each with the reason
    """

    name: str
    permitted: str
    sentence: str
    kind: type[Intermediary]
    roles: tuple[Role, ...] = BOTH
    warned: Mapping[str, str] = field(default_factory=dict)


CHOICES: dict[str, Choice] = {}


def permitted(
    by: str, roles: tuple[Role, ...] = BOTH, warned: Mapping[str, str] | None = None
) -> Callable[[Kind], Kind]:
    """Decorate a class that makes a choice; its docstring says which."""

    def listed(kind: Kind) -> Kind:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind.__name__).lower()
        CHOICES[name] = Choice(name, by, (kind.__doc__ or "").strip().rstrip("."), kind, roles, warned or {})
        return kind

    return listed


# Connections


@permitted("RFC 9112 section 9.3", warned={"rfc9112-9.3-1": "it closes"})
class ClosesAlways(Intermediary):
    """Every connection with a client ends after one exchange."""

    def client_closes(self, request: Request | None) -> bool:
        return True


@permitted("RFC 9112 section 9.3")
class NeverAgain(Intermediary):
    """Connections to the upstream are used once."""

    def may_use_again(self, stream: Stream, request: Request, reply: Reply) -> bool:
        return False


@permitted("RFC 9112 section 9.3")
class SaysCloseUpstream(Intermediary):
    """Every request to the upstream says close."""

    def onward_fields(self, request: Request) -> Fields:
        fields = super().onward_fields(request)
        return fields if self.asks_for_upgrade(request) else [*fields, ("Connection", "close")]

    def may_use_again(self, stream: Stream, request: Request, reply: Reply) -> bool:
        return False


@permitted("RFC 9110 section 2.5")
class OldUpstream(Intermediary):
    """Requests to the upstream are of HTTP/1.0, without interim responses and chunks."""

    def onward_head(self, request: Request) -> bytes:
        return super().onward_head(request).replace(b"HTTP/1.1\r\n", b"HTTP/1.0\r\n", 1)

    def with_framing(self, request: Request, fields: Fields) -> Fields:
        rest = [line for line in fields if line[0].lower() not in ("content-length", "expect")]
        if request.chunked or request.get("Content-Length") is not None:
            rest.append(("Content-Length", str(len(request.content))))
        return rest

    def onward_content(self, request: Request) -> bytes:
        return request.content

    def asks_for_upgrade(self, request: Request) -> bool:
        return False

    def waits(self, request: Request) -> bool:
        if super().waits(request):
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return False

    def may_use_again(self, stream: Stream, request: Request, reply: Reply) -> bool:
        return False


@permitted("RFC 9110 section 9.2.2: no more than a MAY")
class NeverRepeats(Intermediary):
    """A request whose connection is lost is not sent again."""

    def may_repeat(self, request: Request, *, waits: bool) -> bool:
        return False

    def connected(self, address: Address, *, is_fresh: bool) -> tuple[Stream, bool]:
        return super().connected(address, is_fresh=True)


# Requests


@permitted("RFC 9110 section 10.1.1: a proxy has to pass the header section on", GATEWAY)
class AnswersContinue(Intermediary):
    """A client that waits for 100 gets it at once, and its request goes on when its content has come."""

    def waits(self, request: Request) -> bool:
        if super().waits(request):
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.fields = [line for line in request.fields if line[0].lower() != "expect"]
        return False


@permitted("RFC 9110 section 15.5.12")
class NeedsLength(Intermediary):
    """Chunked requests are refused with 411."""

    def is_chunked(self, request: Request) -> bool:
        super().is_chunked(request)
        raise Refused(411, "say how long it is", closes=True)


@permitted("RFC 9112 section 7.1: chunks may be decoded")
class LengthInstead(Intermediary):
    """Chunked requests go on with their length, and without trailers."""

    def with_framing(self, request: Request, fields: Fields) -> Fields:
        rest = [line for line in fields if line[0].lower() != "content-length"]
        length = len(request.content) if request.chunked else request.length
        return [*rest, ("Content-Length", str(length))] if request.get("Content-Length") or request.chunked else rest

    def onward_content(self, request: Request) -> bytes:
        return request.content

    def waits(self, request: Request) -> bool:
        if super().waits(request) and request.chunked:
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return False
        return super().waits(request)


@permitted("RFC 9110 section 9.1")
class FewMethods(Intermediary):
    """Methods that it does not know are answered 501."""

    def exchange(self, request: Request, address: Address) -> bool:
        if request.method not in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            raise Refused(501, "not implemented", closes=True)
        return super().exchange(request, address)


@permitted("RFC 9110 section 9.3.8")
class NoTrace(Intermediary):
    """TRACE is answered 405."""

    def forward(self, request: Request) -> bool:
        if request.method == "TRACE":
            raise Refused(405, "no", ("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS"), closes=True)
        return super().forward(request)


@permitted("RFC 9110 section 7.8")
class NoUpgrades(Intermediary):
    """Upgrade is never passed on."""

    def asks_for_upgrade(self, request: Request) -> bool:
        return False


@permitted("RFC 9110 section 7.6.3")
class NamesItself(Intermediary):
    """Via has a host with its port, and a comment."""

    def via(self, version: tuple[int, int]) -> str:
        return f"HTTP/{version[0]}.{version[1]} {self.host} (some program)"


@permitted("RFC 9110 section 7.6.3", GATEWAY)
class NoViaBack(Intermediary):
    """A gateway adds no Via to responses."""

    def back_fields(self, request: Request, reply: Reply) -> Fields:
        fields = super().back_fields(request, reply)
        return fields[:-1] if fields and fields[-1][0] == "Via" else [line for line in fields if line[0] != "Via"]


@permitted("RFC 9110 section 7.6")
class AddsFields(Intermediary):
    """Requests and responses get fields of its own."""

    def onward_fields(self, request: Request) -> Fields:
        return [*super().onward_fields(request), ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=127.0.0.1")]

    def back_fields(self, request: Request, reply: Reply) -> Fields:
        return [*super().back_fields(request, reply), ("X-Cache", "MISS"), ("Cache-Status", "some; fwd=bypass")]


@permitted("RFC 9112 section 5: names have no case, lines an order only by name")
class OtherCase(Intermediary):
    """Names of fields are in lower case, and stand in another order."""

    def onward_fields(self, request: Request) -> Fields:
        return sorted(((name.lower(), value) for name, value in super().onward_fields(request)), key=lambda one: one[0])

    def head(self, status: int, reason: str, fields: Fields) -> bytes:
        lower = sorted(((name.lower(), value) for name, value in fields), key=lambda one: one[0])
        return super().head(status, reason, lower)


@permitted("RFC 9110 section 5.3: but not Set-Cookie")
class MergesLines(Intermediary):
    """Lines of one field are put into one, but for Set-Cookie."""

    def back_fields(self, request: Request, reply: Reply) -> Fields:
        merged: dict[str, tuple[str, str]] = {}
        rest: Fields = []
        for name, value in super().back_fields(request, reply):
            if name.lower() == "set-cookie":
                rest.append((name, value))
            else:
                known = merged.get(name.lower())
                merged[name.lower()] = (name, f"{known[1]}, {value}" if known else value)
        return [*merged.values(), *rest]


@permitted("RFC 9112 section 4")
class NoPhrases(Intermediary):
    """Reason phrases are left out."""

    def head(self, status: int, reason: str, fields: Fields) -> bytes:
        return super().head(status, "", fields)


# Responses


@permitted("RFC 9110 section 15.2: a proxy must", GATEWAY)
class FewInterim(Intermediary):
    """A gateway keeps interim responses but 100 for itself."""

    def pass_interim(self, request: Request, reply: Reply) -> None:
        if reply.status == 100:
            super().pass_interim(request, reply)


@permitted("RFC 9112 section 7.1")
class AllInChunks(Intermediary):
    """Responses to HTTP/1.1 are chunked, whatever their length."""

    def back_framing(self, request: Request, reply: Reply) -> str:
        return (
            "chunked" if reply.framing != "none" and request.version >= (1, 1) else super().back_framing(request, reply)
        )


@permitted("RFC 9112 section 6.3")
class Buffers(Intermediary):
    """Responses are read whole before any of them is passed on, and have a length; incomplete ones are told as 502."""

    def pieces(self, stream: Stream, reply: Reply) -> Iterator[bytes]:
        return iter([self.content] if self.content else [])

    content = b""

    def pass_back(self, request: Request, reply: Reply, upstream: Stream, address: Address, *, waits: bool) -> bool:
        was_by_close = reply.framing == "close"
        if reply.framing != "none":
            self.content = b"".join(self.patiently(upstream, Intermediary.pieces(self, upstream, reply)))
            if was_by_close:
                reply.set("Connection", "close")
            reply.framing, reply.length = "length", len(self.content)
        return super().pass_back(request, reply, upstream, address, waits=waits)


@permitted("RFC 9110 section 6.5.1")
class NoTrailers(Intermediary):
    """Trailers are not passed on."""

    def onward_trailers(self, request: Request) -> Fields:
        return []

    def back_trailers(self, request: Request, reply: Reply) -> Fields:
        return []


@permitted("RFC 9110 section 6.6.1", warned={"rfc9110-7.7-6": "Server is no endpoint's"})
class OwnServer(Intermediary):
    """Server is its own."""

    def back_fields(self, request: Request, reply: Reply) -> Fields:
        rest = [line for line in super().back_fields(request, reply) if line[0].lower() != "server"]
        return [*rest, ("Server", "some")] if reply.status >= 200 else rest


@permitted("RFC 9112 section 6.3: where both lengths are, the message may be processed or refused")
class TakesBothBack(Intermediary):
    """A response with both lengths is read by its chunks."""

    def both_lengths(self, reply: Reply) -> None:
        reply.drop("Content-Length")


@permitted("RFC 9112 section 5.2")
class RefusesFolds(Intermediary):
    """A folded field in a response makes it unusable."""

    def unfold(self, fields: Fields, line: bytes) -> None:
        from .upstream import Bad

        raise Bad


@permitted("RFC 9110 section 15.6.4")
class Unavailable(Intermediary):
    """An upstream that can't be reached is told as 503."""

    def refused(self) -> tuple[int, str]:
        return 503, "the next server can't be reached"


@permitted("RFC 9110 section 15.6")
class ClosedAsUnavailable(Intermediary):
    """An upstream that closes without an answer is told as 503."""

    def failure(self, failure: Exception) -> Response:
        return explained(503, "the next server closed") if isinstance(failure, Ended) else super().failure(failure)


@permitted("RFC 9112 section 2.2")
class ClosesAfterErrors(Intermediary):
    """After an error of its own or the upstream's the connection with the client ends."""

    def pass_back(self, request: Request, reply: Reply, upstream: Stream, address: Address, *, waits: bool) -> bool:
        if reply.status >= 400:
            request.fields = [line for line in request.fields if line[0].lower() != "connection"]
            request.fields.append(("Connection", "close"))
        return super().pass_back(request, reply, upstream, address, waits=waits)


@permitted("RFC 9112 section 2.2: a bare LF may end a line")
class BareLineFeeds(Intermediary):
    """A line of a header section may end with LF alone."""

    def without_line_end(self, octets: bytes) -> bytes:
        line = octets.rstrip(b"\n").removesuffix(b"\r")
        if b"\r" in line:
            raise Refused(400, "a CR stands alone", closes=True)
        return line

    def chunk_line(self) -> bytes:
        return Intermediary.without_line_end(self, self.stream.line(self.LARGEST_LINE))


@permitted("RFC 9112 section 5.2")
class UnfoldsRequests(Intermediary):
    """Folded fields of requests are joined with a space."""

    def fold(self, fields: Fields, line: bytes) -> None:
        if not fields:
            raise Refused(400, "a field line begins with whitespace", closes=True)
        name, value = fields[-1]
        fields[-1] = (name, f"{value} {line.strip().decode('latin-1')}".strip())


@permitted("RFC 9110 section 15.5.22")
class NoOldClients(Intermediary):
    """Requests of HTTP/1.0 are answered 426."""

    def check_version(self, request: Request) -> None:
        super().check_version(request)
        if request.version < (1, 1):
            upgrade = (("Upgrade", "HTTP/1.1"), ("Connection", "Upgrade"))
            raise Refused(426, "HTTP/1.1 is spoken here", *upgrade, closes=True)


def together(name: str, *choices: str) -> None:
    """List several choices that are made at once; the first has the first word."""
    made = [CHOICES[one] for one in choices]
    roles = tuple(role for role in BOTH if all(role in one.roles for one in made))
    warned = {requirement: reason for one in made for requirement, reason in one.warned.items()}
    kind: Any = type("Together", tuple(one.kind for one in made), {})
    CHOICES[name] = Choice(name, "see " + ", ".join(choices), " + ".join(choices), kind, roles, warned)


together("old-and-plain", "old-upstream", "closes-always", "no-phrases", "few-methods")
together("buffering", "buffers", "length-instead", "no-trailers", "other-case", "own-server")
together("strict", "needs-length", "no-trace", "refuses-folds", "closes-after-errors", "no-upgrades")
together("lenient", "bare-line-feeds", "unfolds-requests", "takes-both-back", "merges-lines", "adds-fields")


def main(names: Sequence[str]) -> int:
    """Print what is reported of them, a line each; 1 if there is anything."""
    from .scores import alarms

    found = 0
    for name in names or list(CHOICES):
        choice = CHOICES[name]
        for role in choice.roles:
            for alarm in alarms(choice.kind, role, choice.warned):
                print(f"{name} {role}: {alarm}", flush=True)
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
