"""One exchange on a real socket: content held back for 100, early answers, drops, limits, both directions at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from statuary.message.fields import Fields
from statuary.semantics.reaction import Deliver, GiveUp, Policy, Send
from statuary.user_agent.errors import ContentFailed, NoResponse
from statuary.user_agent.timeouts import Timeouts

from .conftest import Patience, agent, run
from .peers import Talk, always, peer

OK = "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"
CONTINUE = "HTTP/1.1 100 Continue\n\n"


def test_one_connection_for_many_requests() -> None:
    async def test() -> None:
        async with peer(always(OK)) as server, agent() as mine:
            for number in range(3):
                fetched = await mine.fetch("GET", f"{server.url}/{number}")
                assert (fetched.status, fetched.content, fetched.is_delivered) == (200, b"ok", True)
                assert fetched.steps[0].is_reused is (number > 0)
            assert [one.target for one in server.seen] == ["/0", "/1", "/2"]
            assert server.seen[0].fields["host"] == f"127.0.0.1:{server.port}"

    run(test())


def test_no_more_requests_on_a_connection_after_close() -> None:
    async def test() -> None:
        async with peer(always(OK)) as server, agent() as mine:
            await mine.fetch("GET", server.url, fields={"Connection": "close"})
            fetched = await mine.fetch("GET", server.url)
            assert fetched.content == b"ok"
            assert fetched.steps[0].is_reused is False

    run(test())


class TestContinue:
    """Content that waits: RFC 9110 section 10.1.1."""

    def test_it_goes_out_after_100_and_not_before(self) -> None:
        async def script(talk: Talk) -> None:
            asked = await talk.head()
            assert asked.fields["expect"] == "100-continue"
            await talk.send("HTTP/1.1 103 Early Hints\n\n" + CONTINUE)
            await talk.content(asked)
            await talk.send(OK)
            await talk.closed()

        async def test() -> None:
            async with peer(script) as server, agent(Patience(holds=True)) as mine:
                fetched = await mine.fetch("PUT", server.url, content=b"abc", expects_continue=True)
                assert server.seen[0].content == b"abc"
                assert [one.status for one in fetched.interim] == [103, 100]
                assert [wait.send_content for wait in fetched.steps[0].waits] == [False, True]
                assert fetched.attempts[0].content == "sent"

        run(test())

    def test_it_goes_out_when_the_time_is_over(self, patience: Patience) -> None:
        async def test() -> None:
            async with peer(always(OK)) as server, agent(patience) as mine:
                await mine.fetch("PUT", server.url, content=b"abc", expects_continue=True)
                assert server.seen[0].content == b"abc"
                assert patience.waits == [1.0]
                # It is known now that this server doesn't say 100, so much content doesn't wait either
                await mine.fetch("PUT", server.url, content=b"a" * 2_000_000)
                assert "expect" not in server.seen[1].fields

        run(test())

    def test_a_final_response_means_it_is_not_sent_and_the_connection_is_closed(self) -> None:
        rest = []

        async def script(talk: Talk) -> None:
            await talk.head()
            await talk.answer(413)
            rest.append(await talk.read())

        async def test() -> None:
            async with peer(script) as server, agent(Patience(holds=True)) as mine:
                fetched = await mine.fetch("PUT", server.url, content=b"abc", expects_continue=True)
                assert isinstance(fetched.reaction, GiveUp)
                assert fetched.attempts[0].content == "held"
                await mine.fetch("PUT", server.url, content=b"abc", expects_continue=True)
                assert rest[0] == b""

        run(test())

    def test_417_is_asked_again_without_it(self) -> None:
        async def script(talk: Talk) -> None:
            asked = await talk.head()
            if "expect" in asked.fields:
                await talk.answer(417)
            else:
                await talk.content(asked)
                await talk.send(OK)
            await talk.closed()

        async def test() -> None:
            async with peer(script) as server, agent(Patience(holds=True)) as mine:
                fetched = await mine.fetch("POST", server.url, content=iter([b"ab", b"c"]), expects_continue=True)
                assert [one.final.status for one in fetched.attempts if one.final] == [417, 200]
                assert server.seen[1].content == b"abc"

        run(test())

    def test_much_content_asks_and_little_does_not(self) -> None:
        async def script(talk: Talk) -> None:
            while True:
                asked = await talk.head()
                if "expect" in asked.fields:
                    await talk.send(CONTINUE)
                await talk.content(asked)
                await talk.send(OK)

        async def test() -> None:
            async with peer(script) as server, agent(Patience(holds=True)) as mine:
                for content in (b"", b"a", b"a" * 1024 * 1024, iter([b"a"])):
                    await mine.fetch("PUT", server.url, content=content)
                assert ["expect" in one.fields for one in server.seen] == [False, False, True, True]
                assert [len(one.content) for one in server.seen] == [0, 1, 1024 * 1024, 1]

        run(test())


class TestContent:
    """Content out and in, in pieces."""

    def test_pieces_of_unknown_length_go_out_in_chunks_with_trailers(self) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for piece in (b"a", b"", b"bc"):
                yield piece

        async def test() -> None:
            async with peer(always(OK)) as server, agent() as mine:
                await mine.fetch("POST", server.url, content=pieces(), trailers=[("Sum", "3")], expects_continue=False)
                [asked] = server.seen
                assert (asked.content, asked.trailers) == (b"abc", b"Sum: 3\r\n")
                assert asked.fields["trailer"] == "Sum"

        run(test())

    def test_trailers_and_content_come_in_chunks(self) -> None:
        chunked = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nab\n1\nc\n0\nSum: 3\n\n"

        async def test() -> None:
            async with peer(always(chunked)) as server, agent() as mine:
                fetched = await mine.fetch("GET", server.url)
                assert (fetched.content, fetched.trailers) == (b"abc", Fields([("Sum", "3")]))
                async with mine.stream("GET", server.url) as streamed:
                    assert streamed.steps[0].is_reused
                    assert await streamed.read() == b"abc"
                    assert streamed.trailers == Fields([("Sum", "3")])

        run(test())

    def test_a_peer_that_sends_more_than_is_read_has_to_wait(self) -> None:
        size = 64 * 1024 * 1024
        sent = 0

        async def script(talk: Talk) -> None:
            nonlocal sent
            await talk.request()
            await talk.send(f"HTTP/1.1 200 OK\nContent-Length: {size}\n\n")
            for _ in range(size // 65536):
                await talk.send(b"a" * 65536)
                sent += 65536

        async def test() -> None:
            async with peer(script) as server, agent() as mine:
                async with mine.stream("GET", server.url) as streamed:
                    first = await anext(aiter(streamed))
                    for _ in range(200):
                        await asyncio.sleep(0)
                    assert sent < size
                    total = len(first) + len(await streamed.read())
                assert total == size

        run(test())

    def test_content_that_is_not_read_costs_the_connection(self) -> None:
        async def script(talk: Talk) -> None:
            await talk.request()
            await talk.send("HTTP/1.1 200 OK\nContent-Length: 9\n\nabc")
            await talk.closed()

        async def test() -> None:
            async with peer(script) as server, agent() as mine:
                for _ in range(2):
                    async with mine.stream("GET", server.url) as streamed:
                        assert not streamed.steps[0].is_reused

        run(test())

    def test_an_early_refusal_stops_what_is_being_sent(self) -> None:
        given = 0

        def pieces() -> Iterator[bytes]:
            nonlocal given
            for _ in range(10_000):
                given += 1
                yield b"a" * 65536

        async def script(talk: Talk) -> None:
            await talk.head()
            await talk.answer(403, b"no")
            await talk.closed()

        async def test() -> None:
            async with peer(script) as server, agent() as mine:
                fetched = await mine.fetch("POST", server.url, content=pieces(), expects_continue=False)
                assert (fetched.status, fetched.content) == (403, b"no")
                assert given < 10_000

        run(test())

    def test_content_of_another_length_than_announced_is_not_passed_off_as_whole(self) -> None:
        class Shrinking:
            """A file of which less can be read than its size was."""

            def tell(self) -> int:
                return 0

            def seek(self, offset: int, whence: int = 0) -> int:
                return 10 if whence else 0

            def read(self, size: int) -> bytes:
                return b""

        async def test() -> None:
            async with peer(always(OK)) as server, agent() as mine:
                with pytest.raises(ContentFailed, match="shorter"):
                    await mine.fetch("PUT", server.url, content=Shrinking())  # type: ignore[arg-type]

        run(test())

    def test_an_error_of_whoever_gives_the_content_comes_through(self) -> None:
        def pieces() -> Iterator[bytes]:
            yield b"a"
            raise KeyError("lost")

        async def test() -> None:
            async with peer(always(OK)) as server, agent() as mine:
                with pytest.raises(KeyError, match="lost"):
                    await mine.fetch("PUT", server.url, content=pieces(), expects_continue=False)

        run(test())

    def test_more_than_is_permitted_is_not_taken(self) -> None:
        async def test() -> None:
            async with peer(always(OK)) as server, agent(most_content=1) as mine:
                with pytest.raises(ContentFailed, match="larger"):
                    await mine.fetch("GET", server.url)

        run(test())


class TestFailures:
    """What a peer can do instead of answering."""

    def test_an_idle_connection_that_was_closed_is_replaced_at_once(self, patience: Patience) -> None:
        async def script(talk: Talk) -> None:
            await talk.request()
            await talk.send(OK)
            if talk.number == 0:
                await talk.request()  # and drops it
            else:
                await talk.closed()

        async def test() -> None:
            async with peer(script) as server, agent(patience, Policy(most_retries=0)) as mine:
                await mine.fetch("GET", server.url)
                fetched = await mine.fetch("GET", server.url)
                assert [one.failure for one in fetched.attempts] == ["dropped", None]
                assert [step.is_reused for step in fetched.steps] == [True, False]
                assert patience.waits == []

        run(test())

    def test_an_unsafe_request_is_never_repeated_by_itself(self) -> None:
        async def script(talk: Talk) -> None:
            await talk.request()

        async def test() -> None:
            async with peer(script) as server, agent() as mine:
                with pytest.raises(NoResponse, match="unsafe") as caught:
                    await mine.fetch("POST", server.url, content=b"a")
                assert len(server.seen) == len(caught.value.steps) == 1

        run(test())

    @pytest.mark.parametrize("ends", ["closed", "reset"])
    def test_a_drop_is_tried_again_with_patience(self, patience: Patience, ends: str) -> None:
        async def script(talk: Talk) -> None:
            await talk.request()
            if talk.number < 1:
                if ends == "reset":
                    talk.reset()
                return
            await talk.send(OK)
            await talk.closed()

        async def test() -> None:
            async with peer(script) as server, agent(patience) as mine:
                fetched = await mine.fetch("GET", server.url)
                assert [one.failure for one in fetched.attempts] == ["dropped", None]
                assert len(patience.waits) == 1

        run(test())

    @pytest.mark.parametrize(
        ("octets", "failure"),
        [
            ("HTTP/1.1 200 OK\nContent-Length: 9\n\nabc", "incomplete"),
            ("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n", "incomplete"),
            ("HTTP/1.1 200 OK\nContent-Le", "dropped"),
            ("HTTP/1.1 100 Continue\n\n", "dropped"),
            ("HTTP/1.1 200 OK\nContent-Length: x\n\n", "malformed"),
            ("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nxyz\n", "malformed"),
            ("220 ready\n", "malformed"),
        ],
    )
    def test_what_is_no_whole_response_is_never_taken_for_one(self, octets: str, failure: str) -> None:
        async def script(talk: Talk) -> None:
            await talk.request()
            await talk.send(octets)

        async def test() -> None:
            async with peer(script) as server, agent(policy=Policy(most_retries=0)) as mine:
                with pytest.raises((NoResponse, ContentFailed)) as caught:
                    await mine.fetch("GET", server.url)
                assert [step.attempt.failure for step in caught.value.steps] == [failure]

        run(test())

    def test_silence_ends_at_the_limit(self) -> None:
        async def script(talk: Talk) -> None:
            await talk.request()
            await talk.closed()

        async def test() -> None:
            limits = Timeouts(first_octet=0.01)
            async with peer(script) as server, agent(policy=Policy(most_retries=1), timeouts=limits) as mine:
                with pytest.raises(NoResponse, match="in time") as caught:
                    await mine.fetch("GET", server.url)
                assert [step.attempt.failure for step in caught.value.steps] == ["timeout", "timeout"]

        run(test())

    def test_so_does_silence_within_content_and_all_of_it(self) -> None:
        async def script(talk: Talk) -> None:
            await talk.request()
            await talk.send("HTTP/1.1 200 OK\nContent-Length: 9\n\nabc")
            await talk.closed()

        async def test() -> None:
            for limits in (Timeouts(between_octets=0.01), Timeouts(whole=0.05)):
                async with peer(script) as server, agent(policy=Policy(most_retries=0), timeouts=limits) as mine:
                    with pytest.raises((ContentFailed, NoResponse)):
                        await mine.fetch("GET", server.url)
                    with pytest.raises((ContentFailed, NoResponse)):
                        async with mine.stream("GET", server.url) as streamed:
                            await streamed.read()

        run(test())

    def test_a_flood_of_interim_responses_ends(self) -> None:
        async def script(talk: Talk) -> None:
            await talk.request()
            while True:
                await talk.send("HTTP/1.1 102 Processing\n\n")

        async def test() -> None:
            async with peer(script) as server, agent() as mine:
                with pytest.raises(NoResponse) as caught:
                    await mine.fetch("GET", server.url)
                assert caught.value.steps[-1].attempt.failure == "malformed"

        run(test())

    def test_octets_that_nobody_asked_for_are_no_response_to_the_next_request(self) -> None:
        async def script(talk: Talk) -> None:
            await talk.request()
            await talk.send(OK + ("HTTP/1.1 200 OK\nContent-Length: 6\n\npoison" if talk.number == 0 else ""))
            await talk.closed()

        async def test() -> None:
            async with peer(script) as server, agent() as mine:
                for _ in range(2):
                    fetched = await mine.fetch("GET", server.url)
                    assert fetched.content == b"ok"
                    assert not fetched.steps[0].is_reused

        run(test())


def test_switching_protocols_hands_the_connection_over() -> None:
    async def script(talk: Talk) -> None:
        asked = await talk.request()
        assert asked.fields["connection"] == "Upgrade"
        await talk.send("HTTP/1.1 101 Switching Protocols\nUpgrade: echo\nConnection: Upgrade\n\nhello")
        while data := await talk.read():
            await talk.send(data)

    async def test() -> None:
        async with (
            peer(script) as server,
            agent() as mine,
            mine.stream("GET", server.url, fields={"Upgrade": "echo"}) as streamed,
        ):
            assert isinstance(streamed.reaction, Deliver)
            assert streamed.switched is not None
            assert await streamed.switched.read() == b"hello"
            await streamed.switched.write(b"there")
            assert await streamed.switched.read() == b"there"

    run(test())


def test_stopping_in_the_middle_leaves_nothing_behind() -> None:
    asked = asyncio.Event()

    async def script(talk: Talk) -> None:
        await talk.request()
        asked.set()
        await talk.closed()

    async def test() -> None:
        async with peer(script) as server, agent() as mine:
            fetching = asyncio.create_task(mine.fetch("PUT", server.url, content=b"a", expects_continue=False))
            await asked.wait()
            fetching.cancel()
            with pytest.raises(asyncio.CancelledError):
                await fetching
            assert len(asyncio.all_tasks()) <= 2 + 1  # this one, its limit, the server's

    run(test())


def test_what_can_not_be_sent_again_is_given_up(patience: Patience) -> None:
    async def test() -> None:
        answers = "HTTP/1.1 307 Elsewhere\nLocation: /b\nContent-Length: 0\n\n"
        async with peer(always(answers, OK)) as server, agent(patience) as mine:
            fetched = await mine.fetch("PUT", server.url, content=iter([b"a"]), expects_continue=False)
            assert isinstance(fetched.reaction, GiveUp)
            assert "can't be sent again" in fetched.reaction.says
            again = await mine.fetch("PUT", f"{server.url}/", content=[b"a"], expects_continue=False)
            assert again.status == 200
            assert isinstance(fetched.steps[0].reaction, Send)

    run(test())
