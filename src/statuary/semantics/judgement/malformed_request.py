"""What was wrong with a request and had to be refused: RFC 9110 section 9.3.6, RFC 9112 sections 3.2 and 6.3.

Any error will do here, not just the 400 that is asked for: another reason to refuse may have come first.
"""

from __future__ import annotations

from functools import lru_cache

from statuary.fields.content_length import parse_content_length
from statuary.fields.grammar import INVALID, split_list
from statuary.fields.host import parse_host
from statuary.fields.transfer_codings import parse_transfer_encoding
from statuary.semantics.judgement.content import is_http_1
from statuary.semantics.judgement.rule import Chapter, Seen

chapter = Chapter()


@lru_cache(maxsize=256)
def _is_one_host(value: str | None) -> bool:
    """Whether it is beyond doubt: no comma, which could be that between lines, and nothing invalid."""
    return bool(value) and "," not in (value or "") and parse_host(value) is not INVALID


@chapter.rule(
    "rfc9112-3.2-6",
    status=(1, 2, 3),
    passes=[
        "GET / | Host: a => 200",
        "GET / | Host: => 200",
        "GET / => 400",
        "GET / HTTP/1.0 => 200",
        "GET http://a/ | Host: a | Host: b => 200",
    ],
    fails=["GET / => 200", "GET / | Host: a | Host: a => 200", "GET / | Host: a b => 301 | Location: /c"],
)
def bad_host_is_refused(seen: Seen) -> str | None:
    if seen.request.version != (1, 1) or _is_one_host(seen.asked("host")):
        return None
    values = seen.request.fields.all("host")
    if values and "://" in seen.request.target:
        return None  # beside a target in absolute form Host is ignored: RFC 9112 section 3.2.2
    if not values and seen.request.authority is not None:
        return None  # a capture that keeps the authority elsewhere
    if len(values) == 1 and (not values[0] or parse_host(values[0]) is not INVALID):
        return None
    return f"a {seen.status} to a request whose Host is missing, repeated or invalid"


@chapter.rule(
    "rfc9112-6.3-5",
    status=(2, 3),
    asked=["content-length"],
    passes=[
        "PUT / | Content-Length: 5 => 200",
        "PUT / | Content-Length: 5, 5 => 200",
        "PUT / | Content-Length: x => 400",
    ],
    fails=["PUT / | Content-Length: x => 200", "PUT / | Content-Length: 5, 6 => 200"],
)
def bad_length_is_refused(seen: Seen) -> str | None:
    text = seen.asked("content-length") or ""
    # A list of one and the same number may be taken as that number: rfc9110-8.6-13
    members = set(split_list(text) or [text])
    if not is_http_1(seen) or "transfer-encoding" in seen.request.fields.by_name:
        return None
    if len(members) == 1 and parse_content_length(members.pop()) is not INVALID:
        return None
    return f"a {seen.status} to a request with an invalid Content-Length"


@chapter.rule(
    "rfc9112-6.3-3",
    status=(2, 3),
    asked=["transfer-encoding"],
    passes=["PUT / | Transfer-Encoding: gzip, chunked => 200", "PUT / | Transfer-Encoding: gzip => 400"],
    fails=["PUT / | Transfer-Encoding: gzip => 200", "PUT / | Transfer-Encoding: chunked, gzip => 200"],
)
def endless_content_is_refused(seen: Seen) -> str | None:
    codings = parse_transfer_encoding(seen.asked("transfer-encoding"))
    if not codings or codings[-1].name == "chunked" or not is_http_1(seen):
        return None
    return f"a {seen.status} to a request whose end can't be found: its last transfer coding is not chunked"


@chapter.rule(
    "rfc9110-9.3.6-2",
    status=(2,),
    method=["CONNECT"],
    passes=["CONNECT a:443 => 200", "CONNECT a => 400"],
    fails=["CONNECT a => 200", "CONNECT a: => 200", "CONNECT a:99999 => 200"],
)
def tunnel_without_a_port_is_refused(seen: Seen) -> str | None:
    host = parse_host(seen.request.target)
    return f"a {seen.status} to CONNECT without a valid port" if not host or host.port is None else None
