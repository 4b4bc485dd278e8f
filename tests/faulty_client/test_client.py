"""The client by itself: URIs as RFC 3986 has them, lists, dates and credentials, and its own loop."""

from __future__ import annotations

import calendar
from pathlib import Path

import pytest

from statuary.conformance.client.client_file import read_client

from .client import Client
from .message import members, uri
from .redirecting import Redirecting

HERE = "http://a/b/c/d;p?q"

# RFC 3986 sections 5.4.1 and 5.4.2
RESOLVED = {
    "g": "http://a/b/c/g",
    "./g": "http://a/b/c/g",
    "g/": "http://a/b/c/g/",
    "/g": "http://a/g",
    "//g": "http://g",
    "?y": "http://a/b/c/d;p?y",
    "g?y": "http://a/b/c/g?y",
    "#s": "http://a/b/c/d;p?q#s",
    "g#s": "http://a/b/c/g#s",
    ";x": "http://a/b/c/;x",
    "": "http://a/b/c/d;p?q",
    ".": "http://a/b/c/",
    "..": "http://a/b/",
    "../g": "http://a/b/g",
    "../..": "http://a/",
    "../../g": "http://a/g",
    "../../../g": "http://a/g",
    "/./g": "http://a/g",
    "/../g": "http://a/g",
    "g.": "http://a/b/c/g.",
    "..g": "http://a/b/c/..g",
    "./../g": "http://a/b/g",
    "g/./h": "http://a/b/c/g/h",
    "g/../h": "http://a/b/c/h",
}


@pytest.mark.parametrize("reference", RESOLVED)
def test_references_are_resolved(reference: str) -> None:
    assert str(Redirecting().resolve(uri(HERE), uri(reference))) == RESOLVED[reference]


def test_the_port_belongs_to_the_origin() -> None:
    assert uri("HTTP://Example.com/").origin == ("http", "example.com", 80)
    assert uri("https://example.com/").origin == ("https", "example.com", 443)
    assert uri("http://[::1]:8080/").origin == ("http", "[::1]", 8080)


def test_members_of_lists() -> None:
    assert members(', a, "b, c" ,,d=",",') == ["a", '"b, c"', 'd=","']


@pytest.mark.parametrize(
    "text",
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
)
def test_dates(text: str) -> None:
    assert Client().date(text) == calendar.timegm((1994, 11, 6, 8, 49, 37))


def test_challenges() -> None:
    value = 'Strange a="x, y", Basic realm="a \\"b\\"", , Digest realm=d, nonce="n", Token abc=='
    assert Client().challenges(value) == [
        ("strange", {"a": "x, y"}),
        ("basic", {"realm": 'a "b"'}),
        ("digest", {"realm": "d", "nonce": "n"}),
        ("token", {}),
    ]


def test_digest_of_the_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 7616 section 3.9.1."""
    monkeypatch.setattr("secrets.token_hex", lambda _: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    given = {
        "realm": "http-auth@example.org",
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "algorithm": "SHA-256",
    }
    target = uri("http://api.example.org/dir/index.html")
    field = Client().digest(given, "GET", target, "Mufasa", "Circle of Life")
    assert 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"' in field


def test_its_client_file_can_be_read() -> None:
    assert "several" in read_client(Path(__file__).with_name("client.toml")).abilities
