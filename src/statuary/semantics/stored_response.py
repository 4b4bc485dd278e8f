"""Stored responses: asking whether one is still good, freshening it, and putting parts together.

RFC 9110 sections 13 and 15.3.7.3, RFC 9111 sections 3.4, 4.3.1 and 4.3.4. What may be stored, and for how long it is fresh,
is another chapter.
"""

from __future__ import annotations

from statuary.fields.grammar import Invalid
from statuary.fields.ranges import ContentRange, parse_content_range
from statuary.fields.validators import EntityTag, parse_entity_tag, strongly_equal
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.message.response import Response

# They are of the message that was stored, not of the one that updates it, or of a connection: RFC 9111 sections 3.1 and 3.2.
# Nor is anything updated that the octets are read or checked by, since those stay what they are
_KEPT = frozenset(
    {
        *("content-length", "content-range", "transfer-encoding", "trailer"),
        *("content-encoding", "content-md5", "content-digest"),
        *("connection", "keep-alive", "te", "upgrade", "proxy-connection", "proxy-authenticate"),
        *("proxy-authentication-info", "proxy-authorization"),
    }
)


def validating(request: Request, stored: Response) -> Request | None:
    """The request on condition that ``stored`` is no longer current (RFC 9111 section 4.3.1); None if it has no validator."""
    etag, modified = stored.fields.get("etag"), stored.fields.get("last-modified")
    lines: list[FieldLine] = []
    if _tag(etag) is not None and etag is not None:
        lines.append(("If-None-Match", etag))
    if modified is not None:
        lines.append(("If-Modified-Since", modified))
    return request.with_fields(Fields([*request.fields, *lines])) if lines else None


def resuming(request: Request, beginning: Response, elsewhere: int | None = None) -> Request | None:
    """The request for what is missing after ``beginning``; None unless a strong validator tells that it is the same.

    ``elsewhere`` counts the octets of a beginning whose content is not in it.
    """
    etag = _tag(beginning.fields.get("etag"))
    length = len(beginning.content) if elsewhere is None else elsewhere
    if etag is None or etag.weak or not length:
        return None
    lines = [("Range", f"bytes={length}-"), ("If-Range", beginning.fields.get("etag", ""))]
    return request.with_fields(Fields([*request.fields, *lines]))


def is_current(stored: Response, not_modified: Response) -> bool:
    """Whether a 304 is about the stored response: the validators that it has are the stored ones (RFC 9111 section 4.3.4)."""
    fresh, old = _tag(not_modified.fields.get("etag")), _tag(stored.fields.get("etag"))
    if fresh is not None:
        return old is not None and fresh.opaque == old.opaque and (fresh.weak or not old.weak or fresh == old)
    modified = not_modified.fields.get("last-modified")
    return modified is None or modified == stored.fields.get("last-modified")


def freshened(stored: Response, update: Response) -> Response:
    """The stored response with the fields of the one that updates it (RFC 9111 section 3.2)."""
    renewed = [line for line in update.fields if line[0].lower() not in _KEPT]
    names = {name.lower() for name, _ in renewed}
    kept = [line for line in stored.fields if line[0].lower() not in names]
    return Response(stored.status, Fields([*kept, *renewed]), stored.content, stored.trailers)


def combined(beginning: Response, part: Response) -> Response | None:
    """A 206 put after the beginning that it goes on from: RFC 9110 section 15.3.7.3.

    None where the two can't be combined: another strong validator or none, another place, or several parts. The result is a
    200 if it is complete, else a 206 that begins at 0.
    """
    span = parse_content_range(part.fields.get("content-range"))
    old, new = _tag(beginning.fields.get("etag")), _tag(part.fields.get("etag"))
    if old is None or new is None or not strongly_equal(old, new) or not isinstance(span, ContentRange):
        return None
    length = len(beginning.content)
    if span.unit != "bytes" or span.first is None or span.last is None or not span.first <= length <= span.last + 1:
        return None
    if len(part.content) != span.last - span.first + 1:
        return None
    content = beginning.content[: span.first] + part.content
    whole = freshened(beginning, part)
    is_complete = span.length is not None and len(content) == span.length
    lines = [line for line in whole.fields if line[0].lower() not in ("content-length", "content-range")]
    lines.append(("Content-Length", str(len(content))))
    if not is_complete:
        total = "*" if span.length is None else str(span.length)
        lines.append(("Content-Range", f"bytes 0-{len(content) - 1}/{total}"))
    return Response(200 if is_complete else 206, Fields(lines), content, part.trailers)


def _tag(text: str | None) -> EntityTag | None:
    tag = parse_entity_tag(text)
    return None if tag is None or isinstance(tag, Invalid) else tag
