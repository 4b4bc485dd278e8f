"""What the user agent does from request to request: redirects, credentials, cookies, proxies, codings, what is stored."""

from __future__ import annotations

import asyncio
import base64
import gzip
import ssl
import zlib
from http.cookiejar import CookieJar

import pytest

from statuary.message.fields import Fields
from statuary.message.response import Response
from statuary.semantics.reaction import Ask, Deliver, GiveUp, Login, Policy, Stored
from statuary.user_agent.agent import UserAgent
from statuary.user_agent.blocking import fetch
from statuary.user_agent.errors import ContentFailed, NoResponse
from statuary.user_agent.pool import PoolLimits
from statuary.user_agent.proxies import environment, proxies_of

from .conftest import Patience, agent, run
from .peers import CERTIFICATE, Asked, Peer, Script, Talk, always, peer

OK = "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"


def pages(**answers: str) -> Script:
    """Answers by the target without its first slash and with _ for what no name can have; OK for others."""

    async def script(talk: Talk) -> None:
        while True:
            asked = await talk.request()
            name = asked.target.rpartition("/")[2].replace("?", "_")
            await talk.send(answers.get(name, OK))

    return script


def moved(status: int, to: str, *lines: str) -> str:
    return "\n".join([f"HTTP/1.1 {status} Moved", f"Location: {to}", *lines, "Content-Length: 2", "", "no"])


def test_redirects_are_followed_with_the_fragment_and_what_is_for_good_is_remembered() -> None:
    async def test() -> None:
        async with peer(pages(a=moved(308, "/b"), b=moved(302, "c#there"))) as server, agent() as mine:
            fetched = await mine.fetch("GET", f"{server.url}/a#here")
            assert (fetched.uri, fetched.fragment, fetched.status) == (f"{server.url}/c", "there", 200)
            assert [one.is_reused for one in fetched.steps] == [False, True, True]
            again = await mine.fetch("GET", f"{server.url}/a#here")
            assert [uri.target for uri in server.seen] == ["/a", "/b", "/c", "/b", "/c"]
            assert again.uri == fetched.uri

    run(test())


def test_what_is_remembered_tells_no_secrets() -> None:
    async def test() -> None:
        async with peer(pages()) as other, peer(pages(a=moved(301, f"{other.url}/x"))) as server, agent() as mine:
            for _ in range(2):
                secret = {"Authorization": "Bearer x", "Cookie": "a=b"}
                await mine.fetch("GET", f"{server.url}/a", fields=secret)
            assert len(server.seen) == len(other.seen) == 2
            for asked in other.seen:
                assert "authorization" not in asked.fields
                assert "cookie" not in asked.fields

    run(test())


def test_a_host_that_is_none_is_given_up() -> None:
    async def test() -> None:
        async with peer(pages(a=moved(302, "http://a%00b/"))) as server, agent() as mine:
            fetched = await mine.fetch("GET", f"{server.url}/a")
            assert isinstance(fetched.reaction, GiveUp)

    run(test())


def challenged(field: str, want: str, challenge: str, status: int) -> Script:
    async def script(talk: Talk) -> None:
        while True:
            asked = await talk.request()
            if asked.fields.get(field) == want:
                await talk.send(OK)
            else:
                await talk.answer(status, b"no", challenge)

    return script


BASIC = "Basic " + base64.b64encode(b"alice:wonderland").decode()


