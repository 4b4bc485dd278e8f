"""The comparison of link checkers: what each says is read rightly, hosts are played by the seed, and the page tells of it."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from interop.links.checking import Said, hrefs, plain, said_by_linkchecker, said_by_linkinator, said_by_statuary
from interop.links.compared import Compared
from interop.links.comparing import BY_HAND, DRAWN, SEED
from interop.links.page import page
from interop.links.playing import BROKEN, KINDS, answer, kind_of
from interop.links.trees import Tree

URIS = [f"https://a{number % 7}.example/{number}" for number in range(2000)]


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("HTTP://A.example:80", "http://a.example/"),
        ("https://a.example/%7Ex#y", "https://a.example/~x"),
        ("https://a.example/a%2fb?x=(1)", "https://a.example/a/b?x=(1)"),
    ],
)
def test_urls_are_compared_however_they_are_spelt(url: str, other: str) -> None:
    assert plain(url) == plain(other)


def test_every_kind_is_played() -> None:
    kinds = Counter(map(kind_of, URIS))
    assert set(kinds) == set(KINDS)
    assert sum(KINDS.values()) == 100


@pytest.mark.parametrize("uri", URIS[:100])
def test_who_follows_comes_to_an_end_that_the_kind_tells_of(uri: str) -> None:
    asked: Counter[str] = Counter()
    kind, at = kind_of(uri), uri
    for _ in range(5):
        status, lines, _ = answer("GET", at, asked, {})
        location = next((line.removeprefix("Location: ") for line in lines if line.startswith("Location: ")), None)
        if location is not None:
            at = "/".join(at.split("/")[:3]) + location
        elif status != 429:
            break
    assert (status == 200) == (kind not in BROKEN)


def tree(folder: Path) -> Tree:
    return Tree("A", "a-doc", folder, folder, "*.txt=restructuredtext")


def test_what_each_says(tmp_path: Path) -> None:
    fine, gone = "https://a.example/fine", "https://a.example/gone"
    ours = said_by_statuary(
        tree(tmp_path),
        1.0,
        [
            {"url": fine, "kind": "fine", "why": "", "file": f"{tmp_path}/d/a.html"},
            {
                "url": f"{fine}#x",
                "kind": "missing",
                "why": "Nothing in it is called #x.",
                "file": f"{tmp_path}/d/a.html",
            },
            {"url": gone, "kind": "gone", "why": "", "file": f"{tmp_path}/d/a.html"},
            {"url": "../b.html#y", "kind": "missing", "why": "There is no file.", "file": f"{tmp_path}/d/a.html"},
        ],
    )
    theirs = said_by_linkinator(
        1.0,
        [
            {"url": fine, "state": "OK", "status": 200},
            {"url": f"{fine}#x", "state": "BROKEN", "status": 200},
            {"url": gone, "state": "BROKEN", "status": 410},
            {"url": "b.html", "state": "BROKEN", "status": 404},
        ],
    )
    table = (
        f"# x\nurlname;valid;url\n{fine};True;{fine}\n{gone};False;{gone}\n../b.html;False;file://{tmp_path}/b.html\n"
    )
    others = said_by_linkchecker(tree(tmp_path), 1.0, [table])
    assert replace(theirs, name=ours.name) == ours
    assert (others.urls, others.local) == (ours.urls, ours.local)
    assert ours == Said("statuary links", 1.0, {fine: False, gone: True}, ["b.html"], [f"{fine}#x"])


def test_the_parser_that_nobody_else_uses(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="https://a.example/x#y"><img src=b.png><link rel=preconnect href=//c>')
    assert hrefs([tmp_path / "a.html"]) == {"https://a.example/x#y"}


def test_what_was_looked_at_by_hand() -> None:
    by_hand = tomllib.loads(BY_HAND.read_text("utf-8"))
    assert by_hand["seed"] == SEED
    assert Counter(one["tree"] for one in by_hand["link"]) == {"CPython": DRAWN, "Django": DRAWN}


def test_the_page_says_what_was_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tree, "version", "1-1")
    url, other = "https://a.example/x", "https://a.example/y"
    said = {
        "statuary links": Said("statuary links", 1.0, {url: True}),
        "linkinator": Said("linkinator", 1.0, {url: False, other: False}),
        "linkchecker": Said("linkchecker", 1.0, {url: False}),
    }
    drawn = [{"file": "a.txt", "line": 3, "url": url, "kind": "fine"}]
    compared = Compared(tree(tmp_path), said, {url: False, other: False}, drawn, 1)
    by_hand = {"seed": 1, "looked_at": "today", "conclusion": "", "link": []}
    text = page([compared], {"linkinator": "1", "LinkChecker": "2"}, by_hand)
    assert compared.missed == [other]
    assert f"Found by another and not by `statuary links`: 1, `{other}`." in text
    assert f"Said to be broken by statuary links, and is not: 1, `{url}`." in text
    assert "not looked at" in text
