"""Framing and where content may be: Content-Length, Transfer-Encoding, trailers (RFC 9110 section 6, RFC 9112 section 6)."""

from __future__ import annotations

from statuary.fields.content_length import parse_content_length
from statuary.fields.grammar import INVALID, parse_tokens
from statuary.fields.transfer_codings import parse_transfer_encoding
from statuary.semantics.judgement.content import has_request_content, is_coded, is_http_1
from statuary.semantics.judgement.rule import Chapter, Seen

chapter = Chapter()

# Fields that frame, route, authenticate or control, and so are of no use after the content: RFC 9110 section 6.5.1
_NEVER_TRAILERS = frozenset(
    {
        *("transfer-encoding", "content-length", "host", "te", "trailer", "connection", "content-encoding"),
        *("content-type", "content-range", "cache-control", "expect", "max-forwards", "range", "authorization"),
        *("www-authenticate", "proxy-authenticate", "proxy-authorization", "set-cookie", "location", "vary", "age"),
    }
)


@chapter.rule(
    "rfc9110-8.6-7",
    on="interim response",
    status=(1, 204),
    present=["content-length"],
    passes=["DELETE /a => 204", "GET / => 100 => 200 | Content-Length: 0"],
    fails=["DELETE /a => 204 | Content-Length: 0", "GET / => 103 | Content-Length: 0 => 200"],
)
def no_content_length_without_content(seen: Seen) -> str | None:
    return f"Content-Length in a {seen.status}, which ends with its header section"


@chapter.rule(
    "rfc9112-6.1-7",
    on="interim response",
    status=(1, 204),
    present=["transfer-encoding"],
    passes=["DELETE /a => 204"],
    fails=["DELETE /a => 204 | Transfer-Encoding: chunked"],
)
def no_transfer_encoding_without_content(seen: Seen) -> str | None:
    return f"Transfer-Encoding in a {seen.status}, which ends with its header section"


@chapter.rule(
    "rfc9110-9.3.6-6",
    also=["rfc9110-8.6-8", "rfc9112-6.1-8"],
    status=(2,),
    method=["CONNECT"],
    present=["content-length", "transfer-encoding"],
    passes=["CONNECT a:443 => 200", "CONNECT a:443 => 403 | Content-Length: 2 || no"],
    fails=["CONNECT a:443 => 200 | Content-Length: 0", "CONNECT a:443 => 200 | Transfer-Encoding: chunked"],
)
def no_framing_of_a_tunnel(seen: Seen) -> str | None:
    return f"a {seen.status} to CONNECT begins a tunnel, yet it has a field that frames content"


@chapter.rule(
    "rfc9112-6.2-1",
    on="request response",
    present=["transfer-encoding"],
    passes=["GET / => 200 | Transfer-Encoding: chunked || a"],
    fails=["GET / => 200 | Transfer-Encoding: chunked | Content-Length: 1 || a"],
)
def one_length_only(seen: Seen) -> str | None:
    return "Content-Length beside Transfer-Encoding" if "content-length" in seen.fields else None


@chapter.rule(
    "rfc9110-8.6-11",
    present=["content-length"],
    passes=["GET / => 200 | Content-Length: 2 || ab", "HEAD / => 200 | Content-Length: 9"],
    fails=["GET / => 200 | Content-Length: 3 || ab"],
)
def content_is_as_long_as_announced(seen: Seen) -> str | None:
    value = seen.get("content-length")
    if not seen.content or value == str(len(seen.content)) or "transfer-encoding" in seen.fields or is_coded(seen):
        return None
    length = parse_content_length(value)
    if length is INVALID or length is None or length == len(seen.content):
        return None
    return f"Content-Length is {length}, and the content has {len(seen.content)} octets"


@chapter.rule(
    "rfc9110-9.3.2-1",
    method=["HEAD"],
    passes=["HEAD / => 200 | Content-Length: 9"],
    fails=["HEAD / => 200 || content", "HEAD / => 404 || content"],
)
def no_content_to_head(seen: Seen) -> str | None:
    return f"{len(seen.content)} octets of content in reply to HEAD" if seen.content else None


@chapter.rule(
    "rfc9112-6.1-11",
    present=["transfer-encoding"],
    passes=["GET / HTTP/1.0 => 200 || a", "GET / => 200 | Transfer-Encoding: chunked || a"],
    fails=["GET / HTTP/1.0 => 200 | Transfer-Encoding: chunked || a"],
)
def no_transfer_encoding_to_http_1_0(seen: Seen) -> str | None:
    if seen.request.version >= (1, 1):
        return None
    return "Transfer-Encoding in reply to an HTTP/1.0 request"


