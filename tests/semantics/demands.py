"""What each status code demands of the response that carries it: a table of our own, read out of the RFCs and not out of the
code under test.

check_response asserts all that can be said of a response by itself; what takes two responses to say is said by the tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from email import message_from_bytes
from html import escape

from statuary import status as statuses
from statuary.fields.allow import parse_allow
from statuary.fields.authentication import parse_challenges
from statuary.fields.links import parse_links
from statuary.fields.ranges import ContentRange, parse_content_range
from statuary.fields.retry_after import parse_retry_after
from statuary.message.fields import FieldLine, Fields
from statuary.message.response import Content, Multipart, Part, Response, Whole, has_content
from statuary.semantics.decision import Respond
from statuary.wire.field_section import format_fields

# Made on the way out, by whoever knows the connection and the clock
SHELL_FIELDS = frozenset({"connection", "date", "server", "transfer-encoding", "keep-alive", "trailer"})

# A second line of these says something more; of any other field it would contradict the first, or be read as a list
LISTS = frozenset({"link", "www-authenticate", "set-cookie"})

# RFC 9110 section 15.4.5: what a 304 repeats of the 200, and Last-Modified to guide a cache that gets no ETag
IN_304 = frozenset({"cache-control", "content-location", "date", "etag", "expires", "vary", "last-modified"})

SENT_BY_ORIGIN_SERVERS = frozenset(
    {
        *(100, 101, 103, 200, 201, 202, 204, 205, 206, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404),
        *(405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 425, 426, 428, 429, 431, 451, 500, 501, 503),
        507,
    }
)


def content_length(content: Content) -> int | None:
    """Octets, or None where only sending them will tell."""
    match content:
        case None:
            return 0
        case bytes():
            return len(content)
        case Whole(of):
            return of.length
        case Part(_, first, last):
            return last - first + 1
        case Multipart():
            return content.length


def _has_location(fields: Fields, content: Content) -> bool:
    """And a link for who reads the content (sections 15.4.2 to 15.4.9)."""
    location = fields.get("location", "")
    return bool(location) and (not isinstance(content, bytes) or f'href="{escape(location)}"' in content.decode())


def _has_allow(fields: Fields, content: Content) -> bool:
    return isinstance(parse_allow(fields.get("allow")), tuple)


def _has_challenges(fields: Fields, content: Content) -> bool:
    lines = [parse_challenges(line) for line in fields.all("www-authenticate")]
    return bool(lines) and all(isinstance(line, tuple) and len(line) == 1 for line in lines)


def _has_parts(fields: Fields, content: Content) -> bool:
    """One part says in Content-Range where it belongs; several say so each, and not in the header section (15.3.7.2)."""
    value = parse_content_range(fields.get("content-range"))
    several = fields.get("content-type", "").startswith("multipart/byteranges; boundary=")
    if several:
        return value is None and (content is None or (isinstance(content, Multipart) and len(content.parts) > 1))
    if not value or value.first is None or value.last is None:
        return False
    return content is None or (isinstance(content, Part) and (content.first, content.last) == (value.first, value.last))


def _has_complete_length(fields: Fields, content: Content) -> bool:
    value = parse_content_range(fields.get("content-range"))
    return isinstance(value, ContentRange) and value[:3] == ("bytes", None, None) and value.length is not None


def _has_choices(fields: Fields, content: Content) -> bool:
    return bool(parse_links(fields.get("link")))


def _says_what_is_taken(fields: Fields, content: Content) -> bool:
    """Accept-Encoding only if the coding was refused, otherwise the types (sections 12.5.3 and 15.5.16, RFC 5789 2.2)."""
    return sum(name in fields for name in ("accept-encoding", "accept", "accept-patch")) <= 1


def _only_what_a_cache_needs(fields: Fields, content: Content) -> bool:
    return set(fields.names()) <= IN_304 and ("last-modified" not in fields or "etag" not in fields)


def _has_upgrade(fields: Fields, content: Content) -> bool:
    return bool(fields.get("upgrade"))


def _ends_at_once(fields: Fields, content: Content) -> bool:
    return fields.get("content-length") == "0" and not content


def _ends(fields: Fields, content: Content) -> bool:
    return "content-length" in fields or isinstance(content, Whole)


DEMANDS: dict[int, Callable[[Fields, Content], bool]] = {
    101: _has_upgrade,  # RFC 9110 section 15.2.2
    201: _ends,
    205: _ends_at_once,  # 15.3.6
    206: _has_parts,  # 15.3.7
    300: _has_choices,  # 15.4.1
    301: _has_location,  # 15.4.2
    302: _has_location,
    303: _has_location,
    304: _only_what_a_cache_needs,  # 15.4.5
    305: _has_location,  # RFC 2616 section 10.3.6
    307: _has_location,
    308: _has_location,
    401: _has_challenges,  # 11.6.1, 15.5.2
    405: _has_allow,  # 15.5.6
    415: _says_what_is_taken,  # 15.5.16
    416: _has_complete_length,  # 15.5.17
    426: _has_upgrade,  # 15.5.22
}


def check_response(method: str, version: tuple[int, int], answer: Respond) -> None:
    """Asserts what has to be true of ``answer`` to any request with ``method`` and ``version``."""
    status, lines, content = answer.status, answer.fields, answer.content
    fields = Fields(lines)
    assert status in SENT_BY_ORIGIN_SERVERS
    assert answer.because.startswith("rfc")
    format_fields(lines)
    check_names(lines)
    check_required_fields(status, fields, content)
    if status in DEMANDS:
        assert DEMANDS[status](fields, content), (status, lines)
    check_length(method, status, fields, content)
    if status >= 400:
        check_explanation(method, status, fields, content)
    check_interim(version, answer.interim)
    # 101 is the one 1xx that ends an exchange, and HTTP/1.0 knows none: section 15.2
    assert status >= 200 or (status == 101 and version >= (1, 1))
    if "retry-after" in fields:
        assert parse_retry_after(fields.get("retry-after"), 0)


def check_names(lines: tuple[FieldLine, ...]) -> None:
    names = [name.lower() for name, _ in lines]
    assert SHELL_FIELDS.isdisjoint(names)
    assert [name for name in set(names) if names.count(name) > 1 and name not in LISTS] == []


def check_required_fields(status: int, fields: Fields, content: Content) -> None:
    """The facts of the status code agree, as far as they don't depend on another response."""
    for rule in statuses.lookup(status).required_fields:
        name = rule.name.lower()
        if name in SHELL_FIELDS or (rule.when and "200 would" in rule.when):
            continue
        if status == 206:
            several = isinstance(content, Multipart)
            assert (name in fields) or several == (name == "content-range") or name == "content-type"
        else:
            assert name in fields, (status, rule.name)


