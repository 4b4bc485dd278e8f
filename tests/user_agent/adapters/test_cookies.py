"""Cookies on the way: which go along, and what is told to a client that has seen the last response alone."""

from __future__ import annotations

from http.cookiejar import CookieJar

import pytest

from statuary.message.fields import Fields
from statuary.user_agent.adapters.cookies import Cookies

HERE = "http://here.test/in/login"


@pytest.mark.parametrize(
    ("line", "uri", "sent", "value"),
    [
        ("a=1; Path=/", "http://here.test/", None, "a=1"),
        ("a=1", "http://here.test/in/x", None, "a=1"),  # the path of the request, by default
        ("a=1", "http://here.test/out", None, None),
        ("a=1; Path=/", "http://there.test/", None, None),
        ("a=1; Domain=there.test; Path=/", "http://there.test/", None, None),  # not for others to set
        ("a=1; Domain=here.test; Path=/", "http://www.here.test/", None, "a=1"),
        ("a=1; Path=/; Secure", "http://here.test/", None, None),
        ("a=1; Path=/", "http://here.test/", "a=0; b=2", "b=2; a=1"),  # in place of the one that was sent
        ("a=; Path=/; Max-Age=0", "http://here.test/", "a=0; b=2", "b=2"),
    ],
)
def test_what_goes_along(line: str, uri: str, sent: str | None, value: str | None) -> None:
    cookies = Cookies()
    cookies.take(HERE, Fields([("Set-Cookie", line)]))
    assert cookies.value_for(uri, sent) == value


def test_those_of_a_jar_go_along_and_what_is_set_goes_there() -> None:
    jar = CookieJar()
    Cookies((), jar).take(HERE, Fields([("Set-Cookie", "a=1; Path=/")]))
    assert [cookie.name for cookie in jar] == ["a"]
    assert Cookies(jar).value_for("http://here.test/", None) == "a=1"


@pytest.mark.parametrize(
    ("line", "told"),
    [("a=1; HttpOnly", "a=1; HttpOnly; Path=/in"), ("a=1; path=/", "a=1; path=/"), ("path=1", "path=1; Path=/in")],
)
def test_what_is_told_in_the_last_response(line: str, told: str) -> None:
    cookies = Cookies()
    cookies.take(HERE, Fields([("Set-Cookie", line)]))
    assert cookies.lines_for("http://here.test/out") == [("Set-Cookie", told)]
    assert cookies.lines_for("http://there.test/out") == []
