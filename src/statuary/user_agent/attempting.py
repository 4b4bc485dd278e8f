"""One attempt after the other: a request that is to be sent, up to the reaction to what came of it.

Here is what an attempt needs of the world: the time, chance, connections, and what is stored. What goes out is made ready in
preparing.py, what comes in is taken in receiving.py, what is stored is looked up in private_cache.py.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.reaction import Ask, Attempt, Failure, GiveUp, Policy, Reaction, Send, react
from statuary.semantics.target_uri import origin_of, uri_of
from statuary.user_agent.connecting import Route
from statuary.user_agent.cookies import take_cookies
from statuary.user_agent.errors import ConnectionFailed, ContentFailed
from statuary.user_agent.exchange import Exchange
from statuary.user_agent.fetched import Step
from statuary.user_agent.outgoing import Outgoing
from statuary.user_agent.preparing import Preparing, destination, holds_content
from statuary.user_agent.private_cache import CachedAttempt
from statuary.user_agent.receiving import drain, read_whole
from statuary.wire.request_writer import format_request

if TYPE_CHECKING:
    from statuary.user_agent.agent import UserAgent


class Attempting:
    """The attempts of one fetch. ``send`` makes one; ``steps`` has all of them, with what was made of each.

    ``exchange`` is still held after a response whose content is to be read by others; ``finish`` gives it back. ``policy``
    may be changed in between, as by who was asked for credentials.
    """

    def __init__(
        self,
        agent: UserAgent,
        fields: Fields,
        content: Outgoing | None,
        policy: Policy,
        *,
        expects: bool | None,
        is_whole: bool,
    ) -> None:
        self.policy = policy
        self.steps: list[Step] = []
        self.attempts: list[Attempt] = []
        self.exchange: Exchange | None = None
        self.cached: CachedAttempt | None = None
        self.version: tuple[int, int] | None = None
        self._agent = agent
        self._is_whole = is_whole
        self._preparing = Preparing(agent, fields, content, expects, self.attempts)
        self._answered: set[tuple[str, str]] = set()  # what the cache has had its say about

    async def finish(self) -> None:
        """Give back what is still held."""
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            await exchange.release()
            self._agent.pool.give(exchange.connection)

    def reaction(self) -> Reaction:
        """What to make of the attempts so far, the last of which is the one in question."""
        return react(self.attempts, self._drawn())

    def complete(self, exchange: Exchange, final: Response) -> None:
        """All of the content was read: the response is kept, if it may be."""
        if self.cached is not None and exchange.connection.is_complete:
            self.cached.complete(final, self._agent.clock.now())

    def note_credentials(self, attempt: Attempt) -> None:
        """Remember what became of those that were sent."""
        if not self._preparing.is_own(attempt):
            self._agent.remembered.spaces.note(self.attempts, self.policy.logins)

    async def send(self, send: Send) -> Reaction:
        """Wait as long as is wanted, send it, and take the response, its content too where it is wanted whole."""
        if send.after > 0:
            await self._agent.sleep(send.after)
        preparing = self._preparing
        content = await preparing.content_for(send)
        if isinstance(content, GiveUp):
            return content
        try:
            host, port, authority = destination(send.request.scheme, send.request.authority or "")
            proxy = send.proxy if send.proxy is not None else self._proxy(send.request, host, port)
            route = Route(send.request.scheme, host, port, proxy)
            request = preparing.request(send.request, content, authority, route, self.policy.logins)
            cached = self.cached = self._looked_up(request)
            # It is written before a connection is opened, which would be one for nothing
            head = format_request(
                request if cached is None else cached.request,
                form="absolute" if proxy and not route.is_tunnelled else "origin",
            )
        except ValueError as error:
            if not self.attempts:
                raise
            return GiveUp("rfc9110-10.2.2", f"It leads where nothing can be sent: {error}.", self.attempts[-1].final)
        attempt = partial(
            Attempt,
            request,
            at=int(self._agent.clock.now()),
            content=_standing(request, content),
            proxy=None if route.is_tunnelled else proxy,  # which speaks for itself, in the answer to CONNECT
            fragment=send.fragment,
            waited=send.after,
        )
        if cached is not None and cached.answer is not None:
            return self._from_cache(attempt(), cached, cached.answer)
        try:
            connection, is_reused = await self._agent.pool.take(
                route,
                fresh=send.new_connection,
                careful=request.method not in ("GET", "HEAD"),
                seconds=self._agent.timeouts.for_connection,
            )
        except ConnectionFailed as failure:
            return self._failed(attempt(), failure)
        exchange = self.exchange = Exchange(
            connection,
            attempt(is_reused=is_reused),
            content,
            self._agent.timeouts,
            sleep=self._agent.sleep,
            now=self._agent.clock.now,
            reacts=lambda interim: react([*self.attempts, interim], self.policy),
        )
        try:
            await exchange.run(head)
            return await self._react_to(exchange)
        except ConnectionFailed as failure:
            # What came is as good as nothing, though the head may be there
            return await self._lost(exchange, failure)
        except ContentFailed as error:
            error.steps = tuple(self.steps)
            raise

    def _looked_up(self, request: Request) -> CachedAttempt | None:
        """What the cache has for a request. What it answered with once in this fetch, and did not do, is asked for anew."""
        if self._agent.cache is None or self.policy.stored is not None:
            return None
        asks_anew = (request.method, uri_of(request)) in self._answered
        return CachedAttempt(self._agent.cache, request, self._agent.clock.now(), asks_anew=asks_anew)

    def _from_cache(self, attempt: Attempt, cached: CachedAttempt, stored: Response, problem: str = "") -> Reaction:
        """What to make of a stored response, as though it had come."""
        attempt = replace(attempt, final=stored, failure=None)
        note = cached.notes[-1]
        reaction = GiveUp(note.because, note.says, stored) if cached.is_refused else self._reaction(attempt)
        self._answered.add((attempt.request.method, uri_of(attempt.request)))
        self.attempts.append(attempt)
        self.steps.append(Step(attempt, reaction, problem=problem, is_cached=True, cache=tuple(cached.notes)))
        return reaction

    async def _instead(self, exchange: Exchange, cached: CachedAttempt, final: Response) -> Reaction | None:
        """What to make of a response in whose place something stored is taken, or which is about nothing stored."""
        attempt = exchange.attempt
        stored = cached.received(final, self._agent.clock.now())
        if stored is None and not cached.is_unusable:
            return None
        self._answered.add((attempt.request.method, uri_of(attempt.request)))
        await drain(exchange, None, final)
        if stored is not None:
            attempt = replace(attempt, final=stored)
            return await self._go_on(exchange, attempt, self._reaction(attempt), came=final)
        says = f"{cached.notes[-1].says} Once more, without condition."
        again = Send(attempt.request, "rfc9111-4.3.3", says, fragment=attempt.fragment)
        return await self._go_on(exchange, attempt, again)

    async def _react_to(self, exchange: Exchange) -> Reaction:
        """The reaction to a final response, its content read as far as that needs it."""
        attempt, agent = exchange.attempt, self._agent
        final = attempt.final
        assert final is not None
        if exchange.waited_in_vain and final.status != 417:
            agent.remembered.expects_nothing(origin_of(uri_of(attempt.request)))
        version = exchange.connection.version
        if version != (1, 1) or agent.remembered.old:
            agent.remembered.speaks(origin_of(uri_of(attempt.request)), version)
        if agent.cookies is not None:
            take_cookies(agent.cookies, uri_of(attempt.request), final)
        cached = self.cached
        if cached is not None:
            reaction = await self._instead(exchange, cached, final)
            if reaction is not None:
                return reaction
        beginning = self.policy.stored
        is_combined = final.status == 206 and beginning is not None and beginning.elsewhere is None
        if final.status >= 300 or not (self._is_whole or is_combined):
            reaction = self._reaction(attempt)
            if isinstance(reaction, Send):
                whole = await drain(exchange, cached, final)
                self.complete(exchange, final)
                return await self._go_on(exchange, replace(attempt, final=whole), reaction)
            if not self._is_whole and not is_combined:
                return self._keep(exchange, attempt, reaction)
        if final.status == 101:
            return self._keep(exchange, attempt, self._reaction(attempt))
        content = await read_whole(exchange, cached, agent.most_content)
        self.complete(exchange, final)
        whole = Response(final.status, final.fields, content, exchange.connection.trailers or None)
        attempt = attempt.answered(whole, attempt.at)
        return await self._go_on(exchange, attempt, self._reaction(attempt))

    def _keep(self, exchange: Exchange, attempt: Attempt, reaction: Reaction, came: Response | None = None) -> Reaction:
        connection, cached = exchange.connection, self.cached
        self.version = connection.version
        self.attempts.append(attempt)
        self.steps.append(
            Step(
                attempt,
                reaction,
                connection.peer,
                attempt.is_reused,
                tuple(exchange.waits),
                is_cached=came is not None,
                cache=() if cached is None else tuple(cached.notes),
                condition=() if cached is None else cached.condition,
                came=came,
            )
        )
        return reaction

    async def _go_on(
        self, exchange: Exchange, attempt: Attempt, reaction: Reaction, came: Response | None = None
    ) -> Reaction:
        """The exchange is over."""
        self._keep(exchange, attempt, reaction, came)
        self.note_credentials(attempt)
        await self.finish()
        return reaction

    async def _lost(self, exchange: Exchange, failure: ConnectionFailed) -> Reaction:
        """The connection brought no whole final response."""
        attempt, kind = exchange.attempt, cast("Failure", failure.kind)
        if attempt.final is not None and kind == "malformed":
            attempt = replace(attempt, final=None)  # where its content ends can't be told, so nothing of it counts
        elif attempt.final is not None:
            kind = "incomplete"
        attempt = replace(attempt, failure=kind, at=int(self._agent.clock.now()))
        reaction = self._reaction(attempt)
        peer, waits = exchange.connection.peer, tuple(exchange.waits)
        exchange.connection.close()
        await self.finish()
        helped = self._helped_out(attempt, reaction, failure)
        if helped is not None:
            return helped
        self.attempts.append(attempt)
        notes = () if self.cached is None else tuple(self.cached.notes)
        self.steps.append(Step(attempt, reaction, peer, attempt.is_reused, waits, str(failure), cache=notes))
        return reaction

    def _failed(self, attempt: Attempt, failure: ConnectionFailed) -> Reaction:
        """There is no connection."""
        attempt = replace(attempt, failure=cast("Failure", failure.kind), at=int(self._agent.clock.now()))
        refusal = getattr(failure, "refusal", None)
        if isinstance(refusal, GiveUp | Ask):
            reaction: Reaction = refusal
        elif failure.is_final:
            reaction = GiveUp("rfc9110-3.3", str(failure))
        else:
            reaction = self._reaction(attempt)
            helped = self._helped_out(attempt, reaction, failure)
            if helped is not None:
                return helped
        self.attempts.append(attempt)
        notes = () if self.cached is None else tuple(self.cached.notes)
        self.steps.append(Step(attempt, reaction, problem=str(failure), cache=notes))
        return reaction

    def _helped_out(self, attempt: Attempt, reaction: Reaction, failure: ConnectionFailed) -> Reaction | None:
        """The reaction to something stored, where there is to be no response, and the cache has one that may be used."""
        cached = self.cached
        if cached is None or not isinstance(reaction, GiveUp) or attempt.final is not None:
            return None
        stored = cached.failed(self._agent.clock.now())
        return None if stored is None else self._from_cache(attempt, cached, stored, str(failure))

    def _reaction(self, attempt: Attempt) -> Reaction:
        final = attempt.final
        if attempt.failure is None and final is not None and final.status < 300:
            return react([*self.attempts, attempt], self.policy)
        return react([*self.attempts, attempt], self._drawn())

    def _drawn(self) -> Policy:
        """The policy with what chance gives, where that may be needed."""
        return replace(self.policy, jitter=random.random(), cnonce=secrets.token_hex(8))  # noqa: S311

    def _proxy(self, request: Request, host: str, port: int) -> str | None:
        proxies = self._agent.proxies
        return proxies.find(request.scheme, host, port) if proxies.by_scheme else None


def _standing(request: Request, content: Outgoing | None) -> Literal["none", "held", "sent"]:
    if content is None:
        return "none"
    return "held" if holds_content(request) else "sent"