def check_length(method: str, status: int, fields: Fields, content: Content) -> None:
    if status < 200 or status in (204, 304):
        # Never in a 1xx or 204 (section 8.6); a 304 could have the one of the 200, and ours does not
        assert "content-length" not in fields
        assert not content
    elif has_content(method, status):
        assert fields.get("content-length") == (None if (n := content_length(content)) is None else str(n))
        assert "transfer-encoding" not in fields
    else:
        assert not content


def check_explanation(method: str, status: int, fields: Fields, content: Content) -> None:
    """A 4xx or 5xx says what is wrong and whether it may pass (sections 15.5 and 15.6), in what the request prefers."""
    media_type = fields.get("content-type")
    assert media_type in ("application/problem+json", "text/html;charset=utf-8")
    assert "Accept" in fields.get("vary", "").split(", ")
    if method == "HEAD":
        return
    assert isinstance(content, bytes)
    text = content.decode("utf-8")
    if media_type == "application/problem+json":
        problem = json.loads(text)
        assert problem["status"] == status
        assert problem["title"] == statuses.phrase(status)
        assert problem["detail"]
        assert "None" not in problem["detail"].split()[1:], "something was missing from the sentence"
        assert isinstance(problem["temporary"], bool)
    else:
        assert f"<h1>{status} " in text


def check_interim(version: tuple[int, int], interim: tuple[Response, ...]) -> None:
    assert not interim or version >= (1, 1)
    for response in interim:
        assert response.status in (100, 103)
        assert not response.content
        format_fields(response.fields)
        assert set(response.fields.names()) == ({"link"} if response.status == 103 else set())


def assembled(content: Multipart, octets: bytes) -> bytes:
    """The content as a shell sends it, its parts taken from ``octets``."""
    return b"".join(head + octets[part.first : part.last + 1] for head, part in content.parts) + content.end


def read_parts(media_type: str, content: bytes) -> list[tuple[str | None, str, bytes]]:
    """Type, Content-Range and octets of each part, as a MIME parser that is not ours reads them."""
    message = message_from_bytes(b"Content-Type: " + media_type.encode() + b"\r\n\r\n" + content)
    assert message.is_multipart()
    assert not message.defects
    parts = []
    for part in message.walk():
        if part is not message:
            octets = part.get_payload(decode=True)
            assert isinstance(octets, bytes)
            parts.append((part["Content-Type"], part["Content-Range"], octets))
    return parts
