"""Names that fragments have in pages of other hosts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.link_editor.names import found, is_html, name_of, text_of
from statuary.message.fields import Fields


@pytest.mark.parametrize(
    ("fragment", "name"),
    [
        (None, None),
        ("", None),
        ("top", None),
        ("Top", None),
        ("x", "x"),
        ("a%20b", "a b"),
        ("%C3%A9", "é"),
        ("x:~:text=y", "x"),
        (":~:text=y", None),
        # They mean something to scripts
        ("/route", None),
        ("!route", None),
        ("L10", None),
        ("L10-L12", None),
        ("page=3", None),
        ("License", "License"),
    ],
)
def test_what_is_looked_for(fragment: str | None, name: str | None) -> None:
    assert name_of(fragment) == name


PAGE = '<p id="x"><a name="y"></a><h2 id="user-content-z"><b id=a%20b></b><i id="é"></i><!-- <p id="no"> -->'


@pytest.mark.parametrize(
    ("name", "is_there"),
    [("x", True), ("y", True), ("z", True), ("a b", True), ("é", True), ("X", False), ("no", False)],
)
def test_what_is_there(name: str, is_there: bool) -> None:
    assert found(PAGE, [name]) == {name: is_there}


def test_nobody_can_tell_what_a_script_puts_into_a_page() -> None:
    shell = '<div id="root"></div><script src="app.js"></script>'
    assert found(shell, ["x", "root"]) == {"x": None, "root": True}
    assert found(f"{PAGE}<script></script>", ["none"]) == {"none": False}
    assert found('<div id="root"></div>', ["x"]) == {"x": False}


def test_which_content_is_looked_into() -> None:
    assert is_html(Fields([("Content-Type", "text/HTML; charset=utf-8")]))
    assert is_html(Fields([("Content-Type", "application/xhtml+xml")]))
    assert not is_html(Fields([("Content-Type", "application/pdf")]))
    assert not is_html(Fields())


@pytest.mark.parametrize("charset", ["latin-1", "utf-8", "none-such", "hex", '"'])
def test_encodings(charset: str) -> None:
    fields = Fields([("Content-Type", f"text/html; charset={charset}")])
    octets = "é".encode("latin-1" if charset == "latin-1" else "utf-8")
    assert text_of(octets, fields) == "é"


@given(st.text(), st.text())
def test_whatever_it_is_there_is_an_answer(fragment: str, text: str) -> None:
    name = name_of(fragment)
    if name is not None:
        assert found(text, [name])[name] in (True, False, None)
