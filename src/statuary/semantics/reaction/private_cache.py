"""What a private cache does for a user agent, and why: what it answers, has asked on condition, keeps, gives up (RFC 9111).

The rules that all caches share are in semantics/caching.py. Here are those that a user agent adds: credentials tell entries
apart as though Vary named them, a part is never taken from what is stored, and stale-if-error (RFC 5861) is obeyed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from statuary.fields.authentication import Credentials, parse_credentials
from statuary.fields.grammar import Invalid, split_list
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.cached_answer import answering
from statuary.semantics.caching import (
    Entry,
    Forward,
    Reuse,
    Unsatisfiable,
    Validate,
    current_age,
    directives,
    freshness_lifetime,
    is_good_for_errors,
    is_storable,
    matches,
    may_serve_stale,
    plan,
    with_age,
)
from statuary.semantics.stored_response import validating

_SHARED = False
_SECRET = ("authorization", "cookie")


@dataclass(frozen=True, slots=True)
class CacheNote:
    """Something that the cache did or left, with the section that says so.

    ``is_ahead`` of what was sent, or tells of something stale that a user should know of, ``is_warning``.
    """

    because: str
    says: str
    is_ahead: bool = False
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Consulted:
    """What the cache has for a request.

    answer      what is given without asking, None where the request is to be sent
    is_refused  nothing may be sent, and the answer is a 504 of our own
    condition   field lines to send with the request
    entry       what they are about; what helps out where the server fails
    """

    note: CacheNote | None = None
    answer: Response | None = None
    is_refused: bool = False
    condition: tuple[FieldLine, ...] = ()
    entry: Entry | None = None


def key_of(request: Request) -> Request:
    """The request as it is compared and kept: of what is secret in it, a hash tells whether it is the same.

    Credentials are known by their user, as those of Digest are others each time.
    """
    if not any(name in request.fields.by_name for name in _SECRET):
        return request
    lines = [(name, _hashed(name.lower(), value)) for name, value in request.fields]
    return request.with_fields(Fields(lines))


def _hashed(name: str, value: str) -> str:
    if name not in _SECRET:
        return value
    given = parse_credentials(value) if name == "authorization" else None
    if isinstance(given, Credentials) and given.scheme.lower() == "digest":
        value = f"digest {given.parameter('realm')} {given.parameter('username')}"
    return sha256(value.encode("latin-1")).hexdigest()


def consult(request: Request, entries: Sequence[Entry], now: int) -> Consulted:
    """What to do about a request, by its key and the entries for its target URI."""
    if request.method not in ("GET", "HEAD"):
        return Consulted()
    if "range" in request.fields:
        return Consulted(
            CacheNote("rfc9110-14.2", "A part is asked for: nothing stored is used for that.", is_ahead=True)
        )
    own = [one for one in entries if one.request.fields.get("authorization") == request.fields.get("authorization")]
    decided = plan(request, own, now, shared=_SHARED)
    match decided:
        case Reuse(entry, response, is_stale):
            note = _reused(entry, now, is_stale=is_stale)
            return Consulted(note, answering(request, response, now), entry=entry)
        case Validate(entry, _):
            condition = validating(request.with_fields(Fields()), entry.response)
            assert condition is not None
            says = f"What is stored is {_doubt(entry, now)}: it is asked whether it has changed."
            return Consulted(
                CacheNote("rfc9111-4.3.1", says, is_ahead=True), condition=condition.fields.lines, entry=entry
            )
        case Unsatisfiable():
            says = "Only what is stored was wanted, and nothing that is answers it."
            return Consulted(
                CacheNote("rfc9111-5.2.1.7", says, is_ahead=True), Response(504, Fields()), is_refused=True
            )
        case Forward():
            found = [one for one in own if matches(one, request)]
            if not found:
                return Consulted(CacheNote("rfc9111-4", "Nothing that is stored answers it.", is_ahead=True))
            entry = max(found, key=lambda one: one.received_at)
            note = CacheNote("rfc9111-4", f"What is stored is {_doubt(entry, now)}.", is_ahead=True)
            return Consulted(note, entry=entry)


def _reused(entry: Entry, now: int, *, is_stale: bool) -> CacheNote:
    age, lifetime = current_age(entry, now), freshness_lifetime(entry, shared=_SHARED)
    if is_stale:
        says = f"It is taken from the cache: stale for {age - lifetime} seconds, which the request accepts."
        return CacheNote("rfc9111-5.2.1.2", says, is_ahead=True)
    says = f"It is taken from the cache: {age} seconds old, fresh for {lifetime - age} more."
    return CacheNote("rfc9111-4", says, is_ahead=True)


def _doubt(entry: Entry, now: int) -> str:
    """Why it does not answer by itself."""
    if entry.is_invalid:
        return "in doubt since something was changed there"
    staleness = current_age(entry, now) - freshness_lifetime(entry, shared=_SHARED)
    return f"stale for {staleness} seconds" if staleness >= 0 else "fresh, but not to be used unasked"


def stands_in(
    consulted: Consulted, request: Request, now: int, status: int | None
) -> tuple[Response, CacheNote] | None:
    """What is stored, in place of a server's 5xx with this status, or of no response at all (None); stale, and said to be.

    Without stale-if-error a 5xx is passed on: it is the server's word. Where no word comes, we are disconnected, and what
    may be used then is RFC 9111 section 4.2.4's.
    """
    entry = consulted.entry
    if entry is None or consulted.is_refused or not may_serve_stale(entry, shared=_SHARED):
        return None
    age = current_age(entry, now)
    staleness = age - freshness_lifetime(entry, shared=_SHARED)
    because = "rfc5861-4" if is_good_for_errors(request, entry, staleness) else "rfc9111-4.2.4"
    if because != "rfc5861-4" and status is not None:
        return None
    old = "fresh" if staleness < 0 else f"stale for {staleness} seconds"
    instead = "No answer came" if status is None else f"It is no answer, but a {status}"
    says = f"{instead}: what is stored is used, though it is {old}."
    return answering(request, with_age(entry.response, age), now), CacheNote(because, says, is_warning=True)


def entry_for(request: Request, response: Response, requested_at: int, received_at: int) -> Entry:
    """A response as it is kept: of the request, by its key, only what tells whom it answers."""
    names = split_list(response.fields.get("vary", ""))
    kept = {"authorization", *(() if isinstance(names, Invalid) else (name.lower() for name in names))}
    lines = [line for line in request.fields if line[0].lower() in kept]
    return Entry(request.with_fields(Fields(lines)), response, requested_at, received_at)


def keeps(request: Request, response: Response, requested_at: int, received_at: int) -> tuple[bool, CacheNote | None]:
    """Whether a response is stored once it is whole, and what is to be said of that."""
    if request.method != "GET":
        return False, None
    if response.status == 206:
        return False, CacheNote("rfc9111-3.3", "A part is not stored.")
    if not is_storable(request, response, shared=_SHARED):
        return False, CacheNote(*_not_stored(request, response))
    entry = Entry(request, response, requested_at, received_at)
    left = freshness_lifetime(entry, shared=_SHARED) - current_age(entry, received_at)
    if left > 0:
        return True, CacheNote("rfc9111-3", f"It is stored, fresh for {left} seconds.")
    if validating(request, response) is None and not is_good_for_errors(request, entry, -left):
        return False, CacheNote(
            "rfc9111-3", "It is not stored: it is stale at once, and nothing tells whether it is valid."
        )
    return True, CacheNote("rfc9111-3", "It is stored, to be asked about before it is used.")


def _not_stored(request: Request, response: Response) -> tuple[str, str]:
    for fields, section, whose in ((request.fields, "5.2.1.5", "request"), (response.fields, "5.2.2.5", "response")):
        said = directives(fields)
        if isinstance(said, Invalid):
            return "rfc9111-3", f"It is not stored: the {whose}'s Cache-Control can't be read."
        if "no-store" in said:
            return f"rfc9111-{section}", f"It is not stored: the {whose} says no-store."
    if response.fields.get("vary", "").strip() == "*":
        return "rfc9111-4.1", "It is not stored: Vary says that no other request is like this one."
    return "rfc9111-3", "It is not stored: nothing says that it may be."
