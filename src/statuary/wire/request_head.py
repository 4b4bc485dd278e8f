"""The head of a request: its request line and header section (RFC 9112 sections 2 to 5), from bytes to a Request.

Strict where leniency has let requests be smuggled; each refusal names its rule. How long the content is belongs to the
head too (section 6.3) and is settled in content_length_of.
"""

from __future__ import annotations

import re
from functools import lru_cache

from statuary.fields.content_length import parse_content_length
from statuary.fields.grammar import INVALID, Invalid
from statuary.fields.host import parse_host
from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.wire.field_section import parse_field_lines, token
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage

# pchar and the "/" between segments, RFC 3986 section 3.3
_path_char = r"[!$&'()*+,\-./0-9:;=@A-Z_a-z~]"
_path = rf"/{_path_char}*+(?:%[0-9A-Fa-f]{{2}}{_path_char}*+)*+"
# A query may have "?" as well, RFC 3986 section 3.4; and on purpose brackets, which the grammar has no place for and half of
# the web writes in its queries unencoded
_query_char = _path_char.replace("=@", "=?@").replace("~]", r"~\[\]]")
_query = rf"{_query_char}*+(?:%[0-9A-Fa-f]{{2}}{_query_char}*+)*+"
# origin-form = absolute-path [ "?" query ], RFC 9112 section 3.2.1
_origin_form = rf"({_path})(?:\?({_query}))?+"

# request-line = method SP request-target SP HTTP-version, RFC 9112 section 3: the usual case, and any
_USUAL_LINE = re.compile(rf"({token}) ({_origin_form}) HTTP/1\.([01])")
_REQUEST_LINE = re.compile(rf"({token}) ([^\x00-\x20\x7f-\xff]+) HTTP/([0-9])\.([0-9])")
_ORIGIN_FORM = re.compile(_origin_form)
# What comes close to it: all visible characters but "#", and percent signs only where they encode something
_ENCODABLE = re.compile(r"/(?!/)(?:[!-\"$&-~]|%[0-9A-Fa-f]{2})*+")
_TO_ENCODE = re.compile(r'["<>\\^`{|}\[\]]')
# absolute-form = absolute-URI, RFC 9112 section 3.2.2; of the URIs, those with an authority
_ABSOLUTE_FORM = re.compile(rf"([A-Za-z][A-Za-z0-9+\-.]*)://([^/?#]*)({_path})?(?:\?({_query}))?+")


class HeaderSection:
    """The header section of a request, and what follows from it whatever the request line says."""

    __slots__ = ("authority", "content_length", "fields", "octets", "version")

    def __init__(self, octets: bytes, version: tuple[int, int], limits: WireLimits) -> None:
        self.octets = octets
        self.version = version
        self.fields = fields = parse_field_lines(octets.decode("latin-1"), limits.field_lines)
        self.authority = _authority_of(fields, version)
        present = fields.by_name
        is_framed = "content-length" in present or "transfer-encoding" in present
        self.content_length = content_length_of(fields, version) if is_framed else None


def parse_request_head(
    line: bytes, section: bytes, limits: WireLimits, scheme: str = "http", last: HeaderSection | None = None
) -> tuple[Request, HeaderSection]:
    """The request with this request line (without its CRLF) and header section (each line with its CRLF).

    ``scheme`` is the one that the connection implies. ``last`` is the section of the request before on the connection:
    most clients repeat theirs, octet for octet, and it need not be read again. Raises MalformedMessage.
    """
    text = line.decode("latin-1")
    usual = _USUAL_LINE.fullmatch(text)
    if usual is None or len(line) > limits.request_line:
        return _parse_unusual_head(text, section, limits, scheme)
    method, target, path, query, minor = usual.groups()
    version = (1, 1) if minor == "1" else (1, 0)
    if last is None or last.octets != section or last.version != version:
        last = HeaderSection(section, version, limits)
    return _request(method, path, query, scheme, last.authority, target, last, scheme), last


def _parse_unusual_head(line: str, octets: bytes, limits: WireLimits, scheme: str) -> tuple[Request, HeaderSection]:
    method, target, version = parse_request_line(line, limits)
    section = HeaderSection(octets, version, limits)
    authority = section.authority
    carried_by = scheme
    if origin_form := _ORIGIN_FORM.fullmatch(target):
        path, query = origin_form.groups()
    elif target == "*":
        if method != "OPTIONS":
            raise MalformedMessage(400, "rfc9112-3.2.4", "The target * is for OPTIONS alone.")
        path, query = "*", None
    elif method == "CONNECT":
        host = _parse_host(target)
        if isinstance(host, Invalid) or ":" not in target.rpartition("]")[2]:
            raise MalformedMessage(400, "rfc9110-9.3.6-2", "The target of CONNECT must be a host and a port.")
        path, query, authority = "", None, host
    elif absolute_form := _ABSOLUTE_FORM.fullmatch(target):
        # The host of the target wins over the Host field: rfc9112-3.2.2-5
        scheme, named, path, query = absolute_form.groups()
        scheme = scheme.lower()
        authority = _checked_authority(named)
        if not path:
            path = "*" if method == "OPTIONS" and query is None else "/"
    else:
        raise _malformed_target(method, target)
    return _request(method, path, query, scheme, authority, target, section, carried_by), section