class TestCredentials:
    script = staticmethod(challenged("authorization", BASIC, 'WWW-Authenticate: Basic realm="r"', 401))

    def test_they_answer_a_challenge_and_then_go_along_below_the_same_path(self) -> None:
        async def test() -> None:
            async with peer(self.script) as server, agent(policy=Policy()) as mine:
                login = Login(server.url, "alice", "wonderland")
                async with agent(policy=Policy(logins=(login,))) as mine:
                    for path, asked in (("/a/b", 2), ("/a/c", 1), ("/a/d/e", 1), ("/f", 2)):
                        fetched = await mine.fetch("GET", f"{server.url}{path}")
                        assert (fetched.status, len(fetched.steps)) == (200, asked)

        run(test())

    def test_from_the_url_and_never_shown(self) -> None:
        async def test() -> None:
            async with peer(self.script) as server, agent() as mine:
                fetched = await mine.fetch("GET", server.url.replace("//", "//alice:wonderland@"))
                assert fetched.status == 200
                assert "wonderland" not in fetched.uri + repr(fetched.steps)

        run(test())

    def test_without_them_somebody_is_asked(self) -> None:
        asked: list[Ask] = []

        async def test() -> None:
            async def answer(ask: Ask) -> object:
                asked.append(ask)
                return Login(f"http://127.0.0.1:{server.port}", "alice", "wonderland")

            async with peer(self.script) as server, agent() as mine:
                assert isinstance((await mine.fetch("GET", server.url)).reaction, Ask)
                async with agent(ask=answer) as other:
                    assert (await other.fetch("GET", server.url)).status == 200
            assert [(one.question, one.options) for one in asked] == [("log in", ("r",))]

        run(test())


def test_a_choice_is_asked_for() -> None:
    choices = 'HTTP/1.1 300 Choices\nLink: </en>; rel="alternate", </de>; rel="alternate"\nContent-Length: 0\n\n'

    async def answer(ask: Ask) -> object:
        return ask.options[1]

    async def test() -> None:
        async with peer(pages(a=choices)) as server, agent(ask=answer) as mine:
            fetched = await mine.fetch("GET", f"{server.url}/a")
            assert (fetched.uri, fetched.status) == (f"{server.url}/de", 200)

    run(test())


def test_cookies_go_back_to_who_set_them() -> None:
    async def test() -> None:
        answers = {"a": moved(302, "/b", "Set-Cookie: one=1; Path=/", "Set-Cookie: two=2; Path=/other")}
        async with peer(pages(**answers)) as server, agent() as mine:
            await mine.fetch("GET", f"{server.url}/a")
            await mine.fetch("GET", f"{server.url}/c", fields={"Cookie": "own=3"})
            assert [one.fields.get("cookie") for one in server.seen] == [None, "one=1", "own=3; one=1"]
            assert isinstance(mine.cookies, CookieJar)
            async with agent(cookies=None) as other:
                await other.fetch("GET", f"{server.url}/a")
            assert "cookie" not in server.seen[-1].fields

    run(test())


class TestCodings:
    @pytest.mark.parametrize(
        ("name", "coded"),
        [
            ("gzip", gzip.compress(b"hello", mtime=0)),
            ("x-gzip", gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0)),
            ("deflate", zlib.compress(b"hello")),
            ("deflate", zlib.compress(b"hello")[2:-4]),
            ("deflate, gzip", gzip.compress(zlib.compress(b"hello"), mtime=0)),
            ("identity", b"hello"),
        ],
    )
    def test_they_are_taken_off(self, name: str, coded: bytes) -> None:
        async def script(talk: Talk) -> None:
            while True:
                await talk.request()
                await talk.answer(200, coded, f"Content-Encoding: {name}")

        async def test() -> None:
            async with peer(script) as server, agent() as mine:
                assert (await mine.fetch("GET", server.url)).content == b"hello"
                async with mine.stream("GET", server.url) as streamed:
                    assert await streamed.read() == b"hello"
                async with agent(decodes=False) as other:
                    assert (await other.fetch("GET", server.url)).content == coded
                assert "gzip" in server.seen[0].fields["accept-encoding"]
                assert "accept-encoding" not in server.seen[-1].fields

        run(test())

    @pytest.mark.parametrize(
        ("name", "coded"),
        [
            ("gzip", gzip.compress(bytes(10_000_000), mtime=0)),
            ("gzip", gzip.compress(b"hello", mtime=0)[:-9]),
            ("gzip", b"hello"),
            ("deflate", b"hello"),
            ("unheard-of", b"hello"),
            ("gzip, gzip, gzip, gzip, gzip", b"hello"),
        ],
    )
    def test_bombs_and_broken_ones_are_refused(self, name: str, coded: bytes) -> None:
        async def script(talk: Talk) -> None:
            await talk.request()
            await talk.answer(200, coded, f"Content-Encoding: {name}")

        async def test() -> None:
            async with peer(script) as server, agent(most_content=1_000_000) as mine:
                with pytest.raises(ContentFailed):
                    await mine.fetch("GET", server.url)

        run(test())

    def test_a_part_is_left_as_it_is_and_none_is_asked_for(self) -> None:
        async def test() -> None:
            part = "HTTP/1.1 206 Part\nContent-Range: bytes 0-1/9\nContent-Encoding: gzip\nContent-Length: 2\n\nab"
            async with peer(always(part)) as server, agent() as mine:
                fetched = await mine.fetch("GET", server.url, fields={"Range": "bytes=0-1"})
                assert fetched.content == b"ab"
                assert "accept-encoding" not in server.seen[0].fields

        run(test())


