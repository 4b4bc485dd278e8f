"""Caching: what may be stored, how old it is, what it may answer, and what invalidates it (RFC 9111).

For shared and private caches. Where responses are kept is for the shells; how one is validated and freshened is in
stored_response.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from statuary import methods, status
from statuary.fields.cache_control import CacheControl, parse_cache_control
from statuary.fields.dates import format_http_date, parse_http_date
from statuary.fields.grammar import INVALID, Invalid, parse_digits, split_list
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.stored_response import freshened, is_current, validating
from statuary.semantics.target_uri import normalised, origin_of, resolve, uri_of

# A tenth of the time since the last change, and no more than a day: RFC 9111 section 4.2.2
_HEURISTIC_FRACTION = 10
_LONGEST_HEURISTIC = 86_400
_NONE = CacheControl(())
# Their values have no case: RFC 9110 sections 8.4.1, 12.5.2 and 12.5.4
_WITHOUT_CASE = frozenset({"accept-charset", "accept-encoding", "accept-language"})
# Conditions that are for the origin server alone: RFC 9111 section 4.3.2
_NOT_FOR_CACHES = ("if-match", "if-unmodified-since")


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored response and the request that brought it.

    request       as it was sent: its target URI, and the fields that Vary may name
    requested_at  when the request was sent, received_at when its response came, or when it was last validated: seconds since
                  the epoch
    is_invalid    an unsafe request may have changed the resource: validated before any use
    """

    request: Request
    response: Response
    requested_at: int
    received_at: int
    is_invalid: bool = False

    @property
    def uri(self) -> str:
        """What it is found by: see cache_key."""
        return cache_key(self.request)


@dataclass(frozen=True, slots=True)
class Reuse:
    """The stored response answers the request: with its Age, and perhaps stale."""

    entry: Entry
    response: Response
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Validate:
    """The request is to be sent on, on condition that the entry is not current."""

    entry: Entry
    request: Request


@dataclass(frozen=True, slots=True)
class Forward:
    """Nothing that is stored is of use: the request is to be sent on as it is."""


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """Nothing may be sent on, and nothing that is stored answers it: 504 (RFC 9111 section 5.2.1.7)."""


Plan: TypeAlias = Reuse | Validate | Forward | Unsatisfiable


def cache_key(request: Request) -> str:
    """What is stored is found by: the whole target URI (RFC 9111 section 2), the same for all that are equivalent."""
    return normalised(uri_of(request))


def directives(fields: Fields) -> CacheControl | Invalid:
    """The directives of Cache-Control; none where the field is absent, INVALID where it can't be read."""
    parsed = parse_cache_control(fields.get("cache-control"))
    return _NONE if parsed is None else parsed


def is_storable(request: Request, response: Response, *, shared: bool) -> bool:
    """RFC 9111 section 3, the conditions in its order. A field that can't be read is no licence to store."""
    method, asked, said = methods.lookup(request.method), directives(request.fields), directives(response.fields)
    if asked is INVALID or said is INVALID or method is None or not method.is_cacheable or request.method == "POST":
        return False
    if not 200 <= response.status <= 599 or response.status in (206, 304) or "no-store" in asked or "no-store" in said:
        return False
    if "must-understand" in said and response.status not in status.PHRASES:
        return False
    if shared and (_is_private(said) or not _may_be_shared(request, said)):
        return False
    if response.fields.get("vary", "").strip() == "*":
        return False
    return _has_licence(response, said, shared=shared)


def stored_as(request: Request, response: Response, *, shared: bool) -> Request | None:
    """The request that a response is stored for, None if it may not be: its own, or the GET that a POST has answered, too.

    That is so where the response says how long it is fresh, and that what it has is what the target URI identifies: RFC 9110
    section 9.3.3.
    """
    if request.method == "POST":
        if (
            response.status != 200
            or not _tells_freshness(response, shared=shared)
            or not _is_of_target(request, response)
        ):
            return None
        lines = [line for line in request.fields if line[0].lower() not in ("content-length", "content-type")]
        request = Request(
            "GET", request.path, Fields(lines), query=request.query, scheme=request.scheme, authority=request.authority
        )
    return request if request.method == "GET" and is_storable(request, response, shared=shared) else None


