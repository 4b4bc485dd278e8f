"""What the next hop is told of the client."""

from __future__ import annotations

import pytest

from statuary.message.request import Request

from .ways import GATEWAY, asked, like, sent

CAME = ("Forwarded: for=10.0.0.1", "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: https", "X-Real-IP: 10.0.0.1")
BOTH = frozenset({"forwarded", "x-forwarded"})


def from_peer(peer: str | None, *lines: str) -> Request:
    request = asked("GET /b HTTP/1.1", *lines)
    request.peer = peer
    return request


def told(request: Request, **hop: object) -> dict[str, str]:
    fields = sent(request, like(GATEWAY, **hop)).message.fields
    return {name: value for name, value in fields.by_name.items() if "forwarded" in name or name == "x-real-ip"}


@pytest.mark.parametrize(
    ("peer", "element"),
    [
        ("192.0.2.1", "for=192.0.2.1;proto=http;host=a.test"),
        ("2001:db8::1", 'for="[2001:db8::1]";proto=http;host=a.test'),
        ("fe80::1%eth0", 'for="[fe80::1]";proto=http;host=a.test'),
        ("-", "for=unknown;proto=http;host=a.test"),
        (None, "for=unknown;proto=http;host=a.test"),
    ],
)
def test_forwarded_has_address_scheme_and_host(peer: str | None, element: str) -> None:
    assert told(from_peer(peer), tells=frozenset({"forwarded"})) == {"forwarded": element}


def test_a_host_with_a_port_is_quoted_and_none_is_not_told() -> None:
    request = from_peer("192.0.2.1", "Host: a.test:8080")
    assert told(request, tells=BOTH)["forwarded"] == 'for=192.0.2.1;proto=http;host="a.test:8080"'
    old = asked("GET /b HTTP/1.0")
    assert told(old, tells=BOTH) == {
        "forwarded": "for=unknown;proto=http",
        "x-forwarded-for": "unknown",
        "x-forwarded-proto": "http",
    }


def test_what_clients_told_is_dropped_where_this_hop_vouches() -> None:
    assert told(from_peer("192.0.2.1", *CAME), tells=frozenset({"x-forwarded"})) == {
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "a.test",
    }


def test_what_trusted_intermediaries_told_is_kept_and_added_to() -> None:
    assert told(from_peer("192.0.2.1", *CAME), tells=BOTH, trusts_told=True) == {
        "forwarded": "for=10.0.0.1, for=192.0.2.1;proto=http;host=a.test",
        "x-forwarded-for": "10.0.0.1, 192.0.2.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "a.test",
        "x-real-ip": "10.0.0.1",
    }


def test_nothing_is_told_or_dropped_unless_asked_for() -> None:
    assert len(told(from_peer("192.0.2.1", *CAME))) == 4
