"""What a request carries: content, Expect, ranges and conditions, Referer, User-Agent (RFC 9110 sections 9, 10, 13, 14)."""

from __future__ import annotations

import re

from statuary.fields.expect import parse_expect
from statuary.fields.ranges import parse_range
from statuary.fields.validators import EntityTag, parse_if_range
from statuary.semantics.judgement.content import has_request_content
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)")
# Ranges beyond this many cost a server more than they spare: the number is ours
_MANY_RANGES = 20


def _register_without_content(requirement: str, method: str) -> None:
    def has_no_content(seen: Seen) -> str | None:
        return f"{method} with content, which means nothing there" if has_request_content(seen) else None

    chapter.rule(
        requirement,
        on="request",
        method=[method],
        passes=[f"{method} / => 200"],
        fails=[f"{method} / | Content-Length: 1 => 200", f"{method} / | Transfer-Encoding: chunked => 200"],
    )(has_no_content)


for _requirement, _method in (
    ("rfc9110-9.3.1-1", "GET"),
    ("rfc9110-9.3.2-4", "HEAD"),
    ("rfc9110-9.3.5-2", "DELETE"),
    ("rfc9110-9.3.8-4", "TRACE"),
):
    _register_without_content(_requirement, _method)


@chapter.rule(
    "rfc9110-9.3.7-4",
    on="request",
    method=["OPTIONS"],
    absent=["content-type"],
    passes=["OPTIONS / => 204", "OPTIONS / | Content-Type: a/b | Content-Length: 1 => 204"],
    fails=["OPTIONS / | Content-Length: 1 => 204"],
)
def options_content_is_labelled(seen: Seen) -> str | None:
    return "OPTIONS with content and without Content-Type" if has_request_content(seen) else None


@chapter.rule(
    "rfc9110-9.3.8-2",
    on="request",
    method=["TRACE"],
    present=["authorization", "cookie", "proxy-authorization"],
    passes=["TRACE / | Max-Forwards: 1 => 200"],
    fails=["TRACE / | Cookie: a=b => 200"],
)
def trace_has_no_secrets(seen: Seen) -> str | None:
    return "TRACE with credentials or cookies, which the response would show"


@chapter.rule(
    "rfc9110-10.1.1-2",
    on="request",
    present=["expect"],
    passes=["PUT / | Expect: 100-continue | Content-Length: 1 => 100 => 200"],
    fails=["PUT / | Expect: 100-continue => 200", "PUT / | Expect: 100-continue | Content-Length: 0 => 200"],
)
def expectation_has_content(seen: Seen) -> str | None:
    expected = any(member.name == "100-continue" for member in parse_expect(seen.get("expect")) or ())
    return "100-continue without content to wait with" if expected and not has_request_content(seen) else None


@chapter.rule(
    "rfc9110-13.1.5-1",
    on="request",
    present=["if-range"],
    passes=['GET / | If-Range: "1" | Range: bytes=0-1 => 200'],
    fails=['GET / | If-Range: "1" => 200'],
)
def if_range_has_a_range(seen: Seen) -> str | None:
    return "If-Range without Range" if "range" not in seen.fields else None


@chapter.rule(
    "rfc9110-13.1.5-4",
    on="request",
    present=["if-range"],
    passes=['GET / | If-Range: "1" | Range: bytes=0-1 => 200'],
    fails=['GET / | If-Range: W/"1" | Range: bytes=0-1 => 200'],
)
def if_range_is_strong(seen: Seen) -> str | None:
    validator = parse_if_range(seen.get("if-range"), 0)
    return "If-Range with a weak entity tag" if isinstance(validator, EntityTag) and validator.weak else None


@chapter.rule(
    "rfc9110-14.2-s1",
    on="request",
    roles=("client",),
    present=["range"],
    passes=["GET / | Range: bytes=0-1 => 200"],
    fails=["POST / | Range: bytes=0-1 => 200"],
)
def range_has_a_meaning(seen: Seen) -> str | None:
    return None if seen.method == "GET" else f"Range means nothing with {shown(seen.method)}"


@chapter.rule(
    "rfc9110-14.2-8",
    on="request",
    present=["range"],
    passes=["GET / | Range: bytes=0-1, 4-5, -1 => 200"],
    fails=["GET / | Range: bytes=4-5, 0-1 => 200"],
)
def ranges_ascend(seen: Seen) -> str | None:
    ranges = parse_range(seen.get("range"))
    firsts = [first for first, _ in ranges.specs if first is not None] if ranges else []
    return "the ranges are not in ascending order" if firsts != sorted(firsts) else None


@chapter.rule(
    "rfc9110-14.2-6",
    on="request",
    present=["range"],
    passes=["GET / | Range: bytes=0-1, 4-5 => 200"],
    fails=["GET / | Range: bytes=" + ", ".join(f"{n}-{n}" for n in range(0, 60, 2)) + " => 200"],
)
def few_ranges(seen: Seen) -> str | None:
    ranges = parse_range(seen.get("range"))
    if not ranges or len(ranges.specs) <= _MANY_RANGES:
        return None
    return f"{len(ranges.specs)} ranges, where fewer and larger ones would cost less"


@chapter.rule(
    "rfc9110-10.1.5-1",
    on="request",
    absent=["user-agent"],
    passes=["GET / | User-Agent: a/1 => 200"],
    fails=["GET / => 200"],
)
def user_agent_is_named(seen: Seen) -> str | None:
    return "no User-Agent"


@chapter.rule(
    "rfc9110-10.1.3-1",
    on="request",
    present=["referer"],
    passes=["GET / | Referer: http://a/b?c => 200", "GET / | Referer: about:blank => 200"],
    fails=["GET / | Referer: http://a/b#c => 200", "GET / | Referer: http://user:secret@a/b => 200"],
)
def referer_is_discreet(seen: Seen) -> str | None:
    value = seen.get("referer") or ""
    if "#" in value:
        return "Referer has a fragment"
    found = _URI.match(value)
    return "Referer has user information" if found and "@" in found[2] else None


@chapter.rule(
    "rfc9110-10.1.3-5",
    on="request",
    present=["referer"],
    passes=["GET / | Referer: http://a/b => 200"],
    fails=["GET / | Referer: https://a/b => 200"],
)
def referer_stays_secured(seen: Seen) -> str | None:
    secured = (seen.get("referer") or "")[:6].lower() == "https:"
    return "an unsecured request tells of a secured page" if secured and seen.request.carried_by == "http" else None
