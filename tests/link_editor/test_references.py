"""What a URL in a text refers to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.link_editor.references import Local, Remote, reference_of
from statuary.link_editor.verdict import Verdict


@pytest.mark.parametrize(
    ("url", "uri", "fragment"),
    [
        ("http://a.example", "http://a.example/", None),
        ("HTTP://A.Example:80/X?y#z", "http://a.example/X?y", "z"),
        ("https://a.example:80/", "https://a.example:80/", None),
        ("https://a.example/?", "https://a.example/", None),
        ("//a.example/x", "https://a.example/x", None),
        ("https://bücher.example/é?ü#ö", "https://xn--bcher-kva.example/%C3%A9?%C3%BC", "%C3%B6"),
        ("https://a.example/%7Ex%zz", "https://a.example/%7Ex%zz", None),
        ("http://[::1]:8080/", "http://[::1]:8080/", None),
        ("http://user:secret@a.example/", "http://a.example/", None),
        ("http://a.example/./x/../y/.", "http://a.example/y/", None),
        ("http://a.example/../.x/..y//z/..", "http://a.example/.x/..y//", None),
        ("http://a.example/..?/../", "http://a.example/?/../", None),
    ],
)
def test_what_is_asked_for(url: str, uri: str, fragment: str | None) -> None:
    assert reference_of(url) == Remote(uri, fragment, "@" in url)


@pytest.mark.parametrize(
    ("url", "path", "fragment"),
    [
        ("a/b%20c.md?x#y%20z", "a/b c.md", "y z"),
        ("/abs", "/abs", None),
        ("#f", "", "f"),
        ("", "", None),
        ("a:b" * 0 + "./a:b", "./a:b", None),
    ],
)
def test_what_is_a_file(url: str, path: str, fragment: str | None) -> None:
    assert reference_of(url) == Local(path, fragment)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("mailto:x@a.example", "unchecked"),
        ("javascript:void(0)", "unchecked"),
        ("data:,x", "unchecked"),
        ("{{ url('x') }}", "unchecked"),
        ("' + path('x') + '", "unchecked"),
        ("https://{% host %}/", "unchecked"),
        ("htpp://a.example", "unsupported scheme"),
        ("http://", "invalid URL"),
        ("http:a.example", "invalid URL"),
        ("http://a.example:port/", "invalid URL"),
        ("http://a.example:99999/", "invalid URL"),
        ("http://[::1/", "invalid URL"),
        ("http://a b.example/", "invalid URL"),
        ("http://a.example/<x>", "invalid URL"),
        ("http://-a.example/", "invalid URL"),
        ("http://é..example/", "invalid URL"),
    ],
)
def test_what_there_is_nothing_to_look_into(url: str, kind: str) -> None:
    verdict = reference_of(url)
    assert isinstance(verdict, Verdict)
    assert verdict.kind == kind


def test_relative_to_a_base() -> None:
    assert reference_of("x#y", "http://a.example/d/") == Remote("http://a.example/d/x", "y")
    assert reference_of("x", "sub/") == Local("sub/x", None)
    assert reference_of("http://b.example/", "http://a.example/d/") == Remote("http://b.example/", None)


@given(st.text(), st.none() | st.text())
def test_whatever_it_is_there_is_an_answer(url: str, base: str | None) -> None:
    assert isinstance(reference_of(url, base), Remote | Local | Verdict)
    assert isinstance(reference_of(f"http://{url}"), Remote | Local | Verdict)
