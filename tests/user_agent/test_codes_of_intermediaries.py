"""The codes that no origin server sends: 203, 407, 502 and 504, from our gateway and proxy where those send them.

With the codes of the exhibit these are all forty of RFC 2616.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.test_gateway import program
from tests.origin_server.conftest import Served, serving

from statuary.cli.fetch_story import story_as_text
from statuary.semantics.reaction import Ask, Deliver, GiveUp, Policy
from statuary.user_agent.proxies import proxies_of
from statuary.user_agent.timeouts import Timeouts

from .conftest import agent, run
from .peers import Talk, always, peer
from .test_every_code import ROWS

PATIENT = Timeouts(first_octet=20, between_octets=20)
OF_RFC_2616 = {100, 101, *range(200, 207), *range(300, 306), 307, *range(400, 418), *range(500, 506)}


def test_203_is_marked() -> None:
    async def test() -> None:
        async with (
            peer(always("HTTP/1.1 203 Yes\nContent-Length: 5\n\nother")) as proxy,
            agent(proxies=proxy.url) as mine,
        ):
            fetched = await mine.fetch("GET", "http://a.test/")
            assert isinstance(fetched.reaction, Deliver)
            assert (fetched.status, fetched.content, fetched.reaction.is_transformed) == (203, b"other", True)
            assert "not what the origin server sent. (RFC 9110 section 15.3.4)" in story_as_text(fetched.steps, None)

    run(test())


@pytest.fixture(scope="module")
def exhibit() -> Iterator[Served]:
    with serving() as served:
        yield served


def test_407_is_answered_once_and_needs_no_second_time(exhibit: Served, tmp_path: Path) -> None:
    users = tmp_path / "users"
    users.write_text("bob:builder\n")
    with program("proxy", "--allow-private", "--users", str(users), "--log", "none") as proxy:
        url = f"{exhibit.origin}/hello.txt"

        async def test() -> None:
            async with agent(
                proxies=proxies_of({"http": f"http://bob:builder@{proxy.authority}"}), timeouts=PATIENT
            ) as mine:
                first, second = await mine.fetch("GET", url), await mine.fetch("GET", url)
                assert [one.final.status for one in first.attempts if one.final] == [407, 200]
                assert "answered with Digest" in story_as_text(first.steps, None)
                assert [one.final.status for one in second.attempts if one.final] == [200]
            async with agent(proxies=f"http://{proxy.authority}", timeouts=PATIENT) as anybody:
                asked = await anybody.fetch("GET", url)
                assert (asked.status, type(asked.reaction)) == (407, Ask)
            async with agent(proxies=f"http://bob:guess@{proxy.authority}", timeouts=PATIENT) as wrong:
                refused = await wrong.fetch("GET", url)
                assert (refused.status, type(refused.reaction), len(refused.steps)) == (407, GiveUp, 2)

        run(test())


def test_502_is_asked_for_once_more() -> None:
    async def junk(talk: Talk) -> None:
        await talk.request()
        await talk.send("this is no HTTP\n\n")

    async def test() -> None:
        async with peer(junk) as upstream:
            with program("gateway", "--to", f"{upstream.url}/", "--log", "none") as gateway:
                async with agent(policy=Policy(most_retries=1), timeouts=PATIENT) as mine:
                    fetched = await mine.fetch("GET", gateway.url)
        assert [one.final.status for one in fetched.attempts if one.final] == [502, 502]
        assert isinstance(fetched.reaction, GiveUp)
        assert "sent again: The 502 may pass." in story_as_text(fetched.steps, None)

    run(test())


def test_504_is_given_up_where_it_would_be_unsafe() -> None:
    async def silent(talk: Talk) -> None:
        await talk.request()
        await asyncio.Event().wait()

    async def test() -> None:
        async with peer(silent) as upstream:
            with program("gateway", "--to", f"{upstream.url}/", "--log", "none", "--answer-timeout", "0.1") as gateway:
                async with agent(timeouts=PATIENT) as mine:
                    fetched = await mine.fetch("POST", gateway.url, content=b"x")
        assert (fetched.status, len(fetched.steps), len(upstream.seen)) == (504, 1, 1)
        assert isinstance(fetched.reaction, GiveUp)
        assert "it would be unsafe to repeat" in story_as_text(fetched.steps, None)

    run(test())


def test_they_are_forty_together() -> None:
    assert len(OF_RFC_2616) == 40
    assert {row.code for row in ROWS} & {203, 407, 502, 504} == set()
    assert OF_RFC_2616 - {row.code for row in ROWS} == {203, 407, 502, 504}
