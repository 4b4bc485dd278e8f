"""3xx but 304, and Location: RFC 9110 sections 15.4 and 10.2.2."""

from __future__ import annotations

import re

from statuary.semantics.judgement.content import is_known_empty
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()

# The characters of a URI-reference, and complete percent-encodings: RFC 3986 appendix A
_URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*+")
_AUTHORITY = re.compile(r"(?:https?:)?//([^/?#]*)", re.IGNORECASE)
# host [ ":" port ]: RFC 3986 section 3.2
_HOST_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|\[v[0-9A-Fa-f]+\.[^\[\]]+\]|[^\[\]:]*)(?::[0-9]*)?", re.IGNORECASE)
_HTTP = re.compile(r"https?:", re.IGNORECASE)
_SCHEME_LIKE = re.compile(r"([^:/?#]*):")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")


def reference_fault(reference: str) -> str | None:
    """What keeps the text from being a URI reference, or None."""
    if _URI_REFERENCE.fullmatch(reference) is None:
        return "it has a character that no URI has"
    if reference.count("#") > 1:
        return "it has two fragments"
    authority = _AUTHORITY.match(reference)
    if authority and not _HOST_PORT.fullmatch(authority[1].rpartition("@")[2]):
        return "its authority is no host, nor a host and a port"
    scheme = _SCHEME_LIKE.match(reference)
    return "it begins with a colon or an invalid scheme" if scheme and not _SCHEME.fullmatch(scheme[1]) else None


def _location_expected(seen: Seen) -> str | None:
    return f"{seen.status} without Location, so that nobody can follow it"


for _requirement, _code in (
    ("rfc9110-15.4.2-1", 301),
    ("rfc9110-15.4.3-1", 302),
    ("rfc9110-15.4.4-s3", 303),
    ("rfc9110-15.4.8-2", 307),
    ("rfc9110-15.4.9-1", 308),
):
    chapter.rule(
        _requirement,
        status=(_code,),
        absent=["location"],
        passes=[f"GET /a => {_code} | Location: /b || moved"],
        fails=[f"GET /a => {_code} || moved"],
    )(_location_expected)


@chapter.rule(
    "rfc9110-2.2-12",
    on="request response",
    present=["location", "content-location", "referer"],
    passes=[
        "GET / => 301 | Location: ../b?c#d",
        "GET / => 301 | Location: //a.example/%C3%A9",
        "GET / => 301 | Location: http://[::1]:80/",
    ],
    fails=[
        "GET / => 301 | Location: /a b",
        "GET / => 301 | Location: http://[::1/a",
        "GET / => 301 | Location: //a:b:80/",
        "GET / => 301 | Location: /a#b#c",
        "GET / => 301 | Location: /é",
        "GET / => 200 | Content-Location: /%zz",
        "GET / | Referer: http://a/b c => 200",
    ],
)
def locations_are_references(seen: Seen) -> str | None:
    for name in ("location", "content-location", "referer"):
        value = seen.get(name)
        fault = None if value is None else reference_fault(value)
        if fault is not None and value is not None:
            return f"{name} {shown(value)} is no URI reference: {fault}"
    return None


@chapter.rule(
    "rfc9110-4.2.4-1",
    on="request response",
    present=["location", "content-location", "referer"],
    passes=["GET / => 301 | Location: http://a/@b"],
    fails=["GET / => 301 | Location: http://user:secret@a/"],
)
def no_user_information(seen: Seen) -> str | None:
    for name in ("location", "content-location", "referer"):
        found = _AUTHORITY.match(seen.get(name) or "")
        if found and "@" in found[1]:
            return f"{name} has user information, which may be a password"
    return None


@chapter.rule(
    "rfc9110-4.2.1-1",
    also=["rfc9110-4.2.2-1"],
    on="request response",
    present=["location", "content-location", "referer"],
    passes=["GET / => 301 | Location: http://a:80/", "GET / => 301 | Location: file:///a"],
    fails=["GET / => 301 | Location: http:///a", "GET / => 301 | Location: https://:443/a"],
)
def http_uris_have_a_host(seen: Seen) -> str | None:
    for name in ("location", "content-location", "referer"):
        value = seen.get(name) or ""
        found = _AUTHORITY.match(value)
        if found and _HTTP.match(value) and not found[1].rpartition("@")[2].partition(":")[0]:
            return f"{name} has an http URI without a host"
    return None


@chapter.rule(
    "rfc9110-15.4.1-3",
    status=(300,),
    passes=["GET / => 300 || a list", "HEAD / => 300", "GET / => 300 | Link: </a>; rel=alternate"],
    fails=["GET / => 300"],
)
def choices_are_listed(seen: Seen) -> str | None:
    if "link" in seen.fields or "alternates" in seen.fields or not is_known_empty(seen):
        return None
    return "300 without a list to choose from"


@chapter.rule(
    "rfc9110-15.4.4-s2",
    status=(303,),
    passes=["POST / => 303 | Location: /a || see /a", "HEAD / => 303 | Location: /a"],
    fails=["POST / => 303 | Location: /a | Content-Length: 0"],
)
def see_other_has_a_note(seen: Seen) -> str | None:
    return "303 without a short note that links to the other resource" if is_known_empty(seen) else None


@chapter.rule(
    "rfc9110-10.2.2-s2",
    status=(301, 302, 307, 308),
    method=["GET", "HEAD"],
    present=["location"],
    passes=["GET /a => 301 | Location: /a/ || moved"],
    fails=["GET /a => 301 | Location: /a || moved"],
)
def leads_elsewhere(seen: Seen) -> str | None:
    request, location = seen.request, seen.get("location")
    here = {request.target, f"{request.scheme}://{request.authority}{request.target}"}
    if location not in here or "set-cookie" in seen.fields:
        return None
    return f"{seen.status} to the very URI that was requested"
