"""What a row of the table doesn't show about requests: history, cookies, content, proxies, failures, interim responses."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator

import pytest
import requests
from tests.user_agent.adapters.server import CERTIFICATE, Script, Seen, answer, by_target, in_turn, serving

from statuary.semantics.reaction import Login, Policy
from statuary.user_agent.adapters.requests import ReactAdapter, Surroundings, mount, story_of

SAME_EACH_TIME = Surroundings(clock=lambda: 1_800_000_000.0, jitter=lambda: 1.0, cnonce=lambda: "c")


def never(seconds: float) -> None:
    raise AssertionError(f"waits {seconds} seconds")


def session(policy: Policy | None = None, **options: object) -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    mount(made, policy, sleep=never, surroundings=SAME_EACH_TIME, **options)
    return made


def pieces() -> Iterator[bytes]:
    yield b"ab"
    yield b"cd"


def test_history_and_story() -> None:
    with serving(by_target(a=answer(301, "Location: /b#part", content=b"moved"))) as server, session() as ours:
        response = ours.get(f"{server.origin}/a")
        assert (response.url, response.text) == (f"{server.origin}/b#part", "/b")
        assert [(one.status_code, one.text, one.url) for one in response.history] == [
            (301, "moved", f"{server.origin}/a")
        ]
        assert str(story_of(response)).splitlines()[0] == f"GET {server.origin}/a → 301. 301: GET {server.origin}/b."
        assert [one.connection for one in server.seen] == [1, 1]
        assert story_of(requests.Response()) is None


def test_a_redirect_that_was_refused_is_not_followed_by_requests() -> None:
    with serving(by_target(a=answer(302, "Location: /a"))) as server, session() as ours:
        response = ours.get(f"{server.origin}/a")
        assert (response.status_code, response.next, len(server.seen)) == (302, None, 1)


def test_redirects_can_be_left_to_requests() -> None:
    with serving(by_target(a=answer(302, "Location: /b"))) as server, session(Policy(follows=False)) as ours:
        assert ours.put(f"{server.origin}/a", data=b"x").text == "/b"
        assert server.lines == ["PUT /a x", "GET /b"]


def test_much_content_of_a_redirect_is_not_read() -> None:
    large = answer(302, "Location: /b", content=b"x" * 1_000_000)
    with serving(by_target(a=large)) as server, session() as ours:
        assert ours.get(f"{server.origin}/a").text == "/b"
        assert [one.connection for one in server.seen] == [1, 2]


def test_a_421_gets_another_connection() -> None:
    with serving(in_turn(answer(421, content=b"wrong"), answer(200))) as server, session() as ours:
        ours.post(server.origin, data=b"x")
        assert [one.connection for one in server.seen] == [1, 2]


@pytest.mark.parametrize(
    "data", [b"abcd", "abcd", pieces(), io.BytesIO(b"abcd")], ids=["bytes", "text", "pieces", "file"]
)
def test_content_is_sent_again(data: object) -> None:
    with serving(by_target(a=answer(307, "Location: /b"))) as server, session() as ours:
        ours.put(f"{server.origin}/a", data=data)  # type: ignore[arg-type]
        assert server.lines == ["PUT /a abcd", "PUT /b abcd"]


def test_a_file_is_sent_from_where_it_stands() -> None:
    file = io.BytesIO(b"__abcd")
    file.seek(2)
    with serving(by_target(a=answer(307, "Location: /b"))) as server, session(most_kept=0) as ours:
        ours.put(f"{server.origin}/a", data=file)
        assert server.lines == ["PUT /a abcd", "PUT /b abcd"]


def test_content_that_is_too_long_to_be_kept_is_not() -> None:
    with serving(by_target(a=answer(307, "Location: /b"))) as server, session(most_kept=3) as ours:
        response = ours.put(f"{server.origin}/a", data=pieces())
        told = story_of(response)
        assert response.status_code == 307
        assert told is not None
        assert told.stopped == "The content can't be sent a second time."


def test_411_gets_the_length() -> None:
    with serving(in_turn(answer(411), answer(200))) as server, session() as ours:
        assert ours.post(server.origin, data=pieces()).status_code == 200
        assert server.seen[1].fields["content-length"] == "4"
        assert "transfer-encoding" not in server.seen[1].fields


def test_417_gets_it_without_the_expectation() -> None:
    with serving(in_turn(answer(417), answer(200))) as server, session() as ours:
        ours.put(server.origin, data=b"x", headers={"Expect": "100-continue"})
        assert ["expect" in one.fields for one in server.seen] == [True, False]


def test_credentials_stay_with_their_origin_and_challenges_are_answered() -> None:
    def guarded(seen: Seen) -> bytes:
        return answer(200 if "authorization" in seen.fields else 401, 'WWW-Authenticate: Basic realm="r"')

    with serving(guarded) as other, serving(by_target(a=answer(307, f"Location: {other.origin}/b"))) as server:
        policy = Policy(logins=(Login(other.origin, "u", "p"),))
        with session(policy) as ours:
            response = ours.get(f"{server.origin}/a", auth=("me", "secret"))
            assert response.status_code == 200
            assert "authorization" in server.seen[0].fields
            assert [one.fields.get("authorization") for one in other.seen] == [None, "Basic dTpw"]
            assert [one.status_code for one in response.history] == [307, 401]


def test_cookies_go_to_their_hosts_and_to_the_session() -> None:
    with serving(in_turn(answer(200, "Set-Cookie: there=new"))) as other:
        other.host = "localhost"
        login = answer(303, f"Location: {other.origin}/", "Set-Cookie: here=1", "Set-Cookie: gone=; Max-Age=0")
        with serving(by_target(a=login)) as server, session() as ours:
            ours.cookies.set("there", "old", domain="localhost.local", path="/")
            ours.cookies.set("gone", "1", domain="127.0.0.1", path="/")
            ours.post(f"{server.origin}/a", data=b"x")
            assert server.seen[0].fields["cookie"] == "gone=1"
            assert other.seen[0].fields["cookie"] == "there=old"
            kept = {cookie.name: (cookie.domain, cookie.value) for cookie in ours.cookies}
            assert kept == {"here": ("127.0.0.1", "1"), "there": ("localhost.local", "new")}


def test_without_the_jar_no_cookie_is_taken_to_be_of_another_host() -> None:
    with serving(in_turn(answer(200, "Set-Cookie: there=1"))) as other:
        other.host = "localhost"
        moved = answer(302, f"Location: {other.origin}/", "Set-Cookie: here=1")
        with serving(by_target(a=moved)) as server, requests.Session() as theirs:
            theirs.trust_env = False
            theirs.mount("http://", ReactAdapter(sleep=never))
            response = theirs.get(f"{server.origin}/a")
            assert [(cookie.name, cookie.domain) for cookie in theirs.cookies] == [("here", "127.0.0.1")]
            assert response.headers["Set-Cookie"] == "there=1"


def test_interim_responses_pass_and_are_in_the_story() -> None:
    early = b"HTTP/1.1 100 -\r\n\r\nHTTP/1.1 103 -\r\nLink: </s.css>\r\n\r\nHTTP/1.1 199 -\r\n\r\n"
    with serving(in_turn(early + answer(200, content=b"x"))) as server, session() as ours:
        response = ours.get(server.origin)
        told = story_of(response)
        assert (response.status_code, response.text) == (200, "x")
        assert told is not None
        assert [one.status for one in told.steps[0].attempt.interim] == [103, 199]
        assert ours.get(server.origin).status_code == 200
        assert [one.connection for one in server.seen] == [1, 1]


def test_interim_responses_without_end_are_not_http() -> None:
    without_end = b"HTTP/1.1 103 -\r\n\r\n" * 200
    with serving(in_turn(without_end)) as server, session() as ours, pytest.raises(requests.ConnectionError):
        ours.get(server.origin)


def test_through_a_proxy() -> None:
    def proxy(seen: Seen) -> bytes:
        if "proxy-authorization" not in seen.fields:
            return answer(407, 'Proxy-Authenticate: Basic realm="p"')
        return answer(302, "Location: http://b.test/") if "a.test" in seen.target else answer(200)

    with serving(proxy) as server:
        policy = Policy(logins=(Login(server.origin, "u", "p"),))
        with session(policy) as ours:
            response = ours.get("http://a.test/", proxies={"http": server.origin})
            assert (response.status_code, response.url) == (200, "http://b.test/")
        assert [one.target for one in server.seen] == ["http://a.test/", "http://a.test/", "http://b.test/"]


def test_the_credentials_of_a_proxy_are_not_for_what_is_behind_its_tunnel() -> None:
    def script(seen: Seen) -> bytes:
        if seen.method == "CONNECT":
            return b"HTTP/1.1 200 -\r\n\r\n"
        return answer(407, 'Proxy-Authenticate: Basic realm="p"')

    with serving(script) as server, session(Policy(logins=(Login(server.origin, "u", "p"),))) as ours:
        response = ours.get("https://localhost/", proxies={"https": server.origin}, verify=str(CERTIFICATE))
        assert response.status_code == 407
        assert [one.method for one in server.seen] == ["CONNECT", "GET"]


def test_a_305_is_obeyed_where_the_policy_says_so() -> None:
    with (
        serving(in_turn(answer(200, content=b"by proxy"))) as proxy,
        serving(in_turn(answer(305, f"Location: {proxy.origin}/"))) as server,
        session(Policy(obeys_305=True)) as ours,
    ):
        assert ours.get(f"{server.origin}/a").text == "by proxy"
        assert proxy.seen[0].target == f"{server.origin}/a"


def test_what_is_streamed_is_streamed() -> None:
    with serving(by_target(a=answer(302, "Location: /b"), b=answer(200, content=b"abcd"))) as server, session() as ours:
        response = ours.get(f"{server.origin}/a", stream=True)
        assert list(response.iter_content(2)) == [b"ab", b"cd"]


def test_a_dropped_connection_is_made_again() -> None:
    waits: list[float] = []
    with serving(in_turn(None, answer(200))) as server, requests.Session() as ours:
        ours.trust_env = False
        mount(ours, sleep=waits.append, surroundings=SAME_EACH_TIME)
        assert ours.put(server.origin, data=pieces()).status_code == 200
        assert server.lines == ["PUT / abcd"] * 2
        assert waits == [0.5]


@pytest.mark.parametrize("script", [in_turn(None), in_turn(b"what?\r\n\r\n")], ids=["dropped", "malformed"])
def test_an_unsafe_request_is_not_repeated_and_the_error_tells_the_story(script: Script) -> None:
    with serving(script) as server, session() as ours:
        with pytest.raises(requests.ConnectionError) as raised:
            ours.post(server.origin, data=b"x")
        assert len(server.seen) == 1
        assert f"POST {server.origin}/ → " in raised.value.__notes__[0]


def test_a_refused_connection_is_tried_again_whatever_the_method() -> None:
    waits: list[float] = []
    with serving(in_turn(answer(200))) as server:
        pass
    with requests.Session() as ours:
        ours.trust_env = False
        mount(ours, Policy(most_retries=2), sleep=waits.append)
        with pytest.raises(requests.ConnectionError):
            ours.post(server.origin, data=pieces())
    assert len(waits) == 2


def test_a_name_that_is_none_is_not_tried_again() -> None:
    with session() as ours, pytest.raises(requests.RequestException):
        ours.get("http://no-such-name.invalid/")


def test_the_logins_of_requests_go_on_working() -> None:
    def script(seen: Seen) -> bytes:
        challenge = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'
        return answer(200 if "authorization" in seen.fields else 401, challenge)

    with serving(script) as server, session() as ours:
        response = ours.get(server.origin, auth=requests.auth.HTTPDigestAuth("u", "p"))
        assert (response.status_code, len(response.history)) == (200, 1)


def test_a_session_with_an_adapter_can_be_pickled() -> None:
    with requests.Session() as ours:
        mount(ours, Policy(most_retries=1))
        copied = pickle.loads(pickle.dumps(ours))
    adapter = copied.get_adapter("http://a.test/")
    assert adapter.policy == Policy(most_retries=1)


def test_a_prepared_request_is_left_as_it_is() -> None:
    with serving(by_target(a=answer(303, "Location: /b"))) as server, session() as ours:
        prepared = requests.Request("PUT", f"{server.origin}/a", data=b"x").prepare()
        for _ in range(2):
            assert ours.send(prepared).text == "/b"
        assert server.lines == ["PUT /a x", "GET /b"] * 2
