"""The private cache, over sockets: what is answered from it, what is asked on condition, what is kept, and what is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from statuary.cli.fetch_story import story_as_text
from statuary.fields.dates import format_http_date
from statuary.semantics.reaction import Deliver, GiveUp, Login, Policy
from statuary.transport.response_store import ResponseStore
from statuary.user_agent.agent import UserAgent
from statuary.user_agent.errors import NoResponse
from statuary.user_agent.fetched import Fetched

from .conftest import Patience, agent, run
from .peers import Peer, Script, Talk, peer

NOW = 1_800_000_000
DATE = f"Date: {format_http_date(NOW)}"
OTHER = "HTTP/1.1 200 OK\nContent-Length: 5\n\nother"


def said(content: str, *lines: str, status: str = "200 OK") -> str:
    return "\n".join([f"HTTP/1.1 {status}", DATE, *lines, f"Content-Length: {len(content)}", "", content])


def current(*lines: str) -> str:
    return "\n".join(["HTTP/1.1 304 Not Modified", *lines, "", ""])


FRESH = said("first", "Cache-Control: max-age=60")
STALE = said("first", "Cache-Control: max-age=0", 'ETag: "a"')


def in_turn(*answers: str) -> Script:
    """These answers one after the other, on whatever connection; the last of them for ever."""
    left = [*answers]

    async def script(talk: Talk) -> None:
        while True:
            await talk.request()
            await talk.send(left.pop(0) if len(left) > 1 else left[0])

    return script


@asynccontextmanager
async def at(
    *answers: str, patience: Patience | None = None, **options: Any
) -> AsyncIterator[tuple[UserAgent, Peer, str]]:
    """An agent with a cache, and a server that gives these answers in turn."""
    store = ResponseStore()
    async with peer(in_turn(*answers)) as server, agent(patience, cache=store, **options) as mine:
        yield mine, server, f"{server.url}/a"
    store.close()


def told(fetched: Fetched) -> str:
    return story_as_text(fetched.steps, None)


def test_what_is_fresh_is_not_asked_for_again(patience: Patience) -> None:
    async def test() -> None:
        async with at(FRESH, OTHER, patience=patience) as (mine, server, url):
            first = await mine.fetch("GET", url)
            assert (first.content, first.is_cached) == (b"first", False)
            assert "= cache: It is stored, fresh for 60 seconds. (RFC 9111 section 3)" in told(first)
            patience.clock.advance(20)
            again = await mine.fetch("GET", url)
            assert (again.status, again.content, again.is_cached) == (200, b"first", True)
            assert again.fields.get("age") == "20"
            assert (
                "nothing is sent\n   = cache: It is taken from the cache: 20 seconds old, fresh for 40 more."
                in told(again)
            )
            head = await mine.fetch("HEAD", url)
            assert (head.content, head.fields.get("content-length"), head.is_cached) == (b"", "5", True)
            async with mine.stream("GET", url) as streamed:
                assert (await streamed.read(), streamed.is_cached) == (b"first", True)
            assert len(server.seen) == 1
            patience.clock.advance(40)
            late = await mine.fetch("GET", url)
            assert (late.content, late.is_cached) == (b"other", False)
            assert "What is stored is stale for 0 seconds." in told(late)

    run(test())


def test_what_is_streamed_is_kept_once_it_is_whole(patience: Patience) -> None:
    async def test() -> None:
        async with at(FRESH, OTHER, patience=patience) as (mine, _, url):
            async with mine.stream("GET", url) as streamed:
                assert await streamed.read() == b"first"
            assert (await mine.fetch("GET", url)).content == b"first"

    async def left() -> None:
        async with at(FRESH, OTHER, patience=patience) as (mine, _, url):
            async with mine.stream("GET", url):
                pass
            assert (await mine.fetch("GET", url)).content != b""
            assert not (await mine.fetch("GET", f"{url}?2")).is_cached

    run(test())
    run(left())


def test_age_counts_on_the_way_here_too(patience: Patience) -> None:
    async def test() -> None:
        aged = said("first", "Cache-Control: max-age=60", "Age: 50")
        async with at(aged, OTHER, patience=patience) as (mine, _, url):
            await mine.fetch("GET", url)
            patience.clock.advance(9)
            assert (await mine.fetch("GET", url)).fields.get("age") == "59"
            patience.clock.advance(1)
            assert (await mine.fetch("GET", url)).content == b"other"

    run(test())


def test_what_is_stale_is_validated_and_freshened(patience: Patience) -> None:
    async def test() -> None:
        fresh = current('ETag: "a"', "Cache-Control: max-age=60", "X-New: 1")
        async with at(STALE, fresh, OTHER, patience=patience) as (mine, server, url):
            await mine.fetch("GET", url)
            again = await mine.fetch("GET", url)
            assert (again.status, again.content, again.is_cached) == (200, b"first", True)
            assert again.fields.get("x-new") == "1"
            assert server.seen[1].fields["if-none-match"] == '"a"'
            story = told(again)
            assert '> If-None-Match: "a"' in story
            assert "< 304 Not Modified" in story
            assert "takes over the new fields. (RFC 9111 section 4.3.4)" in story
            assert "< stored: 200 OK" in story
            # It is fresh again
            assert (await mine.fetch("GET", url)).is_cached
            assert len(server.seen) == 2

    run(test())


def test_a_changed_response_takes_its_place(patience: Patience) -> None:
    async def test() -> None:
        newer = said("newer", "Cache-Control: max-age=60", 'ETag: "b"')
        async with at(STALE, newer, OTHER, patience=patience) as (mine, server, url):
            contents = [(await mine.fetch("GET", url)).content for _ in range(3)]
            assert contents == [b"first", b"newer", b"newer"]
            assert len(server.seen) == 2

    run(test())


def test_a_304_about_something_else_has_it_asked_for_without_condition(patience: Patience) -> None:
    async def test() -> None:
        async with at(STALE, current('ETag: "b"'), OTHER, patience=patience) as (mine, server, url):
            await mine.fetch("GET", url)
            again = await mine.fetch("GET", url)
            assert (again.content, len(again.steps)) == (b"other", 2)
            assert "if-none-match" not in server.seen[2].fields
            assert "about something else" in told(again)

    run(test())


@pytest.mark.parametrize(
    ("line", "is_kept", "because"),
    [
        ("Cache-Control: private, max-age=60", True, "fresh for 60 seconds"),
        ("Cache-Control: max-age=60, s-maxage=1", True, "fresh for 60 seconds"),
        ("Cache-Control: no-store, max-age=60", False, "the response says no-store. (RFC 9111 section 5.2.2.5)"),
        ("Cache-Control: max-age=60\nVary: *", False, "no other request is like this one"),
        ("Cache-Control: max-age=60, broken broken", False, "can't be read"),
        ("X-Nothing: 1", False, "nothing tells whether it is valid"),
        ("Expires: 0", False, "stale at once"),
        (f"Last-Modified: {format_http_date(NOW - 1000)}", True, "fresh for 100 seconds"),
    ],
)
def test_what_may_be_kept(line: str, is_kept: bool, because: str) -> None:
    async def test() -> None:
        async with at(said("first", line), OTHER) as (mine, _, url):
            first = await mine.fetch("GET", url)
            assert because in told(first)
            assert (await mine.fetch("GET", url)).is_cached is is_kept

    run(test())


@pytest.mark.parametrize("line", ["Cache-Control: no-cache, max-age=60", "Cache-Control: max-age=0, must-revalidate"])
def test_what_must_be_validated_is_validated(line: str) -> None:
    async def test() -> None:
        tagged = said("first", line, 'ETag: "a"')
        async with at(tagged, current('ETag: "a"')) as (mine, server, url):
            for _ in range(3):
                assert (await mine.fetch("GET", url, fields={"Cache-Control": "max-stale"})).content == b"first"
            assert [one.fields.get("if-none-match") for one in server.seen] == [None, '"a"', '"a"']

    run(test())


@pytest.mark.parametrize(
    ("wish", "is_asked"),
    [("no-cache", True), ("max-age=5", True), ("min-fresh=55", True), ("max-stale", False), ("max-age=60", False)],
)
def test_what_the_request_says(wish: str, is_asked: bool, patience: Patience) -> None:
    async def test() -> None:
        async with at(FRESH, OTHER, patience=patience) as (mine, server, url):
            await mine.fetch("GET", url)
            patience.clock.advance(10)
            await mine.fetch("GET", url, fields={"Cache-Control": wish})
            assert len(server.seen) == 1 + is_asked

    run(test())


def test_a_request_may_take_what_is_stale_and_may_forbid_to_store(patience: Patience) -> None:
    async def test() -> None:
        async with at(FRESH, OTHER, patience=patience) as (mine, server, url):
            await mine.fetch("GET", url, fields={"Cache-Control": "no-store"})
            assert not (await mine.fetch("GET", url)).is_cached
            assert len(server.seen) == 2
        async with at(FRESH, OTHER, patience=patience) as (mine, server, url):
            await mine.fetch("GET", url)
            patience.clock.advance(90)
            again = await mine.fetch("GET", url, fields={"Cache-Control": "max-stale=30"})
            assert again.is_cached
            assert "stale for 30 seconds, which the request accepts" in told(again)

    run(test())


def test_only_what_is_stored_or_a_504_of_our_own(patience: Patience) -> None:
    async def test() -> None:
        async with at(FRESH, patience=patience) as (mine, server, url):
            none = await mine.fetch("GET", url, fields={"Cache-Control": "only-if-cached"})
            assert (none.status, type(none.reaction), none.reaction.because) == (504, GiveUp, "rfc9111-5.2.1.7")
            assert server.seen == []
            await mine.fetch("GET", url)
            some = await mine.fetch("GET", url, fields={"Cache-Control": "only-if-cached"})
            assert (some.content, type(some.reaction)) == (b"first", Deliver)

    run(test())


def test_vary_tells_responses_apart() -> None:
    async def test() -> None:
        english = said("hello", "Cache-Control: max-age=60", "Vary: Accept-Language")
        german = english.replace("hello", "hallo")
        async with at(english, german) as (mine, server, url):
            for language, content in (("en", b"hello"), ("de", b"hallo"), ("en", b"hello"), ("de", b"hallo")):
                assert (await mine.fetch("GET", url, fields={"Accept-Language": language})).content == content
            assert len(server.seen) == 2

    run(test())


def test_credentials_tell_responses_apart() -> None:
    async def test() -> None:
        async with at(FRESH, FRESH.replace("first", "never")) as (mine, server, url):
            for token in ("one", "two", "two", None):
                fields = {} if token is None else {"Authorization": f"Bearer {token}"}
                await mine.fetch("GET", url, fields=fields)
            # None of them is answered with what another's credentials brought
            assert [one.fields.get("authorization") for one in server.seen] == ["Bearer one", "Bearer two", None]

    run(test())


def test_no_secret_is_written_down(tmp_path: Path) -> None:
    async def test() -> None:
        kept = tmp_path / "cache"
        varying = said("first", "Cache-Control: max-age=60", "Vary: Cookie, Authorization, Accept")
        fields = {"Authorization": "Bearer s3cr3t", "Cookie": "session=s3cr3t", "X-Key": "s3cr3t"}
        async with peer(in_turn(varying)) as server:
            for _ in range(2):
                async with agent(cache=str(kept)) as mine:
                    fetched = await mine.fetch("GET", f"{server.url}/a", fields=fields)
            assert fetched.is_cached
            async with agent(cache=str(kept)) as mine:
                other = await mine.fetch("GET", f"{server.url}/a", fields={**fields, "Cookie": "session=other"})
            assert not other.is_cached

    run(test())
    written = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"first" in written
    assert b"s3cr3t" not in written


def test_what_is_unsafe_invalidates(patience: Patience) -> None:
    async def test() -> None:
        fresh = said("first", "Cache-Control: max-age=60", 'ETag: "a"')
        done = "HTTP/1.1 201 Created\nLocation: /b\nContent-Length: 0\n\n"
        async with at(fresh, fresh, done, OTHER, patience=patience) as (mine, server, url):
            await mine.fetch("GET", url)
            await mine.fetch("GET", url.replace("/a", "/b"))
            changed = await mine.fetch("PUT", url, content=b"x")
            assert "may not be valid any more. (RFC 9111 section 4.4)" in told(changed)
            for path in ("/a", "/b"):
                again = await mine.fetch("GET", url.replace("/a", path))
                assert (again.content, server.seen[-1].fields["if-none-match"]) == (b"other", '"a"')

    run(test())


def test_a_failed_change_invalidates_nothing(patience: Patience) -> None:
    async def test() -> None:
        async with at(FRESH, said("no", status="403 Forbidden"), OTHER, patience=patience) as (mine, _, url):
            await mine.fetch("GET", url)
            await mine.fetch("DELETE", url)
            assert (await mine.fetch("GET", url)).is_cached

    run(test())


@pytest.mark.parametrize(
    ("lines", "is_same"),
    [(['ETag: "a"', "X-New: 1"], True), (['ETag: "b"'], False), (['ETag: "a"', "Content-Length: 6"], False)],
)
def test_head_says_something_of_what_is_stored(lines: list[str], is_same: bool, patience: Patience) -> None:
    async def test() -> None:
        stored = said("first", "Cache-Control: max-age=10", 'ETag: "a"')
        head = "\n".join(["HTTP/1.1 200 OK", "Cache-Control: max-age=60", *lines, "", ""])
        async with at(stored, head, current('ETag: "a"'), patience=patience) as (mine, server, url):
            await mine.fetch("GET", url)
            patience.clock.advance(30)
            asked = await mine.fetch("HEAD", url, fields={"Cache-Control": "no-cache"})
            assert "(RFC 9111 section 4.3.5)" in told(asked)
            again = await mine.fetch("GET", url)
            assert again.content == b"first"
            assert len(server.seen) == (2 if is_same else 3)
            assert not is_same or again.fields.get("x-new") == "1"

    run(test())


def test_parts_are_neither_kept_nor_taken_from_what_is(patience: Patience) -> None:
    async def test() -> None:
        part = said("fi", "Cache-Control: max-age=60", "Content-Range: bytes 0-1/5", status="206 Partial Content")
        async with at(part, FRESH, part, patience=patience) as (mine, server, url):
            for fields in ({"Range": "bytes=0-1"}, {}, {"Range": "bytes=0-1"}):
                assert not (await mine.fetch("GET", url, fields=fields)).is_cached
            assert (await mine.fetch("GET", url)).is_cached
            assert len(server.seen) == 3

    run(test())


def test_the_users_own_condition_is_answered(patience: Patience) -> None:
    async def test() -> None:
        tagged = said("first", "Cache-Control: max-age=60", 'ETag: "a"')
        async with at(tagged, OTHER, patience=patience) as (mine, server, url):
            await mine.fetch("GET", url)
            same = await mine.fetch("GET", url, fields={"If-None-Match": '"a"'})
            assert (same.status, same.content, type(same.reaction)) == (304, b"", Deliver)
            other = await mine.fetch("GET", url, fields={"If-None-Match": '"b"'})
            assert (other.status, other.content) == (200, b"first")
            assert len(server.seen) == 1

    run(test())


@pytest.mark.parametrize(
    ("directives", "after", "helps"),
    [
        ("max-age=10, stale-if-error=60", 30, True),
        ("max-age=10, stale-if-error=60", 100, False),
        ("max-age=10", 30, False),
        ("max-age=10, must-revalidate, stale-if-error=60", 30, False),
    ],
)
def test_stale_if_error(directives: str, after: float, helps: bool, patience: Patience) -> None:
    async def test() -> None:
        stored = said("first", f"Cache-Control: {directives}")
        failure = said("broken", status="502 Bad Gateway")
        async with at(stored, failure, patience=patience, policy=Policy(most_retries=0)) as (mine, _, url):
            await mine.fetch("GET", url)
            patience.clock.advance(after)
            fetched = await mine.fetch("GET", url)
            assert (fetched.status, fetched.content) == ((200, b"first") if helps else (502, b"broken"))
            assert not helps or "though it is stale for 20 seconds. (RFC 5861 section 4)" in told(fetched)

    run(test())


@pytest.mark.parametrize(("directive", "helps"), [("max-age=10", True), ("max-age=10, must-revalidate", False)])
def test_who_is_disconnected_has_what_is_stored(directive: str, helps: bool, patience: Patience) -> None:
    async def test() -> None:
        async def script(talk: Talk) -> None:
            await talk.request()
            if talk.number == 0:
                await talk.send(said("first", f"Cache-Control: {directive}", "Connection: close"))

        store = ResponseStore()
        policy = Policy(most_retries=0)
        async with peer(script) as server, agent(patience, policy, cache=store) as mine:
            await mine.fetch("GET", f"{server.url}/a")
            patience.clock.advance(30)
            if helps:
                fetched = await mine.fetch("GET", f"{server.url}/a")
                assert (fetched.content, fetched.is_cached) == (b"first", True)
                assert "No answer came: what is stored is used" in told(fetched)
            else:
                with pytest.raises(NoResponse):
                    await mine.fetch("GET", f"{server.url}/a")
        store.close()

    run(test())


def test_a_stored_redirect_is_followed(patience: Patience) -> None:
    async def test() -> None:
        moved = said("", "Cache-Control: max-age=60", "Location: /b", status="302 Found")
        async with at(moved, OTHER, patience=patience) as (mine, server, url):
            for _ in range(2):
                fetched = await mine.fetch("GET", url)
                assert (fetched.content, fetched.uri) == (b"other", url.replace("/a", "/b"))
            assert [one.target for one in server.seen] == ["/a", "/b", "/b"]

    run(test())


def test_what_did_not_do_is_asked_for_anew(patience: Patience) -> None:
    async def test() -> None:
        busy = said("", "Cache-Control: max-age=60", "Retry-After: 5", status="503 Service Unavailable")
        async with at(busy, OTHER, patience=patience, policy=Policy(most_retries=0)) as (mine, server, url):
            assert (await mine.fetch("GET", url)).status == 503
            mine.policy = Policy(most_retries=1)
            fetched = await mine.fetch("GET", url)
            assert (fetched.content, patience.waits) == (b"other", [5.0])
            assert [step.is_cached for step in fetched.steps] == [True, False]
            assert len(server.seen) == 2

    run(test())


def test_what_a_login_brought_is_for_that_login(patience: Patience) -> None:
    async def test() -> None:
        challenge = said("", 'WWW-Authenticate: Basic realm="r"', status="401 Unauthorized")
        private = said("first", "Cache-Control: private, max-age=60")
        async with peer(in_turn(challenge, private, OTHER)) as server:
            policy = Policy(logins=(Login(f"http://127.0.0.1:{server.port}", "alice", "wonderland"),))
            store = ResponseStore()
            async with agent(patience, policy, cache=store) as mine:
                assert (await mine.fetch("GET", f"{server.url}/a")).content == b"first"
                again = await mine.fetch("GET", f"{server.url}/a")
                assert (again.content, again.is_cached) == (b"first", True)
            async with agent(patience, cache=store) as anybody:
                assert (await anybody.fetch("GET", f"{server.url}/a")).content == b"other"
            store.close()

    run(test())


def test_a_store_that_fails_is_no_reason_to_fail(patience: Patience) -> None:
    async def test() -> None:
        store = ResponseStore()
        async with peer(in_turn(FRESH)) as server, agent(patience, cache=store) as mine:
            store.close()
            fetched = await mine.fetch("GET", f"{server.url}/a")
            assert fetched.content == b"first"
            assert "The cache can't be used" in told(fetched)

    run(test())


def test_content_stays_coded_and_is_decoded_for_whoever_reads_it(patience: Patience) -> None:
    import gzip

    async def test() -> None:
        zipped = gzip.compress(b"zipped", mtime=0)

        async def script(talk: Talk) -> None:
            await talk.request()
            await talk.answer(200, zipped, "Cache-Control: max-age=60", "Content-Encoding: gzip", DATE)

        store = ResponseStore()
        async with peer(script) as server, agent(patience, cache=store) as mine:
            for _ in range(2):
                fetched = await mine.fetch("GET", f"{server.url}/a")
                assert (fetched.content, fetched.response.content) == (b"zipped", zipped)
            async with mine.stream("GET", f"{server.url}/a") as streamed:
                assert (await streamed.read(), streamed.is_cached) == (b"zipped", True)
        store.close()

    run(test())
