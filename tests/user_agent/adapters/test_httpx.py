"""What a row of the table doesn't show about httpx: credentials, cookies, content in pieces, streams, failures, the story."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from http.cookiejar import CookieJar

import httpx
import pytest
from tests.user_agent.adapters.server import Seen, answer, by_target, in_turn, serving

from statuary.message.fields import NO_FIELDS
from statuary.message.response import Response
from statuary.semantics.reaction import Ask, Deliver, GiveUp, Login, Moved, Policy, Send
from statuary.semantics.reaction.policy import Stored
from statuary.user_agent.adapters.httpx import AsyncReactTransport, ReactTransport, Story, Surroundings

SAME_EACH_TIME = Surroundings(clock=lambda: 1_800_000_000.0, jitter=lambda: 1.0, cnonce=lambda: "c")


def never(seconds: float) -> None:
    raise AssertionError(f"waits {seconds} seconds")


def client(policy: Policy | None = None, **options: object) -> httpx.Client:
    return httpx.Client(transport=ReactTransport(policy, sleep=never, surroundings=SAME_EACH_TIME, **options))  # type: ignore[arg-type]


def story(response: httpx.Response) -> Story:
    told = response.extensions["statuary"]
    assert isinstance(told, Story)
    return told


def pieces() -> Iterator[bytes]:
    yield b"ab"
    yield b"cd"


def test_the_story_tells_each_attempt() -> None:
    with serving(by_target(a=answer(301, "Location: /b#part"))) as server, client() as session:
        response = session.get(f"{server.origin}/a")
        told = story(response)
        assert [type(step.reaction) for step in told.steps] == [Send, Deliver]
        assert str(told).splitlines() == [
            f"GET {server.origin}/a → 301. 301: GET {server.origin}/b.",
            f"GET {server.origin}/b → 200. A success: 200.",
        ]
        assert told.remember == (Moved(f"{server.origin}/a", f"{server.origin}/b"),)
        assert str(response.url) == f"{server.origin}/b#part"
        assert response.text == "/b"


def test_one_attempt_has_a_story_and_the_request_of_the_user() -> None:
    with serving(in_turn(answer(200))) as server, client() as session:
        request = session.build_request("GET", server.origin)
        response = session.send(request)
        assert response.request is request
        assert len(story(response).steps) == 1
        assert "Authorization" not in repr(story(response))


def test_the_connection_is_used_again_after_a_redirect() -> None:
    with serving(by_target(a=answer(302, "Location: /b", content=b"moved"))) as server, client() as session:
        session.get(f"{server.origin}/a")
        assert [one.connection for one in server.seen] == [1, 1]


def test_much_content_of_a_redirect_is_not_read() -> None:
    large = answer(302, "Location: /b", content=b"x" * 1_000_000)
    with serving(by_target(a=large)) as server, client() as session:
        assert session.get(f"{server.origin}/a").text == "/b"
        assert [one.connection for one in server.seen] == [1, 2]


def test_a_421_gets_another_connection() -> None:
    with serving(in_turn(answer(421, content=b"wrong"), answer(200))) as server, client() as session:
        session.get(server.origin)
        assert [one.connection for one in server.seen] == [1, 2]


def test_credentials_and_cookies_stay_with_their_origin() -> None:
    with (
        serving(by_target()) as other,
        serving(by_target(a=answer(307, f"Location: {other.origin}/b"))) as server,
        client() as session,
    ):
        fields = {"Authorization": "Bearer t", "Cookie": "c=1", "X-Mine": "yes"}
        session.put(f"{server.origin}/a", content=b"x", headers=fields)
        assert {"authorization", "cookie"} <= set(server.seen[0].fields)
        (there,) = other.seen
        assert {"authorization", "cookie"} & set(there.fields) == set()
        assert (there.fields["x-mine"], there.content) == ("yes", b"x")
        assert there.fields["host"] == f"127.0.0.1:{other.port}"


@pytest.mark.parametrize(
    ("challenge", "login", "starts"),
    [
        ('Basic realm="r"', {"user": "u", "password": "p"}, "Basic dTpw"),
        ("Bearer", {"token": "t"}, "Bearer t"),
        (
            'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256',
            {"user": "u", "password": "p"},
            'Digest username="u"',
        ),
    ],
)
def test_a_challenge_is_answered_once(challenge: str, login: dict[str, str], starts: str) -> None:
    with serving(in_turn(answer(401, f"WWW-Authenticate: {challenge}"))) as server:
        policy = Policy(logins=(Login(server.origin, **login),))
        with client(policy) as session:
            response = session.post(server.origin, content=pieces())
            assert response.status_code == 401
            assert isinstance(story(response).steps[-1].reaction, GiveUp)
        first, second = server.seen
        assert "authorization" not in first.fields
        assert second.fields["authorization"].startswith(starts)
        assert second.content == b"abcd"


def test_without_a_login_it_is_said_that_one_is_needed() -> None:
    with serving(in_turn(answer(401, 'WWW-Authenticate: Basic realm="r"'))) as server, client() as session:
        reaction = story(session.get(server.origin)).steps[-1].reaction
        assert isinstance(reaction, Ask)
        assert (reaction.question, reaction.options) == ("log in", ("r",))


def test_the_logins_of_httpx_go_on_working() -> None:
    def script(seen: Seen) -> bytes:
        if "authorization" in seen.fields:
            return answer(200)
        return answer(401, 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256')

    with serving(script) as server, client() as session:
        assert session.get(server.origin, auth=httpx.DigestAuth("u", "p")).status_code == 200


def test_a_cookie_set_on_the_way_goes_along_and_is_kept_by_the_client() -> None:
    login = answer(303, "Location: /home", "Set-Cookie: session=new; HttpOnly")
    with serving(by_target(**{"in/login": login})) as server, client() as session:
        session.cookies.set("session", "old", domain="127.0.0.1", path="/")
        session.post(f"{server.origin}/in/login", content=b"x")
        assert server.seen[0].fields["cookie"] == "session=old"
        assert "cookie" not in server.seen[1].fields  # of /in alone, and it takes the old one's place there
        session.get(f"{server.origin}/in/again")
        assert "session=new" in server.seen[2].fields["cookie"]


def test_a_cookie_of_the_last_response_is_taken_to_be_its_hosts() -> None:
    with serving(by_target(b=answer(200, "Set-Cookie: there=1"))) as other:
        other.host = "localhost"
        with serving(by_target(a=answer(302, f"Location: {other.origin}/b", "Set-Cookie: here=1"))) as server:
            with client() as session:
                session.get(f"{server.origin}/a")
                assert [cookie.domain for cookie in session.cookies.jar] == ["localhost.local"]
            jar = CookieJar()
            with httpx.Client(cookies=jar, transport=ReactTransport(cookies=jar)) as shared:
                shared.get(f"{server.origin}/a")
                assert {cookie.name: cookie.domain for cookie in jar} == {
                    "there": "localhost.local",
                    "here": "127.0.0.1",
                }
                assert "set-cookie" not in str(story(shared.get(other.origin)))


def test_content_in_pieces_is_sent_again() -> None:
    with serving(by_target(a=answer(307, "Location: /b"))) as server, client() as session:
        session.put(f"{server.origin}/a", content=pieces())
        assert server.lines == ["PUT /a abcd", "PUT /b abcd"]
        assert server.seen[1].fields["transfer-encoding"] == "chunked"


def test_content_that_is_too_long_to_be_kept_is_not() -> None:
    with serving(by_target(a=answer(307, "Location: /b"))) as server, client(most_kept=3) as session:
        response = session.put(f"{server.origin}/a", content=pieces())
        assert response.status_code == 307
        assert story(response).stopped == "The content can't be sent a second time."


def test_411_gets_the_length() -> None:
    with serving(in_turn(answer(411), answer(200))) as server, client() as session:
        assert session.post(server.origin, content=pieces()).status_code == 200
        assert server.seen[1].fields["content-length"] == "4"
        assert "transfer-encoding" not in server.seen[1].fields


def test_411_for_what_was_not_kept_stands() -> None:
    with serving(in_turn(answer(411), answer(200))) as server, client(most_kept=3) as session:
        assert session.post(server.origin, content=pieces()).status_code == 411


def test_417_gets_it_without_the_expectation() -> None:
    with serving(in_turn(answer(417), answer(200))) as server, client() as session:
        session.put(server.origin, content=b"x", headers={"Expect": "100-continue"})
        assert ["expect" in one.fields for one in server.seen] == [True, False]
        assert server.seen[1].content == b"x"


def test_a_redirect_that_was_refused_is_not_followed_by_httpx() -> None:
    with serving(by_target(a=answer(302, "Location: /a"))) as server:
        with httpx.Client(transport=ReactTransport(), follow_redirects=True) as session:
            assert session.get(f"{server.origin}/a").status_code == 302
        assert len(server.seen) == 1


def test_redirects_can_be_left_to_httpx() -> None:
    with (
        serving(by_target(a=answer(302, "Location: /b"))) as server,
        httpx.Client(transport=ReactTransport(Policy(follows=False)), follow_redirects=True) as session,
    ):
        response = session.get(f"{server.origin}/a")
        assert (response.text, len(response.history)) == ("/b", 1)


def test_redirects_to_the_same_with_a_cookie_each_end_too() -> None:
    with serving(in_turn(answer(302, "Location: /", "Set-Cookie: a=1"))) as server:
        with client(Policy(most_redirects=5)) as session:
            assert session.get(server.origin).status_code == 302
        assert len(server.seen) == 6


def test_what_is_streamed_is_streamed() -> None:
    chunked = b"HTTP/1.1 200 -\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"
    with (
        serving(by_target(a=answer(302, "Location: /b"), b=chunked)) as server,
        client() as session,
        session.stream("GET", f"{server.origin}/a") as response,
    ):
        assert not response.is_stream_consumed
        assert b"".join(response.iter_raw()) == b"abcd"


def test_a_dropped_connection_is_made_again() -> None:
    waits: list[float] = []
    with (
        serving(in_turn(None, answer(200))) as server,
        httpx.Client(transport=ReactTransport(sleep=waits.append, surroundings=SAME_EACH_TIME)) as session,
    ):
        response = session.put(server.origin, content=pieces())
        assert response.status_code == 200
        assert [one.content for one in server.seen] == [b"abcd"] * 2
        assert waits == [0.5]
        assert story(response).waited == 0.5


@pytest.mark.parametrize(
    ("script", "error"),
    [(in_turn(None), httpx.RemoteProtocolError), (in_turn(b"what?\r\n\r\n"), httpx.RemoteProtocolError)],
    ids=["dropped", "malformed"],
)
def test_an_unsafe_request_is_not_repeated_and_the_error_tells_the_story(
    script: object, error: type[Exception]
) -> None:
    with serving(script) as server, client() as session:  # type: ignore[arg-type]
        with pytest.raises(error) as raised:
            session.post(server.origin, content=b"x")
        assert len(server.seen) == 1
        assert f"POST {server.origin}/ → " in raised.value.__notes__[0]


def test_a_refused_connection_is_tried_again_whatever_the_method() -> None:
    waits: list[float] = []
    with serving(in_turn(answer(200))) as server:
        pass
    transport = ReactTransport(Policy(most_retries=2), sleep=waits.append)
    with httpx.Client(transport=transport) as session, pytest.raises(httpx.ConnectError):
        session.post(server.origin, content=pieces())
    assert len(waits) == 2


def test_timeouts_are_those_of_the_request() -> None:
    seen: list[object] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(302 if request.url.path == "/a" else 200, headers={"Location": "/b"})

    with client(transport=httpx.MockTransport(handle)) as session:
        session.get("http://a.test/a", timeout=3)
        assert seen == [{"connect": 3, "read": 3, "write": 3, "pool": 3}] * 2
        with pytest.raises(httpx.InvalidURL):
            session.get("http://a.test:x/")


def test_a_timeout_is_a_reason_to_repeat_what_is_idempotent_only() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late")

    transport = ReactTransport(transport=httpx.MockTransport(handle), sleep=(waits := list[float]()).append)
    with httpx.Client(transport=transport) as session:
        for method, repetitions in ("GET", 1), ("POST", 0):
            waits.clear()
            with pytest.raises(httpx.ReadTimeout):
                session.request(method, "http://a.test/")
            assert len(waits) == repetitions


def test_interim_responses_pass() -> None:
    early = b"HTTP/1.1 103 -\r\nLink: </s.css>\r\n\r\nHTTP/1.1 199 -\r\n\r\n"
    with serving(in_turn(early + answer(200))) as server, client() as session:
        assert session.get(server.origin).status_code == 200


def test_a_policy_with_a_stored_response_is_misuse() -> None:
    policy = Policy(stored=Stored("http://a.test/", Response(200, NO_FIELDS), 0))
    with client(policy) as session, pytest.raises(ValueError, match="stores nothing"):
        session.get("http://a.test/")


def test_the_asynchronous_one_does_the_same() -> None:
    async def content() -> AsyncIterator[bytes]:
        for piece in pieces():
            yield piece

    async def run(origin: str) -> None:
        transport = AsyncReactTransport(sleep=asyncio.sleep)
        async with httpx.AsyncClient(transport=transport) as session:
            response = await session.put(f"{origin}/a", content=content())
            assert response.text == "/b"
            assert len(story(response).steps) == 2
            response = await session.get(f"{origin}/large")
            assert response.text == "/b"
            response = await session.put(f"{origin}/length", content=content())
            assert response.status_code == 411  # again, though the length is there now
        with pytest.raises(httpx.ConnectError):
            async with httpx.AsyncClient(transport=AsyncReactTransport(Policy(most_retries=0))) as session:
                await session.get("http://127.0.0.1:1/")

    large = b"HTTP/1.1 302 -\r\nLocation: /b\r\nTransfer-Encoding: chunked\r\n\r\n"
    large += b"".join(b"4000\r\n" + b"x" * 0x4000 + b"\r\n" for _ in range(40)) + b"0\r\n\r\n"
    with serving(by_target(a=answer(307, "Location: /b"), large=large, length=answer(411))) as server:
        asyncio.run(run(server.origin))
        assert server.lines == ["PUT /a abcd", "PUT /b abcd", "GET /large", "GET /b", *["PUT /length abcd"] * 2]
        assert server.seen[-1].fields["content-length"] == "4"
