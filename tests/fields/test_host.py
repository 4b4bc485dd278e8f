import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import INVALID
from statuary.fields.host import Host, format_host, is_ipv6address, parse_host


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("example.com", Host("example.com")),
        ("EXAMPLE.com:80", Host("example.com", 80)),
        ("example.com:", Host("example.com")),  # an empty port is no port
        ("example.com:0", Host("example.com", 0)),
        ("example.com:65535", Host("example.com", 65535)),
        ("example.com:0000080", Host("example.com", 80)),
        ("example.com:" + "0" * 5000 + "80", Host("example.com", 80)),
        ("localhost", Host("localhost")),
        ("example.com.", Host("example.com.")),
        ("my_host", Host("my_host")),
        ("ex%61mple.com", Host("example.com")),
        ("%C3%a9.com", Host("%C3%A9.com")),
        ("%2e%41", Host(".a")),
        ("a!$&'()*+,;=b", Host("a!$&'()*+,;=b")),
        ("127.0.0.1:8000", Host("127.0.0.1", 8000)),
        ("999.1.2.3", Host("999.1.2.3")),  # no IPv4address, so a reg-name
        ("[::1]", Host("[::1]")),
        ("[2001:DB8::1]:8080", Host("[2001:db8::1]", 8080)),
        ("[::ffff:192.0.2.1]", Host("[::ffff:192.0.2.1]")),
        ("[v1.A:b]:1", Host("[v1.a:b]", 1)),
    ],
)
def test_legal_hosts(text: str, value: Host) -> None:
    assert parse_host(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":80",
        "user@example.com",
        "user:password@example.com",
        "example.com:65536",
        "example.com:" + "9" * 5000,
        "example.com:80:80",
        "example.com:-1",
        "example.com:+80",
        "example.com:8o",
        "example.com:٨",
        "example.com/",
        "example.com?",
        "example.com#",
        "example com",
        "example.com ",
        "a, b",
        "a\\b",
        "a\nb",
        "a\n",
        "a\0",
        "é.com",
        "%",
        "%4",
        "%4g",
        "<script>",
        "[]",
        "[::1",
        "::1]",
        "::1",
        "[::1]x",
        "[::1]]",
        "[127.0.0.1]",
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
        "[v.a]",
        "[v1.]",
        "[vg.a]",
        "[example.com]",
        "http://example.com",
    ],
)
def test_illegal_hosts(text: str) -> None:
    assert parse_host(text) is INVALID


def test_an_absent_host() -> None:
    assert parse_host(None) is None


@pytest.mark.parametrize(
    "text",
    [
        *("::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "a::F"),
        *("1:2:3:4:5:6:1.2.3.4", "::1.2.3.4", "1:2:3:4:5::1.2.3.4", "::255.255.255.255"),
    ],
)
def test_ipv6_addresses(text: str) -> None:
    assert is_ipv6address(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            ":",
            ":::",
            "1",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4::5:6:7:8",
            "::1::",
            "1:::2",
            ":1:2:3:4:5:6:7",
        ),
        *(
            "1:2:3:4:5:6:7:",
            "12345::",
            "g::",
            "::1.2.3",
            "::1.2.3.256",
            "::01.2.3.4",
            "1.2.3.4::",
            "::1.2.3.4:5",
            "1.2.3.4",
        ),
        *("1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6::1.2.3.4", "::1%0", " ::1", "::٣"),
    ],
)
def test_other_than_ipv6_addresses(text: str) -> None:
    assert not is_ipv6address(text)


ipv6_like = st.lists(
    st.sampled_from([":", "::", "0", "1", "ffff", "ABCD", "12345", "g", "1.2.3.4", "1.2.3.256", "01.2.3.4"]),
    max_size=16,
).map("".join)


@given(ipv6_like | st.ip_addresses(v=6).map(str) | st.ip_addresses(v=6).map(lambda address: address.exploded))
def test_ipv6_addresses_are_those_of_the_standard_library(text: str) -> None:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        assert not is_ipv6address(text)
    else:
        assert is_ipv6address(text)


names = st.text(alphabet="abcxyz019-._~!$&'()*+,;=", min_size=1, max_size=12)
literals = st.ip_addresses(v=6).map(lambda address: f"[{address}]")
hosts = st.builds(Host, names | literals | st.just("%C3%A9"), st.none() | st.integers(0, 65535))


@given(hosts)
def test_hosts_are_read_as_written(host: Host) -> None:
    assert parse_host(format_host(host)) == host


@pytest.mark.parametrize("host", [Host(""), Host("a b"), Host("::1"), Host("a", 65536), Host("a", -1), Host("a@b")])
def test_what_no_host_can_say(host: Host) -> None:
    with pytest.raises(ValueError, match="not a host"):
        format_host(host)