@chapter.rule(
    "rfc9112-6.1-2",
    on="request response",
    present=["transfer-encoding"],
    passes=["GET / => 200 | Transfer-Encoding: gzip, chunked || a"],
    fails=["GET / => 200 | Transfer-Encoding: chunked, chunked || a"],
)
def chunked_once(seen: Seen) -> str | None:
    codings = parse_transfer_encoding(seen.get("transfer-encoding")) or ()
    return "chunked is applied more than once" if sum(coding.name == "chunked" for coding in codings) > 1 else None


@chapter.rule(
    "rfc9112-6.1-3",
    on="request",
    present=["transfer-encoding"],
    passes=["POST / | Transfer-Encoding: gzip, chunked => 200"],
    fails=["POST / | Transfer-Encoding: gzip => 400", "POST / | Transfer-Encoding: chunked, gzip => 400"],
)
def chunked_last_in_a_request(seen: Seen) -> str | None:
    codings = parse_transfer_encoding(seen.get("transfer-encoding"))
    if not codings or codings[-1].name == "chunked":
        return None
    return "the last transfer coding of the request is not chunked, so that its end can't be found"


@chapter.rule(
    "rfc9112-6.1-10",
    on="request",
    present=["transfer-encoding"],
    passes=["POST / | Transfer-Encoding: chunked => 200"],
    fails=["POST / HTTP/1.0 | Transfer-Encoding: chunked => 400"],
)
def no_transfer_encoding_in_http_1_0(seen: Seen) -> str | None:
    return "Transfer-Encoding in an HTTP/1.0 request" if seen.request.version < (1, 1) else None


@chapter.rule(
    "rfc9110-8.6-1",
    on="request",
    method=["POST", "PUT", "PATCH"],
    absent=["content-length", "transfer-encoding"],
    passes=["POST / | Content-Length: 0 => 200"],
    fails=["POST / => 200"],
)
def length_where_content_is_expected(seen: Seen) -> str | None:
    return f"neither Content-Length nor Transfer-Encoding in a {seen.method}" if is_http_1(seen) else None


@chapter.rule(
    "rfc9110-8.6-2",
    on="request",
    method=["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"],
    present=["content-length"],
    passes=["GET / => 200", "POST / | Content-Length: 0 => 200"],
    fails=["GET / | Content-Length: 0 => 200"],
)
def no_length_of_nothing(seen: Seen) -> str | None:
    return None if has_request_content(seen) else f"Content-Length in a {seen.method} without content"


@chapter.rule(
    "rfc9112-6.3-9",
    status=(2, 3, 4, 5),
    absent=["content-length", "transfer-encoding"],
    passes=["GET / => 200 | Content-Length: 1 || a", "GET / HTTP/1.0 => 200 || a", "HEAD / => 200", "PUT / => 204"],
    fails=["GET / => 200 || a"],
)
def delimited(seen: Seen) -> str | None:
    if seen.method in ("HEAD", "CONNECT") or seen.status in (204, 205, 304) or seen.request.version != (1, 1):
        return None
    return "the content ends with the connection: neither Content-Length nor Transfer-Encoding"


@chapter.rule(
    "rfc9110-6.5.1-1",
    passes=["GET / => 200 | Trailer: Digest || a || Digest: x"],
    fails=["GET / => 200 || a || Content-Length: 1"],
)
def only_suitable_trailers(seen: Seen) -> str | None:
    if seen.response is None or seen.response.trailers is None:
        return None
    found = sorted(_NEVER_TRAILERS.intersection(seen.response.trailers.by_name))
    return f"{found[0]} in the trailer section" if found else None


@chapter.rule(
    "rfc9110-6.6.2-1",
    passes=["GET / => 200 | Trailer: Digest || a || Digest: x"],
    fails=["GET / => 200 || a || Digest: x"],
)
def trailers_are_announced(seen: Seen) -> str | None:
    if seen.response is None or seen.response.trailers is None:
        return None
    announced = parse_tokens(seen.get("trailer")) or ()
    missing = len(seen.trailers.by_name.keys() - set(announced))
    return f"{missing} trailer fields that Trailer does not list" if missing else None
