"""The request target and Host: RFC 9110 sections 7.1 and 7.2, RFC 9112 section 3.2."""

from __future__ import annotations

import re

from statuary.fields.grammar import INVALID
from statuary.fields.host import parse_host
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()

_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)")
_IN_A_TARGET = re.compile(r"[!$-;=?-Z_a-z~\[\]]*+")


@chapter.rule(
    "rfc9110-7.2-1",
    also=["rfc9112-3.2-3"],
    on="request",
    absent=["host"],
    passes=["GET / | Host: a => 200", "GET / HTTP/1.0 => 200", "GET / HTTP/2.0 => 200"],
    fails=["GET / => 400"],
)
def host_is_there(seen: Seen) -> str | None:
    return "HTTP/1.1 without Host" if seen.request.version == (1, 1) else None


@chapter.rule(
    "rfc9110-7.2-2",
    on="request",
    present=["host"],
    passes=["GET / | Host: a | Accept: */* => 200"],
    fails=["GET / | Accept: */* | Host: a => 200"],
)
def host_is_first(seen: Seen) -> str | None:
    if seen.request.version >= (2, 0) or seen.section.lines[0][0].lower() == "host":
        return None
    return "Host is not the first field"


@chapter.rule(
    "rfc9110-2.2-12",
    on="request",
    present=["host"],
    passes=["GET / | Host: a.example:80 => 200", "GET / | Host: [::1] => 200", "GET / | Host: => 200"],
    fails=["GET / | Host: user@a => 400", "GET / | Host: a/b => 400", "GET / | Host: a | Host: b => 400"],
)
def host_can_be_read(seen: Seen) -> str | None:
    # Empty where the target has no authority: rfc9112-3.2-5
    value = seen.get("host")
    return f"Host is outside its grammar: {shown(value)}" if value and parse_host(value) is INVALID else None


@chapter.rule(
    "rfc9112-3.2-4",
    on="request",
    present=["host"],
    passes=["GET http://a:80/b | Host: A:80 => 200", "CONNECT a:443 | Host: a:443 => 200"],
    fails=["GET http://a/b | Host: b => 200"],
)
def host_is_that_of_the_target(seen: Seen) -> str | None:
    found = _ABSOLUTE.match(seen.request.target)
    if not found or found[2].rpartition("@")[2].lower() == (seen.get("host") or "").lower():
        return None
    return f"Host {shown(seen.get('host') or '')} is not the authority of the target {shown(found[2])}"


@chapter.rule(
    "rfc9110-7.1-1",
    on="request",
    passes=["OPTIONS * => 200", "CONNECT a:443 => 200", "GET /* => 200"],
    fails=["GET * => 400", "GET a:443 => 400"],
)
def target_suits_the_method(seen: Seen) -> str | None:
    target = seen.request.target
    if target == "*":
        return None if seen.method == "OPTIONS" else f"the target * with {shown(seen.method)}"
    if not target or target[0] in "/?" or "://" in target or seen.method == "CONNECT":
        return None
    return f"the target {shown(target)} is neither a path, a URI nor *" if ":" in target else None


@chapter.rule(
    "rfc9110-9.3.6-1",
    also=["rfc9112-3.2.3-1"],
    on="request",
    method=["CONNECT"],
    passes=["CONNECT a:443 => 200", "CONNECT [::1]:443 => 200"],
    fails=["CONNECT a => 400", "CONNECT a: => 400"],
)
def tunnel_has_a_port(seen: Seen) -> str | None:
    host = parse_host(seen.request.target)
    return f"CONNECT to {shown(seen.request.target)}, which has no port" if not host or host.port is None else None


@chapter.rule(
    "rfc9112-3.2.1-2",
    on="request",
    passes=["GET / => 200", "GET /?a => 200", "OPTIONS * => 200"],
    fails=["GET ?a => 400"],
)
def path_is_not_empty(seen: Seen) -> str | None:
    return "the target has no path" if seen.request.target[:1] in ("", "?") and seen.method != "CONNECT" else None


@chapter.rule(
    "rfc9110-2.2-12",
    on="request",
    passes=["GET /a%20b?c[]=d => 200"],
    fails=["GET /a#b => 400", "GET /é => 400", "GET /{a} => 400"],
)
def target_is_spelled_like_a_uri(seen: Seen) -> str | None:
    if _IN_A_TARGET.fullmatch(seen.request.target):
        return None
    return f"the target {shown(seen.request.target)} has a character that no target has"


@chapter.rule(
    "rfc9110-4.2.4-1",
    on="request",
    passes=["GET http://a/@b | Host: a => 200"],
    fails=["GET http://user@a/b | Host: a => 200"],
)
def no_user_information_in_targets(seen: Seen) -> str | None:
    found = _ABSOLUTE.match(seen.request.target)
    return "the target has user information" if found and "@" in found[2] else None
