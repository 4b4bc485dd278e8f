"""URLs as people write them."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.user_agent.target import _PLAIN, _any_target_of, ascii_host, target_of


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("http://a.test", "http://a.test/"),
        ("HTTP://A.TEST:80/b", "http://a.test/b"),
        ("https://a.test:443", "https://a.test/"),
        ("https://a.test:80/?", "https://a.test:80/?"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("http://a.test/é?ü=ß#ö", "http://a.test/%C3%A9?%C3%BC=%C3%9F"),
        ("http://a.test/a%2Fb c", "http://a.test/a%2Fb%20c"),
        ("http://bücher.test/", "http://xn--bcher-kva.test/"),
        ("http://b%C3%BCcher.test/", "http://xn--bcher-kva.test/"),
        ("http://user:secret@a.test/", "http://a.test/"),
    ],
)
def test_what_they_name(url: str, uri: str) -> None:
    assert target_of(url).uri == uri


@pytest.mark.parametrize(
    ("host", "to"),
    [
        ("BÜCHER.test", "xn--bcher-kva.test"),
        ("faß.test", "xn--fa-hia.test"),
        ("ｆｕｌｌ。test", "full.test"),
        ("日本語.test", "xn--wgv71a119e.test"),
        ("xn--bcher-kva.test", "xn--bcher-kva.test"),
    ],
)
def test_hosts_in_unicode(host: str, to: str) -> None:
    assert ascii_host(host) == to


@pytest.mark.parametrize("host", ["a\u200bb\ufdd0.test", "-ü.test", "\u0301a.test"])
def test_what_is_no_host_in_unicode(host: str) -> None:
    with pytest.raises(ValueError, match="not a host name"):
        ascii_host(host)


def test_hosts_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "idna", None)
    assert ascii_host("bücher.test") == "xn--bcher-kva.test"
    # By the rules of 2003 it would be another host
    with pytest.raises(ValueError, match=r"statuary\[idna\]"):
        ascii_host("faß.test")


def test_what_is_beside_the_uri() -> None:
    target = target_of("http://us%20er:se:cret@a.test/#there")
    assert (target.userinfo, target.fragment) == (("us er", "se:cret"), "there")
    assert target_of("http://a.test/").userinfo is None


@pytest.mark.parametrize(
    "url",
    [
        *("", "a.test", "//a.test/", "gopher://a.test/", "http://", "http:///path", "http://a.test:99999/"),
        *(
            "http://a.test:x/",
            "http://[::1/",
            "http://[zz]/",
            "http://a b/",
            "http://a\r\nb/",
            "http://a.test/\0",
            "http://%zz/",
        ),
    ],
)
def test_what_is_none(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        target_of(url)


@given(st.from_regex(_PLAIN, fullmatch=True))
def test_the_short_way_leads_to_the_same(url: str) -> None:
    try:
        expected = _any_target_of(url)
    except ValueError:
        with pytest.raises(ValueError, match="host"):
            target_of(url)
    else:
        assert target_of(url) == expected
