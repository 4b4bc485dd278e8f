"""What there is to read (archives, transcripts), and all that is found in it: judge's findings and those of the octets.

Findings that would rest on something we did not see for sure are held back, rather than be false alarms.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

from statuary import requirements
from statuary.conformance.har import NotAnArchive, is_archive, read_archive
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Exchange
from statuary.semantics.judgement import Finding, Role, judge
from statuary.semantics.judgement.finding import sentence
from statuary.wire.response_reader import Problem
from statuary.wire.transcript import NotATranscript, Seen, read_transcript, request_of

MOST_OCTETS = 64 * 1024 * 1024
_MOST_MEMBERS = 1000


class Unreadable(Exception):  # noqa: N818
    """There is nothing that could be judged; the message says why."""


def read(
    data: bytes, *, method: str | None = None, most: int = MOST_OCTETS
) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
    """The exchanges in the octets of a file, recognised by content: a HAR or a transcript, either of them gzipped.

    ``method`` is that of the request for responses without one. Also remarks, on what was left out. Raises Unreadable.
    """
    if data.startswith(b"\x1f\x8b"):
        data = _gunzipped(data, most)
    if len(data) > most:
        raise Unreadable(too_large(most))
    try:
        if is_archive(data):
            return read_archive(data)
        return read_transcript(data, method=method), ()
    except (NotAnArchive, NotATranscript) as error:
        raise Unreadable(str(error)) from None


def too_large(most: int) -> str:
    return f"larger than {most // (1024 * 1024)} MiB, the most that is read"


def _gunzipped(data: bytes, most: int) -> bytes:
    """At most one octet more than ``most``, however far it would inflate."""
    inflated = b""
    members = 0
    try:
        while data.startswith(b"\x1f\x8b") and len(inflated) <= most:
            members += 1
            if members > _MOST_MEMBERS:
                raise Unreadable(f"its gzip data have more than {_MOST_MEMBERS} members")
            member = zlib.decompressobj(wbits=31)
            inflated += member.decompress(data, most + 1 - len(inflated))
            if not member.eof and len(inflated) <= most:
                raise Unreadable("its gzip data end too early")
            data = member.unused_data
    except zlib.error:
        raise Unreadable("its gzip data are damaged") from None
    return inflated


def examine(seen: Sequence[Seen], role: Role) -> tuple[Finding, ...]:
    """All findings, in the order of the exchanges; what was found in the octets of an exchange comes first."""
    found = [finding for index, one in enumerate(seen) for finding in _of_octets(index, one.problems, role)]
    known = {(finding.exchange, finding.message, finding.requirement) for finding in found}
    for finding in _judged(seen, role):
        is_made_up = finding.message == "request" and not seen[finding.exchange].is_request_known
        if not is_made_up and (finding.exchange, finding.message, finding.requirement) not in known:
            found.append(finding)
    return tuple(sorted(found, key=lambda finding: finding.exchange))


def _judged(seen: Sequence[Seen], role: Role) -> tuple[Finding, ...]:
    """What judge finds whatever may stand where we don't know what stood there."""
    findings = judge([one.exchange for one in seen], role)
    if not findings or all(one.is_content_known and one.is_request_known for one in seen):
        return findings
    others = frozenset(judge([_otherwise(one) for one in seen], role))
    return tuple(finding for finding in findings if finding in others)


def _otherwise(one: Seen) -> Exchange:
    """The exchange as it may have been as well: with other content, in answer to other fields."""
    exchange = one.exchange
    if not one.is_content_known and exchange.final is not None:
        content = b"" if exchange.final.content else b"?"
        exchange = replace(exchange, final=replace(exchange.final, content=content))
    if not one.is_request_known:
        exchange = replace(exchange, request=_asked_otherwise(exchange.request))
    return exchange


_MORE = (("Expect", "100-continue"), ("If-None-Match", '"others"'), ("Range", "bytes=0-"))


def _asked_otherwise(request: Request) -> Request:
    lines = [(name, "others=0-" if name == "Range" else value) for name, value in request.fields]
    more = [(name, value) for name, value in _MORE if name not in {known for known, _ in lines}]
    fields = Fields([*lines, *more])
    return request_of(request.method, request.target, request.version, fields, scheme=request.scheme)


def _of_octets(index: int, problems: Sequence[Problem], role: Role) -> list[Finding]:
    asked = {"server": {"interim", "response"}, "client": {"request"}}.get(role, {"request", "interim", "response"})
    return [
        Finding(
            problem.because,
            requirements.lookup(problem.because).level,
            index,
            problem.message,
            sentence(problem.detail),
        )
        for problem in problems
        if problem.message in asked
    ]