def test_what_is_stored_is_freshened_and_what_was_cut_goes_on() -> None:
    async def test() -> None:
        not_modified = 'HTTP/1.1 304 Same\nETag: "1"\nX: new\n\n'
        part = 'HTTP/1.1 206 Part\nETag: "1"\nContent-Range: bytes 2-4/5\nContent-Length: 3\n\ncde'
        async with peer(pages(a=not_modified, b=part)) as server, agent() as mine:
            stored = Stored(f"{server.url}/a", Response(200, Fields([("ETag", '"1"')]), b"old"), 0)
            fetched = await mine.fetch("GET", f"{server.url}/a", fields={"If-None-Match": '"1"'}, stored=stored)
            assert (fetched.status, fetched.content, fetched.fields.get("x")) == (200, b"old", "new")
            begun = Stored(f"{server.url}/b", Response(200, Fields([("ETag", '"1"')]), b"ab"), 0, is_complete=False)
            wanted = {"Range": "bytes=2-", "If-Range": '"1"'}
            fetched = await mine.fetch("GET", f"{server.url}/b", fields=wanted, stored=begun)
            assert (fetched.status, fetched.content) == (200, b"abcde")
            async with mine.stream("GET", f"{server.url}/b", fields=wanted, stored=begun) as streamed:
                assert await streamed.read() == b"abcde"

    run(test())


def test_a_server_that_asks_for_patience_gets_it(patience: Patience) -> None:
    async def test() -> None:
        busy = "HTTP/1.1 503 Busy\nRetry-After: 7\nContent-Length: 0\n\n"
        async with peer(always(busy, busy, OK)) as server, agent(patience) as mine:
            fetched = await mine.fetch("GET", server.url)
            assert (fetched.status, patience.waits) == (200, [7.0, 7.0])
            assert [one.waited for one in fetched.attempts] == [0.0, 7.0, 7.0]

    run(test())


def test_421_gets_a_connection_of_its_own() -> None:
    async def test() -> None:
        wrong = "HTTP/1.1 421 Misdirected\nContent-Length: 0\n\n"
        async with peer(always(wrong)) as server, agent() as mine:
            fetched = await mine.fetch("GET", server.url)
            assert [one.is_reused for one in fetched.steps] == [False, False]
            assert isinstance(fetched.reaction, GiveUp)

    run(test())


class TestTLS:
    def test_certificates_are_checked(self) -> None:
        async def test() -> None:
            async with peer(always(OK), tls=True) as server, agent() as mine:
                with pytest.raises(NoResponse, match="certificate is not trusted") as caught:
                    await mine.fetch("GET", server.url)
                assert len(caught.value.steps) == 1
                async with agent(verify=False) as other:
                    for _ in range(2):
                        assert (await other.fetch("GET", server.url)).content == b"ok"
                trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
                async with agent(
                    tls=trusting, addresses={("localhost", server.port): ("127.0.0.1", server.port)}
                ) as third:
                    fetched = await third.fetch("GET", f"https://localhost:{server.port}/")
                    assert fetched.steps[0].peer == f"127.0.0.1:{server.port}"

        run(test())

    def test_what_speaks_no_tls(self) -> None:
        async def script(talk: Talk) -> None:
            await talk.read()
            await talk.send("HTTP/1.1 400 Bad Request\n\n")

        async def test() -> None:
            async with peer(script) as server, agent() as mine:
                with pytest.raises(NoResponse, match="no TLS"):
                    await mine.fetch("GET", server.url.replace("http:", "https:"))

        run(test())


