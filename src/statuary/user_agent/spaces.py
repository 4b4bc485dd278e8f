"""Protection spaces that were entered, so that later requests there need no challenge: RFC 9110 section 11.5."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from statuary.fields.authentication import Credentials, format_credentials, parse_basic, parse_credentials
from statuary.fields.grammar import Invalid
from statuary.message.request import Request
from statuary.semantics.reaction import Attempt, Login
from statuary.semantics.reaction.digest import Space, entered, nonce_of, proof
from statuary.semantics.target_uri import origin_of, uri_of


@dataclass(frozen=True, slots=True, repr=False)
class _Basic:
    """Credentials that were taken: good for everything at that depth, RFC 7617 section 2.2."""

    user: str
    value: str
    directory: str

    def covers(self, uri: str) -> bool:
        return _directory(uri).startswith(self.directory)


class Spaces:
    """By origin, or proxy. Bounded: the oldest is forgotten for the newest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, _Basic | Space] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._kept)

    def credentials(self, request: Request, logins: Sequence[Login] = (), *, proxy: str | None = None) -> str | None:
        """The value of Authorization, or Proxy-Authorization, to send unasked; None where there is none.

        What belongs to another user than the first of the logins for that place is not sent.
        """
        place = origin_of(uri_of(request)) if proxy is None else proxy
        kept = self._kept.get(place)
        if kept is None or not kept.covers(f"{proxy}/" if proxy is not None else uri_of(request)):
            return None
        login = next((one for one in logins if one.origin == place), None)
        if login is not None and login.user != kept.user:
            return None
        if isinstance(kept, _Basic):
            return kept.value
        kept = self._kept[place] = kept.used()
        return format_credentials(proof(kept, request, secrets.token_hex(8), of_proxy=proxy is not None))

    def note(self, attempts: Sequence[Attempt], logins: Sequence[Login]) -> None:
        """What became of the credentials of the last attempt."""
        last = attempts[-1]
        if last.final is None:
            return
        names = last.request.fields.by_name
        if "authorization" in names:
            self._note(attempts, logins, None)
        if last.proxy is not None and "proxy-authorization" in names:
            self._note(attempts, logins, last.proxy)

    def _note(self, attempts: Sequence[Attempt], logins: Sequence[Login], proxy: str | None) -> None:
        last = attempts[-1]
        assert last.final is not None
        place = origin_of(uri_of(last.request)) if proxy is None else proxy
        if last.final.status == (401 if proxy is None else 407):
            self._kept.pop(place, None)
            return
        name = "authorization" if proxy is None else "proxy-authorization"
        kept = self._kept.get(place)
        if isinstance(kept, Space) and nonce_of(last.request.fields, name) == kept.nonce:
            self._keep(place, kept.renewed(last.final, of_proxy=proxy is not None))
            return
        space = entered(attempts, logins, proxy=proxy)
        if space is not None:
            self._keep(place, space.renewed(last.final, of_proxy=proxy is not None))
        elif len(attempts) > 1 or proxy is not None:  # else they are the user's, for this request
            self._keep_basic(place, last.request.fields.by_name[name], last.request if proxy is None else None)

    def _keep_basic(self, place: str, value: str, request: Request | None) -> None:
        given = parse_credentials(value)
        pair = parse_basic(given) if isinstance(given, Credentials) and given.scheme.lower() == "basic" else None
        if pair is not None and not isinstance(pair, Invalid):
            directory = "/" if request is None else _directory(uri_of(request))
            self._keep(place, _Basic(pair[0], value, directory))

    def _keep(self, place: str, kept: _Basic | Space) -> None:
        self._kept[place] = kept
        self._kept.move_to_end(place)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _directory(uri: str) -> str:
    path = uri.partition("://")[2].partition("?")[0].partition("/")[2]
    return f"/{path}".rpartition("/")[0] + "/"