def _tells_freshness(response: Response, *, shared: bool) -> bool:
    said = directives(response.fields)
    names = ("max-age", "s-maxage") if shared else ("max-age",)
    return said is not INVALID and (any(name in said for name in names) or "expires" in response.fields)


def _is_of_target(request: Request, response: Response) -> bool:
    uri, location = cache_key(request), response.fields.get("content-location")
    resolved = None if location is None else resolve(uri, location)
    return resolved is not None and normalised(resolved[0]) == uri


def _is_private(said: CacheControl) -> bool:
    return "private" in said


def _may_be_shared(request: Request, said: CacheControl) -> bool:
    """RFC 9111 section 3.5: what was given to credentials, only where the response says so."""
    return "authorization" not in request.fields or any(n in said for n in ("public", "s-maxage", "must-revalidate"))


def _has_licence(response: Response, said: CacheControl, *, shared: bool) -> bool:
    named = ["public", "max-age", "s-maxage" if shared else "private"]
    if any(name in said for name in named) or "expires" in response.fields:
        return True
    code = response.status
    return code in status.PHRASES and status.lookup(code).is_heuristically_cacheable


def current_age(entry: Entry, now: int) -> int:
    """Seconds since the origin server made or validated it: RFC 9111 section 4.2.3, the conservative way."""
    fields = entry.response.fields
    # The first member of a list counts, and what can't be read is ignored: RFC 9111 section 5.1
    first = (fields.get("age") or "0").partition(",")[0].strip()
    age = parse_digits(first)
    date = parse_http_date(fields.get("date"), entry.received_at)
    apparent = max(0, entry.received_at - date) if isinstance(date, int) else 0
    corrected = (age if isinstance(age, int) else 0) + max(0, entry.received_at - entry.requested_at)
    return max(apparent, corrected) + max(0, now - entry.received_at)


def freshness_lifetime(entry: Entry, *, shared: bool) -> int:
    """Seconds for which it is fresh: RFC 9111 sections 4.2.1 and 4.2.2. 0 where the information can't be read."""
    said, fields = directives(entry.response.fields), entry.response.fields
    if said is INVALID or not _is_age_known(fields):
        return 0
    for name in ("s-maxage", "max-age") if shared else ("max-age",):
        seconds = said.seconds(name)
        if seconds is not None:
            return seconds if isinstance(seconds, int) else 0
    date = parse_http_date(fields.get("date"), entry.received_at)
    made = date if isinstance(date, int) else entry.received_at
    if "expires" in fields:
        expires = parse_http_date(fields.get("expires"), entry.received_at)
        return max(0, expires - made) if isinstance(expires, int) else 0
    return _heuristic(entry, said, made)


def _is_age_known(fields: Fields) -> bool:
    """Whether Age can be read, if it is there: of a list, its first member, RFC 9111 section 5.1.

    Where that section would have a value ignored, or one of several lines chosen, the age is not known. Section 4.2.1
    encourages to take for stale what can't be read: it costs a request, and no old response passes for a new one.
    """
    age = fields.get("age")
    if age is None:
        return True
    first, _, rest = age.partition(",")
    # Several lines, or those that a recipient before us has joined: RFC 9110 section 5.3
    are_lines = rest.startswith(" ")
    return isinstance(parse_digits(first), int) and not are_lines


