"""One fetch: the loop of attempts and what ``react`` makes of them, until it is settled.

Here is what a reaction needs of the world: time to wait, chance, connections, cookies, somebody to ask.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import lru_cache, partial
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

from statuary.message.fields import FieldLine, Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
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
from statuary.user_agent.cookies import cookies_for, take_cookies
from statuary.user_agent.decoding import CannotDecode, decode_whole, decoder_of
from statuary.user_agent.errors import ConnectionFailed, ContentFailed, NoResponse
from statuary.user_agent.exchange import Exchange
from statuary.user_agent.fetched import Fetched, Settled, Step, Streamed, Switched
from statuary.user_agent.outgoing import Outgoing
from statuary.user_agent.target import PORTS, Target, ascii_host, authority_of
from statuary.wire.request_writer import format_request

if TYPE_CHECKING:
    from statuary.user_agent.agent import UserAgent

_DRAINED = 64 * 1024  # octets of a response on the way that are read, to keep its connection
_EXPECTED_FROM = 1024 * 1024  # octets of content that are worth asking for permission to send
_CONTINUE = ("Expect", "100-continue")
_PROXY_FIELD = "Proxy-Authorization"


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
        self._content = content
        self._expects = expects
        self._is_whole = is_whole
        self._steps: list[Step] = []
        self._attempts: list[Attempt] = []
        self._own_cookie = fields.by_name.get("cookie")
        self._has_jar_cookies = False
        self._exchange: Exchange | None = None
        self._version: tuple[int, int] | None = None
        self._fragment = target.fragment
        self._next = Request(
            method, target.path, fields, query=target.query, scheme=target.scheme, authority=target.authority
        )
        self._preempts(target.uri)

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(self._steps)

    async def run(self) -> tuple[Settled, Response]:
        """What it comes to; the content of the response is whole, or to be read with ``stream``.

        Raises NoResponse, ContentFailed, and ValueError for what can't be sent.
        """
        reaction: Reaction = Send(self._next, "", "", keeps_content=self._content is not None, fragment=self._fragment)
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
        content = await self._content_for(send)
        if isinstance(content, GiveUp):
            return content
        try:
            host, port, authority = _destination(send.request.scheme, send.request.authority or "")
            proxy = send.proxy if send.proxy is not None else self._proxy(send.request, host, port)
            route = Route(send.request.scheme, host, port, proxy)
            request = self._prepared(send.request, content, authority, route)
            # It is written before a connection is opened, which would be one for nothing
            head = format_request(request, form="absolute" if proxy and not route.is_tunnelled else "origin")
        except ValueError as error:
            if not self._attempts:
                raise
            return GiveUp("rfc9110-10.2.2", f"It leads where nothing can be sent: {error}.", self._attempts[-1].final)
        attempt = partial(
            Attempt,
            request,
            at=int(self._agent.clock.now()),
            content=self._standing(request, content),
            proxy=None if route.is_tunnelled else proxy,  # which speaks for itself, in the answer to CONNECT
            fragment=send.fragment,
            waited=send.after,
        )
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
        is_combined = final.status == 206 and self._policy.stored is not None
        if final.status >= 300 or not (self._is_whole or is_combined):
            reaction = self._reaction(attempt)
            if isinstance(reaction, Send):
                attempt = replace(attempt, final=await self._drained(exchange, final))
                return await self._go_on(exchange, attempt, reaction)
            if not self._is_whole and not is_combined:
                return self._keep(exchange, attempt, reaction)
        if final.status == 101:
            return self._keep(exchange, attempt, self._reaction(attempt))
        content = await self._content_of(exchange)
        whole = Response(final.status, final.fields, content, exchange.connection.trailers or None)
        attempt = replace(attempt, final=whole)
        reaction = self._reaction(attempt)
        if isinstance(reaction, Send):
            return await self._go_on(exchange, attempt, reaction)
        self._keep(exchange, attempt, reaction)
        await self.finish()
        return reaction

    def _keep(self, exchange: Exchange, attempt: Attempt, reaction: Reaction) -> Reaction:
        connection = exchange.connection
        self._version = connection.version
        self._attempts.append(attempt)
        self._steps.append(Step(attempt, reaction, connection.peer, attempt.is_reused, tuple(exchange.waits)))
        return reaction

    async def _go_on(self, exchange: Exchange, attempt: Attempt, reaction: Reaction) -> Reaction:
        self._keep(exchange, attempt, reaction)
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
        self._attempts.append(attempt)
        self._steps.append(Step(attempt, reaction, peer, attempt.is_reused, waits, str(failure)))
        exchange.connection.close()
        await self.finish()
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
        self._attempts.append(attempt)
        self._steps.append(Step(attempt, reaction, problem=str(failure)))
        return reaction

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

    # What goes out

    def _prepared(self, request: Request, content: Outgoing | None, authority: str, route: Route) -> Request:
        """With what belongs to this request alone: its length, cookies, expectation, credentials for a proxy."""
        if request.authority != authority:
            request = request.with_fields(request.fields)
            request.authority = authority
        if route.proxy is not None or "proxy-authorization" in request.fields.by_name:
            request = self._with_proxy(request, route)
        lines: list[FieldLine] | None = None
        length = None if content is None else UNKNOWN_LENGTH if content.is_chunked else content.length
        jar = self._agent.cookies
        if jar is not None and (self._has_jar_cookies or _has_cookies(jar)):
            self._has_jar_cookies = True
            lines = self._with_cookies(request, jar)
        expected = request.fields.by_name.get("expect")
        wants = self._expects_continue(request, content)
        if expected is None and wants:
            lines = [*(lines or request.fields.lines), _CONTINUE]
        elif expected is not None and not wants and expected.lower() == _CONTINUE[1]:
            lines = [line for line in (lines or request.fields.lines) if line[0].lower() != "expect"]
        if lines is None and request.content_length == length:
            return request
        prepared = request.with_fields(request.fields if lines is None else Fields(lines))
        prepared.content_length = length
        return prepared

    def _with_cookies(self, request: Request, jar: CookieJar) -> list[FieldLine]:
        """Cookie anew for where it goes, beside what the user wrote."""
        if "cookie" not in request.fields.by_name:
            self._own_cookie = None  # it was meant for another origin, and never comes back
        found = cookies_for(jar, uri_of(request))
        # In one line: RFC 6265 section 5.4
        cookies = "; ".join(one for one in (self._own_cookie, found) if one)
        lines = [line for line in request.fields if line[0].lower() != "cookie"]
        return [*lines, ("Cookie", cookies)] if cookies else lines

    def _with_proxy(self, request: Request, route: Route) -> Request:
        """Credentials for a proxy go to one that reads the request, and to nobody else: RFC 9110 section 11.7.2."""
        has = "proxy-authorization" in request.fields.by_name
        if route.proxy is None or route.is_tunnelled:
            lines = [line for line in request.fields if line[0].lower() != "proxy-authorization"]
            return request.with_fields(Fields(lines)) if has else request
        known = None if has else self._agent.remembered.credentials(f"{route.proxy}/")
        return request if known is None else request.with_fields(Fields([*request.fields, (_PROXY_FIELD, known)]))

    def _expects_continue(self, request: Request, content: Outgoing | None) -> bool:
        """Whether content is to be held back: rfc9110-10.1.1, and never without content."""
        if content is None or content.length == 0:
            return False
        if any(attempt.final is not None and attempt.final.status == 417 for attempt in self._attempts):
            return False
        if self._expects is not None:
            return self._expects
        if "expect" in request.fields.by_name:
            return request.fields.by_name["expect"].lower() == _CONTINUE[1]
        is_large = content.length is None or content.length >= _EXPECTED_FROM
        return is_large and origin_of(uri_of(request)) not in self._agent.remembered.without_continue

    def _standing(self, request: Request, content: Outgoing | None) -> Literal["none", "held", "sent"]:
        if content is None:
            return "none"
        return "held" if request.fields.by_name.get("expect", "").lower() == _CONTINUE[1] else "sent"

    async def _content_for(self, send: Send) -> Outgoing | GiveUp | None:
        content = self._content
        if content is None or not send.keeps_content:
            return None
        if not content.is_replayable:
            return GiveUp(
                send.because,
                f"{send.says} But the content is gone, and can't be sent again.",
                self._attempts[-1].final if self._attempts else None,
            )
        needs_length = self._attempts and send.request.content_length == 0  # so says a 411
        if content.is_chunked and (needs_length or origin_of(uri_of(send.request)) in self._agent.remembered.old):
            content = self._content = await content.measured()
        return content

    def _proxy(self, request: Request, host: str, port: int) -> str | None:
        proxies = self._agent.proxies
        return proxies.find(request.scheme, host, port) if proxies.by_scheme else None

    # Credentials that need no challenge any more

    def _preempts(self, uri: str) -> None:
        known = self._agent.remembered.credentials(uri)
        if known is not None and "authorization" not in self._next.fields.by_name:
            self._next = self._next.with_fields(Fields([*self._next.fields, ("Authorization", known)]))

    def _note_credentials(self, attempt: Attempt) -> None:
        if attempt.proxy is not None:
            self._agent.remembered.note_proxy(attempt.proxy, attempt.request, attempt.final)
        value = attempt.request.fields.by_name.get("authorization")
        if value is None or attempt.final is None:
            return
        if attempt.final.status == 401:
            self._agent.remembered.refused(uri_of(attempt.request))
        elif value[:6].lower() == "basic " and len(self._attempts) > 1:
            self._agent.remembered.accepted(uri_of(attempt.request), value)

    # What comes in

    async def _content_of(self, exchange: Exchange) -> bytes:
        """All of it. Raises ConnectionFailed, or ContentFailed for more than is permitted."""
        pieces, size, most = [], 0, self._agent.most_content
        while piece := await exchange.read():
            size += len(piece)
            if size > most:
                raise ContentFailed(f"The content is larger than {most} octets.", self.steps)
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _drained(self, exchange: Exchange, final: Response) -> Response:
        """A response on the way, with its content where that is short; a connection with more to come is not kept."""
        content = b""
        try:
            while len(content) <= _DRAINED and (piece := await exchange.read()):
                content += piece
        except ConnectionFailed:
            exchange.connection.must_close = True
        return replace(final, content=content)

    async def _pieces(self, response: Response) -> AsyncIterator[bytes]:
        exchange = self._exchange
        if exchange is None or response.content:
            if response.content:
                yield self._decoded(response)
            return
        try:
            decoder = decoder_of(response.fields) if self._decodes(response) else None
            while piece := await exchange.read():
                if decoder is None:
                    yield piece
                else:
                    for decoded in decoder.decode(piece):
                        yield decoded
            if decoder is not None:
                decoder.finish()
        except CannotDecode as error:
            exchange.connection.must_close = True
            raise ContentFailed(f"The content can't be used: {error}.", self.steps) from None
        except ConnectionFailed as failure:
            raise ContentFailed(str(failure), self.steps) from None

    def _decodes(self, response: Response) -> bool:
        return self._agent.decodes and response.status != 206 and "content-encoding" in response.fields.by_name

    def _decoded(self, response: Response) -> bytes:
        if not self._decodes(response):
            return response.content
        try:
            return decode_whole(response.fields, response.content, self._agent.most_content)
        except CannotDecode as error:
            raise ContentFailed(f"The content can't be used: {error}.", self.steps) from None

    @property
    def _uri(self) -> str:
        return uri_of(self._attempts[-1].request)


@lru_cache(maxsize=1024)
def _destination(scheme: str, authority: str) -> tuple[str, int, str]:
    """Host, port, and the authority as it is sent. Raises ValueError where there is none."""
    parts = urlsplit(f"//{authority}")
    if not parts.hostname:
        raise ValueError("there is no host")
    host, port = ascii_host(parts.hostname), PORTS[scheme] if parts.port is None else parts.port
    return host, port, authority_of(scheme, host, port)


def _has_cookies(jar: CookieJar) -> bool:
    return next(iter(jar), None) is not None
