"""The user agent as its users have it: what it is told once, and ``fetch`` and ``stream``."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import replace
from http.cookiejar import CookieJar
from types import TracebackType
from typing import Literal, cast

from statuary import __version__
from statuary.message.fields import FieldLine, Fields
from statuary.semantics.reaction import Ask, Login, Policy, Stored
from statuary.semantics.target_uri import origin_of
from statuary.transport.clock import Clock, SystemClock
from statuary.transport.response_store import ResponseStore
from statuary.user_agent import decoding
from statuary.user_agent.connecting import Connector, Route
from statuary.user_agent.connection import Connection
from statuary.user_agent.errors import ContentFailed, NoResponse
from statuary.user_agent.fetched import Fetched, Streamed
from statuary.user_agent.fetching import Fetching
from statuary.user_agent.memory import Remembered
from statuary.user_agent.outgoing import Outgoing, Source, Trailers
from statuary.user_agent.pool import Pool, PoolLimits
from statuary.user_agent.proxies import Proxies, environment, proxies_of
from statuary.user_agent.target import Target, target_of
from statuary.user_agent.timeouts import Timeouts
from statuary.user_agent.tunnel import open_tunnel
from statuary.wire.limits import WireLimits

FieldsLike = Mapping[str, str] | Iterable[FieldLine]

MOST_CONTENT = 256 * 1024 * 1024
_SECRET = ("authorization", "cookie", "proxy-authorization")


class UserAgent:
    """Fetches resources over HTTP/1.1, and does what the responses ask for as far as its policy permits.

        async with UserAgent() as agent:
            fetched = await agent.fetch("GET", "https://www.example.org/")

    policy         what may be done without asking, how much of it, and credentials
    timeouts       how long is waited, and for what
    pool           how many connections there are, and how long they are kept
    fields         fields of every request, where it has none of that name
    omits          names of fields that are not sent by default, in lower case
    proxies        "environment" for what that says, a URL for all requests, Proxies, or None for none
    cookies        a jar to keep cookies in; a new one if "new", None for no cookies
    verify, tls    whether certificates are checked, and by which context
    ask            is awaited where only a person can say what to do; gives a Login, one of the options, or True
    decodes        whether content codings are offered, and taken off
    cache          where responses are kept to answer later requests: a store, or the name of its file; None for no cache
    remembers      whether moves for good are remembered, and credentials that were taken
    most_content   octets that ``fetch`` takes of one response, decoded
    clock, sleep   the time, and how it is let pass
    addresses      where to connect to in place of a host and port
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        timeouts: Timeouts | None = None,
        pool: PoolLimits | None = None,
        limits: WireLimits | None = None,
        fields: FieldsLike = (),
        omits: Collection[str] = (),
        proxies: Proxies | str | Literal["environment"] | None = "environment",
        cookies: CookieJar | Literal["new"] | None = "new",
        verify: bool = True,
        tls: ssl.SSLContext | None = None,
        ask: Callable[[Ask], Awaitable[object]] | None = None,
        decodes: bool = True,
        cache: ResponseStore | str | None = None,
        remembers: bool = True,
        most_content: int = MOST_CONTENT,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        addresses: dict[tuple[str, int], tuple[str, int]] | None = None,
    ) -> None:
        self.policy = policy if policy is not None else Policy()
        self.timeouts = timeouts if timeouts is not None else Timeouts()
        self.clock: Clock = clock if clock is not None else SystemClock()
        self.sleep = sleep
        self.ask = ask
        self.decodes = decodes
        self.most_content = most_content
        self._own_cache = ResponseStore(cache) if isinstance(cache, str) else None
        self.cache = self._own_cache if self._own_cache is not None else cast("ResponseStore | None", cache)
        self.remembers = remembers
        self.remembered = Remembered()
        self.cookies = CookieJar() if cookies == "new" else cookies
        self.proxies = _proxies(proxies)
        if self.proxies.logins:
            self.policy = replace(self.policy, logins=(*self.policy.logins, *self.proxies.logins))
        self.pool = Pool(self._open, pool if pool is not None else PoolLimits(), self.clock.tick)
        self._connector = Connector(
            self.timeouts,
            limits if limits is not None else WireLimits(),
            verify=verify,
            tls=tls,
            addresses=addresses,
        )
        own = [("User-Agent", f"statuary/{__version__}"), ("Accept", "*/*"), *self._codings()]
        kept = [line for line in own if line[0].lower() not in omits]
        self._default = _with_defaults(_lines(fields), kept)
        self._default_fields = Fields(self._default)

    async def __aenter__(self) -> UserAgent:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections, and the cache where only its name was given."""
        self.pool.close()
        if self._own_cache is not None:
            self._own_cache.close()
        await asyncio.sleep(0)  # so that they have heard of it

    async def fetch(
        self,
        method: str,
        url: str,
        *,
        fields: FieldsLike = (),
        content: Source | None = None,
        trailers: Trailers | None = None,
        stored: Stored | None = None,
        expects_continue: bool | None = None,
    ) -> Fetched:
        """The response that it comes to, with all of its content.

        ``stored`` is a response whose validators the request names, or whose rest it asks for. ``expects_continue`` tells
        whether content waits for a 100; None: where there is much of it. Raises NoResponse, ContentFailed, and ValueError
        for what can't be sent.
        """
        fetching = self._fetching(method, url, fields, content, trailers, stored, expects_continue, is_whole=True)
        if self.timeouts.whole is None:
            try:
                settled, response = await fetching.run()
            finally:
                await fetching.finish()
            return fetching.whole(settled, response)
        try:
            async with asyncio.timeout(self.timeouts.whole):
                try:
                    settled, response = await fetching.run()
                finally:
                    await fetching.finish()
        except TimeoutError:
            raise NoResponse(f"It was not done within {self.timeouts.whole:g} seconds.", fetching.steps) from None
        return fetching.whole(settled, response)

    @contextlib.asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        *,
        fields: FieldsLike = (),
        content: Source | None = None,
        trailers: Trailers | None = None,
        stored: Stored | None = None,
        expects_continue: bool | None = None,
    ) -> AsyncIterator[Streamed]:
        """As ``fetch``, the content being read within the context, piece by piece; the peer waits for who reads it."""
        fetching = self._fetching(method, url, fields, content, trailers, stored, expects_continue, is_whole=False)
        had_response = False
        try:
            async with asyncio.timeout(self.timeouts.whole):
                try:
                    settled, response = await fetching.run()
                    had_response = True
                    yield fetching.stream(settled, response)
                finally:
                    await fetching.finish()
        except TimeoutError:
            kind = ContentFailed if had_response else NoResponse
            raise kind(f"It was not done within {self.timeouts.whole:g} seconds.", fetching.steps) from None

    def _fetching(
        self,
        method: str,
        url: str,
        fields: FieldsLike,
        content: Source | None,
        trailers: Trailers | None,
        stored: Stored | None,
        expects_continue: bool | None,
        *,
        is_whole: bool,
    ) -> Fetching:
        target = target_of(url)
        own = _lines(fields)
        section = self._default_fields if not own else Fields(_with_defaults(own, self._default))
        if "range" in section.by_name and not any(name.lower() == "accept-encoding" for name, _ in own):
            # A part of coded content can't be decoded
            section = Fields(line for line in section if line[0].lower() != "accept-encoding")
        section = _with_what_its_method_wants(method, section, has_content=content is not None)
        outgoing = None if content is None and trailers is None else Outgoing(content or b"", trailers)
        if trailers is not None and not callable(trailers) and "trailer" not in section.by_name:
            names = ", ".join(dict.fromkeys(name for name, _ in outgoing.trailer_lines())) if outgoing else ""
            section = Fields([*section, ("Trailer", names)]) if names else section
        policy = self.policy if stored is None else replace(self.policy, stored=stored)
        if target.userinfo is not None:
            login = Login(origin_of(target.uri), *target.userinfo)
            policy = replace(policy, logins=(login, *policy.logins))
        if self.remembered.moved:
            target = self._moved(method, target, section)
        return Fetching(self, method, target, section, outgoing, policy, expects=expects_continue, is_whole=is_whole)

    def _moved(self, method: str, target: Target, section: Fields) -> Target:
        """Where the target is known to have moved for good, if nothing is told there that was meant for here."""
        to = self.remembered.found_at(target.uri)
        if not self.remembers or method not in ("GET", "HEAD") or to == target.uri or not self.policy.follows:
            return target
        if origin_of(to) != origin_of(target.uri) and any(name in section for name in _SECRET):
            return target
        try:
            return replace(target_of(to), fragment=target.fragment)
        except ValueError:
            return target

    def _codings(self) -> list[FieldLine]:
        return [("Accept-Encoding", decoding.offered())] if self.decodes else []

    async def _open(self, route: Route) -> Connection:
        if not route.is_tunnelled:
            return await self._connector.open(route)
        lines = tuple(line for line in self._default if line[0].lower() == "user-agent")
        return await open_tunnel(
            route, self._connector, self.timeouts, self.policy, self.remembered, self.clock.now, lines
        )


def _proxies(proxies: Proxies | str | None) -> Proxies:
    if proxies is None:
        return Proxies()
    if isinstance(proxies, Proxies):
        return proxies
    return environment() if proxies == "environment" else proxies_of({"all": proxies})


def _with_what_its_method_wants(method: str, section: Fields, *, has_content: bool) -> Fields:
    """Raises ValueError for what the method forbids."""
    if method == "TRACE" and (has_content or any(name in section for name in _SECRET)):
        # rfc9110-9.3.8-4, rfc9110-9.3.8-2
        raise ValueError("TRACE has no content and nothing secret, as its answer would show that")
    if method == "OPTIONS" and has_content and "content-type" not in section:
        return Fields([*section, ("Content-Type", "application/octet-stream")])  # rfc9110-9.3.7-4
    return section


def _lines(fields: FieldsLike) -> list[FieldLine]:
    return list(fields.items() if isinstance(fields, Mapping) else fields)


def _with_defaults(lines: list[FieldLine], defaults: list[FieldLine]) -> list[FieldLine]:
    """The lines, and those defaults whose names they don't have."""
    named = {name.lower() for name, _ in lines}
    return [*(line for line in defaults if line[0].lower() not in named), *lines]
