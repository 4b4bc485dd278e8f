"""One fetch: attempts and what ``react`` makes of them, until it is settled; somebody is asked where only that helps."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.reaction import Ask, Deliver, GiveUp, Login, Policy, Reaction, Send, Wait, follow_choice
from statuary.semantics.target_uri import uri_of
from statuary.user_agent.attempting import Attempting
from statuary.user_agent.errors import ContentFailed, NoResponse
from statuary.user_agent.fetched import Fetched, Settled, Step, Streamed, Switched
from statuary.user_agent.outgoing import Outgoing
from statuary.user_agent.receiving import decoded, decoded_pieces, is_coded
from statuary.user_agent.target import Target

if TYPE_CHECKING:
    from statuary.user_agent.agent import UserAgent


class Fetching:
    """``run`` it, take its result ``whole`` or as a ``stream``, and ``finish`` it in any case."""

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
        self._attempting = Attempting(agent, fields, content, policy, expects=expects, is_whole=is_whole)
        request = Request(
            method, target.path, fields, query=target.query, scheme=target.scheme, authority=target.authority
        )
        self._first = Send(request, "", "", keeps_content=content is not None, fragment=target.fragment)

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(self._attempting.steps)

    async def run(self) -> tuple[Settled, Response]:
        """What it comes to; the content of the response is whole, or to be read with ``stream``.

        Raises NoResponse, ContentFailed, and ValueError for what can't be sent.
        """
        reaction: Reaction = self._first
        while True:
            match reaction:
                case Send():
                    self._agent.remembered.note(reaction.remember)
                    reaction = await self._attempting.send(reaction)
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
        await self._attempting.finish()

    def whole(self, settled: Settled, response: Response) -> Fetched:
        """The result, decoded. Raises ContentFailed."""
        content = self._decoded(response)
        return Fetched(self._uri, response, settled, self.steps, content, self._attempting.version)

    def stream(self, settled: Settled, response: Response) -> Streamed:
        """The result, whose content is still to be read."""
        exchange = self._attempting.exchange
        switched = None
        if exchange is not None and response.status == 101 and isinstance(settled, Deliver):
            switched = Switched(exchange.connection)
        return Streamed(
            self._uri,
            response,
            settled,
            self.steps,
            self._attempting.version,
            pieces=self._pieces(response),
            trailers=lambda: exchange.connection.trailers if exchange is not None else response.trailers,
            switched=switched,
        )

    async def _ask(self, ask: Ask) -> Reaction:
        """What a person says, as a reaction; the question itself where there is no answer."""
        if self._agent.ask is None:
            return ask
        attempting = self._attempting
        answer = await self._agent.ask(ask)
        if isinstance(answer, Login):
            attempting.policy = replace(attempting.policy, logins=(*attempting.policy.logins, answer))
            found = attempting.reaction()
        elif isinstance(answer, str) and answer in ask.options and ask.question == "choose":
            found = follow_choice(attempting.attempts, attempting.policy, answer)
        elif answer is True and ask.then is not None:
            found = ask.then
        else:
            return ask
        if isinstance(found, Ask):
            return ask
        attempting.steps[-1] = replace(attempting.steps[-1], reaction=found)
        await self.finish()
        return found

    def _settle(self, reaction: Settled) -> tuple[Settled, Response]:
        attempting = self._attempting
        self._agent.remembered.note(reaction.remember)
        if attempting.attempts:
            attempting.note_credentials(attempting.attempts[-1])
        problem = attempting.steps[-1].problem if attempting.steps else ""
        says = reaction.says if not problem or problem in reaction.says else f"{reaction.says} {problem}"
        if reaction.response is None:
            raise NoResponse(says, self.steps)
        if attempting.attempts[-1].failure == "incomplete":
            raise ContentFailed(says, self.steps)
        return reaction, reaction.response

    async def _pieces(self, response: Response) -> AsyncIterator[bytes]:
        exchange, cached = self._attempting.exchange, self._attempting.cached
        if exchange is None or response.content:
            if response.content:
                yield self._decoded(response)
            return
        try:
            async with contextlib.aclosing(
                decoded_pieces(exchange, cached, response, decodes=self._agent.decodes)
            ) as pieces:
                async for piece in pieces:
                    yield piece
        except ContentFailed as error:
            error.steps = self.steps
            raise
        self._attempting.complete(exchange, response)

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
        return uri_of(self._attempting.attempts[-1].request)
