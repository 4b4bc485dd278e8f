"""What no reaction ever does, whatever servers answer: leak credentials, repeat what is unsafe, go on for ever."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.semantics.reaction.attempts import NOW

from statuary import methods
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.reaction import Attempt, Login, Policy, Send, react
from statuary.semantics.target_uri import origin_of, uri_of

LOCATIONS = st.sampled_from(
    [
        *("/", "/a", "/b", "?c", "//b.test/", "http://a.test:8080/x", "https://a.test/", "http://b.test/a"),
        *("x:y", "http://[", ""),
    ]
)
USUAL = (301, 302, 303, 307, 308, 300, 401, 407, 408, 411, 417, 421, 425, 429, 503, 202)
STATUSES = st.one_of(st.sampled_from(USUAL), st.integers(200, 999))
CHALLENGES = ('Basic realm="r"', 'Digest realm="r", nonce="n", qop="auth", stale=true, algorithm=SHA-256', "Bearer")
LINES = st.lists(
    st.one_of(
        st.tuples(st.just("Location"), LOCATIONS),
        st.tuples(st.just("Retry-After"), st.sampled_from(["0", "1", "3600", "x"])),
        st.tuples(st.just("WWW-Authenticate"), st.sampled_from(CHALLENGES)),
        st.tuples(st.just("Proxy-Authenticate"), st.just('Basic realm="p"')),
        st.tuples(st.just("Set-Cookie"), st.just("a=b")),
        st.tuples(st.just("Link"), st.sampled_from(["</a>; rel=alternate", "</m>; rel=monitor"])),
        st.tuples(st.just("Content-Range"), st.just("bytes 0-1/2")),
    ),
    max_size=4,
)
RESPONSES = st.builds(lambda status, lines: Response(status, Fields(lines)), STATUSES, LINES)
FAILURES = st.sampled_from([None, None, None, "unreachable", "dropped", "timeout", "malformed"])
POLICIES = st.builds(
    Policy,
    logins=st.just((Login("http://a.test:80", "alice", "secret-a"), Login("http://a.test:80", token="secret-t"))),
    monitors=st.booleans(),
    downgrades=st.sampled_from(["do", "leave"]),
    most_retries=st.integers(0, 4),
    most_redirects=st.integers(0, 6),
    obeys_305=st.booleans(),
)


@settings(max_examples=150)
@given(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"]),
    st.lists(st.tuples(RESPONSES, FAILURES), min_size=40, max_size=40),
    POLICIES,
)
def test_a_loop_of_reactions(method: str, answers: list[tuple[Response, str | None]], policy: Policy) -> None:
    content = method in ("POST", "PUT", "PATCH")
    fields = Fields([("Authorization", "Basic c2VjcmV0"), ("Cookie", "secret=1")])
    request = Request(method, "/", fields, authority="a.test", content_length=1 if content else None)
    attempts: list[Attempt] = []
    waited, after = 0.0, 0.0
    for response, failure in answers:
        final = response if failure is None else None
        sent = "sent" if request.content_length else "none"
        attempts.append(Attempt(request, (), final, failure, NOW, sent, waited=after))  # type: ignore[arg-type]
        done = react(attempts, policy)
        if not isinstance(done, Send):
            break
        after = done.after
        waited += after
        assert waited <= policy.most_waiting
        _check_no_secret_leaves(done.request)
        _check_nothing_unsafe_again(attempts[-1], done)
        request = done.request
    else:
        # Monitors may be asked a hundred times; all else has come to an end by now
        assert policy.monitors


def _check_no_secret_leaves(request: Request) -> None:
    if origin_of(uri_of(request)) != "http://a.test:80":
        assert "authorization" not in request.fields
        assert "cookie" not in request.fields
    assert "proxy-authorization" not in request.fields


def _check_nothing_unsafe_again(last: Attempt, done: Send) -> None:
    """The same unsafe request, after it may have been acted upon."""
    known = methods.lookup(done.request.method)
    if known is not None and known.is_idempotent:
        return
    if (last.request.method, uri_of(last.request)) == (done.request.method, uri_of(done.request)):
        refused = last.final is not None and last.final.status in (401, 407, 411, 417, 421, 425, 305)
        assert refused or last.failure == "unreachable" or (last.final is not None and last.final.status // 100 == 3)
