"""A shared cache in one exchange: what it answers, what it has validated, and what it keeps of what comes (RFC 9111)."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import replace

from statuary.intermediary.cache import Cache, CacheFailed, storable
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.cached_answer import answering, part_of, updated_by_head
from statuary.semantics.caching import (
    Entry,
    Forward,
    Reuse,
    Unsatisfiable,
    Validate,
    current_age,
    invalidated_by,
    last_resort,
    matches,
    may_serve_stale,
    plan,
    stored_as,
    unvalidated,
    validated,
    with_age,
)
from statuary.semantics.forwarding import Hop
from statuary.semantics.forwarding.locations import as_clients_know

log = logging.getLogger("statuary")

_SHARED = True


class CachedExchange:
    """Ask ``begin`` first, then ``instead_of`` for each final response, and ``stale`` where none comes.

    ``condition`` is the request to send in place of the client's, if something stored is to be validated.
    """

    def __init__(self, cache: Cache, request: Request) -> None:
        self._cache = cache
        self._request = _without_proxy_authorization(request)
        self._validating: Entry | None = None
        self._last_resort: Entry | None = None
        self._asked_at = 0
        self._came: Response | None = None
        self._pieces: list[bytes] = []
        self._size = 0
        self.condition: Request | None = None

    def begin(self, now: int) -> Response | Unsatisfiable | None:
        """What answers the request without asking anybody, if anything does."""
        self._asked_at = now
        entries = self._entries()
        decided = plan(self._request, entries, now, shared=_SHARED)
        match decided:
            case Reuse(entry, response):
                with _survived():
                    self._cache.used(entry)
                return self._answering(response, now)
            case Validate(entry, request):
                self._validating, self.condition = entry, request
            case Unsatisfiable():
                return decided
            case Forward():
                self._last_resort = last_resort(self._request, entries, now, shared=_SHARED)
        return None

    def instead_of(self, response: Response, hop: Hop, now: int) -> Response | None:
        """What is sent in place of a final response: the stored one that it says is current, or that it fails to renew."""
        self._came = response = as_clients_know(self._request, response, hop, now)
        for uri in invalidated_by(self._request, response):
            with _survived():
                self._cache.invalidate(uri)
        if self._request.method == "HEAD" and response.status == 200:
            self._update(response, now)
        if response.status >= 500:
            return self.stale(now)
        if self._validating is None or response.status != 304:
            return None
        entry = validated(self._validating, response, self._asked_at, now)
        if entry is None:
            return None
        self._keep(entry)
        return self._answering(with_age(entry.response, current_age(entry, now)), now)

    def is_unusable(self, response: Response) -> bool:
        """Whether it answers our condition and nothing that is stored: then the request is sent as the client made it."""
        if response.status != 304 or self._validating is None:
            return False
        self._validating = self.condition = None
        return True

    def stale(self, now: int) -> Response | None:
        """A stored response that may be used although it is not fresh: RFC 9111 section 4.2.4."""
        entry = self._validating or self._last_resort
        if entry is None or not may_serve_stale(entry, shared=_SHARED):
            return None
        return self._answering(with_age(unvalidated(entry.response), current_age(entry, now)), now)

    def _update(self, response: Response, now: int) -> None:
        """What HEAD says of what is stored for GET: RFC 9111 section 4.3.5."""
        for entry in self._entries():
            if entry.request.method == "GET" and matches(entry, self._request):
                updated = updated_by_head(entry, response, self._asked_at, now)
                self._keep(replace(entry, is_invalid=True) if updated is None else updated)

    def take(self, piece: bytes) -> None:
        """Content of a final response that is passed on."""
        self._size += len(piece)
        if self._size <= self._cache.most_content:
            self._pieces.append(piece)
        else:
            self._pieces.clear()

    def complete(self, now: int) -> None:
        """The response is whole: it is kept, if it may be."""
        if self._came is None or self._size > self._cache.most_content:
            return
        request = stored_as(self._request, self._came, shared=_SHARED)
        if request is None:
            return
        kept = storable(self._came, b"".join(self._pieces), now)
        self._keep(Entry(request, kept, self._asked_at, now))

    def _answering(self, stored: Response, now: int) -> Response:
        return part_of(self._request, answering(self._request, stored, now), now)

    def _entries(self) -> tuple[Entry, ...]:
        with _survived():
            return self._cache.entries(self._request)
        return ()

    def _keep(self, entry: Entry) -> None:
        with _survived():
            self._cache.keep(entry)


@contextlib.contextmanager
def _survived() -> Iterator[None]:
    """A cache that fails is told of, and is no reason for an exchange to fail."""
    try:
        yield
    except CacheFailed:
        log.exception("the cache has failed")


def _without_proxy_authorization(request: Request) -> Request:
    """As the next hop gets it (rfc9110-11.7.2-1): a secret for this proxy alone tells no responses apart, and is not kept."""
    if "proxy-authorization" not in request.fields:
        return request
    return request.with_fields(Fields(line for line in request.fields if line[0].lower() != "proxy-authorization"))