def _malformed_target(method: str, target: str) -> MalformedMessage:
    """400; or 301 to the target properly encoded, which helps browsers that leave some characters as they are.

    Never by repairing it here and now: rfc9112-3.2-2. Not for "//", which would be another authority.
    """
    if method in ("GET", "HEAD") and _ENCODABLE.fullmatch(target):
        location = _TO_ENCODE.sub(lambda found: f"%{ord(found[0]):02X}", target)
        return MalformedMessage(301, "rfc9112-3.2-1", "The request target has to be encoded.", location=location)
    return MalformedMessage(400, "rfc9112-3.2-1", "The request target is malformed.")


def parse_request_line(line: str, limits: WireLimits) -> tuple[str, str, tuple[int, int]]:
    """Method, target and version of a request line without its CRLF. Raises MalformedMessage (400, 414, 505)."""
    if len(line) > limits.request_line:
        raise target_too_long(limits)
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise MalformedMessage(400, "rfc9112-3.2-1", "The request line is malformed.")
    method, target, major, minor = match.groups()
    if major != "1":
        # Also for versions below 1: HTTP/0.9 has no such line
        raise MalformedMessage(505, "rfc9110-15.6.6", "This server speaks HTTP/1.1 and HTTP/1.0.")
    return method, target, (1, int(minor))


def target_too_long(limits: WireLimits) -> MalformedMessage:
    return MalformedMessage(414, "rfc9112-3-3", f"The request line is longer than {limits.request_line} octets.")


def _request(
    method: str,
    path: str,
    query: str | None,
    scheme: str,
    authority: str | None,
    target: str,
    section: HeaderSection,
    carried_by: str,
) -> Request:
    # Not by Request(...): keyword arguments would cost as much as the rest
    request = Request.__new__(Request)
    request.method = method
    request.path = path
    request.query = query
    request.scheme = scheme
    request.authority = authority
    request.target = target
    request.version = section.version
    request.fields = section.fields
    request.content_length = section.content_length
    request.peer = None
    request.carried_by = carried_by
    return request


def _authority_of(fields: Fields, version: tuple[int, int]) -> str | None:
    host = fields.by_name.get("host")
    if host is None:
        if version < (1, 1):
            return None
        raise MalformedMessage(400, "rfc9112-3.2-6", "An HTTP/1.1 request must have a Host field.")
    if ", " in host and len(fields.all("host")) > 1:
        raise MalformedMessage(400, "rfc9112-3.2-6", "There is more than one Host field.")
    return _checked_authority(host)


@lru_cache(maxsize=256)
def _checked_authority(text: str) -> str:
    authority = _parse_host(text)
    if isinstance(authority, Invalid):
        raise MalformedMessage(400, "rfc9112-3.2-6", "The host is missing or malformed.")
    return authority


def _parse_host(text: str) -> str | Invalid:
    host = parse_host(text)
    if isinstance(host, Invalid) or host is None:
        return INVALID
    return text.lower()


def content_length_of(fields: Fields, version: tuple[int, int]) -> int | None:
    """Octets of the request's content, None for no content, UNKNOWN_LENGTH when chunked (RFC 9112 section 6.3).

    Raises MalformedMessage when the framing is ambiguous or faulty.
    """
    coding = fields.get("transfer-encoding")
    length = fields.get("content-length")
    if coding is None:
        octets = parse_content_length(length)
        if isinstance(octets, Invalid):
            raise MalformedMessage(400, "rfc9112-6.3-5", "Content-Length is not one decimal number.")
        return octets
    if version < (1, 1):
        raise MalformedMessage(400, "rfc9112-6.1-14", "HTTP/1.0 has no Transfer-Encoding.")
    if length is not None:
        # We refuse both together rather than let Transfer-Encoding win: 6.1 allows either, and only this can't be smuggled.
        raise MalformedMessage(400, "rfc9112-6.1-13", "Content-Length and Transfer-Encoding exclude each other.")
    codings = [item.strip(" \t").lower() for item in coding.split(",")]
    codings = [item for item in codings if item]
    if not codings or codings[-1] != "chunked":
        raise MalformedMessage(400, "rfc9112-6.3-3", "The last transfer coding must be chunked.")
    if codings.count("chunked") > 1:
        raise MalformedMessage(400, "rfc9112-6.1-4", "The chunked coding can be applied once only.")
    if len(codings) > 1:
        raise MalformedMessage(501, "rfc9112-6.1-9", "No transfer coding but chunked is implemented.")
    return UNKNOWN_LENGTH