def _heuristic(entry: Entry, said: CacheControl, made: int) -> int:
    code = entry.response.status
    known = code in status.PHRASES and status.lookup(code).is_heuristically_cacheable
    modified = parse_http_date(entry.response.fields.get("last-modified"), entry.received_at)
    if not isinstance(modified, int) or not (known or "public" in said):
        return 0
    return min(max(0, made - modified) // _HEURISTIC_FRACTION, _LONGEST_HEURISTIC)


def matches(entry: Entry, request: Request) -> bool:
    """Whether it could answer the request, fresh or not: target, method, what Vary names (RFC 9111 sections 4 and 4.1)."""
    if entry.uri != cache_key(request) or entry.request.method not in (request.method, "GET"):
        return False
    if request.method not in ("GET", "HEAD"):
        return False
    names = split_list(entry.response.fields.get("vary", ""))
    if names is INVALID:
        return False
    return all(name != "*" and _same(name.lower(), entry.request, request) for name in names or ())


def _same(name: str, one: Request, other: Request) -> bool:
    return _normalised(name, one.fields.get(name)) == _normalised(name, other.fields.get(name))


def _normalised(name: str, value: str | None) -> str | None:
    """Without the whitespace that a list may have, nor differences of case where they mean nothing."""
    if value is None:
        return None
    text = ",".join(member.strip() for member in value.split(","))
    return text.lower() if name in _WITHOUT_CASE else text


def plan(request: Request, entries: Sequence[Entry], now: int, *, shared: bool) -> Plan:
    """What to do about a request: RFC 9111 sections 4 and 5.2.1."""
    asked = directives(request.fields)
    asked = _NONE if isinstance(asked, Invalid) else asked
    nothing: Plan = Unsatisfiable() if "only-if-cached" in asked else Forward()
    if request.method not in ("GET", "HEAD") or any(name in request.fields for name in _NOT_FOR_CACHES):
        return nothing
    entry = _chosen(request, entries)
    if entry is None:
        return nothing
    age = current_age(entry, now)
    lifetime = freshness_lifetime(entry, shared=shared)
    if _may_answer(entry, asked, age, lifetime, _is_asked_without_cache(request, asked), shared=shared):
        return Reuse(entry, with_age(unvalidated(entry.response), age), is_stale=age >= lifetime)
    if "only-if-cached" in asked:
        return Unsatisfiable()
    condition = validating(request, entry.response)
    # The user's own conditions are about what the user has, and not about what is stored here
    own = "if-none-match" in request.fields or "if-modified-since" in request.fields or "range" in request.fields
    return Forward() if condition is None or own else Validate(entry, condition)


def _chosen(request: Request, entries: Sequence[Entry]) -> Entry | None:
    """The most recent of those that match, one with Vary before one without: RFC 9111 sections 4 and 4.1."""
    found = [entry for entry in entries if matches(entry, request)]
    return max(found, key=lambda one: ("vary" in one.response.fields, _date(one)), default=None)


def _date(entry: Entry) -> int:
    date = parse_http_date(entry.response.fields.get("date"), entry.received_at)
    return date if isinstance(date, int) else entry.received_at


def _is_asked_without_cache(request: Request, asked: CacheControl) -> bool:
    pragma = request.fields.get("pragma") if "cache-control" not in request.fields else None
    return "no-cache" in asked or "no-cache" in (pragma or "").lower()


def _may_answer(
    entry: Entry, asked: CacheControl, age: int, lifetime: int, without_cache: bool, *, shared: bool
) -> bool:
    said = directives(entry.response.fields)
    if said is INVALID or entry.is_invalid or without_cache:
        return False
    if "no-cache" in said and said.argument("no-cache") is None:
        return False
    most, least = asked.seconds("max-age"), asked.seconds("min-fresh")
    if isinstance(most, int) and age > most:
        return False
    if lifetime > age:
        return lifetime - age >= (least if isinstance(least, int) else 0)
    return not _forbids_stale(said, shared=shared) and _accepts_stale(asked, age - lifetime)


def _accepts_stale(asked: CacheControl, staleness: int) -> bool:
    """RFC 9111 section 5.2.1.2: max-stale without a number takes any staleness."""
    if "max-stale" not in asked:
        return False
    if asked.argument("max-stale") is None:
        return True
    most = asked.seconds("max-stale")
    return isinstance(most, int) and staleness <= most


def _forbids_stale(said: CacheControl, *, shared: bool) -> bool:
    """RFC 9111 section 4.2.4."""
    names = ("no-cache", "must-revalidate", *(("proxy-revalidate", "s-maxage") if shared else ()))
    return any(name in said for name in names)


def may_serve_stale(entry: Entry, *, shared: bool) -> bool:
    """Whether it may answer where the origin server can't be reached, or answers 5xx: RFC 9111 sections 4.2.4 and 4.3.3."""
    said = directives(entry.response.fields)
    return not isinstance(said, Invalid) and not entry.is_invalid and not _forbids_stale(said, shared=shared)


def last_resort(request: Request, entries: Sequence[Entry], now: int, *, shared: bool) -> Entry | None:
    """What may answer instead of an error though it can't be validated: stale-if-error permits it, RFC 5861 section 4."""
    entry = _chosen(request, entries)
    if entry is None or not may_serve_stale(entry, shared=shared):
        return None
    staleness = current_age(entry, now) - freshness_lifetime(entry, shared=shared)
    return entry if staleness < 0 or is_good_for_errors(request, entry, staleness) else None


def is_good_for_errors(request: Request, entry: Entry, staleness: int) -> bool:
    """Whether stale-if-error, of the request or the response, goes so far: RFC 5861 section 4."""
    told = (_seconds(fields, "stale-if-error") for fields in (request.fields, entry.response.fields))
    return any(seconds >= 0 and staleness <= seconds for seconds in told)


def _seconds(fields: Fields, name: str) -> int:
    said = directives(fields)
    seconds = None if isinstance(said, Invalid) else said.seconds(name)
    return seconds if isinstance(seconds, int) else -1


def unvalidated(response: Response) -> Response:
    """What of a stored response may be used without asking: not the fields that no-cache names, RFC 9111 section 5.2.2.4."""
    said = directives(response.fields)
    named = None if isinstance(said, Invalid) else said.argument("no-cache")
    if not named:
        return response
    names = {name.strip(" \t").lower() for name in named.split(",")}
    lines = [line for line in response.fields if line[0].lower() not in names]
    return Response(response.status, Fields(lines), response.content, response.trailers)


def with_age(response: Response, age: int) -> Response:
    """The response with the Age that a cache generates: RFC 9111 section 4."""
    lines = [line for line in response.fields if line[0].lower() != "age"]
    return Response(response.status, Fields([*lines, ("Age", str(age))]), response.content, response.trailers)


def validated(entry: Entry, response: Response, requested_at: int, received_at: int) -> Entry | None:
    """The entry after a 304, None where that is about something else: RFC 9111 section 4.3.4."""
    if response.status != 304 or not is_current(entry.response, response):
        return None
    # Its age begins anew: what was there of it goes, unless the 304 has its own
    old = entry.response
    kept = Fields(line for line in old.fields if line[0].lower() not in ("age", "date"))
    if "date" not in response.fields:
        kept = Fields([*kept, ("Date", format_http_date(received_at))])
    fresh = freshened(Response(old.status, kept, old.content, old.trailers), response)
    return Entry(entry.request, fresh, requested_at, received_at)


def invalidated_by(request: Request, response: Response) -> tuple[str, ...]:
    """What is invalid now among what is stored, by its key: RFC 9111 section 4.4."""
    known = methods.lookup(request.method)
    if (known is not None and known.is_safe) or response.status // 100 not in (2, 3):
        return ()
    uri = cache_key(request)
    found = [uri]
    for name in ("location", "content-location"):
        reference = response.fields.get(name)
        resolved = resolve(uri, reference) if reference is not None else None
        if resolved is not None and origin_of(resolved[0]) == origin_of(uri):
            found.append(normalised(resolved[0]))
    return tuple(dict.fromkeys(found))
