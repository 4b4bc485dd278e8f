"""From paths to names: nothing leads outside the root, to what is hidden, or to two places at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.origin_server.paths import inside, is_servable, names_in, path_of


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/", [""]),
        ("/a", ["a"]),
        ("/a/", ["a", ""]),
        ("/a/b.txt", ["a", "b.txt"]),
        ("/a%20b", ["a b"]),
        ("/%61", ["a"]),
        ("/%2561", ["%61"]),  # decoded once
        ("/a+b", ["a+b"]),
        ("/%c3%a9", ["\xe9"]),
        ("/%ff", ["\udcff"]),  # any octets can be a name
        ("/a\\b", ["a\\b"]),
        ("/...", None),
        ("/.well-known/x", [".well-known", "x"]),
        ("/sub/statuary.toml", ["sub", "statuary.toml"]),
        # Dot segments, spelled in any way
        ("/..", None),
        ("/../a", None),
        ("/a/../b", None),
        ("/a/./b", None),
        ("/.", None),
        ("/a/..", None),
        ("/%2e%2e/a", None),
        ("/%2E%2e", None),
        ("/.%2e/a", None),
        ("/%2e", None),
        # An encoded slash is part of a name, and no name has one
        ("/a%2fb", None),
        ("/..%2f..%2fetc%2fpasswd", None),
        ("/%2fetc/passwd", None),
        ("/%2e%2e%2fa", None),
        ("/a%00", None),
        ("/a%00.txt", None),
        ("/%00", None),
        ("//", None),
        ("//a", None),
        ("/a//b", None),
        ("//etc/passwd", None),
        # Hidden
        ("/.git", None),
        ("/.git/config", None),
        ("/a/.htpasswd", None),
        ("/%2egit", None),
        ("/.statuary/incoming", None),
        ("/statuary.toml", None),
        ("/%73tatuary.toml", None),
        ("*", None),
        ("", None),
    ],
)
def test_names_in_a_path(path: str, names: list[str] | None) -> None:
    assert names_in(path) == names


@given(path=st.text("/.%2efF0aA~\\", max_size=20).map(lambda text: "/" + text))
def test_no_path_leaves_the_root(path: str) -> None:
    names = names_in(path)
    if names is not None:
        real = os.path.normpath(os.path.join("/root-of-site", *names))
        assert real == "/root-of-site" or real.startswith("/root-of-site/")
        assert ".." not in names
        assert not any("/" in name or "\0" in name for name in names)


_names = st.lists(st.binary(min_size=1, max_size=6).map(os.fsdecode).filter(is_servable), min_size=1, max_size=3)


@given(names=_names)
def test_names_are_read_back_from_their_path(names: list[str]) -> None:
    path = path_of(names)
    assert path.isascii()
    assert names == ["statuary.toml"] or names_in(path) == names


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "sub" / ".hidden").mkdir(parents=True)
    (tmp_path / "root-next-door").mkdir()
    for place in ("root/a", "root/sub/b", "root/sub/.hidden/c", "root/statuary.toml", "outside", "root-next-door/d"):
        (tmp_path / place).write_text(place)
    for link, target in (
        ("in", "sub/b"),
        ("in-directory", "sub"),
        ("out", "../outside"),
        ("absolute", str(tmp_path / "outside")),
        ("next-door", "../root-next-door/d"),
        ("up", ".."),
        ("chain", "out"),
        ("hidden", "sub/.hidden/c"),
        ("configuration", "statuary.toml"),
        ("dangling", "nothing"),
        ("dangling-out", "../nothing"),
        ("loop", "loop"),
        ("itself", "."),
    ):
        (root / link).symlink_to(target)
    return root.resolve()


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (["a"], "a"),
        (["none"], "none"),
        (["none", "none"], "none/none"),
        (["sub", "b"], "sub/b"),
        (["in"], "sub/b"),
        (["in-directory", "b"], "sub/b"),
        (["dangling"], "nothing"),
        (["itself"], ""),
        (["itself", "a"], "a"),
        ([], ""),
        (["out"], None),
        (["absolute"], None),
        (["next-door"], None),
        (["chain"], None),
        (["up"], None),
        (["up", "outside"], None),
        (["up", "root", "a"], "a"),
        (["dangling-out"], None),
        (["hidden"], None),
        (["in-directory", ".hidden", "c"], None),
        (["configuration"], None),
        (["itself", "statuary.toml"], None),
    ],
)
def test_links_lead_to_what_is_served_or_nowhere(root: Path, names: list[str], place: str | None) -> None:
    assert inside(str(root), names) == (None if place is None else os.path.join(root, place).rstrip("/"))


def test_the_root_of_all_is_a_root_like_any_other() -> None:
    assert inside("/", ["none"]) == "/none"
