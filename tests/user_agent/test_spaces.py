"""Protection spaces: once entered, no request there waits for a challenge of its own, as long as the server plays along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from statuary.fields.authentication import Credentials, parse_credentials
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.authentication import digest_response, secret_hash
from statuary.semantics.reaction import Attempt, GiveUp, Login, Policy
from statuary.user_agent.agent import UserAgent
from statuary.user_agent.spaces import Spaces

from .conftest import Patience, agent, run
from .peers import Asked, Peer, Script, Talk, peer


def in_turn(*answers: tuple[Any, ...]) -> Script:
    """These answers one after the other, on whatever connection; the last of them for ever."""
    left = [*answers]

    async def script(talk: Talk) -> None:
        while True:
            await talk.request()
            await talk.answer(*(left.pop(0) if len(left) > 1 else left[0]))

    return script


def challenge(nonce: str, *more: str) -> tuple[Any, ...]:
    parameters = ", ".join(['realm="r"', f'nonce="{nonce}"', 'qop="auth"', "algorithm=SHA-256", *more])
    return 401, b"", f"WWW-Authenticate: Digest {parameters}"


OK = (200, b"ok")


def given(asked: Asked, password: str = "wonderland") -> tuple[str, str] | None:
    """Nonce and count of a right proof for this very request, None where there are no credentials."""
    credentials = parse_credentials(asked.fields.get("authorization"))
    if credentials is None:
        return None
    assert isinstance(credentials, Credentials)
    values = dict(credentials.parameters)
    assert values["uri"] == asked.target
    secret = secret_hash("alice", "r", password)
    proof = digest_response(secret, values["nonce"], values["nc"], values["cnonce"], asked.method, asked.target)
    assert proof == values["response"]
    return values["nonce"], values["nc"]


def login(server: Peer) -> Login:
    return Login(f"http://127.0.0.1:{server.port}", "alice", "wonderland")


async def fetched(mine: UserAgent, server: Peer, paths: Sequence[str]) -> list[tuple[str, str] | None]:
    for path in paths:
        await mine.fetch("GET", f"{server.url}{path}")
    return [given(one) for one in server.seen]


def test_the_nonce_is_used_again_and_counted() -> None:
    async def test() -> None:
        async with peer(in_turn(challenge("n"), OK)) as server, agent(policy=Policy(logins=(login(server),))) as mine:
            seen = await fetched(mine, server, ["/a", "/b?c", "/d"])
            assert seen == [None, ("n", "00000001"), ("n", "00000002"), ("n", "00000003")]

    run(test())


def test_the_next_nonce_is_the_servers_choice() -> None:
    async def test() -> None:
        renewing = (200, b"", 'Authentication-Info: nextnonce="m"')
        script = in_turn(challenge("n"), renewing, OK)
        async with peer(script) as server, agent(policy=Policy(logins=(login(server),))) as mine:
            seen = await fetched(mine, server, ["/a", "/b", "/c"])
            assert seen == [None, ("n", "00000001"), ("m", "00000001"), ("m", "00000002")]

    run(test())


@pytest.mark.parametrize("more", [["stale=true"], []])
def test_a_nonce_that_is_too_old_is_replaced(more: list[str]) -> None:
    async def test() -> None:
        script = in_turn(challenge("n"), OK, challenge("m", *more), OK)
        async with peer(script) as server, agent(policy=Policy(logins=(login(server),))) as mine:
            seen = await fetched(mine, server, ["/a", "/b", "/c"])
            assert seen == [None, ("n", "00000001"), ("n", "00000002"), ("m", "00000001"), ("m", "00000002")]

    run(test())


def test_a_password_that_is_refused_is_not_sent_for_ever() -> None:
    async def test() -> None:
        script = in_turn(challenge("n"), OK, challenge("m"))
        async with peer(script) as server, agent(policy=Policy(logins=(login(server),))) as mine:
            await mine.fetch("GET", f"{server.url}/a")
            refused = await mine.fetch("GET", f"{server.url}/b")
            assert isinstance(refused.reaction, GiveUp)
            assert len(refused.steps) == 2

    run(test())


def test_the_space_is_what_the_challenge_says() -> None:
    async def test() -> None:
        script = in_turn(challenge("n", 'domain="/in http://other.test/"'), OK)
        async with peer(script) as server, agent(policy=Policy(logins=(login(server),))) as mine:
            seen = await fetched(mine, server, ["/in/a", "/in/b", "/inside", "/out"])
            assert seen == [None, ("n", "00000001"), ("n", "00000002"), None, None]

    run(test())


def test_a_redirect_and_a_repetition_have_proofs_of_their_own() -> None:
    async def test() -> None:
        moved = (302, b"", "Location: /b")
        busy = (503, b"", "Retry-After: 1")
        script = in_turn(challenge("n"), moved, busy, OK)
        patience = Patience()
        async with peer(script) as server, agent(patience, Policy(logins=(login(server),))) as mine:
            seen = await fetched(mine, server, ["/a"])
            assert seen == [None, *(("n", f"0000000{count}") for count in (1, 2, 3))]

    run(test())


def test_what_the_user_wrote_is_left_alone_and_not_kept() -> None:
    async def test() -> None:
        moved = (302, b"", "Location: /b")
        async with peer(in_turn(moved, OK)) as server, agent() as mine:
            await mine.fetch("GET", f"{server.url}/a", fields={"Authorization": "Basic YTpi"})
            await mine.fetch("GET", f"{server.url}/a")
            assert [one.fields.get("authorization") for one in server.seen] == ["Basic YTpi", "Basic YTpi", None]

    run(test())


def test_who_comes_as_another_is_challenged() -> None:
    async def test() -> None:
        script = in_turn(challenge("n"), OK)
        async with peer(script) as server, agent(policy=Policy(logins=(login(server),))) as mine:
            await mine.fetch("GET", f"{server.url}/a")
            await mine.fetch("GET", server.url.replace("//", "//bob:builder@") + "/a")
            assert "authorization" not in server.seen[-1].fields

    run(test())


def test_a_proxy_is_a_space_too() -> None:
    async def test() -> None:
        asked = (407, b"", 'Proxy-Authenticate: Digest realm="p", nonce="n", qop="auth"')
        renewing = (200, b"", 'Proxy-Authentication-Info: nextnonce="m"')
        async with peer(in_turn(asked, renewing, OK)) as server:
            proxy = server.url.replace("//", "//alice:wonderland@")
            async with agent(proxies=proxy) as mine:
                for path in "abc":
                    await mine.fetch("GET", f"http://a.test/{path}")
            found = [parse_credentials(one.fields.get("proxy-authorization")) for one in server.seen]
            nonces = [one.parameter("nonce") for one in found if isinstance(one, Credentials)]
            assert (found[0], nonces) == (None, ["n", "m", "m"])

    run(test())


def test_the_oldest_is_forgotten() -> None:
    spaces = Spaces(2)
    requests = [Request("GET", "/", Fields([("Authorization", "Basic YTpi")]), authority=host) for host in "abc"]
    for request in requests:
        spaces.note([Attempt(request), Attempt(request, final=Response(200, Fields()))], ())
    assert [spaces.credentials(one) for one in requests] == [None, "Basic YTpi", "Basic YTpi"]
