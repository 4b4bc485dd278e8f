"""One fetch: the loop of attempts and what ``react`` makes of them, until it is settled.

Here is what a reaction needs of the world: time to wait, chance, connections, somebody to ask. What goes out is made ready
in preparing.py, what comes in is taken in receiving.py, what is stored is looked up in private_cache.py.
"""

from __future__ import annotations

import contextlib
import random
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.reaction import (
    Ask,
    Attempt,
    Deliver,
    Failure,
    GiveUp,
    Login,
    Policy,
    Reaction,
    Send,
    Wait,
    follow_choice,
    react,
)
from statuary.semantics.target_uri import origin_of, uri_of
from statuary.user_agent.connecting import Route
from statuary.user_agent.cookies import take_cookies
from statuary.user_agent.errors import ConnectionFailed, ContentFailed, NoResponse
from statuary.user_agent.exchange import Exchange
from statuary.user_agent.fetched import Fetched, Settled, Step, Streamed, Switched
from statuary.user_agent.outgoing import Outgoing
from statuary.user_agent.preparing import Preparing, destination, holds_content
from statuary.user_agent.private_cache import CachedAttempt
from statuary.user_agent.receiving import decoded, decoded_pieces, drain, is_coded, read_whole
from statuary.user_agent.target import Target
from statuary.wire.request_writer import format_request

if TYPE_CHECKING:
    from statuary.user_agent.agent import UserAgent


