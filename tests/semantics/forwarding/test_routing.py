"""Where requests may go: lists of hosts and ports, prefixes, and who opened a tunnel."""

from __future__ import annotations

import pytest

from statuary.fields.authentication import format_basic
from statuary.semantics.forwarding import Hop, Tunnel, forward_request

from .ways import GATEWAY, NOW, PROXY, USERS, asked, like, refused, sent


@pytest.mark.parametrize(
    ("place", "target", "is_permitted"),
    [
        ("b.test", "http://b.test/", True),
        ("b.test", "http://b.test:8080/", True),
        ("b.test", "http://a.b.test/", False),
        ("b.test:8080", "http://b.test:8080/", True),
        ("b.test:8080", "http://b.test/", False),
        ("b.test:80", "http://b.test/", True),
        (".b.test", "http://a.b.test/", True),
        (".b.test", "http://b.test/", False),
        (".b.test", "http://ab.test/", False),
        (".b.test:8080", "http://a.b.test:8080/", True),
        (".b.test:8080", "http://a.b.test/", False),
        ("[::1]:8080", "http://[::1]:8080/", True),
        ("[::1]:8080", "http://[::1]/", False),
    ],
)
def test_a_proxy_leads_to_listed_hosts_and_ports(place: str, target: str, is_permitted: bool) -> None:
    hop = like(PROXY, hosts=frozenset({place, "elsewhere.test"}))
    request = asked(f"GET {target}", f"Host: {target[7:-1]}")
    if is_permitted:
        sent(request, hop)
    else:
        assert refused(request, hop).response.status == 403


@pytest.mark.parametrize("path", ["/..", "/b/../c", "/%2e%2e/c", "/b/.%2E", "/b/..;x/c", "/b%2f../c", "/b%5c..%5cc"])
def test_no_path_leads_out_of_a_prefix(path: str) -> None:
    request = asked(f"GET {path}")
    assert refused(request, like(GATEWAY, prefix="/p")).response.status == 400
    sent(request, GATEWAY)


@pytest.mark.parametrize("path", ["/...", "/b/..c", "/b/.", "/b?../c", "/b//c"])
def test_other_dots_lead_nowhere(path: str) -> None:
    assert sent(asked(f"GET {path}"), like(GATEWAY, prefix="/p")).message.target == f"/p{path}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"prefix": "p"},
        {"prefix": "/p/"},
        {"prefix": "/p/../q"},
        {"prefix": "//q"},
        {"prefix": "/p?q"},
        {"hosts": frozenset({"a test"})},
        {"hosts": frozenset({"."})},
    ],
)
def test_what_is_no_hop_is_said(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a"):
        like(PROXY if "hosts" in wrong else GATEWAY, **wrong)


def test_only_a_gateway_has_a_prefix() -> None:
    with pytest.raises(ValueError, match="not a path"):
        Hop("proxy", "proxy.test", prefix="/p")


def test_a_tunnel_tells_who_asked_for_it() -> None:
    shown = f"Proxy-Authorization: {format_basic('alice', 'secret')}"
    tunnel = forward_request(asked("CONNECT a.test:443", shown), like(PROXY, access=USERS), NOW)
    assert isinstance(tunnel, Tunnel)
    assert tunnel.user is not None
    assert tunnel.user.user == "alice"