def proxy(target: list[Peer], seen: list[Asked]) -> Script:
    """One that wants credentials, and makes tunnels to the target whatever is asked for."""

    async def script(talk: Talk) -> None:
        while True:
            asked = await talk.request()
            seen.append(asked)
            if asked.fields.get("proxy-authorization") != BASIC:
                await talk.answer(407, b"", 'Proxy-Authenticate: Basic realm="p"')
            elif asked.method == "CONNECT":
                incoming, outgoing = await asyncio.open_connection("127.0.0.1", target[0].port)
                await talk.send("HTTP/1.1 200 Tunnel\nContent-Length: 9\n\n")

                async def back(incoming: asyncio.StreamReader = incoming) -> None:
                    while data := await incoming.read(65536):
                        await talk.send(data)

                backwards = asyncio.create_task(back())
                try:
                    while data := await talk.read():
                        outgoing.write(data)
                finally:
                    backwards.cancel()
                    outgoing.close()
                return
            else:
                await talk.send(OK)

    return script


class TestProxies:
    def test_plain_requests_go_to_them_whole_and_tunnels_lead_through(self) -> None:
        async def test() -> None:
            seen: list[Asked] = []
            async with peer(always(OK), tls=True) as origin, peer(proxy([origin], seen)) as between:
                url = between.url.replace("//", "//alice:wonderland@")
                async with agent(proxies=url, verify=False) as mine:
                    fetched = await mine.fetch("GET", "http://a.test/b?c")
                    assert (fetched.status, len(fetched.steps)) == (200, 2)
                    assert seen[0].line == "GET http://a.test/b?c HTTP/1.1"
                    assert seen[0].fields["host"] == "a.test"
                    assert len((await mine.fetch("GET", "http://a.test/")).steps) == 1
                    for _ in range(2):
                        fetched = await mine.fetch("GET", origin.url)
                        assert fetched.content == b"ok"
                assert [one.line.split(" ")[0] for one in seen] == ["GET", "GET", "GET", "CONNECT"]
                assert seen[-1].target == f"127.0.0.1:{origin.port}"
                assert all("proxy-authorization" not in one.fields for one in origin.seen)

        run(test())

    def test_a_tunnel_answers_its_own_challenge(self) -> None:
        async def test() -> None:
            seen: list[Asked] = []
            async with peer(always(OK), tls=True) as origin, peer(proxy([origin], seen)) as between:
                url = between.url.replace("//", "//alice:wonderland@")
                async with agent(proxies=url, verify=False) as mine:
                    assert (await mine.fetch("GET", origin.url)).status == 200
                    assert [one.method for one in seen] == ["CONNECT", "CONNECT"]
                async with agent(proxies=between.url, verify=False) as other:
                    fetched = await other.fetch("GET", origin.url)
                    assert isinstance(fetched.reaction, GiveUp)
                    assert fetched.status == 407

        run(test())

    def test_an_origin_server_behind_a_tunnel_gets_nothing_that_is_for_the_proxy(self) -> None:
        async def test() -> None:
            seen: list[Asked] = []
            greedy = 'HTTP/1.1 407 No\nProxy-Authenticate: Basic realm="p"\nContent-Length: 0\n\n'
            async with peer(always(greedy), tls=True) as origin, peer(proxy([origin], seen)) as between:
                url = between.url.replace("//", "//alice:wonderland@")
                async with agent(proxies=url, verify=False) as mine:
                    assert isinstance((await mine.fetch("GET", origin.url)).reaction, GiveUp)
                assert all("proxy-authorization" not in one.fields for one in origin.seen)

        run(test())

    def test_the_environment_says_which(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        assert environment().find("http", "a.test", 80) is None
        monkeypatch.setenv("http_proxy", "http://user:pass@p.test:3128/")
        monkeypatch.setenv("no_proxy", "localhost,.b.test,c.test:8080")
        found = environment()
        assert found.find("http", "a.test", 80) == "http://p.test:3128"
        assert found.find("https", "a.test", 443) is None
        for host, port in (("localhost", 80), ("x.b.test", 80), ("c.test", 8080)):
            assert found.find("http", host, port) is None
        assert [(one.origin, one.user, one.password) for one in found.logins] == [
            ("http://p.test:3128", "user", "pass")
        ]
        with pytest.raises(ValueError, match="http"):
            proxies_of({"all": "socks5://p.test"})


def test_no_more_connections_than_permitted() -> None:
    async def test() -> None:
        async with peer(always(OK)) as server, agent(pool=PoolLimits(per_route=2)) as mine:
            fetched = await asyncio.gather(*(mine.fetch("GET", server.url) for _ in range(20)))
            assert {one.status for one in fetched} == {200}
            assert sum(not one.steps[0].is_reused for one in fetched) <= 2

    run(test())


def test_the_blocking_call() -> None:
    """In a thread of its own, as from a program without a loop."""

    async def test() -> None:
        async with peer(always(OK)) as server:
            fetched = await asyncio.to_thread(fetch, "GET", server.url, proxies=None)
            assert (fetched.status, fetched.content) == (200, b"ok")
            assert isinstance(fetched.reaction, Deliver)
            with pytest.raises(ValueError, match="http://"):
                await asyncio.to_thread(fetch, "GET", "gopher://a/")

    run(test())


@pytest.mark.parametrize("fields", [{"A": "b\r\nC: d"}, {"Host": "other.test"}, {"Transfer-Encoding": "gzip"}])
def test_what_can_not_be_sent_is_said_before_anything_is(fields: dict[str, str]) -> None:
    async def test() -> None:
        async with peer(always(OK)) as server, agent() as mine:
            with pytest.raises(ValueError, match=r"."):
                await mine.fetch("GET", server.url, fields=fields)
            assert server.seen == []

    run(test())


def test_trace_has_nothing_secret_and_options_says_what_its_content_is() -> None:
    async def test() -> None:
        script = pages(a=OK.replace("Content", "Set-Cookie: a=b\nContent", 1))
        async with peer(script) as server, agent() as mine:
            await mine.fetch("GET", f"{server.url}/a")
            await mine.fetch("TRACE", f"{server.url}/a")
            assert "cookie" not in server.seen[-1].fields
            for options in (
                {"content": b"x"},
                {"fields": {"Cookie": "a=b"}},
                {"fields": {"Authorization": "Basic YTpi"}},
            ):
                with pytest.raises(ValueError, match="TRACE"):
                    await mine.fetch("TRACE", f"{server.url}/a", **options)
            await mine.fetch("OPTIONS", f"{server.url}/a", content=b"x")
            await mine.fetch("OPTIONS", f"{server.url}/a", content=b"x", fields={"Content-Type": "text/plain"})
            types = [one.fields.get("content-type") for one in server.seen]
            assert types == [None, None, "application/octet-stream", "text/plain"]

    run(test())


def test_a_server_of_http_1_0_gets_no_chunks_once_it_is_known() -> None:
    async def script(talk: Talk) -> None:
        await talk.request()
        await talk.send("HTTP/1.0 200 OK\nContent-Length: 2\n\nok")

    async def test() -> None:
        async with peer(script) as server, agent() as mine:
            for _ in range(2):
                await mine.fetch("PUT", server.url, content=[b"a", b"b"], expects_continue=False)
            assert [one.fields.get("transfer-encoding") for one in server.seen] == ["chunked", None]
            assert [one.content for one in server.seen] == [b"ab", b"ab"]

    run(test())


def test_another_event_loop() -> None:
    uvloop = pytest.importorskip("uvloop")

    async def test() -> None:
        async with peer(always(OK), tls=True) as server, agent(verify=False) as mine:
            for _ in range(2):
                assert (await mine.fetch("GET", server.url)).content == b"ok"

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(test())


def test_ipv6() -> None:
    async def test() -> None:
        try:
            context = peer(always(OK), host="::1")
            server = await context.__aenter__()
        except OSError:
            pytest.skip("this machine has no IPv6")
        async with UserAgent(proxies=None) as mine:
            fetched = await mine.fetch("GET", f"http://[::1]:{server.port}/")
            assert server.seen[0].fields["host"] == f"[::1]:{server.port}"
            assert fetched.status == 200
        await context.__aexit__(None, None, None)

    run(test())
