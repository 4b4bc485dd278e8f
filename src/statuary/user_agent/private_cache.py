"""The private cache of a user agent: what a store of responses answers, and what is put there, attempt by attempt.

What is decided is decided in semantics/reaction/private_cache.py. A store that fails is no reason for a fetch to fail.
"""

from __future__ import annotations

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.cached_answer import answering, updated_by_head
from statuary.semantics.caching import Entry, current_age, invalidated_by, matches, validated, with_age
from statuary.semantics.reaction.private_cache import (
    CacheNote,
    Consulted,
    consult,
    entry_for,
    keeps,
    key_of,
    stands_in,
)
from statuary.transport.response_store import CacheFailed, ResponseStore, storable


class CachedAttempt:
    """The cache's part in one attempt: made before it is sent, then told what came.

    request      what to send: with a condition, where something stored is to be validated
    condition    the field lines of that
    answer       what is given without sending anything, None where the request is to be sent; ``is_refused`` says that
                 it is our own, as only something stored was wanted
    is_unusable  what came is a 304 about something else, so the request is to be sent as it was
    notes        what the cache did, for the story
    """

    def __init__(self, store: ResponseStore, request: Request, now: float, *, asks_anew: bool) -> None:
        self._store = store
        self._request = request
        self._key = key_of(request)
        self._asked_at = int(now)
        self._pieces: list[bytes] = []
        self._size = 0
        self._keeps = False
        self.is_unusable = False
        self.notes: list[CacheNote] = []
        consulted = Consulted() if asks_anew else self._consult()
        self._consulted = consulted
        self.answer = consulted.answer
        self.is_refused = consulted.is_refused
        self.condition = consulted.condition
        self.request = request
        if self.condition:
            self.request = request.with_fields(Fields([*request.fields, *self.condition]))
        self._tell(consulted.note)

    def _consult(self) -> Consulted:
        try:
            consulted = consult(self._key, self._store.entries(self._request), self._asked_at)
            if consulted.answer is not None and consulted.entry is not None:
                self._store.used(consulted.entry)
        except CacheFailed as error:
            self._tell(_failure(error))
            return Consulted()
        return consulted

    def received(self, response: Response, now: float) -> Response | None:
        """The head of a final response came; what is stored and is to be taken in its place, if anything is."""
        try:
            return self._received(response, int(now))
        except CacheFailed as error:
            self._tell(_failure(error))
            return None

    def _received(self, response: Response, now: int) -> Response | None:
        for uri in invalidated_by(self._request, response):
            if self._store.invalidate(uri):
                self._tell(CacheNote("rfc9111-4.4", f"What is stored for {uri} may not be valid any more."))
        if self._request.method == "HEAD" and response.status == 200:
            self._update(response, now)
        if response.status == 304 and self.condition:
            return self._validated(response, now)
        if response.status in (500, 502, 503, 504):
            instead = self._stands_in(now, response.status)
            if instead is not None:
                return instead
        if response.status != 304:
            self._keeps, note = keeps(self._key, response, self._asked_at, now)
            self._tell(note)
        return None

    def failed(self, now: float) -> Response | None:
        """No response came; what is stored and may be used for want of one."""
        return self._stands_in(int(now), None)

    def take(self, piece: bytes) -> None:
        """Content of the response, as it comes."""
        self._size += len(piece)
        if self._keeps and self._size <= self._store.most_content:
            self._pieces.append(piece)

    def complete(self, response: Response, now: float) -> None:
        """The response is whole: its content is what was taken."""
        if not self._keeps or self._size > self._store.most_content:
            return
        kept = storable(response, b"".join(self._pieces), int(now))
        self._keep(entry_for(self._key, kept, self._asked_at, int(now)))

    def _validated(self, response: Response, now: int) -> Response | None:
        entry = self._consulted.entry
        fresh = None if entry is None else validated(entry, response, self._asked_at, now)
        if fresh is None:
            self.is_unusable = True
            self._tell(CacheNote("rfc9111-4.3.4", "The 304 is about something else than what is stored."))
            return None
        self._keep(fresh)
        self._tell(CacheNote("rfc9111-4.3.4", "What is stored is current, and takes over the new fields."))
        return answering(self._key, with_age(fresh.response, current_age(fresh, now)), now)

    def _stands_in(self, now: int, status: int | None) -> Response | None:
        found = stands_in(self._consulted, self._key, now, status)
        if found is None:
            return None
        response, note = found
        self._tell(note)
        return response

    def _update(self, response: Response, now: int) -> None:
        """What a HEAD says of stored responses to GET: RFC 9111 section 4.3.5."""
        for entry in self._store.entries(self._request):
            if not matches(entry, self._key) or entry.request.method != "GET":
                continue
            fresh = updated_by_head(entry, response, self._asked_at, now)
            if fresh is None:
                self._store.invalidate(entry.uri)
                self._tell(
                    CacheNote("rfc9111-4.3.5", "What is stored is of another content: it is not valid any more.")
                )
                return
            self._keep(fresh)
            self._tell(CacheNote("rfc9111-4.3.5", "What is stored takes over the new fields."))

    def _keep(self, entry: Entry) -> None:
        try:
            self._store.keep(entry)
        except CacheFailed as error:
            self._tell(_failure(error))

    def _tell(self, note: CacheNote | None) -> None:
        if note is not None:
            self.notes.append(note)


def _failure(error: CacheFailed) -> CacheNote:
    return CacheNote("rfc9111-2", f"The cache can't be used: {error}.")
