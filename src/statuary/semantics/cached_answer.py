"""What a stored response answers, once it is chosen: the request's own conditions, HEAD, Range; and what HEAD says of it.

RFC 9111 sections 3.3, 4.3.2 and 4.3.5. Whether it may answer at all is decided in caching.py.
"""

from __future__ import annotations

from dataclasses import replace

from statuary.fields.content_length import parse_content_length
from statuary.fields.dates import format_http_date, parse_http_date
from statuary.fields.grammar import Invalid
from statuary.fields.ranges import parse_range
from statuary.fields.validators import parse_entity_tag
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.caching import Entry
from statuary.semantics.explanation import explanation
from statuary.semantics.preconditions import evaluate, if_range_holds
from statuary.semantics.ranges import content_range, satisfiable_spans
from statuary.semantics.resource import Representation
from statuary.semantics.stored_response import freshened

# What a 304 has of the 200 in whose place it is sent: RFC 9110 section 15.4.5
_IN_304 = frozenset({"age", "cache-control", "content-location", "date", "etag", "expires", "vary"})
_OF_WHOLE = frozenset({"content-length", "content-range"})
# Who sends If-Range has them: rfc9110-15.3.7-2
_KNOWN_TO_WHO_RESUMES = frozenset({"content-encoding", "content-language", "content-type", "last-modified"})


def answering(request: Request, stored: Response, now: int) -> Response:
    """The stored response as the request's own conditions want it, and without content for HEAD."""
    if stored.status == 200 and evaluate(request, _dated(stored, now), now) == 304:
        return Response(304, Fields(line for line in stored.fields if line[0].lower() in _IN_304))
    return Response(stored.status, stored.fields) if request.method == "HEAD" else stored


def part_of(request: Request, answer: Response, now: int) -> Response:
    """206 with the range that is asked for, out of a stored 200, or 416 where it has none of it; any other answer as it is.

    Range may be ignored (RFC 9110 section 14.2), and is where it asks for several parts.
    """
    ranges = parse_range(request.fields.get("range"))
    if request.method != "GET" or answer.status != 200 or not ranges:
        return answer
    current = _representation(answer, now)
    if not if_range_holds(request.fields.get("if-range"), current, now):
        return answer
    spans = satisfiable_spans(ranges, len(answer.content))
    if spans is None or len(spans) > 1:
        return answer
    if not spans:
        return _unsatisfiable(request, len(answer.content), now)
    first, last = spans[0]
    content = answer.content[first : last + 1]
    dropped = _OF_WHOLE | _KNOWN_TO_WHO_RESUMES if "if-range" in request.fields else _OF_WHOLE
    lines = [line for line in answer.fields if line[0].lower() not in dropped]
    lines += [("Content-Range", content_range(spans[0], len(answer.content))), ("Content-Length", str(len(content)))]
    return Response(206, Fields(lines), content)


def _unsatisfiable(request: Request, length: int, now: int) -> Response:
    about, content = explanation(416, f"There are only {length} octets here.", request.fields)
    lines = [("Date", format_http_date(now)), ("Content-Range", content_range(None, length)), *about]
    return Response(416, Fields(lines), content)


def updated_by_head(entry: Entry, response: Response, requested_at: int, received_at: int) -> Entry | None:
    """The entry of a GET with the fields of a 200 to HEAD; None where that is of another content: then it is invalid."""
    stored, told = entry.response.fields, response.fields
    same = all(told.get(name) in (None, stored.get(name)) for name in ("etag", "last-modified"))
    length = parse_content_length(told.get("content-length"))
    if not same or (length is not None and length != len(entry.response.content)):
        return None
    # Its age begins anew
    old = Fields(line for line in stored if line[0].lower() not in ("age", "date"))
    return Entry(
        entry.request,
        freshened(Response(entry.response.status, old, entry.response.content), response),
        requested_at,
        received_at,
        entry.is_invalid,
    )


def _dated(response: Response, now: int) -> Representation:
    """With Date where Last-Modified is not known: RFC 9111 section 4.3.2."""
    found = _representation(response, now)
    made = parse_http_date(response.fields.get("date"), now)
    if found.last_modified is not None or not isinstance(made, int):
        return found
    return replace(found, last_modified=made)


def _representation(response: Response, now: int) -> Representation:
    tag = parse_entity_tag(response.fields.get("etag"))
    modified = parse_http_date(response.fields.get("last-modified"), now)
    return Representation(
        response.content,
        "",
        len(response.content),
        None if isinstance(tag, Invalid) else tag,
        modified if isinstance(modified, int) else None,
    )
