"""What a stored response answers, once it is chosen: the request's own conditions, HEAD; and what HEAD says of it.

RFC 9111 sections 4.3.2 and 4.3.5. Whether it may answer at all is decided in caching.py.
"""

from __future__ import annotations

from statuary.fields.content_length import parse_content_length
from statuary.fields.dates import parse_http_date
from statuary.fields.grammar import Invalid
from statuary.fields.validators import parse_entity_tag
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.caching import Entry
from statuary.semantics.preconditions import evaluate
from statuary.semantics.resource import Representation
from statuary.semantics.stored_response import freshened

# What a 304 has of the 200 in whose place it is sent: RFC 9110 section 15.4.5
_IN_304 = frozenset({"age", "cache-control", "content-location", "date", "etag", "expires", "vary"})


def answering(request: Request, stored: Response, now: int) -> Response:
    """The stored response as the request's own conditions want it, and without content for HEAD."""
    if stored.status == 200 and evaluate(request, _representation(stored, now), now) == 304:
        return Response(304, Fields(line for line in stored.fields if line[0].lower() in _IN_304))
    return Response(stored.status, stored.fields) if request.method == "HEAD" else stored


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
