"""robots.txt: groups, paths, and what is permitted where it can't be had."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.link_editor.robots import parse


@pytest.mark.parametrize(
    ("text", "path", "permits"),
    [
        ("", "/x", True),
        ("User-agent: *\nDisallow: /", "/x", False),
        ("User-agent: *\nDisallow:", "/x", True),
        ("User-agent: *\nDisallow: /x", "/xy", False),
        ("User-agent: *\nDisallow: /x", "/y", True),
        ("user-AGENT:*\ndisallow : /x # why", "/x", False),
        # The longest match decides, and among equals the one that allows: RFC 9309 section 2.2.2
        ("User-agent: *\nDisallow: /\nAllow: /x", "/x/y", True),
        ("User-agent: *\nAllow: /x\nDisallow: /x/y", "/x/y", False),
        ("User-agent: *\nAllow: /x\nDisallow: /x", "/x", True),
        # Who is named follows what names it alone, in all of the groups: section 2.2.1
        ("User-agent: *\nDisallow: /\n\nUser-agent: Statuary\nDisallow: /x", "/y", True),
        (
            "User-agent: Statuary\nDisallow: /x\nUser-agent: *\nDisallow: /y\nUser-agent: statuary\nDisallow: /z",
            "/z",
            False,
        ),
        ("User-agent: other\nUser-agent: statuary\nDisallow: /x", "/x", False),
        ("User-agent: other\nDisallow: /x", "/x", True),
        ("Disallow: /x", "/x", True),  # which is said to nobody
        # Other lines end no group
        ("User-agent: *\nCrawl-delay: 3\nDisallow: /x\nSitemap: http://a.example/\nDisallow: /y", "/y", False),
        # Special characters: section 2.2.3
        ("User-agent: *\nDisallow: /*.gif$", "/a/b.gif", False),
        ("User-agent: *\nDisallow: /*.gif$", "/a/b.gif?x", True),
        ("User-agent: *\nDisallow: /a*c", "/abbc/d", False),
        ("User-agent: *\nDisallow: /a.c", "/abc", True),
        ("User-agent: *\nDisallow: /?q=", "/?q=1", False),
        # Equal octets, however they are spelt: section 2.2.2
        ("User-agent: *\nDisallow: /~x", "/%7Ex", False),
        ("User-agent: *\nDisallow: /%7ex", "/~x", False),
        ("User-agent: *\nDisallow: /é", "/%C3%A9", False),
        ("User-agent: *\nDisallow: /%c3%a9", "/%C3%A9", False),
        ("User-agent: *\nDisallow: /a%2fb", "/a/b", True),
        ("\ufeffUser-agent: *\r\nDisallow: /x\r\n", "/x", False),
    ],
)
def test_what_is_permitted(text: str, path: str, permits: bool) -> None:
    assert parse(text).permit(path) is permits


@given(st.text(), st.text())
def test_whatever_it_says_there_is_an_answer(text: str, path: str) -> None:
    assert parse(text).permit(path) in (True, False)
    assert parse(f"User-agent: *\nDisallow: {text}").permit(path) in (True, False)