class Fetching:
    """The state of one fetch: everything that was tried, and what goes out next."""

    def __init__(
        self,
        agent: UserAgent,
        method: str,
        target: Target,
        fields: Fields,
        content: Outgoing | None,
        policy: Policy,
        *,
        expects: bool | None,
        is_whole: bool,
    ) -> None:
        self._agent = agent
        self._policy = policy
        self._has_content = content is not None
        self._is_whole = is_whole
        self._steps: list[Step] = []
        self._attempts: list[Attempt] = []
        self._preparing = Preparing(agent, fields, content, expects, self._attempts)
        self._exchange: Exchange | None = None
        self._cached: CachedAttempt | None = None
        self._answered: set[tuple[str, str]] = set()  # what the cache has had its say about
        self._version: tuple[int, int] | None = None
        self._fragment = target.fragment
        self._first = Request(
            method, target.path, fields, query=target.query, scheme=target.scheme, authority=target.authority
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(self._steps)

    async def run(self) -> tuple[Settled, Response]:
        """What it comes to; the content of the response is whole, or to be read with ``stream``.

        Raises NoResponse, ContentFailed, and ValueError for what can't be sent.
        """
        reaction: Reaction = Send(self._first, "", "", keeps_content=self._has_content, fragment=self._fragment)
        while True:
            match reaction:
                case Send():
                    self._agent.remembered.note(reaction.remember)
                    reaction = await self._send(reaction)
                case Ask():
                    reaction = await self._ask(reaction)
                    if isinstance(reaction, Ask):
                        return self._settle(reaction)
                case Deliver() | GiveUp():
                    return self._settle(reaction)
                case Wait():
                    raise AssertionError("there is a final response, so there is nothing to wait for")

    async def finish(self) -> None:
        """Give back what is still held."""
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            await exchange.release()
            self._agent.pool.give(exchange.connection)

    def whole(self, settled: Settled, response: Response) -> Fetched:
        """The result, decoded. Raises ContentFailed."""
        return Fetched(self._uri, response, settled, self.steps, self._decoded(response), self._version)

    def stream(self, settled: Settled, response: Response) -> Streamed:
        """The result, whose content is still to be read."""
        exchange = self._exchange
        switched = None
        if exchange is not None and response.status == 101 and isinstance(settled, Deliver):
            switched = Switched(exchange.connection)
        return Streamed(
            self._uri,
            response,
            settled,
            self.steps,
            self._version,
            pieces=self._pieces(response),
            trailers=lambda: exchange.connection.trailers if exchange is not None else response.trailers,
            switched=switched,
        )

    # One attempt

    async def _send(self, send: Send) -> Reaction:
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
            request = preparing.request(send.request, content, authority, route, self._policy.logins)
            cached = self._cached = self._looked_up(request)
            # It is written before a connection is opened, which would be one for nothing
            head = format_request(
                request if cached is None else cached.request,
                form="absolute" if proxy and not route.is_tunnelled else "origin",
            )
        except ValueError as error:
            if not self._attempts:
                raise
            return GiveUp("rfc9110-10.2.2", f"It leads where nothing can be sent: {error}.", self._attempts[-1].final)
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
        exchange = self._exchange = Exchange(
            connection,
            attempt(is_reused=is_reused),
            content,
            self._agent.timeouts,
            sleep=self._agent.sleep,
            now=self._agent.clock.now,
            reacts=lambda interim: react([*self._attempts, interim], self._policy),
        )
        try:
            await exchange.run(head)
            return await self._react_to(exchange)
        except ConnectionFailed as failure:
            # What came is as good as nothing, though the head may be there
            return await self._lost(exchange, failure)
        except ContentFailed as error:
            error.steps = self.steps
            raise

    def _looked_up(self, request: Request) -> CachedAttempt | None:
        """What the cache has for a request. What it answered with once in this fetch, and did not do, is asked for anew."""
        if self._agent.cache is None or self._policy.stored is not None:
            return None
        asks_anew = (request.method, uri_of(request)) in self._answered
        return CachedAttempt(self._agent.cache, request, self._agent.clock.now(), asks_anew=asks_anew)

    def _from_cache(self, attempt: Attempt, cached: CachedAttempt, stored: Response, problem: str = "") -> Reaction:
        """What to make of a stored response, as though it had come."""
        attempt = replace(attempt, final=stored, failure=None)
        note = cached.notes[-1]
        reaction = GiveUp(note.because, note.says, stored) if cached.is_refused else self._reaction(attempt)
        self._answered.add((attempt.request.method, uri_of(attempt.request)))
        self._attempts.append(attempt)
        self._steps.append(Step(attempt, reaction, problem=problem, is_cached=True, cache=tuple(cached.notes)))
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
        cached = self._cached
        if cached is not None:
            reaction = await self._instead(exchange, cached, final)
            if reaction is not None:
                return reaction
        beginning = self._policy.stored
        is_combined = final.status == 206 and beginning is not None and beginning.elsewhere is None
        if final.status >= 300 or not (self._is_whole or is_combined):
            reaction = self._reaction(attempt)
            if isinstance(reaction, Send):
                whole = await drain(exchange, cached, final)
                self._complete(exchange, final)
                return await self._go_on(exchange, replace(attempt, final=whole), reaction)
            if not self._is_whole and not is_combined:
                return self._keep(exchange, attempt, reaction)
        if final.status == 101:
            return self._keep(exchange, attempt, self._reaction(attempt))
        content = await read_whole(exchange, cached, agent.most_content)
        self._complete(exchange, final)
        whole = Response(final.status, final.fields, content, exchange.connection.trailers or None)
        attempt = attempt.answered(whole, attempt.at)
        return await self._go_on(exchange, attempt, self._reaction(attempt))

    def _complete(self, exchange: Exchange, final: Response) -> None:
        """All of it was read: it is kept, if it may be."""
        if self._cached is not None and exchange.connection.is_complete:
            self._cached.complete(final, self._agent.clock.now())

    def _keep(self, exchange: Exchange, attempt: Attempt, reaction: Reaction, came: Response | None = None) -> Reaction:
        connection, cached = exchange.connection, self._cached
        self._version = connection.version
        self._attempts.append(attempt)
        self._steps.append(
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
        self._note_credentials(attempt)
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
        self._attempts.append(attempt)
        notes = () if self._cached is None else tuple(self._cached.notes)
        self._steps.append(Step(attempt, reaction, peer, attempt.is_reused, waits, str(failure), cache=notes))
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
        self._attempts.append(attempt)
        notes = () if self._cached is None else tuple(self._cached.notes)
        self._steps.append(Step(attempt, reaction, problem=str(failure), cache=notes))
        return reaction

    def _helped_out(self, attempt: Attempt, reaction: Reaction, failure: ConnectionFailed) -> Reaction | None:
        """The reaction to something stored, where there is to be no response, and the cache has one that may be used."""
        cached = self._cached
        if cached is None or not isinstance(reaction, GiveUp) or attempt.final is not None:
            return None
        stored = cached.failed(self._agent.clock.now())
        return None if stored is None else self._from_cache(attempt, cached, stored, str(failure))

    def _reaction(self, attempt: Attempt) -> Reaction:
        final = attempt.final
        if attempt.failure is None and final is not None and final.status < 300:
            return react([*self._attempts, attempt], self._policy)
        # Chance is drawn where it may be needed
        policy = replace(self._policy, jitter=random.random(), cnonce=secrets.token_hex(8))  # noqa: S311
        return react([*self._attempts, attempt], policy)

    async def _ask(self, ask: Ask) -> Reaction:
        """What a person says, as a reaction; the question itself where there is no answer."""
        if self._agent.ask is None:
            return ask
        answer = await self._agent.ask(ask)
        if isinstance(answer, Login):
            self._policy = replace(self._policy, logins=(*self._policy.logins, answer))
            found = self._reaction(self._attempts[-1])
        elif isinstance(answer, str) and answer in ask.options and ask.question == "choose":
            found = follow_choice(self._attempts, self._policy, answer)
        elif answer is True and ask.then is not None:
            found = ask.then
        else:
            return ask
        if isinstance(found, Ask):
            return ask
        self._steps[-1] = replace(self._steps[-1], reaction=found)
        await self.finish()
        return found

    def _settle(self, reaction: Settled) -> tuple[Settled, Response]:
        self._agent.remembered.note(reaction.remember)
        if self._attempts:
            self._note_credentials(self._attempts[-1])
        problem = self._steps[-1].problem if self._steps else ""
        says = reaction.says if not problem or problem in reaction.says else f"{reaction.says} {problem}"
        if reaction.response is None:
            raise NoResponse(says, self.steps)
        if self._attempts[-1].failure == "incomplete":
            raise ContentFailed(says, self.steps)
        return reaction, reaction.response

    def _proxy(self, request: Request, host: str, port: int) -> str | None:
        proxies = self._agent.proxies
        return proxies.find(request.scheme, host, port) if proxies.by_scheme else None

    def _note_credentials(self, attempt: Attempt) -> None:
        if not self._preparing.is_own(attempt):
            self._agent.remembered.spaces.note(self._attempts, self._policy.logins)

    async def _pieces(self, response: Response) -> AsyncIterator[bytes]:
        exchange = self._exchange
        if exchange is None or response.content:
            if response.content:
                yield self._decoded(response)
            return
        try:
            async with contextlib.aclosing(
                decoded_pieces(exchange, self._cached, response, decodes=self._agent.decodes)
            ) as pieces:
                async for piece in pieces:
                    yield piece
        except ContentFailed as error:
            error.steps = self.steps
            raise
        self._complete(exchange, response)

    def _decoded(self, response: Response) -> bytes:
        if not self._agent.decodes or not is_coded(response):
            return response.content
        try:
            return decoded(response, self._agent.most_content)
        except ContentFailed as error:
            error.steps = self.steps
            raise

    @property
    def _uri(self) -> str:
        return uri_of(self._attempts[-1].request)


def _standing(request: Request, content: Outgoing | None) -> Literal["none", "held", "sent"]:
    if content is None:
        return "none"
    return "held" if holds_content(request) else "sent"
