"""Content-Type, content codings and what was acceptable: RFC 9110 sections 8.3, 8.4 and 12."""

from __future__ import annotations

import re

from statuary.fields.grammar import parse_tokens
from statuary.fields.negotiation import parse_accept_encoding
from statuary.semantics.judgement.content import has_request_content
from statuary.semantics.judgement.quoting import without_quoted
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()

_WEIGHTED = ("accept", "accept-charset", "accept-encoding", "accept-language", "te")
_long_qvalue = re.compile(r";[ \t]*[qQ]=[01]\.[0-9]{4}")
_q_before = re.compile(r";[ \t]*q=[0-9.]+[ \t]*;", re.IGNORECASE)


@chapter.rule(
    "rfc9110-8.3-1",
    absent=["content-type"],
    passes=[
        "GET / => 200 | Content-Type: text/plain || a",
        "GET / => 204",
        'GET / | Range: bytes=0-0 | If-Range: "1" => 206 | ETag: "1" | Content-Range: bytes 0-0/9 || a',
    ],
    fails=["GET / => 200 || a"],
)
def content_is_labelled(seen: Seen) -> str | None:
    # A client with If-Range has the type already, and need not be told again: rfc9110-15.3.7-3
    if seen.status == 206 and seen.asked("if-range") is not None:
        return None
    return "content without Content-Type" if seen.content and seen.status != 101 and seen.method != "CONNECT" else None


@chapter.rule(
    "rfc9110-8.3-1",
    on="request",
    absent=["content-type"],
    passes=["POST / | Content-Type: a/b | Content-Length: 1 => 200", "GET / => 200"],
    fails=["POST / | Content-Length: 1 => 200"],
)
def request_content_is_labelled(seen: Seen) -> str | None:
    # OPTIONS is bound more strictly: rfc9110-9.3.7-4
    return "content without Content-Type" if has_request_content(seen) and seen.method != "OPTIONS" else None


@chapter.rule(
    "rfc9110-8.4-2",
    on="request response",
    present=["content-encoding"],
    passes=["GET / => 200 | Content-Encoding: gzip || a"],
    fails=["GET / => 200 | Content-Encoding: identity || a"],
)
def identity_is_no_coding(seen: Seen) -> str | None:
    listed = parse_tokens(seen.get("content-encoding")) or ()
    return "Content-Encoding lists identity, which is no coding" if "identity" in listed else None


@chapter.rule(
    "rfc9110-12.5.3-2",
    status=(200, 203, 206),
    asked=["accept-encoding"],
    present=["content-encoding"],
    passes=[
        "GET / | Accept-Encoding: gzip, br;q=0 => 200 | Content-Encoding: gzip || a",
        "GET / | Accept-Encoding: * => 200 | Content-Encoding: br || a",
        "GET / | Accept-Encoding: gzip => 200 | Content-Encoding: x-gzip || a",
    ],
    fails=[
        "GET / | Accept-Encoding: br => 200 | Content-Encoding: gzip || a",
        "GET / | Accept-Encoding: *, gzip;q=0 => 200 | Content-Encoding: gzip || a",
        "GET / | Accept-Encoding: identity => 200 | Content-Encoding: gzip || a",
    ],
)
def coding_was_acceptable(seen: Seen) -> str | None:
    accepted = parse_accept_encoding(seen.asked("accept-encoding"))
    if accepted is None or not isinstance(accepted, tuple):
        return None
    weights = {coding.removeprefix("x-"): weight for coding, weight in accepted}
    for coding in parse_tokens(seen.get("content-encoding")) or ():
        name = coding.removeprefix("x-")
        if name != "identity" and not weights.get(name, weights.get("*", 0)):
            return f"content coded with {shown(coding)}, which Accept-Encoding does not accept"
    return None


@chapter.rule(
    "rfc9110-12.4.2-1",
    on="request",
    present=_WEIGHTED,
    passes=["GET / | Accept: a/b;q=0.123 => 200"],
    fails=["GET / | Accept: a/b;q=0.1234 => 200"],
)
def three_decimals_at_most(seen: Seen) -> str | None:
    for name in _WEIGHTED:
        if _long_qvalue.search(without_quoted(seen.get(name))):
            return f"a weight in {name} has more than three decimals"
    return None


@chapter.rule(
    "rfc9110-12.5.1-1",
    on="request",
    present=["accept"],
    passes=["GET / | Accept: a/b;c=d;q=0.1 => 200"],
    fails=["GET / | Accept: a/b;q=0.1;c=d => 200"],
)
def weight_is_last(seen: Seen) -> str | None:
    found = _q_before.search(without_quoted(seen.get("accept")))
    return "a parameter follows the weight in Accept" if found else None
